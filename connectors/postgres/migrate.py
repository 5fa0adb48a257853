"""The database brought to what the code needs: numbered files, each applied once, in a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import psycopg
from psycopg import errors
from psycopg.rows import class_row

import sql
from connectors.postgres.config import Postgres
from connectors.postgres.errors import (
    DatabaseBehind,
    DatabaseNewer,
    DatabaseUnfit,
    MigrationAltered,
    MigrationFailed,
    said,
)
from sql import Migration

Phase = Literal["pre", "post"]

# Advisory locks are numbers that programs agree on; these are ours, and no two are the same.
MIGRATING: Final = 0x77656C6C_0001
_OLDEST_SERVER: Final = 14
_LOCK_WAIT_S: Final = 60
_GRANT: Final = "Connect as the owner of the database, or have it grant CREATE on schema public."


@dataclass(frozen=True, slots=True)
class Applied:
    """A row of schema_migrations."""

    number: int
    name: str
    sha256: str
    applied_at: datetime


def migrate(
    postgres: Postgres, phase: Phase | None = None, migrations: Sequence[Migration] | None = None
) -> list[Migration]:
    """Apply what is missing, and return it. phase: only up to the first of the other phase; None for all.

    Raises:
        ConnectorError: The database cannot be reached, or is newer; an applied file was edited; one does not go
            through; the user may not.
    """
    known = sql.migrations() if migrations is None else migrations
    done = []
    with _connected(postgres) as connection:
        _check_server(postgres, connection)
        # Whoever else migrates now is waited for; and in a migration, whoever else uses a table.
        connection.execute(f"SET lock_timeout = '{_LOCK_WAIT_S}s'")
        connection.execute("SELECT pg_advisory_lock(%s)", [MIGRATING])
        if not _has_table(connection):
            connection.execute(sql.query("create_schema_migrations"))
        pending = _pending(postgres, _applied(connection), known)
        for migration in pending:
            if phase is not None and migration.phase != phase:
                if any(later.phase == phase for later in pending[pending.index(migration) :]):
                    raise DatabaseBehind(postgres.where, migration.name)
                break
            try:
                with connection.transaction():
                    connection.execute(migration.text)
                    connection.execute(
                        sql.query("insert_migration"),
                        {"number": migration.number, "name": migration.name, "sha256": migration.sha256},
                    )
            except (errors.InsufficientPrivilege, errors.LockNotAvailable):
                raise
            except psycopg.DatabaseError as error:
                raise MigrationFailed(postgres.where, migration.name, said(error)) from None
            done.append(migration)
    return done


def status(
    postgres: Postgres, migrations: Sequence[Migration] | None = None
) -> list[tuple[Migration, datetime | None]]:
    """Return each migration, and when it was applied; raises as `migrate` does."""
    known = sql.migrations() if migrations is None else migrations
    with _connected(postgres) as connection:
        _check_server(postgres, connection)
        applied = {row.number: row for row in _applied(connection)}
    _pending(postgres, list(applied.values()), known)
    return [
        (migration, applied[migration.number].applied_at if migration.number in applied else None)
        for migration in known
    ]


def check_fit(
    postgres: Postgres, connection: psycopg.Connection[Any], migrations: Sequence[Migration] | None = None
) -> None:
    """Raise unless this code can work with the database.

    A newer pre migration is let through: it is made to suit the code that still runs. A post migration may wait.

    Raises:
        DatabaseNewer: A post migration was applied that this code does not know.
        DatabaseBehind: A pre migration is missing.
        MigrationAltered: A file is not what was applied.
    """
    known = sql.migrations() if migrations is None else migrations
    newest = max((migration.number for migration in known), default=0)
    rows = [row for row in _applied(connection) if row.number <= newest or "_pre_" not in row.name]
    for migration in _pending(postgres, rows, known):
        if migration.phase == "pre":
            raise DatabaseBehind(postgres.where, migration.name)


def _pending(postgres: Postgres, applied: Sequence[Applied], known: Sequence[Migration]) -> list[Migration]:
    """Return what is not applied; raise if something else is, or something was edited."""
    files = {migration.number: migration for migration in known}
    for row in applied:
        if row.number not in files or files[row.number].name != row.name:
            raise DatabaseNewer(postgres.where, row.name, known[-1].name if known else "nothing")
        if files[row.number].sha256 != row.sha256:
            raise MigrationAltered(postgres.where, row.name)
    return [migration for migration in known if migration.number not in {row.number for row in applied}]


def _check_server(postgres: Postgres, connection: psycopg.Connection[Any]) -> None:
    version = connection.info.server_version // 10_000
    if version < _OLDEST_SERVER:
        raise DatabaseUnfit(
            f"{postgres.where}: the server must be PostgreSQL {_OLDEST_SERVER} or later; is {version}. Upgrade it."
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseUnfit(
            f"{postgres.where}: must be in UTF8; is in {encoding}. Make one with: CREATE DATABASE ... ENCODING 'UTF8'"
            " TEMPLATE template0"
        )


def _has_table(connection: psycopg.Connection[Any]) -> bool:
    row = connection.execute("SELECT to_regclass('schema_migrations') IS NOT NULL").fetchone()
    assert row is not None, "it returns a row"
    return bool(row[0])


def _applied(connection: psycopg.Connection[Any]) -> list[Applied]:
    if not _has_table(connection):
        return []
    with connection.cursor(row_factory=class_row(Applied)) as cursor:
        return cursor.execute(sql.query("select_migrations")).fetchall()


@contextmanager
def _connected(postgres: Postgres) -> Iterator[psycopg.Connection[Any]]:
    with postgres.session(_GRANT) as connection:
        try:
            yield connection
        except errors.LockNotAvailable:
            raise DatabaseUnfit(
                f"{postgres.where}: must be free to be migrated; another session has held it for {_LOCK_WAIT_S} s."
                " Is another migration running, or something else that holds a table? End that, and run it again."
            ) from None
