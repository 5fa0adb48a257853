"""How much of an injector's water goes to a producer: capacitance-resistance, fitted to their monthly rates."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import lsq_linear, minimize_scalar, nnls

from scoring.sums import summed

Floats = NDArray[np.float64]

CRM_MONTHS: Final = 24
CRM_INJECTORS: Final = 8  # nearest; each costs a gain, and a month is one equation
LEAST_EXPLAINED: Final = 0.50  # of the variance that declines and a constant leave
_DELAYS_DAYS: Final = (5.0, 15.0, 45.0, 135.0, 400.0)
_PRIMARY_DAYS: Final = (30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)


def crm_gains(
    producers: pl.DataFrame, injectors: pl.DataFrame, months: pl.DataFrame, injection: pl.DataFrame, bo: float
) -> Mapping[str, Floats]:
    """Return, for each producer a capacitance-resistance model describes, its gain from each injector [-].

    Gains from one injector to all producers together are brought down to 1 where they exceed it. Producers with fewer
    than 24 months beside injection, and those that the model does not describe, are absent. Only months count in which
    the producer says its oil and water, and of which each of its injectors has a report, or which lie before its first
    or after its last: a month that nobody reported is not one without injection.

    Needs: of producers and injectors well_id, x_m, y_m; of months and injection as monthly volumes [Sm3].
    """
    names: list[str] = injectors["well_id"].to_list()
    water = summed(injection, ["well_id", "month"], ["water_sm3"]).filter(pl.col("well_id").is_in(names))
    span = water.select(pl.date_range(pl.col("month").min(), pl.col("month").max(), "1mo"))["month"]
    days = span.dt.month_end().dt.day().cast(pl.Float64).to_numpy()
    injected = np.column_stack([_by_month(water, name, "water_sm3", span) for name in names]) / days[:, None]
    reported = np.isfinite(injected)
    liquid = summed(months, ["well_id", "month"], ["oil_sm3", "water_sm3", "wet_unsaid"])
    liquid = liquid.filter(pl.col("wet_unsaid").fill_null(0.0) == 0.0)
    volume = pl.col("oil_sm3").fill_null(0.0) * bo + pl.col("water_sm3").fill_null(0.0)
    liquid = liquid.select("well_id", "month", liquid_rm3=volume)
    beside = liquid.filter(pl.col("month").is_in(span.implode()))
    parts = {str(key[0]): part for key, part in beside.group_by("well_id", maintain_order=True)}
    ix, iy = injectors["x_m"].to_numpy(), injectors["y_m"].to_numpy()
    found: dict[str, Floats] = {}
    for well_id, x, y in producers.select("well_id", "x_m", "y_m").iter_rows():
        if well_id not in parts:
            continue
        at = np.searchsorted(span.to_numpy(), parts[well_id]["month"].to_numpy())
        away = np.hypot(ix - x, iy - y)
        nearest = np.sort(np.lexsort((np.arange(len(away)), away))[:CRM_INJECTORS])
        told = reported[np.ix_(at, nearest)].all(axis=1)
        at = at[told]
        if len(at) < CRM_MONTHS:
            continue
        rate = np.maximum(parts[well_id]["liquid_rm3"].to_numpy()[told], 0.0) / days[at]
        elapsed = (np.cumsum(days) - days / 2.0)[at]
        gains = fit_crm(rate, injected[np.ix_(at, nearest)], elapsed - elapsed[0])
        if gains is not None:
            found[well_id] = np.zeros(len(names))
            found[well_id][nearest] = gains
    if found:
        given = np.sum(np.vstack([found[well_id] for well_id in sorted(found)]), axis=0)
        found = {well_id: gains / np.maximum(given, 1.0) for well_id, gains in found.items()}
    return found


def _by_month(water: pl.DataFrame, injector: str, column: str, span: pl.Series) -> Floats:
    """Return a volume month by month: 0 before the first report and after the last, NaN where none is between."""
    its = water.filter(pl.col("well_id") == injector).select("month", column).drop_nulls()
    joined = span.to_frame("month").join(its, on="month", how="left", maintain_order="left")
    outside = (pl.col("month") < its["month"].min()) | (pl.col("month") > its["month"].max())
    volume = pl.when(outside).then(0.0).otherwise(pl.col(column).clip(lower_bound=0.0)).fill_null(math.nan)
    return joined.select(volume.alias(column))[column].to_numpy().copy()


def fit_crm(liquid_rate: Floats, injection_rates: Floats, days: Floats) -> Floats | None:
    """Return the gains [-] of one producer from each injector, or None where injection does not explain its rate.

    The model is CRM-P of Yousef et al. (SPE 95322, 2006) in the kernels of pywaterflood: one time constant a producer,
    a gain in [0, 1] an injector, and a primary decline, whose time constant is one of six from a month to 27 years. It
    presumes a flood at steady well pressures; a choked producer bends it. For given time constants it is linear in the
    gains. It must leave less than half the variance that a sum of declines and a constant leaves: else the gains are
    made of noise.

    Args:
        liquid_rate: Of the producer [rm3/d], shape (n,).
        injection_rates: [rm3/d], shape (n, injectors).
        days: Since the first rate, shape (n,).
    """
    if float(np.ptp(liquid_rate)) <= 0.0 or float(np.ptp(injection_rates, axis=0).max()) <= 0.0:
        return None
    # pywaterflood brings pandas; whoever has no injection need not wait for it.
    from pywaterflood.crm import q_CRM_perpair, q_primary

    scale = float(max(liquid_rate.max(), injection_rates.max()))
    produced = liquid_rate / scale
    columns = [np.ascontiguousarray(injection_rates[:, [j]] / scale) for j in range(injection_rates.shape[1])]
    declines = [q_primary(produced, days, 1.0, constant) for constant in _PRIMARY_DAYS]
    one = np.ones(1)

    def best(ln_delay: float) -> tuple[Floats, float]:
        tau = np.array([math.exp(ln_delay)])
        responses = [q_CRM_perpair(column, days, one, tau) for column in columns]
        found = [_gains(np.column_stack([*responses, decline]), produced) for decline in declines]
        return min(found, key=lambda gains_misfit: gains_misfit[1])

    start = math.log(min(_DELAYS_DAYS, key=lambda delay: best(math.log(delay))[1]))
    bounds = (start - math.log(3.0), start + math.log(3.0))
    refined = minimize_scalar(lambda ln_delay: best(ln_delay)[1], bounds=bounds, method="bounded", options=_SEARCH)
    gains, misfit = best(float(refined.x))
    alone = nnls(np.column_stack([*declines, np.ones_like(produced)]), produced)[1]
    return gains if misfit**2 < (1.0 - LEAST_EXPLAINED) * alone**2 else None


_SEARCH: Final = {"xatol": 0.01}


def _gains(design: Floats, produced: Floats) -> tuple[Floats, float]:
    """Return the gains, each in [0, 1], that leave least, and the norm of what is left; the last column is primary."""
    gains, misfit = nnls(design, produced)
    if bool(np.any(gains[:-1] > 1.0)):
        most = np.append(np.ones(design.shape[1] - 1), np.inf)
        bounded = lsq_linear(design, produced, bounds=(0.0, most), method="bvls")
        gains, misfit = bounded.x, math.sqrt(2.0 * bounded.cost)
    return np.asarray(gains[:-1], dtype=float), float(misfit)
