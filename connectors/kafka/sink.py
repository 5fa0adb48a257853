"""Records onto Kafka exactly once: what a dead run wrote after its last snapshot is known, and not written again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from bytewax.outputs import FixedPartitionedSink, StatefulSinkPartition
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connectors.delivery import Wake
from connectors.kafka.config import Kafka
from connectors.kafka.errors import KafkaFailed
from connectors.kafka.messages import Events, Record, event_id, event_time
from connectors.kafka.reader import read_to_end
from connectors.observer import NOBODY, Observer
from schemas.topics import CE_ID, CLOUD_EVENT, CONTENT_TYPE

log = logging.getLogger(__name__)

_WAIT_S: Final = 1.0


class Output:
    """The producer that all sinks of a process share: a flush waits for all that they wrote."""

    def __init__(self, kafka: Kafka, observer: Observer = NOBODY) -> None:
        self._kafka = kafka
        self._observer = observer

    def open(self) -> None:
        """Connect, before there is anything to be sent."""
        assert self.producer is not None, "opened by being asked for"

    @cached_property
    def producer(self) -> Producer:
        """The client, opened when first asked for."""
        settings = self._kafka.client(
            enable_idempotence=True,  # which also means acks=all, and order
            linger_ms=1,
            message_timeout_ms=0,  # an alert is never given up; the broker may be gone for as long as it likes
            compression_type="lz4",
            queue_buffering_max_messages=20_000,  # more than that waits in front of us
        )
        return Producer(settings | {"error_cb": self._on_error})

    def _on_error(self, error: KafkaError) -> None:
        self._observer.kafka(False, error.str())


class FenceSink(FixedPartitionedSink[tuple[str, Any], int]):
    """Writes records to the partition of the same number as their shard's; its state is an offset of the topic.

    parts: names, sorted; every process lists them all. shard_of: the shard of a key.
    """

    def __init__(
        self,
        output: Output,
        kafka: Kafka,
        topic: str,
        events: Events,
        parts: Sequence[str],
        shard_of: Callable[[str], int],
        observer: Observer = NOBODY,
    ) -> None:
        self._output, self._kafka, self._topic, self._events = output, kafka, topic, events
        self._parts, self._shard_of, self._observer = parts, shard_of, observer

    def list_parts(self) -> list[str]:
        """Return the parts."""
        return list(self._parts)

    def part_fn(self, item_key: str) -> int:
        """Return the index of a key's part."""
        return self._shard_of(item_key)

    def build_part(self, step_id: str, for_part: str, resume_state: int | None) -> FencePart:
        """Return a part that knows what stands on its partition from the last snapshot's offset on."""
        shard = self._parts.index(for_part)
        return FencePart(
            self._output.producer, self._kafka, self._topic, shard, self._events, self._observer, resume_state or 0
        )


class FencePart(StatefulSinkPartition[Any, int]):
    """See FenceSink."""

    def __init__(
        self,
        producer: Producer,
        kafka: Kafka,
        topic: str,
        shard: int,
        events: Events,
        observer: Observer,
        resume: int,
    ) -> None:
        self._producer, self._topic, self._shard = producer, topic, shard
        self._events, self._observer = events, observer
        self._unsent = 0
        self._failed: KafkaError | None = None
        # Ids that a dead run wrote and that may come again, with their offsets; and where the partition ends.
        self._fence: dict[bytes, int] = {}
        self._end = resume
        started = time.monotonic()
        for message in read_to_end(kafka, topic, shard, resume, observer):
            offset = message.offset()
            assert offset is not None, "a message that was read has an offset"
            self._end = offset + 1
            number = dict(message.headers() or ()).get(CE_ID)
            if isinstance(number, bytes):
                self._fence[number] = offset
        observer.fenced(topic, shard, len(self._fence), time.monotonic() - started)

    def write_batch(self, values: list[Record | Wake]) -> None:
        """Write what is not behind the fence; a fenced id is dropped once."""
        for record in values:
            if not isinstance(record, Wake):
                self._write(record)
            elif record.settled:
                # What has not come again by now never will: a restart need not look for it any more.
                self._fence.clear()
        self._producer.poll(0)

    def _write(self, record: Record) -> None:
        number = str(event_id(record)).encode()
        if self._fence.pop(number, None) is not None:
            self._observer.dropped(self._topic)
            return
        value = self._events.event(record, datetime.now(UTC)).model_dump_json(exclude_none=False).encode()
        key = self._events.key(record).encode()
        headers: list[tuple[str, str | bytes | None]] = [(CE_ID, number), (CONTENT_TYPE, CLOUD_EVENT)]
        happened = event_time(record)

        def delivered(error: KafkaError | None, message: Message) -> None:
            self._unsent -= 1
            if error is not None:
                self._failed = self._failed or error
                return
            # Not the larger of the two: a topic that was made anew ends before where it did at the last snapshot.
            self._end = (message.offset() or 0) + 1
            self._observer.published(self._topic, happened)

        self._unsent += 1
        while True:
            try:
                self._producer.produce(
                    self._topic, value, key, partition=self._shard, headers=headers, on_delivery=delivered
                )
            except BufferError:
                # The broker is slower than we are, or gone: the samples wait in their topic, not in our memory.
                self._observer.turned()
                self._producer.poll(_WAIT_S)
            except KafkaException as error:
                raise KafkaFailed(self._topic, error.args[0]) from None
            else:
                return

    def snapshot(self) -> int:
        """Wait until the broker has everything; return the offset from which a restart must look for ids."""
        started = time.monotonic()
        while self._unsent and self._failed is None:
            self._observer.turned()  # to wait for the broker is no reason to be ended
            self._producer.flush(_WAIT_S)
            if self._unsent:
                log.warning("records_wait topic=%s partition=%d unsent=%d", self._topic, self._shard, self._unsent)
        if self._failed is not None:
            raise KafkaFailed(self._topic, self._failed)
        self._observer.flushed(self._topic, time.monotonic() - started)
        # An id that has not come again yet must still be inside the fence after the next restart.
        return min(self._fence.values(), default=self._end)

    def close(self) -> None:
        """Let the broker have what it can still take: after a crash it is fenced, after a stop it was flushed."""
        self._producer.flush(_WAIT_S)
