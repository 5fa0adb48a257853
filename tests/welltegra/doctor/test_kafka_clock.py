"""The brokers' clock: by the samples that arrive while one looks; nothing is written to show it."""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from confluent_kafka import Consumer, Message, Producer, TopicPartition

from connectors.kafka.cluster import Cluster
from connectors.kafka.config import Kafka
from connectors.kafka.topics import TopicPlan, create_topics
from schemas.topics import SAMPLES
from tests.parts.apache_kafka import ApacheKafka
from welltegra.doctor.clock import Ahead
from welltegra.doctor.kafka_clock import bounds, look
from welltegra.doctor.result import Result, State
from welltegra.embedded.broker import EmbeddedBroker


class Stored:
    """A message as the broker stored it."""

    def __init__(self, offset: int, at_ms: int) -> None:
        self._offset, self._at_ms = offset, at_ms

    def offset(self) -> int:
        return self._offset

    def partition(self) -> int:
        return 3

    def timestamp(self) -> tuple[int, int]:
        return 2, self._at_ms


@pytest.mark.parametrize(
    "offset, at_ms, expected",
    [
        (7, 100_500, Ahead(-0.5, 0.501)),  # stored between asking at 100 and having it at 101
        (9, 103_000, Ahead(2.0, 3.001)),
        (6, 90_000, Ahead(-10.25, math.inf)),  # stored long ago: says only that the clock is not behind that
        (6, 103_000, Ahead(2.75, math.inf)),
    ],
)
def test_that_a_message_bounds_the_clock_by_when_it_can_have_been_stored(
    offset: int, at_ms: int, expected: Ahead
) -> None:
    message = cast(Message, Stored(offset, at_ms))
    found = bounds(message, {3: 7}, asked=100.0, told=100.25, received=101.0)
    assert (found.least, found.most) == pytest.approx((expected.least, expected.most))


@contextmanager
def samples_coming(kafka: Kafka) -> Iterator[None]:
    producer, ended = Producer(kafka.client()), threading.Event()

    def send() -> None:
        while not ended.wait(0.02):
            producer.produce(kafka.topic(SAMPLES), b"sample", b"W-1")
            producer.poll(0)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(30)
        producer.flush(30)


@pytest.fixture(autouse=True)
def slow_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let brokers answer at the pace of the machine."""
    monkeypatch.setattr("welltegra.doctor.kafka_clock._ANSWERS_WITHIN_S", 60.0)


def look_until_seen(kafka: Kafka, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Look as long as it takes to see a sample that comes: then a look ends."""
    with monkeypatch.context() as patched:
        patched.setattr("welltegra.doctor.kafka_clock._LOOKS_FOR_S", 60.0)
        return look(kafka, cluster)


def prepared(kafka: Kafka) -> Cluster:
    create_topics(kafka, TopicPlan(partitions=3, replication=1))
    return Cluster(kafka)


def written(kafka: Kafka, cluster: Cluster) -> int:
    consumer = Consumer(kafka.client(group_id="test"))
    try:
        name = kafka.topic(SAMPLES)
        ends = [consumer.get_watermark_offsets(TopicPartition(name, each), timeout=30)[1] for each in range(3)]
    finally:
        consumer.close()
    return sum(ends)


def test_that_a_topic_without_samples_is_not_asked_and_stays_without(kafka: Kafka) -> None:
    cluster = prepared(kafka)
    result = look(kafka, cluster)
    assert result.state is State.NOT_ASKED
    assert "run this again while samples come" in result.found, result
    assert written(kafka, cluster) == 0


def test_that_a_missing_topic_is_not_asked(kafka: Kafka) -> None:
    assert look(kafka, Cluster(kafka)).state is State.NOT_ASKED


def test_that_times_of_who_sent_are_not_taken_for_the_brokers(apart: Kafka, monkeypatch: pytest.MonkeyPatch) -> None:
    cluster = prepared(apart)
    with samples_coming(apart):
        result = look_until_seen(apart, cluster, monkeypatch)
    assert (result.state, "those of who sent" in result.found) == (State.NOT_ASKED, True)


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Kafka]:
    """Yield the embedded broker, which keeps the times of who sent; Apache Kafka does as our topics say."""
    with EmbeddedBroker(tmp_path / "broker") as broker:
        yield Kafka({"bootstrap.servers": broker.bootstrap})


@pytest.mark.kafka
def test_that_the_clock_of_a_broker_on_this_machine_is_ours(
    apache_kafka: ApacheKafka, monkeypatch: pytest.MonkeyPatch
) -> None:
    kafka = Kafka({"bootstrap.servers": apache_kafka.bootstrap}, "doctor-clock.")
    cluster = prepared(kafka)
    with samples_coming(kafka):
        result = look_until_seen(kafka, cluster, monkeypatch)
    assert (result.state, "give or take" in result.found) == (State.OK, True)
    # Once none come any more, the last is not ahead of us, and more cannot be said.
    assert look(kafka, cluster).state is State.NOT_ASKED
