"""A run in one transaction: its rows by COPY, its gaps, and the swap of the current run. Readers never see half."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from io import BytesIO
from typing import Any, Final
from uuid import UUID

import polars as pl
import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

import sql
from connectors.ops.copying import copy_frame
from connectors.ops.errors import RankingRefused
from connectors.ops.gaps import keyed_gaps, sync_gaps, with_gap_codes
from connectors.ops.ids import ids_of
from connectors.ops.lineage import target_keys
from connectors.ops.rows import (
    rows_of_candidates,
    rows_of_production,
    rows_of_sources,
    rows_of_strips,
    rows_of_targets,
    rows_of_wells,
)
from connectors.ops.runs import Discovery, Ranking, Snapshot, Written, summary_of
from connectors.postgres.config import Postgres
from connectors.postgres.errors import BAD_RECORD, said
from connectors.postgres.migrate import check_fit

Connection = psycopg.Connection[Any]

# The first half of an advisory lock of two numbers; the second is the project. See connectors/postgres/migrate.py.
RANKING: Final = 0x77656C6C
_GRANT: Final = "Give it the role welltegra_ranker; see docs/operations.md."


def write_discovery(postgres: Postgres, snapshot: Snapshot, discovery: Discovery) -> UUID:
    """Write what discovery found, once; return its id. The same input, profile and code are the same discovery.

    Raises:
        RankingRefused: Something in it cannot be.
        ConnectorError: The database cannot be reached, is behind, or the user may not.
    """
    with _writing(postgres, snapshot.project_id) as connection:
        _write_snapshot(connection, snapshot)
        return _write_discovery(connection, snapshot, discovery)


def write_ranking(postgres: Postgres, snapshot: Snapshot, discovery: Discovery, ranking: Ranking) -> Written:
    """Write a ranking and make it the current one of its project and profile key.

    The same profile, input and code are the same run: then no row is written, and it becomes current if it was not.
    One that failed is written in its place. Rankings of one project wait for each other.

    Raises:
        As `write_discovery`. Nothing is written then.
    """
    run_id = ranking.id(snapshot)
    with _writing(postgres, snapshot.project_id) as connection:
        found = _run(connection, run_id)
        new = found is None or found["status"] == "failed"
        if new:
            _write_snapshot(connection, snapshot)
            discovered = _write_discovery(connection, snapshot, discovery)
            targets = _identified(connection, snapshot, ranking, run_id)
        else:
            assert found is not None
            discovered = found["discovery_id"]
            targets = _known(connection, ranking, run_id)
        gaps = keyed_gaps(ranking.gaps, targets)
        if new:
            _write_targets(connection, snapshot, ranking, discovered, with_gap_codes(targets, gaps))
        opened = resolved = 0
        if found is None or not found["is_current"]:
            of = {"project_id": snapshot.project_id, "profile_key": ranking.profile_key}
            connection.execute(sql.query("clear_current_run"), of)
            connection.execute(sql.query("make_current_run"), {"run_id": run_id, "at": ranking.generated_at})
            opened, resolved = sync_gaps(connection, gaps, of | {"run_id": run_id, "at": ranking.generated_at})
        return Written(run_id, discovered, new, targets, opened, resolved)


def record_failure(postgres: Postgres, snapshot: Snapshot, ranking: Ranking, error: str) -> UUID:
    """Note that a run failed, and why; return its id. One that succeeded before stays as it is."""
    run_id = ranking.id(snapshot)
    with _writing(postgres, snapshot.project_id) as connection:
        failed = {"discovery_id": None, "status": "failed", "candidate_count": None, "summary": None, "error": error}
        connection.execute(sql.query("upsert_ranking_run"), _run_row(snapshot, ranking) | failed)
    return run_id


@contextmanager
def _writing(postgres: Postgres, project_id: str) -> Iterator[Connection]:
    """Yield a connection in a transaction that no other ranking of the project shares."""
    with postgres.session(_GRANT) as connection:
        check_fit(postgres, connection)
        try:
            with connection.transaction():
                # The lock first: what is read after it holds until the transaction ends.
                connection.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [RANKING, project_id])
                yield connection
        except BAD_RECORD as error:
            raise RankingRefused(postgres.where, said(error)) from None


def _run(connection: Connection, run_id: UUID) -> dict[str, Any] | None:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql.query("select_ranking_run"), {"run_id": run_id}).fetchone()


def _write_snapshot(connection: Connection, snapshot: Snapshot) -> None:
    noted = connection.execute(
        sql.query("upsert_input_snapshot"),
        {
            "project_id": snapshot.project_id,
            "input_sha256": snapshot.input_sha256,
            "as_of": snapshot.as_of,
            "crs": snapshot.crs,
            "read_at": snapshot.read_at,
        },
    ).fetchone()
    if noted is None:
        return
    copy_frame(connection, ("ops", "input_sources"), rows_of_sources(snapshot), _as_they_are)
    if snapshot.wells is not None:
        rows = partial(rows_of_wells, snapshot=snapshot)
        copy_frame(connection, ("ops", "input_wells"), snapshot.wells, rows)
    if snapshot.production is not None:
        copy_frame(
            connection, ("ops", "input_production"), rows_of_production(snapshot.production, snapshot), _as_they_are
        )


def _write_discovery(connection: Connection, snapshot: Snapshot, discovery: Discovery) -> UUID:
    discovery_id = discovery.id(snapshot)
    noted = connection.execute(
        sql.query("insert_discovery_run"),
        {
            "discovery_id": discovery_id,
            "project_id": snapshot.project_id,
            "input_sha256": snapshot.input_sha256,
            "profile_key": discovery.profile_key,
            "profile_sha256": discovery.profile_sha256,
            "code_version": discovery.code_version,
            "generated_at": discovery.generated_at,
            "candidate_count": discovery.candidates.height,
        },
    ).fetchone()
    if noted is not None:
        rows = partial(rows_of_candidates, snapshot=snapshot, discovery=discovery)
        copy_frame(connection, ("ops", "well_bypassed_candidates"), discovery.candidates, rows)
        if discovery.strips is not None:
            strips = rows_of_strips(discovery.strips, discovery_id)
            copy_frame(connection, ("ops", "interval_log_strips"), strips, _as_they_are, rows_at_once=500)
    return discovery_id


def _identified(connection: Connection, snapshot: Snapshot, ranking: Ranking, run_id: UUID) -> pl.DataFrame:
    """Return the targets by rank, each with its key, which may be that of a target of the last run, and its id."""
    latest = connection.execute(sql.query("select_latest_run"), {"project_id": snapshot.project_id}).fetchone()
    targets = _by_rank(ranking.targets)
    if latest is None:
        keys = target_keys(snapshot.project_id, str(run_id), targets)
    else:
        of = {"project_id": snapshot.project_id, "run_id": latest[0]}
        previous = _intervals(connection, "copy_run_intervals", of)
        absent = _intervals(connection, "copy_reviewed_intervals", of)
        keys = target_keys(snapshot.project_id, str(run_id), targets, previous, absent)
    return _with_ids(targets.with_columns(keys), run_id)


def _known(connection: Connection, ranking: Ranking, run_id: UUID) -> pl.DataFrame:
    """Return the targets by rank, each with the key that it was written with."""
    keys = [row[0] for row in connection.execute(sql.query("select_target_keys"), {"run_id": run_id})]
    return _with_ids(_by_rank(ranking.targets).with_columns(pl.Series("target_key", keys, pl.String)), run_id)


def _by_rank(targets: pl.DataFrame) -> pl.DataFrame:
    # As a rule they are in order, and sorting would copy all of them. A frame in many pieces is slow to slice.
    return targets.rechunk() if targets["target_rank"].is_sorted() else targets.sort("target_rank")


def _with_ids(targets: pl.DataFrame, run_id: UUID) -> pl.DataFrame:
    ids = ids_of(("reopening_target", str(run_id)), targets["target_key"])
    return targets.with_columns(pl.Series("reopening_target_id", ids, pl.String))


def _intervals(connection: Connection, query: str, of: dict[str, Any]) -> pl.DataFrame:
    buffer = BytesIO()
    with connection.cursor().copy(sql.query(query), of) as copy:
        for part in copy:
            buffer.write(part)
    names = {"target_key": pl.String, "well_id": pl.String, "zone": pl.String}
    return pl.read_csv(buffer.getvalue(), schema=names | {"top_md_m": pl.Float64, "base_md_m": pl.Float64})


def _write_targets(
    connection: Connection, snapshot: Snapshot, ranking: Ranking, discovery_id: UUID, targets: pl.DataFrame
) -> None:
    written = {
        "discovery_id": discovery_id,
        "status": "succeeded",
        "candidate_count": targets.height,
        "summary": Jsonb(summary_of(targets)),
        "error": None,
    }
    connection.execute(sql.query("upsert_ranking_run"), _run_row(snapshot, ranking) | written)
    rows = partial(rows_of_targets, snapshot=snapshot, ranking=ranking)
    copy_frame(connection, ("ops", "well_reopening_targets"), targets, rows)


def _run_row(snapshot: Snapshot, ranking: Ranking) -> dict[str, Any]:
    return {
        "run_id": ranking.id(snapshot),
        "project_id": snapshot.project_id,
        "scoring_profile_id": ranking.scoring_profile_id,
        "profile_key": ranking.profile_key,
        "profile_sha256": ranking.profile_sha256,
        "scoring_version": ranking.scoring_version,
        "input_sha256": snapshot.input_sha256,
        "code_version": ranking.code_version,
        "as_of": snapshot.as_of,
        "generated_at": ranking.generated_at,
        "requested_by": ranking.requested_by,
        "stated_inputs": Jsonb([dict(stated) for stated in ranking.stated_inputs]),
    }


def _as_they_are(rows: pl.DataFrame) -> pl.DataFrame:
    return rows
