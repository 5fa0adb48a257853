"""What an interval will yield in the end: Arps decline for oil, p/z for gas, each with its fit quality.

A fit that does not describe its data is refused, with the reason: an estimate drawn from it would look like knowledge.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

Floats = NDArray[np.float64]

LEAST_MONTHS: Final = 12  # of decline; fewer do not tell a decline from the weather
LEAST_R2: Final = 0.60
LEAST_DECLINE_PER_YEAR: Final = 0.01
LONGEST_FORECAST_YEARS: Final = 50.0  # a harmonic tail has no end
LEAST_PRESSURES: Final = 3  # the line through two points always fits
LEAST_PZ_R2: Final = 0.80
DAYS_PER_YEAR: Final = 365.25
_OUTLIER: Final = 0.2  # a month this far off [ln] counts less and less


@dataclass(frozen=True, slots=True)
class Refused:
    """No estimate, and why."""

    why: str


@dataclass(frozen=True, slots=True)
class Arps:
    """q(t) = qi (1 + b Di t)^(-1/b), t in years of producing time from the peak; b = 0 is exponential, 1 harmonic."""

    qi_sm3d: float
    di_per_year: float
    b: float
    r2: float
    months: int
    end_years: float

    @property
    def method(self) -> str:
        return {0.0: "arps_exponential", 1.0: "arps_harmonic"}.get(self.b, "arps_hyperbolic")

    def rate_sm3d(self, years: Floats | float) -> Floats:
        return np.exp(math.log(self.qi_sm3d) + _ln_shape(np.asarray(years, dtype=float), self.di_per_year, self.b))


@dataclass(frozen=True, slots=True)
class PressureLine:
    """p/z = (pi/zi) (1 - Gp/G): gas in place `g_sm3` [Sm3], the intercept [bar] and the r2 of the line."""

    g_sm3: float
    initial_bar: float
    r2: float


def _ln_shape(years: Floats, di: float, b: float) -> Floats:
    if b < 1e-6:
        return -di * years
    return np.asarray(-np.log1p(b * di * years) / b)


def fit_arps(days_on: Floats, volume_sm3: Floats) -> Arps | Refused:
    """Return the Arps decline since the peak, or why there is none.

    Rate is volume over producing days and time is producing time, so that a shut-in month is not a decline and the area
    under the curve is volume. The peak is that of the rate's median over three months. Arps (1945), Trans. AIME 160:
    holds for boundary-dominated flow at steady conditions. Exponential, harmonic and hyperbolic (0 < b < 1) are fitted
    to ln q with an outlier-resistant loss; the one of least corrected AIC is taken.

    Args:
        days_on: Producing days of each month, in order of time, shape (n,).
        volume_sm3: Oil of each month [Sm3], shape (n,).
    """
    producing = (days_on > 0.0) & (volume_sm3 > 0.0)
    days, volume = days_on[producing], volume_sm3[producing]
    if len(days) < LEAST_MONTHS:
        return Refused(f"{len(days)} producing months; a decline needs {LEAST_MONTHS}")
    rate = volume / days
    ends = np.cumsum(days) / DAYS_PER_YEAR
    peak = _peak(rate)
    start = ends[peak] - days[peak] / DAYS_PER_YEAR
    years = ends[peak:] - start - days[peak:] / (2.0 * DAYS_PER_YEAR)
    rate = rate[peak:]
    if len(rate) < LEAST_MONTHS:
        return Refused(f"{len(rate)} producing months since the peak; a decline needs {LEAST_MONTHS}")
    ln_qi, di, b = _best_model(years, np.log(rate))
    fitted = np.exp(ln_qi + _ln_shape(years, di, b))
    spread = float(np.sum((rate - rate.mean()) ** 2))
    r2 = 1.0 - float(np.sum((rate - fitted) ** 2)) / spread if spread > 0.0 else 0.0
    if di < LEAST_DECLINE_PER_YEAR:
        return Refused(f"the rate does not decline (Di {di:.3f} a year)")
    if r2 < LEAST_R2:
        return Refused(f"the decline fits badly (r2 {r2:.2f}, needs {LEAST_R2:.2f})")
    return Arps(math.exp(ln_qi), di, b, r2, len(rate), float(ends[-1] - start))


def _peak(rate: Floats) -> int:
    """Return where the decline begins: the highest rate of the three months whose median is highest."""
    padded = np.pad(rate, 1, mode="edge")
    middle = int(np.argmax(np.median(np.lib.stride_tricks.sliding_window_view(padded, 3), axis=1)))
    first = max(middle - 1, 0)
    return first + int(np.argmax(rate[first : middle + 2]))


def _best_model(years: Floats, ln_rate: Floats) -> tuple[float, float, float]:
    slope = float(np.polyfit(years, ln_rate, 1)[0])
    guess = (float(ln_rate[0]), math.log(min(max(-slope, 1e-3), 10.0)))
    bounds_qi_di = ([-np.inf, math.log(1e-6)], [np.inf, math.log(50.0)])

    def misfit(p: Floats) -> Floats:
        return np.asarray(p[0] + _ln_shape(years, math.exp(p[1]), p[2] if len(p) == 3 else fixed_b) - ln_rate)

    def slopes(p: Floats) -> Floats:
        return _slopes(years, math.exp(p[1]), p[2] if len(p) == 3 else fixed_b)[:, : len(p)]

    fits = []
    for fixed_b in (0.0, 1.0):
        found = least_squares(misfit, guess, slopes, bounds_qi_di, loss="soft_l1", f_scale=_OUTLIER)
        fits.append((_aicc(found.cost, len(years), 2), float(found.x[0]), math.exp(found.x[1]), fixed_b))
    bounds = ([*bounds_qi_di[0], 0.0], [*bounds_qi_di[1], 1.0])
    found = least_squares(misfit, (*guess, 0.5), slopes, bounds, loss="soft_l1", f_scale=_OUTLIER)
    fits.append((_aicc(found.cost, len(years), 3), float(found.x[0]), math.exp(found.x[1]), float(found.x[2])))
    return min(fits)[1:]


def _slopes(years: Floats, di: float, b: float) -> Floats:
    """Return the derivatives of ln q by ln qi, ln Di and b, shape (n, 3)."""
    x = di * years
    grown = 1.0 + b * x
    by_b = np.log1p(b * x) / b**2 - x / (b * grown) if b > 1e-4 else x**2 / 2.0
    return np.column_stack([np.ones_like(x), -x / grown, by_b])


def _aicc(cost: float, n: int, parameters: int) -> float:
    # Below a rounding error of ln q nothing is left to explain, and fewer parameters win.
    return n * math.log(max(2.0 * cost / n, 1e-12)) + 2.0 * parameters * n / (n - parameters - 1)


def remaining_sm3(decline: Arps, economic_sm3d: float) -> float:
    """Return the oil [Sm3] from the end of the data down to the economic rate, or for 50 years if that comes first.

    0 where the fitted rate is at or below the economic rate already. Rates and the result are per producing day.
    """
    last = float(decline.rate_sm3d(decline.end_years))
    stop = max(economic_sm3d, float(decline.rate_sm3d(decline.end_years + LONGEST_FORECAST_YEARS)))
    if last <= stop:
        return 0.0
    qi, di, b = decline.qi_sm3d, decline.di_per_year / DAYS_PER_YEAR, decline.b
    if b < 1e-6:
        return (last - stop) / di
    if b > 1.0 - 1e-6:
        return qi / di * math.log(last / stop)
    return float(qi**b / ((1.0 - b) * di) * (last ** (1.0 - b) - stop ** (1.0 - b)))


def fit_p_over_z(p_over_z_bar: Floats, produced_sm3: Floats) -> PressureLine | Refused:
    """Return the straight line of p/z on cumulative gas, which meets zero at the gas in place, or why there is none.

    Holds for a closed, dry-gas tank: water drive or a leaking fault bends the line, and the r2 may not show it.

    Args:
        p_over_z_bar: Static p/z [bar], shape (n,).
        produced_sm3: Gas produced when each was measured [Sm3], shape (n,).
    """
    n = len(p_over_z_bar)
    if n < LEAST_PRESSURES:
        return Refused(f"{n} static pressures; a p/z line needs {LEAST_PRESSURES}")
    about, spread = produced_sm3 - produced_sm3.mean(), float(np.sum((produced_sm3 - produced_sm3.mean()) ** 2))
    if spread <= 0.0:
        return Refused("no gas was produced between the static pressures")
    slope = float(np.sum(about * p_over_z_bar)) / spread
    intercept = float(p_over_z_bar.mean()) - slope * float(produced_sm3.mean())
    if slope >= 0.0:
        return Refused("p/z does not fall as gas is produced")
    residual = p_over_z_bar - intercept - slope * produced_sm3
    r2 = 1.0 - float(np.sum(residual**2)) / float(np.sum((p_over_z_bar - p_over_z_bar.mean()) ** 2))
    if r2 < LEAST_PZ_R2:
        return Refused(f"p/z is not a straight line (r2 {r2:.2f}, needs {LEAST_PZ_R2:.2f})")
    return PressureLine(-intercept / slope, intercept, r2)
