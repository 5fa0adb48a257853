from __future__ import annotations

import threading
import time
import timeit
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from schemas.topics import ALERTS, DEAD_LETTERS, VIOLATIONS
from tests.welltegra.live.told import COUNTS, STATUS, start, times, turn
from welltegra.live.health import why_not_live, why_not_ready
from welltegra.live.metrics import Metrics
from welltegra.registry import Exposition

NOW = 1_800_000_000.0


class Clocks:
    """Both clocks, put forward by hand."""

    def __init__(self) -> None:
        self.passed = 0.0

    def clock(self) -> float:
        return NOW + self.passed

    def ticks(self) -> float:
        return 5.0 + self.passed


def metrics(clocks: Clocks, **settings: Any) -> Metrics:
    return Metrics(clock=clocks.clock, ticks=clocks.ticks, **settings)


def value(of: Metrics, name: str, **labels: str) -> float | None:
    return of.registry.get_sample_value(name, labels)


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(NOW + seconds, UTC)


def test_that_what_was_read_is_told_of_each_shard() -> None:
    of = metrics(Clocks())
    start(of)
    of.read(1, 10, 30, 7)
    of.read(1, 5, 35, None)
    assert value(of, "welltegra_messages_read_total", shard="1") == 15
    assert value(of, "welltegra_messages_read_total", shard="0") == 0
    assert value(of, "welltegra_position_messages", shard="1") == 35
    assert value(of, "welltegra_lag_messages", shard="1") is None  # not known, which is not zero
    of.lost(0, 40)
    assert value(of, "welltegra_messages_lost_total", shard="0") == 40


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("welltegra_samples_read_total", 100),
        ("welltegra_samples_unwatched_total", 9),
        ("welltegra_samples_judged_total", 91),
        ("welltegra_samples_late_total", 8),
        ("welltegra_samples_duplicate_total", 7),
        ("welltegra_samples_bad_total", 6),
        ("welltegra_samples_suspect_total", 5),
        ("welltegra_samples_breaching_total", 4),
        ("welltegra_episodes_total", 2),
    ],
)
def test_that_a_count_of_the_status_is_a_counter(name: str, count: int) -> None:
    of = metrics(Clocks())
    of.status(STATUS)
    assert value(of, name, shard="0") == count


def test_that_counters_never_fall_though_a_condition_takes_its_counts_with_it() -> None:
    of = metrics(Clocks())
    for factor in (3, 5, 2, 4):  # new rules after the second: some conditions are no longer watched
        of.status(times(STATUS, factor))
    assert value(of, "welltegra_samples_judged_total", shard="0") == 91 * (5 + 2)


def test_that_conditions_are_counted_over_all_shards() -> None:
    of = metrics(Clocks())
    start(of)
    for shard in (0, 1):
        of.status(replace(STATUS, shard=shard))
    assert [value(of, "welltegra_conditions_by_level", level=level) for level in ("normal", "yellow", "red")] == [
        4,
        2,
        2,
    ]
    assert [value(of, "welltegra_conditions_by_view", view=view) for view in ("live", "stale", "bad")] == [4, 2, 2]
    assert value(of, "welltegra_wells") == 6


def test_that_the_first_conditions_have_metrics_of_their_own_and_no_more_than_was_set() -> None:
    of = metrics(Clocks(), conditions=2)
    of.status(STATUS)
    families = {family.name: family.samples for family in text_string_to_metric_families(of.conditions())}
    pump = {"well_id": "NO 15/9-F-4", "constraint_id": "pump-rate", "tag": "pump_rate"}
    wellhead = pump | {"constraint_id": "wellhead", "tag": "whp"}
    assert [(one.labels, one.value) for one in families["welltegra_condition_level"]] == [(pump, 2), (wellhead, 0)]
    assert [(one.labels, one.value) for one in families["welltegra_condition_view"]] == [(pump, 0), (wellhead, 1)]
    assert [(one.labels, one.value) for one in families["welltegra_rules_version"]] == [({"well_id": "NO 15/9-F-4"}, 3)]
    assert value(of, "welltegra_conditions_by_level", level="yellow") == 1  # counted all the same


def test_that_a_name_with_quotes_and_line_ends_does_not_break_the_text() -> None:
    of = metrics(Clocks())
    of.status(STATUS)
    text = Exposition(of.registry, of.conditions).text().decode()
    wells = [
        sample.labels["well_id"]
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "welltegra_rules_version"
    ]
    assert wells == ["NO 15/9-F-4", 'a "quoted"\nwell\\']


