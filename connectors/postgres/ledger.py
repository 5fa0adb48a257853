"""What one transaction records: each item once, in order, each behind the last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

import psycopg
from psycopg.rows import class_row

import sql
from connectors.postgres import parse
from connectors.postgres.chain import START, TABLES, Entry, Head, Json, Link, Row, linked, state_row, told
from connectors.postgres.parse import Unreadable
from connectors.recorded import Captured, Item, Message, Rewound

Connection = psycopg.Connection[Any]
# An item, and what it was read as.
Read = tuple[Item, Entry | Unreadable | None]

# Whoever adds to the chain holds it until its transaction ends.
CHAINING: Final = 0x77656C6C_0003
_INSERTS: Final = {
    "alert": "insert_alert",
    "violation": "insert_violation_message",
    "capture": "insert_capture",
    "dead_letter": "insert_dead_letter",
}


class Offset(NamedTuple):
    """How far a partition is recorded, and of which topic."""

    topic_id: str
    next_offset: int


Offsets = dict[tuple[str, int], Offset]


def record(connection: Connection, items: Sequence[Read]) -> list[Link]:
    """Record what of `items` is not recorded yet, and return its links; within a transaction that is open."""
    # The lock first: what is read after it holds until the transaction ends.
    connection.execute("SELECT pg_advisory_xact_lock(%s)", [CHAINING])
    ledger = Ledger(connection, [what for _, what in items])
    captured = _captured(connection, [item.message_id for item, _ in items if isinstance(item, Captured)])
    for item, what in items:
        if isinstance(item, Rewound):
            ledger.rewind(item)
        elif isinstance(item, Message):
            assert what is not None, "a message is read as something"
            ledger.take(item, what)
        elif item.message_id not in captured:
            captured.add(item.message_id)
            ledger.keep(item)
    ledger.write(connection)
    return ledger.links


def select_offsets(connection: Connection) -> Offsets:
    """Return how far each topic is recorded."""
    rows = connection.execute(sql.query("select_offsets")).fetchall()
    return {(topic, partition): Offset(topic_id, following) for topic, partition, topic_id, following in rows}


class Ledger:
    """Collects what is to be written, as it will stand behind what is there."""

    def __init__(self, connection: Connection, read: Sequence[Entry | Unreadable | None]) -> None:
        self.links: list[Link] = []
        self._at = datetime.now(UTC)
        self._rows: dict[str, list[Row]] = {kind: [] for kind in _INSERTS}
        self._samples: list[tuple[int, Captured]] = []
        self._offsets = select_offsets(connection)
        self._moved: set[tuple[str, int]] = set()
        with connection.cursor(row_factory=class_row(Head)) as cursor:
            self._head = cursor.execute(sql.query("select_head")).fetchone() or START
        self._known = _known(connection, [what for what in read if isinstance(what, Entry)])

    def rewind(self, item: Rewound) -> None:
        """Note that a topic is another than the one that was recorded."""
        at = (item.topic, item.partition)
        was = self._offsets.get(at)
        # A commit may have gone through though its answer did not: then this is noted already.
        if was is not None and was.next_offset == item.recorded_to:
            self._add(parse.rewound(item))
            self._move(at, Offset(item.topic_id, item.offset))

    def take(self, message: Message, what: Entry | Unreadable) -> None:
        """Record a message, unless it is recorded."""
        at = (message.topic, message.partition)
        was = self._offsets.get(at)
        if was is not None and message.offset < was.next_offset:
            return
        if was is not None and message.offset > was.next_offset:
            self._add(parse.gap(message, was.next_offset))
        self._move(at, Offset(message.topic_id, message.offset + 1))
        if isinstance(what, Unreadable):
            self._add(parse.dead_letter(what), raw=message.value or b"")
            return
        known = [self._known[key] for key in _keys(what) if key in self._known]
        if not known:
            self._add(what)
            for key in _keys(what):
                self._known[key] = what.record
        elif any(parse.content(record) != parse.content(what.record) for record in known):
            self._add(parse.conflict(what))

    def keep(self, captured: Captured) -> None:
        """Record captured samples."""
        self._add(parse.capture(captured))
        self._samples.append((self._head.seq, captured))

    def write(self, connection: Connection) -> None:
        """Write all of it."""
        with connection.cursor() as cursor:
            cursor.executemany(sql.query("insert_audit"), list(map(asdict, self.links)))
            for kind, rows in self._rows.items():
                if rows:
                    cursor.executemany(sql.query(_INSERTS[kind]), rows)
            for seq, captured in self._samples:
                with cursor.copy(sql.query("copy_captured_samples")) as copy:
                    for position, sample in enumerate(captured.samples, 1):
                        copy.write_row((seq, position, *_sample_columns(sample)))
            for topic, partition in sorted(self._moved):
                offset = self._offsets[topic, partition]
                cursor.execute(
                    sql.query("upsert_offset"),
                    {"topic": topic, "kafka_partition": partition, **offset._asdict()},
                )

    def _add(self, entry: Entry, **more: bytes) -> None:
        link = linked(self._head, entry, self._at)
        self.links.append(link)
        self._head = Head(link.seq, link.hash)
        if entry.kind in TABLES:
            row = state_row(told(link.body))
            assert row is not None, "what has a table has a row"
            self._rows[entry.kind].append(row | more)

    def _move(self, at: tuple[str, int], offset: Offset) -> None:
        self._offsets[at] = offset
        self._moved.add(at)


_sample_columns = attrgetter("tag", "time", "value", "unit", "quality", "offset", "arrived_at")


def _keys(entry: Entry) -> list[tuple[str, ...]]:
    """Return what no two events may have in common: their id; and a violation opens once and closes once."""
    keys: list[tuple[str, ...]] = [(entry.kind, entry.record_id)]
    if entry.kind == "violation":
        keys.append((entry.record["type"], entry.record["data"]["violation_id"].lower()))
    return keys


def _known(connection: Connection, entries: Sequence[Entry]) -> dict[tuple[str, ...], Json]:
    """Return what was recorded before of the events in `entries`."""
    alerts = [entry.record_id for entry in entries if entry.kind == "alert"]
    violations = [entry for entry in entries if entry.kind == "violation"]
    bodies: list[tuple[str]] = []
    if alerts:
        bodies += connection.execute(sql.query("select_known_alerts"), {"ids": alerts}).fetchall()
    if violations:
        wanted = {
            "ids": [entry.record_id for entry in violations],
            "violation_ids": [entry.record["data"]["violation_id"] for entry in violations],
        }
        bodies += connection.execute(sql.query("select_known_violations"), wanted).fetchall()
    known = {}
    for (body,) in bodies:
        said = told(body)
        entry = Entry(said["kind"], said["id"], said["record"])
        known.update(dict.fromkeys(_keys(entry), entry.record))
    return known


def _captured(connection: Connection, ids: Sequence[UUID]) -> set[UUID]:
    if not ids:
        return set()
    return {row[0] for row in connection.execute(sql.query("select_known_captures"), {"ids": list(ids)})}
