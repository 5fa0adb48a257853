"""Gaps of a large run are matched with those before within seconds, whatever PostgreSQL has counted of them so far."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import sql
from connectors.ops import gaps
from connectors.ops.gaps import hashed
from connectors.ops.profiles import StoredProfile
from connectors.postgres.config import Postgres
from tests.connectors.ops.ranked import written

RUN = {"project_id": "p", "profile_key": "k", "run_id": "00000000-0000-0000-0000-000000000001", "at": "2026-01-01"}
STATEMENTS = ("count_reopened_gaps", "update_found_gaps", "insert_found_gaps", "resolve_absent_gaps")


@pytest.mark.parametrize("name", STATEMENTS)
def test_that_nothing_is_looked_through_once_for_each_gap(name: str, database: Postgres) -> None:
    with database.connect() as connection, connection.transaction():
        connection.execute(sql.query("create_found_gaps"))
        connection.execute(
            "INSERT INTO found_gaps SELECT 'p', 'k', gen_random_uuid(), 'w', 'c', '', 'd', 's', 'p', 'x'"
            " FROM generate_series(1, 10000)"
        )
        connection.execute("ANALYZE found_gaps")
        with hashed(connection):
            found = connection.execute("EXPLAIN " + sql.query(name), RUN).fetchall()
        assert "Nested Loop" not in "\n".join(line for (line,) in found)
        assert connection.execute("SHOW enable_nestloop").fetchone() == ("on",)


def test_that_a_second_run_is_matched_so(
    database: Postgres, profile: StoredProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    query, inside, asked = sql.query, [False], []

    def noted(name: str) -> str:
        if inside[0]:
            asked.append(name)
        return query(name)

    @contextmanager
    def entered(connection: gaps.Connection) -> Iterator[None]:
        with hashed(connection):
            inside[0] = True
            yield
            inside[0] = False

    written(database, profile)
    monkeypatch.setattr(gaps, "hashed", entered)
    monkeypatch.setattr(sql, "query", noted)
    written(database, profile, "b")
    assert asked == list(STATEMENTS)
