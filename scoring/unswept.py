"""What hydrocarbon is still in the pores of an interval."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

DAYS_PER_YEAR: Final = 365.25


def saturation_now(targets: pl.DataFrame, saturation_logs: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Return row, sw_now [-], saturation_age_years and saturation_source of the targets that a saturation log met.

    The latest run up to the date counts, weighted by the length of overlap; sw_now is null where it does not say its Sw
    all along.

    Needs: of targets row, well_id, top_md_m, base_md_m; of logs well_id, date, top_md_m, base_md_m, sw, source_id.
    """
    logs = saturation_logs.drop_nulls(["date", "top_md_m", "base_md_m"]).filter(pl.col("date") <= as_of)
    met = targets.select("row", "well_id", "top_md_m", "base_md_m").join(logs, on="well_id", suffix="_logged")
    overlap = pl.min_horizontal("base_md_m", "base_md_m_logged") - pl.max_horizontal("top_md_m", "top_md_m_logged")
    met = met.with_columns(overlap_m=overlap).filter(pl.col("overlap_m") > 0.0)
    met = met.filter(pl.col("date") == pl.col("date").max().over("row"))
    met = met.sort("row", "top_md_m_logged", "base_md_m_logged", "sw", "source_id")
    weighted = (pl.col("sw") * pl.col("overlap_m")).sum() / pl.col("overlap_m").sum()
    return met.group_by("row", maintain_order=True).agg(
        pl.when(pl.col("sw").is_not_null().all()).then(weighted).alias("sw_now"),
        ((pl.lit(as_of) - pl.col("date").first()).dt.total_days() / DAYS_PER_YEAR).alias("saturation_age_years"),
        pl.col("source_id").unique(maintain_order=True).str.join(";").alias("saturation_source"),
    )


def unswept(targets: pl.DataFrame, saturation_logs: pl.DataFrame | None, as_of: date) -> pl.DataFrame:
    """Return `targets` with unswept_hcpt_m = phi h (1 - Sw now) [m], sw_now, saturation_age_years, status, source, why.

    Sw now is that of a saturation log, else 1 - (1 - Sw)(1 - offset_drained_fraction), status derived; where the well
    itself injected, only a saturation log can tell.

    Needs: row, well_id, top_md_m, base_md_m, net_pay_m, phie, sw, offset_drained_fraction, own_injection (a sentence
        where it did).
    """
    schema = {
        "row": pl.UInt32,
        "sw_now": pl.Float64,
        "saturation_age_years": pl.Float64,
        "saturation_source": pl.String,
    }
    logged = pl.DataFrame(schema=schema)
    if saturation_logs is not None:
        logged = saturation_now(targets, saturation_logs, as_of)
    frame = targets.join(logged, on="row", how="left", maintain_order="left")
    measured = pl.col("sw_now").is_not_null()
    swept = 1.0 - (1.0 - pl.col("sw")) * (1.0 - pl.col("offset_drained_fraction"))
    flooded = pl.col("own_injection").is_not_null()
    unread = pl.col("saturation_age_years").is_not_null() & ~measured
    frame = frame.with_columns(
        sw_now=pl.coalesce("sw_now", pl.when(~flooded & ~unread).then(swept)),
        measured=measured,
        unread=unread,
        saturation_age_years=pl.when(measured).then("saturation_age_years"),
    )
    pores = pl.col("phie") * pl.col("net_pay_m")
    frame = frame.with_columns(unswept_hcpt_m=pores * (1.0 - pl.col("sw_now")))
    known = pl.col("unswept_hcpt_m").is_not_null()
    why = (
        pl.when(pores.is_null())
        .then(pl.lit("no net pay and porosity of the interval"))
        .when("unread")
        .then(pl.lit("the latest saturation log does not say its Sw all along the interval"))
        .when(flooded)
        .then(pl.col("own_injection") + pl.lit(", and no saturation log says what is left"))
        .when(pl.col("sw").is_null())
        .then(pl.lit("neither a saturation log nor an Sw of the interval"))
        .otherwise(pl.lit("no saturation log, and the offset drainage is not known"))
    )
    status = pl.when(~known).then(pl.lit("missing")).when("measured").then(pl.lit("measured"))
    return frame.with_columns(
        unswept_hcpt_m_status=status.otherwise(pl.lit("derived")),
        unswept_hcpt_m_source=pl.when(known & pl.col("measured")).then("saturation_source"),
        unswept_hcpt_m_why=pl.when(~known).then(why),
    ).drop("measured", "unread", "saturation_source")
