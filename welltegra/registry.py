"""What every process of ours says of itself to Prometheus, and how it is written."""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    GCCollector,
    Info,
    PlatformCollector,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

# Scrapes that come within this time of each other get the same text: two hundred at once cost no more than one.
_SAME_S: Final = 0.5

Labelled = Iterable[tuple[tuple[str, ...], float]]


def new_registry() -> CollectorRegistry:
    """Return a registry of its own with process, platform, garbage and build."""
    # A second series for each counter, which no query of ours reads.
    disable_created_metrics()  # type: ignore[no-untyped-call]  # it has no types
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    GCCollector(registry=registry)
    build = Info("welltegra_build", "Which version runs, on which Python.", registry=registry)
    build.info({"version": version("welltegra"), "python": platform.python_version()})
    return registry


class Exposition:
    """A registry as text, written anew when the last is half a second old. more: text that follows it."""

    def __init__(
        self,
        registry: CollectorRegistry,
        more: Callable[[], str] = str,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._registry, self._more, self._ticks = registry, more, ticks
        self._lock = threading.Lock()
        self._text, self._written_at = b"", -_SAME_S

    def text(self) -> bytes:
        """Return all metrics in Prometheus's text format."""
        with self._lock:
            if self._ticks() - self._written_at >= _SAME_S:
                self._text = generate_latest(self._registry) + self._more().encode("utf-8", "replace")
                self._written_at = self._ticks()
            return self._text


def gauge(name: str, meaning: str, value: float | None) -> GaugeMetricFamily:
    """Return a gauge without labels; no sample while there is no value."""
    return gauges(name, meaning, (), [] if value is None else [((), value)])


def gauges(name: str, meaning: str, labels: tuple[str, ...], values: Labelled) -> GaugeMetricFamily:
    """Return a gauge for each labelling."""
    family = GaugeMetricFamily(name, meaning, labels=labels)
    for labelled, value in values:
        family.add_metric(labelled, value)
    return family


def counters(name: str, meaning: str, labels: tuple[str, ...], values: Labelled) -> CounterMetricFamily:
    """Return a counter for each labelling; `name` ends in _total."""
    family = CounterMetricFamily(name.removesuffix("_total"), meaning, labels=labels)
    for labelled, value in values:
        family.add_metric(labelled, value)
    return family
