"""A process of the flow as its watcher is told of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flows.summary import State, Status
from schemas.topics import ALERTS, DEAD_LETTERS, VIOLATIONS
from welltegra.live.watcher import Watcher

STATES = (
    State("NO 15/9-F-4", "pump-rate", "pump_rate", "red", "live"),
    State("NO 15/9-F-4", "wellhead", "whp", "normal", "stale"),
    State('a "quoted"\nwell\\', "gas", "gas", "yellow", "bad"),
)
STATUS = Status(
    shard=0,
    position=10,
    versions={"NO 15/9-F-4": 3, 'a "quoted"\nwell\\': 1, "not shown": 7},
    samples=100,
    unwatched=9,
    judged=91,
    late=8,
    duplicate=7,
    bad=6,
    suspect=5,
    breaching=4,
    episodes=2,
    levels=(2, 1, 1),
    views=(2, 1, 1),
    last_judged=1_800_000_000_000_000,
    conditions=STATES,
)
COUNTS = ("samples", "unwatched", "judged", "late", "duplicate", "bad", "suspect", "breaching", "episodes")


def times(status: Status, factor: int) -> Status:
    """Return a status that has counted so many times as much."""
    return replace(status, **{name: getattr(status, name) * factor for name in COUNTS})


def start(watcher: Watcher, shards: int = 2) -> None:
    """Tell of a start up to where all is ready."""
    watcher.begun()
    watcher.state(True)
    watcher.expects(range(shards))
    for shard in range(shards):
        for topic in (ALERTS, VIOLATIONS, DEAD_LETTERS):
            watcher.fenced(topic, shard, 2, 0.25)
        watcher.built(shard, 0)
    watcher.turned()
    for shard in range(shards):
        watcher.caught_up(shard)
        watcher.status(replace(times(STATUS, 0), shard=shard))


def turn(watcher: Watcher, number: int, now: datetime | None = None, shards: int = 2) -> None:
    """Tell of everything that can happen, once. number: of the turn, from 1."""
    now = now or datetime.now(UTC)
    watcher.turned()
    for shard in range(shards):
        watcher.read(shard, 10, 10 * number, 3)
        watcher.lost(shard, 1)
        now_us = int(now.timestamp() * 1e6)
        watcher.status(replace(times(STATUS, number), shard=shard, position=10 * number, last_judged=now_us))
    for topic in (ALERTS, VIOLATIONS):
        watcher.published(topic, now - timedelta(milliseconds=20))
    watcher.dropped(ALERTS)
    for topic in (ALERTS, VIOLATIONS, DEAD_LETTERS):
        watcher.flushed(topic, 0.01)
