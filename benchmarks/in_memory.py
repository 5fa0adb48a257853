"""Sources and sinks of memory: nothing is read, sent or stored while a run is timed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Generic, TypeVar

from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition
from bytewax.outputs import DynamicSink, StatelessSinkPartition

from benchmarks.workload import Batch, Kind
from connectors.delivery import Delivery, Wake
from flows.placement import part_name, part_of_key, shard_key

X = TypeVar("X")


class Stopwatch:
    """Starts once all shards of this process are built and stops when all have told their last record.

    begin: called once, when they are built; returns the time of the start [s, the machine's monotonic clock].
    """

    def __init__(self, shards: Sequence[int], begin: Callable[[], float] = time.monotonic) -> None:
        self._begin = begin
        self._unbuilt, self._unended = set(shards), set(shards)
        self.started = 0.0
        self.stopped = 0.0

    def may_start(self) -> bool:
        """Return whether input may flow, and start when it first may."""
        if not self._unbuilt and not self.started:
            self.started = self._begin()
        return bool(self.started)

    def awake(self, shard: int) -> None:
        """Note a wake that came through a shard: the first says that it is built, the second that it has ended."""
        if shard in self._unbuilt:
            self._unbuilt.remove(shard)
        else:
            self._unended.remove(shard)
            if not self._unended:
                self.stopped = time.monotonic()

    @property
    def seconds(self) -> float:
        """Return the time from start to stop [s]."""
        assert self.stopped, "every shard has told its last record"
        return self.stopped - self.started


class DeliverySource(FixedPartitionedSource[tuple[str, Delivery], None]):
    """A part a shard. An empty delivery with a wake comes first, to build the shard, and another one last.

    parts: every shard of the cluster. items: the deliveries of those that this process has the input of.
    """

    def __init__(
        self, items: Mapping[int, Sequence[Delivery]], stopwatch: Stopwatch, parts: Sequence[int] | None = None
    ) -> None:
        self._items = items
        self._stopwatch = stopwatch
        self._parts = list(items) if parts is None else parts

    def list_parts(self) -> list[str]:
        return [part_name(shard) for shard in self._parts]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> DeliveryPart:
        return DeliveryPart(int(for_part), self._items[int(for_part)], self._stopwatch)


class DeliveryPart(StatefulSourcePartition[tuple[str, Delivery], None]):
    """See DeliverySource."""

    def __init__(self, shard: int, items: Sequence[Delivery], stopwatch: Stopwatch) -> None:
        empty = replace(items[0], messages=[], wake=True, next_position=0)
        end = items[-1].next_position
        last = replace(empty, position=end, next_position=end)
        self._key = shard_key(shard)
        self._items = [empty, *items, last]
        self._stopwatch = stopwatch
        self._at = 0

    def next_batch(self) -> list[tuple[str, Delivery]]:
        if self._at == len(self._items):
            raise StopIteration
        if self._at > 0 and not self._stopwatch.may_start():
            return []
        self._at += 1
        return [(self._key, self._items[self._at - 1])]

    def snapshot(self) -> None:
        return None


# A source with a backlog hands over up to 10,000 messages at once; of Arrow, as many samples as of scans.
_BATCHES_A_DELIVERY: dict[Kind, int] = {"single": 1, "scans": 10, "arrow": 10}


def deliveries(kind: Kind, batches: Sequence[Batch], shard: int = 0) -> list[Delivery]:
    """Return the batches as a source hands them to the flow."""
    step = _BATCHES_A_DELIVERY[kind]
    return [
        Delivery(
            shard,
            "arrow" if kind == "arrow" else "json",
            list(chain.from_iterable(batch.messages for batch in batches[at : at + step])),
            position=at,
            next_position=min(at + step, len(batches)),
        )
        for at in range(0, len(batches), step)
    ]


class MessageSource(FixedPartitionedSource[bytes, None]):
    """One part that hands out a list of messages a poll; `started` is when it was first asked."""

    def __init__(self, polls: Sequence[list[bytes]]) -> None:
        self.polls = polls
        self.started = 0.0

    def list_parts(self) -> list[str]:
        return ["0"]

    def build_part(self, step_id: str, for_part: str, resume_state: None) -> MessagePart:
        return MessagePart(self)


class MessagePart(StatefulSourcePartition[bytes, None]):
    """See MessageSource."""

    def __init__(self, source: MessageSource) -> None:
        self._source = source
        self._at = 0

    def next_batch(self) -> list[bytes]:
        self._source.started = self._source.started or time.monotonic()
        if self._at == len(self._source.polls):
            raise StopIteration
        self._at += 1
        return self._source.polls[self._at - 1]

    def snapshot(self) -> None:
        return None


class Collected(DynamicSink[X], Generic[X]):
    """Keeps what it is given in `items`."""

    def __init__(self) -> None:
        self.items: list[X] = []

    def build(self, step_id: str, worker_index: int, worker_count: int) -> CollectedPart[X]:
        return CollectedPart(self.items.extend)


class CollectedRecords(DynamicSink[tuple[str, X | Wake]], Generic[X]):
    """Keeps the records it is given in `items`, and tells the stopwatch of wakes if it has one."""

    def __init__(self, stopwatch: Stopwatch | None = None) -> None:
        self.items: list[X] = []
        self._stopwatch = stopwatch

    def build(self, step_id: str, worker_index: int, worker_count: int) -> CollectedPart[tuple[str, X | Wake]]:
        return CollectedPart(self._take)

    def _take(self, keyed: list[tuple[str, X | Wake]]) -> None:
        for key, record in keyed:
            if not isinstance(record, Wake):
                self.items.append(record)
            elif self._stopwatch is not None:
                self._stopwatch.awake(int(part_of_key(key)))


class CollectedPart(StatelessSinkPartition[X]):
    """Hands what it is given on, a batch at a time."""

    def __init__(self, take: Callable[[list[X]], None]) -> None:
        self._take = take

    def write_batch(self, items: list[X]) -> None:
        self._take(items)
