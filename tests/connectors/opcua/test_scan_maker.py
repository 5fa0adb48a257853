from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from connectors.opcua.parse import Reading
from connectors.opcua.scan_maker import TagName, to_scans
from schemas.scan import Scan
from schemas.times import time_us

NAMES = [TagName("W-1", "a", "psi"), TagName("W-1", "b", None), TagName("W-2", "a", None)]
T0 = 1_767_268_800_000_000
SOURCE = "opc.tcp://127.0.0.1:4840/rig"


def scans(*readings: Reading, backfill: bool = False) -> list[dict[str, Any]]:
    return [json.loads(message.value) for message in to_scans(readings, NAMES, SOURCE, backfill)]


def test_that_readings_of_a_well_and_time_are_one_scan() -> None:
    found = scans(
        Reading(0, T0, 1.0, None), Reading(0, T0 + 1_000_000, 2.0, "uncertain"), Reading(2, T0, 9.0, None),
        Reading(1, T0, None, "bad"), Reading(1, T0 + 1_000_000, 4.0, None),
    )  # fmt: skip
    assert found == [
        {
            "well_id": "W-1", "time": "2026-01-01T12:00:00.000Z", "values": {"a": 1.0, "b": None},
            "units": {"a": "psi"}, "quality": {"b": "bad"}, "source": SOURCE,
        },
        {
            "well_id": "W-1", "time": "2026-01-01T12:00:01.000Z", "values": {"a": 2.0, "b": 4.0},
            "units": {"a": "psi"}, "quality": {"a": "uncertain"}, "source": SOURCE,
        },
        {"well_id": "W-2", "time": "2026-01-01T12:00:00.000Z", "values": {"a": 9.0}, "source": SOURCE},
    ]  # fmt: skip


def test_that_history_is_marked() -> None:
    (found,) = to_scans([Reading(0, T0, 1.0, None)], NAMES, SOURCE, backfill=True)
    assert (found.well, found.samples, found.backfill) == ("W-1", 1, True)
    assert json.loads(found.value)["backfill"] is True


def test_that_a_tag_that_comes_twice_with_one_time_begins_another_scan() -> None:
    found = scans(Reading(0, T0, 1.0, None), Reading(0, T0, 2.0, None), Reading(1, T0, 3.0, None))
    assert [scan["values"] for scan in found] == [{"a": 1.0, "b": 3.0}, {"a": 2.0}]


def test_that_tags_that_begin_at_different_times_meet_in_one_scan_later() -> None:
    found = scans(
        Reading(0, T0, 1.0, None), Reading(0, T0 + 1_000_000, 2.0, None),
        Reading(1, T0 + 7, 3.0, None), Reading(1, T0 + 1_000_000, 4.0, None),
    )  # fmt: skip
    assert [scan["values"] for scan in found] == [{"a": 1.0}, {"b": 3.0}, {"a": 2.0, "b": 4.0}]


@given(
    st.lists(
        st.builds(
            Reading,
            st.integers(0, 2),
            st.integers(0, 4).map(lambda step: T0 + step * 1_000),
            st.floats(allow_nan=False, allow_infinity=False),
            st.sampled_from([None, "uncertain"]),
        )
    )
)
def test_that_no_reading_is_lost_and_each_tag_keeps_its_order(readings: list[Reading]) -> None:
    expected: dict[tuple[str, str], list[tuple[int, float | None]]] = defaultdict(list)
    for reading in readings:
        name = NAMES[reading.tag]
        expected[name.well, name.tag].append((reading.time, reading.value))
    found: dict[tuple[str, str], list[tuple[int, float | None]]] = defaultdict(list)
    for message in to_scans(readings, NAMES, SOURCE):
        scan = Scan.model_validate_json(message.value)
        for tag, value in scan.values.items():
            found[scan.well_id, tag].append((time_us(scan.time), value))
    assert found == expected
