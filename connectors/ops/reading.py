"""How the worklist is read: as whom, and rows as frozen dataclasses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, Literal, LiteralString, TypeVar, get_args

import psycopg
from psycopg import sql as pgsql
from psycopg.rows import BaseRowFactory, dict_row, kwargs_row

import sql
from connectors.ops.filters import is_storable
from connectors.postgres.config import Postgres

Connection = psycopg.Connection[Any]
Role = Literal[
    "welltegra_reader",
    "welltegra_reviewer",
    "welltegra_profile_keeper",
    "welltegra_ranker",
    "welltegra_platform",
    "welltegra_gatekeeper",
]
Made = TypeVar("Made")

_ROLES: Final[tuple[Role, ...]] = get_args(Role)
_CREATE: Final = re.compile(r"^CREATE ROLE (welltegra_\w+) NOLOGIN;$", re.MULTILINE)


@contextmanager
def acting_as(connection: Connection, role: Role, *, snapshot: bool = False) -> Iterator[None]:
    """Have what follows done in one transaction by `role`, so that PostgreSQL checks once more who may.

    snapshot: read all of it as it was at one moment.

    Raises:
        psycopg.errors.InsufficientPrivilege: The role may not, or the user of the connection is not in it.
    """
    assert role in _ROLES, role
    with connection.transaction():
        if snapshot:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        # A page is a scan of milliseconds: a parallel worker takes as long to start, and takes a core from others.
        told = pgsql.SQL("SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL ROLE {}")
        connection.execute(told.format(pgsql.Identifier(role)))
        yield


def lay_roles(postgres: Postgres) -> None:
    """Have the roles of sql/roles.sql in a database that is our own: those that are absent are made, all are granted.

    Raises:
        ConnectorError: The database cannot be reached, or the user may not.
    """
    text = sql.roles()
    # Two servers on one database take turns.
    with postgres.session("Connect as the owner of the database.") as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('welltegra roles', 0))")
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname LIKE 'welltegra_%'")}
        for role in _CREATE.findall(text):
            if role not in known:
                connection.execute(pgsql.SQL("CREATE ROLE {} NOLOGIN").format(pgsql.Identifier(role)))
        # What is left grants, and granting twice is granting once.
        rest: LiteralString = _CREATE.sub("", text)
        connection.execute(rest)


def rows_as(cls: type[Made], **more: Any) -> BaseRowFactory[Made]:
    """Return a row factory that makes `cls` of columns by name; arrays become tuples. more: fields of no column."""

    def make(**columns: Any) -> Made:
        return cls(**{name: _frozen(value) for name, value in columns.items()}, **more)

    return kwargs_row(make)


def all_of(connection: Connection, cls: type[Made], statement: str, values: dict[str, Any], **more: Any) -> list[Made]:
    """Return what the query of this name finds."""
    if _unheard_of(values):
        return []
    with connection.cursor(row_factory=rows_as(cls, **more)) as cursor:
        return cursor.execute(sql.query(statement), values).fetchall()


def one_of(connection: Connection, cls: type[Made], statement: str, values: dict[str, Any], **more: Any) -> Made | None:
    """Return the first that the query of this name finds; None for none."""
    return next(iter(all_of(connection, cls, statement, values, **more)), None)


def found_by(connection: Connection, statement: str, values: dict[str, Any]) -> dict[str, Any] | None:
    """Return the first row that the query of this name finds, by column; None for none."""
    if _unheard_of(values):
        return None
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(sql.query(statement), values).fetchone()


def scalar(connection: Connection, statement: str, values: dict[str, Any]) -> Any:
    """Return the one value that the query of this name finds; None for none."""
    row = found_by(connection, statement, values)
    return None if row is None else next(iter(row.values()))


def _unheard_of(values: dict[str, Any]) -> bool:
    """Return whether a text among these is one that no database holds, so that nothing is found by it."""
    return any(isinstance(value, str) and not is_storable(value, len(value)) for value in values.values())


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
