"""What must hold between the numbers of a rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.checks import check_constraint, check_tag, duplicates
from rules.rule_set import Constraint, Tag

TAG = Tag("pump_rate", "spm", 0.0, 300.0)
HIGH = Constraint("pump-rate", "pump_rate", "spm", high=120.0)
LOW = Constraint("pump-rate", "pump_rate", "spm", low=20.0)
BAND = Constraint("pump-rate", "pump_rate", "spm", high=120.0, low=20.0)


def musts(constraint: Constraint, tag: Tag | None = TAG) -> str:
    return " / ".join(finding.must for finding in check_constraint(constraint, tag))


@pytest.mark.parametrize("constraint", [HIGH, LOW, BAND])
@pytest.mark.parametrize("tag", [TAG, None, replace(TAG, low=None), replace(TAG, high=None)])
def test_that_a_sound_constraint_has_no_findings(constraint: Constraint, tag: Tag | None) -> None:
    assert check_constraint(constraint, tag) == []


@pytest.mark.parametrize(
    "low, high, sound", [(0.0, 300.0, True), (-5.0, 5.0, True), (300.0, 0.0, False), (5.0, 5.0, False)]
)
def test_that_a_range_has_its_lowest_end_first(low: float, high: float, sound: bool) -> None:
    assert (check_tag(replace(TAG, low=low, high=high)) == []) == sound


@pytest.mark.parametrize(
    "yellow_from, deadband, sound",
    [
        (0.90, 0.01, True),
        (0.90, 0.09, True),
        (0.90, 0.10, False),
        (0.99, 0.01, False),  # as doubles 1 - 0.99 > 0.01
        (0.93, 0.07, False),  # as doubles 1 - 0.93 < 0.07
        (0.99, 0.009, True),
        (0.90, 0.0, True),
        (0.05, 0.01, True),
        (0.01, 0.01, False),
    ],
)
def test_that_the_deadband_is_less_than_the_tier(yellow_from: float, deadband: float, sound: bool) -> None:
    constraint = replace(HIGH, yellow_from=yellow_from, deadband=deadband)
    assert ("deadband must" not in musts(constraint)) == sound


@pytest.mark.parametrize(
    "low, high, phrase",
    [
        (None, None, "a high side, a low side, or both"),
        (120.0, 20.0, "low side below its high side"),
        (120.0, 120.0, "low side below its high side"),
        (None, 301.0, "limit high must lie inside"),
        (None, 300.0, ""),
        (-1.0, None, "limit low must lie inside"),
        (96.0, 120.0, ""),
        (96.3, 120.0, "yellow clears"),
        (270.0, None, ""),
        (270.3, None, "yellow clears"),
    ],
)
def test_that_limits_leave_what_they_must(low: float | None, high: float | None, phrase: str) -> None:
    found = musts(replace(HIGH, low=low, high=high))
    assert phrase in found
    assert bool(phrase) == bool(found)


def test_that_a_limit_at_the_end_of_its_range_in_another_unit_is_inside() -> None:
    # 5000 psi printed with seven digits, as a range in Pa may be.
    tag = Tag("whp", "Pa", 0.0, 34_473_780.0)
    constraint = Constraint("whp", "whp", "psi", high=5000.0, factor=0.0001450377377302092)
    assert check_constraint(constraint, tag) == []
    assert check_constraint(replace(constraint, high=5001.0), tag) != []


def test_that_the_range_is_compared_in_the_unit_of_the_limit_with_its_offset() -> None:
    tag = Tag("temperature", "degC", 0.0, 100.0)
    constraint = Constraint("hot", "temperature", "degF", high=210.0, factor=1.8, offset=32.0)
    assert check_constraint(constraint, tag) == []
    assert "32 to 212 degF" in musts(replace(constraint, high=213.0), tag)


@pytest.mark.parametrize("field", ["on_yellow", "on_red"])
def test_that_only_a_low_limit_alone_cannot_throttle(field: str) -> None:
    throttle = {field: ("notify", "throttle_pump")}
    assert "must not throttle" in musts(replace(LOW, **throttle))  # type: ignore[arg-type]
    assert musts(replace(HIGH, **throttle)) == ""  # type: ignore[arg-type]
    assert musts(replace(BAND, **throttle)) == ""  # type: ignore[arg-type]


def test_that_an_action_stands_once_in_a_list_and_may_stand_in_both() -> None:
    assert "each action once" in musts(replace(HIGH, on_red=("log", "log")))
    assert musts(replace(HIGH, on_red=("log",), on_yellow=("log",))) == ""


def test_that_one_finding_does_not_hide_another() -> None:
    constraint = replace(LOW, deadband=0.2, low=400.0, on_red=("throttle_pump", "log", "log"))
    assert [finding.rests_on[0] for finding in check_constraint(constraint, TAG)] == [
        "deadband",
        "on_red",
        "on_red",
        "limit.low",
    ]


@pytest.mark.parametrize("names, again", [([], []), (["a", "b"], []), (["a", "b", "a", "a", "b"], [2, 3, 4])])
def test_that_duplicates_are_those_after_the_first(names: list[str], again: list[int]) -> None:
    assert duplicates(names) == again


@given(
    low=st.none() | st.floats(1e-6, 1e9),
    high=st.none() | st.floats(1e-6, 1e9),
    yellow_from=st.floats(0.001, 0.999),
    deadband=st.floats(0, 0.999),
)
def test_that_a_constraint_without_findings_has_a_value_at_which_it_clears(
    low: float | None, high: float | None, yellow_from: float, deadband: float
) -> None:
    constraint = replace(HIGH, low=low, high=high, yellow_from=yellow_from, deadband=deadband)
    if check_constraint(constraint):
        return
    # The reset thresholds of docs/judging.md, tolerance included.
    above = 0.0 if low is None else ((2 - yellow_from) * low + deadband * low) * (1 + 1e-6)
    below = above + 2 if high is None else (yellow_from * high - deadband * high) * (1 - 1e-6)
    value = (above + below) / 2
    assert low is None or value > low
    assert high is None or value < high
    assert above <= value <= below
