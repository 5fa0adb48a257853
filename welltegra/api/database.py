"""Connections for requests: each request a transaction, in the role of PostgreSQL that its route is granted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final, get_args

import psycopg
from psycopg import conninfo, errors
from psycopg import sql as pgsql
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from connectors.postgres.config import Postgres
from connectors.postgres.errors import DatabaseUnfit
from welltegra.api.problems import Problem
from welltegra.auth.permissions import Grant

Connection = psycopg.Connection[Any]

GRANTS: Final[tuple[Grant, ...]] = get_args(Grant)
# A request waits so long for a connection, and a statement runs so long, before somebody else's turn.
_WAIT_S: Final = 10.0
_STATEMENT: Final = "30s"
_SESSION: Final = f"SET timezone = 'UTC'; SET statement_timeout = '{_STATEMENT}'; SET lock_timeout = '10s'"
_MOST_WAITING: Final = 2_000


class Database:
    """The pool of a process; it opens with `open` and not before, because processes are forked."""

    def __init__(self, postgres: Postgres, size: int) -> None:
        self.postgres = postgres
        self._pool = ConnectionPool(
            postgres.dsn,
            min_size=1,
            max_size=size,
            open=False,
            timeout=_WAIT_S,
            max_waiting=_MOST_WAITING,
            kwargs={"autocommit": True, "application_name": "welltegra serve"},
            configure=_configure,
            check=ConnectionPool.check_connection,
            name="welltegra",
        )

    def open(self) -> None:
        """Connect, in the background."""
        self._pool.open()

    def close(self) -> None:
        """Let go of the connections."""
        self._pool.close(timeout=2)

    @contextmanager
    def transaction(self, grant: Grant) -> Iterator[Connection]:
        """Yield a connection inside a transaction, as the role of a grant.

        Raises:
            Problem: There is no connection to be had, or PostgreSQL does not let us.
        """
        try:
            with self._pool.connection() as connection, connection.transaction():
                connection.execute(pgsql.SQL("SET LOCAL ROLE {}").format(pgsql.Identifier(role_of(grant))))
                yield connection
        except errors.InsufficientPrivilege as error:
            raise Problem(
                HTTPStatus.FORBIDDEN, f"database: the role {role_of(grant)} must be allowed to do this; is not."
            ) from error
        except (PoolTimeout, TooManyRequests, psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise unavailable() from error

    def as_role(self, grant: Grant) -> Postgres:
        """Return the database as connections of their own see it that are in the role of a grant from the start."""
        parts: dict[str, Any] = conninfo.conninfo_to_dict(self.postgres.dsn)
        options = f"{parts.pop('options', None) or ''} -c role={role_of(grant)}".strip()
        return Postgres(conninfo.make_conninfo(**{**parts, "options": options}))


def role_of(grant: Grant) -> str:
    """Return the role in PostgreSQL that a grant stands for."""
    return f"welltegra_{grant}"


def unavailable() -> Problem:
    """Return the problem of a database that does not answer."""
    said = "database: must answer within seconds; does not. It may be starting, or have much to do: try again."
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, said, headers={"Retry-After": "5"})


def check_roles(postgres: Postgres) -> None:
    """Find out whether requests can run in their roles.

    Raises:
        DatabaseUnfit: A role is missing, or is not ours to take.
        ConnectorError: The database cannot be reached.
    """
    wanted = [role_of(grant) for grant in GRANTS]
    with postgres.session("Grant it the roles of sql/roles.sql.") as connection:
        found = connection.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND pg_has_role(oid, 'MEMBER')", [wanted]
        ).fetchall()
    if absent := sorted(set(wanted) - {name for (name,) in found}):
        raise DatabaseUnfit(
            f"{postgres.where}: the user of postgres.dsn must be a member of the roles of sql/roles.sql; is not of"
            f" {', '.join(absent)}. Have an administrator run sql/roles.sql, and grant them; see docs/serving.md."
        )


def _configure(connection: Connection) -> None:
    connection.execute(_SESSION)
