"""What goes onto topics for the benchmark, and what its processes say; no broker."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest

from benchmarks.judging import Latch, Limit, Sample, load, saved
from benchmarks.kafka.limits import read_limits, write_limits
from benchmarks.kafka.orders import Clock, Orders, Start
from benchmarks.kafka.sending import breaching_scan, usual_scan
from benchmarks.kafka.stream import Load, Outgoing, rule_message
from benchmarks.peers import START, limits_of
from benchmarks.workload import KINDS, MEASURED, Field, Kind, limit_of
from connectors.kafka.partition import partition_of
from connectors.rule_files.message import read_message
from schemas.scan import Scan

FIELD = Field(first_well=0, wells=12, excursions_a_day=2000.0)


def wells_and_readings(message: Outgoing) -> list[tuple[str, str, float]]:
    if not message.value.startswith(b"{"):
        with pa.ipc.open_stream(message.value) as reader:
            rows = reader.read_all().to_pydict()
        return list(zip(rows["well_id"], rows["tag"], rows["value"], strict=True))
    scan = Scan.model_validate_json(message.value)
    return [(scan.well_id, tag, float(value or 0)) for tag, value in scan.values.items()]


@pytest.mark.parametrize("kind", KINDS)
def test_that_every_sample_is_on_the_partition_of_its_well(kind: Kind) -> None:
    load = Load(FIELD, kind, 7, 4)
    messages = list(load.messages())
    for message in messages:
        readings = wells_and_readings(message)
        assert {partition_of(well_id, 4) for well_id, _, _ in readings} == {message.partition}
        assert len(readings) == message.samples
    assert sum(message.samples for message in messages) == load.samples == 7 * 120 + 4


@pytest.mark.parametrize("kind", KINDS)
def test_that_each_partition_ends_with_the_only_sample_of_a_well(kind: Kind) -> None:
    load = Load(FIELD, kind, 3, 4)
    last = {message.partition: message for message in load.messages()}
    assert [wells_and_readings(last[partition])[0][0] for partition in range(4)] == load.last_wells
    before = [reading for message in load.messages() for reading in wells_and_readings(message)][:-4]
    assert not {well_id for well_id, _, _ in before} & set(load.last_wells)


def test_that_all_kinds_hold_the_same_samples() -> None:
    held = [
        sorted(reading for message in Load(FIELD, kind, 5, 2).messages() for reading in wells_and_readings(message))
        for kind in KINDS
    ]
    assert held[0] == held[1] == held[2]


def test_that_the_last_breaches_are_among_what_is_to_be_found() -> None:
    load = Load(FIELD, "single", 60, 2)
    expected = load.expected()
    assert {event.well_id for event in expected if event.time == START + timedelta(seconds=60)} == set(load.last_wells)
    assert len(expected) > 20


def test_that_the_rules_on_kafka_are_those_that_the_peers_judge_by() -> None:
    rule_sets = Load(FIELD, "single", 1, 2).rule_sets()
    raw = [rule_message(rule_set).model_dump_json().encode() for rule_set in rule_sets]
    assert [read_message(each, "x").rule_set for each in raw] == rule_sets


def test_that_limits_come_back_from_their_file_to_the_last_bit(tmp_path: Path) -> None:
    limits = limits_of(FIELD.rule_sets())
    write_limits(tmp_path, limits)
    assert read_limits(tmp_path) == limits


def test_that_a_latch_kept_as_json_after_each_sample_judges_as_one_that_was_not() -> None:
    limit = Limit(100.0, 90.0, 99.0, 89.0, timedelta(seconds=2), timedelta(seconds=3))
    values = [80, 91, 92, 93, 101, 98, 98, 98, 98, 95, 88, 88, 88, 88, 88, 101, 80, 92, 80, 80, 80, 80]
    samples = [Sample("W", "t", START + timedelta(seconds=at), value) for at, value in enumerate(values)]
    whole, parted, kept = Latch(limit), Latch(limit), None
    for sample in samples:
        load(parted, kept)
        assert parted.judge(sample) == whole.judge(sample)
        kept = msgspec.json.decode(msgspec.json.encode(saved(parted)))
    assert kept is None, "back to normal nothing is kept"


def test_that_time_begins_with_the_first_message_after_the_warm_up(tmp_path: Path) -> None:
    orders = Orders("b", "p.", "s", "a", "single", 4, 1, (1, 2), str(tmp_path), warm_up=25)
    clock = Clock(orders)
    for messages in (10, 10, 10):
        clock.take(messages)
        assert not orders.path("start").exists()
    clock.take(10)
    assert msgspec.json.decode(orders.path("start").read_bytes(), type=Start).taken == 30
    assert orders.own_partitions == [1, 3]


def test_that_of_the_scans_sent_for_latency_only_a_breach_passes_any_limit() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    usual = [Scan.model_validate_json(usual_scan("W-1", now, second)) for second in range(8)]
    breach = Scan.model_validate_json(breaching_scan("W-1", now))
    for well in range(1000):
        limits = {name: limit_of(limit, well) for name, _, limit in MEASURED}
        assert all((value or 0) < 0.9 * 0.99 * limits[name] for scan in usual for name, value in scan.values.items())
        assert [name for name, value in breach.values.items() if (value or 0) >= limits[name]] == ["pump_rate"]
