"""The recorder: waits for the database as long as it takes, and records in transactions."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final, TypeVar

import psycopg
from bytewax.outputs import DynamicSink, StatelessSinkPartition
from psycopg import errors
from psycopg.rows import class_row

import sql
from connectors.errors import ConnectorError
from connectors.postgres import ledger, parse
from connectors.postgres.chain import Entry, Link
from connectors.postgres.config import Postgres
from connectors.postgres.errors import BAD_RECORD, PASSING, DatabaseDenied, DatabaseUnfit, DatabaseUnreachable, said
from connectors.postgres.ledger import Connection, Offsets, Read
from connectors.postgres.migrate import check_fit
from connectors.postgres.parse import Unreadable
from connectors.record_observer import NOBODY, RecordObserver
from connectors.recorded import Captured, Item, Message, Pending
from schemas.times import time_us, to_datetime

T = TypeVar("T")

# Held by one recorder at a time, for as long as it is connected.
RECORDING: Final = 0x77656C6C_0002
_FIRST_WAIT_S: Final = 0.1
_LONGEST_WAIT_S: Final = 10.0
_GRANT: Final = "Give it the role welltegra_recorder; see docs/operations.md."
log = logging.getLogger(__name__)


class AnotherRecords(ConnectorError):
    """Another recorder is connected to the database."""


class Recorder:
    """The only recorder of a database; does what is asked as soon as the database is there.

    stop: once set, a wait ends in KeyboardInterrupt. settle_s: how long after its message was recorded a capture is
    due, so that the samples that follow have come. meanwhile: called at each try of a wait.
    """

    def __init__(
        self,
        postgres: Postgres,
        stop: threading.Event,
        settle_s: float,
        observer: RecordObserver = NOBODY,
        meanwhile: Callable[[], None] = lambda: None,
    ) -> None:
        self._postgres = postgres
        self._stop = stop
        self._settle_s = settle_s
        self._observer, self._meanwhile = observer, meanwhile
        self._connection: Connection | None = None

    def offsets(self) -> Offsets:
        """Return how far each topic is recorded."""
        return self._when_there(ledger.select_offsets)

    def due(self, most: int) -> list[Pending]:
        """Return captures that are to be done, the oldest first."""

        def ask(connection: Connection) -> list[Pending]:
            with connection.cursor(row_factory=class_row(Pending)) as cursor:
                wanted = {"settle_s": self._settle_s, "most": most}
                return cursor.execute(sql.query("select_due_captures"), wanted).fetchall()

        return self._when_there(ask)

    def record(self, items: Sequence[Item]) -> None:
        """Record what of `items` is not recorded yet; a message that the database will not have as a dead letter."""
        read: list[Read] = [(item, parse.to_entry(item) if isinstance(item, Message) else None) for item in items]
        try:
            self._record(read)
        except BAD_RECORD:
            # One of them is at fault; each in a transaction of its own shows which.
            for item, what in read:
                try:
                    self._record([(item, what)])
                except BAD_RECORD as error:
                    why = f"must fit into the database; PostgreSQL said {said(error)}"
                    if isinstance(item, Message):
                        self._record([(item, Unreadable(item, f"an event {why}"))])
                    elif isinstance(item, Captured):
                        self._record([(replace(item, outcome="gone", reason=f"samples {why}", samples=()), None)])
                    else:
                        raise

    def close(self) -> None:
        """Close the connection, so that another recorder may go on."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def _record(self, read: Sequence[Read]) -> None:
        links = self._when_there(lambda connection: ledger.record(connection, read))
        self._tell(read, links)
        for link in links:
            if link.kind in ("conflict", "dead_letter", "gap", "new_topic"):
                log.warning("record_odd kind=%s seq=%d id=%s", link.kind, link.seq, link.record_id)

    def _tell(self, read: Sequence[Read], links: Sequence[Link]) -> None:
        times = {what.record_id: what.record["time"] for _, what in read if isinstance(what, Entry)}
        for kind in ("alert", "violation", "capture"):
            stored = [link for link in links if link.kind == kind]
            if stored:
                time = times.get(stored[-1].record_id)
                self._observer.stored(kind, len(stored), None if time is None else to_datetime(time_us(time)))

    def _when_there(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` comes to, in one transaction that was committed."""
        wait_s, attempts = _FIRST_WAIT_S, 0
        while not self._stop.is_set():
            try:
                if self._connection is None:
                    self._connection = self._open()
                with self._connection.transaction():
                    done = work(self._connection)
            except errors.ProgramLimitExceeded:
                raise  # to the client one of those that pass; but what is too large stays so
            except (AnotherRecords, DatabaseUnreachable, *PASSING) as error:
                # Whether a commit went through may be unknown now; the offsets will tell.
                self.close()
                attempts += 1
                log.warning("database_waited_for attempt=%d wait_s=%.1f reason=%r", attempts, wait_s, said(error))
                self._observer.waiting(error.reason if isinstance(error, DatabaseUnreachable) else said(error))
                self._meanwhile()
                self._stop.wait(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            except errors.InsufficientPrivilege as error:
                raise DatabaseDenied(self._postgres.where, said(error), _GRANT) from None
            except (errors.UndefinedTable, errors.UndefinedColumn) as error:
                raise DatabaseUnfit(
                    f"{self._postgres.where}: must be as sql/schema.sql says; PostgreSQL said {said(error)!r}."
                    " Was something dropped by hand? Restore the last backup."
                ) from None
            else:
                self._observer.reachable(True)
                if attempts:
                    log.warning("database_back attempts=%d", attempts)
                return done
        raise KeyboardInterrupt

    def _open(self) -> Connection:
        connection = self._postgres.connect()
        try:
            check_fit(self._postgres, connection)
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", [RECORDING]).fetchone()
            if row is None or not row[0]:
                raise AnotherRecords(f"{self._postgres.where}: another recorder is connected")
        except BaseException:
            connection.close()
            raise
        return connection


class RecordSink(DynamicSink[Item]):
    """Records each batch that it is given in one transaction."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> RecordPart:
        """Return the sink of the one worker that there is."""
        return RecordPart(self._recorder)


class RecordPart(StatelessSinkPartition[Item]):
    """See RecordSink."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def write_batch(self, items: list[Item]) -> None:
        """Record the items, in order; return once that is committed."""
        self._recorder.record(items)

    def close(self) -> None:
        """Let go of the database."""
        self._recorder.close()
