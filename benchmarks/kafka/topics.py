"""Topics of a workload: made and filled once, and emptied of alerts between two runs."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from benchmarks.judging import Event
from benchmarks.kafka.stream import Load, rule_message
from connectors.kafka.config import Kafka
from connectors.kafka.rules import write_rules
from connectors.kafka.topics import TopicPlan, create_topics
from rules.rule_set import RuleSet
from schemas.topics import ALERTS, ARROW, CONTENT_TYPE, DEAD_LETTERS, SAMPLES, VIOLATIONS

# What peers tell, too; ours tells more, as that a tag has fallen silent.
LEVEL_CHANGES = frozenset({"raised", "escalated", "deescalated", "cleared"})
_WRITTEN = (ALERTS, VIOLATIONS, DEAD_LETTERS)
_ASK_S = 30.0
_RULES_AT_A_TIME = 1000


class Told(msgspec.Struct):
    """What a peer says of a change of level; ours says it inside an event."""

    well_id: str
    tag: str
    transition: str
    time: datetime


class Enveloped(msgspec.Struct):
    """An event of ours."""

    data: Told


class Alert(NamedTuple):
    """A change of level, and when the broker had it [s since epoch]."""

    event: Event
    appended: float


class Topics:
    """The topics under a prefix on a broker."""

    def __init__(self, bootstrap: str, prefix: str, partitions: int) -> None:
        self.kafka = Kafka({"bootstrap.servers": bootstrap}, prefix)
        self.partitions = partitions
        self._admin = AdminClient(self.kafka.client())

    def create(self, rule_sets: Iterable[RuleSet]) -> None:
        """Make the topics, with the rules active."""
        create_topics(self.kafka, TopicPlan(partitions=self.partitions, replication=1))
        messages = []
        for rule_set in rule_sets:
            messages.append(rule_message(rule_set))
            if len(messages) == _RULES_AT_A_TIME:
                write_rules(self.kafka, messages)
                messages.clear()
        write_rules(self.kafka, messages)

    def fill(self, load: Load) -> int:
        """Write the samples of a load; return how many messages they are."""
        topic = self.kafka.topic(SAMPLES)
        failed: list[KafkaError] = []

        def on_delivery(error: KafkaError | None, _message: Message) -> None:
            if error is not None:
                failed.append(error)

        producer = Producer(
            self.kafka.client(
                enable_idempotence=True,
                linger_ms=20,
                compression_type="lz4",
                delivery_report_only_error=True,
                message_max_bytes=4_000_000,
                queue_buffering_max_messages=500_000,
            )
            | {"on_delivery": on_delivery}
        )
        headers: list[tuple[str, str | bytes | None]] | None = None
        if load.kind == "arrow":
            headers = [(CONTENT_TYPE, ARROW)]
        number = 0
        for number, one in enumerate(load.messages(), 1):
            while True:
                try:
                    producer.produce(topic, one.value, one.key, one.partition, headers=headers)
                except BufferError:
                    producer.poll(0.1)
                else:
                    break
            if not number % 10_000:
                producer.poll(0)
        while producer.flush(1.0):
            pass
        if failed:
            raise RuntimeError(f"topic {topic}: every sample must be delivered; the broker said {failed[0].str()!r}.")
        return number

    def empty_alerts(self) -> None:
        """Delete what a run wrote: the next one finds topics as new, and no id that it must not write again."""
        ends = [
            TopicPartition(self.kafka.topic(name), partition, -1)  # up to the end
            for name in _WRITTEN
            for partition in range(self.partitions)
        ]
        for future in self._admin.delete_records(ends, request_timeout=_ASK_S).values():
            future.result()

    def watch(self) -> Watch:
        """Return what reads the alerts of a run, from the first that there is."""
        return Watch(self.kafka, self.partitions)

    def count(self, name: str) -> int:
        """Return how many messages a topic has."""
        consumer = Consumer(self.kafka.client(group_id="bench-count"))
        try:
            ends = [
                consumer.get_watermark_offsets(TopicPartition(self.kafka.topic(name), partition), timeout=_ASK_S)
                for partition in range(self.partitions)
            ]
        finally:
            consumer.close()
        return sum(end - first for first, end in ends)


class Watch:
    """Reads the topic of alerts as it grows, without taking much from those that are measured."""

    def __init__(self, kafka: Kafka, partitions: int) -> None:
        self.alerts: list[Alert] = []
        self.others: dict[str, int] = {}
        self._consumer = Consumer(
            kafka.client(group_id="bench-watch", enable_auto_commit=False, auto_offset_reset="earliest")
        )
        topic = kafka.topic(ALERTS)
        self._consumer.assign(
            [
                TopicPartition(
                    topic, at, self._consumer.get_watermark_offsets(TopicPartition(topic, at), timeout=_ASK_S)[0]
                )
                for at in range(partitions)
            ]
        )
        self._decode_ours = msgspec.json.Decoder(Enveloped).decode
        self._decode_peers = msgspec.json.Decoder(Told).decode

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def take(self, wait_s: float = 0.1) -> None:
        """Take in what has come."""
        for message in self._consumer.consume(1000, wait_s):
            error = message.error()
            if error is not None:
                raise KafkaException(error)
            value = message.value() or b""
            told = self._decode_ours(value).data if message.headers() else self._decode_peers(value)
            if told.transition not in LEVEL_CHANGES:
                self.others[told.transition] = self.others.get(told.transition, 0) + 1
                continue
            event = Event(told.well_id, told.tag, told.transition, told.time)
            self.alerts.append(Alert(event, message.timestamp()[1] / 1000))

    def take_the_rest(self, quiet_s: float = 0.5) -> None:
        """Take in what still comes until nothing has for a while; who wrote it has ended."""
        until = time.monotonic() + quiet_s
        while time.monotonic() < until:
            before = len(self.alerts) + sum(self.others.values())
            self.take()
            if len(self.alerts) + sum(self.others.values()) > before:
                until = time.monotonic() + quiet_s

    def has(self, wells: Sequence[str]) -> bool:
        """Return whether there is an alert of each of these wells."""
        return set(wells) <= {alert.event.well_id for alert in self.alerts}
