"""How the production of a well is split over the intervals that were open."""

from __future__ import annotations

from typing import Final

import polars as pl

from scoring.sums import summed

VOLUMES: Final = ("oil_sm3", "water_sm3", "gas_sm3")
_STREAM: Final = ("month", *VOLUMES, "days_on", "wet_oil_sm3", "wet_water_sm3", "wet_unsaid")


def open_spans(completions: pl.DataFrame) -> pl.DataFrame:
    """Return from when to when each completion took production: well_id, top_md_m, base_md_m, opened, closed.

    A row says the state from its date on, until the next row of the same interval. Shutting in, squeezing or plugging
    presupposes that it was open before. Without a date, it was open at some time: all along, as far as anyone knows.
    Null opened or closed: no bound. Rows without depths say nothing of where.
    """
    where = ["well_id", "top_md_m", "base_md_m"]
    rows = completions.drop_nulls(where).sort(*where, "date", "status", nulls_last=False)
    rows = rows.with_columns(
        closed=pl.col("date").shift(-1).over(where),
        first=pl.int_range(pl.len()).over(where) == 0,
        opens=pl.col("status").is_null() | (pl.col("status") == "perforated_producing"),
    )
    opened = rows.filter("opens").select(*where, opened="date", closed="closed")
    # The first thing known of it is that it was closed.
    before = rows.filter(pl.col("first") & ~pl.col("opens"))
    before = before.select(
        *where,
        opened=pl.lit(None, dtype=pl.Date),
        closed=pl.when(pl.col("date").is_null()).then("closed").otherwise("date"),
    )
    return pl.concat([opened, before]).unique().sort(*where, "opened", "closed")


def units(targets: pl.DataFrame, completions: pl.DataFrame) -> pl.DataFrame:
    """Return what takes production in each well: targets that a completion overlaps, and completions that hit none.

    Needs: row, well_id, zone, top_md_m, base_md_m, thickness_m, permeability_md; and the columns of completions.

    Returns:
        unit (the target's row; negative for a completion outside every target), well_id, zone, h_m, k_md, opened,
        closed: one row for each span in which it was open.
    """
    spans = open_spans(completions).with_row_index("span")
    met = targets.drop_nulls(["top_md_m", "base_md_m"]).join(spans, on="well_id", suffix="_completed")
    met = met.filter(
        (pl.col("top_md_m") < pl.col("base_md_m_completed")) & (pl.col("top_md_m_completed") < pl.col("base_md_m"))
    )
    hit = met.select(
        pl.col("row").cast(pl.Int64).alias("unit"),
        "well_id",
        "zone",
        h_m="thickness_m",
        k_md="permeability_md",
        opened="opened",
        closed="closed",
    )
    outside = spans.join(met, on="span", how="anti")
    outside = outside.select(
        (-1 - pl.col("span").cast(pl.Int64)).alias("unit"),
        "well_id",
        pl.lit(None, dtype=pl.String).alias("zone"),
        h_m=pl.col("base_md_m") - pl.col("top_md_m"),
        k_md=pl.lit(None, dtype=pl.Float64),
        opened="opened",
        closed="closed",
    )
    return pl.concat([hit, outside]).unique().sort("unit", "opened", "closed")


