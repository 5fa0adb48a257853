"""From values to pixels, and where the ticks go: linear and logarithmic."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Linear:
    """low and high may be either way round: porosity is drawn from high to low."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of a value, kept within the ends."""
        if self.high == self.low:
            return self.start
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)


@dataclass(frozen=True, slots=True)
class Log:
    """A logarithmic scale; low and high above 0."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return the pixel of a value, kept within the ends; nothing and less are at the low one."""
        if value <= 0:
            return self.start
        share = math.log10(value / self.low) / math.log10(self.high / self.low)
        return self.start + min(max(share, 0.0), 1.0) * (self.end - self.start)

    def decades(self) -> list[float]:
        """Return the powers of ten within."""
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        return [10.0**power for power in range(first, last + 1)]


def steps(low: float, high: float, about: int = 5) -> list[float]:
    """Return round values from low to high, about that many."""
    if not high > low:
        return [low]
    step = round_step((high - low) / max(about, 1))
    first = math.ceil(low / step - 1e-9)
    count = math.floor((high - low) / step + 1e-9) + 2
    return [found for k in range(count) if (found := (first + k) * step) <= high + step * 1e-9]


def round_step(rough: float) -> float:
    """Return 1, 2 or 5 times a power of ten, not below `rough`."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 5.0, 10.0) if factor * power >= rough * (1 - 1e-9))


def decades_around(values: Iterable[float], least: float, most: float) -> tuple[float, float]:
    """Return powers of ten around the values above 0, no wider than from least to most; both where there is none."""
    found = [value for value in values if value > 0]
    if not found:
        return least, most
    low = 10.0 ** math.floor(math.log10(min(found)))
    high = 10.0 ** math.ceil(math.log10(max(found)) + 1e-9)
    low, high = max(low, least), min(high, most)
    return (low, high) if high > low else (low, low * 10)


def label(value: float) -> str:
    """Return a tick's label without a tail of float."""
    if value == 0:
        return "0"
    if abs(value) >= 1e6:
        return f"{value / 1e6:g} M"
    if abs(value) >= 1e4:
        return f"{value / 1e3:g} k"
    return f"{round(value, 6):g}"
