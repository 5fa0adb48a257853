"""How much of the liquid is water, and whether that rises."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pymannkendall import original_test
from scipy.stats import theilslopes

from scoring.profile_assessment import Assessment


@dataclass(frozen=True, slots=True)
class WaterCut:
    """Level [-]: median of the last producing months. Slope [1/year] and its p; None where too few months tell."""

    level: float
    slope: float | None
    p: float | None
    months: int


def water_cut(months: NDArray[np.int64], cut: NDArray[np.float64], rules: Assessment) -> WaterCut | None:
    """Return level and trend of a monthly water cut, or None where none of the last months, or not each, has one.

    The slope is that of Theil (1950) and Sen (1968) over the last producing months, against the calendar, so that a
    shut-in year counts as a year; it is 0 where the test of Mann (1945) and Kendall (1975) gives a p that may be
    chance. Both need months that are independent of one another beyond the trend; a workover is a step and not a trend.

    Args:
        months: Calendar months as a count, ascending, shape (n,), producing months only.
        cut: Water over liquid [-], shape (n,); NaN in a month that leaves out oil or water.
        rules: How many months make level and trend, and which p is chance.
    """
    if not len(cut):
        return None
    level = float(np.median(cut[-rules.water_cut_level_months :]))
    if not np.isfinite(level):
        return None
    last = slice(-rules.water_cut_trend_months, None)
    months, cut = months[last], cut[last]
    if len(cut) < rules.water_cut_trend_least_months or np.isnan(cut).any():
        return WaterCut(level, None, None, len(cut))
    p = float(original_test(cut).p)
    slope = float(theilslopes(cut, months / 12.0).slope) if p < rules.water_cut_trend_p else 0.0
    return WaterCut(level, slope, p, len(cut))