def test_that_the_age_of_the_last_judged_sample_grows_until_a_newer_one_is_judged() -> None:
    clocks = Clocks()
    of = metrics(clocks)
    of.status(STATUS)
    clocks.passed = 42.5
    assert value(of, "welltegra_last_judged_age_seconds", shard="0") == 42.5
    of.status(replace(STATUS, last_judged=int((NOW + 42) * 1e6)))
    assert value(of, "welltegra_last_judged_age_seconds", shard="0") == 0.5
    of.status(replace(STATUS, last_judged=0))
    assert value(of, "welltegra_last_judged_age_seconds", shard="0") is None  # nothing was judged yet


def test_that_latency_runs_from_the_sample_and_is_never_less_than_nothing() -> None:
    of = metrics(Clocks())
    for seconds in (-0.02, -1.5, -3600.0, +5.0):
        of.published(ALERTS, at(seconds))
    bucket = "welltegra_event_to_alert_seconds_bucket"
    assert [value(of, bucket, topic=ALERTS, le=le) for le in ("0.005", "0.025", "2.0", "60.0", "+Inf")] == [
        1,
        2,
        3,
        3,
        4,
    ]
    assert value(of, "welltegra_event_to_alert_seconds_sum", topic=ALERTS) == pytest.approx(0.02 + 1.5 + 3600)


def test_that_records_are_counted_by_topic_from_zero_on() -> None:
    of = metrics(Clocks(), prefix="rig1.")
    published = "welltegra_records_published_total"
    assert value(of, published, topic=f"rig1.{DEAD_LETTERS}") == 0
    of.published(f"rig1.{DEAD_LETTERS}", None)  # nobody knows when that happened
    of.published(f"rig1.{VIOLATIONS}", at(0))
    of.dropped(f"rig1.{VIOLATIONS}")
    assert [value(of, published, topic=f"rig1.{topic}") for topic in (ALERTS, VIOLATIONS, DEAD_LETTERS)] == [0, 1, 1]
    assert value(of, "welltegra_records_dropped_total", topic=f"rig1.{VIOLATIONS}") == 1
    assert value(of, "welltegra_event_to_alert_seconds_count", topic=f"rig1.{DEAD_LETTERS}") is None


def test_that_fences_and_flushes_are_told_by_topic() -> None:
    clocks = Clocks()
    of = metrics(clocks)
    start(of, shards=3)
    assert value(of, "welltegra_fence_ids", topic=ALERTS) == 6
    assert value(of, "welltegra_fence_seconds", topic=ALERTS) == 0.75
    assert value(of, "welltegra_snapshot_timestamp_seconds") is None
    clocks.passed = 9
    of.flushed(ALERTS, 0.3)
    assert value(of, "welltegra_snapshot_timestamp_seconds") == NOW + 9
    assert value(of, "welltegra_snapshot_flush_seconds_bucket", topic=ALERTS, le="0.25") == 0
    assert value(of, "welltegra_snapshot_flush_seconds_bucket", topic=ALERTS, le="0.5") == 1


def test_that_heartbeats_are_times_of_the_clock_though_it_is_set_meanwhile() -> None:
    clocks = Clocks()
    of = Metrics(clock=lambda: NOW + 3600 + clocks.passed, ticks=clocks.ticks)
    start(of)
    clocks.passed = 4
    assert value(of, "welltegra_engine_turned_timestamp_seconds") == NOW + 3600
    assert value(of, "welltegra_status_timestamp_seconds", shard="1") == NOW + 3600


def test_that_kafka_is_reachable_from_the_first_answer_on() -> None:
    of = metrics(Clocks())
    of.begun()
    assert value(of, "welltegra_kafka_reachable") == 0
    of.expects([0])
    assert value(of, "welltegra_kafka_reachable") == 1


def test_that_kafka_is_away_until_it_answers_again_and_not_until_what_was_fetched_is_read() -> None:
    clocks = Clocks()
    of = metrics(clocks)
    start(of)
    since = "welltegra_kafka_reachable_since_timestamp_seconds"
    clocks.passed = 10
    of.kafka(False, "1/1 brokers are down")
    of.read(0, 10, 10, 3)  # was fetched before
    assert value(of, "welltegra_kafka_reachable") == 0
    assert "1/1 brokers are down" in " ".join(why_not_ready(of.standing()))
    clocks.passed = 14
    of.kafka(False, "connection refused")
    assert value(of, since) == NOW + 10
    clocks.passed = 19.5
    of.read(0, 10, 20, 3)
    assert value(of, "welltegra_kafka_reachable") == 1
    assert value(of, since) == NOW + 19.5
    of.kafka(False, "again")
    of.kafka(True, "")
    assert value(of, "welltegra_kafka_reachable") == 1


