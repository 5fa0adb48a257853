"""The topics of alerts and violations, read from where the records of them end: no group of consumers, no commits."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event
from typing import Final, Literal, TypeVar

from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka import Message as KafkaMessage
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._topic import TopicDescription

from connectors.kafka.config import Kafka
from connectors.kafka.errors import KafkaFailed, Telling, is_passing
from connectors.record_observer import NOBODY, RecordObserver
from connectors.recorded import Message, Rewound
from schemas.topics import ALERTS, VIOLATIONS

log = logging.getLogger(__name__)
_telling = Telling(log)

# topic and partition: the id of the topic that was recorded, and the offset that comes next.
Recorded = Mapping[tuple[str, int], tuple[str, int]]
About = Literal["alert", "violation"]
T = TypeVar("T")

_ABOUT: Final[Mapping[str, About]] = {ALERTS: "alert", VIOLATIONS: "violation"}
_MOST: Final = 500
_ASK_S: Final = 10.0
_BETWEEN_TRIES_S: Final = 1.0
_BETWEEN_LOOKS: Final = timedelta(milliseconds=50)
# What is fetched ahead of a database that is slow or gone stays small.
_FETCHING: Final = {"queued_max_messages_kbytes": 8_192, "queued_min_messages": 1_000}


class EventSource(FixedPartitionedSource[Message | Rewound, None]):
    """Delivers the messages of both topics, all partitions in one part, each partition in its order.

    recorded: asked where to go on, once, when the flow is built. stop: once set, the source has ended.
    """

    def __init__(
        self, kafka: Kafka, recorded: Callable[[], Recorded], stop: Event, observer: RecordObserver = NOBODY
    ) -> None:
        self._kafka, self._recorded, self._stop, self._observer = kafka, recorded, stop, observer
        self._part: EventPart | None = None

    def list_parts(self) -> list[str]:
        """Return the one part."""
        return ["events"]

    def build_part(self, _step_id: str, _for_part: str, _resume_state: None) -> EventPart:
        """Return the part, at what is not recorded yet."""
        self._part = EventPart(self._kafka, self._recorded(), self._stop, self._observer)
        return self._part

    def tell_behind(self) -> None:
        """Tell the observer how many messages are known to wait, while the engine does not come round."""
        if self._part is not None:
            self._part.tell_behind()


class EventPart(StatefulSourcePartition[Message | Rewound, None]):
    """One consumer; see EventSource."""

    def __init__(self, kafka: Kafka, recorded: Recorded, stop: Event, observer: RecordObserver) -> None:
        self._about = {kafka.topic(name): about for name, about in _ABOUT.items()}
        self._kafka, self._recorded, self._stop, self._observer = kafka, recorded, stop, observer
        self._awake: datetime | None = None
        self._pending: list[Rewound] = []
        self._next: dict[tuple[str, int], int] = {}
        # Where reading is, which may be behind the last message: not every offset is one. Recorded is what was read
        # before the last turn, for the engine comes round when the database has it.
        self._position: dict[tuple[str, int], int] = {}
        self._done: dict[tuple[str, int], int] = {}
        self._topic_ids: dict[str, str] = {}
        self._consumer = Consumer(
            kafka.client(
                group_id="welltegra-record",  # the client asks for one; nothing is committed
                enable_auto_commit=False,
                enable_auto_offset_store=False,
                enable_partition_eof=True,
                auto_offset_reset="error",
                **_FETCHING,
            )
            | {"error_cb": _on_error},
            logger=log,
        )
        self._assign(describe(kafka, list(self._about), stop))

    def next_batch(self) -> list[Message | Rewound]:
        """Return what has come; never waits."""
        if self._stop.is_set():
            raise StopIteration
        self._done = dict(self._position)
        found: list[Message | Rewound] = []
        for message in self._consumer.consume(_MOST, 0):
            error = message.error()
            if error is None:
                found.append(self._take(message))
            elif error.code() == KafkaError._PARTITION_EOF:
                topic, partition, offset = _place(message)
                self._position[topic, partition] = offset
            elif error.code() == KafkaError._AUTO_OFFSET_RESET:
                self._go_on(_place(message))
            elif error.fatal() or not is_passing(error):
                raise KafkaFailed(str(message.topic()), error)
            else:
                _on_error(error)
        # What was found before a topic turned out to be another one was of that other one.
        rewound, self._pending = self._pending, []
        self.tell_behind()
        self._awake = None if found else datetime.now(UTC) + _BETWEEN_LOOKS
        return [*rewound, *found]

    def tell_behind(self) -> None:
        """Tell the observer how many messages wait, by what the last fetches said; nothing until all have said it."""
        waiting = 0
        for place in self._places:
            first, end = self._consumer.get_watermark_offsets(TopicPartition(*place), cached=True)
            if end < 0:
                return
            waiting += max(0, end - max(first, self._done.get(place, 0)))
        self._observer.behind(waiting)

    def next_awake(self) -> datetime | None:
        """Return when to look again."""
        return self._awake

    def snapshot(self) -> None:
        """Return nothing: the database knows how far it is."""

    def close(self) -> None:
        """Leave the brokers."""
        self._consumer.close()

    def _assign(self, topics: Mapping[str, TopicDescription]) -> None:
        assigned = []
        for topic, description in topics.items():
            topic_id = self._topic_ids[topic] = str(description.topic_id)
            for partition in (found.id for found in description.partitions):
                was = self._recorded.get((topic, partition))
                if was is None:
                    offset = OFFSET_BEGINNING
                elif was[0] == topic_id:
                    offset = self._next[topic, partition] = self._position[topic, partition] = was[1]
                else:
                    offset = OFFSET_BEGINNING
                    self._pending.append(Rewound(topic, topic_id, partition, was[1], 0))
                assigned.append(TopicPartition(topic, partition, offset))
        self._consumer.incremental_assign(assigned)
        self._places = [(assignment.topic, assignment.partition) for assignment in assigned]
        self._done = dict(self._position)

    def _take(self, message: KafkaMessage) -> Message:
        topic, partition, offset = _place(message)
        self._next[topic, partition] = self._position[topic, partition] = offset + 1
        return Message(self._about[topic], topic, self._topic_ids[topic], partition, offset, message.value())

    def _go_on(self, place: tuple[str, int, int]) -> None:
        """Read on where a topic still is, after it no longer had what was asked for."""
        topic, partition, _ = place
        at = TopicPartition(topic, partition)
        first, end = patiently(topic, self._stop, lambda: self._consumer.get_watermark_offsets(at, timeout=_ASK_S))
        wanted = self._next.get((topic, partition), 0)
        if wanted > end:
            # It lost what had been recorded, or was made anew: all that it has is looked at again.
            self._topic_ids[topic] = str(describe(self._kafka, [topic], self._stop)[topic].topic_id)
            self._pending.append(Rewound(topic, self._topic_ids[topic], partition, wanted, first))
        self._position[topic, partition] = first
        # Not seek: after this error the client refuses it.
        self._consumer.incremental_unassign([at])
        self._consumer.incremental_assign([TopicPartition(topic, partition, first)])


def describe(kafka: Kafka, topics: list[str], stop: Event) -> dict[str, TopicDescription]:
    """Return the topics as they are now; wait for the brokers.

    Raises:
        KafkaFailed: A topic is not there, or may not be seen.
    """
    client = AdminClient({**kafka.client()}, logger=log)

    def ask(topic: str) -> TopicDescription:
        asked = client.describe_topics(TopicCollection([topic]), request_timeout=_ASK_S)
        found: TopicDescription = asked[topic].result()
        return found

    return {topic: patiently(topic, stop, partial(ask, topic)) for topic in topics}


def patiently(topic: str, stop: Event, ask: Callable[[], T]) -> T:
    """Return what the brokers answer, once they do.

    Raises:
        KafkaFailed: They refuse.
        KeyboardInterrupt: `stop` was set meanwhile.
    """
    while not stop.is_set():
        try:
            return ask()
        except KafkaException as error:
            if not is_passing(error.args[0]):
                raise KafkaFailed(topic, error.args[0]) from None
            _on_error(error.args[0])
            stop.wait(_BETWEEN_TRIES_S)
    raise KeyboardInterrupt


def _place(message: KafkaMessage) -> tuple[str, int, int]:
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    assert topic is not None, "a message comes by a topic"
    assert partition is not None, "in a partition of it"
    return topic, partition, -1 if offset is None else offset


def _on_error(error: KafkaError) -> None:
    _telling.tell("events", error)
