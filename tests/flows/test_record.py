"""The record flow against a broker and a database: killed, stopped, cut off, and fed with what is no event."""

from __future__ import annotations

import json
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from connectors.kafka.config import Kafka
from connectors.postgres.chain import Head
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from connectors.postgres.verify import verify
from tests.connectors.postgres.events import START_US, WELL, alert, at, violation
from tests.flows.recorders import (
    PATIENCE_S,
    delete_before,
    drop_topics,
    make_topics,
    produce,
    produce_events,
    recording,
    until,
)
from tests.parts.apache_kafka import ApacheKafka, NoKafka
from tests.parts.broker import QUICK_START
from tests.parts.postgres import open_folder
from welltegra.embedded.postgres import EmbeddedPostgres


@pytest.fixture
def database(migrated: str) -> Postgres:
    return Postgres(migrated)


def ask(database: Postgres, query: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return connection.execute(query).fetchall()


def count(database: Postgres, table: str = "audit") -> int:
    return int(ask(database, f"SELECT count(*) FROM {table}")[0][0])  # noqa: S608  # names and times of our own


def has(database: Postgres, number: int, table: str = "audit") -> bool:
    return count(database, table) >= number


def assert_whole(database: Postgres) -> None:
    head = verify(database)
    assert isinstance(head, Head), head


def assert_recorded_as_sent(database: Postgres, events: list[dict[str, Any]], partitions: int = 2) -> None:
    """Every event once, those of a partition in its order, and a whole chain."""
    assert_whole(database)
    bodies = [json.loads(row[0]) for row in ask(database, "SELECT body FROM audit ORDER BY seq")]
    assert Counter(body["kind"] for body in bodies) == Counter(
        "violation" if "violation" in event["type"] else "alert" for event in events
    )
    for partition in range(partitions):
        for topic in ("alerts", "violations"):
            sent = [
                event["id"]
                for number, event in enumerate(events)
                if number % partitions == partition and (topic == "violations") == ("violation" in event["type"])
            ]
            assert [
                body["id"]
                for body in bodies
                if body["origin"]["partition"] == partition and topic in body["origin"]["topic"]
            ] == sent


def test_that_everything_is_recorded_once_and_sigterm_stops_it(
    kafka: Kafka, database: Postgres, tmp_path: Path
) -> None:
    make_topics(kafka)
    events = [alert(number) if number % 5 else violation(number) for number in range(500)]
    produce_events(kafka, events[:250])
    for how, sent in ((signal.SIGTERM, 250), (signal.SIGINT, 500)):
        with recording(kafka, database.dsn, tmp_path / "log", settle_s=3_600) as recorder:
            until(partial(has, database, sent), f"{sent} recorded", recorder)
            assert recorder.terminate(how) == 0
            assert "record_stopped" in recorder.said()
            assert "Traceback" not in recorder.said()
        produce_events(kafka, events[250:] if sent == 250 else [])
    assert_recorded_as_sent(database, events)


@pytest.mark.slow
def test_that_killed_recorders_neither_lose_nor_double(kafka: Kafka, database: Postgres, tmp_path: Path) -> None:
    make_topics(kafka)
    events: list[dict[str, Any]] = []
    rng = random.Random(3)
    for kill in range(6):
        before = count(database)
        # However much is recorded, each has more before it than it does at once. Even: the partitions take turns.
        more = [alert(number) for number in range(len(events), before // 2 * 2 + 2_000)]
        produce_events(kafka, more)
        events += more
        with recording(kafka, database.dsn, tmp_path / str(kill), settle_s=3_600) as recorder:
            until(partial(has, database, before + 1), "more recorded", recorder)
            time.sleep(rng.uniform(0, 0.1))
            recorder.kill9()
    with recording(kafka, database.dsn, tmp_path / "log", settle_s=3_600) as recorder:
        until(lambda: count(database) >= len(events), "all recorded", recorder)
        until(lambda: "record_started" in recorder.said(), "it runs", recorder)
        assert recorder.terminate() == 0
    assert_recorded_as_sent(database, events)


def test_that_what_is_no_event_is_kept_with_its_bytes(kafka: Kafka, database: Postgres, tmp_path: Path) -> None:
    make_topics(kafka)
    hostile = [
        b"",
        b"\x00\xff\xfe",
        b"{}",
        json.dumps(violation(1)).encode(),
        json.dumps(alert(1, tag="nul\0")).encode(),
        json.dumps(alert(1, breaching_samples=2**60)).encode(),
        b"[" * 200_000,
    ]
    produce(kafka, [("alerts", 0, value, {}) for value in [*hostile, None, json.dumps(alert(2)).encode()]])
    with recording(kafka, database.dsn, tmp_path / "log") as recorder:
        until(lambda: count(database, "alerts") == 1, "the good one recorded", recorder)
        assert recorder.terminate() == 0
    found = ask(database, "SELECT kafka_offset, raw, reason FROM dead_letters ORDER BY seq")
    assert [(offset, raw) for offset, raw, _ in found] == list(enumerate([*hostile, b""]))
    assert all(reason for _, _, reason in found)
    assert_whole(database)


@pytest.mark.slow
def test_that_a_topic_made_anew_is_read_from_its_start(kafka: Kafka, database: Postgres, tmp_path: Path) -> None:
    for first, recorded in ((0, 50), (100, 100)):
        make_topics(kafka)
        produce_events(kafka, [alert(number) for number in range(first, first + 50)])
        with recording(kafka, database.dsn, tmp_path / "log") as recorder:
            until(partial(has, database, recorded, "alerts"), "recorded", recorder)
            assert recorder.terminate() == 0
        drop_topics(kafka)
    assert Counter(row[0] for row in ask(database, "SELECT kind FROM audit")) == {"alert": 100, "new_topic": 2}
    assert_whole(database)


def test_that_a_topic_that_is_not_there_is_named(kafka: Kafka, database: Postgres, tmp_path: Path) -> None:
    with recording(kafka, database.dsn, tmp_path / "log") as recorder:
        assert recorder.process.wait(PATIENCE_S) != 0
        assert f"topic {kafka.topic('well.alerts.v1')}: the brokers must serve it" in recorder.said()
        assert "Run `welltegra topics create`." in recorder.said()


# A database that comes and goes, and brokers


@contextmanager
def on_its_own(folder: Path) -> Iterator[ApacheKafka]:
    """Yield a broker that no other test uses, because it is to be killed."""
    try:
        with ApacheKafka(folder, java=QUICK_START) as found:
            yield found
    except NoKafka as error:
        pytest.skip(f"NOT PROVEN: {error}" if error.out_of_reach else str(error))


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    folder = open_folder()
    try:
        with EmbeddedPostgres(folder) as found:
            migrate(Postgres(found.dsn))
            yield found
    finally:
        shutil.rmtree(folder)


def rss_kb(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise AssertionError("a process has a size")


@pytest.mark.slow
def test_that_a_database_that_is_gone_is_waited_for_with_flat_memory_and_caught_up_with_in_order(
    kafka: Kafka, server: EmbeddedPostgres, tmp_path: Path
) -> None:
    make_topics(kafka)
    database = Postgres(server.dsn)
    events = [alert(number, message="x" * 10_000) for number in range(3_000)]
    produce_events(kafka, events[:100])
    with recording(kafka, database.dsn, tmp_path / "log", settle_s=3_600) as recorder:
        until(lambda: count(database) == 100, "the first recorded", recorder)
        for end in (server.kill9, server.stop):
            end()
            until(lambda: "database_waited_for attempt=3" in recorder.said(), "it says that it waits", recorder)
            small = rss_kb(recorder.process.pid)
            if end == server.kill9:
                produce_events(kafka, events[100:])
                time.sleep(3)
                # 30 MB wait in the topic; it holds no more of them than it fetches ahead.
                assert rss_kb(recorder.process.pid) - small < 20_000
            server.start()
            until(
                lambda: recorder.said().rstrip().endswith(")") or "database_back" in recorder.said(),
                "it is back",
                recorder,
            )
        until(lambda: count(database) == len(events), "all recorded", recorder)
        assert recorder.terminate() == 0
    assert_recorded_as_sent(database, events)


def test_that_a_recorder_stops_also_while_it_waits_for_the_database(
    kafka: Kafka, server: EmbeddedPostgres, tmp_path: Path
) -> None:
    make_topics(kafka)
    server.stop()
    with recording(kafka, server.dsn, tmp_path / "log") as recorder:
        until(lambda: "database_waited_for" in recorder.said(), "it says that it waits", recorder)
        assert recorder.terminate() == 0
        assert "Traceback" not in recorder.said()


@pytest.mark.slow
def test_that_only_one_of_two_recorders_records(kafka: Kafka, database: Postgres, tmp_path: Path) -> None:
    make_topics(kafka)
    events = [alert(number) for number in range(200)]
    with recording(kafka, database.dsn, tmp_path / "one") as first:
        produce_events(kafka, events[:100])
        until(lambda: count(database) == 100, "the first recorded", first)
        with recording(kafka, database.dsn, tmp_path / "two") as second:
            until(lambda: "another recorder is connected" in second.said(), "the second waits", second)
            produce_events(kafka, events[100:])
            until(lambda: count(database) == 200, "all recorded", first)
            first.kill9()
            until(lambda: "database_back" in second.said(), "the second takes over", second)
            assert second.terminate() == 0
    assert_recorded_as_sent(database, events)


# The samples around a violation


def scan(second: float, well: str = WELL, value: str = "57.50") -> bytes:
    return (
        f'{{"well_id": "{well}", "time": "{at(second)}", "values": {{"pump_rate": {value}, "other": null}}}}'.encode()
    )


def test_that_the_samples_around_a_violation_are_captured_digit_for_digit(
    kafka: Kafka, database: Postgres, tmp_path: Path
) -> None:
    make_topics(kafka)
    # The topic's times are those of the samples, one a second; messages 0 to 399, the violation at message 200.
    produce(
        kafka,
        [("samples", 0, scan(second), {"timestamp": START_US // 1000 + second * 1000}) for second in range(400)],
    )
    where: dict[str, Any] = {"samplestopic": kafka.topic("well.samples.v1"), "samplesfrom": 130, "samplesat": 200}
    produce_events(
        kafka, [violation(200, **where), violation(200, "closed", **{**where, "samplesat": 210})], partitions=1
    )
    with recording(kafka, database.dsn, tmp_path / "log") as recorder:
        until(lambda: count(database, "captures") == 2, "both captured", recorder)
        assert recorder.terminate() == 0
    assert ask(database, "SELECT outcome, reason, samples FROM captures ORDER BY seq") == [("whole", None, 242)] * 2
    bounds = (
        "SELECT seq, min(kafka_offset), max(kafka_offset), count(DISTINCT tag)"
        " FROM captured_samples GROUP BY seq ORDER BY seq"
    )
    assert [row[1:] for row in ask(database, bounds)] == [(140, 260, 2), (150, 270, 2)]
    assert {row[0] for row in ask(database, "SELECT DISTINCT value FROM captured_samples")} == {"57.50", None}
    assert_whole(database)


@pytest.mark.kafka
@pytest.mark.slow
def test_that_brokers_that_are_gone_are_waited_for(database: Postgres, tmp_path: Path) -> None:
    with on_its_own(tmp_path / "kafka") as server:
        kafka = Kafka({"bootstrap.servers": server.bootstrap})
        make_topics(kafka)
        events = [alert(number) for number in range(300)]
        produce_events(kafka, events[:100])
        with recording(kafka, database.dsn, tmp_path / "log", settle_s=3_600) as recorder:
            until(lambda: count(database) == 100, "the first recorded", recorder)
            server.kill9()
            until(lambda: "kafka_error" in recorder.said(), "it says that they are gone", recorder)
            server.start()
            produce_events(kafka, events[100:200])
            until(lambda: count(database) == 200, "it goes on", recorder)
            assert recorder.terminate() == 0
        server.kill9()
        with recording(kafka, database.dsn, tmp_path / "again", settle_s=3_600) as recorder:
            until(lambda: "kafka_error" in recorder.said(), "it says that they are gone", recorder)
            server.start()
            produce_events(kafka, events[200:])
            until(lambda: count(database) == 300, "it begins", recorder)
            assert recorder.terminate() == 0
    assert_recorded_as_sent(database, events)


@pytest.mark.kafka
@pytest.mark.slow
def test_that_what_retention_deleted_is_said_of_records_and_of_samples(
    database: Postgres, apache_kafka: ApacheKafka, tmp_path: Path
) -> None:
    kafka = Kafka({"bootstrap.servers": apache_kafka.bootstrap}, prefix="retention.")
    make_topics(kafka)
    produce(
        kafka, [("samples", 0, scan(second), {"timestamp": START_US // 1000 + second * 1000}) for second in range(400)]
    )
    where: dict[str, Any] = {"samplestopic": kafka.topic("well.samples.v1"), "samplesfrom": 130, "samplesat": 200}
    gone = {**where, "samplesfrom": 50, "samplesat": 100}
    never = {**where, "samplesfrom": 5_000, "samplesat": 5_060}
    produce_events(kafka, [alert(number) for number in range(10)], partitions=1)
    with recording(kafka, database.dsn, tmp_path / "log") as recorder:
        until(lambda: count(database) == 10, "the first recorded", recorder)
        assert recorder.terminate() == 0
    produce_events(kafka, [alert(number) for number in range(10, 20)], partitions=1)
    produce_events(kafka, [violation(200, **where), violation(100, **gone), violation(99, **never)], partitions=1)
    delete_before(kafka, "samples", 150)
    delete_before(kafka, "alerts", 15)
    with recording(kafka, database.dsn, tmp_path / "log") as recorder:
        until(lambda: count(database, "captures") == 3, "all captured", recorder)
        until(lambda: count(database, "alerts") == 15, "the others recorded", recorder)
        assert recorder.terminate() == 0
    assert ask(database, "SELECT body::json -> 'record' ->> 'next' FROM audit WHERE kind = 'gap'") == [("15",)]
    assert ask(database, "SELECT outcome, samples, reason FROM captures ORDER BY seq") == [
        ("partial", 222, "retention had deleted samples before it: the topic began at offset 150"),
        ("gone", 0, "retention had deleted its samples: the topic began at offset 150"),
        ("gone", 0, "the topic of its samples no longer reaches to offset 5060; it was made anew"),
    ]
    assert_whole(database)
