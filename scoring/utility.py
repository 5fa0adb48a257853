"""Utilities: what a value is worth, from 0 to 1, by a curve or by category. Null in, null out."""

from __future__ import annotations

import math
from collections.abc import Mapping

import polars as pl

from scoring.profile import Curve


def curve_utility(x: pl.Expr, curve: Curve) -> pl.Expr:
    """Return the utility [-] on a piecewise-linear curve through its points, clamped at both ends.

    Args:
        x: Finite value in the unit of the curve; null where not known.
        curve: Its points; on a log2 axis linear in log2 of x, and x of 0 or less is left of every point.
    """
    (first, u), *_ = curve.points
    xs = [at for at, _ in curve.points]
    if curve.axis == "log2":
        x = x.clip(lower_bound=first).log(2)
        xs = [math.log2(at) for at in xs]
    us = [worth for _, worth in curve.points]
    utility = pl.lit(u)
    # The last point that x reaches tells its segment.
    for x0, u0, x1, u1 in zip(xs, us, xs[1:], us[1:], strict=False):
        slope = (u1 - u0) / (x1 - x0)
        # Two points so close that no number is their slope are a step: 0 times infinity would be no utility at all.
        rise = (x - x0) * slope if math.isfinite(slope) else 0.0
        utility = pl.when(x >= x0).then(u0 + rise).otherwise(utility)
    utility = pl.when(x >= xs[-1]).then(pl.lit(us[-1])).otherwise(utility)
    return pl.when(x.is_not_null()).then(utility.clip(0.0, 1.0))


def table_utility(category: pl.Expr, table: Mapping[str, float]) -> pl.Expr:
    """Return the utility [-] of a category; null for one that is not in the table."""
    utility = pl.lit(None, pl.Float64)
    for name, worth in table.items():
        utility = pl.when(category == name).then(pl.lit(worth)).otherwise(utility)
    return utility
