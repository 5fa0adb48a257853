"""The samples around a violation, read back from the topic that they came by."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as KafkaMessage

from connectors.kafka.config import Kafka
from connectors.kafka.errors import is_passing
from connectors.recorded import AROUND, Captured, CapturedSample, Pending
from schemas.columns import ColumnsFault, read_stream
from schemas.scan import ScanFault, decode_scans
from schemas.times import time_us, to_datetime
from schemas.topics import ARROW, CONTENT_TYPE, CONTROL, KIND

log = logging.getLogger(__name__)

MOST_SAMPLES: Final = 100_000
_MOST_MESSAGES: Final = 2_000
_MOST_DUE: Final = 100
_BETWEEN_LOOKS: Final = timedelta(seconds=1)
_BETWEEN_READS: Final = timedelta(milliseconds=20)
_SILENCE_S: Final = 30.0
_ASK_S: Final = 5.0
_AROUND_US: Final = AROUND // timedelta(microseconds=1)
_FETCHING: Final = {"queued_max_messages_kbytes": 16_384}


class CaptureSource(FixedPartitionedSource[Captured, None]):
    """Delivers what became of each capture that is due, one after another, a little at each turn.

    due: asked for captures to be done, at most so many. stop: once set, the source has ended.
    """

    def __init__(self, kafka: Kafka, due: Callable[[int], Sequence[Pending]], stop: Event) -> None:
        self._kafka, self._due, self._stop = kafka, due, stop

    def list_parts(self) -> list[str]:
        """Return the one part."""
        return ["captures"]

    def build_part(self, _step_id: str, _for_part: str, _resume_state: None) -> CapturePart:
        """Return the part; what is to be done stands in the database."""
        return CapturePart(self._kafka, self._due, self._stop)


class CapturePart(StatefulSourcePartition[Captured, None]):
    """Does one capture at a time; see CaptureSource."""

    def __init__(self, kafka: Kafka, due: Callable[[int], Sequence[Pending]], stop: Event) -> None:
        self._kafka, self._due, self._stop = kafka, due, stop
        self._waiting: list[Pending] = []
        self._reading: Capture | None = None
        self._awake: datetime | None = None

    def next_batch(self) -> list[Captured]:
        """Return a capture that is done, if one is; never waits."""
        if self._stop.is_set():
            raise StopIteration
        if self._reading is None:
            # If what was handed on last is not recorded by now, it is done twice, and recorded once.
            self._waiting = self._waiting or list(self._due(_MOST_DUE))
            if not self._waiting:
                self._awake = datetime.now(UTC) + _BETWEEN_LOOKS
                return []
            self._reading = Capture(self._kafka, self._waiting.pop(0))
        captured = self._reading.read_on()
        self._awake = None if captured or self._reading.is_moving else datetime.now(UTC) + _BETWEEN_READS
        if captured is not None or self._reading.is_early:
            self._reading.close()
            self._reading = None
        return [] if captured is None else [captured]

    def next_awake(self) -> datetime | None:
        """Return when to look again."""
        return self._awake

    def snapshot(self) -> None:
        """Return nothing: what is to be done stands in the database."""

    def close(self) -> None:
        """Leave the brokers."""
        if self._reading is not None:
            self._reading.close()


class Capture:
    """Reads what came from 60 s before the message of a violation to 60 s after it, by the brokers' times.

    is_moving: the last turn brought messages. is_early: the 60 s after it are not over, or the
    brokers are gone; it is to be tried again later.
    """

    def __init__(self, kafka: Kafka, pending: Pending) -> None:
        self._pending = pending
        self._around = pending.around
        self._samples: list[CapturedSample] = []
        self._first: int | None = None
        self._until_ms: int | None = None
        self._heard_at = time.monotonic()
        self.is_moving = self.is_early = False
        self._consumer: Consumer | None = None
        if pending.topic is not None and pending.partition is not None and pending.first is not None:
            self._consumer = Consumer(
                kafka.client(
                    group_id="welltegra-capture",  # the client asks for one; nothing is committed
                    enable_auto_commit=False,
                    enable_partition_eof=True,
                    auto_offset_reset="earliest",
                    **_FETCHING,
                ),
                logger=log,
            )
            self._consumer.assign([TopicPartition(pending.topic, pending.partition, pending.first)])

    def read_on(self) -> Captured | None:
        """Return what became of it, if that is known now."""
        if self._consumer is None or self._pending.at is None:
            return self._done("gone", "the message of the violation does not say where its samples were")
        good: list[KafkaMessage] = []
        for message in self._consumer.consume(_MOST_MESSAGES, 0):
            error = message.error()
            if error is not None and error.code() == KafkaError._PARTITION_EOF:
                self._keep(good)
                return self._at_end()
            if error is not None:
                continue  # it may pass; if it does not, nothing comes
            if self._is_past(message):
                self._keep(good)
                return self._finish()
            good.append(message)
        self.is_moving = bool(good)
        if not good:
            return self._after_silence(self._consumer)
        self._heard_at = time.monotonic()
        self._keep(good)
        return self._finish() if len(self._samples) > MOST_SAMPLES else None

    def close(self) -> None:
        """Leave the brokers."""
        if self._consumer is not None:
            self._consumer.close()

    def _is_past(self, message: KafkaMessage) -> bool:
        """Note what a message tells of the stretch to be read; return whether it lies behind it."""
        offset = message.offset()
        assert offset is not None, "a message has an offset"
        assert self._pending.at is not None, "asked for only where it is known"
        if self._first is None:
            self._first = offset
        if self._until_ms is None and offset >= self._pending.at:
            self._until_ms = _time_ms(message) + int(AROUND.total_seconds() * 1000)
        return self._until_ms is not None and offset > self._pending.at and _time_ms(message) > self._until_ms

    def _at_end(self) -> Captured | None:
        if self._until_ms is not None and datetime.now(UTC).timestamp() * 1000 <= self._until_ms:
            self.is_early = True
            return None
        return self._finish()

    def _after_silence(self, consumer: Consumer) -> Captured | None:
        if time.monotonic() - self._heard_at < _SILENCE_S:
            return None
        try:
            consumer.get_watermark_offsets(consumer.assignment()[0], _ASK_S)
        except KafkaException as failed:
            error = failed.args[0]
            if not is_passing(error):
                return self._done("gone", f"the brokers no longer serve the topic of its samples: {error.str()}")
            log.warning("capture_waits message_id=%s reason=%r", self._pending.message_id, error.str())
            self.is_early = True
            return None
        return self._done("gone", f"the brokers answer, but brought none of its samples for {_SILENCE_S:.0f} s")

    def _keep(self, messages: Sequence[KafkaMessage]) -> None:
        self._samples += samples_of(messages, self._pending.well_id, self._around)

    def _finish(self) -> Captured:
        wanted, at = self._pending.first, self._pending.at
        if self._first is None or self._until_ms is None:
            return self._done("gone", f"the topic of its samples no longer reaches to offset {at}; it was made anew")
        assert wanted is not None, "it was read from there"
        if self._first < wanted:
            return self._done("gone", f"the topic of its samples no longer had offset {wanted}; it was made anew")
        if at is not None and self._first > at:
            return self._done("gone", f"retention had deleted its samples: the topic began at offset {self._first}")
        if len(self._samples) > MOST_SAMPLES:
            return self._done("cut", f"there were more than {MOST_SAMPLES} samples; the first of them are kept")
        if self._first > wanted:
            return self._done(
                "partial", f"retention had deleted samples before it: the topic began at offset {self._first}"
            )
        return self._done("whole", None)

    def _done(self, outcome: Any, reason: str | None) -> Captured:
        kept = [] if outcome == "gone" else self._samples[:MOST_SAMPLES]
        return Captured(self._pending.message_id, self._around, outcome, reason, kept)


def samples_of(messages: Sequence[KafkaMessage], well_id: str, around: datetime) -> list[CapturedSample]:
    """Return the samples of a well within 60 s of a time, in the order of the messages.

    What is unreadable is no sample; the constraints flow has put it among the dead letters already.
    """
    scans = [message for message in messages if not _is(message, KIND, CONTROL) and not _is_arrow(message)]
    decoded = iter(decode_scans([message.value() or b"" for message in scans]) if scans else [])
    found: list[CapturedSample] = []
    for message in messages:
        if _is(message, KIND, CONTROL):
            continue
        if _is_arrow(message):
            found += _of_stream(message, well_id, around)
            continue
        scan = next(decoded)
        if not isinstance(scan, ScanFault) and scan.well_id == well_id:
            found += _of_scan(message, around)
    return found


def _of_scan(message: KafkaMessage, around: datetime) -> list[CapturedSample]:
    # Read again, for the digits: 57.50 is not 57.5.
    scan = json.loads(message.value() or b"", parse_float=str, parse_int=str)
    try:
        measured = to_datetime(time_us(scan["time"]))
    except ValueError:
        return []
    if abs(measured - around) > AROUND:
        return []
    units, quality = scan.get("units") or {}, scan.get("quality") or {}
    return [
        _sample(message, tag, measured, value, units.get(tag), quality.get(tag))
        for tag, value in scan["values"].items()
    ]


def _of_stream(message: KafkaMessage, well_id: str, around: datetime) -> list[CapturedSample]:
    try:
        batches = read_stream(message.value() or b"")
    except ColumnsFault:
        return []
    middle = (around - to_datetime(0)) // timedelta(microseconds=1)
    found = []
    for batch in batches:
        batch = batch.set_column(2, "time", batch.column("time").cast(pa.int64()))  # noqa: PLW2901 - the same, readable
        apart = pc.abs(pc.subtract(batch.column("time"), middle))
        near = pc.and_(pc.less_equal(apart, _AROUND_US), pc.equal(batch.column("well_id").dictionary_decode(), well_id))
        for row in batch.filter(near).to_pylist():
            value = None if row["value"] is None else repr(row["value"])
            found.append(_sample(message, row["tag"], to_datetime(row["time"]), value, row["unit"], row["quality"]))
    return found


def _sample(
    message: KafkaMessage, tag: str, measured: datetime, value: str | None, unit: str | None, quality: str | None
) -> CapturedSample:
    arrived_at = to_datetime(_time_ms(message) * 1000)
    return CapturedSample(tag, measured, value, unit, quality, message.offset() or 0, arrived_at)


def _time_ms(message: KafkaMessage) -> int:
    kind, time_ms = message.timestamp()
    return 0 if kind == TIMESTAMP_NOT_AVAILABLE else time_ms


def _is(message: KafkaMessage, header: str, value: bytes) -> bool:
    return (header, value) in (message.headers() or [])


def _is_arrow(message: KafkaMessage) -> bool:
    return _is(message, CONTENT_TYPE, ARROW)
