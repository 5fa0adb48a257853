"""What the ingest flow tells Prometheus."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from prometheus_client import Counter, Histogram, Metric
from prometheus_client.registry import Collector

from connectors.opcua.errors import KINDS
from connectors.opcua.observer import IngestObserver
from welltegra.live.health import LIVE_WITHIN_S
from welltegra.registry import gauge, gauges, new_registry

DIFFERENCES_S: Final = (0.01, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 60.0, 600.0, 3600.0)
# Named here; counted by the method that tells it.
_COUNTERS: Final = {
    "untimed": ("samples_untimed", "Samples that came without a time of their source; the server's was taken."),
    "overflows": ("queue_overflows", "Samples before which the server dropped others: its queue was full."),
    "gaps": ("gaps", "Tags of which nothing came for a while, counted once for each while."),
    "gap_s": ("gap_seconds", "How long these whiles were, added up by well."),
    "unfilled": ("gaps_unfilled", "Tags of which history had nothing of what was missed."),
    "filled": ("samples_filled", "Samples that were missed and came from history."),
    "given_up": ("scans_dropped", "Scans given up as Kafka took none and there was no more room."),
    "lost": ("scans_undelivered", "Scans that Kafka did not have when the run ended."),
}


class IngestMetrics(IngestObserver, Collector):
    """Told by the ingest flow, from whatever thread; asked by Prometheus.

    clock: seconds since epoch; ticks: seconds that never jump.
    """

    def __init__(self, clock: Callable[[], float] = time.time, ticks: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._ticks = clock, ticks
        self._lock = threading.Lock()
        self._opcua: tuple[bool, float, str] = (False, ticks(), "it has not been asked yet")
        self._kafka: tuple[bool, float, str] = (False, ticks(), "nothing was sent to it yet")
        self._turned: float | None = None
        self._heard_at: float | None = None
        self._mapped = self._served = self._waiting = self._waiting_bytes = self._undelivered = 0
        self.registry = new_registry()
        self._count = {
            key: Counter(f"welltegra_ingest_{name}_total", meaning, registry=self.registry)
            for key, (name, meaning) in _COUNTERS.items()
        }
        self._samples = Counter(
            "welltegra_ingest_samples_total", "Samples that came by subscription.", ["quality"], registry=self.registry
        )
        self._scans = Counter(
            "welltegra_ingest_scans_delivered_total", "Scans that Kafka has.", ["kind"], registry=self.registry
        )
        self._losses = Counter(
            "welltegra_ingest_connections_failed_total",
            "Connections to the OPC UA server that ended or did not come about.",
            ["kind"],
            registry=self.registry,
        )
        self._difference_s = Histogram(
            "welltegra_ingest_clock_difference_seconds",
            "Between the server's time of a sample and its source's, whichever is later.",
            buckets=DIFFERENCES_S,
            registry=self.registry,
        )
        # From zero on, so that the first is an increase too.
        for quality in ("good", "uncertain", "bad"):
            self._samples.labels(quality)
        for kind in KINDS:
            self._losses.labels(kind)
        self._live, self._backfill = self._scans.labels("live"), self._scans.labels("backfill")
        self.registry.register(self)

    def turned(self) -> None:
        self._turned = self._ticks()

    def kafka(self, reachable: bool, reason: str) -> None:
        with self._lock:
            self._kafka = _changed(self._kafka, reachable, reason, self._ticks())

    def connected(self) -> None:
        with self._lock:
            self._opcua = _changed(self._opcua, True, "", self._ticks())

    def disconnected(self, kind: str, reason: str) -> None:
        self._losses.labels(kind).inc()
        with self._lock:
            self._opcua = _changed(self._opcua, False, reason, self._ticks())

    def heard(self) -> None:
        self._heard_at = self._clock()

    def served(self, wanted: int, served: int) -> None:
        self._mapped, self._served = wanted, served

    def sampled(self, good: int, uncertain: int, bad: int) -> None:
        for quality, samples in (("good", good), ("uncertain", uncertain), ("bad", bad)):
            if samples:
                self._samples.labels(quality).inc(samples)

    def clock_differs(self, seconds: float) -> None:
        self._difference_s.observe(abs(seconds))

    def untimed(self, samples: int) -> None:
        self._count["untimed"].inc(samples)

    def overflowed(self, samples: int) -> None:
        self._count["overflows"].inc(samples)

    def gap(self, tags: int, seconds: float) -> None:
        self._count["gaps"].inc(tags)
        self._count["gap_s"].inc(seconds)

    def filled(self, samples: int) -> None:
        self._count["filled"].inc(samples)

    def unfilled(self, tags: int) -> None:
        self._count["unfilled"].inc(tags)

    def waiting(self, scans: int, size: int) -> None:
        self._waiting, self._waiting_bytes = scans, size

    def given_up(self, scans: int) -> None:
        self._count["given_up"].inc(scans)

    def delivered(self, backfill: bool) -> None:
        (self._backfill if backfill else self._live).inc()

    def undelivered(self, scans: int) -> None:
        self._undelivered = scans

    def lost(self, _shard: int, messages: int) -> None:
        self._count["lost"].inc(messages)

    def why_not_live(self) -> list[str]:
        """Return why the process should be ended and started again, for /health/live; nothing if it should not."""
        turned = self._turned
        if turned is None or (ago_s := self._ticks() - turned) <= LIVE_WITHIN_S:
            return []
        return [f"the engine must come round every {LIVE_WITHIN_S:g} s; last did {ago_s:.0f} s ago"]

    def why_not_ready(self) -> list[str]:
        """Return why samples do not reach Kafka now, for /health/ready; nothing if they do."""
        with self._lock:
            ends = (("the OPC UA server must be connected", self._opcua), ("Kafka must take scans", self._kafka))
        now = self._ticks()
        return [
            f"{must}; has not been for {now - since:.0f} s: {why}"
            for must, (is_there, since, why) in ends
            if not is_there
        ]

    def collect(self) -> Iterator[Metric]:
        """Yield what is made of plain numbers when it is asked for."""
        with self._lock:
            opcua, kafka = self._opcua, self._kafka
        offset = self._clock() - self._ticks()
        yield gauge("welltegra_ingest_opcua_connected", "1 if the OPC UA server sends what it is asked for.", opcua[0])
        yield gauge(
            "welltegra_ingest_opcua_connected_since_timestamp_seconds", "When that last changed.", opcua[1] + offset
        )
        yield gauge("welltegra_ingest_opcua_heard_timestamp_seconds", "When the server last answered.", self._heard_at)
        yield gauge("welltegra_ingest_kafka_reachable", "1 if Kafka takes scans.", kafka[0])
        yield gauge(
            "welltegra_ingest_kafka_reachable_since_timestamp_seconds", "When that last changed.", kafka[1] + offset
        )
        states = [(("served",), float(self._served)), (("refused",), float(self._mapped - self._served))]
        yield gauges("welltegra_ingest_tags", "Tags of the map, by whether the server serves them.", ("state",), states)
        yield gauge("welltegra_ingest_scans_waiting", "Scans that wait for the flow to take them.", self._waiting)
        yield gauge("welltegra_ingest_scans_waiting_bytes", "What they and history take.", self._waiting_bytes)
        yield gauge(
            "welltegra_ingest_scans_unacknowledged",
            "Scans that Kafka's client has and Kafka not yet.",
            self._undelivered,
        )


def _changed(before: tuple[bool, float, str], is_there: bool, reason: str, now: float) -> tuple[bool, float, str]:
    return is_there, before[1] if is_there == before[0] else now, reason
