"""Scans onto the samples topic: every delivery checked; while the brokers are gone it waits, in bounded memory."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from typing import Final, NamedTuple

from bytewax.outputs import DynamicSink, StatelessSinkPartition
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connectors.kafka.cluster import wait_for_topic
from connectors.kafka.config import Kafka
from connectors.kafka.errors import KafkaFailed, is_passing
from connectors.kafka.partition import partition_of
from connectors.kafka.topics import MOST_BYTES_OF_SAMPLES
from connectors.observer import Observer
from schemas.topics import SAMPLES

log = logging.getLogger(__name__)

# What the client holds at most; what is more waits in front of us.
_MOST_MESSAGES: Final = 5_000
_MOST_KB: Final = 32_768
_TURN_S: Final = 0.05
# Without an acknowledgement for so long, while something waits for one, the brokers are gone.
_GONE_S: Final = 5.0
_TELL_EVERY_S: Final = 10.0
# At a stop the brokers have so long to take what is left.
LAST_WORDS_S: Final = 5.0


class ScanMessage(NamedTuple):
    """A scan as the contract writes it, and what has to be known of it on its way. samples: how many are in it."""

    well: str
    value: bytes
    samples: int
    backfill: bool = False


class DeliveryObserver(Observer):
    """Told what becomes of scans. Every method must be quick and must not raise; they come from several threads."""

    def delivered(self, backfill: bool) -> None:
        """The brokers have a scan."""

    def undelivered(self, scans: int) -> None:
        """So many scans were given to the client, and the brokers have not acknowledged them yet."""

    def lost(self, shard: int, messages: int) -> None:
        """So many scans will never be delivered: the run ended before the brokers took them. shard: 0."""


NOBODY = DeliveryObserver()


class ScanSink(DynamicSink[ScanMessage]):
    """Writes scans to the partition of their well, in the order given. stop: once set, it waits a little longer only.

    lost: how many scans were not delivered when the run had ended.
    """

    def __init__(self, kafka: Kafka, stop: threading.Event, observer: DeliveryObserver = NOBODY) -> None:
        self._kafka, self._stop, self._observer = kafka, stop, observer
        self.lost = 0

    def build(self, _step_id: str, _worker_index: int, _worker_count: int) -> ScanPart:
        """Return the sink of the one worker that there is, once the brokers answer.

        Raises (in the flow):
            TopicMissing: They answer, and have no such topic.
        """
        found = wait_for_topic(self._kafka, SAMPLES, self._observer, self._stop.is_set)
        return ScanPart(self, self._kafka, found.partitions if found else 0, self._stop, self._observer)


class ScanPart(StatelessSinkPartition[ScanMessage]):
    """See ScanSink. partitions: 0 where a stop came before the brokers answered: then nothing can be sent."""

    def __init__(
        self, sink: ScanSink, kafka: Kafka, partitions: int, stop: threading.Event, observer: DeliveryObserver
    ) -> None:
        self._sink, self._topic, self._partitions = sink, kafka.topic(SAMPLES), partitions
        self._stop, self._observer = stop, observer
        self._failed: KafkaError | None = None
        # The client's own length counts its errors yet to be heard, too. The first is the writer's, the second the
        # listener's.
        self._given = self._answered = 0
        self._acknowledged_at = self._told_at = time.monotonic()
        self._until: float | None = None
        self._producer = Producer(
            kafka.client(
                enable_idempotence=True,  # and with it acks=all, and order through every retry
                message_timeout_ms=0,  # given up by us alone, never for having waited
                linger_ms=5,
                compression_type="lz4",
                message_max_bytes=MOST_BYTES_OF_SAMPLES,
                queue_buffering_max_messages=_MOST_MESSAGES,
                queue_buffering_max_kbytes=_MOST_KB,
            )
            | {"error_cb": self._on_error},
            logger=log,
        )
        # Acknowledgements are heard also while nothing is to be written.
        self._closing = threading.Event()
        self._listener = threading.Thread(target=self._listen, name="kafka-acknowledgements", daemon=True)
        self._listener.start()

    def write_batch(self, items: Iterable[ScanMessage]) -> None:
        """Give scans to the client; wait while it holds as much as it may.

        Raises:
            KafkaFailed: The brokers refuse one for good.
        """
        for item in items:
            self._write(item)

    def close(self) -> None:
        """Wait a little for what was given to the client; count what then is still not delivered."""
        until = self._grace_ends()
        while self._waiting and time.monotonic() < until and self._failed is None:
            time.sleep(_TURN_S)
        self._closing.set()
        self._listener.join()
        if waiting := self._waiting:
            self._lose(waiting)
            self._producer.purge()

    @property
    def _waiting(self) -> int:
        return self._given - self._answered

    def _write(self, item: ScanMessage) -> None:
        while True:
            if self._failed is not None:
                raise KafkaFailed(self._topic, self._failed)
            if self._stop.is_set() and (not self._partitions or time.monotonic() > self._grace_ends()):
                self._lose(1)
                return
            self._given += 1  # first: the answer may come before produce() returns
            try:
                self._producer.produce(
                    self._topic,
                    item.value,
                    item.well.encode(),
                    partition_of(item.well, self._partitions),
                    on_delivery=self._on_backfill if item.backfill else self._on_live,
                )
            except BufferError:
                self._given -= 1
                self._observer.turned()  # to wait for the brokers is no reason to be ended
                time.sleep(_TURN_S)
            except KafkaException as error:
                raise KafkaFailed(self._topic, error.args[0]) from None
            else:
                return

    def _grace_ends(self) -> float:
        if self._until is None:
            self._until = time.monotonic() + LAST_WORDS_S
        return self._until

    def _lose(self, scans: int) -> None:
        self._sink.lost += scans
        self._observer.lost(0, scans)

    def _on_live(self, error: KafkaError | None, _message: Message) -> None:
        self._on_delivery(error, False)

    def _on_backfill(self, error: KafkaError | None, _message: Message) -> None:
        self._on_delivery(error, True)

    def _on_delivery(self, error: KafkaError | None, backfill: bool) -> None:
        if error is None:
            self._answered += 1
            self._acknowledged_at = time.monotonic()
            self._observer.delivered(backfill)
            self._observer.kafka(True, "")
        elif self._failed is None and error.code() != KafkaError._PURGE_QUEUE:
            self._failed = error

    def _on_error(self, error: KafkaError) -> None:
        self._observer.kafka(False, error.str())
        if error.fatal() or not is_passing(error):
            self._failed = self._failed or error
        else:
            self._tell(error.str())

    def _listen(self) -> None:
        while not self._closing.is_set():
            self._producer.poll(_TURN_S)
            waiting, now = self._waiting, time.monotonic()
            self._observer.undelivered(waiting)
            if not waiting:
                self._acknowledged_at = now
            elif now - self._acknowledged_at > _GONE_S:
                why = f"nothing was acknowledged for {now - self._acknowledged_at:.0f} s"
                self._observer.kafka(False, why)
                self._tell(why)

    def _tell(self, why: str) -> None:
        now = time.monotonic()
        if now - self._told_at > _TELL_EVERY_S:
            self._told_at = now
            log.warning("kafka_waited_for topic=%s scans=%d reason=%r", self._topic, self._waiting, why)
