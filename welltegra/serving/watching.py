"""Metrics and health of a process that answers, on a port of their own."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Final

from welltegra.api.metrics import ServeMetrics
from welltegra.api.state import State
from welltegra.metrics_server import MetricsServer, Pages, check_address
from welltegra.registry import Exposition
from welltegra.serving.probe import Probe
from welltegra.settings.model import MetricsSettings

log = logging.getLogger(__name__)

SETTING: Final = "metrics.serve_port"
_COMES_ROUND_WITHIN_S: Final = 5.0


class Watch:
    """Serves a process's metrics and health from start() to stop(). number: of the process; None for no seat."""

    def __init__(self, state: State, settings: MetricsSettings, number: int | None) -> None:
        self.metrics = ServeMetrics(state.database.figures, lambda: state.hub.subscribers)
        self._probe = Probe(state.database.postgres, state.provider)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: MetricsServer | None = None
        if not settings.serve_port:
            return
        if number is None:
            log.error("metrics_not_served reason=%s", "all ports of web.workers are held")
            return
        self.metrics.standing = self._probe.standing
        pages = Pages(Exposition(self.metrics.registry).text, self.why_not_live, self._probe.why_not_ready)
        self._server = MetricsServer(settings.host, settings.serve_port + number, pages)

    def start(self) -> None:
        """Serve from now on; call it on the loop that answers requests."""
        self._loop = asyncio.get_running_loop()
        if self._server is not None:
            self._probe.start()
            self._server.start()

    def stop(self) -> None:
        """Serve no more."""
        self._probe.stop()
        if self._server is not None:
            self._server.stop()

    def why_not_live(self) -> list[str]:
        """Return why nothing can be answered until we are started again; nothing if it can."""
        if self._loop is None:
            return []
        came = threading.Event()
        try:
            self._loop.call_soon_threadsafe(came.set)
        except RuntimeError:
            return ["the loop that answers requests must run; has ended"]
        if came.wait(_COMES_ROUND_WITHIN_S):
            return []
        return [f"the loop that answers requests must come round within {_COMES_ROUND_WITHIN_S:.0f} s; does not"]


def check_ports(settings: MetricsSettings, workers: int) -> None:
    """Find out whether metrics can be served where the settings say, if nobody else is there.

    A port that is taken is no reason not to serve the worklist: it may be held by the server that this one follows, and
    is taken as soon as it is free.

    Raises:
        FileFaults: Nobody can listen there.
    """
    for number in range(workers if settings.serve_port else 0):
        check_address(settings.host, settings.serve_port + number, may_be_in_use=True, setting=SETTING)
