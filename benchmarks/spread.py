"""Medians of rounds, and ratios within them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

import msgspec


class Spread(msgspec.Struct, frozen=True):
    """The middle of some rounds, and how far they lie apart."""

    median: float
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(median(values), min(values), max(values))


def ratio(of: Sequence[float], to: Sequence[float]) -> Spread:
    """Return how many times as large one is as the other, taken within each round."""
    return Spread.of([a / b for a, b in zip(of, to, strict=True)])
