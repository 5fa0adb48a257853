"""The brokers' clock, read from the times that they put on samples which arrive while we look. Nothing is written."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from typing import Final

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Consumer, KafkaException, Message, TopicPartition
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]  # it lists no names

from connectors.kafka.cluster import Cluster
from connectors.kafka.config import Kafka
from connectors.kafka.errors import is_passing
from schemas.topics import SAMPLES
from welltegra.doctor.clock import Ahead, judged
from welltegra.doctor.result import Result, not_asked

NAME: Final = "clock: kafka"

_LOOKS_FOR_S: Final = 2.5
_ASKS_AGAIN_S: Final = 0.2
_ANSWERS_WITHIN_S: Final = 2.0
_RESOLUTION_S: Final = 0.001
_LATEST: Final = OffsetSpec.latest()  # type: ignore[no-untyped-call]  # it brings no types


def look(kafka: Kafka, cluster: Cluster) -> Result:
    """Return how the brokers' clock stands against ours, as far as samples that come show it."""
    topic = kafka.topic(SAMPLES)
    count = cluster.partitions(topic)
    if count is None:
        return not_asked(NAME, f"the topic {topic} is not there.")
    try:
        ahead = _ahead(kafka, cluster, topic, count)
    except KafkaException as error:
        return not_asked(NAME, f"{topic} could not be read ({error.args[0].str()}).")
    if isinstance(ahead, str):
        return not_asked(NAME, ahead)
    return judged(NAME, "the brokers' clock", ahead)


def bounds(message: Message, ends: Mapping[int, int], asked: float, told: float, received: float) -> Ahead:
    """Return what a message says of the clock of the broker that put its time on it.

    ends: the ends of partitions, asked for at `asked` and told at `told`: a message from there on was stored after we
    asked (but for what other copies did not have yet), one before it was stored before we were told. received: when we
    had the message. [s since epoch]
    """
    theirs = message.timestamp()[1] / 1000
    if (message.offset() or 0) < ends[message.partition() or 0]:
        return Ahead(theirs - told, math.inf)
    return Ahead.of(theirs, asked, received, _RESOLUTION_S)


def _ahead(kafka: Kafka, cluster: Cluster, topic: str, count: int) -> Ahead | str:
    """Return how far the brokers' clock is ahead; or why that is not to be seen."""
    partitions = [TopicPartition(topic, number) for number in range(count)]
    consumer = Consumer(kafka.client(group_id="welltegra-doctor", enable_auto_commit=False, fetch_wait_max_ms=20))
    try:
        ends = _ends(cluster, partitions)
        # The last message of each partition, and what comes behind it.
        consumer.assign([TopicPartition(topic, number, max(0, end - 1)) for number, end in ends.items()])
        found: Ahead | None = None
        until = time.monotonic() + _LOOKS_FOR_S
        while time.monotonic() < until:
            asked = time.time()
            ends = _ends(cluster, partitions)
            told = time.time()
            messages = [each for each in consumer.consume(100, _ASKS_AGAIN_S) if each.error() is None]
            received = time.time()
            if any(message.timestamp()[0] != TIMESTAMP_LOG_APPEND_TIME for message in messages):
                return f"the times in {topic} are those of who sent, not of the brokers."
            for message in messages:
                said = bounds(message, ends, asked, told, received)
                found = said if found is None else found & said
            if found is not None and math.isfinite(found.most):
                break
        return found or f"{topic} had no message to show it by; run this again while samples come."
    finally:
        consumer.close()


def _ends(cluster: Cluster, partitions: Iterable[TopicPartition]) -> dict[int, int]:
    """Return the end of each partition; of a topic that was just made, once each is led by somebody."""
    until = time.monotonic() + _LOOKS_FOR_S
    while True:
        asked = cluster.admin.list_offsets(dict.fromkeys(partitions, _LATEST), request_timeout=_ANSWERS_WITHIN_S)
        try:
            return {each.partition: int(future.result().offset) for each, future in asked.items()}
        except KafkaException as error:
            if not is_passing(error.args[0]) or time.monotonic() > until:
                raise
        time.sleep(_ASKS_AGAIN_S)
