"""Thousands of tags of a node-opcua server at 1 Hz through `welltegra flow ingest`: every sample of its log on Kafka.

`python -m tests.system.node_opcua [TICKS [WELLS TAGS]]` prints what came of it.
"""

from __future__ import annotations

import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.parts.node_opcua import NodeOpcua
from tests.system.server_log import Comparison, compare, scans_on
from tests.system.site import PATIENCE_S, Site, resident_mb, wait_until
from tests.welltegra.live.asked import ask, free_pair
from welltegra.embedded.broker import EmbeddedBroker

PARTITIONS = 4
WELLS, TAGS = 50, 100
# Who is busy for a while is not gone: a connection that was given up would cost samples, for there is no history.
PATIENT = "deadline_s = 60\n"
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def site_of(folder: Path, bootstrap: str, endpoint: str, server: NodeOpcua, port: int, opcua: str = "") -> Site:
    """Return a site that ingests all tags of a server. port: of metrics, of the flow; of the ingest it is the next.

    opcua: further settings of its section. Topics and rules are yet to be made.
    """
    folder.mkdir(parents=True)
    (folder / "tags.yaml").write_text(server.tag_map(), encoding="utf-8")
    more = f'[opcua]\nendpoint = "{endpoint}"\ntags = "tags.yaml"\n{opcua}'
    more += f"[metrics]\nport = {port}\nrecord_port = 0\ningest_port = {port + 1}\n"
    return Site(folder, bootstrap, "node.", PARTITIONS, more)


def metric(port: int, name: str) -> float:
    """Return the value of a metric, by its name and labels as they are served; NaN for one that is not there."""
    for line in ask(port, "/metrics")[1].decode().splitlines():
        if line.startswith(f"{name} "):
            return float(line.rpartition(" ")[2])
    return math.nan


def cpu_s(pid: int) -> float:
    """Return how long a process has been at work on a processor."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S


@dataclass
class Load:
    """A run. ticks: of the server, at the least; cpu: of the ingest and of the server, as a share of one processor."""

    ticks: int
    seconds: float
    comparison: Comparison
    ingest_cpu: float
    server_cpu: float
    ingest_mb: float
    overflows: float
    connections: int

    def is_whole(self, tags: int) -> bool:
        """Return whether every sample of so many tags came, once and as it was, by the one subscription, in time."""
        found = self.comparison
        is_all = found.expected >= tags * self.ticks
        return is_all and found.is_exact and (found.backfilled, self.overflows, self.connections) == (0, 0, 1)

    def __str__(self) -> str:
        p50, p99, worst = np.percentile(self.comparison.delays_ms, (50, 99, 100))
        return (
            f"{self.ticks} ticks in {self.seconds:.0f} s; {self.comparison}\n"
            f"ingest: {self.ingest_cpu:.0%} of a processor, {self.ingest_mb:.0f} MB, {self.connections} connection(s),"
            f" {self.overflows:.0f} overflows of the server's queue; the server: {self.server_cpu:.0%}\n"
            f"from source time to Kafka: p50 {p50:.0f} ms, p99 {p99:.0f} ms, worst {worst:.0f} ms, of"
            f" {len(self.comparison.delays_ms)} scans"
        )


def load(folder: Path, ticks: int, wells: int = WELLS, tags: int = TAGS) -> Load:
    """Have so many tags ingested for so many ticks of 1 s, or more where the server is late.

    The server has no history: what a subscription misses stays missing.
    """
    with (
        EmbeddedBroker(folder / "broker") as broker,
        NodeOpcua(folder / "server", wells, tags) as server,
    ):
        port = free_pair()
        site = site_of(folder / "site", broker.bootstrap, server.endpoint, server, port, PATIENT)
        site.welltegra("topics", "create")
        with site.running("flow", "ingest", name="ingest") as ingest:
            ingest.wait_for("opcua_connected")
            since = time.time()
            before = cpu_s(ingest.process.pid), cpu_s(server.pid)
            begun = len(server.sent())
            time.sleep(ticks)
            # A tick that it came too late for it leaves out.
            wait_until(lambda: len(server.sent()) >= begun + ticks, f"{ticks} ticks of the server")
            server_s, ingest_s = cpu_s(server.pid) - before[1], cpu_s(ingest.process.pid) - before[0]
            took_s = time.time() - since
            server.tell(ticking=False)
            memory_mb = resident_mb(ingest.process.pid)
            _wait_until_quiet(port)

            def compared() -> Comparison:
                return compare(server.sent(), scans_on(site.kafka), server.names(), int(since * 1000))

            _wait_until_there(compared)
            overflows = metric(port + 1, "welltegra_ingest_queue_overflows_total")
            assert ingest.stop() == 0, ingest.said[-3000:]
        return Load(
            ticks, took_s, compared(), ingest_s / took_s, server_s / took_s, memory_mb, overflows,
            ingest.said.count("opcua_connected"),
        )  # fmt: skip


def _wait_until_there(compared: Callable[[], Comparison]) -> None:
    """Return once nothing is missing, or when it has had time enough: an ingest that is kept waiting is quiet, too."""
    until = time.monotonic() + PATIENCE_S
    while compared().missing and time.monotonic() < until:
        time.sleep(1.0)


def _wait_until_quiet(port: int) -> None:
    """Return once the ingest has put all on Kafka that came, and nothing more comes."""
    seen = [0.0, 0.0]

    def is_quiet() -> bool:
        time.sleep(2.0)
        seen.append(metric(port + 1, 'welltegra_ingest_scans_delivered_total{kind="live"}'))
        return seen[-1] == seen[-2] > 0 and metric(port + 1, "welltegra_ingest_scans_unacknowledged") == 0

    wait_until(is_quiet, "the ingest to have delivered all")


def main() -> int:
    """Do it once; return 0 if every sample came, once and as it was."""
    ticks, wells, tags = [int(word) for word in sys.argv[1:4]] + [600, WELLS, TAGS][len(sys.argv) - 1 :]
    result = load(Path(tempfile.mkdtemp(prefix="node-opcua-")), ticks, wells, tags)
    print(result)
    return 0 if result.is_whole(wells * tags) else 1


if __name__ == "__main__":
    sys.exit(main())
