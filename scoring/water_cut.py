"""How much of the liquid is water, and whether that rises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pymannkendall import original_test
from scipy.stats import theilslopes

LEVEL_MONTHS: Final = 6
TREND_MONTHS: Final = 36
LEAST_TREND_MONTHS: Final = 12
NOT_SIGNIFICANT_FROM: Final = 0.10  # p of the Mann-Kendall test


@dataclass(frozen=True, slots=True)
class WaterCut:
    """Level [-]: median of the last 6 producing months. Slope [1/year] and its p; None where too few months tell."""

    level: float
    slope: float | None
    p: float | None
    months: int


def water_cut(months: NDArray[np.int64], cut: NDArray[np.float64]) -> WaterCut | None:
    """Return level and trend of a monthly water cut, or None where no month has one.

    The slope is that of Theil (1950) and Sen (1968) over the last 36 producing months, against the calendar, so that a
    shut-in year counts as a year; it is 0 where the test of Mann (1945) and Kendall (1975) gives p >= 0.10. Both need
    months that are independent of one another beyond the trend; a workover is a step and not a trend.

    Args:
        months: Calendar months as a count, ascending, shape (n,), producing months only.
        cut: Water over liquid [-], shape (n,).
    """
    if not len(cut):
        return None
    level = float(np.median(cut[-LEVEL_MONTHS:]))
    months, cut = months[-TREND_MONTHS:], cut[-TREND_MONTHS:]
    if len(cut) < LEAST_TREND_MONTHS:
        return WaterCut(level, None, None, len(cut))
    p = float(original_test(cut).p)
    slope = float(theilslopes(cut, months / 12.0).slope) if p < NOT_SIGNIFICANT_FROM else 0.0
    return WaterCut(level, slope, p, len(cut))
