"""Rankings on Kafka: as the contract's document, in parts where it is too large for one message."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connectors.kafka.cluster import find_topic
from connectors.kafka.config import Kafka
from connectors.kafka.partition import PARTITIONER
from connectors.kafka.produce import NotDelivered
from schemas.topics import CONTENT_TYPE, JSON

log = logging.getLogger(__name__)

# Below the 1 MB that brokers take if nobody said otherwise.
MOST_BYTES: Final = 900_000
_TURN_S: Final = 0.1
# Brokers that lead no partition for so long do not come back by themselves.
_DELIVERED_WITHIN_MS: Final = 30_000
_REMEDY: Final = "Mend that, and rank again: what was sent does no harm."


def publish(
    kafka: Kafka, topic: str, head: Mapping[str, Any], lines: Iterable[tuple[str, str]], most_bytes: int = MOST_BYTES
) -> int:
    """Publish a document under the key of its project, in order; return in how many messages, once brokers have all.

    topic: of the contract. head: all of the document but its candidates; lines: well and JSON of each, by rank.

    Raises:
        OutOfReach, TopicMissing: The cluster does not answer, or has no such topic.
        NotDelivered: A message could not be.
    """
    find_topic(kafka, topic)
    failed: list[KafkaError] = []

    def heard(error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            failed.append(error)

    producer = Producer(
        kafka.client(
            enable_idempotence=True,  # and with it acks=all, and order through every retry
            partitioner=PARTITIONER,
            message_timeout_ms=_DELIVERED_WITHIN_MS,
            compression_type="zstd",
        ),
        logger=log,
    )
    sent = 0
    try:
        for value in documents(head, lines, most_bytes):
            sent += 1
            while not failed:
                try:
                    producer.produce(
                        kafka.topic(topic),
                        value,
                        str(head["project_id"]),
                        headers=[(CONTENT_TYPE, JSON)],
                        on_delivery=heard,
                    )
                except BufferError:
                    producer.poll(_TURN_S)  # it has as much as it holds
                else:
                    break
            producer.poll(0)
    except KafkaException as error:
        failed.append(error.args[0])
    while producer.flush(_TURN_S) and not failed:
        pass
    if failed:
        producer.purge()
        raise NotDelivered(kafka.topic(topic), None, failed[0].str(), _REMEDY)
    return sent


def documents(
    head: Mapping[str, Any], lines: Iterable[tuple[str, str]], most_bytes: int = MOST_BYTES
) -> Iterator[bytes]:
    """Yield the document, whole if it fits; else parts, each of them a document that says which part it is."""
    room = most_bytes - len(json.dumps(head)) - 200  # for what says which part it is
    number, first_rank, size = 1, 1, 0
    part: list[str] = []
    for _, line in lines:
        length = len(line.encode()) + 1
        if part and size + length > room:
            yield _document(head, part, {"number": number, "first_rank": first_rank, "last": False})
            number, first_rank, size = number + 1, first_rank + len(part), 0
            part = []
        part.append(line)
        size += length
    yield _document(head, part, None if number == 1 else {"number": number, "first_rank": first_rank, "last": True})


def _document(head: Mapping[str, Any], part: list[str], which: Mapping[str, Any] | None) -> bytes:
    opening = json.dumps(head if which is None else {**head, "part": which}, ensure_ascii=False)
    return f'{opening[:-1]}, "candidates": [{",".join(part)}]}}'.encode()
