"""What the monthly history of each target tells: its water cut, and what it will yield in the end."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.decline import Arps, PressureLine, Refused, fit_arps, fit_p_over_z, remaining_sm3
from scoring.gas import p_over_z
from scoring.production import water_cut_of
from scoring.profile_assessment import Assessment
from scoring.sums import summed
from scoring.water_cut import WaterCut, water_cut

Floats = NDArray[np.float64]
Result = TypeVar("Result")

WATER_CUT: Final = {
    "row": pl.UInt32,
    "water_cut_level": pl.Float64,
    "water_cut_slope": pl.Float64,
    "water_cut_p": pl.Float64,
    "water_cut_method": pl.String,
}
YIELD: Final = {"row": pl.UInt32, "eur_sm3": pl.Float64, "eur_method": pl.String, "eur_fit_r2": pl.Float64}
YIELD_WHY: Final = YIELD | {"eur_why": pl.String}
# Above this much gas for the oil [Sm3/Sm3] it is a gas well: 20,000 scf/STB, where condensate gas begins.
GAS_WELL_FROM: Final = 3562.0


def fluids(wells: pl.DataFrame, months: pl.DataFrame | None, reservoirs: pl.DataFrame | None) -> pl.DataFrame:
    """Return reservoir and fluid ("oil" or "gas") of each reservoir of `wells`: what its wells have produced.

    Where they have produced nothing: gas if reservoirs states a gas gravity and no economic oil rate.
    """
    frame = wells.select("reservoir").unique().drop_nulls().sort("reservoir")
    said = pl.DataFrame(schema={"reservoir": pl.String, "stated_gas": pl.Boolean})
    if reservoirs is not None:
        gas = pl.col("gas_gravity").is_not_null() & pl.col("economic_oil_sm3d").is_null()
        said = reservoirs.group_by("reservoir").agg(gas.any().alias("stated_gas"))
    made = pl.DataFrame(schema={"reservoir": pl.String, "oil_sm3": pl.Float64, "gas_sm3": pl.Float64})
    if months is not None:
        its = months.join(wells.select("well_id", "reservoir"), on="well_id")
        made = summed(its, ["reservoir"], ["oil_sm3", "gas_sm3"])
    frame = frame.join(said, on="reservoir", how="left").join(made, on="reservoir", how="left")
    oil, gas = pl.col("oil_sm3").fill_null(0.0), pl.col("gas_sm3").fill_null(0.0)
    is_gas = (
        pl.when(oil + gas > 0.0).then(gas > GAS_WELL_FROM * oil).otherwise(pl.col("stated_gas").fill_null(value=False))
    )
    return frame.select("reservoir", fluid=pl.when(is_gas).then(pl.lit("gas")).otherwise(pl.lit("oil"))).sort(
        "reservoir"
    )


def water_cuts(stream: pl.DataFrame, rules: Assessment) -> pl.DataFrame:
    """Return WATER_CUT of each row with a month of liquid.

    Needs: row, month, method, wet_oil_sm3, wet_water_sm3, wet_unsaid.
    """
    unsaid = pl.col("wet_unsaid") > 0.0
    cut = pl.when(unsaid).then(pl.lit(math.nan)).otherwise(water_cut_of()).alias("water_cut")
    wet = stream.with_columns(cut).drop_nulls("water_cut").sort("row", "month")
    count = wet["month"].dt.year().cast(pl.Int64) * 12 + wet["month"].dt.month().cast(pl.Int64)
    wet = wet.with_columns(at=count)
    once = _once(partial(water_cut, rules=rules))
    found = [
        (row, once(part["at"].to_numpy(), part["water_cut"].to_numpy()), part["method"][-1])
        for row, part in _by_row(wet)
    ]
    rows = [_water_row(row, cut, method) for row, cut, method in found if cut is not None]
    return pl.DataFrame(rows, schema=WATER_CUT, orient="row")


def _water_row(row: int, cut: WaterCut, method: str) -> tuple[object, ...]:
    whose = {"well": "of the well", "reported_zone": "of the zone"}.get(
        method, "of the well while the interval was open"
    )
    trend = "Theil-Sen, Mann-Kendall" if cut.p is not None else "too few months for a trend"
    return row, cut.level, cut.slope, cut.p, f"{whose}; {trend}; {cut.months} months"


def oil_yields(stream: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """Return YIELD_WHY of each row of `facts` that produced: Np so far and what the decline has left to the limit.

    An interval that gives a share of its well's oil reaches its limit at that share of the well's economic rate.

    Needs: of stream row, month, oil_sm3, days_on, share; of facts row, np_sm3, economic_oil_sm3d.
    """
    wanted = facts.filter(pl.col("np_sm3") > 0.0)
    limits = dict(wanted.select("row", "economic_oil_sm3d").iter_rows())
    produced = dict(wanted.select("row", "np_sm3").iter_rows())
    once = _once(fit_arps)
    rows: list[tuple[object, ...]] = []
    its = stream.join(wanted.select("row"), on="row", how="semi").drop_nulls("oil_sm3").sort("row", "month")
    for row, part in _by_row(its):
        limit = limits[row]
        if limit is None:
            rows.append((row, None, None, None, "reservoirs does not state economic_oil_sm3d"))
            continue
        oil = part["oil_sm3"].to_numpy()
        # Of the interval's own size the shape of a decline knows nothing: intervals of one well share one fit.
        size = float(oil.max())
        fit = once(part["days_on"].to_numpy(), np.round(oil / size, 12))
        if isinstance(fit, Refused):
            rows.append((row, None, None, None, fit.why))
            continue
        sharing = part.filter(pl.col("oil_sm3") > 0.0)["share"]
        decline = Arps(fit.qi_sm3d * size, fit.di_per_year, fit.b, fit.r2, fit.months, fit.end_years)
        eur = produced[row] + remaining_sm3(decline, limit * float(sharing[-1]))
        rows.append((row, eur, decline.method, decline.r2, None))
    return pl.DataFrame(rows, schema=YIELD_WHY, orient="row")


def gas_yields(stream: pl.DataFrame, facts: pl.DataFrame, static: pl.DataFrame | None) -> pl.DataFrame:
    """Return YIELD_WHY of each row of a gas well that produced: gas in place by p/z, times the recovery factor.

    The initial pressure stands at zero production; each later static one of the well at what had come by its month.

    Needs: of stream row, month, gas_sm3; of facts row, well_id, gp_sm3, recovery_factor, gas_gravity, temperature_degc;
        of static well_id, date, pressure_bar, initial_bar.
    """
    wanted = facts.filter(pl.col("gp_sm3") > 0.0)
    measured = {} if static is None else {str(k[0]): v for k, v in static.group_by("well_id", maintain_order=True)}
    its = dict(_by_row(stream.join(wanted.select("row"), on="row", how="semi").sort("row", "month")))
    rows: list[tuple[object, ...]] = []
    columns = ("row", "well_id", "recovery_factor", "gas_gravity", "temperature_degc")
    for row, well_id, recovery, gravity, degc in wanted.select(columns).iter_rows():  # gas wells that produced
        if None in (recovery, gravity, degc):
            rows.append((row, None, None, None, "p/z needs gas_gravity, temperature_degc and recovery_factor"))
            continue
        if well_id not in measured:
            rows.append((row, None, None, None, "p/z needs static pressures of the well"))
            continue
        line = _pressure_line(its[row], measured[well_id], degc, gravity)
        if isinstance(line, Refused):
            rows.append((row, None, None, None, line.why))
        else:
            rows.append((row, line.g_sm3 * recovery, "p_over_z", line.r2, None))
    return pl.DataFrame(rows, schema=YIELD_WHY, orient="row")


def _pressure_line(part: pl.DataFrame, static: pl.DataFrame, degc: float, gravity: float) -> PressureLine | Refused:
    come = part.select("month", gp=pl.col("gas_sm3").fill_null(0.0).cum_sum())
    # A pressure of mid-month is held against what had come by the end of the month before.
    at = static.select("date", "pressure_bar").join_asof(
        come.with_columns(date=pl.col("month").dt.offset_by("1mo")).select("date", "gp"), on="date"
    )
    points = [(p, gp or 0.0) for p, gp in at.select("pressure_bar", "gp").iter_rows()]
    initial = static["initial_bar"].drop_nulls()
    if len(initial):
        points.append((float(initial[0]), 0.0))
    points = sorted(set(points), key=lambda point: (point[1], -point[0]))
    over = [(p_over_z(p, degc, gravity), gp) for p, gp in points]
    if any(value is None for value, _ in over):
        return Refused("z needs gas_gravity and temperature_degc within the range of its correlation")
    return fit_p_over_z(np.array([v for v, _ in over], dtype=float), np.array([gp for _, gp in over], dtype=float))


def _by_row(frame: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """Yield row and its part of a frame sorted by row."""
    if frame.is_empty():
        return
    rows = frame["row"].to_numpy()
    starts = np.flatnonzero(np.diff(rows.astype(np.int64), prepend=-1))
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        yield int(rows[start]), frame.slice(int(start), int(end - start))


def _once(function: Callable[..., Result]) -> Callable[..., Result]:
    """Return the function with a memory: intervals of one well often have one and the same history."""
    known: dict[bytes, Result] = {}

    def remembered(*arrays: NDArray[np.generic]) -> Result:
        key = b"|".join(array.tobytes() for array in arrays)
        if key not in known:
            known[key] = function(*arrays)
        return known[key]

    return remembered
