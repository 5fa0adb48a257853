"""Metrics and health of the recorder, on a port of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from connectors.errors import FileFaults
from connectors.record_observer import NOBODY, RecordObserver
from welltegra.metrics_server import MetricsServer, Pages, check_address
from welltegra.recording_metrics import RecordMetrics
from welltegra.registry import Exposition
from welltegra.settings.model import MetricsSettings

_REMEDY = "End what listens there, or set metrics.record_port to another, or to 0 for no metrics."


@contextmanager
def watched(settings: MetricsSettings) -> Iterator[RecordObserver]:
    """Have a recorder watched while it runs, also while it waits to begin.

    Raises:
        FileFaults: Nobody can listen where its metrics are to be served, or somebody does.
    """
    if not settings.record_port:
        yield NOBODY
        return
    _check(settings.host, settings.record_port)
    metrics = RecordMetrics()
    # It answers, so it lives: what it waits for is not mended by starting it again.
    pages = Pages(metrics=Exposition(metrics.registry).text, live=list, ready=metrics.why_not_ready)
    server = MetricsServer(settings.host, settings.record_port, pages)
    server.start()
    try:
        yield metrics
    finally:
        server.stop()


def _check(host: str, port: int) -> None:
    try:
        check_address(host, port)
    except FileFaults as error:
        must = f"{host}:{port}, by metrics.host and metrics.record_port, must be free for metrics and health"
        raise FileFaults([replace(fault, must=must, remedy=_REMEDY) for fault in error.faults]) from None
