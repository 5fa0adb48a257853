"""Both brokers do what the tests rely on: they answer, keep what they were given, and end."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from connectors.kafka.cluster import Cluster
from connectors.kafka.config import Kafka
from tests.parts.apache_kafka import ApacheKafka
from tests.parts.broker import QUICK_START, on_apache
from tests.parts.listeners import LOOPBACK, LOOPBACK_IN_SIX, listeners, needs_proc
from tests.parts.topic import wait_until_served

WITHIN_S = 120.0


def write(kafka: Kafka, topic: str, texts: list[str]) -> None:
    producer = Producer(kafka.client(enable_idempotence=True))
    for text in texts:
        producer.produce(topic, text.encode(), partition=0)
    assert producer.flush(WITHIN_S) == 0


def create(kafka: Kafka, topic: str) -> None:
    admin = AdminClient({**kafka.client()})  # what it promised goes with it
    for future in admin.create_topics([NewTopic(topic, 1)]).values():
        future.result(WITHIN_S)
    wait_until_served(kafka, topic)


def read(kafka: Kafka, topic: str, count: int) -> list[str]:
    consumer = Consumer(kafka.client(group_id="test", enable_auto_commit=False))
    try:
        consumer.assign([TopicPartition(topic, 0, 0)])
        found: list[str] = []
        until = time.monotonic() + WITHIN_S
        while len(found) < count and time.monotonic() < until:
            messages = consumer.consume(count - len(found), timeout=1.0)
            found += [(message.value() or b"").decode() for message in messages if message.error() is None]
        return found
    finally:
        consumer.close()


def test_that_a_broker_gives_back_what_it_was_given(kafka: Kafka) -> None:
    create(kafka, kafka.topic("letters"))
    write(kafka, kafka.topic("letters"), ["a", "b", "c"])
    assert read(kafka, kafka.topic("letters"), 3) == ["a", "b", "c"]


def test_that_the_broker_is_the_one_that_was_asked_for(kafka: Kafka) -> None:
    assert (Cluster(kafka).brokers == [1]) == on_apache()


@needs_proc
@pytest.mark.kafka
def test_that_apache_kafka_listens_on_loopback_alone(apache_kafka: ApacheKafka) -> None:
    found = listeners(apache_kafka.pid)
    assert apache_kafka.port in {port for _, port in found}
    assert {address for address, _ in found} <= {LOOPBACK, LOOPBACK_IN_SIX}


@pytest.mark.kafka
@pytest.mark.slow
def test_that_apache_kafka_has_its_data_after_a_kill_and_after_a_stop(
    apache_kafka: ApacheKafka, tmp_path: Path
) -> None:
    assert apache_kafka.port  # so that it is skipped where there is none
    with ApacheKafka(tmp_path, java=QUICK_START) as server:
        kafka = Kafka({"bootstrap.servers": server.bootstrap})
        create(kafka, "letters")
        write(kafka, "letters", ["a", "b"])
        server.kill9()
        server.start()
        write(kafka, "letters", ["c"])
        server.restart()
        assert read(kafka, "letters", 3) == ["a", "b", "c"]
