"""Topics for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from confluent_kafka import Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from connectors.kafka.config import Kafka
from tests.parts.topic import wait_until_served

ANSWERS_WITHIN_S = 120.0

Headers = list[tuple[str, str | bytes | None]]


def make_topic(kafka: Kafka, name: str, partitions: int = 1, settings: Mapping[str, str] | None = None) -> str:
    """Make a topic; return what it is called, once it is served."""
    topic = kafka.topic(name)
    new = NewTopic(topic, partitions, 1, config=dict(settings or {}))
    admin = AdminClient(kafka.client())  # kept: without it the answer does not come
    admin.create_topics([new])[topic].result(ANSWERS_WITHIN_S)
    wait_until_served(kafka, topic)
    return topic


def send(kafka: Kafka, topic: str, values: Sequence[bytes], partition: int = 0, headers: Headers | None = None) -> None:
    """Put messages on a partition."""
    producer = Producer(kafka.client(linger_ms=5))
    for value in values:
        producer.produce(topic, value, partition=partition, headers=headers or [])
    assert producer.flush(ANSWERS_WITHIN_S) == 0


def delete_before(kafka: Kafka, topic: str, offset: int) -> None:
    """Delete the messages of partition 0 before `offset`, as retention does."""
    admin = AdminClient(kafka.client())
    for deleted in admin.delete_records([TopicPartition(topic, 0, offset)]).values():
        deleted.result(ANSWERS_WITHIN_S)
