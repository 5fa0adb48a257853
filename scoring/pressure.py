"""How much of the initial reservoir pressure is left."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from scoring.gas import p_over_z

DAYS_PER_YEAR: Final = 365.25

PRESSURE: Final = {
    "well_id": pl.String,
    "pressure_bar": pl.Float64,
    "initial_bar": pl.Float64,
    "pressure_date": pl.Date,
    "pressure_age_years": pl.Float64,
    "pressure_ratio": pl.Float64,
    "pressure_ratio_status": pl.String,
    "pressure_ratio_source": pl.String,
    "pressure_ratio_why": pl.String,
}


def static_pressures(pressures: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return the static pressures up to a date, oldest first in each well. A flowing one says nothing of the reservoir.

    Needs: well_id, date, pressure_bar, kind, datum_tvdss_m, initial_bar, source_id.
    """
    usable = (pl.col("kind") == "static") & (pl.col("date") <= as_of) & (pl.col("pressure_bar") > 0.0)
    order = ["well_id", "date", "datum_tvdss_m", "pressure_bar", "initial_bar", "source_id"]
    return pressures.filter(usable).sort(order, nulls_last=False)


def pressure_ratios(pressures: pl.DataFrame | None, wells: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return one row a well of `wells`: its latest static pressure against the initial one at the same datum.

    Oil: p/pi. Gas: (p/z)/(pi/zi). The initial pressure is the row's, else the earliest that the well states for that
    datum, else the earliest that its reservoir does (status derived). Missing where a pressure that does not say
    whether it is static is as late.

    Needs of wells: well_id, reservoir, fluid (oil, gas), gas_gravity, temperature_degc.
    """
    if pressures is None:
        return _missing(wells, "no pressures table")
    static = static_pressures(pressures, as_of)
    latest = static.group_by("well_id", maintain_order=True).last()
    latest = wells.join(latest, on="well_id", how="left", maintain_order="left")
    stated = wells.select("well_id", "reservoir").join(static.drop_nulls("initial_bar"), on="well_id")
    stated = stated.sort("date", "well_id", "initial_bar").with_columns(initial=pl.col("initial_bar"))
    for scope in ("well_id", "reservoir"):
        first = stated.group_by(scope, "datum_tvdss_m", maintain_order=True).agg(
            pl.col("initial").first().alias(f"initial_of_{scope}")
        )
        known = first.drop_nulls(scope)
        latest = latest.join(known, on=[scope, "datum_tvdss_m"], how="left", nulls_equal=True, maintain_order="left")
    own = pl.coalesce("initial_bar", "initial_of_well_id")
    latest = latest.with_columns(initial_bar=pl.coalesce(own, "initial_of_reservoir"), borrowed=own.is_null())
    latest = latest.with_columns(pressure_age_years=(pl.lit(as_of) - pl.col("date")).dt.total_days() / DAYS_PER_YEAR)
    dated = pl.col("kind").is_null() & (pl.col("date") <= as_of)
    unsaid = pressures.filter(dated).group_by("well_id").agg(unsaid=pl.col("date").max())
    latest = latest.join(unsaid, on="well_id", how="left", maintain_order="left")
    return _ratio(latest.with_columns(pressure_date="date"))


def _ratio(latest: pl.DataFrame) -> pl.DataFrame:
    gas = latest.filter((pl.col("fluid") == "gas") & pl.col("initial_bar").is_not_null())
    ratios = []
    for p, pi, degc, gravity in gas.select(
        "pressure_bar", "initial_bar", "temperature_degc", "gas_gravity"
    ).iter_rows():  # one a gas well
        now = None if None in (p, degc, gravity) else p_over_z(p, degc, gravity)
        then = None if None in (pi, degc, gravity) else p_over_z(pi, degc, gravity)
        ratios.append(None if now is None or then is None else now / then)
    of_gas = gas.select("well_id").with_columns(of_gas=pl.Series(ratios, dtype=pl.Float64))
    frame = latest.join(of_gas, on="well_id", how="left", maintain_order="left")
    gas_well = pl.col("fluid") == "gas"
    ratio = pl.when(gas_well).then("of_gas").otherwise(pl.col("pressure_bar") / pl.col("initial_bar"))
    why = (
        pl.when(pl.col("pressure_bar").is_null())
        .then(pl.lit("no static pressure of the well"))
        .when("doubtful")
        .then(pl.format("the pressure of {} does not say whether it is static", "unsaid"))
        .when(pl.col("initial_bar").is_null())
        .then(pl.lit("no initial pressure at the datum"))
        .otherwise(pl.lit("z needs gas_gravity and temperature_degc within the range of its correlation"))
    )
    doubtful = (pl.col("unsaid") >= pl.col("pressure_date")).fill_null(value=False)
    frame = frame.with_columns(doubtful=doubtful).with_columns(pressure_ratio=pl.when(~pl.col("doubtful")).then(ratio))
    missing = pl.col("pressure_ratio").is_null()
    derived = gas_well | pl.col("borrowed")
    status = (
        pl.when(missing).then(pl.lit("missing")).when(derived).then(pl.lit("derived")).otherwise(pl.lit("measured"))
    )
    return frame.with_columns(
        pressure_ratio_status=status,
        pressure_ratio_source="source_id",
        pressure_ratio_why=pl.when(missing).then(why),
    ).select(*PRESSURE)


def _missing(wells: pl.DataFrame, why: str) -> pl.DataFrame:
    unknown = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in PRESSURE.items() if name != "well_id"]
    return (
        wells.select("well_id", *unknown)
        .with_columns(pressure_ratio_status=pl.lit("missing"), pressure_ratio_why=pl.lit(why))
        .select(*PRESSURE)
    )
