"""What comes by some topics from now on, or from their beginning on: for whoever looks on, and keeps no place."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaError, Message, TopicPartition

from connectors.kafka.cluster import Cluster, TopicMissing
from connectors.kafka.config import Kafka
from connectors.kafka.errors import KafkaFailed, Telling, is_passing

log = logging.getLogger(__name__)

_MOST: Final = 2_000
# Whoever looks on must not cost the memory of the one that is looked at.
_FETCHING: Final = {"fetch_wait_max_ms": 50, "queued_max_messages_kbytes": 8_192, "queued_min_messages": 1_000}


class Tail:
    """Reads topics of the contract. topics: whether each is read from its beginning on.

    Raises (when built):
        OutOfReach, TopicMissing: The cluster does not answer, or has not one of them.
    """

    def __init__(self, kafka: Kafka, topics: Mapping[str, bool]) -> None:
        cluster = Cluster(kafka)
        places = []
        for name, from_beginning in topics.items():
            count = cluster.partitions(kafka.topic(name))
            if count is None:
                raise TopicMissing(kafka, kafka.topic(name))
            start = OFFSET_BEGINNING if from_beginning else OFFSET_END
            places += [TopicPartition(kafka.topic(name), partition, start) for partition in range(count)]
        self.unreachable: str | None = None
        self._telling = Telling(log)
        self._names = {kafka.topic(name): name for name in topics}
        self._consumer = Consumer(
            kafka.client(
                group_id="welltegra-watch", enable_auto_commit=False, auto_offset_reset="earliest", **_FETCHING
            )
            | {"error_cb": self._on_error}
        )
        self._consumer.assign(places)

    def take(self, wait_s: float) -> list[tuple[str, Message]]:
        """Return what has come within `wait_s`: the name of the topic in the contract, and the message.

        Raises:
            KafkaFailed: The brokers refuse it for good.
        """
        found = []
        for message in self._consumer.consume(_MOST, wait_s):
            error = message.error()
            if error is None:
                self.unreachable = None
                found.append((self._names[message.topic() or ""], message))
            elif error.fatal() or not is_passing(error):
                raise KafkaFailed(message.topic() or "", error)
        return found

    def close(self) -> None:
        """Read no more."""
        self._consumer.close()

    def _on_error(self, error: KafkaError) -> None:
        self.unreachable = error.str()
        self._telling.tell("watch", error)
