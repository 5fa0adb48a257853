"""Readings beyond a track's scale: GR is wrapped onto a back-up scale, and how far others lie beyond is said."""

from __future__ import annotations

from collections.abc import Sequence

from welltegra.web.drawings.scales import Linear, Log, label
from welltegra.web.drawings.svg import known

Values = Sequence[float | None]
Wrapped = list[tuple[float | None, float]]


def wrapped(values: Values, md_m: Sequence[float], most: float) -> tuple[Wrapped, Wrapped]:
    """Return a curve as (value, MD) up to `most`, and what is above, less `most`; none of the latter where none is.

    Between two samples on either side each part ends at the depth at which the curve crosses.
    """
    within: Wrapped = []
    beyond: Wrapped = []
    last: tuple[float, float] | None = None
    for value, md in zip(values, md_m, strict=True):
        if not known(value):
            within.append((None, md))
            beyond.append((None, md))
            last = None
            continue
        if last is not None and (last[0] > most) != (value > most):
            crossing = last[1] + (md - last[1]) * (most - last[0]) / (value - last[0])
            within.append((most, crossing))
            # The part that begins here begins with a break before it, the one that ends here with a break behind.
            beyond += [(0.0, crossing), (None, crossing)] if last[0] > most else [(None, crossing), (0.0, crossing)]
        within.append((None if value > most else value, md))
        if value > most:
            beyond.append((value - most, md))
        last = value, md
    return within, beyond if any(x is not None for x, _ in beyond) else []


def off_scale(values: Values, scale: Linear | Log) -> str | None:
    """Return how far readings lie beyond a scale, in words; None where all lie on it."""
    low, high = sorted((scale.low, scale.high))
    found = [value for value in values if known(value)]
    below, above = min(found, default=low), max(found, default=high)
    said = [f"down to {label(below)}"] * (below < low) + [f"up to {label(above)}"] * (above > high)
    return " and ".join(said) or None
