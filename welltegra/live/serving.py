"""Metrics and health of a process of the flow, on a port of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from welltegra.live.health import why_not_live, why_not_ready
from welltegra.live.job import Job
from welltegra.live.lock import is_held
from welltegra.live.metrics import Metrics
from welltegra.live.watcher import NOBODY, Watcher
from welltegra.metrics_server import MetricsServer, Pages, check_address
from welltegra.registry import Exposition
from welltegra.settings.model import Settings


class ServedMetrics(Metrics):
    """Served from when the process is the one at work: its spare is to have the same port."""

    def __init__(self, job: Job) -> None:
        settings = job.settings
        super().__init__(
            number=job.number,
            prefix=settings.kafka.topic_prefix,
            snapshot_interval_s=settings.constraints.snapshot_interval_s,
            conditions=settings.metrics.conditions,
        )
        pages = Pages(
            metrics=Exposition(self.registry, self.conditions).text,
            live=lambda: why_not_live(self.standing()),
            ready=lambda: why_not_ready(self.standing()),
        )
        self._server = MetricsServer(settings.metrics.host, settings.metrics.port + job.number, pages)

    def begun(self) -> None:
        super().begun()
        self._server.start()

    def stop(self) -> None:
        """Serve no more."""
        self._server.stop()


@contextmanager
def watched(job: Job) -> Iterator[Watcher]:
    """Have a process watched while it runs.

    Raises:
        FileFaults: Nobody can listen where its metrics are to be served.
    """
    if not job.settings.metrics.port:
        yield NOBODY
        return
    check_address(job.settings.metrics.host, job.settings.metrics.port + job.number, may_be_in_use=True)
    watcher = ServedMetrics(job)
    try:
        yield watcher
    finally:
        watcher.stop()


def check_ports(settings: Settings, numbers: Iterable[int]) -> None:
    """Raise FileFaults unless these processes can serve their metrics; to be asked before any of them runs."""
    for number in numbers if settings.metrics.port else ():
        # What is left of a flow whose supervisor died may be taking its last snapshot, and holds both until it has.
        stopping = is_held(settings.constraints.recovery, number)
        check_address(settings.metrics.host, settings.metrics.port + number, may_be_in_use=stopping)
