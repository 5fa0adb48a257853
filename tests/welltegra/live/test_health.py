from __future__ import annotations

from dataclasses import replace

import pytest

from welltegra.live.health import ShardStanding, Standing, why_not_live, why_not_ready

READY = Standing(
    begun_ago_s=100.0,
    turned_ago_s=0.01,
    expected={0, 3},
    shards={0: ShardStanding(True, True, 1.0), 3: ShardStanding(True, True, 1.0)},
    kafka=None,
    kafka_ago_s=90.0,
    snapshot_interval_s=1.0,
)


def with_shard(shard: ShardStanding, snapshot_interval_s: float = 1.0) -> Standing:
    return replace(READY, shards={0: READY.shards[0], 3: shard}, snapshot_interval_s=snapshot_interval_s)


def test_that_nothing_is_missing_from_one_that_judges() -> None:
    assert why_not_live(READY) == []
    assert why_not_ready(READY) == []


@pytest.mark.parametrize(
    ("standing", "lives"),
    [
        (replace(READY, turned_ago_s=10.0), True),
        (replace(READY, turned_ago_s=10.1), False),
        (replace(READY, begun_ago_s=60.0, turned_ago_s=None), True),
        (replace(READY, begun_ago_s=61.0, turned_ago_s=None), False),
        (replace(READY, begun_ago_s=1e6, turned_ago_s=None, expected=set()), True),  # more processes than shards
        (replace(READY, begun_ago_s=None, turned_ago_s=None, expected=None), True),  # a spare
        (replace(READY, kafka="all brokers are down"), True),
    ],
)
def test_that_it_lives_while_the_engine_comes_round(standing: Standing, lives: bool) -> None:
    assert (why_not_live(standing) == []) is lives


def test_that_an_engine_that_stands_still_says_for_how_long_and_what_kafka_has_to_do_with_it() -> None:
    assert why_not_live(replace(READY, turned_ago_s=34.2, kafka="all brokers are down", kafka_ago_s=30.0)) == [
        "the engine must come round every 10 s; last did 34 s ago",
        "Kafka must be reachable; has not been for 30 s: all brokers are down",
    ]


@pytest.mark.parametrize(
    ("standing", "reasons"),
    [
        (replace(READY, begun_ago_s=None), ["the process must have the lock of its number; waits for it"]),
        (replace(READY, expected=None, shards={}), ["the brokers must say which shards there are; have not yet"]),
        (with_shard(ShardStanding()), ["shard 3 must be read; is not yet"]),
        (
            with_shard(ShardStanding(built=True)),
            ["shard 3 must have caught up with what came before the start; has not yet"],
        ),
        (with_shard(ShardStanding(True, True)), ["shard 3 must say how it stands every 10 s; has not yet"]),
        (with_shard(ShardStanding(True, True, 10.0)), []),
        (
            with_shard(ShardStanding(True, True, 10.6)),
            ["shard 3 must say how it stands every 10 s; last did 11 s ago"],
        ),
        (with_shard(ShardStanding(True, True, 40.0), snapshot_interval_s=10.0), []),
        (
            with_shard(ShardStanding(True, True, 51.0), snapshot_interval_s=10.0),
            ["shard 3 must say how it stands every 50 s; last did 51 s ago"],
        ),
    ],
)
def test_that_what_is_missing_is_said_in_words(standing: Standing, reasons: list[str]) -> None:
    assert why_not_ready(standing) == reasons


def test_that_every_reason_is_said_once() -> None:
    standing = replace(READY, turned_ago_s=20.0, shards={}, kafka="no route to host", kafka_ago_s=15.0)
    assert why_not_ready(standing) == [
        "the engine must come round every 10 s; last did 20 s ago",
        "Kafka must be reachable; has not been for 15 s: no route to host",
        "shard 0 must be read; is not yet",
        "shard 3 must be read; is not yet",
    ]


def test_that_a_process_without_a_shard_is_ready_at_once() -> None:
    assert why_not_ready(replace(READY, expected=set(), shards={}, turned_ago_s=None)) == []
