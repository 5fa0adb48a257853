from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from rules.limit import LIMIT
from rules.rule_set import Constraint, RuleSet, Tag
from rules.slots import Slots
from rules.tag_index import UNWATCHED

PUMP = Tag("pump_rate", "spm", 0.0, 200.0)
PRESSURE = Tag("pressure", "psi", None, 5000.0, period_s=10.0)
HIGH = Constraint("rate-max", "pump_rate", "spm", high=120.0)
BAND = Constraint("pressure-band", "pressure", "bar", high=200.0, low=20.0, factor=0.0689, mode="enforce")
TOP = Constraint("rate-top", "pump_rate", "spm", high=150.0, on_red=("notify", "stop_pump"))
RULES = RuleSet("A-1", 3, (PUMP, PRESSURE), (HIGH, BAND, TOP))


def field(wells: int) -> Iterator[RuleSet]:
    for well in range(wells):
        yield replace(RULES, well_id=f"A-{well}", constraints=(replace(HIGH, high=100.0 + well), BAND, TOP))


def test_that_a_slot_stands_for_the_constraint_and_tag_it_was_made_of() -> None:
    slots = Slots([RULES])
    kept = [(slots[slot].constraint, slots[slot].tag) for slot in range(len(slots))]
    assert kept == [(HIGH, PUMP), (TOP, PUMP), (BAND, PRESSURE)]
    assert {(slots[slot].well_id, slots[slot].rule_version) for slot in range(len(slots))} == {("A-1", 3)}


def test_that_constraints_of_one_tag_lie_side_by_side_and_their_order_in_the_file_is_known() -> None:
    slots = Slots([RULES])
    pump = slots.tags.find("A-1", "pump_rate")
    assert (slots.first[pump], slots.number[pump]) == (0, 2)
    assert [slots[slot].constraint.id for slot in slots.in_file_order] == ["rate-max", "pressure-band", "rate-top"]


def test_that_a_disabled_constraint_and_its_tag_have_no_slot() -> None:
    slots = Slots([replace(RULES, constraints=(HIGH, replace(BAND, mode="disabled")))])
    assert len(slots) == 1
    assert slots.tags.find("A-1", "pressure") == UNWATCHED


def test_that_wells_that_differ_in_a_limit_alone_keep_their_own_limits() -> None:
    slots = Slots(field(50))
    found = [slots[int(slots.first[slots.tags.find(f"A-{well}", "pump_rate")])] for well in range(50)]
    assert [of.constraint.high for of in found] == [100.0 + well for well in range(50)]
    assert [of.well_id for of in found] == [f"A-{well}" for well in range(50)]
    assert [of.limit.high for of in found] == [100.0 + well for well in range(50)]


def test_that_a_row_of_limits_can_be_read_by_every_name() -> None:
    limit = Slots([RULES])[2].limit
    assert set(vars(limit)) == set(LIMIT.names or ())
    assert (limit.high, limit.low, limit.factor) == (200.0, 20.0, 0.0689)
    assert limit.stale_after == 50_000_000


def test_that_a_tag_has_its_own_unit_and_not_that_of_the_limit() -> None:
    slots = Slots([RULES])
    assert slots.unit(slots.tags.find("A-1", "pressure")) == "psi"


@pytest.mark.parametrize(
    "well, name, index",
    [
        ("A-0", "pump_rate", 0),
        ("A-0", "pressure", 1),
        ("A-2", "pressure", 5),
        ("A-2", "depth", -1),
        ("B", "pressure", -1),
    ],
)
def test_that_a_tag_is_found_by_well_and_name(well: str, name: str, index: int) -> None:
    assert Slots(field(3)).tags.find(well, name) == index


def test_that_a_well_of_two_rule_sets_has_the_tags_of_both() -> None:
    one = replace(RULES, tags=(PUMP,), constraints=(HIGH,))
    two = replace(RULES, tags=(PRESSURE,), constraints=(BAND,))
    slots = Slots([one, replace(RULES, well_id="A-2"), two])
    assert slots.tags.find("A-1", "pump_rate") == 0
    assert slots[int(slots.first[slots.tags.find("A-1", "pressure")])].constraint == BAND


@pytest.mark.parametrize(
    "other",
    [
        replace(RULES, version=4),
        replace(RULES, well_id="A-2"),
        replace(RULES, constraints=(replace(HIGH, high=121.0), BAND, TOP)),
        replace(RULES, constraints=(replace(HIGH, mode="enforce"), BAND, TOP)),
        replace(RULES, tags=(replace(PUMP, high=201.0), PRESSURE)),
    ],
)
def test_that_the_fingerprint_tells_other_rules(other: RuleSet) -> None:
    assert Slots([other]).fingerprint != Slots([RULES]).fingerprint == Slots(iter([RULES])).fingerprint


def test_that_no_rules_make_no_slots() -> None:
    assert len(Slots([])) == 0
