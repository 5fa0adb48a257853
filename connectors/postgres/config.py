"""Which server, and how a connection to it is made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psycopg
from psycopg import conninfo, errors

from connectors.postgres.errors import DatabaseDenied, DatabaseUnreachable, DsnUnreadable, said

# A server that has vanished without a word is noticed within half a minute; the connection string may say otherwise.
_DEFAULTS: Final = {
    "application_name": "welltegra",
    "connect_timeout": "10",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "25000",
}
# The server notices a vanished client as soon, and with it go its locks. Times come back in UTC.
_SESSION: Final = """
    SET timezone = 'UTC';
    SET tcp_keepalives_idle = 10;
    SET tcp_keepalives_interval = 5;
    SET tcp_keepalives_count = 3;
"""
# An unescaped @ or / leaves a piece of the password in one of these, which are shown.
_SHOWN: Final = {"host": r"[\w.,:/\[\]%-]*", "port": r"[0-9,]*", "dbname": r"[^@/:]*"}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A database. dsn: its connection string; it holds a password, and is never shown."""

    dsn: str = field(repr=False)

    @property
    def where(self) -> str:
        """What to call it in a sentence.

        Raises:
            DsnUnreadable: The connection string is none.
        """
        parts = self._parts()
        return (
            f"database {parts.get('dbname') or ''!r} at {parts.get('host') or 'localhost'}:{parts.get('port') or 5432}"
        )

    def connect(self) -> psycopg.Connection[Any]:
        """Return a new connection, each statement a transaction of its own unless told.

        Raises:
            DsnUnreadable: The connection string is none.
            DatabaseUnreachable: There is no server, or it lets us not in.
        """
        parts = {**_DEFAULTS, **self._parts()}
        try:
            connection = psycopg.connect(**parts, autocommit=True)
            connection.execute(_SESSION)
        except psycopg.Error as error:
            raise DatabaseUnreachable(self.where, said(error)) from None
        return connection

    @contextmanager
    def session(self, remedy: str) -> Iterator[psycopg.Connection[Any]]:
        """Yield a connection, and turn what PostgreSQL refuses meanwhile into errors of ours.

        remedy: what to do where the user may not.

        Raises:
            ConnectorError: As `connect` does; the connection broke, or the user may not.
        """
        with self.connect() as connection:
            try:
                yield connection
            except errors.InsufficientPrivilege as error:
                raise DatabaseDenied(self.where, said(error), remedy) from None
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if isinstance(error, errors.LockNotAvailable):
                    raise
                raise DatabaseUnreachable(self.where, said(error)) from None

    def _parts(self) -> dict[str, Any]:
        try:
            parts = conninfo.conninfo_to_dict(self.dsn)
        except psycopg.ProgrammingError:
            raise DsnUnreadable from None  # what the client says of it quotes it
        if not all(re.fullmatch(form, str(parts.get(name) or "")) for name, form in _SHOWN.items()):
            raise DsnUnreadable
        return parts
