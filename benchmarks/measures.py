"""What is measured, in rounds: every contender once a round, so that what disturbs one disturbs all."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median

import msgspec

from benchmarks.contenders import CONTENDERS, Contender, Run, judge_all, run
from benchmarks.in_memory import deliveries
from benchmarks.judging import Event
from benchmarks.memory import Memory
from benchmarks.peers import START
from benchmarks.processes import ENGINES, Engine, Task, run_processes
from benchmarks.spread import Spread, ratio
from benchmarks.workload import KINDS, TAGS, Field, Kind, batches
from flows.decode import Decoder
from flows.records import to_record
from rules.conditions import Conditions, transitions

REPO = Path(__file__).resolve().parents[1]
Tell = Callable[[str], None]

# An excursion a well and day is 1,000 red alerts a day; one operator can see to 144 alarms a day (EEMUA 191).
FIELD = Field(first_well=0, wells=1000, excursions_a_day=0.1)
LIVELY = Field(first_well=0, wells=10, excursions_a_day=1000.0)
LIVELY_SECONDS = 300


class Size(msgspec.Struct, frozen=True):
    """How much is measured: rounds, and how many seconds of the field each gets."""

    rounds: int
    seconds: dict[Kind, int]
    stock_seconds: int
    windows_seconds: int
    shared_rounds: int
    shared_seconds: dict[Kind, int]


FULL = Size(
    rounds=5,
    seconds={"single": 600, "scans": 1500, "arrow": 4000},
    stock_seconds=40,
    windows_seconds=10,
    shared_rounds=5,
    shared_seconds={"single": 400, "scans": 1000, "arrow": 3000},
)
QUICK = Size(
    rounds=1,
    seconds={"single": 20, "scans": 40, "arrow": 200},
    stock_seconds=4,
    windows_seconds=2,
    shared_rounds=1,
    shared_seconds={"scans": 60},
)


class Rates(msgspec.Struct, frozen=True):
    """One kind of input: rates [million samples a second], and ratios taken within each round."""

    samples: dict[Contender, int]
    rate: dict[Contender, Spread]
    of_bound: dict[Contender, Spread]
    of_stock: dict[Contender, Spread]


class Shared(msgspec.Struct, frozen=True):
    """One process and two [million samples a second], and how many times as fast two are, within each round.

    The same without an engine is what the machine itself gives.
    """

    samples: int
    one: Spread
    two: Spread
    ratio: Spread
    ratio_without_engine: Spread


class InMemory(msgspec.Struct, frozen=True):
    """The flow beside others in memory; agreed_events: changes of level that all of them found in a lively stream."""

    rounds: int
    agreed_events: int
    word_cost_us: float
    rates: dict[Kind, Rates]
    shared: dict[Kind, Shared]


class Disagreement(Exception):
    """Two contenders found different changes of level in the same messages."""

    def __init__(self, who: str, found: Iterable[Event], expected: Iterable[Event]) -> None:
        self.missing = sorted(set(expected) - set(found))
        self.too_many = sorted(set(found) - set(expected))
        super().__init__(
            f"{who}: must find the same changes of level as without an engine; missed {self.missing[:3]} and "
            f"{max(0, len(self.missing) - 3)} more, found besides {self.too_many[:3]} and "
            f"{max(0, len(self.too_many) - 3)} more. The rates mean nothing until they agree."
        )


def engine(quick: bool, tell: Tell) -> InMemory:
    """Return how fast the engine is, told step by step."""
    size = QUICK if quick else FULL
    tell("whether all find the same")
    agreed = check_agreement(LIVELY, 60 if quick else LIVELY_SECONDS)
    cost = word_cost_us(tell)
    of_kind = {kind: rates(FIELD, kind, size, tell) for kind in KINDS}
    of_two = {
        kind: shared(FIELD, kind, seconds, size.shared_rounds, tell) for kind, seconds in size.shared_seconds.items()
    }
    return InMemory(size.rounds, agreed, cost, of_kind, of_two)


def check_agreement(field: Field, seconds: int, kinds: Iterable[Kind] = KINDS) -> int:
    """Return how many changes of level all contenders find in all kinds of messages. Raise Disagreement otherwise."""
    expected: frozenset[Event] | None = None
    for kind in kinds:
        messages = batches(field, kind, seconds)
        for contender in CONTENDERS:
            found = run(contender, field, kind, messages).events
            expected = found if expected is None else expected
            _agree(f"{CONTENDERS[contender]}, {KINDS[kind]}", found, expected)
    return len(expected or ())


def _agree(who: str, found: frozenset[Event], expected: frozenset[Event]) -> None:
    if found != expected:
        raise Disagreement(who, found, expected)


def rates(field: Field, kind: Kind, size: Size, tell: Tell) -> Rates:
    """Return how fast each contender is on one kind of input."""
    tell(f"making {size.seconds[kind]} s of {KINDS[kind]}")
    messages = batches(field, kind, size.seconds[kind])
    amount = {"stock": size.stock_seconds, "windows": size.windows_seconds}
    runs: dict[Contender, list[Run]] = {contender: [] for contender in CONTENDERS}
    # The input is nobody's garbage: collections during a run shall not walk through it.
    gc.collect()
    gc.freeze()
    try:
        for number in range(size.rounds):
            for contender in _in_turn(number):
                tell(f"round {number + 1} of {size.rounds}: {KINDS[kind]}: {CONTENDERS[contender]}")
                runs[contender].append(run(contender, field, kind, messages[: amount.get(contender)]))
    finally:
        gc.unfreeze()
    _check(runs)
    rate = {contender: [one.rate for one in own] for contender, own in runs.items()}
    return Rates(
        {contender: own[0].samples for contender, own in runs.items()},
        {contender: Spread.of(own) for contender, own in rate.items()},
        {contender: ratio(own, rate["bound"]) for contender, own in rate.items()},
        {contender: ratio(own, rate["stock"]) for contender, own in rate.items()},
    )


def _in_turn(number: int) -> list[Contender]:
    # Each round begins with another: who runs first may find the machine cold.
    names = list(CONTENDERS)
    first = number % len(names)
    return names[first:] + names[:first]


def _check(runs: Mapping[Contender, Sequence[Run]]) -> None:
    """Raise Disagreement unless every run found what the first without an engine did, as far as its messages went."""
    expected = runs["bound"][0]
    for contender, own in runs.items():
        for one in own:
            end = START + timedelta(seconds=one.samples / FIELD.tags)
            _agree(CONTENDERS[contender], one.events, frozenset(event for event in expected.events if event.time < end))


def shared(field: Field, kind: Kind, seconds: int, rounds: int, tell: Tell) -> Shared:
    """Return how fast two processes are beside one, each with its own input in its own memory."""
    rate: dict[tuple[Engine, int], list[float]] = {}
    expected: frozenset[Event] | None = None
    for number in range(rounds):
        for engine in ENGINES:
            for processes in (1, 2):
                what = "this flow" if engine == "bytewax" else "no engine"
                tell(f"round {number + 1} of {rounds}: {KINDS[kind]}: {what}, {processes} process(es)")
                one = run_processes(Task(field, kind, seconds, engine), processes)
                expected = one.events if expected is None else expected
                _agree(f"{processes} process(es), {what}", one.events, expected)
                rate.setdefault((engine, processes), []).append(one.rate)
    return Shared(
        seconds * field.tags,
        Spread.of(rate["bytewax", 1]),
        Spread.of(rate["bytewax", 2]),
        ratio(rate["bytewax", 2], rate["bytewax", 1]),
        ratio(rate["none", 2], rate["none", 1]),
    )


def memory(wells: int, tell: Tell) -> Memory:
    """Return what a process of its own holds; the kernel is compiled before it starts."""
    tell(f"the memory of {wells * TAGS:,} tags")
    command = [sys.executable, "-m", "benchmarks.memory", str(wells)]
    done = subprocess.run(command, cwd=REPO, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return msgspec.json.decode(done.stdout, type=Memory)


def word_cost_us(tell: Tell) -> float:
    """Return what it takes to put one alert or violation into words and a model [us]: the bound does not do it."""
    tell("what a record costs")
    conditions = Conditions(LIVELY.rule_sets())
    items = deliveries("scans", batches(LIVELY, "scans", LIVELY_SECONDS))
    rows = [
        row
        for found in judge_all(conditions, Decoder(conditions.tags, conditions.unit), items)
        for row in transitions(found)
    ]
    times = []
    for _ in range(5):
        started = time.perf_counter()
        for row in rows:
            to_record(conditions, row)
        times.append((time.perf_counter() - started) / len(rows) * 1e6)
    return median(times)
