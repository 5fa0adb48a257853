"""The sink of scans: each well in its partition, in order, every delivery counted, also while the brokers are gone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from connectors.kafka import cluster, scan_sink
from connectors.kafka.cluster import TopicMissing
from connectors.kafka.config import Kafka
from connectors.kafka.errors import KafkaFailed
from connectors.kafka.partition import partition_of
from connectors.kafka.scan_sink import DeliveryObserver, ScanMessage, ScanPart, ScanSink
from connectors.kafka.topics import MOST_BYTES_OF_SAMPLES, TopicPlan, create_topics
from schemas.topics import SAMPLES
from tests.parts.frozen_broker import FrozenBroker
from tests.parts.topic import read_topic, values
from tests.system.site import wait_until

PARTITIONS = 4


class Told(DeliveryObserver):
    def __init__(self) -> None:
        self.scans = {False: 0, True: 0}
        self.waiting = self.lost_scans = 0
        self.reachable: list[bool] = []

    def delivered(self, backfill: bool) -> None:
        self.scans[backfill] += 1

    def undelivered(self, scans: int) -> None:
        self.waiting = scans

    def lost(self, shard: int, messages: int) -> None:
        del shard
        self.lost_scans += messages

    def kafka(self, reachable: bool, reason: str) -> None:
        del reason
        if not self.reachable or self.reachable[-1] is not reachable:
            self.reachable.append(reachable)


@pytest.fixture
def topics(kafka: Kafka) -> Kafka:
    create_topics(kafka, TopicPlan(partitions=PARTITIONS))
    return kafka


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[FrozenBroker]:
    """Yield a broker of the test's own, which can be made to say nothing for a while."""
    with FrozenBroker(tmp_path) as found:
        create_topics(found.kafka, TopicPlan(partitions=PARTITIONS))
        yield found


def message(number: int) -> ScanMessage:
    return ScanMessage(f"W-{number % 7}", f"scan {number}".encode(), 1, number % 5 == 0)


def part(kafka: Kafka, stop: threading.Event | None = None, told: DeliveryObserver | None = None) -> ScanPart:
    return ScanSink(kafka, stop or threading.Event(), told or Told()).build("scans", 0, 1)


def test_that_each_well_is_in_its_partition_in_order_and_every_delivery_is_told(
    topics: Kafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A broker on a slow machine is not gone.
    monkeypatch.setattr(cluster, "_ASK_S", 60.0)
    monkeypatch.setattr(scan_sink, "_GONE_S", 60.0)
    sent, told = [message(number) for number in range(500)], Told()
    with closing(part(topics, told=told)) as sink:
        sink.write_batch(sent[:300])
        sink.write_batch(sent[300:])
        # Also while nothing more is written.
        wait_until(lambda: sum(told.scans.values()) == 500, "every delivery")
    assert told.scans == {False: 400, True: 100}
    assert (told.lost_scans, told.reachable) == (0, [True])
    for partition, messages in read_topic(topics, SAMPLES).items():
        own = [each for each in sent if partition_of(each.well, PARTITIONS) == partition]
        assert values(messages) == [each.value for each in own]
        assert [each.key() for each in messages] == [each.well.encode() for each in own]


def test_that_it_waits_for_brokers_that_are_gone_and_loses_nothing(
    frozen: FrozenBroker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scan_sink, "_MOST_MESSAGES", 100)
    monkeypatch.setattr(scan_sink, "_GONE_S", 0.5)
    monkeypatch.setattr(scan_sink, "_TELL_EVERY_S", 0.1)
    told, sent = Told(), [message(number) for number in range(300)]
    with closing(part(frozen.kafka, told=told)) as sink:
        sink.write_batch(sent[:1])
        wait_until(lambda: sum(told.scans.values()) == 1, "the first delivery")
        with frozen.still():
            writer = threading.Thread(target=sink.write_batch, args=(sent[1:],))
            writer.start()
            wait_until(lambda: told.reachable[-1:] == [False], "that it is gone is told")
            assert writer.is_alive()
            assert told.waiting <= 100
        writer.join(60)
        wait_until(lambda: sum(told.scans.values()) == 300, "every delivery")
        wait_until(lambda: told.reachable[-1:] == [True], "that it is back is told")
    assert any(said.startswith("kafka_waited_for") and "nothing was acknowledged" in said for said in caplog.messages)
    found = read_topic(frozen.kafka, SAMPLES)
    assert sorted(value for each in found.values() for value in values(each)) == sorted(each.value for each in sent)
    for partition, messages in found.items():
        own = [each.value for each in sent if partition_of(each.well, PARTITIONS) == partition]
        assert values(messages) == own


def test_that_a_stop_does_not_wait_for_brokers_that_are_gone_and_counts_what_is_lost(
    frozen: FrozenBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan_sink, "_MOST_MESSAGES", 100)
    monkeypatch.setattr(scan_sink, "LAST_WORDS_S", 0.5)
    told, stop = Told(), threading.Event()
    sink = ScanSink(frozen.kafka, stop, told)
    one = sink.build("scans", 0, 1)
    with frozen.still():
        stop.set()
        one.write_batch([message(number) for number in range(250)])
        one.close()
    assert sink.lost == told.lost_scans == 250


def test_that_what_the_brokers_refuse_for_good_is_an_error(topics: Kafka) -> None:
    with closing(part(topics)) as sink, pytest.raises(KafkaFailed, match=r"Raise max\.message\.bytes"):
        sink.write_batch([ScanMessage("W-1", b"x" * (MOST_BYTES_OF_SAMPLES + 1), 1)])


def test_that_a_missing_topic_is_told_with_what_to_run(kafka: Kafka) -> None:
    with pytest.raises(TopicMissing, match="welltegra topics create"):
        part(kafka)


def test_that_a_stop_ends_the_wait_for_brokers_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan_sink, "LAST_WORDS_S", 0.1)
    stop, told = threading.Event(), Told()
    nowhere = Kafka({"bootstrap.servers": "127.0.0.1:1"})
    sink = ScanSink(nowhere, stop, told)
    built: list[ScanPart] = []
    builder = threading.Thread(target=lambda: built.append(sink.build("scans", 0, 1)))
    builder.start()
    wait_until(lambda: told.reachable == [False], "that it waits is told")
    stop.set()
    builder.join(60)
    (one,) = built
    one.write_batch([message(1)])
    one.close()
    assert sink.lost == 1
