"""The database gone for ten minutes and the broker for one of them, with flow and recorder at work on Apache Kafka.

`python -m tests.system.outages [DATABASE_S] [BROKER_S] [FOLDER]` prints what memory, metrics, log and records came to.
"""

from __future__ import annotations

import logging
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from connectors.kafka.rules import read_rules
from schemas.topics import ALERTS
from tests.parts.apache_kafka import ApacheKafka
from tests.parts.postgres import open_folder
from tests.system.recorded import on_topics, recorded, recorded_events
from tests.system.records import compare, messages
from tests.system.site import Program, Site, resident_mb, wait_until
from tests.system.workload import Rig, rules_of
from tests.welltegra.live.asked import ask, free_pair
from welltegra.embedded.postgres import EmbeddedPostgres

PARTITIONS, WELLS, PERIOD_S = 2, 40, 0.5
CALM_S = 30.0
LOOK_EVERY_S = 2.0


@dataclass
class Seen:
    """Memory [MB] of the process at work and of the recorder, at each look of a phase."""

    flow_mb: list[float] = field(default_factory=list)
    recorder_mb: list[float] = field(default_factory=list)


class Outages:
    """One run. ports: of metrics, of the flow and of the recorder."""

    def __init__(self, folder: Path, broker: ApacheKafka, server: EmbeddedPostgres) -> None:
        self.broker, self.server = broker, server
        self.port = free_pair()
        more = f'[postgres]\ndsn = "{server.dsn}"\n[metrics]\nport = {self.port}\nrecord_port = {self.port + 1}\n'
        self.site = Site(folder, broker.bootstrap, "outages.", PARTITIONS, more)
        self.site.prepare(rules_of(WELLS, PERIOD_S))
        self.site.welltegra("db", "migrate")
        self.phases: dict[str, Seen] = {}

    def run(self, database_s: float, broker_s: float) -> bool:
        """Go through it, printing what is seen; return whether no record is lost, doubled or out of order."""
        rig = Rig(self.site.kafka, WELLS, PERIOD_S, seed=5)
        with (
            self.site.running("flow", "constraints", name="flow") as flow,
            self.site.running("flow", "record", name="record") as recorder,
        ):
            flow.wait_for("judging with")
            rig.start()
            self._look("all is there", CALM_S, recorder)
            self.server.stop()
            print(f"database gone at {self._alerts()} alerts")
            third = (database_s - broker_s) / 2
            self._look("the database is gone", third, recorder)
            print(
                f"{self._alerts()} alerts; the recorder's metrics say {self._metric(1, 'database_reachable ')};",
                end=" ",
            )
            print(f"health: {ask(self.port + 1, '/health/ready')}")
            self.broker.kill9()
            self._look("database and broker are gone", broker_s, recorder)
            print(f"the flow's metrics say {self._metric(0, 'kafka_reachable ')};", end=" ")
            print(f"health: {ask(self.port, '/health/ready')}; {ask(self.port, '/health/live')}")
            began = time.monotonic()
            self.broker.start()
            before = self._alerts()
            wait_until(lambda: self._alerts() > before, "alerts once the broker is back", 120.0)
            print(f"first alerts {time.monotonic() - began:.1f} s after the broker's start was begun")
            self._look("the database is still gone", third, recorder)
            alerts = self._alerts()
            began = time.monotonic()
            self.server.start()
            wait_until(lambda: self._recorded() > 0 and self._behind() < 20, "the recorder to catch up", 300.0)
            print(f"{alerts} alerts when the database came back; caught up with in {time.monotonic() - began:.1f} s")
            self._look("all is there again", CALM_S, recorder)
            rig.stop()
            wait_until(lambda: self._behind() == 0, "all to be recorded", 120.0)
            time.sleep(8.0)  # what goes silent last is told 5 s later
            wait_until(lambda: self._behind() == 0, "all to be recorded", 120.0)
            said = {"flow": flow.said, "recorder": recorder.said}
            codes = flow.stop(), recorder.stop()
        for phase, seen in self.phases.items():
            flow_mb, recorder_mb = (f"{min(mb):.0f} to {max(mb):.0f}" for mb in (seen.flow_mb, seen.recorder_mb))
            print(f"| {phase} | {flow_mb} | {recorder_mb} |")
        for name, words in (
            ("flow", "kafka_error"),
            ("recorder", "database_waited_for"),
            ("recorder", "database_back"),
        ):
            lines = [line for line in said[name].splitlines() if words in line]
            print(f"{name} said {len(lines)} times: {lines[0] if lines else '-'}")
        book = read_rules(self.site.kafka)
        on_topic = compare(
            self.site.kafka, PARTITIONS, lambda shard, versions: book.rule_sets_of(shard, PARTITIONS, versions)
        )
        in_database = recorded(self.site.kafka, PARTITIONS, self.server.dsn)
        print(f"exit codes {codes}\ntopics: {on_topic}\ndatabase: {in_database}")
        return on_topic.is_exact and in_database.is_exact and codes == (0, 0)

    def _look(self, phase: str, seconds: float, recorder: Program) -> None:
        seen = self.phases.setdefault(phase, Seen())
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            seen.flow_mb.append(resident_mb(self.site.at_work()))
            seen.recorder_mb.append(resident_mb(recorder.process.pid))
            time.sleep(LOOK_EVERY_S)

    def _metric(self, offset: int, name: str) -> str:
        text = ask(self.port + offset, "/metrics")[1].decode()
        return next((line for line in text.splitlines() if name in line and not line.startswith("#")), f"no {name}")

    def _alerts(self) -> int:
        return sum(len(messages(self.site.kafka, ALERTS, partition)) for partition in range(PARTITIONS))

    def _recorded(self) -> int:
        return recorded_events(self.server.dsn)

    def _behind(self) -> int:
        return sum(map(len, on_topics(self.site.kafka, PARTITIONS).values())) - self._recorded()


def main() -> int:
    """Go through it once; return 0 if nothing was lost."""
    logging.basicConfig(level=logging.CRITICAL)
    given = [float(word) for word in sys.argv[1:3]]
    database_s, broker_s = given + [600.0, 60.0][len(given) :]
    folder = Path(sys.argv[3]) if len(sys.argv) > 3 else Path(tempfile.mkdtemp(prefix="outages-"))
    with EmbeddedPostgres(open_folder()) as server, ApacheKafka(folder / "kafka") as broker:
        return 0 if Outages(folder / "site", broker, server).run(database_s, broker_s) else 1


if __name__ == "__main__":
    sys.exit(main())
