"""Metrics and health of the recorder, on a port of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.record_observer import NOBODY, RecordObserver
from welltegra.metrics_server import MetricsServer, Pages, check_address
from welltegra.recording_metrics import RecordMetrics
from welltegra.registry import Exposition
from welltegra.settings.model import MetricsSettings


@contextmanager
def watched(settings: MetricsSettings) -> Iterator[RecordObserver]:
    """Have a recorder watched while it runs, also while it waits to begin.

    Raises:
        FileFaults: Nobody can listen where its metrics are to be served, or somebody does.
    """
    if not settings.record_port:
        yield NOBODY
        return
    check_address(settings.host, settings.record_port, setting="metrics.record_port")
    metrics = RecordMetrics()
    # It answers, so it lives: what it waits for is not mended by starting it again.
    pages = Pages(metrics=Exposition(metrics.registry).text, live=list, ready=metrics.why_not_ready)
    server = MetricsServer(settings.host, settings.record_port, pages)
    server.start()
    try:
        yield metrics
    finally:
        server.stop()
