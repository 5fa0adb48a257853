"""Recorded samples onto Kafka: as they were, when they were, or moved to now; again and again if need be."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from rich import box
from rich.console import Console
from rich.table import Table

from connectors.cells import OnFault
from connectors.kafka.config import Kafka
from connectors.kafka.produce import SampleProducer
from connectors.kafka.scans import Outgoing, ScanMaker, StreamMaker
from connectors.replay.merge import arrival
from connectors.replay.parse import open_samples
from connectors.replay.source import Pace
from connectors.witsml.config import TagMap
from schemas.times import format_time
from welltegra.describe.fault_log import FaultLog
from welltegra.describe.wording import counted, length
from welltegra.running import Stopped
from welltegra.screen import say

_SECOND_US: Final = 1_000_000
_LONGEST_NAP_S: Final = 0.2
_LAST_WORDS_S: Final = 10.0


@dataclass(frozen=True)
class Produce:
    """What to send, and how.

    speed: times life, by arrival; None for as fast as it goes. arrow: as Arrow streams instead of JSON scans.
    shift_to_now: all times move by as much as puts the first sample at now. repeat: so often; each time the samples
    move on to where the time before ended. on_batch, on_progress, on_bytes, on_fault: as in welltegra.replay.Replay.
    """

    kafka: Kafka
    samples: Sequence[Path]
    on_fault: OnFault
    tag_map: TagMap | None = None
    speed: float | None = None
    arrow: bool = False
    shift_to_now: bool = False
    repeat: int = 1
    on_batch: Callable[[pa.RecordBatch], None] = lambda _batch: None
    on_progress: Callable[[int, int], None] = lambda _rows, _arrival: None
    on_bytes: Callable[[int], None] = lambda _size: None


@dataclass
class Sent:
    """What was sent to one partition."""

    messages: int = 0
    samples: int = 0
    bytes: int = 0

    def add(self, message: Outgoing) -> None:
        """Count a message."""
        self.messages += 1
        self.samples += message.samples
        self.bytes += len(message.value)


@dataclass
class Outcome:
    """What came of it, or has come of it so far. arrival: of the last sample read [us since epoch], as it was sent."""

    partitions: dict[int, Sent] = field(default_factory=dict)
    arrival: int | None = None
    seconds: float = 0.0

    def total(self) -> Sent:
        """Return what was sent to all partitions."""
        sent = list(self.partitions.values())
        return Sent(*(sum(getattr(one, name) for one in sent) for name in ("messages", "samples", "bytes")))


def produce(job: Produce, outcome: Outcome) -> None:
    """Send the samples of `job`, and return when all are delivered; keep `outcome` as it goes.

    Raises:
        FileFaults: The samples cannot be used at all; nothing was sent.
        OutOfReach, TopicMissing, NotDelivered: As SampleProducer says.
        Stopped: By Ctrl-C.
    """
    started, waiting = time.monotonic(), 0
    try:
        batches = _shifted(job)
        with SampleProducer(job.kafka) as producer:
            try:
                _send(job, batches, producer, outcome)
                producer.flush()
            except KeyboardInterrupt:
                producer.flush(_LAST_WORDS_S)
                waiting = producer.waiting
                raise
    except KeyboardInterrupt:
        raise Stopped(_how_far(outcome, waiting)) from None
    finally:
        outcome.seconds = time.monotonic() - started


def _send(job: Produce, batches: Iterator[pa.RecordBatch], producer: SampleProducer, outcome: Outcome) -> None:
    maker = StreamMaker(producer.partitions) if job.arrow else ScanMaker(producer.partitions)

    def send(messages: Iterator[Outgoing]) -> None:
        for message in messages:
            producer.send_message(message)
            outcome.partitions.setdefault(message.partition, Sent()).add(message)

    pace = None if job.speed is None else Pace(job.speed)
    rows, latest = 0, 0
    for batch in batches:
        arrivals = np.maximum(np.maximum.accumulate(arrival(batch)), latest)
        gone = 0
        while gone < batch.num_rows:
            due = batch.num_rows - gone if pace is None else pace.due(arrivals[gone:])
            if due == 0 and pace is not None:
                # What is due has gone out before it waits.
                send(maker.rest())
                _nap(pace.when(int(arrivals[gone])))
                producer.poll()
                continue
            send(maker.add(batch.slice(gone, due)))
            gone += due
            rows += due
            latest = outcome.arrival = int(arrivals[gone - 1])
            job.on_progress(rows, latest)
        producer.poll()
    send(maker.rest())


def _nap(until: datetime) -> None:
    time.sleep(min(_LONGEST_NAP_S, max(0.0, (until - datetime.now(UTC)).total_seconds())))


def _shifted(job: Produce) -> Iterator[pa.RecordBatch]:
    """Return the samples, as often and at the times that `job` says."""

    def opened(on_fault: OnFault) -> Iterator[tuple[Path, pa.RecordBatch]]:
        return open_samples(job.samples, job.tag_map, on_fault, on_bytes=job.on_bytes)

    # At once: what cannot be used is said before a broker is called.
    first_pass = opened(job.on_fault)

    def batches() -> Iterator[pa.RecordBatch]:
        shift, first, last = 0, None, 0
        for turn in range(job.repeat):
            # The faults are those of the first time.
            for _, batch in first_pass if turn == 0 else opened(lambda _fault: None):
                times = batch.column("time").cast(pa.int64()).to_numpy()
                if first is None:
                    first = int(times[0])
                    shift = time.time_ns() // 1000 - first if job.shift_to_now else 0
                last = max(last, int(times.max()))
                job.on_batch(batch)
                yield _moved(batch, shift)
            if first is not None:
                shift += last - first + _SECOND_US

    return batches()


def _moved(batch: pa.RecordBatch, by_us: int) -> pa.RecordBatch:
    if by_us == 0:
        return batch
    columns = batch.columns
    for name in ("time", "received_at"):
        at = batch.schema.get_field_index(name)
        moments = columns[at].cast(pa.int64())
        valid = moments.is_valid().to_numpy(zero_copy_only=False)
        moved = moments.fill_null(0).to_numpy() + by_us
        columns[at] = pa.array(moved, pa.int64(), mask=~valid).cast(batch.schema.field(name).type)
    return pa.RecordBatch.from_arrays(columns, schema=batch.schema)


def _how_far(outcome: Outcome, waiting: int) -> str:
    if outcome.arrival is None:
        return "Stopped before the first sample was sent."
    sent = outcome.total()
    rest = f"all but {counted(waiting, 'message')} were delivered" if waiting else "all were delivered"
    return (
        f"Stopped at {format_time(outcome.arrival)[:19].replace('T', ' ')}Z, after {counted(sent.samples, 'sample')} in"
        f" {counted(sent.messages, 'message')}: {rest}."
    )


def show(console: Console, outcome: Outcome, faults: FaultLog, thing: str) -> None:
    """Print the closing table, what was sent in a sentence, and what could not be read. thing: scan or stream."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("partition", f"{thing}s", "samples", "bytes"):
        table.add_column(name, justify="right", no_wrap=True)
    for partition, sent in sorted(outcome.partitions.items()):
        table.add_row(*(f"{number:,}" for number in (partition, sent.messages, sent.samples, sent.bytes)))
    if outcome.partitions:
        console.print(table)
        console.print()
    total = outcome.total()
    rate = f", {total.samples / outcome.seconds:,.0f} samples a second" if outcome.seconds else ""
    say(
        console,
        f"{counted(total.samples, 'sample')} in {counted(total.messages, thing)}, {counted(total.bytes, 'byte')},"
        f" delivered in {length(outcome.seconds)}{rate}.",
        *(faults.lines() if faults.count else ["No faults: everything in the files was read."]),
    )