def streams(targets: pl.DataFrame, months: pl.DataFrame, completions: pl.DataFrame) -> pl.DataFrame:
    """Return the months of each target that took production: its share of the well's, or of its zone's.

    Production reported for a zone goes to that zone's targets, the rest to all that were open in the month; among
    several by k h, by h where one of them has no k. Where nothing known was open in a month with production, the dates
    cannot be right, and all that were ever open share it; a zone without a known completion is shared by its targets.
    A row without an interval (event_no 0) stands for its well, and takes all of it.

    Returns:
        row, month, volumes, days_on, wet_unsaid, share (of the well's or zone's month) and method (reported_zone, kh,
        h, well).
    """
    taking = units(targets, completions)
    whole = targets.filter(pl.col("top_md_m").is_null() & pl.col("zone").is_null())
    intervals = targets.join(whole, on="row", how="anti")
    by_zone = months.filter(pl.col("zone").is_not_null())
    by_well = months.filter(pl.col("zone").is_null())
    anywhere = intervals.select(
        pl.col("row").cast(pl.Int64).alias("unit"),
        "well_id",
        "zone",
        h_m="thickness_m",
        k_md="permeability_md",
        opened=pl.lit(None, dtype=pl.Date),
        closed=pl.lit(None, dtype=pl.Date),
    )
    parts = [
        _shared(by_zone, ["well_id", "zone"], taking.drop_nulls("zone"), anywhere.drop_nulls("zone")),
        _shared(by_well, ["well_id"], taking, None),
    ]
    parted = pl.concat(parts).filter(pl.col("unit") >= 0).with_columns(pl.col("unit").cast(pl.UInt32).alias("row"))
    of_interval = summed(parted, ["row", "month"], [*VOLUMES, "wet_oil_sm3", "wet_water_sm3"]).join(
        parted.group_by("row", "month").agg(pl.col("days_on", "share", "wet_unsaid").max(), pl.col("method").min()),
        on=["row", "month"],
    )
    of_well = summed(months, ["well_id", "month"], [*VOLUMES, "wet_oil_sm3", "wet_water_sm3"]).join(
        months.group_by("well_id", "month").agg(pl.col("days_on", "wet_unsaid").max()), on=["well_id", "month"]
    )
    of_well = whole.select("row", "well_id").join(of_well, on="well_id").with_columns(share=1.0, method=pl.lit("well"))
    columns = ["row", *_STREAM, "share", "method"]
    return pl.concat([of_interval.select(columns), of_well.select(columns)]).sort("row", "month")


def _shared(months: pl.DataFrame, on: list[str], taking: pl.DataFrame, last: pl.DataFrame | None) -> pl.DataFrame:
    """Return the months split over the units that were open; else ever open; else those of `last`."""
    months = months.with_row_index("at")
    ever = months.join(taking.select("unit", *on, "h_m", "k_md", "opened", "closed"), on=on)
    month_end = pl.col("month").dt.month_end()
    opened = ever.filter(
        (pl.col("opened").is_null() | (pl.col("opened") <= month_end))
        & (pl.col("closed").is_null() | (pl.col("closed") > pl.col("month")))
    )
    found = [opened, ever.join(opened, on="at", how="anti")]
    if last is not None:
        rest = months.join(ever, on="at", how="anti").join(last.select(*on, *_UNIT), on=on)
        found.append(rest.select(ever.columns))
    takers = pl.concat(found).unique(["at", "unit"]).sort("at", "unit")
    has_k = (pl.col("k_md") > 0.0).fill_null(value=False).all().over("at")
    weight = pl.when(has_k).then(pl.col("k_md") * pl.col("h_m")).otherwise("h_m").fill_null(0.0)
    takers = takers.with_columns(weight=weight)
    total = summed(takers, ["at"], ["weight"]).rename({"weight": "total"})
    takers = takers.join(total, on="at", maintain_order="left")
    share = pl.when(pl.col("total") > 0.0).then(pl.col("weight") / pl.col("total")).otherwise(1.0 / pl.len().over("at"))
    alone = (pl.len().over("at") == 1) & pl.lit("zone" in on)
    method = pl.when(alone).then(pl.lit("reported_zone")).when(has_k).then(pl.lit("kh")).otherwise(pl.lit("h"))
    takers = takers.with_columns(share=share, method=method)
    volumes = [pl.col(column) * pl.col("share") for column in (*VOLUMES, "wet_oil_sm3", "wet_water_sm3")]
    return takers.select("unit", "month", *volumes, "days_on", "wet_unsaid", "share", "method")


_UNIT: Final = ("unit", "h_m", "k_md", "opened", "closed")
