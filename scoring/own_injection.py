"""Intervals of wells that have injected themselves: the rock around them is not as their logs found it."""

from __future__ import annotations

import polars as pl

from scoring.completion_overlap import NEVER_PERFORATED
from scoring.sums import summed


def took_none() -> pl.Expr:
    """Return whether an interval took nothing of its well's injection, never perforated. Needs: completion_status."""
    return (pl.col("completion_status") == NEVER_PERFORATED).fill_null(value=False)


def own_injection(rows: pl.DataFrame, injection: pl.DataFrame | None, wells: pl.DataFrame) -> pl.DataFrame:
    """Return row and own_injection: a sentence where the well itself injected, by volumes or by its status; else null.

    Injection that is reported for another zone, and an interval that was never perforated, are no part of it. A row
    without an interval stands for its well.

    Needs of rows: row, well_id, zone, completion_status. Of injection: as `injectors.monthly_injection` returns it. Of
        wells: well_id, status.
    """
    frame = rows.select("row", "well_id", "zone", none=took_none())
    said = pl.format("by its status, {}, the well itself injected", "status")
    by_status = wells.select(
        "well_id", said=pl.when(pl.col("status").str.to_lowercase().str.contains("inject")).then(said)
    )
    frame = frame.join(by_status, on="well_id", how="left", maintain_order="left")
    told = pl.lit(None, dtype=pl.String)
    if injection is not None:
        frame = frame.join(_by_volumes(frame, injection), on="row", how="left", maintain_order="left")
        told = pl.col("told")
    first = pl.coalesce(told, "said")
    old = pl.format("{}: the Sw of an older log is not that of today", first)
    return frame.select("row", own_injection=pl.when(~pl.col("none")).then(old))


def _by_volumes(frame: pl.DataFrame, injection: pl.DataFrame) -> pl.DataFrame:
    """Return row and told, for the rows whose well injected into their zone."""
    met = frame.select("row", "well_id", "zone").join(injection, on="well_id", suffix="_of")
    its = pl.col("zone_of").is_null() | pl.col("zone").is_null() | (pl.col("zone_of") == pl.col("zone"))
    met = met.filter(its & ((pl.col("water_sm3") > 0.0) | (pl.col("gas_sm3") > 0.0)))
    volumes = summed(met, ["row"], ["water_sm3", "gas_sm3"])
    spans = met.group_by("row").agg(
        first=pl.col("month").min().dt.strftime("%Y-%m"), last=pl.col("month").max().dt.strftime("%Y-%m")
    )
    amounts = [
        pl.when(pl.col(name) > 0.0).then(
            pl.format("{} thousand Sm3 of {}", (pl.col(name) / 1e3).round(1), pl.lit(what))
        )
        for name, what in (("water_sm3", "water"), ("gas_sm3", "gas"))
    ]
    said = pl.format(
        "the well itself injected {} from {} to {}",
        pl.concat_str(amounts, separator=" and ", ignore_nulls=True),
        "first",
        "last",
    )
    return volumes.join(spans, on="row").select("row", told=said)
