"""Databases to write a ranking to, all alike, and the bytes that were sent to one, to send to another again."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import psycopg
from psycopg import sql as pgsql
from psycopg.conninfo import make_conninfo

from connectors.ops.profiles import ensure_canonical
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from schemas.profiles import canonical_profile
from welltegra.embedded.postgres import EmbeddedPostgres

# As a server of this size would be set; the rest is PostgreSQL's own, and what is committed is on the disk.
OPTIONS: Final = {"shared_buffers": "1GB", "max_wal_size": "8GB", "work_mem": "256MB", "maintenance_work_mem": "512MB"}
# Rows that others refer to: there must be one run and one discovery before their targets and candidates come.
_PARENTS: Final = ("ops.input_snapshots", "ops.discovery_runs", "ops.reopen_ranking_runs")
_TEMPLATE: Final = "reopening_empty"


@dataclass(frozen=True)
class Recorded:
    """The COPY statements of one run, in order, each with its bytes, and the rows before them."""

    copies: list[tuple[Any, list[bytes]]] = field(default_factory=list)
    parents: dict[str, bytes] = field(default_factory=dict)

    @property
    def size_mb(self) -> float:
        """Return how much is sent [MB]."""
        return sum(len(part) for _, parts in self.copies for part in parts) / 1e6


class Databases:
    """Databases on one server, each with our tables and the canonical profile, and nothing else in them."""

    def __init__(self, server_dsn: str) -> None:
        self._dsn = server_dsn
        self._numbers = count(1)
        with psycopg.connect(server_dsn, autocommit=True) as connection:
            connection.execute(pgsql.SQL("CREATE DATABASE {}").format(pgsql.Identifier(_TEMPLATE)))
        template = Postgres(make_conninfo(server_dsn, dbname=_TEMPLATE))
        migrate(template)
        self.profile_id = ensure_canonical(template, canonical_profile()).scoring_profile_id

    @contextmanager
    def one(self) -> Iterator[str]:
        """Yield the connection string of a new one; the disk is quiet when it begins, and it is gone after."""
        name = f"reopening_{next(self._numbers)}"
        with psycopg.connect(self._dsn, autocommit=True) as connection:
            made = pgsql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(made.format(pgsql.Identifier(name), pgsql.Identifier(_TEMPLATE)))
            try:
                connection.execute("CHECKPOINT")
                yield make_conninfo(self._dsn, dbname=name)
            finally:
                connection.execute(pgsql.SQL("DROP DATABASE {} WITH (FORCE)").format(pgsql.Identifier(name)))


@contextmanager
def databases() -> Iterator[Databases]:
    """Yield databases on a server of their own."""
    folder = Path(tempfile.mkdtemp(prefix="bench-reopening-"))
    # PostgreSQL may run as another user, who has to get at it.
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "postgres", options=OPTIONS) as server:
            yield Databases(server.dsn)
    finally:
        shutil.rmtree(folder)


@contextmanager
def recording() -> Iterator[Recorded]:
    """Yield what is sent by COPY meanwhile."""
    recorded = Recorded()
    copy, write = psycopg.Cursor.copy, psycopg.Copy.write

    def copied(cursor: Any, statement: Any, *given: Any, **more: Any) -> Any:
        if isinstance(statement, pgsql.Composed) and "FROM STDIN" in statement.as_string(cursor):
            recorded.copies.append((statement, []))
        return copy(cursor, statement, *given, **more)

    def written(into: Any, part: Any) -> None:
        recorded.copies[-1][1].append(bytes(part))
        write(into, part)

    with patch.object(psycopg.Cursor, "copy", copied), patch.object(psycopg.Copy, "write", written):
        yield recorded


def note_parents(dsn: str, recorded: Recorded) -> None:
    """Add the rows that the recorded ones refer to."""
    with psycopg.connect(dsn) as connection:
        for table in _PARENTS:
            with connection.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                recorded.parents[table] = b"".join(map(bytes, copy))


def seconds_of_copy(dsn: str, recorded: Recorded) -> float:
    """Return how long it takes to send the recorded bytes to the same tables, in one transaction [s]."""
    with psycopg.connect(dsn) as connection:
        for table, rows in recorded.parents.items():
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(rows)
        connection.commit()
        started = time.perf_counter()
        for statement, parts in recorded.copies:
            with connection.cursor().copy(statement) as copy:
                for part in parts:
                    copy.write(part)
        connection.commit()
        return time.perf_counter() - started
