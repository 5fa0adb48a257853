"""What PostgreSQL can refuse, in words that say what to do. No word of ours or of its shows a password."""

from __future__ import annotations

import psycopg
from psycopg import errors

from connectors.errors import ConnectorError

# A message is at fault, not the database.
BAD_RECORD = (psycopg.DataError, psycopg.IntegrityError, errors.ProgramLimitExceeded)
# Waiting may help: it is gone, starts, stops, is full, or is for the moment a copy that cannot be written.
PASSING = (
    psycopg.OperationalError,
    psycopg.InterfaceError,
    errors.ReadOnlySqlTransaction,
    errors.IdleInTransactionSessionTimeout,
)


class DsnUnreadable(ConnectorError):
    """The connection string is none. It may hold a password, so it is not shown."""

    def __init__(self) -> None:
        super().__init__(
            "postgres.dsn: must be a PostgreSQL connection string; could not be read, and is not shown, as it may hold"
            " a password. Write it like postgresql://user:password@host:5432/database, with %40 for an @ in the"
            " password, %3A for a colon and %2F for a slash."
        )


class DatabaseUnreachable(ConnectorError):
    """No connection came about."""

    def __init__(self, where: str, reason: str) -> None:
        self.where, self.reason = where, reason
        super().__init__(
            f"{where}: must be reachable; is not ({reason}). Is the server up, and postgres.dsn in the settings right?"
        )


class DatabaseDenied(ConnectorError):
    """The user may not do what is asked."""

    def __init__(self, where: str, reason: str, remedy: str) -> None:
        self.where, self.reason = where, reason
        super().__init__(f"{where}: the user of postgres.dsn must be allowed to do this; is not ({reason}). {remedy}")


class DatabaseUnfit(ConnectorError):
    """The server or the database is of a kind that we cannot use."""


class DatabaseNewer(ConnectorError):
    """A migration was applied that this code does not know."""

    def __init__(self, where: str, name: str, newest: str) -> None:
        self.where, self.name = where, name
        super().__init__(
            f"{where}: must be no newer than this version of WellTegra, which ends at {newest}; has {name}."
            " Run the version that brought it."
        )


class DatabaseBehind(ConnectorError):
    """A migration is missing that this code needs."""

    def __init__(self, where: str, name: str) -> None:
        self.where, self.name = where, name
        super().__init__(f"{where}: must have migration {name}; has not. Run: welltegra db migrate")


class MigrationAltered(ConnectorError):
    """A migration was edited after it had been applied."""

    def __init__(self, where: str, name: str) -> None:
        self.where, self.name = where, name
        super().__init__(
            f"sql/migrations/{name}.sql: must be what was applied to {where}; was edited since. Bring the file back,"
            " and put the change into a new migration."
        )


class MigrationFailed(ConnectorError):
    """A migration does not go through; nothing of it was applied."""

    def __init__(self, where: str, name: str, reason: str) -> None:
        self.where, self.name, self.reason = where, name, reason
        super().__init__(
            f"{where}: migration {name} must go through; PostgreSQL said {reason!r}. Nothing of it was applied; what"
            " was before it was. Mend that, and run it again."
        )


def said(error: BaseException) -> str:
    """Return what PostgreSQL or its client said, in a line."""
    primary = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return " ".join((primary or str(error)).split())
