"""Whoever changes a record, by whatever means, is found out; and the first record that was changed is named."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from connectors.postgres.chain import NO_HASH, START, Head, hashed
from connectors.postgres.config import Postgres
from connectors.postgres.errors import DatabaseDenied, DatabaseUnfit
from connectors.postgres.sink import Recorder
from connectors.postgres.verify import Broken, verify
from tests.connectors.postgres.events import alert, alerts, captured, message, violation

Connection = psycopg.Connection[Any]
TABLES = "audit alerts violation_messages captures captured_samples dead_letters".split()


@pytest.fixture
def recorded(database: Postgres, recorder: Recorder) -> Postgres:
    """Return a database with 12 records: alerts 1 to 8, violation 9, capture 10, dead letter 11, alert 12."""
    recorder.record(alerts(8))
    recorder.record([message(violation(1), 0)])
    recorder.record([captured(1)])
    recorder.record([message(b"{", 8), message(alert(9), 9)])
    recorder.close()
    return database


def tamper(database: Postgres, *statements: str) -> None:
    """Do what an owner could who wants to: triggers, checks and keys out of the way first."""
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        connection.execute("ALTER TABLE audit DROP CONSTRAINT audit_hash_check")
        connection.execute("ALTER TABLE audit DROP CONSTRAINT audit_previous_key")
        connection.execute("ALTER TABLE alerts ALTER time TYPE timestamptz")
        for statement in statements:
            connection.execute(statement)


def rehash(first: int, last: int) -> str:
    """Return a statement that makes links `first` to `last` follow one another again."""
    return f"""
    DO $$
    DECLARE n bigint; before bytea;
    BEGIN
        FOR n IN {first}..{last} LOOP
            SELECT hash INTO before FROM audit WHERE seq = n - 1;
            UPDATE audit SET previous = before, hash = sha256(before || convert_to(body, 'UTF8')) WHERE seq = n;
        END LOOP;
    END $$"""  # noqa: S608  # names and times of our own


SWAP = """
    UPDATE audit SET seq = 1000 WHERE seq = 5;
    UPDATE audit SET seq = 5 WHERE seq = 6;
    UPDATE audit SET seq = 6 WHERE seq = 1000"""
SHIFT_UP = "UPDATE audit SET seq = seq + 1000 WHERE seq > 4; UPDATE audit SET seq = seq - 999 WHERE seq > 1000"
FORGE = """
    INSERT INTO audit
    SELECT 5, 'conflict', record_id, forged, hash, sha256(hash || convert_to(forged, 'UTF8'))
    FROM (
        SELECT *, replace(replace(body, '"kind":"alert"', '"kind":"conflict"'), '"seq":4}', '"seq":5}') AS forged
        FROM audit WHERE seq = 4
    ) AS four"""
REDUCE = 'UPDATE audit SET body = replace(body, \'"level":"red"\', \'"level":"yellow"\') WHERE seq = 5'


@pytest.mark.parametrize(
    "statements, seq, found",
    [
        ([REDUCE], 5, "was altered: its hash is not that of what it says"),
        (
            [REDUCE, rehash(5, 5), "UPDATE alerts SET level = 'yellow' WHERE seq = 5"],
            5,
            "was altered: record 6 was written behind another",
        ),
        ([REDUCE, rehash(5, 12)], 5, "and its row in alerts differ: level"),
        (["UPDATE audit SET hash = sha256('x') WHERE seq = 5"], 5, "was altered: its hash"),
        (["UPDATE audit SET previous = sha256('x') WHERE seq = 5"], 5, "was altered: its hash"),
        (["UPDATE audit SET record_id = 'x' WHERE seq = 5"], 5, "was altered: it says that it is record alert "),
        (
            ["UPDATE audit SET body = body || ' ' WHERE seq = 5", rehash(5, 12)],
            5,
            "was altered: it says that it is record of another form",
        ),
        (
            ["UPDATE audit SET body = 'x' WHERE seq = 5", rehash(5, 12)],
            5,
            "was altered: it says that it is record unreadable",
        ),
        (["DELETE FROM audit WHERE seq = 5"], 5, "is missing"),
        (["DELETE FROM audit WHERE seq = 1"], 1, "is missing"),
        (
            ["DELETE FROM audit WHERE seq BETWEEN 3 AND 7", "DELETE FROM alerts WHERE seq BETWEEN 3 AND 7"],
            3,
            "is missing",
        ),
        (
            ["DELETE FROM audit WHERE seq = 5", "UPDATE audit SET seq = seq - 1 WHERE seq > 5"],
            5,
            "is missing; in its place is one that says it is 6",
        ),
        ([SWAP], 5, "was reordered: it stands as record 6; in its place is one that says it is 6"),
        ([SWAP, rehash(5, 12)], 5, "was altered: it says that it is record 6"),
        (
            [SHIFT_UP, SHIFT_UP.replace("audit", "alerts"), FORGE],
            5,
            "was inserted: record 6 was written behind the one before it",
        ),
        (["UPDATE audit SET seq = 500 WHERE seq = 5"], 5, "was reordered: it stands as record 500"),
        (
            ["DELETE FROM audit WHERE seq > 8"],
            9,
            "is missing; the table violation_messages still has what record 9 put there",
        ),
        (["DELETE FROM audit"], 1, "is missing; the table alerts still has what record 1 put there"),
        # The chain is whole, and the tables are not
        (["UPDATE alerts SET value = 1 WHERE seq = 5"], 5, "and its row in alerts differ: value"),
        (
            ["UPDATE alerts SET time = 'infinity' WHERE seq = 5"],
            5,
            "and its row in alerts differ: alert_id, ",
        ),
        (["DELETE FROM alerts WHERE seq = 5"], 5, "has no row in alerts"),
        (["UPDATE alerts SET seq = 2000 WHERE seq = 5"], 5, "has no row in alerts"),
        (
            [
                "INSERT INTO alerts SELECT * FROM alerts WHERE seq = 5",
                "UPDATE alerts SET seq = 9 WHERE ctid = (SELECT max(ctid) FROM alerts)",
            ],
            9,
            "is no record of the table alerts, which has a row of it",
        ),
        (
            ["UPDATE violation_messages SET what = 'closed'"],
            9,
            "and its row in violation_messages differ: what",
        ),
        (["UPDATE captures SET reason = 'x'"], 10, "and its row in captures differ: reason"),
        (
            ["UPDATE captured_samples SET value = '1' WHERE position = 2"],
            10,
            "and its samples in captured_samples differ: their number is right",
        ),
        (
            ["UPDATE captured_samples SET time = 'infinity' WHERE position = 2"],
            10,
            "and its samples in captured_samples differ",
        ),
        (
            ["DELETE FROM captured_samples WHERE position = 3"],
            10,
            "and its samples in captured_samples differ: found 2 of 3",
        ),
        (
            ["UPDATE captured_samples SET position = 4 - position"],
            10,
            "and its samples in captured_samples differ: their number is right",
        ),
        (
            [
                "CREATE TABLE more AS SELECT * FROM captured_samples",
                "UPDATE more SET seq = 11",
                "INSERT INTO captured_samples SELECT * FROM more",
            ],
            11,
            "has samples in captured_samples that it never captured",
        ),
        (["UPDATE dead_letters SET raw = 'x'"], 11, "and its row in dead_letters differ: raw"),
    ],
)
def test_that_the_first_record_that_was_changed_is_named(
    recorded: Postgres, statements: list[str], seq: int, found: str
) -> None:
    loose = [
        "ALTER TABLE alerts DROP CONSTRAINT alerts_pkey CASCADE",
        "ALTER TABLE alerts DROP CONSTRAINT alerts_alert_id_key",
    ]
    loose += ["ALTER TABLE violation_messages DROP CONSTRAINT violation_messages_end_check"]
    loose += ["ALTER TABLE captures DROP CONSTRAINT captures_reason_check1"]
    loose += ["ALTER TABLE captured_samples DROP CONSTRAINT captured_samples_pkey"]
    loose += (
        ["ALTER TABLE audit DROP CONSTRAINT audit_pkey CASCADE"] if any("seq = " in text for text in statements) else []
    )
    tamper(recorded, *loose, *statements)
    broken = verify(recorded)
    assert isinstance(broken, Broken), broken
    assert broken.seq == seq
    assert broken.found.startswith(found), broken.found


def head_of(database: Postgres) -> Head:
    found = verify(database)
    assert isinstance(found, Head), found
    return found


def test_that_a_whole_chain_ends_at_its_head(recorded: Postgres) -> None:
    head = head_of(recorded)
    assert head.seq == 12
    with recorded.connect() as connection:
        assert connection.execute("SELECT hash, previous FROM audit WHERE seq = 12").fetchone() is not None
        first = connection.execute("SELECT previous, body, hash FROM audit WHERE seq = 1").fetchone()
    assert first is not None
    assert first[0] == NO_HASH
    assert first[2] == hashed(NO_HASH, first[1].encode())


def test_that_an_empty_chain_is_whole(database: Postgres) -> None:
    assert verify(database) == START


CUT = [f"DELETE FROM {table} WHERE seq > 8" for table in ["captured_samples", *TABLES[:4], "dead_letters"]]  # noqa: S608  # names and times of our own


def test_that_a_cut_end_is_seen_against_a_head_kept_elsewhere_and_only_so(recorded: Postgres) -> None:
    kept = head_of(recorded)
    tamper(recorded, *CUT)
    assert head_of(recorded).seq == 8
    broken = verify(recorded, kept)
    assert broken == Broken(9, f"is missing: the chain was cut; it was kept as {kept}, and ends at {head_of(recorded)}")


def test_that_a_chain_that_was_written_anew_is_seen_against_a_head_kept_elsewhere(recorded: Postgres) -> None:
    kept = head_of(recorded)
    tamper(recorded, REDUCE, rehash(5, 12), "UPDATE alerts SET level = 'yellow' WHERE seq = 5")
    assert head_of(recorded).seq == 12
    broken = verify(recorded, kept)
    assert isinstance(broken, Broken)
    assert (broken.seq, broken.found) == (
        12,
        f"or one before it was altered, and all after it anew; it was kept as {kept}",
    )


def test_that_records_added_since_do_not_make_a_kept_head_wrong(recorded: Postgres, recorder: Recorder) -> None:
    kept = head_of(recorded)
    recorder.record(alerts(3, first=20))
    found = verify(recorded, kept)
    assert isinstance(found, Head)
    assert found.seq == 16  # and the gap before them


def test_that_a_long_chain_is_walked_in_parts(database: Postgres, recorder: Recorder) -> None:
    for first in range(0, 2_500, 500):
        recorder.record(alerts(500, first))
    assert head_of(database).seq == 2_500
    recorder.close()
    tamper(database, "UPDATE alerts SET value = 1 WHERE seq = 2400", "UPDATE alerts SET value = 1 WHERE seq = 1500")
    broken = verify(database)
    assert isinstance(broken, Broken)
    assert broken.seq == 1_500


def test_that_a_database_without_our_tables_is_told(postgres: str) -> None:
    with pytest.raises(DatabaseUnfit, match=r'relation "audit" does not exist.*welltegra db status'):
        verify(Postgres(postgres))


def test_that_a_user_who_may_not_read_is_told(recorded: Postgres) -> None:
    with recorded.connect() as connection:
        connection.execute("DROP ROLE IF EXISTS blind; CREATE ROLE blind LOGIN PASSWORD 'x'")
    with pytest.raises(DatabaseDenied, match=r"Give it the role welltegra_reader"):
        verify(Postgres(make_conninfo(recorded.dsn, user="blind", password="x")))
