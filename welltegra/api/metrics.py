"""What the server of the worklist tells Prometheus: requests, connections, streams, rankings, who was refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from prometheus_client import Counter, Histogram, Metric
from prometheus_client.registry import Collector

from welltegra.auth.errors import BadToken, ProviderAway, SignInFailed, TooManyAttempts
from welltegra.registry import counters, gauge, gauges, new_registry

# What labels may say: never anything that a client has made up.
METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
OTHER: Final = "other"
FORMATS: Final = ("csv", "parquet", "json", "xlsx")
JOB_STATES: Final = ("queued", "running", "succeeded", "failed")
REASONS: Final[dict[type[Exception], str]] = {
    BadToken: "credential",
    SignInFailed: "sign_in",
    TooManyAttempts: "too_many",
    ProviderAway: "provider_away",
}
_BOUNDS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_NOT_ASKED: Final = ("the database has not been asked yet",)


@dataclass(frozen=True, slots=True)
class Standing:
    """What was last found out. why_not: why requests cannot be answered; empty where they can.

    jobs: how many by state. running_s, waiting_s: since when the eldest of them runs, and waits.
    """

    why_not: tuple[str, ...] = _NOT_ASKED
    reachable: bool = False
    jobs: Mapping[str, int] = field(default_factory=dict)
    running_s: float = 0.0
    waiting_s: float = 0.0


class ServeMetrics(Collector):
    """Told by requests, on the loop that answers; asked by Prometheus, from whatever thread.

    pool: the figures of the pool of connections, as psycopg_pool names them. streams: how many are open.
    """

    def __init__(self, pool: Callable[[], Mapping[str, int]], streams: Callable[[], int]) -> None:
        self._pool, self._streams = pool, streams
        self.standing: Callable[[], Standing] = Standing
        self.open = 0
        self.registry = new_registry()
        self._requests = Counter(
            "welltegra_serve_requests_total", "Requests by route, method and class of the status.",
            ["route", "method", "status"], registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "welltegra_serve_request_seconds", "From a request to the last byte of its answer; streams apart.",
            ["route", "method"], buckets=_BOUNDS_S, registry=self.registry,
        )  # fmt: skip
        self._exports = Counter(
            "welltegra_serve_exports_total", "Exports that were begun.", ["format"], registry=self.registry
        )
        self._refused = Counter(
            "welltegra_serve_sign_ins_refused_total", "Who was not believed.", ["reason"], registry=self.registry
        )
        for format_ in FORMATS:
            self._exports.labels(format_)
        for reason in REASONS.values():
            self._refused.labels(reason)
        self.registry.register(self)

    def answered(self, route: str, method: str, status: int) -> None:
        """Count an answer that begins."""
        self._requests.labels(route, _method(method), f"{status // 100}xx").inc()

    def ended(self, route: str, method: str, seconds: float) -> None:
        """Count how long an answer took, to its last byte."""
        self._seconds.labels(route, _method(method)).observe(seconds)

    def exported(self, format_: str) -> None:
        """Count an export."""
        if format_ in FORMATS:
            self._exports.labels(format_).inc()

    def refused(self, error: Exception) -> None:
        """Count who was not believed; an error of another kind is none."""
        reason = REASONS.get(type(error))
        if reason is not None:
            self._refused.labels(reason).inc()

    def collect(self) -> Iterator[Metric]:
        """Yield what is made of plain numbers when it is asked for."""
        pool, streams, standing = self._pool(), self._streams(), self.standing()
        flying = max(0, self.open - streams)
        yield gauge("welltegra_serve_requests_in_flight", "Requests that are being answered, streams apart.", flying)
        yield gauge("welltegra_serve_event_streams", "Streams of events that are open: pages that are live.", streams)
        size, idle = pool.get("pool_size", 0), pool.get("pool_available", 0)
        uses = [(("used",), size - idle), (("idle",), idle)]
        yield gauges("welltegra_serve_pool_connections", "Connections to the database.", ("state",), uses)
        yield gauge("welltegra_serve_pool_most", "The most there may be: web.pool.", pool.get("pool_max", 0))
        yield gauge("welltegra_serve_pool_waiting", "Requests that wait for one.", pool.get("requests_waiting", 0))
        waited = [((), pool.get("requests_wait_ms", 0) / 1000)]
        yield counters("welltegra_serve_pool_wait_seconds_total", "How long requests have waited for one.", (), waited)
        yield gauge("welltegra_serve_database_reachable", "1 if the database answers.", standing.reachable)
        yield gauge("welltegra_serve_ready", "1 if /health/ready says yes.", not standing.why_not)
        if standing.reachable:
            jobs = [((state,), standing.jobs.get(state, 0)) for state in JOB_STATES]
            yield gauges("welltegra_serve_jobs", "Rankings that were asked for, by state.", ("state",), jobs)
            running, waiting = standing.running_s, standing.waiting_s
            yield gauge("welltegra_serve_job_running_seconds", "How long the eldest that runs has.", running)
            yield gauge("welltegra_serve_job_waiting_seconds", "How long the eldest that waits has.", waiting)


def _method(method: str) -> str:
    return method if method in METHODS else OTHER
