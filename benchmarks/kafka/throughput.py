"""Samples a second through Apache Kafka: all drain the same topic from its beginning, in turn, in rounds."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Literal, NamedTuple

import msgspec

from benchmarks.judging import Event
from benchmarks.kafka.children import PATIENCE_S, PEERS_PYTHON, Child, Failed, Meter, stop_all
from benchmarks.kafka.limits import write_limits
from benchmarks.kafka.orders import Orders, Start
from benchmarks.kafka.stream import Load
from benchmarks.kafka.topics import Topics, Watch
from benchmarks.peers import limits_of
from benchmarks.processes import free_ports
from benchmarks.spread import Spread, ratio
from benchmarks.workload import KINDS, Field, Kind
from schemas.topics import ALERTS, SAMPLES

Contender = Literal["flow", "bare", "stock", "quix"]
Tell = Callable[[str], None]
CONTENDERS: dict[Contender, str] = {
    "flow": "this flow",
    "bare": "consume and decode",
    "stock": "Bytewax, its own connectors",
    "quix": "quixstreams",
}
PROCESSES = (1, 2)
PARTITIONS = 4
# Part of the messages that is not timed: by then rules are read, limits compiled, fetches at full speed.
WARM_UP = 0.2


class Size(msgspec.Struct, frozen=True):
    """How much is drained: by the quick ones and, as they take so much longer, by the slow; whose Arrow is left out."""

    rounds: int
    wells: int
    excursions_a_day: float
    seconds: dict[Kind, int]
    slow_seconds: dict[Kind, int]


FULL = Size(
    rounds=3,
    wells=1000,
    excursions_a_day=0.1,
    seconds={"single": 600, "scans": 1200, "arrow": 4000},
    slow_seconds={"single": 60, "scans": 60, "arrow": 0},
)
QUICK = Size(
    rounds=1,
    wells=20,
    excursions_a_day=2000.0,
    seconds={"single": 100, "scans": 100, "arrow": 100},
    slow_seconds={"single": 50, "scans": 50, "arrow": 0},
)


class Entry(NamedTuple):
    """Who drains, with how many processes."""

    contender: Contender
    processes: int

    def __str__(self) -> str:
        return f"{CONTENDERS[self.contender]}, {'1 process' if self.processes == 1 else f'{self.processes} processes'}"


class Run(msgspec.Struct, frozen=True):
    """What came of one run. contender_cpu, broker_cpu: cores that each was busy on, of the time measured."""

    samples: int
    seconds: float
    events: int
    missed: int
    too_many: int
    contender_cpu: float
    broker_cpu: float

    @property
    def rate(self) -> float:
        """Return millions of samples a second."""
        return self.samples / self.seconds / 1e6

    @property
    def agrees(self) -> bool:
        return not self.missed and not self.too_many


class Line(msgspec.Struct, frozen=True):
    """One contender on one kind of input, over all rounds.

    rate: [million samples a second]; of_bare, flow_of_it: how many times as quick as consuming and decoding with as
    many processes, and how many times as quick this flow is, within each round. of_one: two processes beside one.
    agrees: whether every run found the changes of level that are in the samples; a rate means nothing otherwise.
    """

    contender: Contender
    processes: int
    samples: int
    rate: Spread
    of_bare: Spread
    flow_of_it: Spread
    of_one: Spread | None
    agrees: bool
    contender_cpu: float
    broker_cpu: float
    runs: list[Run]


class Throughput(msgspec.Struct, frozen=True):
    """All of it. left_out: who could not be measured, and why."""

    rounds: int
    partitions: int
    left_out: list[str]
    lines: dict[Kind, list[Line]]


class Ground(NamedTuple):
    """A topic that was filled with so many messages, and what is to be found in it."""

    load: Load
    topics: Topics
    folder: Path
    messages: int
    expected: frozenset[Event]


def measure(
    bootstrap: str, broker_pid: int, size: Size, tell: Tell, kinds: Sequence[Kind] = tuple(KINDS)
) -> Throughput:
    """Return how quick each contender is on each kind of input."""
    lines = {}
    contenders, left_out = list(CONTENDERS), []
    if not PEERS_PYTHON.exists():
        contenders.remove("quix")
        left_out.append("quixstreams: .venv-peers must be there; it is not. Run: sh scripts/peers.sh.")
    with tempfile.TemporaryDirectory(prefix="bench-kafka-") as name:
        for kind in kinds:
            entries = [
                Entry(who, processes) for who in contenders for processes in PROCESSES if _seconds_of(who, kind, size)
            ]
            grounds = {
                seconds: _prepare(bootstrap, Path(name), kind, seconds, size, tell)
                for seconds in {_seconds_of(entry.contender, kind, size) for entry in entries}
            }
            runs: dict[Entry, list[Run]] = {entry: [] for entry in entries}
            for number in range(size.rounds):
                for entry in _in_turn(entries, number):
                    tell(f"round {number + 1} of {size.rounds}: {KINDS[kind]}: {entry}")
                    ground = grounds[_seconds_of(entry.contender, kind, size)]
                    try:
                        runs[entry].append(drain(entry, ground, bootstrap, broker_pid))
                    except Failed as error:
                        # The others are beside these two; a peer that fails only leaves a gap.
                        if entry.contender in ("flow", "bare"):
                            raise
                        left_out.append(f"{entry}, {KINDS[kind]}, round {number + 1}: {error}")
            whole = [entry for entry in entries if len(runs[entry]) == size.rounds]
            lines[kind] = [line_of(entry, runs) for entry in whole]
    return Throughput(size.rounds, PARTITIONS, left_out, lines)


def _seconds_of(contender: Contender, kind: Kind, size: Size) -> int:
    return (size.seconds if contender in ("flow", "bare") else size.slow_seconds)[kind]


def _in_turn(entries: Sequence[Entry], number: int) -> list[Entry]:
    # Each round begins with another: whatever changes on the machine as time goes by is nobody's for ever.
    first = number * len(entries) // 3 % len(entries)
    return [*entries[first:], *entries[:first]]


def _prepare(bootstrap: str, folder: Path, kind: Kind, seconds: int, size: Size, tell: Tell) -> Ground:
    load = Load(Field(0, size.wells, size.excursions_a_day), kind, seconds, PARTITIONS)
    tell(f"filling a topic with {load.samples:,} samples, {KINDS[kind]}")
    topics = Topics(bootstrap, f"bench-{kind}-{seconds}.", PARTITIONS)
    topics.create(load.rule_sets())
    messages = topics.fill(load)
    own = folder / f"{kind}-{seconds}"
    own.mkdir()
    write_limits(own, limits_of(load.rule_sets()))
    return Ground(load, topics, own, messages, load.expected())


def drain(entry: Entry, ground: Ground, bootstrap: str, broker_pid: int) -> Run:
    """Return what came of one contender: from when it is warm to when the broker has its last alert."""
    ground.topics.empty_alerts()
    folder = Path(tempfile.mkdtemp(prefix=f"{entry.contender}-{entry.processes}-", dir=ground.folder))
    orders = [_orders(entry, ground, bootstrap, folder, number) for number in range(entry.processes)]
    if entry.contender in ("flow", "stock"):
        ports = free_ports(entry.processes)
        orders = [msgspec.structs.replace(each, ports=ports) for each in orders]
    python = {"python": PEERS_PYTHON} if entry.contender == "quix" else {}
    with ExitStack() as stack:
        watch = stack.enter_context(ground.topics.watch())
        children = [
            stack.enter_context(Child(entry.contender, each, folder / f"log-{each.number}", **python))
            for each in orders
        ]
        meter = Meter({"contender": [child.pid for child in children], "broker": [broker_pid]})
        _wait(entry, ground, orders, children, watch, meter)
        stop_all(children)
        watch.take_the_rest()
    said = [each.path("start") for each in orders]
    starts = [msgspec.json.decode(path.read_bytes(), type=Start) for path in said if path.exists()]
    if not starts:
        raise Failed(f"{entry}: must take more than the {WARM_UP:.0%} of the messages that are not timed; did not.")
    if entry.contender == "bare":
        stop = max(float(each.path("last").read_bytes()) for each in orders)
        found, expected = list[Event](), frozenset[Event]()
    else:
        if not watch.alerts:
            raise Failed(f"{entry}: must write alerts, {len(ground.expected):,} of them; wrote none.")
        stop = max(alert.appended for alert in watch.alerts)
        found, expected = [alert.event for alert in watch.alerts], ground.expected
    missed, too_many = expected - set(found), len(found) - len(expected & set(found))
    # The time begins with the first process whose warm-up is over; what another took until its own is not counted.
    counted = 1 - sum(start.taken for start in starts) / ground.messages
    return Run(
        round(counted * ground.load.samples),
        stop - min(start.time for start in starts),
        len(found),
        len(missed),
        too_many,
        meter.cores("contender"),
        meter.cores("broker"),
    )


def _orders(entry: Entry, ground: Ground, bootstrap: str, folder: Path, number: int) -> Orders:
    kafka = ground.topics.kafka
    return Orders(
        bootstrap,
        kafka.prefix,
        kafka.topic(SAMPLES),
        kafka.topic(ALERTS),
        ground.load.kind,
        ground.load.partitions,
        number,
        (0,) * entry.processes,
        str(folder),
        warm_up=int(WARM_UP * ground.messages / entry.processes),
        metrics_port=free_ports(1)[0],
    )


def _wait(
    entry: Entry, ground: Ground, orders: Sequence[Orders], children: Sequence[Child], watch: Watch, meter: Meter
) -> None:
    """Return when all is drained. Raise Failed if a process fails, or nothing comes of it."""
    until = time.monotonic() + PATIENCE_S
    ends_by_itself = entry.contender in ("bare", "stock")
    while True:
        watch.take()
        if any(each.path("start").exists() for each in orders):
            meter.read()
        ended = [child.has_ended() for child in children]
        if ends_by_itself:
            if all(each.path("last").exists() for each in orders):
                return
        elif watch.has(ground.load.last_wells):
            return
        elif any(ended):
            raise Failed(f"{entry}: must run until it is stopped; ended:\n{children[ended.index(True)].tail()}")
        if time.monotonic() > until:
            raise Failed(f"{entry}: must drain the topic in {PATIENCE_S:.0f} s; did not:\n{children[0].tail()}")


def line_of(entry: Entry, all_runs: Mapping[Entry, Sequence[Run]]) -> Line:
    """Return what came of one contender, beside the others of the same rounds."""
    runs = all_runs[entry]
    rates = [run.rate for run in runs]
    alone = Entry(entry.contender, 1)

    def beside(other: Entry) -> Spread:
        return ratio(rates, [run.rate for run in all_runs[other]])

    return Line(
        entry.contender,
        entry.processes,
        runs[0].samples,
        Spread.of(rates),
        beside(Entry("bare", entry.processes)),
        ratio([run.rate for run in all_runs[Entry("flow", entry.processes)]], rates),
        beside(alone) if entry != alone and len(all_runs.get(alone, ())) == len(runs) else None,
        all(run.agrees for run in runs),
        median(run.contender_cpu for run in runs),
        median(run.broker_cpu for run in runs),
        list(runs),
    )
