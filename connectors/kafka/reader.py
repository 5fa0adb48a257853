"""One consumer for all parts of a process: a wait of each part's own would add up to theirs all."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final, NamedTuple

import msgspec
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from connectors.kafka.config import Kafka
from connectors.kafka.errors import KafkaFailed, Telling, TopicShrank, is_passing
from connectors.observer import NOBODY, Observer

log = logging.getLogger(__name__)

MOST_MESSAGES: Final = 10_000
_MOST_HELD: Final = 2 * MOST_MESSAGES
_ASK_S: Final = 10.0
# Fetches answer at once when there is something, and are asked again before a sample has waited long. What is fetched
# ahead is bounded by its size, because a scan may be of one reading or of thousands.
_FETCHING: Final = {
    "statistics_interval_ms": 1_000,
    "fetch_wait_max_ms": 5,
    "fetch_queue_backoff_ms": 2,
    "queued_min_messages": 1_000_000,
    "queued_max_messages_kbytes": 65_536,
}


class Read(NamedTuple):
    """Messages of one partition in order, or that some of them are gone: those from `lost_from` up to `next_offset`."""

    messages: list[Message]
    lost_from: int | None = None
    next_offset: int = 0


class _Broker(msgspec.Struct):
    state: str


class _Statistics(msgspec.Struct):
    """The part of librdkafka's statistics that we read."""

    brokers: dict[str, _Broker] = {}


_STATISTICS: Final = msgspec.json.Decoder(_Statistics)


