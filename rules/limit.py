"""Limits as the kernel compares with them: thresholds worked out once, tolerance included."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np

from rules.compiled import compiled
from rules.rule_set import Constraint, Tag

# Sources print seven or eight digits, converted values land just below, and 0.9 * L is inexact.
TOLERANCE = 1e-6

HIGH, LOW = 0, 1
SIDES = ("high", "low")

# A threshold of a side that a constraint does not have is infinite, so that no finite value reaches it.
LIMIT = np.dtype(
    [
        ("factor", "f8"),  # tag's unit to the constraint's: factor * value + offset
        ("offset", "f8"),
        ("high", "f8"),  # the limit itself; NaN without that side
        ("low", "f8"),
        ("red_high", "f8"),  # at or above: red
        ("yellow_high", "f8"),
        ("red_high_reset", "f8"),  # below: the off-delay runs
        ("yellow_high_reset", "f8"),
        ("red_low", "f8"),  # at or below: red
        ("yellow_low", "f8"),
        ("red_low_reset", "f8"),  # above: the off-delay runs
        ("yellow_low_reset", "f8"),
        ("suspect_high", "f8"),  # [tag's unit] at or above: suspect
        ("suspect_low", "f8"),  # [tag's unit] at or below: suspect
        ("yellow_on_delay", "i8"),  # [us], like those below
        ("off_delay", "i8"),
        ("stale_after", "i8"),
        ("gap", "i8"),
    ]
)


def at_or_above(threshold: float) -> float:
    """Return the smallest value that counts as at or above `threshold`."""
    return threshold - TOLERANCE * abs(threshold)


def at_or_below(threshold: float) -> float:
    """Return the largest value that counts as at or below `threshold`."""
    return threshold + TOLERANCE * abs(threshold)


def limit_row(constraint: Constraint, tag: Tag) -> tuple[float, ...]:
    """Return the row, in the order of LIMIT, that judges `constraint` on `tag`."""
    high, low, yellow, deadband = constraint.high, constraint.low, constraint.yellow_from, constraint.deadband
    if high is None:
        above = (math.inf,) * 4
    else:
        above = (
            at_or_above(high),
            at_or_above(yellow * high),
            at_or_above(high - deadband * high),
            at_or_above(yellow * high - deadband * high),
        )
    if low is None:
        below = (-math.inf,) * 4
    else:
        below = (
            at_or_below(low),
            at_or_below((2 - yellow) * low),
            at_or_below(low + deadband * low),
            at_or_below((2 - yellow) * low + deadband * low),
        )
    return (
        constraint.factor,
        constraint.offset,
        math.nan if high is None else high,
        math.nan if low is None else low,
        *above,
        *below,
        math.inf if tag.high is None else at_or_above(tag.high),
        -math.inf if tag.low is None else _suspect_at_or_below(tag.low),
        constraint.yellow_on_delay_us,
        constraint.off_delay_us,
        tag.stale_after_us,
        tag.gap_us,
    )


def _suspect_at_or_below(low_end: float) -> float:
    # Zero is a reading: a stopped pump at the end of a range from 0 is not a broken sensor, less than nothing is.
    return math.nextafter(0.0, -math.inf) if low_end == 0.0 else at_or_below(low_end)


@compiled
def excess(limit: Any, value: float) -> float:
    """Return how far `value` is beyond the limit, relative to it [-]; of a band, the worse side."""
    above: float = (value - limit.high) / limit.high
    below: float = (limit.low - value) / limit.low
    if math.isnan(below):
        return above
    if math.isnan(above):
        return below
    return max(above, below)


@compiled
def side(limit: Any, value: float) -> int:
    """Return the side, HIGH or LOW, that `value` is further beyond or nearer to; HIGH if equal."""
    if math.isnan(limit.low):
        return HIGH
    if math.isnan(limit.high):
        return LOW
    if (value - limit.high) / limit.high >= (limit.low - value) / limit.low:
        return HIGH
    return LOW


@compiled
def is_breaching(limit: Any, value: float) -> bool:
    """Return whether `value` is at or beyond the limit, whatever the latches say."""
    return bool(value >= limit.red_high or value <= limit.red_low)


def percent_of_limit(value: float, limit: float, side_: int, breaching: bool) -> float:
    """Return 100 value / limit [%], cut to two decimals: down on the high side, up on the low.

    The tolerance of the comparison applies, so what was judged at the limit reads 100, and what was not never does.
    """
    ratio = value / limit
    if abs(ratio) > 1e300:  # a hundred times it might not be a number any more
        return max(-sys.float_info.max, min(100 * ratio, sys.float_info.max))
    if side_ == HIGH:
        percent = math.floor((ratio + TOLERANCE) * 1e4) / 100
        return max(percent, 100.0) if breaching else min(percent, 99.99)
    percent = math.ceil((ratio - TOLERANCE) * 1e4) / 100
    return (min(percent, 100.0) if breaching else max(percent, 100.01)) + 0.0  # no -0.0
