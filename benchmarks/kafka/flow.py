"""This flow as it runs live, recovery and metrics on, in a process that says when its time begins."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from benchmarks.kafka.orders import Clock, Orders, orders_given, write_whole
from connectors.errors import ConnectorError
from flows.summary import Status
from welltegra.live.job import Job
from welltegra.live.process import run_process
from welltegra.live.recovery import recovery_of
from welltegra.live.serving import ServedMetrics
from welltegra.settings.model import ConstraintsSettings, KafkaSettings, MetricsSettings, Settings


class Timed(ServedMetrics):
    """The metrics that every process serves, with a clock that sees what is taken; says when all shards judge."""

    def __init__(self, job: Job, orders: Orders) -> None:
        super().__init__(job)
        self._orders = orders
        self._taken = Clock(orders)
        self._silent = set(orders.own_partitions)

    def read(self, shard: int, messages: int, position: int, behind: int | None) -> None:
        self._taken.take(messages)
        super().read(shard, messages, position, behind)

    def status(self, status: Status) -> None:
        super().status(status)
        if self._silent:
            self._silent.discard(status.shard)
            if not self._silent:
                self._orders.say("judging")


def settings_of(orders: Orders) -> Settings:
    """Return the settings that an operator would have written."""
    return Settings(
        kafka=KafkaSettings(bootstrap_servers=orders.bootstrap, topic_prefix=orders.prefix),
        constraints=ConstraintsSettings(
            recovery=Path(orders.folder, "recovery"), snapshot_interval_s=orders.snapshot_s, most_processes=2
        ),
        # Each process takes the port of its number; they are found free one by one.
        metrics=MetricsSettings(port=orders.metrics_port - orders.number),
    )


def _place(orders: Orders) -> Path:
    return Path(orders.folder, "place")


def wait_for_place(orders: Orders) -> Path:
    """Return where the state of all processes is, once the first has said so."""
    while not _place(orders).exists():
        time.sleep(0.01)
    return Path(_place(orders).read_text(encoding="utf-8"))


def main() -> int:
    """Run until SIGTERM."""
    orders = orders_given()
    settings = settings_of(orders)
    if orders.number == 0:
        # As a supervisor does for all its processes.
        recovery = recovery_of(settings)
        recovery.prepare()
        write_whole(_place(orders), str(recovery.place()).encode())
    job = Job(settings, orders.number, orders.addresses)
    watcher = Timed(job, orders)
    try:
        run_process(job, orders.say, lambda: wait_for_place(orders), watcher)
    except ConnectorError as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        watcher.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