class Reader:
    """Reads partitions of one topic from given offsets on; opened when the first partition is added."""

    def __init__(self, kafka: Kafka, topic: str, observer: Observer) -> None:
        self.topic = topic
        self._kafka = kafka
        self._observer = observer
        self._telling = Telling(log)
        self._consumer: Consumer | None = None
        self._waiting: dict[int, deque[Read]] = {}
        self._next: dict[int, int] = {}
        self._at_end: set[int] = set()
        self._held = 0

    def add(self, partition: int, offset: int | None) -> int:
        """Read a partition too, from `offset` on, or from the first message that is still there; return from where."""
        if self._consumer is None:
            self._consumer = Consumer(
                self._kafka.client(
                    group_id="welltegra-constraints",  # librdkafka asks for one; nothing is committed
                    enable_auto_commit=False,
                    enable_auto_offset_store=False,
                    enable_partition_eof=True,
                    auto_offset_reset="error",
                    **_FETCHING,
                )
                | {"error_cb": self._on_error, "stats_cb": self._on_statistics}
            )
        if offset is None:
            offset = self._ends(partition)[0]
        self._waiting[partition] = deque()
        self._next[partition] = offset
        self._consumer.incremental_assign([TopicPartition(self.topic, partition, offset)])
        return offset

    def remove(self, partition: int) -> None:
        """Read a partition no more; the last one closes the connection."""
        assert self._consumer is not None, "what is removed was added"
        self._held -= sum(len(read.messages) for read in self._waiting.pop(partition))
        if self._waiting:
            self._consumer.incremental_unassign([TopicPartition(self.topic, partition)])
        else:
            self._consumer.close()
            self._consumer = None

    def take(self, partition: int) -> Read | None:
        """Return what has come of a partition since it was last asked for, or None; never waits."""
        waiting = self._waiting[partition]
        # What others have not taken yet is held here: partitions that wait must not fill the memory with it.
        if not waiting and self._held < _MOST_HELD:
            self._poll()
        if not waiting:
            return None
        read = waiting.popleft()
        self._held -= len(read.messages)
        return read

    def is_at_end(self, partition: int) -> bool:
        """Return whether the end of the partition was ever reached, and all until there has been taken."""
        return partition in self._at_end and not self._waiting[partition]

    def behind(self, partition: int, position: int) -> int | None:
        """Return how many messages wait after `position`, by what the broker last said; None if it has said nothing."""
        assert self._consumer is not None, "partitions are added first"
        _, end = self._consumer.get_watermark_offsets(TopicPartition(self.topic, partition), cached=True)
        return None if end < 0 else max(0, end - position)

    def _poll(self) -> None:
        assert self._consumer is not None, "partitions are added first"
        self._observer.turned()
        messages = self._consumer.consume(MOST_MESSAGES, 0)
        if not messages:
            return
        if not any(map(Message.error, messages)):
            self._keep(messages)
            return
        for is_error, run in groupby(messages, key=lambda message: message.error() is not None):
            if not is_error:
                self._keep(run)
                continue
            for message in run:
                self._note(message)

    def _keep(self, messages: Iterable[Message]) -> None:
        for partition, run in groupby(messages, key=Message.partition):
            if partition in self._waiting:
                own = list(run)
                self._next[partition] = (own[-1].offset() or 0) + 1
                self._held += len(own)
                self._waiting[partition].append(Read(own))

    def _note(self, message: Message) -> None:
        error, partition = message.error(), message.partition()
        assert error is not None, "only a message with an error is noted"
        assert partition is not None, "an error that is no partition's goes to error_cb"
        code = error.code()
        if code == KafkaError._PARTITION_EOF:
            self._at_end.add(partition)
        elif code == KafkaError._AUTO_OFFSET_RESET and partition in self._waiting:
            self._resume(partition)
        elif error.fatal() or not is_passing(error):
            raise KafkaFailed(self.topic, error)
        else:
            self._on_error(error)

    def _resume(self, partition: int) -> None:
        """Go on where the topic still is, after it no longer had what was asked for."""
        assert self._consumer is not None, "partitions are added first"
        first, end = self._ends(partition)
        wanted = self._next[partition]
        if wanted > end:
            raise TopicShrank(self.topic, partition, wanted, end)
        if first > wanted:
            self._waiting[partition].append(Read([], wanted, first))
        else:
            log.warning("topic_truncated topic=%s partition=%d at=%d", self.topic, partition, wanted)
        first = self._next[partition] = max(first, wanted)
        # A partition that has failed cannot be sought in.
        self._consumer.incremental_unassign([TopicPartition(self.topic, partition)])
        self._consumer.incremental_assign([TopicPartition(self.topic, partition, first)])

    def _ends(self, partition: int) -> tuple[int, int]:
        """Return the first offset of a partition and the one after its last; waits for the broker."""
        assert self._consumer is not None, "partitions are added first"
        while True:
            try:
                first, end = self._consumer.get_watermark_offsets(TopicPartition(self.topic, partition), timeout=_ASK_S)
            except KafkaException as error:
                if not is_passing(error.args[0]):
                    raise KafkaFailed(self.topic, error.args[0]) from error
                self._on_error(error.args[0])
            else:
                return first, end

    def _on_statistics(self, text: str) -> None:
        # Errors say that brokers are gone; that they are back is said by nothing else, if no sample comes.
        if any(broker.state == "UP" for broker in _STATISTICS.decode(text).brokers.values()):
            self._observer.kafka(True, "")

    def _on_error(self, error: KafkaError) -> None:
        self._observer.kafka(False, error.str())
        self._telling.tell(self.topic, error)


def read_to_end(
    kafka: Kafka, topic: str, partition: int, offset: int, observer: Observer = NOBODY
) -> Iterator[Message]:
    """Yield the messages of a partition from `offset` on, to the end that is there now; wait for brokers that are gone.

    To the end of partition that the fetch reports, not to a watermark: not every broker's is true.
    """
    telling = Telling(log)

    def on_error(error: KafkaError) -> None:
        observer.kafka(False, error.str())
        telling.tell(topic, error)

    consumer = Consumer(
        kafka.client(
            group_id="welltegra-fence",
            enable_auto_commit=False,
            enable_partition_eof=True,
            auto_offset_reset="earliest",
            fetch_wait_max_ms=5,
        )
        | {"error_cb": on_error}
    )
    try:
        consumer.assign([TopicPartition(topic, partition, offset)])
        while True:
            observer.turned()  # to wait for the broker is no reason to be ended
            for message in consumer.consume(MOST_MESSAGES, 0.1):
                error = message.error()
                if error is None:
                    yield message
                elif error.code() == KafkaError._PARTITION_EOF:
                    return
                elif error.fatal() or not is_passing(error):
                    raise KafkaFailed(topic, error)
    except KafkaException as error:
        raise KafkaFailed(topic, error.args[0]) from error
    finally:
        consumer.close()
