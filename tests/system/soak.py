"""Flow, recorder and broker killed over and over; topics and database must be as if they never had been.

`python -m tests.system.soak KILLS [FOLDER]` prints a table: each kind of kill, how often, and how long it was until the
first alert after. What is lost or doubled is found at the end, for all together: see records.compare for the topics and
recorded.recorded for the database.
"""

from __future__ import annotations

import logging
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Container, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition

from connectors.kafka.rules import read_rules
from schemas.topics import ALERTS
from tests.parts.apache_kafka import ApacheKafka
from tests.parts.postgres import open_folder
from tests.system.recorded import Recorded, on_topics, recorded, recorded_events
from tests.system.records import Comparison, compare, data_of
from tests.system.site import Program, Site, children_of, wait_until
from tests.system.workload import Rig, rules_of
from welltegra.embedded.postgres import EmbeddedPostgres

PARTITIONS = 4
WELLS = 60
PERIOD_S = 0.2
# Longer than the 5 s after which silence is told.
QUIET_S = 8.0
KINDS = (
    "mid-stream",
    "before the first snapshot",
    "during the flush",
    "one of two processes",
    "while rescaling 1 to 2",
    "while rescaling 2 to 1",
    "the broker",
    "the recorder",
)
# Where a spare stands ready; else the next start is a cold one.
WITH_A_SPARE = ("mid-stream", "during the flush", "one of two processes")


class Alerts(threading.Thread):
    """Hears alerts: when each was emitted, by whoever lived then, and by which partition it came."""

    def __init__(self, site: Site) -> None:
        super().__init__(daemon=True)
        self.heard: list[tuple[float, int]] = []
        self.last_heard = time.monotonic()
        self._site = site
        self._ending = threading.Event()

    def run(self) -> None:
        """Listen."""
        consumer = Consumer(
            self._site.kafka.client(
                group_id="soak", enable_auto_commit=False, fetch_wait_max_ms=5, auto_offset_reset="earliest"
            )
        )
        topic = self._site.kafka.topic(ALERTS)
        consumer.assign([TopicPartition(topic, partition, 0) for partition in range(self._site.partitions)])
        while not self._ending.is_set():
            for message in consumer.consume(1000, 0.05):
                if message.error() is None:
                    emitted = datetime.fromisoformat(data_of(message)["emitted_at"])
                    self.heard.append((emitted.timestamp(), message.partition() or 0))
                    self.last_heard = time.monotonic()
        consumer.close()

    def stop(self) -> None:
        self._ending.set()
        self.join()

    def first_after(self, moment: float, partitions: Container[int]) -> float | None:
        """Return how long after `moment` the next alert was emitted [s], to one of `partitions`."""
        return min(
            (at - moment for at, partition in self.heard if at > moment and partition in partitions), default=None
        )


