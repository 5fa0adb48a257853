"""What each well produced, and how pressure fell: Arps decline, a straight water-cut trend, for gas a straight p/z.

Arps (1945): q = qi / (1 + b Di t)^(1/b); its integral is exact, so that months sum to the cumulative.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from welltegra.simulator.field.chance import Flags, Floats, Integers, stream
from welltegra.simulator.field.gas_law import deviation, pressure_of
from welltegra.simulator.field.intervals import Completed
from welltegra.simulator.field.plan import AS_OF, Plan
from welltegra.simulator.field.styles import STYLES

DAYS_PER_YEAR: Final = 365.25
_MOST_MONTHS, _MOST_MONTHS_WITHOUT_LOGS, _LEAST_MONTHS = 120, 60, 44
_SHUT_IN_MONTHS = 9
_WATER_CUT_SLOPES: Final = np.array([0.0, 0.0, 0.03, 0.06, 0.10, 0.16])
_TREND_YEARS, _LEAST_WATER_CUT = 3.0, 0.02
_LONGEST_FORECAST_YEARS: Final = 50.0  # a hyperbolic tail has no end
_GOR_SM3_SM3, _CONDENSATE_SM3_SM3 = 85.0, 1.2e-4


@dataclass(frozen=True, slots=True, eq=False)
class Life:
    """The true production of each well, shape (wells,); NaN for injectors.

    start: months before AS_OF of the first one; shut_in: of these, the last that gave nothing. Main phase: gas [sm3] in
    gas reservoirs, else oil. qi [sm3/d], di [1/year], b [-] are Arps'. eur to the economic rate, for 50 years from the
    last month at most, np up to AS_OF [sm3].
    """

    producer: Flags
    start: Integers
    shut_in: Integers
    qi_sm3d: Floats
    di_per_year: Floats
    b: Floats
    np_sm3: Floats
    eur_sm3: Floats
    ogip_sm3: Floats
    drained_radius_m: Floats
    water_cut_end: Floats
    water_cut_slope_per_year: Floats
    pressure_ratio: Floats

    @property
    def producing_days(self) -> Floats:
        """From the first day to the one the well was shut in, or to AS_OF."""
        days = _month_starts(int(self.start.max()))
        return (days[-1 - self.shut_in] - days[-1 - self.start]).astype(float)


def cumulative_sm3(qi_sm3d: Floats, di_per_year: Floats, b: Floats, days: Floats) -> Floats:
    """Return what a hyperbolic decline, 0 < b < 1, gives in its first `days` [sm3]."""
    daily = di_per_year / DAYS_PER_YEAR
    return qi_sm3d / ((1.0 - b) * daily) * (1.0 - (1.0 + b * daily * days) ** (1.0 - 1.0 / b))


def live(plan: Plan, completion: Completed) -> Life:
    """Return the lives of all wells: each drained a circle of a known radius, and declined in a known way."""
    wells, chance = len(plan.well_ids), stream(plan.options.seed, "production")
    watered = plan.watered_out
    most = _MOST_MONTHS if plan.options.logs else _MOST_MONTHS_WITHOUT_LOGS
    start = np.where(watered, most, chance.integers(_LEAST_MONTHS, most + 1, wells))
    complete = np.array([gap is None for gap in plan.gaps])
    shut_in = np.where((chance.random(wells) < 0.2) & ~watered & complete, _SHUT_IN_MONTHS, 0)
    b = np.where(watered, chance.uniform(0.1, 0.3, wells), chance.uniform(0.2, 0.8, wells))
    di = np.where(watered, chance.uniform(0.6, 0.8, wells), chance.uniform(0.15, 0.45, wells))
    radius = np.where(watered, chance.uniform(280.0, 330.0, wells), chance.uniform(140.0, 260.0, wells))
    bo = plan.of_style(tuple(style.bo for style in STYLES))
    recovery = plan.of_style(tuple(style.recovery_factor for style in STYLES))
    hydrocarbons = completion.net_pay_m * completion.phie * (1.0 - completion.sw)
    np_sm3 = np.pi * radius**2 * hydrocarbons * recovery / bo
    edges = _month_starts(int(start.max()))
    days = (edges[-1 - shut_in] - edges[-1 - start]).astype(float)
    qi = np_sm3 / cumulative_sm3(np.ones(wells), di, b, days)
    economic = plan.of_style(tuple(style.economic_oil_sm3d for style in STYLES))
    until = ((qi / economic) ** b - 1.0) / (b * di / DAYS_PER_YEAR)
    until = np.minimum(until, days + _LONGEST_FORECAST_YEARS * DAYS_PER_YEAR)
    gas = plan.of_style(tuple(float(style.gas) for style in STYLES)) > 0.0
    drained = np.where(watered, 0.85, chance.uniform(0.20, 0.55, wells))
    slope = np.where(watered, 0.03, chance.choice(_WATER_CUT_SLOPES, wells))
    end = np.where(watered, chance.uniform(0.965, 0.975, wells), chance.uniform(0.10, 0.65, wells))
    ratio = np.where(watered, chance.uniform(0.20, 0.28, wells), 0.55 + 0.40 * plan.quality)
    return Life(
        producer=completion.place >= 0,
        start=start,
        shut_in=shut_in,
        qi_sm3d=qi,
        di_per_year=di,
        b=b,
        np_sm3=np_sm3,
        eur_sm3=np.where(gas, np.nan, np.maximum(np_sm3, cumulative_sm3(qi, di, b, np.maximum(until, 0.0)))),
        ogip_sm3=np.where(gas, np_sm3 / drained, np.nan),
        drained_radius_m=radius,
        water_cut_end=np.maximum(end, _TREND_YEARS * slope + 0.1),
        water_cut_slope_per_year=slope,
        pressure_ratio=np.where(gas, np.nan, ratio),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Volumes:
    """Monthly volumes [sm3] and hours, one item a month of a well; well: its number, month: its first day."""

    well: Integers
    month: Integers
    oil_sm3: Floats
    water_sm3: Floats
    gas_sm3: Floats
    hours_on: Floats


def volumes(plan: Plan, life: Life) -> Volumes:
    """Return what was metered each month, from each well's first one to AS_OF: zero while it was shut in."""
    chance = stream(plan.options.seed, "meters")
    most = int(life.start.max())
    edges = _month_starts(most)
    since = edges[None, :] - edges[most - life.start][:, None]
    since = np.clip(since, 0, life.producing_days[:, None])
    grown = cumulative_sm3(life.qi_sm3d[:, None], life.di_per_year[:, None], life.b[:, None], since)
    main = np.diff(grown, axis=1)
    months = np.arange(most)
    last = most - 1 - life.shut_in
    years_left = (last[:, None] - months) / 12.0
    cut = life.water_cut_end[:, None] - life.water_cut_slope_per_year[:, None] * years_left
    noise = plan.options.noise
    main = main * np.exp(0.02 * noise * chance.standard_normal(main.shape))
    cut = np.clip(np.maximum(cut, _LEAST_WATER_CUT) + 0.008 * noise * chance.standard_normal(cut.shape), 0.0, 0.99)
    well, month = np.nonzero((months >= most - life.start[:, None]) & life.producer[:, None])
    gas = (plan.of_style(tuple(float(style.gas) for style in STYLES)) > 0.0)[well]
    main, cut = np.round(main[well, month], 3), cut[well, month]
    oil = np.where(gas, np.round(main * _CONDENSATE_SM3_SM3, 3), main)
    return Volumes(
        well=well,
        month=edges[:-1][month],
        oil_sm3=oil,
        water_sm3=np.round(oil * cut / (1.0 - cut), 3),
        gas_sm3=np.where(gas, main, np.round(main * _GOR_SM3_SM3, 1)),
        hours_on=np.where(main > 0.0, np.diff(edges)[month] * 24.0, 0.0),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Pressures:
    """Static tests, one item a test: well, day [days since 1970], pressure_bar."""

    well: Integers
    day: Integers
    pressure_bar: Floats


def tests(plan: Plan, life: Life) -> Pressures:
    """Return a static pressure on each first of July since a well's start, down to what it was left with."""
    chance = stream(plan.options.seed, "pressures")
    july = np.array([(date(AS_OF.year - back, 7, 1) - date(1970, 1, 1)).days for back in range(10, 0, -1)])
    start = _month_starts(int(life.start.max()))[-1 - life.start]
    well, test = np.nonzero((july > start[:, None]) & life.producer[:, None])
    since = np.minimum((july[test] - start[well]).astype(float), life.producing_days[well])
    part = cumulative_sm3(life.qi_sm3d[well], life.di_per_year[well], life.b[well], since)
    initial = plan.of_style(tuple(style.initial_bar for style in STYLES))[well]
    pressure = initial * (1.0 - (1.0 - life.pressure_ratio[well]) * part / life.np_sm3[well])
    for number, style in enumerate(STYLES):
        among = np.flatnonzero(plan.reservoir_of[well] % len(STYLES) == number)
        if style.gas and len(among):
            left = 1.0 - part[among] / life.ogip_sm3[well[among]]
            at_first = deviation(initial[among], style.temperature_degc, style.gas_gravity)
            pressure[among] = pressure_of(left * initial[among] / at_first, style.temperature_degc, style.gas_gravity)
    pressure = pressure * (1.0 + 0.003 * plan.options.noise * chance.standard_normal(len(well)))
    return Pressures(well, july[test], np.round(pressure, 2))


def _month_starts(most: int) -> Integers:
    """Return the first days [days since 1970] of the last `most` months before AS_OF, and AS_OF itself."""
    months = np.datetime64(AS_OF, "M") - np.arange(most, -1, -1)
    return months.astype("datetime64[D]").astype(np.int64)
