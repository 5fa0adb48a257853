"""Which second is due, and what its time is. Pure: both clocks are read elsewhere and handed in."""

from __future__ import annotations

import math
from typing import NamedTuple

# The host's clock and the one that only counts up may differ by so much: after that, the host's was set, or it slept.
_APART_S = 0.5


class Due(NamedTuple):
    """A second to serve. skipped: how many before it are too late to be served. followed_s: how far its clock moved."""

    second: int
    skipped: int
    time_us: int
    followed_s: float


class Pace:
    """Seconds 0, 1, 2, ... each `1 / speed` after the one before, counted from the start: they cannot drift.

    The time of a second is that of the host, on the grid of the start.
    """

    def __init__(self, monotonic_s: float, wall_s: float, speed: float) -> None:
        self._started_s, self._speed = monotonic_s, speed
        self._anchor_s = wall_s
        self._last = -1

    def wait_s(self, monotonic_s: float) -> float:
        """Return how long it is until the next second is due; 0 if it is."""
        return max(0.0, self._started_s + (self._last + 1) / self._speed - monotonic_s)

    def due(self, monotonic_s: float, wall_s: float) -> Due:
        """Return the latest second that is due; to be asked when the next one is."""
        elapsed_s = monotonic_s - self._started_s
        # A timer may wake us a hair early: it is still the next second that is due, not the last one again.
        second = max(self._last + 1, math.floor(elapsed_s * self._speed + 1e-9))
        skipped, self._last = second - self._last - 1, second
        apart_s = wall_s - (self._anchor_s + elapsed_s)
        followed_s = apart_s if abs(apart_s) > _APART_S else 0.0
        self._anchor_s += followed_s
        return Due(second, skipped, round((self._anchor_s + second / self._speed) * 1e6), followed_s)
