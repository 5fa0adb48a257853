"""Schema access takes what may be there, and refuses what may not: each constraint with its bad row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg import sql as pgsql

from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from tests.sql.worklist_rows import ACCESS, BAD_ACCESS

Connection = psycopg.Connection[Any]


def insert(connection: Connection, table: str, **change: Any) -> None:
    row = ACCESS[table] | change
    statement = pgsql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        pgsql.Identifier("access", table),
        pgsql.SQL(", ").join(map(pgsql.Identifier, row)),
        pgsql.SQL(", ").join(map(pgsql.Placeholder, row)),
    )
    connection.execute(statement, row)


@pytest.fixture
def connection(postgres: str) -> Iterator[Connection]:
    migrate(Postgres(postgres))
    with psycopg.connect(postgres, autocommit=True) as found:
        yield found


def test_that_each_constraint_refuses_its_bad_row_and_the_good_one_is_taken(connection: Connection) -> None:
    for table, constraint, change in BAD_ACCESS:
        with pytest.raises(errors.CheckViolation) as refused:
            insert(connection, table, **change)
        assert refused.value.diag.constraint_name == f"{table}_{constraint}", change
    for table in ACCESS:
        insert(connection, table)
        with pytest.raises(errors.UniqueViolation):
            insert(connection, table)


def test_that_every_table_and_every_check_is_asked_about_here(connection: Connection) -> None:
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'access'::regnamespace AND relkind = 'r'"
    )
    assert {row[0] for row in tables} == set(ACCESS)
    checks = connection.execute(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint"
        " WHERE connamespace = 'access'::regnamespace AND contype = 'c'"
    )
    asked = {(f"access.{table}", f"{table}_{constraint}") for table, constraint, _ in BAD_ACCESS}
    assert set(checks) == asked
