"""The log in and around an interval, thinned to what a strip on a page can show."""

from __future__ import annotations

from typing import Final

import polars as pl

AROUND_M: Final = 15.0
MOST_SAMPLES: Final = 400
STRIP_COLUMNS: Final = {
    "candidate_id": pl.String,
    **dict.fromkeys(("md_m", "gr", "rt", "vsh", "phie", "sw"), pl.Float64),
}


def strips(samples: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    """Return STRIP_COLUMNS, at most MOST_SAMPLES rows a candidate, by depth: the samples of its zone within AROUND_M.

    Every k-th sample stands for those it leaves out; a row is never an average, so what is drawn was read.

    Args:
        samples: As `scoring.evaluation.evaluate` returns them.
        candidates: candidate_id, well_id, zone, top_md_m, base_md_m.
    """
    empty = pl.DataFrame(schema=STRIP_COLUMNS)
    if samples.is_empty() or candidates.is_empty():
        return empty
    curves = [pl.col(name) if name in samples.columns else pl.lit(None, pl.Float64).alias(name) for name in _CURVES]
    shown = samples.select("well_id", "zone", "md_m", *curves).unique(
        ["well_id", "zone", "md_m"], keep="first", maintain_order=True
    )
    near = (pl.col("md_m") >= pl.col("top_md_m") - AROUND_M) & (pl.col("md_m") <= pl.col("base_md_m") + AROUND_M)
    return (
        candidates.select("candidate_id", "well_id", "zone", "top_md_m", "base_md_m")
        .join(shown, on=["well_id", "zone"])
        .filter(near)
        .sort("candidate_id", "md_m")
        .with_columns(
            row=pl.int_range(pl.len()).over("candidate_id"),
            every=((pl.len() + MOST_SAMPLES - 1) // MOST_SAMPLES).over("candidate_id"),
        )
        .filter(pl.col("row") % pl.col("every") == 0)
        .select(pl.col(name).cast(kind) for name, kind in STRIP_COLUMNS.items())
    )


_CURVES: Final = tuple(name for name in STRIP_COLUMNS if name not in {"candidate_id", "md_m"})
