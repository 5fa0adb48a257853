"""`make bench-stream`: this flow beside its peers, in memory and through Apache Kafka; how long an alert takes; memory.

It prints Markdown tables and writes every run to a file.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from benchmarks.kafka import latency, throughput
from benchmarks.kafka.children import Failed
from benchmarks.kafka.latency import Latency
from benchmarks.kafka.throughput import CONTENDERS as KAFKA_CONTENDERS
from benchmarks.kafka.throughput import Throughput
from benchmarks.machine import load, machine, versions
from benchmarks.measures import InMemory, Tell, engine, memory
from benchmarks.memory import Memory
from benchmarks.tables import engine_tables, latency_tables, memory_tables, throughput_tables
from benchmarks.telling import made_on, reached_line, telling
from benchmarks.workload import KINDS, Kind
from tests.parts.apache_kafka import ApacheKafka, NoKafka

Part = Literal["engine", "memory", "throughput", "latency"]
PARTS: tuple[Part, ...] = ("engine", "memory", "throughput", "latency")
# All of a consumer group's processes are there before the first of them is given anything.
BROKER = "group.initial.rebalance.delay.ms=3000\n"
_P99_MS, _WORST_MS, _P99_OF_MANY_MS = 50, 250, 100
_MANY_TAGS = 500_000


class Target(msgspec.Struct, frozen=True):
    """What is to be reached, and what was; None if there was nothing to measure."""

    what: str
    at_least: float | None
    below: float | None
    found: float | None
    reached: bool


class Report(msgspec.Struct, frozen=True):
    """Everything, as it stands in the file; None for what was not asked for."""

    at: datetime
    quick: bool
    machine: dict[str, str | int | float]
    load_before: float
    load_after: float
    versions: dict[str, str]
    engine: InMemory | None
    memory: Memory | None
    throughput: Throughput | None
    latency: list[Latency] | None
    targets: list[Target]


class Sizes(msgspec.Struct, frozen=True):
    """How much of what goes through Apache Kafka."""

    throughput: throughput.Size
    trials: tuple[latency.Trial, ...]
    kinds: tuple[Kind, ...] = tuple(KINDS)


def measure(parts: Collection[Part], quick: bool, sizes: Sizes, tell: Tell) -> Report:
    """Return the numbers of the parts, told step by step.

    Raises:
        NoKafka: It is needed, and cannot be had.
    """
    before = load()
    in_memory = engine(quick, tell) if "engine" in parts else None
    held = memory(2000 if quick else 50_000, tell) if "memory" in parts else None
    through, trials = None, None
    if {"throughput", "latency"} & set(parts):
        tell("starting Apache Kafka")
        with tempfile.TemporaryDirectory(prefix="bench-stream-") as folder, ApacheKafka(Path(folder), BROKER) as kafka:
            if "throughput" in parts:
                through = throughput.measure(kafka.bootstrap, kafka.pid, sizes.throughput, tell, sizes.kinds)
            if "latency" in parts:
                trials = [latency.measure(kafka.bootstrap, kafka.pid, trial, tell) for trial in sizes.trials]
    found = targets(in_memory, held, through, trials or [])
    return Report(
        datetime.now(UTC), quick, machine(), before, load(), versions(), in_memory, held, through, trials, found
    )


def targets(
    in_memory: InMemory | None, held: Memory | None, through: Throughput | None, trials: Sequence[Latency]
) -> list[Target]:
    """Return what is asked of what was measured, each with what was found: medians."""
    return [*_of_engine(in_memory), *_of_memory(held), *_of_throughput(through), *_of_latency(trials)]


def _of_engine(found: InMemory | None) -> Iterator[Target]:
    for kind, own in found.rates.items() if found else ():
        yield _at_least(f"this flow / no engine, {KINDS[kind]}", 0.8, own.of_bound["flow"].median)
        yield _at_least(f"this flow / stateful_map, {KINDS[kind]}", 6, own.of_stock["flow"].median)
    for kind, two in found.shared.items() if found else ():
        yield _at_least(f"two processes / one, {KINDS[kind]}", 1.6, two.ratio.median)


def _of_memory(held: Memory | None) -> Iterator[Target]:
    if held:
        yield _below(f"memory while judging {held.tags:,} tags [MB]", 450, held.judging_mb)


def _of_throughput(found: Throughput | None) -> Iterator[Target]:
    least = {"stock": 5.0, "quix": 10.0}
    lines = found.lines.get("single", []) if found else []
    flow_agrees = all(line.agrees for line in lines if line.contender == "flow")
    for line in lines:
        if line.contender in least and line.processes == 1:
            what = f"through Kafka, this flow / {KAFKA_CONTENDERS[line.contender]}, {KINDS['single']}"
            yield _if(line.agrees and flow_agrees, _at_least(what, least[line.contender], line.flow_of_it.median))


def _of_latency(trials: Sequence[Latency]) -> Iterator[Target]:
    for one in trials:
        what = f"{one.trial.tags:,} tags at 1 Hz, a snapshot each {one.trial.snapshot_s} s"
        if one.trial.tags >= _MANY_TAGS:
            yield _if(not one.lost, _below(f"{what}: p99 [ms]", _P99_OF_MANY_MS, one.p99_ms))
        else:
            yield _if(not one.lost, _below(f"{what}: p99 [ms]", _P99_MS, one.p99_ms))
            yield _if(not one.lost, _below(f"{what}: worst [ms]", _WORST_MS, one.worst_ms))


def _at_least(what: str, least: float, found: float) -> Target:
    return Target(what, least, None, found, found >= least)


def _below(what: str, most: float, found: float | None) -> Target:
    return Target(what, None, most, found, found is not None and found < most)


def _if(is_right: bool, target: Target) -> Target:
    """Return a target that nothing reaches by what is wrong."""
    return msgspec.structs.replace(target, reached=target.reached and is_right)


def text_of(report: Report) -> Iterator[str]:
    """Yield the report, paragraph by paragraph."""
    yield made_on(report)
    if report.engine:
        yield from engine_tables(report.engine)
    if report.memory:
        yield from memory_tables(report.memory)
    if report.throughput:
        yield from throughput_tables(report.throughput)
    if report.latency:
        yield from latency_tables(report.latency)
    yield "### What was asked"
    yield "\n".join(map(_line_of, report.targets))


def _line_of(target: Target) -> str:
    asked = f"at least {target.at_least:g}" if target.at_least is not None else f"below {target.below:g}"
    return reached_line(target.what, asked, target.found, target.reached)


def sizes_of(given: argparse.Namespace) -> Sizes:
    """Return how much is measured, by the command line."""
    size = throughput.QUICK if given.quick else throughput.FULL
    trials: tuple[latency.Trial, ...] = latency.QUICK if given.quick else latency.FULL
    if given.tags is not None:
        trials = tuple(trial for trial in trials if trial.tags in given.tags) or tuple(
            msgspec.structs.replace(trials[0], tags=tags) for tags in given.tags
        )
    if given.seconds is not None:
        trials = tuple(msgspec.structs.replace(trial, seconds=given.seconds) for trial in trials)
    if given.rounds is not None:
        size = msgspec.structs.replace(size, rounds=given.rounds)
    return Sizes(size, trials)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the file; return the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.stream", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look of some minutes; its numbers mean little")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be given again for another")
    parser.add_argument("--rounds", type=int, help="how often each contender drains its topic")
    parser.add_argument("--tags", type=int, action="append", help="latency at so many tags; may be given again")
    parser.add_argument("--seconds", type=int, help="for how long latency is measured")
    parser.add_argument("--json", type=Path, default=Path("bench-stream.json"), help="where the numbers go")
    given = parser.parse_args(arguments)
    try:
        with telling() as tell:
            report = measure(given.only or PARTS, given.quick, sizes_of(given), tell)
    except NoKafka as error:
        print(
            f"bench-stream: Apache Kafka must be there; {error} The rest: --only engine --only memory.", file=sys.stderr
        )
        return 1
    except Failed as error:
        print(f"bench-stream: {error}", file=sys.stderr)
        return 1
    print("\n\n".join(text_of(report)))
    given.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    print(f"\nWritten to {given.json}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
