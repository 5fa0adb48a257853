"""The dry run: recorded samples through the constraints flow, file to file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa

from connectors.cells import OnFault
from connectors.delivery import DeadLetter
from connectors.replay.parse import open_samples
from connectors.replay.sink import CallSink, NdjsonSink, is_stream
from connectors.replay.source import FileSource, Recording
from connectors.witsml.config import TagMap
from flows.constraints import ConstraintsFlow, get_flow
from flows.placement import part_name, part_of_key, shard_key
from flows.summary import Summary
from rules.conditions import Conditions
from rules.rule_set import RuleSet
from schemas.alert import Alert
from schemas.times import format_time
from schemas.violation import Violation
from welltegra.describe.wording import counted
from welltegra.periods import PeriodMeter
from welltegra.running import Stopped, run

_SHARD = 0


@dataclass(frozen=True)
class Replay:
    """What to replay, and where to.

    batch: samples handed to the flow at a time. speed: times life; None for as fast as it goes. paced_minutes: the
    recording keeps to `speed` for so long. on_batch: sees each batch of samples as it is read. on_progress: told
    samples delivered and the arrival of the last [us]. on_bytes: told the size of each piece read from the files.
    on_fault: told of every row that cannot be read.
    """

    rule_sets: Sequence[RuleSet]
    samples: Sequence[Path]
    alerts: Path
    violations: Path
    on_fault: OnFault
    on_dead_letter: Callable[[DeadLetter], None]
    tag_map: TagMap | None = None
    batch: int = 10_000
    speed: float | None = None
    paced_minutes: float | None = None
    on_alert: Callable[[Alert], None] = lambda _alert: None
    on_batch: Callable[[pa.RecordBatch], None] = lambda _batch: None
    on_progress: Callable[[int, int], None] = lambda _rows, _arrival: None
    on_bytes: Callable[[int], None] = lambda _size: None


@dataclass
class Outcome:
    """What came of a replay, or has come of it so far.

    summary: None until the samples ended. rows: samples delivered to be judged. arrival: of the last of them
    [us since epoch].
    """

    summary: Summary | None = None
    rows: int = 0
    arrival: int | None = None
    periods: PeriodMeter = field(default_factory=PeriodMeter)
    alerts: int = 0
    violations: int = 0


def replay(job: Replay, outcome: Outcome) -> None:
    """Run `job`, and keep `outcome` as it goes, so that it tells how far a replay came that was stopped.

    Raises:
        FileFaults: The samples cannot be used at all; nothing was written.
        OSError: A disk is full, or gone; what was written until then is whole lines.
        Stopped: By Ctrl-C; likewise.
    """
    batches = open_samples(job.samples, job.tag_map, job.on_fault, on_bytes=job.on_bytes)

    def watched() -> Iterator[tuple[Path, pa.RecordBatch]]:
        for path, batch in batches:
            outcome.periods.add(batch)
            job.on_batch(batch)
            yield path, batch

    def count_alert(alert: Alert) -> None:
        outcome.alerts += 1
        job.on_alert(alert)

    def count_violation(_violation: Violation) -> None:
        outcome.violations += 1

    def keep(summary: Summary) -> None:
        outcome.summary = summary

    def keep_place(rows: int, arrival: int) -> None:
        outcome.rows, outcome.arrival = rows, arrival
        job.on_progress(rows, arrival)

    for path in (job.alerts, job.violations):
        if not is_stream(path):
            # The flow opens them when the first record comes; who stops it before that must not find an older run's.
            path.write_bytes(b"")
    part = part_name(_SHARD)
    source = FileSource(
        {part: Recording(_SHARD, shard_key(_SHARD), watched)},
        rows=job.batch,
        speed=job.speed,
        unpaced_after_s=None if job.paced_minutes is None else 60 * job.paced_minutes,
        on_progress=keep_place,
    )
    flow = get_flow(
        ConstraintsFlow(
            source,
            NdjsonSink({part: job.alerts}, part_of_key, count_alert),
            NdjsonSink({part: job.violations}, part_of_key, count_violation),
            CallSink(job.on_dead_letter),
            CallSink(keep),
            conditions_of=lambda _shard, _versions: Conditions(job.rule_sets),
            dry_run=True,
        )
    )
    try:
        run(flow)
    except KeyboardInterrupt:
        raise Stopped(_how_far(outcome)) from None


def _how_far(outcome: Outcome) -> str:
    if outcome.arrival is None:
        return "Stopped before the first sample was judged."
    alerts, violations = counted(outcome.alerts, "alert"), counted(outcome.violations, "violation")
    return (
        f"Stopped at {format_time(outcome.arrival)[:19].replace('T', ' ')}Z, after {counted(outcome.rows, 'sample')}: "
        f"{alerts} and {violations} are written, in whole lines."
    )
