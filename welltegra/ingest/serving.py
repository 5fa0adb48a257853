"""Metrics and health of the ingest flow, on a port of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from connectors.opcua.observer import NOBODY, IngestObserver
from welltegra.ingest.metrics import IngestMetrics
from welltegra.metrics_server import MetricsServer, Pages, check_address
from welltegra.registry import Exposition


@contextmanager
def watched(host: str, port: int) -> Iterator[IngestObserver]:
    """Have an ingest watched while it runs, also while it waits to begin. port: 0 for nobody.

    Raises:
        FileFaults: Nobody can listen where its metrics are to be served, or somebody does.
    """
    if not port:
        yield NOBODY
        return
    check_address(host, port, setting="metrics.ingest_port")
    metrics = IngestMetrics()
    pages = Pages(metrics=Exposition(metrics.registry).text, live=metrics.why_not_live, ready=metrics.why_not_ready)
    server = MetricsServer(host, port, pages)
    server.start()
    try:
        yield metrics
    finally:
        server.stop()
