"""The chain walked from its first link to its last, and held against the tables that hang on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import psycopg
import rfc8785
from psycopg import errors
from psycopg import sql as pgsql
from psycopg.rows import class_row, dict_row

import sql
from connectors.postgres.chain import START, TABLES, Head, Link, Row, canonical, hashed, samples_sha256, state_row, told
from connectors.postgres.config import Postgres
from connectors.postgres.errors import DatabaseUnfit, said
from connectors.recorded import CapturedSample

Connection = psycopg.Connection[Any]

_AT_ONCE: Final = 1_000
_GRANT: Final = "Give it the role welltegra_reader; see docs/operations.md."


@dataclass(frozen=True, slots=True)
class Broken:
    """The first thing that is not as it was recorded. seq: of the record; found: what is wrong with it."""

    seq: int
    found: str

    def __str__(self) -> str:
        return f"record {self.seq} {self.found}"


def verify(postgres: Postgres, kept: Head | None = None) -> Head | Broken:
    """Return where the chain ends, or what is the first that is wrong with it.

    kept: a head that was written down elsewhere; without one, a chain that was cut at its end looks whole.

    Raises:
        ConnectorError: The database cannot be read.
    """
    with postgres.session(_GRANT) as connection:
        try:
            # One look at all of it, also while records are added.
            with connection.transaction():
                connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                return _walk(connection, kept)
        except (errors.UndefinedTable, errors.UndefinedColumn) as error:
            raise DatabaseUnfit(
                f"{postgres.where}: must be as sql/schema.sql says; PostgreSQL said {said(error)!r}."
                " Is it the right database? See: welltegra db status"
            ) from None


def _walk(connection: Connection, kept: Head | None) -> Head | Broken:
    before, head = START, START
    for links, rows in _parts(connection):
        for seq in sorted(links.keys() | {seq for table in rows.values() for seq in table}):
            link = links.get(seq)
            if link is None:
                name = next(name for name, table in rows.items() if seq in table)
                missing = head.seq + 1
                absence = _absence(connection, missing)
                return Broken(missing, f"{absence}; the table {name} still has what record {seq} put there")
            found = _link_fault(connection, link, before, head) or _state_fault(connection, link, rows)
            if found is not None:
                return found
            if kept is not None and kept.seq == seq and kept.hash != link.hash:
                return Broken(seq, f"or one before it was altered, and all after it anew; it was kept as {kept}")
            before, head = head, Head(seq, link.hash)
    if kept is not None and kept.seq > head.seq:
        return Broken(head.seq + 1, f"is missing: the chain was cut; it was kept as {kept}, and ends at {head}")
    orphan = connection.execute(sql.query("select_orphan_sample")).fetchone()
    if orphan is not None:
        return Broken(orphan[0], "has samples in captured_samples that it never captured")
    return head


def _parts(connection: Connection) -> Iterator[tuple[dict[int, Link], dict[str, dict[int, Row]]]]:
    """Yield links, and rows of each table, by seq: those of a thousand numbers at a time, where there are any."""
    after: int | None = None
    tables = sorted(TABLES.values())
    nexts = pgsql.SQL(" UNION ALL ").join(
        pgsql.SQL(
            "(SELECT seq FROM {} WHERE %(after)s::bigint IS NULL OR seq > %(after)s ORDER BY seq LIMIT 1)"
        ).format(pgsql.Identifier(table))
        for table in ["audit", *tables]
    )
    while first := min((row[0] for row in connection.execute(nexts, {"after": after})), default=None):
        span = {"first": first, "last": first + _AT_ONCE - 1}
        with connection.cursor(row_factory=class_row(Link)) as cursor:
            links = {link.seq: link for link in cursor.execute(sql.query("select_links"), span)}
        yield links, {table: _rows(connection, table, span) for table in tables}
        after = span["last"]


def _rows(connection: Connection, table: str, span: Mapping[str, int]) -> dict[int, Row]:
    """Return the rows of a table by seq; of one that cannot be read, as with a time beyond all years, only its seq."""
    select = pgsql.SQL("SELECT {} FROM {} WHERE seq BETWEEN %(first)s AND %(last)s")
    whole = select.format(pgsql.SQL("*"), pgsql.Identifier(table))
    with connection.cursor(row_factory=dict_row) as cursor:
        try:
            return {row["seq"]: row for row in cursor.execute(whole, span)}
        except psycopg.DataError:
            if span["first"] < span["last"]:
                numbers = cursor.execute(
                    select.format(pgsql.Identifier("seq"), pgsql.Identifier(table)), span
                ).fetchall()
                found = [_rows(connection, table, {"first": row["seq"], "last": row["seq"]}) for row in numbers]
                return {seq: row for rows in found for seq, row in rows.items()}
            return {span["first"]: {"seq": span["first"]}}


def _link_fault(connection: Connection, link: Link, before: Head, head: Head) -> Broken | None:
    """Return what is wrong with a link, that comes behind `head`, and that behind `before`."""
    seq = head.seq + 1
    says = _own_number(link)
    is_itself = link.hash == hashed(link.previous, link.body.encode())
    if link.seq != seq:
        if link.seq < seq:
            return Broken(link.seq, "was inserted before the first")
        return Broken(seq, _absence(connection, seq))
    if not is_itself:
        return Broken(seq, "was altered: its hash is not that of what it says")
    if link.previous != head.hash:
        if head.seq and link.previous == before.hash:
            return Broken(head.seq, f"was inserted: record {seq} was written behind the one before it")
        if says != seq:
            return Broken(seq, f"{_absence(connection, seq)}; in its place is one that says it is {says}")
        if head.seq == 0:
            return Broken(seq, "was altered, or others before it are missing: it was not written as the first")
        return Broken(head.seq, f"was altered: record {seq} was written behind another")
    if says != seq:
        return Broken(seq, f"was altered: it says that it is record {says}")
    return None


def _absence(connection: Connection, seq: int) -> str:
    """Return what became of a link that is not where it belongs."""
    wanted = {"after": seq, "tail": f',"seq":{seq}}}'}
    moved = connection.execute(sql.query("select_moved_link"), wanted).fetchone()
    return "is missing" if moved is None else f"was reordered: it stands as record {moved[0]}"


def _own_number(link: Link) -> object:
    """Return which record a link says that it is: its number, or in words what it is instead."""
    try:
        said_to_be = told(link.body)
        if canonical(said_to_be).decode() != link.body:
            return "of another form"
        if (said_to_be["kind"], said_to_be["id"]) != (link.kind, link.record_id):
            return f"{said_to_be['kind']} {said_to_be['id']}"
    except (KeyError, TypeError, ValueError, rfc8785.CanonicalizationError):
        return "unreadable"
    return said_to_be["seq"]


def _state_fault(connection: Connection, link: Link, rows: dict[str, dict[int, Row]]) -> Broken | None:
    """Return how the tables differ from what a link says."""
    mine = TABLES.get(link.kind)
    for name, table in rows.items():
        if name != mine and link.seq in table:
            return Broken(link.seq, f"is no record of the table {name}, which has a row of it")
    if mine is None:
        return None
    row = rows[mine].get(link.seq)
    if row is None:
        return Broken(link.seq, f"has no row in {mine}")
    body = told(link.body)
    expected = state_row(body)
    assert expected is not None, "what has a table has a row"
    if link.kind == "dead_letter" and sha256(row.pop("raw", b"")).hexdigest() != body["record"]["raw_sha256"]:
        return Broken(link.seq, f"and its row in {mine} differ: raw")
    differing = sorted(name for name in row.keys() | expected.keys() if row.get(name) != expected.get(name))
    if differing:
        return Broken(link.seq, f"and its row in {mine} differ: {', '.join(differing)}")
    if link.kind == "capture":
        number, digest = _samples(connection, link.seq)
        if (number, digest) != (row["samples"], row["samples_sha256"]):
            found = f"found {number} of {row['samples']}" if number != row["samples"] else "their number is right"
            return Broken(link.seq, f"and its samples in captured_samples differ: {found}")
    return None


def _samples(connection: Connection, seq: int) -> tuple[int, str]:
    """Return number and hash of the samples of a capture, read a few at a time."""
    number = 0

    def each(rows: Iterable[CapturedSample]) -> Iterator[CapturedSample]:
        nonlocal number
        for number, row in enumerate(rows, 1):  # noqa: B007 - it is the count that is wanted
            yield row

    with connection.cursor("samples", row_factory=class_row(CapturedSample)) as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(sql.query("select_captured_samples"), {"seq": seq})
        try:
            digest = samples_sha256(each(cursor))
        except (psycopg.DataError, rfc8785.CanonicalizationError):
            digest = "unreadable"
    return number, digest
