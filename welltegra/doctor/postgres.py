"""The database: whether it answers us, is one that we can use, is migrated, and lets the recorder do its work."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Final

import psycopg
from psycopg import conninfo

from connectors.errors import ConnectorError
from connectors.postgres import migrate
from connectors.postgres.config import Postgres
from connectors.postgres.errors import DatabaseUnfit, said
from welltegra.describe.wording import counted
from welltegra.doctor.clock import Ahead, judged
from welltegra.doctor.result import Result, State, none_asked, not_asked, of_error, ok, warning, wrong

NAME: Final = "postgresql"
MIGRATIONS: Final = "migrations"
RIGHTS: Final = "rights"
CHAIN: Final = "audit chain"
CLOCK: Final = "clock: postgresql"

_ANSWERS_WITHIN_S: Final = 5
_TRIES: Final = 3

# As sql/roles.sql grants them to the recorder; it reads all tables.
_INSERTS: Final = ("audit", "alerts", "violation_messages", "captures", "captured_samples", "dead_letters")
_WRITES: Final = {**dict.fromkeys(_INSERTS, ("SELECT", "INSERT")), "consumed_offsets": ("SELECT", "INSERT", "UPDATE")}
_NEEDED: Final = {**_WRITES, "schema_migrations": ("SELECT",)}
_ROLE: Final = "Grant its role: GRANT welltegra_recorder TO {user}; sql/roles.sql makes the role."


def look(dsn: str) -> Iterator[Result]:
    """Yield the results of all that a database is asked; only the first where it does not answer."""
    rest = (MIGRATIONS, RIGHTS, CHAIN, CLOCK)
    try:
        postgres = _quick(Postgres(dsn))
        connection = postgres.connect()
    except ConnectorError as error:
        yield from of_error(NAME, error)
        yield from none_asked(rest, "PostgreSQL is out of reach.")
        return
    try:
        yield from _look(postgres, connection)
    except psycopg.Error as error:
        found = f"{postgres.where}: must go on answering; did not ({said(error)})."
        yield wrong(NAME, found, "Is the server stopping?")
    finally:
        connection.close()


def _look(postgres: Postgres, connection: psycopg.Connection[Any]) -> Iterator[Result]:
    """Yield what a database that answers is like."""
    try:
        found = migrate.status(postgres)
    except DatabaseUnfit as error:
        yield from of_error(NAME, error)
        yield from none_asked((MIGRATIONS, RIGHTS, CHAIN, CLOCK), "PostgreSQL is of a kind that we cannot use.")
        return
    except ConnectorError as error:
        yield _server(postgres, connection)
        yield from of_error(MIGRATIONS, error)
        found = []
    else:
        yield _server(postgres, connection)
        yield _migrations(postgres, found)
    if any(at is not None for _, at in found):
        yield from _rights(postgres, connection)
        yield not_asked(CHAIN, "not walked; it takes 0.2 ms a record.", "Run: welltegra audit verify")
    else:
        yield from none_asked((RIGHTS, CHAIN), "there are no tables yet, or they could not be read.")
    yield _clock(connection)


def _quick(postgres: Postgres) -> Postgres:
    """Return the same database, given less time to answer unless the connection string says how much."""
    _ = postgres.where  # raises if the connection string is none, without showing it
    parts = conninfo.conninfo_to_dict(postgres.dsn)
    return Postgres(
        conninfo.make_conninfo(postgres.dsn, connect_timeout=parts.get("connect_timeout") or _ANSWERS_WITHIN_S)
    )


def _server(postgres: Postgres, connection: psycopg.Connection[Any]) -> Result:
    version = str(connection.info.parameter_status("server_version")).partition(" ")[0]
    if connection.info.parameter_status("in_hot_standby") == "on":
        found = f"{postgres.where}: must be one that can be written to; is a copy that follows another (standby)."
        return wrong(NAME, found, "Name the primary in postgres.dsn.")
    if connection.info.parameter_status("default_transaction_read_only") == "on":
        found = f"{postgres.where}: must be one that can be written to; its transactions are read-only."
        return wrong(NAME, found, "Set default_transaction_read_only to off for this user and database.")
    return ok(NAME, f"{postgres.where}: PostgreSQL {version}, UTF8, lets user {connection.info.user!r} in.")


def _migrations(postgres: Postgres, found: list[tuple[Any, Any]]) -> Result:
    missing = [migration for migration, applied_at in found if applied_at is None]
    if not missing:
        return ok(MIGRATIONS, f"{postgres.where}: {counted(len(found), 'migration')}, all applied.")
    names = ", ".join(migration.name for migration in missing)
    sentence = f"{postgres.where}: must have every migration; {len(missing)} missing: {names}."
    # What comes after the change of versions may still be waiting for its turn.
    state = State.WRONG if any(migration.phase == "pre" for migration in missing) else State.WARNING
    return Result(MIGRATIONS, state, sentence, "Run: welltegra db migrate")


def _rights(postgres: Postgres, connection: psycopg.Connection[Any]) -> Iterator[Result]:
    """Yield what the user of the recorder may not do, or that it may do too much."""
    user = connection.info.user
    rows = connection.execute(
        "SELECT name, right_ FROM unnest(%s::text[], %s::text[]) AS needed (name, right_)"
        " WHERE NOT coalesce(has_table_privilege(to_regclass(name), right_), FALSE)",
        [
            [table for table, rights in _NEEDED.items() for _ in rights],
            [each for all_ in _NEEDED.values() for each in all_],
        ],
    ).fetchall()
    if rows:
        lacks = ", ".join(f"{right} on {table}" for table, right in rows)
        found = f"{postgres.where}: user {user!r} must be allowed to record; lacks {lacks}."
        yield wrong(RIGHTS, found, _ROLE.format(user=user))
        return
    owner = connection.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'audit'::regclass")
    row = owner.fetchone()
    if row is not None and row[0]:
        found = (
            f"{postgres.where}: user {user!r} should not own the tables, whose triggers an owner may switch off; does."
        )
        yield warning(RIGHTS, found, "Record as a user of its own, with the role welltegra_recorder of sql/roles.sql.")
    else:
        yield ok(RIGHTS, f"{postgres.where}: user {user!r} may record, and not undo what is recorded.")


def _clock(connection: psycopg.Connection[Any]) -> Result:
    """Return how the server's clock stands against ours: by the quickest of a few answers."""
    ahead = None
    for _ in range(_TRIES):
        asked = time.time()
        row = connection.execute("SELECT extract(epoch FROM clock_timestamp())::float8").fetchone()
        told = Ahead.of(float(row[0]) if row else 0.0, asked, time.time())
        ahead = told if ahead is None else ahead & told
    assert ahead is not None, "it was asked"
    return judged(CLOCK, "PostgreSQL's clock", ahead)
