"""A producer of samples: every message checked, in order, and none twice."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from syslog import LOG_ERR
from types import TracebackType
from typing import Any, Final

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connectors.errors import ConnectorError
from connectors.kafka.cluster import WAIT_S, partitions_of
from connectors.kafka.config import Kafka
from connectors.kafka.errors import Telling
from connectors.kafka.partition import partition_of
from connectors.kafka.scans import Outgoing, encode_scan
from connectors.kafka.topics import MOST_BYTES_OF_SAMPLES
from schemas.scan import Scan, ScanStruct
from schemas.topics import ARROW, CONTENT_TYPE, SAMPLES

log = logging.getLogger(__name__)

_TURN_S: Final = 0.1
# A JSON scan goes without: it is what a message is that says nothing, and this line is hot.
_ARROW_HEADERS: Final[list[tuple[str, str | bytes | None]]] = [(CONTENT_TYPE, ARROW)]


class NotDelivered(ConnectorError):
    """A message did not reach the topic."""

    def __init__(self, topic: str, partition: int | None, reason: str, remedy: str) -> None:
        self.topic, self.partition = topic, partition
        place = f"topic {topic}" if partition is None else f"topic {topic} partition {partition}"
        super().__init__(f"{place}: every message must be delivered; one was not ({reason}). {remedy}")


class SampleProducer:
    """Sends samples to the partition of their well; within it, in the order in which they were sent.

    partitions: how many the topic has. waiting: how many messages the brokers have not yet acknowledged. As a context
    manager it waits at the end until all are delivered, unless an error ends it.

    Raises (when built):
        OutOfReach, TopicMissing: As partitions_of does.
    """

    def __init__(self, kafka: Kafka, wait_s: float = WAIT_S) -> None:
        self.topic = kafka.topic(SAMPLES)
        self._telling = Telling(log)
        self.partitions = partitions_of(kafka, SAMPLES, wait_s)
        self._failed: NotDelivered | None = None
        own: dict[str, Any] = kafka.client(
            enable_idempotence=True,  # and with it acks=all, and order through every retry
            delivery_report_only_error=True,  # flush() counts the others
            linger_ms=5,
            compression_type="lz4",
            message_max_bytes=MOST_BYTES_OF_SAMPLES,
        )
        # What it tries again by itself is not worth a line; what it cannot do comes by these two as well.
        own |= {"on_delivery": self._on_delivery, "error_cb": self._on_error, "log_level": LOG_ERR}
        self._producer = Producer(own, logger=log)

    def __enter__(self) -> SampleProducer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()
        else:
            self._producer.purge()

    @property
    def waiting(self) -> int:
        return len(self._producer)

    def send(self, scan: Scan | ScanStruct) -> None:
        """Send a scan. Waits while as much is under way as the client holds.

        Raises:
            NotDelivered: This message cannot be, or an earlier one was not.
        """
        partition = partition_of(scan.well_id, self.partitions)
        self.send_message(Outgoing(partition, scan.well_id, encode_scan(scan), len(scan.values)))

    def send_message(self, message: Outgoing) -> None:
        """Send what connectors.kafka.scans made, as `send` does."""
        while True:
            self._raise_failure()
            try:
                self._producer.produce(
                    self.topic,
                    message.value,
                    message.key,
                    message.partition,
                    headers=_ARROW_HEADERS if message.arrow else None,
                )
            except BufferError:
                # It has as much as it holds, because the brokers are slower or gone.
                self._producer.poll(_TURN_S)
            except KafkaException as error:
                remedy = (
                    "Send fewer tags or rows at a time." if _is_too_large(error) else "Mend that, and send it again."
                )
                reason = f"{error.args[0].str()}, {len(message.value):,} bytes"
                raise NotDelivered(self.topic, message.partition, reason, remedy) from None
            else:
                return

    def poll(self) -> None:
        """Hear what became of messages; to be called now and then where `send` is not.

        Raises:
            NotDelivered: An earlier message was not.
        """
        self._producer.poll(0)
        self._raise_failure()

    def flush(self, wait_s: float | None = None, on_wait: Callable[[], None] = lambda: None) -> None:
        """Return when all are delivered, or after `wait_s`; then `waiting` tells how many are not.

        Raises:
            NotDelivered: One was not, and will not be.
        """
        until = None if wait_s is None else time.monotonic() + wait_s
        # In turns: Ctrl-C is heard between them.
        while self._producer.flush(_TURN_S) and (until is None or time.monotonic() < until):
            self._raise_failure()
            on_wait()
        self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failed is not None:
            raise self._failed

    def _on_delivery(self, error: KafkaError | None, message: Message) -> None:
        if error is not None and self._failed is None:
            remedy = "See `welltegra topics check`; what was sent after it may be missing too."
            self._failed = NotDelivered(self.topic, message.partition(), error.str(), remedy)

    def _on_error(self, error: KafkaError) -> None:
        self._telling.tell(self.topic, error)


def _is_too_large(error: KafkaException) -> bool:
    return bool(error.args[0].code() == KafkaError.MSG_SIZE_TOO_LARGE)
