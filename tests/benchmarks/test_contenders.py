"""What the benchmark compares finds the same; how fast it is, no test says."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.contenders import CONTENDERS, run
from benchmarks.judging import Event
from benchmarks.measures import Disagreement, check_agreement, memory
from benchmarks.peers import START
from benchmarks.processes import ENGINES, Task, free_ports, run_processes
from benchmarks.workload import KINDS, MEASURED, START_US, TAGS, Field, Kind, batches
from schemas.scan import Scan

LIVELY = Field(first_well=3, wells=4, excursions_a_day=2000.0)
SECONDS = 150


@pytest.mark.parametrize("kind", KINDS)
def test_that_every_contender_finds_the_same_changes_of_level(kind: Kind) -> None:
    messages = batches(LIVELY, kind, SECONDS)
    found = {contender: run(contender, LIVELY, kind, messages) for contender in CONTENDERS}
    assert len({one.events for one in found.values()}) == 1
    assert {event.transition for event in found["flow"].events} == {"raised", "escalated", "deescalated", "cleared"}
    assert {one.samples for one in found.values()} == {SECONDS * LIVELY.tags}


def test_that_all_kinds_of_messages_lead_to_the_same_changes_of_level() -> None:
    assert check_agreement(LIVELY, SECONDS) > 50


def test_that_a_disagreement_says_who_missed_what() -> None:
    event = Event("W-1", "pump_rate", "raised", START)
    with pytest.raises(Disagreement, match=r"windows: must find the same .* missed .*W-1"):
        raise Disagreement("windows", [], [event])


def test_that_the_first_seconds_of_a_longer_stream_are_the_shorter_stream() -> None:
    assert batches(LIVELY, "scans", 5) == batches(LIVELY, "scans", 9)[:5]


def test_that_messages_follow_the_contract_and_hold_the_same_values() -> None:
    (single,) = batches(LIVELY, "single", 1)
    (scans,) = batches(LIVELY, "scans", 1)
    (arrow,) = batches(LIVELY, "arrow", 1)
    (message,) = arrow.messages
    with pa.ipc.open_stream(message) as reader:
        rows = reader.read_all().to_pydict()
    values = [value for scan in scans.messages for value in Scan.model_validate_json(scan).values.values()]
    assert [next(iter(json.loads(one)["values"].values())) for one in single.messages] == values == rows["value"]
    assert rows["tag"] == [name for name, _, _ in MEASURED] * LIVELY.wells
    assert rows["time"] == [START] * LIVELY.tags
    assert START.timestamp() == START_US / 1e6


def test_that_no_value_is_pinned_at_the_end_of_its_range() -> None:
    values = np.array(list(LIVELY.values(SECONDS))).reshape(SECONDS, LIVELY.wells, TAGS)
    assert (values < [2 * limit for _, _, limit in MEASURED]).all()
    assert (values > 0).all()


def test_that_ports_of_a_cluster_lie_below_those_that_systems_give_out() -> None:
    ports = free_ports(8)
    assert len(set(ports)) == 8
    assert max(ports) < 32_768


@pytest.mark.slow
def test_that_two_processes_find_what_one_finds_with_and_without_an_engine() -> None:
    found = [
        run_processes(Task(LIVELY, "scans", SECONDS, engine), processes).events
        for engine in ENGINES
        for processes in (1, 2)
    ]
    assert len(set(found)) == 1
    assert {event.well_id for event in found[0]} == set(LIVELY.well_ids())


@pytest.mark.slow
def test_that_the_parts_of_the_memory_make_up_the_whole() -> None:
    held = memory(100, lambda _: None)
    assert held.tags == 1000
    assert sum(held.parts_mb.values()) == pytest.approx(held.judging_mb, abs=1)
    # Packed; plain it is 40 bytes for each tag that never left normal.
    assert 0 < held.snapshot_mb * 1e6 < 20 * held.tags