def test_that_a_process_is_ready_once_all_its_shards_are() -> None:
    clocks = Clocks()
    of = metrics(clocks)
    assert why_not_live(of.standing()) == []
    assert value(of, "welltegra_ready") == 0
    start(of, shards=3)
    assert why_not_ready(of.standing()) == []
    assert [value(of, f"welltegra_{name}") for name in ("ready", "live", "shards", "shards_caught_up")] == [1, 1, 3, 3]
    clocks.passed = 11
    of.turned()
    of.status(replace(STATUS, shard=0))
    assert [reason[:7] for reason in why_not_ready(of.standing())] == ["shard 1", "shard 2"]
    assert value(of, "welltegra_live") == 1
    clocks.passed = 22
    assert value(of, "welltegra_live") == 0


def test_that_a_registry_is_of_its_own_and_tells_of_process_and_build() -> None:
    one, other = metrics(Clocks(), number=3), metrics(Clocks())
    one.dropped(ALERTS)
    assert value(other, "welltegra_records_dropped_total", topic=ALERTS) == 0
    assert value(one, "welltegra_process_number") == 3
    names = {family.name for family in one.registry.collect()}
    assert {"process_resident_memory_bytes", "python_gc_collections", "python_info", "welltegra_build"} <= names


def test_that_names_have_our_prefix_a_unit_and_few_labels() -> None:
    of = metrics(Clocks())
    start(of)
    turn(of, 1)
    ours = [family for family in of.registry.collect() if not family.name.startswith(("process_", "python_"))]
    assert len(ours) > 30
    for family in ours:
        assert family.name.startswith("welltegra_")
        assert family.documentation.endswith(".")
        for sample in family.samples:
            assert set(sample.labels) <= {
                *("shard", "topic", "level", "view", "well_id", "constraint_id", "tag"),
                *("le", "version", "python"),
            }


def test_that_the_number_of_series_does_not_grow_with_what_happens() -> None:
    of = metrics(Clocks())
    start(of)
    turn(of, 1)
    series = sum(len(family.samples) for family in of.registry.collect())
    for number in range(2, 50):
        turn(of, number)
    assert sum(len(family.samples) for family in of.registry.collect()) == series


def test_that_asking_while_much_is_told_neither_fails_nor_counts_backwards() -> None:
    of = Metrics()
    start(of, shards=0)
    stop = threading.Event()

    def tell() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            shard = number % 500
            of.built(shard, 0)
            of.read(shard, 1, number, 0)
            of.status(replace(times(STATUS, number), shard=shard))
            of.kafka(bool(number % 3), "now and then")

    teller = threading.Thread(target=tell)
    teller.start()
    try:
        last = 0.0
        until = time.monotonic() + 2
        # Longer if nothing was told in that time: the machine may be busy with others.
        while time.monotonic() < until or (not last and time.monotonic() < until + 60):
            families = {family.name: family for family in of.registry.collect()}
            now = sum(sample.value for sample in families["welltegra_messages_read"].samples)
            assert now >= last
            last = now
    finally:
        stop.set()
        teller.join()
    assert last > 0


def test_that_what_is_told_at_every_turn_costs_next_to_nothing() -> None:
    of = Metrics()
    start(of)
    turns = 20_000
    # The least of several: a shared machine may be busy, and is not always. Some 0.1 us were measured; 20 are allowed.
    for tell in (of.turned, lambda: of.read(0, 10, 10, 3)):
        assert min(timeit.repeat(tell, number=turns, repeat=5)) / turns < 20e-6


def test_that_counts_named_here_are_all_that_a_status_has() -> None:
    others = {"shard", "position", "versions", "levels", "views", "last_judged", "conditions"}
    assert set(COUNTS) | others == set(STATUS.__dataclass_fields__)


def test_that_texts_asked_for_at_once_are_one_text() -> None:
    clocks = Clocks()
    of = metrics(clocks)
    start(of)
    exposition = Exposition(of.registry, ticks=clocks.ticks)
    first = exposition.text()
    of.dropped(ALERTS)
    assert exposition.text() is first
    clocks.passed = 0.6
    assert b'dropped_total{topic="well.alerts.v1"} 1.0' in exposition.text()


def test_that_a_sample_time_far_ahead_is_an_age_below_zero_and_no_failure() -> None:
    clocks = Clocks()
    of = metrics(clocks)
    of.status(replace(STATUS, last_judged=int((NOW + 86_400) * 1e6)))
    assert value(of, "welltegra_last_judged_age_seconds", shard="0") == -86_400
    of.published(ALERTS, at(0) + timedelta(days=10_000))
