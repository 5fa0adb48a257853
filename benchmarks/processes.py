"""One process and two on the same two shards: a real Bytewax cluster on loopback, the input preloaded in each process.

Run as a program this module is one process of it. They meet in a folder: each writes `ready-N` when its dataflow stands
and its shards are built, waits for `go`, which holds the time of the start, and writes `result-N` when all is told.
"""

from __future__ import annotations

import gc
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from itertools import chain
from pathlib import Path
from random import SystemRandom
from typing import Literal

import msgspec
from bytewax.testing import cluster_main

from benchmarks.contenders import Run, constraints, events_of_alerts, events_of_transitions, judge_all, warm_up
from benchmarks.in_memory import CollectedRecords, DeliverySource, Stopwatch, deliveries
from benchmarks.judging import Event
from benchmarks.workload import Field, Kind, batches
from connectors.delivery import Delivery
from flows.decode import Decoder
from rules.conditions import Conditions, Records
from schemas.alert import Alert

SHARDS = (0, 1)
Engine = Literal["bytewax", "none"]
ENGINES: tuple[Engine, ...] = ("bytewax", "none")
_PATIENCE_S = 300
_REPO = Path(__file__).resolve().parents[1]


class Task(msgspec.Struct, frozen=True):
    """What to run: a field whose wells are shared by both shards."""

    field: Field
    kind: Kind
    seconds: int
    engine: Engine

    def of_shard(self, shard: int) -> Field:
        """Return a shard's half of the field."""
        half = self.field.wells // len(SHARDS)
        return replace(self.field, first_well=self.field.first_well + shard * half, wells=half)

    def deliveries_of(self, shard: int) -> list[Delivery]:
        """Return a shard's input."""
        return deliveries(self.kind, batches(self.of_shard(shard), self.kind, self.seconds), shard)


class Orders(msgspec.Struct, frozen=True):
    """What one process is told: its number and shards, the ports of all (none if it is alone), and where they meet."""

    task: Task
    number: int
    shards: tuple[int, ...]
    ports: tuple[int, ...]
    folder: str


class Result(msgspec.Struct):
    """What one process has to say: when it was done [s, the machine's monotonic clock], and what it found."""

    stopped: float
    events: list[Event]


def run_processes(task: Task, processes: int) -> Run:
    """Return what came of `task` shared by one or two processes. Starting them and making input is not in the time."""
    ports = free_ports(processes) if processes > 1 else ()
    with tempfile.TemporaryDirectory(prefix="bench-stream-") as name, ExitStack() as stack:
        folder = Path(name)
        shards = [SHARDS] if processes == 1 else [(shard,) for shard in SHARDS]
        orders = [Orders(task, number, own, ports, name) for number, own in enumerate(shards)]
        started = [stack.enter_context(_Child(order)) for order in orders]
        for child in started:
            child.wait_for(folder / f"ready-{child.number}")
        start = time.monotonic() + 0.2
        _write(folder / "go", repr(start).encode())
        results = []
        for child in started:
            child.wait_for(folder / f"result-{child.number}")
            results.append(msgspec.json.decode((folder / f"result-{child.number}").read_bytes(), type=Result))
            child.join()
    events = [event for result in results for event in result.events]
    assert len(events) == len(set(events)), "no event is told twice"
    samples = task.seconds * task.field.tags
    return Run(samples, max(result.stopped for result in results) - start, frozenset(events))


class _Child:
    """A process of its own, in its own session, that holds no pipe; ended, by its id, when the block ends."""

    def __init__(self, orders: Orders) -> None:
        self.number = orders.number
        self._log = Path(orders.folder, f"log-{orders.number}")
        command = [sys.executable, "-m", "benchmarks.processes", msgspec.json.encode(orders).decode()]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=_REPO, start_new_session=True
            )

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def wait_for(self, path: Path) -> None:
        """Return when `path` is there. Raise RuntimeError if the process ends without it."""
        give_up_at = time.monotonic() + _PATIENCE_S
        while not path.exists():
            if self._process.poll() is not None and not path.exists():
                raise RuntimeError(f"process {self.number}: must write {path.name}; ended without:\n{self._tail()}")
            if time.monotonic() > give_up_at:
                raise RuntimeError(f"process {self.number}: must write {path.name} in {_PATIENCE_S} s; was silent.")
            time.sleep(0.01)

    def join(self) -> None:
        """Return when the process has ended. Raise RuntimeError if it failed."""
        if self._process.wait(_PATIENCE_S) != 0:
            raise RuntimeError(f"process {self.number}: must end well; ended with:\n{self._tail()}")

    def _tail(self) -> str:
        return self._log.read_text(errors="replace")[-4000:]


def free_ports(number: int) -> tuple[int, ...]:
    """Return so many ports of loopback that are free now, below 32768, where no system gives out its own."""
    chance = SystemRandom()
    found: set[int] = set()
    while len(found) < number:
        port = chance.randrange(20_000, 32_768)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.add(port)
    return tuple(found)


def _write(path: Path, content: bytes) -> None:
    # Whole or not at all: someone waits for the name.
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.rename(path)


def be_one(orders: Orders) -> Result:
    """Return what this process found, once all have started together."""
    folder = Path(orders.folder)

    def begin() -> float:
        gc.collect()
        gc.freeze()
        _write(folder / f"ready-{orders.number}", b"")
        while not (folder / "go").exists():
            time.sleep(0.005)
        start = float((folder / "go").read_bytes())
        while time.monotonic() < start:
            pass
        return start

    warm_up(orders.task.kind)
    work = _with_bytewax if orders.task.engine == "bytewax" else _without_engine
    return work(orders, begin)


def _with_bytewax(orders: Orders, begin: Callable[[], float]) -> Result:
    def conditions_of(shard: int, _versions: Mapping[str, int] | None) -> Conditions:
        assert shard in orders.shards, f"shard {shard} stays in the process that has its input"
        return Conditions(orders.task.of_shard(shard).rule_sets())

    stopwatch = Stopwatch(orders.shards, begin)
    alerts = CollectedRecords[Alert](stopwatch)
    items = {shard: orders.task.deliveries_of(shard) for shard in orders.shards}
    flow = constraints(DeliverySource(items, stopwatch, parts=SHARDS), alerts, conditions_of)
    cluster_main(flow, [f"127.0.0.1:{port}" for port in orders.ports], orders.number)
    return Result(stopwatch.stopped, events_of_alerts(alerts.items))


def _without_engine(orders: Orders, begin: Callable[[], float]) -> Result:
    built = [Conditions(orders.task.of_shard(shard).rule_sets()) for shard in orders.shards]
    decoders = [Decoder(conditions.tags, conditions.unit) for conditions in built]
    inputs = [orders.task.deliveries_of(shard) for shard in orders.shards]
    found: list[list[Records]] = [[] for _ in orders.shards]
    begin()
    # Shard after shard at each turn, as Bytewax asks the parts of a source.
    for turn in zip(*inputs, strict=True):
        for own, conditions, decoder, item in zip(found, built, decoders, turn, strict=True):
            own.extend(judge_all(conditions, decoder, [item]))
    stopped = time.monotonic()
    events = [events_of_transitions(conditions, own) for conditions, own in zip(built, found, strict=True)]
    return Result(stopped, list(chain.from_iterable(events)))


def main() -> None:
    """Follow the orders of the command line and leave the result in the folder."""
    orders = msgspec.json.decode(sys.argv[1], type=Orders)
    _write(Path(orders.folder, f"result-{orders.number}"), msgspec.json.encode(be_one(orders)))


if __name__ == "__main__":
    main()
