"""What was produced, month by month, and what is known of each interval's part in it.

Months are calendar months up to the project's date. Producing days come from the hours on stream where they were
reported, else a month or day with production counts as a whole one.
"""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

from scoring.allocation import VOLUMES, units
from scoring.sums import summed

# Liquid of the rows where oil and water are both known: a water cut must not mix months where one is not.
_UNSAID: Final = ("oil_unsaid", "gas_unsaid", "wet_unsaid")
_SERIES: Final = (*VOLUMES, "days_on", "wet_oil_sm3", "wet_water_sm3", *_UNSAID)


def monthly(production: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return one row a well, zone and calendar month with anything reported: volumes [Sm3] and producing days.

    Daily and monthly rows may stand in one table: a well and zone with two rows in a month reports by the day. Hours
    are cut to the length of the period (a day of 25 hours is the clock's), and are whole where oil came at 0 hours.

    Needs: well_id, date, oil_sm3, water_sm3, gas_sm3, hours_on, zone.

    Returns:
        well_id, zone (null: not reported by zone), month (its first day), oil_sm3, water_sm3, gas_sm3 (null: never
        reported), days_on, wet_oil_sm3, wet_water_sm3 (of the rows where both are known); oil_unsaid, gas_unsaid and
        wet_unsaid: how many of its rows leave out oil, gas, or one of oil and water, that the well reports elsewhere. A
        row of 0 hours leaves nothing out.
    """
    key = ["well_id", "zone", "month"]
    rows = production.filter(pl.col("date").is_not_null() & (pl.col("date") <= as_of)).with_columns(
        month=pl.col("date").dt.month_start()
    )
    rows = rows.with_columns(by_day=pl.len().over(key).max().over("well_id", "zone") > 1)
    longest = pl.when("by_day").then(1.0).otherwise(pl.col("date").dt.month_end().dt.day().cast(pl.Float64))
    flowed = pl.max_horizontal(pl.col(column).fill_null(0.0) for column in VOLUMES) > 0.0
    on = pl.when(pl.col("hours_on") > 0.0).then(pl.min_horizontal(pl.col("hours_on") / 24.0, longest))
    both = pl.col("oil_sm3").is_not_null() & pl.col("water_sm3").is_not_null()
    may_flow = ~(pl.col("hours_on") == 0.0).fill_null(value=False)
    reports = {name: pl.col(name).is_not_null().any().over("well_id") for name in VOLUMES}
    unsaid = {name: may_flow & pl.col(name).is_null() & reports[name] for name in VOLUMES}
    rows = rows.with_columns(
        days_on=on.otherwise(pl.when(flowed).then(longest).otherwise(0.0)),
        wet_oil_sm3=pl.when(both).then("oil_sm3"),
        wet_water_sm3=pl.when(both).then("water_sm3"),
        oil_unsaid=unsaid["oil_sm3"],
        gas_unsaid=unsaid["gas_sm3"],
        wet_unsaid=unsaid["oil_sm3"] | unsaid["water_sm3"],
    )
    return summed(rows, key, _SERIES)


def water_cut_of() -> pl.Expr:
    """Return the water cut [-] of each row, null where nothing wet came. Needs: wet_oil_sm3, wet_water_sm3.

    A negative volume is a correction of an earlier one; the cut is kept to [0, 1].
    """
    liquid = pl.col("wet_oil_sm3") + pl.col("wet_water_sm3")
    return pl.when(liquid > 0.0).then((pl.col("wet_water_sm3") / liquid).clip(0.0, 1.0)).alias("water_cut")


def facts(
    targets: pl.DataFrame, months: pl.DataFrame | None, completions: pl.DataFrame | None, stream: pl.DataFrame
) -> pl.DataFrame:
    """Return what is known of each target's cumulative production, one row a target, in the order of `targets`.

    Needs of targets: row, well_id, zone, top_md_m, completion_status.

    Returns:
        row, np_sm3 (oil), gp_sm3 (gas), wp_sm3 (water) [Sm3], np_status, np_why, np_method, never_produced (null:
        unknown), cumulative_known, series_months, well_np_sm3.

    Never produced needs a statement: completions of the well that leave the interval out, or that opened it after the
    last production; a candidate given as never perforated; a well whose every reported month is 0; a well reported by
    zone with none for this one. A sum with a month left out is not known: it would promise too much.
    """
    flows = {"oil_sm3": "np_sm3", "gas_sm3": "gp_sm3", "water_sm3": "wp_sm3"}
    own = summed(stream, ["row"], list(flows)).rename(flows)
    own = own.join(stream.group_by("row").agg(pl.col("method").min()), on="row")
    frame = targets.select("row", "well_id", "zone", "top_md_m", "completion_status").join(own, on="row", how="left")
    frame = frame.join(_well_facts(months), on="well_id", how="left").join(
        _met(targets, completions), on="row", how="left"
    )
    interval = pl.col("top_md_m").is_not_null()
    reported = pl.col("well_months").is_not_null()
    took_none = pl.col("method").is_null()
    stated = pl.lit(completions is None) & (pl.col("completion_status") == "never_perforated").fill_null(value=False)
    left_out = interval & (stated | (pl.col("located") & ~pl.col("met")).fill_null(value=False))
    silent = reported & (pl.col("well_flow") <= 0.0) & (pl.col("oil_unsaid") + pl.col("gas_unsaid") == 0.0)
    elsewhere = reported & pl.col("all_by_zone") & pl.col("zone").is_not_null() & took_none
    later = reported & interval & pl.col("located").fill_null(value=False) & took_none & ~pl.col("all_by_zone")
    flow = pl.sum_horizontal(pl.col(column).fill_null(0.0) for column in flows.values())
    produced = (~took_none & (flow > 0.0)).fill_null(value=False)
    never = (left_out | silent | elsewhere | later).fill_null(value=False) & ~produced
    frame = frame.with_columns(produced=produced, never=never)
    said = pl.lit(value=True)
    whole = {"np_sm3": pl.col("oil_unsaid") == 0.0, "gp_sm3": pl.col("gas_unsaid") == 0.0, "wp_sm3": said}
    frame = frame.with_columns(
        *(
            pl.when("never").then(0.0).when(pl.col("produced") & whole).then(column).alias(column)
            for column, whole in whole.items()
        ),
        never_produced=pl.when("produced").then(pl.lit(value=False)).when("never").then(pl.lit(value=True)),
    )
    why = (
        pl.when(pl.col("produced") & ~whole["np_sm3"])
        .then(
            pl.format("rows of the well's production that do not say its oil: {}", pl.col("oil_unsaid").cast(pl.Int64))
        )
        .when(pl.col("produced") | pl.col("never"))
        .then(None)
        .when(pl.lit(months is None))
        .then(pl.lit("no production table"))
        .when(~reported)
        .then(pl.lit("the well is not in the production table"))
        .otherwise(pl.lit("the well produced, but neither its completions nor its zones say from where"))
    )
    # A well that never reported its oil column has no cumulative oil, and one that reports gas alone is a gas well.
    known = pl.col("np_sm3").is_not_null() | pl.col("gp_sm3").is_not_null()
    measured = pl.col("method").is_in(["reported_zone", "well"])
    status = pl.when(known & measured).then(pl.lit("measured")).when(known).then(pl.lit("derived"))
    return (
        frame.with_columns(
            np_why=why,
            np_status=status.otherwise(pl.lit("missing")),
            np_method=pl.col("method"),
            cumulative_known=known,
            series_months=pl.col("well_months").cast(pl.Int32),
        )
        .sort("row")
        .select(*FACTS)
    )


FACTS: Final = (
    *("row", "np_sm3", "gp_sm3", "wp_sm3", "np_status", "np_why", "np_method", "never_produced", "cumulative_known"),
    *("series_months", "well_np_sm3"),
)


def _well_facts(months: pl.DataFrame | None) -> pl.DataFrame:
    if months is None:
        schema = {"well_id": pl.String, "well_np_sm3": pl.Float64, "well_flow": pl.Float64}
        schema |= {"oil_unsaid": pl.Float64, "gas_unsaid": pl.Float64}
        return pl.DataFrame(schema=schema | {"well_months": pl.UInt32, "all_by_zone": pl.Boolean})
    flow = pl.sum_horizontal(pl.col(column).fill_null(0.0).abs() for column in VOLUMES)
    totals = summed(months.with_columns(well_flow=flow), ["well_id"], ["oil_sm3", "well_flow", *_UNSAID[:2]])
    counts = months.group_by("well_id").agg(
        pl.col("month").n_unique().alias("well_months"), pl.col("zone").is_not_null().all().alias("all_by_zone")
    )
    return totals.rename({"oil_sm3": "well_np_sm3"}).join(counts, on="well_id")


def _met(targets: pl.DataFrame, completions: pl.DataFrame | None) -> pl.DataFrame:
    """Return row, located (its well has completions, all with depths) and met (one of them overlaps the interval)."""
    if completions is None:
        return pl.DataFrame(schema={"row": pl.UInt32, "located": pl.Boolean, "met": pl.Boolean})
    everywhere = (pl.col("top_md_m").is_not_null() & pl.col("base_md_m").is_not_null()).all()
    wells = completions.group_by("well_id").agg(everywhere.alias("located"))
    hit = units(targets, completions).filter(pl.col("unit") >= 0)["unit"].unique().cast(pl.UInt32)
    return (
        targets.select("row", "well_id")
        .join(wells, on="well_id")
        .select("row", "located", met=pl.col("row").is_in(hit.implode()))
    )
