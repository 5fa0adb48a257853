"""The same judgement as someone would write it with Bytewax as it comes: a state a key, or windows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import bytewax.operators as op
import bytewax.operators.windowing as win
import msgspec
import pyarrow as pa
from bytewax.dataflow import Dataflow, Stream
from bytewax.inputs import Source
from bytewax.operators import KeyedStream
from bytewax.outputs import Sink

from benchmarks.judging import Event, Latch, Limit, Limits, Message, Sample
from benchmarks.workload import START_US, Kind
from rules.limit import at_or_above
from rules.rule_set import RuleSet

START = datetime.fromtimestamp(START_US // 1_000_000, UTC)

# How long a window waits for stragglers: what comes after it has closed is dropped, and a slow flow's clock runs on.
WAIT = timedelta(seconds=5)


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
