"""How complete the data of a well are. Absent evidence is a measured 0, never unknown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

import polars as pl

from scoring.vocabulary import COMPLETION_FIELDS, ITEMS


def completion_completeness(
    targets: pl.DataFrame, completions: pl.DataFrame | None, operability: pl.DataFrame, required: Collection[str]
) -> pl.DataFrame:
    """Return row, completion_completeness [-]: the share present of the required fields.

    Of the completions that overlap the interval, else of all of its well, each field's mean.

    required: of COMPLETION_FIELDS. Needs: of targets row, well_id, top_md_m, base_md_m; of operability well_id, ITEMS.
    """
    wells = operability.select("well_id", well_fields=_present([name for name in required if name in ITEMS]))
    frame = targets.select("row", "well_id", "top_md_m", "base_md_m").join(wells, on="well_id", how="left")
    fields = pl.DataFrame(schema={"row": pl.UInt32, "fields": pl.Float64})
    if completions is not None:
        rows = completions.with_columns(
            fields=_present([COMPLETION_FIELDS[name] for name in required if name not in ITEMS])
        ).select("well_id", "fields", from_md_m="top_md_m", to_md_m="base_md_m")
        met = frame.join(rows, on="well_id")
        overlaps = (pl.col("top_md_m") < pl.col("to_md_m")) & (pl.col("from_md_m") < pl.col("base_md_m"))
        met = met.with_columns(overlaps=overlaps.fill_null(value=False))
        counted = met.filter(pl.col("overlaps") | ~pl.col("overlaps").any().over("row"))
        # Counts are whole, so their sum does not depend on its order.
        fields = counted.group_by("row").agg(pl.col("fields").sum() / pl.len())
    frame = frame.join(fields, on="row", how="left", maintain_order="left")
    there = pl.col("fields").fill_null(0.0) + pl.col("well_fields").fill_null(0)
    return frame.select("row", completion_completeness=there / len(required))


def _present(columns: Sequence[str]) -> pl.Expr:
    """Return how many of some columns are known, a whole number."""
    return pl.sum_horizontal(pl.lit(0, pl.Int64), *(pl.col(name).is_not_null().cast(pl.Int64) for name in columns))


def production_completeness(
    wells: pl.DataFrame, months: pl.DataFrame | None, injection: pl.DataFrame | None, as_of: date
) -> pl.DataFrame:
    """Return well_id, production_completeness [-], months_present, months_expected.

    Expected is every month from the first that the well reports, produced or injected, to the last that anything of its
    reservoir does, or to its own last where the well is abandoned. A well that never reports has 0.

    Needs: of wells well_id, reservoir, abandoned; of months and injection well_id, month.
    """
    given = [frame.select("well_id", "month") for frame in (months, injection) if frame is not None]
    if not given:
        none = pl.lit(0, dtype=pl.Int32)
        return wells.select("well_id", production_completeness=0.0, months_present=none, months_expected=none)
    reported = pl.concat(given).unique().filter(pl.col("month") <= as_of)
    own = reported.group_by("well_id").agg(
        pl.len().alias("months_present"), pl.col("month").min().alias("first"), pl.col("month").max().alias("last")
    )
    frame = wells.select("well_id", "reservoir", "abandoned").join(own, on="well_id", how="left", maintain_order="left")
    together = pl.when(pl.col("reservoir").is_null()).then("last").otherwise(pl.col("last").max().over("reservoir"))
    gone = pl.col("abandoned").is_in(["permanent", "temporary"]).fill_null(value=False)
    frame = frame.with_columns(until=pl.when(gone).then("last").otherwise(together))
    years = pl.col("until").dt.year() - pl.col("first").dt.year()
    expected = years * 12 + pl.col("until").dt.month().cast(pl.Int32) - pl.col("first").dt.month().cast(pl.Int32) + 1
    frame = frame.with_columns(
        months_expected=expected.fill_null(0), months_present=pl.col("months_present").fill_null(0)
    )
    share = pl.when(pl.col("months_expected") > 0).then(pl.col("months_present") / pl.col("months_expected"))
    return frame.select(
        "well_id",
        share.otherwise(0.0).alias("production_completeness"),
        pl.col("months_present", "months_expected").cast(pl.Int32),
    )


def evidence(wells: pl.DataFrame, register: pl.DataFrame | None, required: Collection[str]) -> pl.DataFrame:
    """Return well_id, evidence_completeness [-] and evidence_missing: what of the required is not there, null for none.

    Where the project keeps a register of evidence, it is what counts: a file that nobody registered backs nothing. Else
    the files that were read are the evidence; of a kind that no file is of, there is none.

    Needs: of wells well_id and has_evidence_<kind> for each kind that files are of; of the register well_id, kind.
    """
    if register is not None:
        kinds = register.select("well_id", pl.col("kind").str.strip_chars().str.to_lowercase()).unique()
        wells = wells.select("well_id").join(
            kinds.group_by("well_id").agg(pl.col("kind").alias("kinds")),
            on="well_id",
            how="left",
            maintain_order="left",
        )
        there = {kind: pl.col("kinds").list.contains(kind).fill_null(value=False) for kind in required}
    else:
        there = {
            kind: pl.col(f"has_evidence_{kind}").fill_null(value=False)
            if f"has_evidence_{kind}" in wells.columns
            else pl.lit(value=False)
            for kind in required
        }
    absent = [pl.when(~found).then(pl.lit(kind)) for kind, found in there.items()]
    missing = pl.concat_str(absent, separator=", ", ignore_nulls=True)
    return wells.select(
        "well_id",
        evidence_completeness=pl.sum_horizontal(found.cast(pl.Int64) for found in there.values()) / len(required),
        evidence_missing=pl.when(missing != "").then(missing),
    )
