"""How much of what an interval will ever yield has come already, and with how much water."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from scoring.allocation import streams
from scoring.histories import gas_yields, oil_yields, water_cuts
from scoring.pressure import static_pressures
from scoring.production import facts, monthly
from scoring.profile_assessment import Assessment
from scoring.source_lists import by_id

# Where a table was not given: no rows, of these columns.
_PRODUCTION: Final = {
    "well_id": pl.String,
    "date": pl.Date,
    "zone": pl.String,
    **dict.fromkeys(("oil_sm3", "water_sm3", "gas_sm3", "hours_on"), pl.Float64),
}
_COMPLETIONS: Final = {
    "well_id": pl.String,
    "top_md_m": pl.Float64,
    "base_md_m": pl.Float64,
    "status": pl.String,
    "date": pl.Date,
}


def with_production(
    targets: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    months: pl.DataFrame | None,
    as_of: date,
    rules: Assessment,
) -> pl.DataFrame:
    """Return targets with cumulative production, depletion ratio and water cut."""
    completions = tables.get("completions")
    series = months if months is not None else monthly(pl.DataFrame(schema=_PRODUCTION), as_of)
    its = completions if completions is not None else pl.DataFrame(schema=_COMPLETIONS)
    stream = streams(targets, series, its)
    known = facts(targets, months, completions, stream)
    targets = targets.join(known, on="row", how="left", maintain_order="left")
    gas = pl.col("fluid") == "gas"
    static = static_pressures(tables["pressures"], as_of) if "pressures" in tables else None
    yields = pl.concat(
        [
            oil_yields(stream, targets.filter(~gas | gas.is_null())),
            gas_yields(stream, targets.filter(gas), static),
        ]
    )
    targets = targets.join(yields, on="row", how="left", maintain_order="left")
    targets = targets.join(water_cuts(stream, rules), on="row", how="left", maintain_order="left")
    return _with_statuses(targets, _sources(tables, "production", "completions"))


def _with_statuses(targets: pl.DataFrame, sources: pl.DataFrame) -> pl.DataFrame:
    never = pl.col("never_produced").fill_null(value=False)
    made = pl.when(pl.col("fluid") == "gas").then("gp_sm3").otherwise("np_sm3")
    ratio = pl.when(never).then(0.0).otherwise((made / pl.col("eur_sm3")).clip(0.0, 1.0))
    targets = targets.join(sources, on="well_id", how="left", maintain_order="left").with_columns(depletion_ratio=ratio)
    known, cut = pl.col("depletion_ratio").is_not_null(), pl.col("water_cut_level").is_not_null()
    no_oil = (
        pl.when(pl.col("fluid") == "gas").then(pl.lit("no gas is reported")).otherwise(pl.lit("no oil is reported"))
    )
    unproduced = pl.coalesce("np_why", "eur_why", no_oil)
    no_liquid = pl.coalesce("np_why", pl.lit("not every one of the last months has both oil and water reported"))
    measured = pl.col("np_method").is_in(["well", "reported_zone"]).fill_null(value=False)
    return targets.with_columns(
        depletion_ratio_status=pl.when(known).then(pl.lit("derived")).otherwise(pl.lit("missing")),
        depletion_ratio_source=pl.when(known).then("production_source"),
        depletion_ratio_why=pl.when(~known).then(unproduced),
        water_cut_level=pl.when(~never).then("water_cut_level"),
        water_cut_slope=pl.when(~never).then("water_cut_slope"),
        water_cut_p=pl.when(~never).then("water_cut_p"),
        water_cut_status=pl.when(never)
        .then(pl.lit("not_applicable"))
        .when(~cut)
        .then(pl.lit("missing"))
        .when(measured)
        .then(pl.lit("measured"))
        .otherwise(pl.lit("derived")),
        water_cut_source=pl.when(cut & ~never).then("production_source"),
        water_cut_why=pl.when(~cut & ~never).then(no_liquid),
    ).drop("production_source")


def _sources(tables: Mapping[str, pl.DataFrame], *names: str) -> pl.DataFrame:
    """Return well_id and production_source: the ids of the files that say something of it, joined."""
    given = [tables[name].select("well_id", "source_id") for name in names if name in tables]
    if not given:
        return pl.DataFrame(schema={"well_id": pl.String, "production_source": pl.String})
    both = by_id(pl.concat(given).drop_nulls())
    return both.group_by("well_id", maintain_order=True).agg(
        pl.col("source_id").str.join(";").alias("production_source")
    )
