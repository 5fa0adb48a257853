"""Connections for requests: each request a transaction, in the role of PostgreSQL that its route is granted."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, Final, TypeVar, get_args

import psycopg
from psycopg import conninfo, errors
from psycopg import sql as pgsql
from psycopg.abc import PQGen
from psycopg_pool import ConnectionPool, PoolTimeout, TooManyRequests

from connectors.postgres.config import Postgres
from connectors.postgres.errors import DatabaseUnfit
from welltegra.api.problems import Problem
from welltegra.auth.permissions import Grant

Connection = psycopg.Connection[Any]
Answer = TypeVar("Answer")

GRANTS: Final[tuple[Grant, ...]] = get_args(Grant)
# A request waits so long for a connection, and a statement runs so long, before somebody else's turn.
_WAIT_S: Final = 10.0
_STATEMENT: Final = "30s"
_SESSION: Final = (
    f"SET timezone = 'UTC'; SET statement_timeout = '{_STATEMENT}'; SET lock_timeout = '10s';"
    " SET idle_in_transaction_session_timeout = '60s';"
    # Statements are short: compiling them, or sharing one among processes, costs more than it brings.
    " SET jit = off; SET max_parallel_workers_per_gather = 0"
)
# PostgreSQL may say nothing at all, and keep the connection: so long a statement is waited for, and a sign of life.
_SILENT_S: Final = 35.0
_LIVES_WITHIN_S: Final = 3.0
_CONNECTS_WITHIN_S: Final = 10
_MOST_WAITING: Final = 2_000


class _Patient(psycopg.Connection[Any]):
    """A connection that is given up where PostgreSQL says nothing for so long; whoever waits has an answer then."""

    patience_s = _SILENT_S

    def wait(self, gen: PQGen[Answer], *arguments: Any, **named: Any) -> Answer:
        try:
            return super().wait(_ended_after(gen, self.patience_s), *arguments, **named)
        except _Silent:
            self.pgconn.finish()
            raise


class _Silent(psycopg.OperationalError):
    pass


def _ended_after(gen: PQGen[Answer], seconds: float) -> PQGen[Answer]:
    """Yield what a dialogue with PostgreSQL waits for; it is woken now and then, and looks at the clock then."""
    until = time.monotonic() + seconds
    try:
        state = next(gen)
        while True:
            ready = yield state
            if not ready and time.monotonic() >= until:
                raise _Silent(f"PostgreSQL must answer within {seconds:g} s; has not")
            state = gen.send(ready)
    except StopIteration as ended:
        answer: Answer = ended.value
        return answer


class Database:
    """The pool of a process; it opens with `open` and not before, because processes are forked."""

    def __init__(self, postgres: Postgres, size: int) -> None:
        self.postgres = postgres
        parts: dict[str, Any] = {"connect_timeout": _CONNECTS_WITHIN_S, **conninfo.conninfo_to_dict(postgres.dsn)}
        self._pool: ConnectionPool[_Patient] = ConnectionPool(
            conninfo.make_conninfo(**parts),
            min_size=1,
            max_size=size,
            open=False,
            timeout=_WAIT_S,
            max_waiting=_MOST_WAITING,
            connection_class=_Patient,
            kwargs={"autocommit": True, "application_name": "welltegra serve"},
            configure=_configure,
            check=_check,
            name="welltegra",
        )

    def open(self) -> None:
        """Connect, in the background."""
        self._pool.open()

    def figures(self) -> Mapping[str, int]:
        """Return how the pool stands, as psycopg_pool names it."""
        return self._pool.get_stats()

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


def _check(connection: _Patient) -> None:
    """Find out whether PostgreSQL is there; a connection that has lain idle would be waited for in vain otherwise."""
    connection.patience_s = _LIVES_WITHIN_S
    try:
        ConnectionPool.check_connection(connection)
    finally:
        connection.patience_s = _SILENT_S


def _configure(connection: Connection) -> None:
    connection.execute(_SESSION)
