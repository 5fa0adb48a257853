"""The same judgement as someone would write it with Bytewax as it comes: a state a key, or windows.

They know a clean stream only: no late, doubled, bad or missing samples, no low limits, no units, no records for people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

import bytewax.operators as op
import bytewax.operators.windowing as win
import msgspec
import pyarrow as pa
from bytewax.dataflow import Dataflow, Stream
from bytewax.inputs import Source
from bytewax.operators import KeyedStream
from bytewax.outputs import Sink

from benchmarks.workload import START_US, Kind
from rules.limit import at_or_above
from rules.rule_set import RuleSet

START = datetime.fromtimestamp(START_US // 1_000_000, UTC)

# How long a window waits for stragglers: what comes after it has closed is dropped, and a slow flow's clock runs on.
WAIT = timedelta(seconds=5)


class Event(NamedTuple):
    """A change of level, as every contender tells it."""

    well_id: str
    tag: str
    transition: str
    time: datetime


class Message(msgspec.Struct):
    """A scan, as little as a user of msgspec would write down."""

    well_id: str
    time: datetime
    values: dict[str, float]


class Sample(NamedTuple):
    """One reading."""

    well_id: str
    tag: str
    time: datetime
    value: float


@dataclass(frozen=True)
class Limit:
    """A high limit and its delays."""

    red: float
    yellow: float
    red_reset: float
    yellow_reset: float
    on_delay: timedelta
    off_delay: timedelta


Limits = dict[tuple[str, str], Limit]


def limits_of(rule_sets: Iterable[RuleSet]) -> Limits:
    """Return each tag's limit."""
    limits: Limits = {}
    for rule_set in rule_sets:
        for rule in rule_set.constraints:
            assert rule.high is not None, "the workload has high limits"
            yellow = rule.yellow_from * rule.high
            deadband = rule.deadband * rule.high
            limits[rule_set.well_id, rule.tag] = Limit(
                at_or_above(rule.high),
                at_or_above(yellow),
                at_or_above(rule.high - deadband),
                at_or_above(yellow - deadband),
                timedelta(seconds=rule.yellow_on_delay_s),
                timedelta(seconds=rule.off_delay_s),
            )
    return limits


class Latch:
    """Remembers one tag's level: raised at once or after the on-delay, cleared through deadband and off-delay."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.is_red = False
        self.is_yellow = False
        self.yellow_since: datetime | None = None
        self.red_back_since: datetime | None = None
        self.yellow_back_since: datetime | None = None

    def judge(self, sample: Sample) -> Event | None:
        """Return the change of level that `sample` brings, if it does."""
        limit, value, time = self.limit, sample.value, sample.time
        before = self._level()
        if value >= limit.yellow:
            self.yellow_since = self.yellow_since or time
            if value >= limit.red:
                self.is_red = self.is_yellow = True
            elif time - self.yellow_since >= limit.on_delay:
                self.is_yellow = True
        else:
            self.yellow_since = None
        if self.is_red and value < limit.red_reset:
            self.red_back_since = self.red_back_since or time
            if time - self.red_back_since >= limit.off_delay:
                self.is_red, self.red_back_since = False, None
        else:
            self.red_back_since = None
        if self.is_yellow and value < limit.yellow_reset:
            self.yellow_back_since = self.yellow_back_since or time
            if time - self.yellow_back_since >= limit.off_delay:
                self.is_yellow, self.yellow_back_since = False, None
        else:
            self.yellow_back_since = None
        level = self._level()
        if level == before:
            return None
        if level == 0:
            transition = "cleared"
        elif before == 0:
            transition = "raised"
        else:
            transition = "escalated" if level > before else "deescalated"
        return Event(sample.well_id, sample.tag, transition, time)

    def _level(self) -> int:
        return 2 if self.is_red else 1 if self.is_yellow else 0


def stock_flow(source: Source[bytes], kind: Kind, limits: Limits, sink: Sink[Event]) -> Dataflow:
    """Return the flow with a state a key: decode, key, `stateful_map`."""

    def judge(latch: Latch | None, sample: Sample) -> tuple[Latch, Event | None]:
        latch = latch or Latch(limits[sample.well_id, sample.tag])
        return latch, latch.judge(sample)

    flow = Dataflow("stock")
    samples = _samples(op.input("messages", flow, source), kind)
    judged = op.stateful_map("judge", samples, judge)
    op.output("events", _changes(judged), sink)
    return flow


def windows_flow(source: Source[bytes], kind: Kind, limits: Limits, sink: Sink[Event]) -> Dataflow:
    """Return the flow with windows: the largest value of each second, then its comparison."""

    def judge(latch: Latch | None, closed: tuple[int, Sample]) -> tuple[Latch, Event | None]:
        _, sample = closed
        latch = latch or Latch(limits[sample.well_id, sample.tag])
        return latch, latch.judge(sample)

    flow = Dataflow("windows")
    samples = _samples(op.input("messages", flow, source), kind)
    clock = win.EventClock[Sample](
        lambda sample: sample.time, wait_for_system_duration=WAIT, to_system_utc=lambda _: None
    )
    seconds = win.TumblingWindower(length=timedelta(seconds=1), align_to=START)
    largest = win.max_window("largest", samples, clock, seconds, by=lambda sample: sample.value)
    judged = op.stateful_map("judge", largest.down, judge)
    op.output("events", _changes(judged), sink)
    return flow


def _samples(messages: Stream[bytes], kind: Kind) -> KeyedStream[Sample]:
    if kind == "single":
        decode = msgspec.json.Decoder(Message).decode
        samples = op.map("decode", messages, partial(_only_sample, decode))
    elif kind == "scans":
        decode = msgspec.json.Decoder(Message).decode
        samples = op.flat_map("decode", messages, partial(_scan_samples, decode))
    else:
        samples = op.flat_map("decode", messages, _arrow_samples)
    return op.key_on("key", samples, lambda sample: f"{sample.well_id}|{sample.tag}")


def _only_sample(decode: Callable[[bytes], Message], message: bytes) -> Sample:
    scan = decode(message)
    [(tag, value)] = scan.values.items()
    return Sample(scan.well_id, tag, scan.time, value)


def _scan_samples(decode: Callable[[bytes], Message], message: bytes) -> list[Sample]:
    scan = decode(message)
    return [Sample(scan.well_id, tag, scan.time, value) for tag, value in scan.values.items()]


def _arrow_samples(message: bytes) -> Iterator[Sample]:
    with pa.ipc.open_stream(message) as reader:
        for batch in reader:
            columns = (batch.column(name).to_pylist() for name in ("well_id", "tag", "time", "value"))
            yield from map(Sample, *columns)


def _changes(judged: KeyedStream[Event | None]) -> Stream[Event]:
    return op.filter_map("changes", judged, lambda keyed: keyed[1])