@dataclass
class Result:
    """What came of a soak. seconds: by kind of kill, how long until the first alert after each."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    kills: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    comparison: Comparison = field(default_factory=Comparison)
    recorded: Recorded = field(default_factory=Recorded)
    samples: int = 0

    def table(self) -> str:
        """Return the table that docs/operations.md shows."""
        lines = ["| killed | times | first alert after, median [s] | slowest [s] |", "|---|---:|---:|---:|"]
        for kind in KINDS:
            took = self.seconds[kind]
            numbers = f"{statistics.median(took):.2f} | {max(took):.2f}" if took else "- | -"
            lines.append(f"| {kind} | {self.kills[kind]} | {numbers} |")
        total = sum(self.kills.values())
        ends = [f"{total} kills, {self.samples} samples.", f"On the topics: {self.comparison}."]
        return "\n".join([*lines, "", *ends, f"In the database: {self.recorded}."])


class Soak:
    """Kills of every kind, in turn, on one site. dsn: of the database that the site records into."""

    def __init__(self, site: Site, broker: ApacheKafka, dsn: str, seed: int, say: Callable[[str], None]) -> None:
        self.site, self.broker, self.dsn, self.say = site, broker, dsn, say
        self.result = Result()
        self._random = random.Random(seed)
        self._flow: Program | None = None
        self._recorder: Program | None = None
        self._processes = 1
        self._runs = 0
        self._alerts = Alerts(site)

    def run(self, kills: int) -> Result:
        """Kill so many times; return what came of it."""
        rig = Rig(self.site.kafka, WELLS, PERIOD_S, seed=1)
        self._start(1)
        self._start_recorder()
        self._alerts.start()
        rig.start()
        try:
            while sum(self.result.kills.values()) < kills:
                kind = KINDS[sum(self.result.kills.values()) % len(KINDS)]
                self._kill(kind)
            time.sleep(3.0)
            rig.stop()
            self._settle()
            assert self._flow is not None, "started above"
            assert self._recorder is not None, "started above"
            events = sum(map(len, on_topics(self.site.kafka, PARTITIONS).values()))
            wait_until(lambda: recorded_events(self.dsn) >= events, f"{events} events in the database", 300.0)
            for program in (self._flow, self._recorder):
                code = program.stop()
                assert code == 0, f"stopped with {code}: {program.said[-3000:]}"
        finally:
            for each in (self._flow, self._recorder):
                if each is not None:
                    each.kill()
            self._alerts.stop()
        self.result.samples = rig.sent
        self.result.comparison = self._compared()
        self.result.recorded = recorded(self.site.kafka, PARTITIONS, self.dsn)
        return self.result

    def _kill(self, kind: str) -> None:
        wanted = {"one of two processes": 2, "while rescaling 2 to 1": 2}.get(kind, 1)
        if self._processes != wanted:
            self._rescale(wanted)
        if kind in WITH_A_SPARE:
            wait_until(self._has_spares, "a spare of each process")
        time.sleep(self._random.uniform(0.3, 2.5))
        when = time.time()
        partitions = range(PARTITIONS)
        match kind:
            case "mid-stream":
                self._kill_holder(0)
            case "before the first snapshot":
                first = self._kill_holder(0)
                wait_until(lambda: self._holder(0) not in (None, first), "the spare has the lock")
                # The fence is being read, or the first second after it is running.
                time.sleep(self._random.uniform(0.0, 0.8))
                when = time.time()
                self._kill_holder(0)
            case "during the flush":
                # A broker that does not answer keeps every flush waiting, and one comes each second.
                os.kill(self.broker.pid, signal.SIGSTOP)
                try:
                    time.sleep(1.3)
                    when = time.time()
                    self._kill_holder(0)
                finally:
                    os.kill(self.broker.pid, signal.SIGCONT)
            case "one of two processes":
                killed = self._random.randrange(2)
                self._kill_holder(killed)
                partitions = range(killed, PARTITIONS, 2)
            case "while rescaling 1 to 2":
                self._rescale(2, broken=True)
            case "while rescaling 2 to 1":
                self._rescale(1, broken=True)
            case "the recorder":
                assert self._recorder is not None, "started before"
                self._recorder.kill()
                self._start_recorder()
            case _:
                self.broker.kill9()
                self.broker.start()
        self.result.kills[kind] += 1
        wait_until(lambda: self._alerts.first_after(when, partitions) is not None, f"an alert after a kill {kind}")
        took = self._alerts.first_after(when, partitions)
        assert took is not None, "waited for"
        self.result.seconds[kind].append(took)
        self.say(f"{sum(self.result.kills.values()):4d} {kind}: {took:.2f} s")

    def _start(self, processes: int) -> None:
        self._runs += 1
        self._processes = processes
        arguments = ("flow", "constraints", "--processes", str(processes))
        self._flow = Program(self.site, arguments, f"flow-{self._runs:03d}")
        self._flow.wait_for("judging with")

    def _start_recorder(self) -> None:
        self._runs += 1
        self._recorder = Program(self.site, ("flow", "record"), f"record-{self._runs:03d}")

    def _rescale(self, processes: int, broken: bool = False) -> None:
        """Go on with another number of processes; broken: killed before, and once more on the way."""
        assert self._flow is not None, "started before"
        if not broken:
            self._flow.stop()
            self._start(processes)
            return
        self._flow.kill()
        self._runs += 1
        half_way = Program(self.site, ("flow", "constraints", "--processes", str(processes)), f"flow-{self._runs:03d}")
        with ExitStack() as stack:
            stack.callback(half_way.kill)
            wait_until(lambda: bool(children_of(half_way.process.pid)), "processes of the new size")
            time.sleep(self._random.uniform(0.5, 4.0))
        self._start(processes)

    def _has_spares(self) -> bool:
        assert self._flow is not None, "started before"
        return self._flow.said.rpartition("judging")[2].count("spare_ready") >= self._processes

    def _holder(self, number: int) -> int | None:
        """Return the process that has the lock of a number."""
        try:
            text = (self.site.recovery / f"process-{number}.lock").read_text(encoding="utf-8")
        except OSError:
            return None
        return int(text.split()[1]) if text.startswith("pid ") else None

    def _kill_holder(self, number: int) -> int:
        wait_until(lambda: self._holder(number) is not None, f"a process {number}")
        pid = self._holder(number)
        assert pid is not None, "waited for"
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return pid

    def _settle(self) -> None:
        """Wait until all is told that had to be, and for a while whether more comes."""
        wait_until(lambda: time.monotonic() - self._alerts.last_heard > QUIET_S, "a quiet end", 180.0)
        # Where the flow was kept waiting, it was quiet before that.
        wait_until(lambda: not self._compared().missing, "all that had to be told", 180.0)

    def _compared(self) -> Comparison:
        book = read_rules(self.site.kafka)
        return compare(
            self.site.kafka, PARTITIONS, lambda shard, versions: book.rule_sets_of(shard, PARTITIONS, versions)
        )


@contextmanager
def database() -> Iterator[str]:
    """Yield the connection string of a PostgreSQL of its own, which keeps what it says it has."""
    folder = open_folder()
    try:
        with EmbeddedPostgres(folder) as server:
            yield server.dsn
    finally:
        shutil.rmtree(folder)


def site_of(folder: Path, broker: ApacheKafka, dsn: str) -> Site:
    """Return a site on which all is ready for a soak."""
    more = f'[postgres]\ndsn = "{dsn}"\n[metrics]\nport = 0\nrecord_port = 0\n'
    site = Site(folder, broker.bootstrap, "soak.", PARTITIONS, more)
    site.prepare(rules_of(WELLS, PERIOD_S))
    site.welltegra("db", "migrate")
    return site


def main() -> int:
    """Soak for the number of kills on the command line; return 0 if nothing was lost or doubled."""
    logging.basicConfig(level=logging.CRITICAL)
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="soak-"))
    with database() as dsn, ApacheKafka(folder / "kafka") as broker:
        site = site_of(folder / "site", broker, dsn)
        result = Soak(site, broker, dsn, seed=kills, say=lambda line: print(line, flush=True)).run(kills)
    print(result.table())
    for name in ("missing", "doubled", "unexpected", "different"):
        for record in getattr(result.comparison, name)[:3]:
            print(name, record)
    for name in ("missing", "doubled", "unordered"):
        for record in getattr(result.recorded, name)[:3]:
            print("recorded:", name, record)
    return 0 if result.comparison.is_exact and result.recorded.is_exact else 1


if __name__ == "__main__":
    sys.exit(main())
