"""Records stand in the database once, in order, each hashed with the one before it; whatever comes, nothing is lost."""

from __future__ import annotations

import json
import random
import threading
import time
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from connectors.postgres.chain import Head
from connectors.postgres.config import Postgres
from connectors.postgres.errors import DatabaseBehind, DatabaseDenied, DatabaseUnfit
from connectors.postgres.migrate import migrate
from connectors.postgres.sink import Recorder
from connectors.postgres.verify import Broken, verify
from connectors.record_observer import RecordObserver
from connectors.recorded import Captured, Item, Rewound
from schemas.times import to_datetime
from tests.connectors.postgres.events import ALERTS, START_US, alert, alerts, at, captured, message, uuid, violation


def rows(database: Postgres, query: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(query).fetchall()


def kinds(database: Postgres) -> list[str]:
    return [row[0] for row in rows(database, "SELECT kind FROM audit ORDER BY seq")]


def whole(database: Postgres) -> int:
    head = verify(database)
    assert isinstance(head, Head), head
    return head.seq


def test_that_each_kind_of_record_stands_in_its_table_and_in_the_chain(database: Postgres, recorder: Recorder) -> None:
    recorder.record(
        [message(alert(1), 0), message(violation(1), 0), message(b"{", 1), message(violation(1, "closed"), 1)]
    )
    recorder.record([captured(1), captured(1, what="closed")])
    assert kinds(database) == ["alert", "violation", "dead_letter", "violation", "capture", "capture"]
    assert whole(database) == 6
    assert rows(database, f"SELECT alert_id, level, value, time = '{at(1)}' FROM alerts") == [  # noqa: S608  # names and times of our own
        (uuid("alert", 1), "red", 121.5 + 1 / 7, True)
    ]
    assert rows(database, "SELECT raw, topic, kafka_offset FROM dead_letters") == [(b"{", ALERTS, 1)]
    assert rows(database, "SELECT value FROM captured_samples WHERE seq = 5 ORDER BY position") == [
        ("57.50",),
        ("nan",),
        (None,),
    ]
    assert sorted(rows(database, "SELECT topic, next_offset FROM consumed_offsets")) == [
        (ALERTS, 2),
        ("well.violations.v1", 2),
    ]


def test_that_a_violation_stands_as_its_last_message_says(database: Postgres, recorder: Recorder) -> None:
    current = "SELECT what, ended_at IS NULL FROM violations"
    recorder.record([message(violation(1), 0)])
    assert rows(database, current) == [("opened", True)]
    recorder.record([message(violation(1, "closed"), 1)])
    assert rows(database, current) == [("closed", False)]


def test_that_a_violation_that_closed_before_it_opened_is_closed(database: Postgres, recorder: Recorder) -> None:
    recorder.record([message(violation(1, "closed"), 0), message(violation(1), 1)])
    assert rows(database, "SELECT what FROM violations") == [("closed",)]


def test_that_offsets_that_were_recorded_are_not_recorded_again(database: Postgres, recorder: Recorder) -> None:
    recorder.record(alerts(5))
    recorder.record(alerts(8))
    assert kinds(database) == ["alert"] * 8
    assert recorder.offsets() == {(ALERTS, 0): ("one", 8)}


def test_that_an_id_that_comes_again_is_dropped_in_one_batch_and_across_batches(
    database: Postgres, recorder: Recorder
) -> None:
    again = alert(1, emitted_at=at(99), detected_at=at(98))
    recorder.record([message(alert(1), 0), message(again, 1), message(violation(1), 0)])
    recorder.record([message(again, 2), message(violation(1, samplesfrom=3), 1)])
    assert kinds(database) == ["alert", "violation"]
    assert recorder.offsets()[ALERTS, 0] == ("one", 3)


def test_that_another_content_under_the_same_id_is_kept_in_the_chain_as_a_conflict(
    database: Postgres, recorder: Recorder
) -> None:
    recorder.record([message(alert(1), 0), message(alert(1, value=130.0), 1)])
    recorder.record([message(alert(1, value=131.0), 2), message(alert(1), 3)])
    assert kinds(database) == ["alert", "conflict", "conflict"]
    bodies = [
        json.loads(row[0]) for row in rows(database, "SELECT body FROM audit WHERE kind = 'conflict' ORDER BY seq")
    ]
    assert [body["record"]["data"]["value"] for body in bodies] == [130, 131]
    assert len(rows(database, "SELECT FROM alerts")) == 1
    assert whole(database) == 3


def test_that_a_violation_opens_only_once_whatever_ids_its_messages_have(
    database: Postgres, recorder: Recorder
) -> None:
    recorder.record([message(violation(1), 0), message(violation(1, id=str(uuid("else"))), 1)])
    recorder.record([message(violation(1, id=str(uuid("other"))), 2)])
    assert kinds(database) == ["violation", "conflict", "conflict"]


def test_that_a_hole_in_a_topic_is_recorded(database: Postgres, recorder: Recorder) -> None:
    recorder.record(alerts(2))
    recorder.record(alerts(2, first=7))
    assert kinds(database) == ["alert", "alert", "gap", "alert", "alert"]
    record = json.loads(rows(database, "SELECT body FROM audit WHERE kind = 'gap'")[0][0])["record"]
    assert (record["first_missing"], record["next"]) == (2, 7)


def test_that_a_topic_that_begins_behind_its_first_offset_is_no_hole_at_first(
    database: Postgres, recorder: Recorder
) -> None:
    recorder.record(alerts(2, first=7))
    assert kinds(database) == ["alert", "alert"]


def test_that_a_topic_made_anew_is_recorded_from_its_start_and_said(database: Postgres, recorder: Recorder) -> None:
    recorder.record(alerts(5))
    anew: list[Item] = [Rewound(ALERTS, "two", 0, 5, 0)]
    anew += [message(alert(number), offset, topic_id="two") for offset, number in enumerate([3, 100, 101])]
    for _ in range(2):  # a commit whose answer was lost
        recorder.record(anew)
    assert kinds(database) == ["alert"] * 5 + ["new_topic", "alert", "alert"]
    assert recorder.offsets() == {(ALERTS, 0): ("two", 3)}


def test_that_a_capture_is_recorded_once(database: Postgres, recorder: Recorder) -> None:
    recorder.record([message(violation(1), 0)])
    recorder.record([captured(1), captured(1)])
    recorder.record([captured(1, samples=9)])
    assert kinds(database) == ["violation", "capture"]
    assert len(rows(database, "SELECT FROM captured_samples")) == 3


def test_that_captures_are_due_until_they_are_done(
    database: Postgres, recorder: Recorder, stop: threading.Event
) -> None:
    closed = violation(2, "closed")
    late = violation(3, "closed")
    late["data"] |= {"late": True, "end_reason": "late", "ended_at": at(3)}
    recorder.record([message(event, offset) for offset, event in enumerate([violation(1), closed, late])])
    due = recorder.due(10)
    assert [pending.around.isoformat() for pending in due] == [
        "2026-01-01T00:00:01+00:00",
        "2026-01-01T00:00:12+00:00",
        "2026-01-01T00:00:03+00:00",
    ]
    assert (due[0].topic, due[0].partition, due[0].first, due[0].at) == ("well.samples.v1", 0, 0, 60)
    assert [pending.message_id for pending in recorder.due(1)] == [due[0].message_id]
    recorder.record([captured(1)])
    assert [pending.message_id for pending in recorder.due(10)] == [pending.message_id for pending in due[1:]]
    recorder.close()
    patient = Recorder(database, stop, settle_s=3_600)
    assert patient.due(10) == []
    patient.close()


# What the database does not take


@pytest.mark.parametrize(
    "changes",
    [
        {"tag": "nul\0"},
        {"rule_version": 2**63 - 2**10},
        {"constraint_id": "c" * 9_000, "well_id": "".join(map(chr, range(0x4E00, 0x4E00 + 9_000)))},
    ],
)
def test_that_one_message_that_does_not_fit_becomes_a_dead_letter_and_the_others_are_recorded(
    database: Postgres, recorder: Recorder, changes: dict[str, Any]
) -> None:
    batch: list[Item] = [*alerts(3), message(alert(3, **changes), 3), *alerts(2, first=4)]
    recorder.record(batch)
    assert kinds(database) == ["alert", "alert", "alert", "dead_letter", "alert", "alert"]
    assert json.loads(rows(database, "SELECT raw FROM dead_letters")[0][0]) == alert(3, **changes)
    assert whole(database) == 6


def test_that_samples_that_do_not_fit_are_given_up_with_the_reason(database: Postgres, recorder: Recorder) -> None:
    good = captured(1)
    bad = Captured(good.message_id, good.around, "whole", None, [*good.samples, replace(good.samples[0], tag="a\0b")])
    recorder.record([message(violation(1), 0)])
    recorder.record([bad])
    ((outcome, reason, samples),) = rows(database, "SELECT outcome, reason, samples FROM captures")
    assert (outcome, samples) == ("gone", 0)
    assert reason.startswith("samples must fit into the database; PostgreSQL said ")


# What the observer is told


class Told(RecordObserver):
    """Keeps what it was told."""

    def __init__(self) -> None:
        self.records: list[tuple[str, int, datetime | None]] = []
        self.database: list[str] = []

    def stored(self, kind: str, n: int, event_time: datetime | None) -> None:
        self.records.append((kind, n, event_time))

    def waiting(self, reason: str) -> None:
        self.database.append(reason)

    def reachable(self, reachable: bool) -> None:
        self.database.append("reachable" if reachable else "not reachable")


def test_that_the_observer_is_told_what_is_new_of_each_kind(database: Postgres, stop: threading.Event) -> None:
    told = Told()
    recorder = Recorder(database, stop, 0, told)
    happened = to_datetime(START_US)
    recorder.record([*alerts(3), message(b"{", 3), message(violation(7), 0)])
    assert told.records == [
        ("alert", 3, happened + timedelta(seconds=2)),
        ("violation", 1, happened + timedelta(seconds=7)),
    ]
    told.records.clear()
    recorder.record([*alerts(3), message(alert(1), 4), message(alert(1, value=130.0), 5)])
    assert told.records == []  # recorded before, the same id again, a conflict
    recorder.record([captured(7)])
    recorder.record([captured(7)])
    recorder.record([message(alert(8, tag="nul\0"), 6), message(alert(9), 7)])
    assert told.records == [("capture", 1, None), ("alert", 1, happened + timedelta(seconds=9))]
    recorder.close()
    assert set(told.database) == {"reachable"}


def test_that_the_observer_is_told_why_there_is_a_wait_and_that_it_is_over(
    database: Postgres, recorder: Recorder, stop: threading.Event
) -> None:
    told, tries = Told(), threading.Semaphore(0)
    recorder.record(alerts(1))
    second = Recorder(database, stop, 0, told, meanwhile=tries.release)
    waiting = in_thread(lambda: second.record(alerts(2)))
    assert tries.acquire(timeout=120)
    assert set(told.database) == {f"{database.where}: another recorder is connected"}
    assert told.records == []
    recorder.close()
    waiting.join(120)
    second.close()
    assert told.database[-1] == "reachable"
    assert [record[:2] for record in told.records] == [("alert", 1)]


# Two recorders, none, and a database that comes and goes


def in_thread(work: Any) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def test_that_a_second_recorder_waits_until_the_first_has_gone(
    database: Postgres, recorder: Recorder, stop: threading.Event, caplog: pytest.LogCaptureFixture
) -> None:
    recorder.record(alerts(3))
    second = Recorder(database, stop, settle_s=0)
    waiting = in_thread(lambda: second.record(alerts(5)))
    until = time.monotonic() + 120
    while "another recorder is connected" not in caplog.text and time.monotonic() < until:
        time.sleep(0.05)
    assert "database_waited_for attempt=1" in caplog.text
    assert kinds(database) == ["alert"] * 3
    recorder.close()
    waiting.join(120)
    second.close()
    assert kinds(database) == ["alert"] * 5


def test_that_a_wait_ends_when_it_is_told_to(database: Postgres, recorder: Recorder, stop: threading.Event) -> None:
    recorder.offsets()
    second = Recorder(database, stop, settle_s=0)
    ended = []

    def wait() -> None:
        try:
            second.record(alerts(1))
        except KeyboardInterrupt:
            ended.append(True)

    waiting = in_thread(wait)
    stop.set()
    waiting.join(120)
    assert ended == [True]
    assert kinds(database) == []


def test_that_a_connection_that_breaks_midway_neither_loses_nor_doubles(database: Postgres, recorder: Recorder) -> None:
    done = threading.Event()
    rng = random.Random(5)

    def cut() -> None:
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            # Not without end: a transaction takes time, too.
            for _ in range(20):
                if done.wait(rng.uniform(0.0, 0.2)):
                    return
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name = 'welltegra' AND datname = current_database()"
                )

    cutting = in_thread(cut)
    try:
        for first in range(0, 2_000, 100):
            recorder.record(alerts(100, first))
    finally:
        done.set()
        cutting.join()
    assert kinds(database) == ["alert"] * 2_000
    assert [row[0] for row in rows(database, "SELECT alert_id FROM alerts ORDER BY seq")] == [
        uuid("alert", number) for number in range(2_000)
    ]
    assert whole(database) == 2_000


