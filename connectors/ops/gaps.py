"""Gaps over runs, in one row each: opened when found, resolved when found no more, opened again on return."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import polars as pl
import psycopg

import sql
from connectors.ops.copying import copy_frame
from connectors.ops.rows import column

Connection = psycopg.Connection[Any]

_ROW: Final = ("well_id", "event_no", "candidate_id")
_SAID: Final = ("gap_code", "input", "gap_domain", "severity", "promotion_action", "detail")


def keyed_gaps(gaps: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Return the gaps with target_key, each once for a target, code and input; input is empty where there is none.

    targets: well_id, event_no, candidate_id and target_key of each.
    """
    keys = targets.select("well_id", pl.col("event_no").cast(pl.Int64), _text(targets, "candidate_id"), "target_key")
    said = gaps.select(
        "well_id",
        pl.col("event_no").cast(pl.Int64),
        _text(gaps, "candidate_id"),
        *(column(gaps, name, pl.String) for name in _SAID),
    ).with_columns(pl.col("input").fill_null(""))
    return (
        said.join(keys, on=_ROW, nulls_equal=True)
        .sort("target_key", "gap_code", "input", "detail", nulls_last=True)
        .unique(["target_key", "gap_code", "input"], keep="first", maintain_order=True)
        .select("target_key", "well_id", *_SAID)
    )


def with_gap_codes(targets: pl.DataFrame, gaps: pl.DataFrame) -> pl.DataFrame:
    """Return the targets with gap_codes, as the text of an array, and has_spatial_gap. gaps: as `keyed_gaps` gives."""
    spatial = (pl.col("gap_domain") == "spatial") & (pl.col("promotion_action") != "non_blocking_warning")
    by_target = gaps.group_by("target_key").agg(
        pl.col("gap_code").unique().sort(),
        spatial.any().alias("has_spatial_gap"),
    )
    # Joined to the keys alone: a target has hundreds of columns, and they stay where they are.
    found = targets.select("target_key").join(by_target, on="target_key", how="left", maintain_order="left")
    of_targets = found.select(
        pl.concat_str(pl.lit('{"'), pl.col("gap_code").list.join('","'), pl.lit('"}'))
        .fill_null("{}")
        .alias("gap_codes"),
        pl.col("has_spatial_gap").fill_null(value=False),
    )
    return targets.with_columns(of_targets)


def sync_gaps(connection: Connection, gaps: pl.DataFrame, run: dict[str, Any]) -> tuple[int, int]:
    """Let the open gaps be those of a run; return how many opened, new ones and old ones again, and how many resolved.

    run: project_id, profile_key, run_id, at. Within a transaction that is open.
    """
    of = [pl.lit(run["project_id"]).alias("project_id"), pl.lit(run["profile_key"]).alias("profile_key")]
    if connection.execute(sql.query("select_any_gap"), run).fetchone() is None:
        seen = [
            pl.lit(str(run["run_id"])).alias("first_seen_run"),
            pl.lit(run["at"].isoformat()).alias("first_seen_at"),
        ]
        copy_frame(connection, ("ops", "well_data_gaps"), gaps, lambda part: part.select(*of, *seen, pl.all()), 50_000)
        return gaps.height, 0
    connection.execute(sql.query("create_found_gaps"))
    copy_frame(connection, ("found_gaps",), gaps, lambda part: part.select(*of, pl.all()), 50_000)
    connection.execute("ANALYZE found_gaps")
    with hashed(connection):
        row = connection.execute(sql.query("count_reopened_gaps")).fetchone()
        reopened = row[0] if row else 0
        connection.execute(sql.query("update_found_gaps"))
        opened = connection.execute(sql.query("insert_found_gaps"), run).rowcount
        resolved = connection.execute(sql.query("resolve_absent_gaps"), run).rowcount
    return opened + reopened, resolved


@contextmanager
def hashed(connection: Connection) -> Iterator[None]:
    """Have what is joined meanwhile not be looked through once for each row, within a transaction.

    Of gaps that the last run has just written PostgreSQL knows nothing yet: it takes them for one or two, and would go
    through all that this run found for each of several 100,000.
    """
    connection.execute("SET LOCAL enable_nestloop = off")
    yield
    connection.execute("SET LOCAL enable_nestloop = on")


def _text(frame: pl.DataFrame, name: str) -> pl.Expr:
    return column(frame, name, pl.String)
