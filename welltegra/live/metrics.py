"""What a process of the flow tells Prometheus: it is told what happens, and says so when it is asked.

The engine's thread stores plain numbers; names, labels and text are made on the thread of whoever asks.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import islice
from typing import Final, NamedTuple

from prometheus_client import Counter, Gauge, Histogram, Metric
from prometheus_client.registry import Collector

from flows.summary import Status
from rules.memory import LEVELS, VIEWS
from schemas.topics import ALERTS, DEAD_LETTERS, VIOLATIONS
from welltegra.live.condition_text import condition_text
from welltegra.live.health import ShardStanding, Standing, why_not_live, why_not_ready
from welltegra.live.watcher import Watcher
from welltegra.registry import counters, gauge, gauges, new_registry

LATENCIES_S: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
# What was fetched before an error may still be read after it: only later reads prove that the brokers are back.
_PROOF_AFTER_S: Final = 5.0

# Fields of Status that count, and what they are called here.
_COUNTED: Final = {
    "samples": ("welltegra_samples_read_total", "Samples that were read from messages."),
    "unwatched": ("welltegra_samples_unwatched_total", "Samples of tags that no constraint names."),
    "judged": ("welltegra_samples_judged_total", "Samples judged, once for each condition that watches their tag."),
    "late": ("welltegra_samples_late_total", "Samples older than one already judged; a late breach is reported too."),
    "duplicate": ("welltegra_samples_duplicate_total", "Samples of a time that was judged already."),
    "bad": ("welltegra_samples_bad_total", "Samples without a usable value: bad quality, or not a number."),
    "suspect": ("welltegra_samples_suspect_total", "Samples of doubtful quality; they are judged, and it is said."),
    "breaching": ("welltegra_samples_breaching_total", "Samples at or beyond red."),
    "episodes": ("welltegra_episodes_total", "Excursions that began."),
}


class Kafka(NamedTuple):
    """Whether the brokers answer: since when, the last word against it and when that was; in ticks."""

    reachable: bool
    since: float
    reason: str
    blamed_at: float


@dataclass(slots=True)
class Shard:
    """What was last told of a shard, and what was counted of it since the process started."""

    built: bool = False
    caught_up: bool = False
    messages: int = 0
    lost: int = 0
    position: int = 0
    behind: int | None = None
    status: Status | None = None
    told_at: float = 0.0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTED, 0))


class Metrics(Watcher, Collector):
    """Told by the flow, asked by Prometheus.

    number: of the process. prefix: of topics. conditions: how many have metrics of their own. clock: seconds since
    epoch; ticks: seconds that never jump.
    """

    def __init__(
        self,
        number: int = 0,
        prefix: str = "",
        snapshot_interval_s: float = 1.0,
        conditions: int = 1000,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._number, self._snapshot_interval_s, self._most_conditions = number, snapshot_interval_s, conditions
        self._clock, self._ticks = clock, ticks
        self._begun: float | None = None
        self._turned: float | None = None
        self._flushed: float | None = None
        self._expected: Collection[int] | None = None
        self._is_on_disk: bool | None = None
        self._shards: dict[int, Shard] = {}
        self._kafka = Kafka(False, ticks(), "the brokers have not been asked yet", ticks())
        self._kafka_lock = threading.Lock()
        self.registry = new_registry()
        self._published = Counter(
            "welltegra_records_published_total", "Records that the broker has.", ["topic"], registry=self.registry
        )
        self._dropped = Counter(
            "welltegra_records_dropped_total",
            "Records that came again after a restart, and were not written again.",
            ["topic"],
            registry=self.registry,
        )
        self._fence_ids = Gauge(
            "welltegra_fence_ids", "Records found at the start that may come again.", ["topic"], registry=self.registry
        )
        self._fence_s = Gauge(
            "welltegra_fence_seconds", "How long it took to find them at the start.", ["topic"], registry=self.registry
        )
        self._latency = Histogram(
            "welltegra_event_to_alert_seconds",
            "From the time of the sample to the broker having the record, late samples included.",
            ["topic"],
            buckets=LATENCIES_S,
            registry=self.registry,
        )
        self._flush_s = Histogram(
            "welltegra_snapshot_flush_seconds",
            "How long a sink waited, for a snapshot, until the broker had everything.",
            ["topic"],
            buckets=LATENCIES_S,
            registry=self.registry,
        )
        self._published_on = cache(self._published.labels)
        self._latency_on = cache(self._latency.labels)
        # From zero on, so that the first record is an increase too.
        for topic in (prefix + ALERTS, prefix + VIOLATIONS, prefix + DEAD_LETTERS):
            self._published.labels(topic)
            self._dropped.labels(topic)
        self._latency.labels(prefix + ALERTS)
        self._latency.labels(prefix + VIOLATIONS)
        self.registry.register(self)

    # Told on the engine's thread.

    def begun(self) -> None:
        self._begun = self._ticks()

    def expects(self, shards: Collection[int]) -> None:
        self._expected = frozenset(shards)
        self._answered()

    def state(self, is_on_disk: bool) -> None:
        self._is_on_disk = is_on_disk

    def turned(self) -> None:
        self._turned = self._ticks()

    def built(self, shard: int, position: int) -> None:
        self._of(shard).built = True
        self._of(shard).position = position
        self._answered()

    def read(self, shard: int, messages: int, position: int, behind: int | None) -> None:
        of = self._of(shard)
        of.messages += messages
        of.position = position
        of.behind = behind
        if not self._kafka.reachable:
            self._proven()

    def caught_up(self, shard: int) -> None:
        self._of(shard).caught_up = True

    def lost(self, shard: int, messages: int) -> None:
        self._of(shard).lost += messages

    def fenced(self, topic: str, shard: int, ids: int, seconds: float) -> None:
        self._fence_ids.labels(topic).inc(ids)
        self._fence_s.labels(topic).inc(seconds)
        self._answered()

    def dropped(self, topic: str) -> None:
        self._dropped.labels(topic).inc()

    def published(self, topic: str, happened: datetime | None) -> None:
        self._published_on(topic).inc()
        if happened is not None:
            # A clock ahead of ours makes less than nothing of it.
            self._latency_on(topic).observe(max(0.0, self._clock() - happened.timestamp()))
        if not self._kafka.reachable:
            self._proven()

    def flushed(self, topic: str, seconds: float) -> None:
        self._flush_s.labels(topic).observe(seconds)
        self._flushed = self._clock()

    def status(self, status: Status) -> None:
        of = self._of(status.shard)
        for name in _COUNTED:
            # With a condition that is no longer watched its counts go, and come to less than before; ours never do.
            before = getattr(of.status, name) if of.status is not None else 0
            of.counts[name] += max(0, getattr(status, name) - before)
        of.status, of.told_at = status, self._ticks()

    # Told from any thread.

    def kafka(self, reachable: bool, reason: str) -> None:
        if reachable:
            self._answered()
            return
        now = self._ticks()
        with self._kafka_lock:
            before = self._kafka
            self._kafka = Kafka(False, now if before.reachable else before.since, reason, now)

    def _answered(self) -> None:
        with self._kafka_lock:
            if not self._kafka.reachable:
                self._kafka = self._kafka._replace(reachable=True, since=self._ticks())

    def _proven(self) -> None:
        if self._ticks() - self._kafka.blamed_at > _PROOF_AFTER_S:
            self._answered()

    def _of(self, shard: int) -> Shard:
        try:
            return self._shards[shard]
        except KeyError:
            return self._shards.setdefault(shard, Shard())

    # Asked from any thread.

    def standing(self) -> Standing:
        """Return how the process stands, for health."""
        kafka = self._kafka
        return Standing(
            begun_ago_s=self._ago(self._begun),
            turned_ago_s=self._ago(self._turned),
            expected=self._expected,
            shards={
                number: ShardStanding(of.built, of.caught_up, self._ago(of.told_at) if of.status is not None else None)
                for number, of in self._shards.copy().items()
            },
            kafka=None if kafka.reachable else kafka.reason,
            kafka_ago_s=self._ticks() - kafka.since,
            snapshot_interval_s=self._snapshot_interval_s,
        )

    def _ago(self, ticks: float | None) -> float | None:
        return None if ticks is None else max(0.0, self._ticks() - ticks)

    def _time(self, ticks: float | None) -> float | None:
        """Return when that was [s since epoch]."""
        return None if ticks is None else self._clock() - (self._ticks() - ticks)

    def collect(self) -> Iterator[Metric]:
        """Yield what is made of plain numbers when it is asked for."""
        shards = sorted(self._shards.copy().items())
        yield from self._of_process(shards)
        yield from self._of_shards(shards)
        yield from self._of_conditions([of.status for _, of in shards if of.status is not None])

    def _of_process(self, shards: list[tuple[int, Shard]]) -> Iterator[Metric]:
        standing, kafka = self.standing(), self._kafka
        yield gauge("welltegra_process_number", "Which process of the cluster this is.", self._number)
        yield gauge("welltegra_live", "1 if /health/live says yes.", not why_not_live(standing))
        yield gauge(
            "welltegra_ready",
            "1 if /health/ready says yes: all that comes is judged at once.",
            not why_not_ready(standing),
        )
        yield gauge(
            "welltegra_shards",
            "Shards that this process is to judge.",
            None if self._expected is None else len(self._expected),
        )
        yield gauge(
            "welltegra_shards_caught_up",
            "Shards that have read all that was there at the start.",
            sum(of.caught_up for _, of in shards),
        )
        yield gauge(
            "welltegra_engine_turned_timestamp_seconds", "When the engine last came round.", self._time(self._turned)
        )
        yield gauge(
            "welltegra_snapshot_timestamp_seconds", "When a sink last had everything out for a snapshot.", self._flushed
        )
        yield gauge(
            "welltegra_snapshot_interval_seconds", "How far apart snapshots are to be.", self._snapshot_interval_s
        )
        yield gauge(
            "welltegra_state_on_disk",
            "1 if the state is saved on disk; 0 if in memory, because that is full.",
            self._is_on_disk,
        )
        yield gauge("welltegra_kafka_reachable", "1 if the brokers can be reached.", kafka.reachable)
        yield gauge(
            "welltegra_kafka_reachable_since_timestamp_seconds", "When that last changed.", self._time(kafka.since)
        )

    def _of_shards(self, shards: list[tuple[int, Shard]]) -> Iterator[Metric]:
        by_shard = ("shard",)
        read = [((str(number),), of) for number, of in shards]
        told = [(labels, of, of.status) for labels, of in read if of.status is not None]
        yield counters(
            "welltegra_messages_read_total",
            "Messages of samples that were read.",
            by_shard,
            [(labels, of.messages) for labels, of in read],
        )
        yield counters(
            "welltegra_messages_lost_total",
            "Messages that retention deleted before they were judged.",
            by_shard,
            [(labels, of.lost) for labels, of in read],
        )
        yield gauges(
            "welltegra_lag_messages",
            "Messages that wait to be read, by what the broker last said.",
            by_shard,
            [(labels, of.behind) for labels, of in read if of.behind is not None],
        )
        yield gauges(
            "welltegra_position_messages",
            "Offset of the next message to be read.",
            by_shard,
            [(labels, of.position) for labels, of in read],
        )
        for name, (metric, meaning) in _COUNTED.items():
            yield counters(metric, meaning, by_shard, [(labels, of.counts[name]) for labels, of, _ in told])
        now = self._clock()
        yield gauges(
            "welltegra_last_judged_age_seconds",
            "How old the latest judged sample is, by its own time.",
            by_shard,
            [(labels, now - status.last_judged / 1e6) for labels, _, status in told if status.last_judged],
        )
        yield gauges(
            "welltegra_status_timestamp_seconds",
            "When the judge last said how it stands.",
            by_shard,
            [(labels, self._time(of.told_at) or 0.0) for labels, of, _ in told],
        )

    def _of_conditions(self, statuses: list[Status]) -> Iterator[Metric]:
        levels = [sum(status.levels[at] for status in statuses) for at in range(len(LEVELS))]
        views = [sum(status.views[at] for status in statuses) for at in range(len(VIEWS))]
        told = bool(statuses)
        yield gauges(
            "welltegra_conditions_by_level",
            "Conditions that stand at a level.",
            ("level",),
            [((name,), count) for name, count in zip(LEVELS, levels, strict=True) if told],
        )
        yield gauges(
            "welltegra_conditions_by_view",
            "Conditions by whether their value can be seen.",
            ("view",),
            [((name,), count) for name, count in zip(VIEWS, views, strict=True) if told],
        )
        yield gauge(
            "welltegra_wells", "Wells with rules.", sum(len(status.versions) for status in statuses) if told else None
        )

    def conditions(self) -> str:
        """Return the metrics of single conditions, as text."""
        statuses = [of.status for _, of in sorted(self._shards.copy().items()) if of.status is not None]
        shown = list(
            islice(((state, status) for status in statuses for state in status.conditions), self._most_conditions)
        )
        versions = {well: of.versions[well] for state, of in shown if (well := state.well_id) in of.versions}
        return condition_text([state for state, _ in shown], versions)
