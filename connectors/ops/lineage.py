"""Pure: which target of an earlier run a target of this one is, so that its reviews and gaps stay with it."""

from __future__ import annotations

from typing import Final

import polars as pl

from connectors.ops.ids import ids_of, joined

# Of the shorter of the two intervals [-]: a moved cutoff makes one longer or shorter, and it stays the same rock.
_OVERLAP: Final = 0.5
_INTERVAL: Final = ("well_id", "zone", "top_md_m", "base_md_m")


def target_keys(
    project_id: str,
    run_id: str,
    targets: pl.DataFrame,
    previous: pl.DataFrame | None = None,
    absent: pl.DataFrame | None = None,
) -> pl.Series:
    """Return the key of each target, in order, as text.

    A target keeps the key of the previous one of its well and zone that it overlaps by half or more in MD; where there
    are several, the longest overlaps pair first, each once. One that goes on from none of them may go on, likewise,
    from a reviewed target that the last run had not. Any other has a key of its own, from content.

    Args:
        project_id: It is part of a key.
        run_id: Tells a new key from one that another target of this run has kept.
        targets: well_id, zone, event_no, candidate_id, top_md_m, base_md_m; the last three null for a well without one.
        previous: target_key and interval of the last run's targets; None for none.
        absent: The same of reviewed targets of older runs that the last one had not, as they were last.
    """
    rows = targets.select(
        pl.col("well_id"),
        pl.col("zone").fill_null(""),
        pl.col("top_md_m").cast(pl.Float64),
        pl.col("base_md_m").cast(pl.Float64),
        pl.col("candidate_id").cast(pl.String).fill_null(""),
        pl.col("event_no").cast(pl.Int64),
    ).with_row_index("row")
    origins = ids_of(
        ("target", project_id),
        [
            joined(well, zone, candidate or f"event {event}")
            for well, zone, candidate, event in rows.select("well_id", "zone", "candidate_id", "event_no").iter_rows()
        ],
    )
    keys = rows.select("row").with_columns(pl.Series("own", origins, pl.String))
    kept = _kept(rows, previous)
    kept = pl.concat([kept, _kept(rows.join(kept, on="row", how="anti", maintain_order="left"), absent)])
    keys = keys.join(kept, on="row", how="left", maintain_order="left")
    # An interval may come back to where a lineage began that has wandered off since.
    taken = pl.col("target_key").is_null() & pl.col("own").is_in(kept["target_key"].to_list())
    strangers = keys.filter(taken)
    if strangers.height:
        others = ids_of(("target", project_id, run_id), strangers["own"])
        replaced = strangers.select("row").with_columns(pl.Series("other", others))
        keys = keys.join(replaced, on="row", how="left", maintain_order="left")
        return keys.select(pl.coalesce("target_key", "other", "own").alias("target_key")).to_series()
    return keys.select(pl.coalesce("target_key", "own").alias("target_key")).to_series()


def _kept(rows: pl.DataFrame, previous: pl.DataFrame | None) -> pl.DataFrame:
    """Return row and target_key of each target that goes on from a previous one."""
    nothing = pl.DataFrame(schema={"row": rows.schema["row"], "target_key": pl.String})
    if previous is None or previous.is_empty():
        return nothing
    before = previous.select("target_key", "well_id", pl.col("zone").fill_null(""), "top_md_m", "base_md_m")
    overlap = pl.min_horizontal("base_md_m", "base_md_m_before") - pl.max_horizontal("top_md_m", "top_md_m_before")
    shorter = pl.min_horizontal(
        pl.col("base_md_m") - pl.col("top_md_m"), pl.col("base_md_m_before") - pl.col("top_md_m_before")
    )
    pairs = (
        rows.filter(pl.col("top_md_m").is_not_null())
        .join(before, on=["well_id", "zone"], suffix="_before")
        .with_columns(overlap.alias("overlap"))
        .filter((pl.col("overlap") > 0) & (pl.col("overlap") >= _OVERLAP * shorter))
        # Of equal ones the upper; never by row, which is any order.
        .sort(["overlap", "top_md_m", "base_md_m", "target_key"], descending=[True, False, False, False])
        .select("row", "target_key")
    )
    kept = [nothing]
    while pairs.height:
        # Those that are the longest overlap of both; then the same among the rest.
        best = pairs.filter(pl.col("row").is_first_distinct() & pl.col("target_key").is_first_distinct())
        kept.append(best)
        pairs = pairs.join(best, on="row", how="anti", maintain_order="left").join(
            best, on="target_key", how="anti", maintain_order="left"
        )
    return pl.concat(kept)