# A database that is not as it must be


def test_that_a_database_without_our_tables_is_refused(postgres: str, stop: threading.Event) -> None:
    with pytest.raises(
        DatabaseBehind, match=r"must have migration 0001_pre_records; has not\. Run: welltegra db migrate"
    ):
        Recorder(Postgres(postgres), stop, settle_s=0).record(alerts(1))


def test_that_a_table_that_was_dropped_is_told(database: Postgres, recorder: Recorder) -> None:
    with database.connect() as connection:
        connection.execute("DROP TABLE alerts")
    with pytest.raises(DatabaseUnfit, match='relation "alerts" does not exist'):
        recorder.record(alerts(1))


def test_that_a_user_who_may_not_record_is_told(database: Postgres, stop: threading.Event) -> None:
    with database.connect() as connection:
        connection.execute("DROP ROLE IF EXISTS looker; CREATE ROLE looker LOGIN PASSWORD 'x'")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker")
    recorder = Recorder(Postgres(make_conninfo(database.dsn, user="looker", password="x")), stop, settle_s=0)
    try:
        with pytest.raises(
            DatabaseDenied, match=r"permission denied for table audit.*Give it the role welltegra_recorder"
        ):
            recorder.record(alerts(1))
    finally:
        recorder.close()
        with database.connect() as connection:
            connection.execute("DROP OWNED BY looker; DROP ROLE looker")


def test_that_recording_is_not_broken_by_being_verified_meanwhile(database: Postgres, recorder: Recorder) -> None:
    found: list[Head | Broken] = []
    recorder.record(alerts(500))
    verifying = in_thread(lambda: found.extend(verify(database) for _ in range(5)))
    for first in range(500, 3_000, 100):
        recorder.record(alerts(100, first))
    verifying.join()
    assert [head for head in found if not isinstance(head, Head)] == []
    assert whole(database) == 3_000


def test_that_the_fixture_migrates(database: Postgres) -> None:
    assert migrate(database) == []
