"""What the record flow tells Prometheus."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Final

from prometheus_client import Counter, Metric
from prometheus_client.registry import Collector

from connectors.record_observer import RecordObserver
from welltegra.registry import gauge, new_registry

KINDS: Final = ("alert", "violation", "capture")


class RecordMetrics(RecordObserver, Collector):
    """Told by the record flow, from whatever thread; asked by Prometheus.

    clock: seconds since epoch; ticks: seconds that never jump.
    """

    def __init__(self, clock: Callable[[], float] = time.time, ticks: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._ticks = clock, ticks
        self._lock = threading.Lock()
        self._reachable, self._since = False, ticks()
        self._reason = "the database has not been asked yet"
        self._stored_at: float | None = None
        self._event_time: float | None = None
        self._behind: int | None = None
        self.registry = new_registry()
        self._stored = Counter(
            "welltegra_recorder_stored_total", "Records that the database has.", ["kind"], registry=self.registry
        )
        for kind in KINDS:
            self._stored.labels(kind)
        self.registry.register(self)

    def stored(self, kind: str, n: int, event_time: datetime | None) -> None:
        self._stored.labels(kind).inc(n)
        self._stored_at = self._clock()
        if event_time is not None:
            self._event_time = event_time.timestamp()
        self.reachable(True)

    def behind(self, messages: int) -> None:
        self._behind = messages

    def waiting(self, reason: str) -> None:
        self._set(False, reason)

    def reachable(self, reachable: bool) -> None:
        self._set(reachable, "it does not answer")

    def _set(self, reachable: bool, reason: str) -> None:
        with self._lock:
            if reachable != self._reachable:
                self._since = self._ticks()
            self._reachable, self._reason = reachable, reason

    def why_not_ready(self) -> list[str]:
        """Return why nothing can be recorded now, for /health/ready; nothing if it can."""
        with self._lock:
            if self._reachable:
                return []
            waited_s = self._ticks() - self._since
            return [f"the database must take records; has not for {waited_s:.0f} s: {self._reason}"]

    def collect(self) -> Iterator[Metric]:
        """Yield what is made of plain numbers when it is asked for."""
        yield gauge(
            "welltegra_recorder_lag_messages",
            "Messages of alerts and violations that wait to be recorded.",
            self._behind,
        )
        yield gauge(
            "welltegra_recorder_stored_timestamp_seconds", "When the database last took a record.", self._stored_at
        )
        yield gauge(
            "welltegra_recorder_event_timestamp_seconds", "When the latest recorded event happened.", self._event_time
        )
        yield gauge("welltegra_recorder_database_reachable", "1 if the database takes records.", self._reachable)
        with self._lock:
            since = self._clock() - (self._ticks() - self._since)
        yield gauge("welltegra_recorder_database_reachable_since_timestamp_seconds", "When that last changed.", since)
