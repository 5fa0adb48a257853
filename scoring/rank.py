"""Ranks: the order in which targets are worth looking at, 1 to n without holes."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.blend import DECIMALS
from scoring.facts import KEY, TargetsFault

_USED: Final = ("classification", "total_score", "total_potential", "net_pay_m", *KEY)
_STEPS: Final = 10**DECIMALS


def rank(targets: pl.DataFrame) -> pl.DataFrame:
    """Return targets sorted by target_rank, which it adds: 1..n.

    By class A, B, C, D, Q; then total, potential and net thickness, each descending; then well_id, event_no and
    candidate_id, ids by their bytes. Null comes last.

    Raises:
        TargetsFault: Two targets have the same key, so that their order would be chance.
    """
    place = targets.select(_place())
    order = place.to_series().arg_sort()
    # Names are slow to compare: only those do of targets of one place, which now lie side by side.
    tied = _tied(place[order])
    if tied.any():
        rows = order.filter(tied)
        order = order.scatter(tied.arg_true(), rows[_order(targets.select(_USED)[rows])])
    ranks = pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("target_rank")
    return targets.select(pl.all().gather(order), ranks)


def _place() -> pl.Expr:
    """Return class, total and potential as one whole number, which is quick to sort: the lower, the earlier.

    Totals are rounded, so each has a number of its own; where any is not, all have one number.
    """
    place = pl.col("classification").to_physical().cast(pl.Int64)
    exact = pl.lit(True)
    for name in ("total_score", "total_potential"):
        steps = (pl.col(name) * _STEPS).round()
        exact &= ((steps / _STEPS == pl.col(name)) & pl.col(name).is_between(0, 1)).all(ignore_nulls=False)
        place = place * (_STEPS + 1) + (_STEPS - steps).cast(pl.Int64, strict=False)
    return pl.when(exact).then(place).otherwise(0).alias("place")


def _order(targets: pl.DataFrame) -> pl.Series:
    """Return the rows in order. Raise TargetsFault if two have one key."""
    keys = targets.select(
        pl.col("classification").to_physical().alias("class"),
        (-pl.col("total_score")).alias("total"),
        (-pl.col("total_potential")).alias("potential"),
        (-pl.col("net_pay_m")).alias("net"),
        *KEY,
    )
    order = keys.select(pl.arg_sort_by(keys.columns, nulls_last=True, maintain_order=True)).to_series()
    ordered = keys[order]
    twice = _as_before(ordered).arg_true()
    if len(twice):
        well_id, event_no, candidate_id = ordered.row(twice[0])[-3:]
        raise TargetsFault(
            f"targets: each must have a key of its own; well {well_id!r} event {event_no!r} candidate {candidate_id!r} "
            "stands twice. Remove one."
        )
    return order


def _as_before(ordered: pl.DataFrame) -> pl.Series:
    """Return where a row is as the one before it."""
    same = pl.all_horizontal(pl.all().eq_missing(pl.all().shift(1)))
    return ordered.select(same & (pl.int_range(pl.len()) > 0)).to_series()


def _tied(ordered: pl.DataFrame) -> pl.Series:
    same = _as_before(ordered)
    return same | same.shift(-1, fill_value=False)
