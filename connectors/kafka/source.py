"""The samples topic as a Bytewax source: a part for each partition, which is a shard of wells."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from connectors.delivery import Delivery
from connectors.kafka.config import Kafka
from connectors.kafka.reader import Read, Reader
from connectors.observer import NOBODY, Observer
from schemas.topics import ARROW, CONTENT_TYPE, CONTROL, KIND, SAMPLES

log = logging.getLogger(__name__)

_IDLE: Final = timedelta(milliseconds=2)
_SET_BACK_S: Final = 0.5

Kind = Literal["json", "arrow", "control"]


class SamplesSource(FixedPartitionedSource[tuple[str, Delivery], int]):
    """Delivers what came, at each turn; its state is the offset to go on from.

    shards: partition by name of the part; every process lists them all. key_of: the key that a shard's state stands
    under. stop: asked at each turn; once it is true the parts end, and the run with a last snapshot. on_built: told
    each shard that is read from now on.
    """

    def __init__(
        self,
        kafka: Kafka,
        shards: Mapping[str, int],
        key_of: Callable[[int], str],
        stop: Callable[[], bool] = lambda: False,
        on_built: Callable[[int], None] = lambda _shard: None,
        observer: Observer = NOBODY,
    ) -> None:
        self._shards, self._key_of = shards, key_of
        self._stop, self._on_built, self._observer = stop, on_built, observer
        self._reader = Reader(kafka, kafka.topic(SAMPLES), observer)

    def list_parts(self) -> list[str]:
        """Return the parts."""
        return list(self._shards)

    def build_part(self, step_id: str, for_part: str, resume_state: int | None) -> SamplesPart:
        """Return a part, reading from where a dead run's last snapshot left it, or else from the beginning."""
        shard = self._shards[for_part]
        part = SamplesPart(self._reader, shard, self._key_of(shard), resume_state, self._stop, self._observer)
        self._on_built(shard)
        return part


class SamplesPart(StatefulSourcePartition[tuple[str, Delivery], int]):
    """See SamplesSource."""

    def __init__(
        self,
        reader: Reader,
        shard: int,
        key: str,
        resume: int | None,
        stop: Callable[[], bool],
        observer: Observer,
    ) -> None:
        self._reader, self._shard, self._key, self._stop, self._observer = reader, shard, key, stop, observer
        self._origin = f"{reader.topic}/{shard}"
        self._started_ms = int(time.time() * 1000)
        self._next = reader.add(shard, resume)
        self._caught_up = False
        # After a start and after each snapshot something is handed on even if nothing came: what sleeps through the
        # epoch in which a dead run stopped leaves that run's snapshots to be found at the next start.
        self._wake = True
        self._idle_until: datetime | None = None
        self._looked = time.time()
        observer.built(shard, self._next)

    def next_batch(self) -> list[tuple[str, Delivery]]:
        """Return what came, a delivery for each run of messages of a kind; after a start or a snapshot always one."""
        found = []
        now = time.time()
        # A clock that was set back leaves timers to come when they would have: whoever set one is to set it anew.
        self._wake |= now < self._looked - _SET_BACK_S
        self._looked = now
        if self._wake:
            # Made before anything is read: what comes before the messages must not say that they have been handed on.
            self._wake = False
            found.append(self._delivery("json", [], None, self._next, wake=True))
        read = None if self._stop() else self._reader.take(self._shard)
        if read is not None:
            found.extend(self._deliveries(read))
        if not self._caught_up and (self._reader.is_at_end(self._shard) or self._is_recent(read)):
            self._caught_up = True
            self._observer.caught_up(self._shard)
            found.append(self._delivery("json", [], None, self._next))
        if not found and self._stop():
            raise StopIteration
        self._idle_until = None if found else datetime.now(UTC) + _IDLE
        return [(self._key, delivery) for delivery in found]

    def _deliveries(self, read: Read) -> Iterator[Delivery]:
        if read.lost_from is not None:
            lost = read.next_offset - read.lost_from
            log.error(
                "samples_lost partition=%d from=%d to=%d reason=retention",
                self._shard,
                read.lost_from,
                read.next_offset,
            )
            self._observer.lost(self._shard, lost)
            self._next = read.next_offset
            yield Delivery(
                self._shard, "lost", [], None, read.lost_from, read.next_offset, self._origin, caught_up=self._caught_up
            )
            return
        for kind, run in _runs(read.messages):
            messages = list(run)
            for part in _without_gaps(messages):
                if (first := _offset(part[0])) != self._next:
                    yield replace(self._delivery("json", [], None, self._next), next_position=first)
                yield self._delivery(kind, part, _arrivals(part), first)
        behind = self._reader.behind(self._shard, self._next)
        self._observer.read(self._shard, len(read.messages), self._next, behind)

    def _delivery(
        self,
        kind: Kind,
        messages: list[Message],
        arrivals: npt.NDArray[np.int64] | None,
        position: int,
        wake: bool = False,
    ) -> Delivery:
        end = position + len(messages)
        if messages:
            self._next = end
        return Delivery(
            self._shard,
            kind,
            [message.value() or b"" for message in messages],
            arrivals,
            position,
            end,
            self._origin,
            wake=wake,
            caught_up=self._caught_up,
        )

    def _is_recent(self, read: Read | None) -> bool:
        # A topic that never stops growing has no end to be reached; but what comes after the start is not the past.
        if read is None or not read.messages:
            return False
        kind, created_ms = read.messages[-1].timestamp()
        return kind != TIMESTAMP_NOT_AVAILABLE and created_ms >= self._started_ms

    def next_awake(self) -> datetime | None:
        """Return when to look again after nothing came."""
        return self._idle_until

    def snapshot(self) -> int:
        """Return the offset to go on from."""
        self._wake = True
        return self._next

    def close(self) -> None:
        """Read the partition no more."""
        self._reader.remove(self._shard)


def _runs(messages: list[Message]) -> Iterator[tuple[Kind, Iterator[Message]]]:
    """Yield the messages in runs of one kind."""
    if not any(map(Message.headers, messages)):
        yield "json", iter(messages)
    else:
        yield from groupby(messages, key=_kind)


def _kind(message: Message) -> Kind:
    headers = dict(message.headers() or ())
    if headers.get(KIND) == CONTROL:
        return "control"
    return "arrow" if headers.get(CONTENT_TYPE) == ARROW else "json"


def _without_gaps(messages: list[Message]) -> Iterator[list[Message]]:
    """Yield the messages in runs of consecutive offsets; transactions of a producer leave gaps."""
    if _offset(messages[-1]) - _offset(messages[0]) == len(messages) - 1:
        yield messages
        return
    for _, run in groupby(enumerate(messages), key=lambda numbered: _offset(numbered[1]) - numbered[0]):
        yield [message for _, message in run]


def _offset(message: Message) -> int:
    offset = message.offset()
    assert offset is not None, "a message that was read has an offset"
    return offset


def _arrivals(messages: list[Message]) -> npt.NDArray[np.int64]:
    """Return when the broker had each message [us since epoch], 0 where it does not say."""
    times_ms = np.fromiter((message.timestamp()[1] for message in messages), np.int64, len(messages))
    return np.maximum(times_ms, 0) * 1000
