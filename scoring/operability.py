"""Whether a well can be worked on: the facts as they were stated, one row a well."""

from __future__ import annotations

from typing import Final

import polars as pl

CATEGORIES: Final = ("integrity", "workover_complexity", "access")
READINESS: Final = ("tubing_access", "single_casing", "cement_bond", "tree_serviceable")
FACTS: Final = {
    **dict.fromkeys(CATEGORIES, pl.String),
    "cost_ratio": pl.Float64,
    **dict.fromkeys(READINESS, pl.Boolean),
    "abandoned": pl.String,
}
_ALL: Final = (*CATEGORIES, "cost_ratio", "completion_readiness", "abandoned")


def operability(wells: pl.DataFrame, table: pl.DataFrame | None) -> pl.DataFrame:
    """Return well_id and the facts of FACTS, null where unknown, with status, source and why, for each of `wells`.

    Completion readiness is one input of four items: its status is missing only where all four are. A well with two
    rows has what the first of them, in order of their values, says.

    Needs of wells: well_id. Of table: well_id, FACTS, source_id.
    """
    if table is None:
        blank = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in FACTS.items()]
        frame = wells.select("well_id").with_columns(*blank, source_id=pl.lit(None, dtype=pl.String), stated=None)
    else:
        rows = table.select("well_id", *FACTS, "source_id", stated=pl.lit(value=True))
        rows = rows.sort(pl.all()).group_by("well_id", maintain_order=True).agg(pl.all().drop_nulls().first())
        frame = wells.select("well_id").join(rows, on="well_id", how="left", maintain_order="left")
    # Words are told apart by their letters, not by their case: "Green" is green.
    frame = frame.with_columns(pl.col(name).str.strip_chars().str.to_lowercase() for name in (*CATEGORIES, "abandoned"))
    if table is None:
        why = pl.lit("no operability table")
    else:
        absent = pl.lit("the well is not in the operability table")
        why = pl.when(pl.col("stated").is_null()).then(absent).otherwise(pl.lit("not stated in the operability table"))
    frame = frame.with_columns(completion_readiness=pl.any_horizontal(pl.col(name).is_not_null() for name in READINESS))
    frame = frame.with_columns(pl.when("completion_readiness").then(pl.lit(value=True)).alias("completion_readiness"))
    for name in _ALL:
        known = pl.col(name).is_not_null()
        kind = pl.lit("measured" if name == "cost_ratio" else "categorical")
        frame = frame.with_columns(
            pl.when(known).then(kind).otherwise(pl.lit("missing")).alias(f"{name}_status"),
            pl.when(known).then("source_id").alias(f"{name}_source"),
            pl.when(~known).then(why).alias(f"{name}_why"),
        )
    return frame.drop("source_id", "stated", "completion_readiness")
