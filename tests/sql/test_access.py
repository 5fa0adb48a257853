"""Schema access takes what may be there, and refuses what may not: each constraint with its bad row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors
from psycopg import sql as pgsql

import sql
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from tests.sql.worklist_rows import ACCESS, BAD_ACCESS, LATER

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
        if table == "changes":  # the same can be done again
            continue
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


def changes(connection: Connection) -> list[tuple[Any, ...]]:
    """Return who let whom in, in order."""
    return connection.execute(
        "SELECT actor, what, project_id, coalesce(subject, key_name), before, after"
        " FROM access.changes ORDER BY change_id"
    ).fetchall()


def test_that_each_change_of_members_is_kept_with_who_made_it(connection: Connection) -> None:
    insert(connection, "members")
    connection.execute("UPDATE access.members SET role = 'operator', granted_by = 'c', granted_at = clock_timestamp()")
    with connection.transaction():
        connection.execute("SELECT set_config('welltegra.actor', 'd', true)")
        connection.execute("DELETE FROM access.members")
    assert changes(connection) == [
        ("b", "member_set", "kern", "a", None, {"role": "viewer"}),
        ("c", "member_set", "kern", "a", {"role": "viewer"}, {"role": "operator"}),
        ("d", "member_removed", "kern", "a", {"role": "operator"}, None),
    ]


def test_that_a_key_is_kept_as_it_was_made_and_by_whom_it_was_revoked(connection: Connection) -> None:
    insert(connection, "api_keys", scopes=["read"])
    connection.execute("UPDATE access.api_keys SET last_used_at = clock_timestamp()")
    connection.execute("UPDATE access.api_keys SET revoked_at = clock_timestamp(), revoked_by = 'c'")
    said = {"prefix": "wtg_abcdef", "role": "source", "scopes": ["read"], "expires_at": "2026-01-02T00:00:00+00:00"}
    assert changes(connection) == [
        ("a", "key_created", "*", "historian", None, said),
        ("c", "key_revoked", "*", "historian", said, None),
    ]


def test_that_what_is_refused_leaves_no_change_behind(connection: Connection) -> None:
    insert(connection, "members")
    with pytest.raises(errors.UniqueViolation):
        insert(connection, "members")
    with connection.transaction(force_rollback=True):
        insert(connection, "members", subject="eve")
    assert len(changes(connection)) == 1


REFUSED = {
    "UPDATE access.changes SET actor = 'x'": "access.changes: UPDATE",
    "DELETE FROM access.changes": "access.changes: DELETE",
    "TRUNCATE access.changes": "access.changes: TRUNCATE",
    "DELETE FROM access.members": "who removes a member must be said",
    "SELECT set_config('welltegra.actor', ' ', true); DELETE FROM access.members": "who removes a member must be said",
    "TRUNCATE access.members": "access.members: TRUNCATE",
    "UPDATE access.members SET role = 'project_admin'": "a role is given anew",
    "UPDATE access.members SET subject = 'eve', granted_at = clock_timestamp()": "a role is given anew",
    "UPDATE access.members SET project_id = '*', granted_at = clock_timestamp()": "a role is given anew",
    "DELETE FROM access.api_keys": "access.api_keys: DELETE",
    "TRUNCATE access.api_keys": "access.api_keys: TRUNCATE",
    "UPDATE access.api_keys SET role = 'platform_admin'": "a key may be used, and revoked once",
    "UPDATE access.api_keys SET scopes = '{}'": "a key may be used, and revoked once",
    "UPDATE access.api_keys SET expires_at = '2099-01-01Z'": "a key may be used, and revoked once",
    "UPDATE access.api_keys SET revoked_at = NULL, revoked_by = NULL": "a key may be used, and revoked once",
    "UPDATE access.api_keys SET revoked_by = 'eve'": "a key may be used, and revoked once",
}


@pytest.mark.parametrize("session", ["origin", "replica"])
def test_that_not_even_the_owner_changes_who_came_in_without_a_trace(connection: Connection, session: str) -> None:
    insert(connection, "members")
    insert(connection, "api_keys", scopes=["read"], revoked_at=LATER, revoked_by="a")
    connection.execute(pgsql.SQL("SET session_replication_role = {}").format(pgsql.Identifier(session)))
    before = changes(connection)
    for change, said in REFUSED.items():
        with pytest.raises(errors.InsufficientPrivilege, match=said), connection.transaction():
            connection.execute(pgsql.SQL(change))
    assert changes(connection) == before


def test_that_what_was_there_before_the_audit_is_kept_by_its_migration(postgres: str) -> None:
    """Build the database as it was before, fill it, and migrate."""
    with psycopg.connect(postgres, autocommit=True) as connection:
        for migration in sql.migrations()[:3]:
            connection.execute(migration.text)
        insert(connection, "members")
        insert(connection, "api_keys", project_id="kern", revoked_at=LATER, revoked_by="c", scopes=["read"])
        connection.execute("SET timezone = 'UTC'")
        connection.execute(sql.migrations()[3].text)
        said = {"prefix": "wtg_abcdef", "role": "source", "scopes": ["read"], "expires_at": "2026-01-02T00:00:00+00:00"}
        assert changes(connection) == [
            ("a", "key_created", "kern", "historian", None, said),
            ("c", "key_revoked", "kern", "historian", said, None),
            ("b", "member_set", "kern", "a", None, {"role": "viewer"}),
        ]
