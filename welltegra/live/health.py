"""Whether a process of the flow lives, and whether it judges all that it should: reasons in words. No clock."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

LIVE_WITHIN_S: Final = 10.0
# How long a start may take before the engine comes round for the first time: as long as the supervisor waits for it.
START_WITHIN_S: Final = 60.0
_LEAST_SILENCE_S: Final = 10.0
_INTERVALS: Final = 5


@dataclass(frozen=True, slots=True)
class ShardStanding:
    """told_ago_s: since the judge last said how it stands; None if it never has."""

    built: bool = False
    caught_up: bool = False
    told_ago_s: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a process stands; times are seconds ago, None for never.

    expected: the shards that it is to judge, None while the brokers have not said how many there are. kafka: why they
    cannot be reached, None if they can; kafka_ago_s: since when.
    """

    begun_ago_s: float | None
    turned_ago_s: float | None
    expected: Collection[int] | None
    shards: dict[int, ShardStanding]
    kafka: str | None
    kafka_ago_s: float
    snapshot_interval_s: float


def why_not_live(standing: Standing) -> list[str]:
    """Return why the process should be ended and started again; nothing if it should not."""
    begun, turned = standing.begun_ago_s, standing.turned_ago_s
    if begun is None or (standing.expected is not None and not standing.expected):
        return []  # a spare, or more processes than shards: there is nothing to turn
    if turned is None:
        if begun <= START_WITHIN_S:
            return []
        return [f"the engine must come round within {START_WITHIN_S:g} s of the start; has not in {begun:.0f} s"]
    if turned <= LIVE_WITHIN_S:
        return []
    why = f"the engine must come round every {LIVE_WITHIN_S:g} s; last did {turned:.0f} s ago"
    return [why, *_kafka(standing)]


def why_not_ready(standing: Standing) -> list[str]:
    """Return what is missing before all that comes is judged at once; nothing if nothing is."""
    if standing.begun_ago_s is None:
        return ["the process must have the lock of its number; waits for it"]
    found = [*why_not_live(standing), *_kafka(standing)]
    if standing.expected is None:
        found.append("the brokers must say which shards there are; have not yet")
    within = max(_LEAST_SILENCE_S, _INTERVALS * standing.snapshot_interval_s)
    for number in sorted(standing.expected or ()):
        found += _shard(number, standing.shards.get(number, ShardStanding()), within)
    return list(dict.fromkeys(found))


def _shard(number: int, shard: ShardStanding, within_s: float) -> Iterator[str]:
    if not shard.built:
        yield f"shard {number} must be read; is not yet"
    elif not shard.caught_up:
        yield f"shard {number} must have caught up with what came before the start; has not yet"
    elif shard.told_ago_s is None:
        yield f"shard {number} must say how it stands every {within_s:g} s; has not yet"
    elif shard.told_ago_s > within_s:
        yield f"shard {number} must say how it stands every {within_s:g} s; last did {shard.told_ago_s:.0f} s ago"


def _kafka(standing: Standing) -> Iterator[str]:
    if standing.kafka is not None:
        yield f"Kafka must be reachable; has not been for {standing.kafka_ago_s:.0f} s: {standing.kafka}"
