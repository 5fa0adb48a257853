"""New rules in the middle: what stands afterwards is what would have been built. tests/test_oracle.py has the cases."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.conditions import Conditions, transitions
from rules.memory import (
    CLEARED,
    CLOCK_RESET,
    DEESCALATED,
    LATE_BREACH,
    LIMIT_CHANGED,
    LIMIT_WITHDRAWN,
    MONITORING_LOST,
    MONITORING_RESTORED,
    RAISED,
    VIOLATION_LATE,
    VIOLATION_OPENED,
    VIOLATION_WITHDRAWN,
    Transition,
)
from rules.rule_set import Constraint, RuleSet, Tag
from rules.tag_index import UNWATCHED
from tests.rules.test_conditions import START, immediate, judge, one_tag, ticks
from tests.streams import revised, rule_sets

SECOND = 1_000_000
C, D = immediate("c"), immediate("d", high=120.0)


def activate(conditions: Conditions, rules: RuleSet, at: int = START + SECOND) -> list[Transition]:
    return [row for rows in conditions.activate(rules, at) for row in transitions(rows)]


def as_built(conditions: Conditions, rules: Sequence[RuleSet]) -> Conditions:
    """Return Conditions built from `rules`, once it is shown that those given are the same."""
    built = Conditions(rules)
    assert conditions.fingerprint() == built.fingerprint()
    assert list(conditions.versions.items()) == list(built.versions.items())
    assert conditions.in_file_order() == built.in_file_order()
    of_slots = ([of[slot][:4] for slot in range(len(of))] for of in (conditions, built))  # limits: below
    assert next(of_slots) == next(of_slots)
    for rule_set in rules:
        for tag in (*rule_set.tags, Tag("never", "m")):
            index = conditions.tags.find(rule_set.well_id, tag.name)
            assert index == built.tags.find(rule_set.well_id, tag.name)
            assert index == UNWATCHED or conditions.unit(index) == tag.unit
    for column in ("first", "number", "well", "limits"):
        one, other = (getattr(of._slots, column) for of in (conditions, built))
        assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes())
    assert [len(of.memory) for of in (conditions, built)] == [len(conditions.tally)] * 2
    return built


@pytest.mark.kernel
@given(st.data())
def test_that_activated_rules_stand_as_if_built(data: st.DataObject) -> None:
    drawn = data.draw(rule_sets())
    now = {rule_set.well_id: rule_set for rule_set in drawn[: data.draw(st.integers(0, len(drawn)))]}
    conditions = Conditions(now.values())
    for version in range(100, 100 + data.draw(st.integers(1, 5))):
        well = data.draw(st.sampled_from(drawn))
        now[well.well_id] = revised(lambda options: data.draw(st.sampled_from(options)), well, version)
        activate(conditions, now[well.well_id])
        as_built(conditions, list(now.values()))


@pytest.mark.kernel
def test_that_other_wells_keep_their_memory_where_slots_move() -> None:
    wells = [one_tag([C], f"W-{at}") for at in range(3)]
    conditions = Conditions(wells)
    judge(conditions, [START] * 3, [130.0, 50.0, 130.0], range(3))
    late = [START - SECOND]
    assert [row.code for row in judge(conditions, late, [130.0], [2])] == [LATE_BREACH, VIOLATION_LATE]
    wider = replace(wells[0], version=2, constraints=(D, immediate("e"), C))
    rows = activate(conditions, wider)
    assert [(row.slot, row.code) for row in rows] == [
        (slot, code) for slot in (0, 1) for code in (LIMIT_CHANGED, RAISED, VIOLATION_OPENED)
    ]
    second = as_built(conditions, [wider, *wells[1:]])
    second.restore(conditions.save(), "shard 0")
    for each in (conditions, second):
        assert [each.state(slot)[0] for slot in range(5)] == [2, 2, 2, 0, 2]
        # Judged red, and told late: neither is told again, of the well that moved.
        assert judge(each, [START - SECOND], [130.0], [2]) == []
        assert [row.slot for row in judge(each, [START + 2 * SECOND], [50.0], [2])] == [4, 4]
        assert judge(each, [START], [130.0], [2]) == []
    narrower = replace(wells[0], version=3, constraints=(C,))
    assert [row.code for row in activate(conditions, narrower)] == [
        *(LIMIT_WITHDRAWN, CLEARED, VIOLATION_WITHDRAWN),
    ] * 2
    as_built(conditions, [narrower, *wells[1:]])
    assert judge(conditions, [START, START - SECOND], [130.0] * 2, [2, 2]) == []
    assert judge(conditions, [START], [130.0], [0]) == []


def one(constraint: Constraint, *values: float, period_s: float = 1.0) -> Conditions:
    """Return a condition that has judged these values, one a second."""
    conditions = Conditions([one_tag([constraint], period_s=period_s)])
    judge(conditions, ticks(len(values)), values)
    return conditions


def after(conditions: Conditions, constraint: Constraint, *values: float, seconds: int) -> list[tuple[int, int]]:
    """Return code and second of what a constraint tells of values that go on after `seconds`."""
    rows = activate(conditions, replace(one_tag([constraint]), version=2), START + (seconds - 1) * SECOND)
    rows += judge(conditions, ticks(len(values), START + seconds * SECOND), values)
    return [(row.code, (row.time - START) // SECOND) for row in rows if row.code in (RAISED, DEESCALATED, CLEARED)]


@pytest.mark.kernel
@pytest.mark.parametrize("high, raised", [(100.0, 3), (100.00005, 3), (99.0, 3), (101.0, 4)])
def test_that_a_run_towards_yellow_goes_on_unless_its_threshold_went_further_out(high: float, raised: int) -> None:
    slow = immediate("c", yellow_on_delay_s=2.0)
    conditions = one(slow, 0.0, 92.0, 92.0)
    assert after(conditions, replace(slow, high=high), 92.0, 92.0, 92.0, seconds=3) == [(RAISED, raised)]
    low = immediate("c", high=None, low=100.0, yellow_on_delay_s=2.0)
    conditions = one(low, 200.0, 108.0, 108.0)
    mirrored = replace(low, low=100.0 - (high - 100.0))
    assert after(conditions, mirrored, 108.0, 108.0, 108.0, seconds=3) == [(RAISED, raised)]


@pytest.mark.kernel
@pytest.mark.parametrize(
    "sides, outside, far, near",
    [
        ({"high": 100.0}, 110.0, 80.0, 97.0),
        ({"high": 100.0}, 99.5, 80.0, 97.0),
        ({"high": None, "low": 100.0}, 90.0, 150.0, 103.0),
        ({"high": None, "low": 100.0}, 100.5, 150.0, 103.0),
    ],
)
def test_that_an_off_delay_is_void_where_the_value_is_not_beyond_the_new_reset(
    sides: dict[str, float | None], outside: float, far: float, near: float
) -> None:
    tight = replace(immediate("c", off_delay_s=5.0, deadband=0.001, yellow_from=0.99), **sides)  # type: ignore[arg-type]
    # The delays run from second 1 on; under the new rules `near` is not beyond any reset, and they start anew at 4.
    wide = replace(tight, deadband=0.04, yellow_from=0.95)
    assert after(one(tight, outside, near, near, near), wide, *[far] * 7, seconds=4) == [(CLEARED, 9)]


@pytest.mark.kernel
def test_that_an_off_delay_that_cannot_be_seen_starts_anew_and_is_not_void() -> None:
    slow = immediate("c", off_delay_s=3.0)
    conditions = one(slow, 130.0, 50.0, 50.0, float("nan"))
    assert after(conditions, replace(slow, high=99.0), *[50.0] * 5, seconds=4) == [(CLEARED, 7)]


@pytest.mark.kernel
def test_that_a_new_condition_begins_with_the_run_of_late_samples_of_its_tag() -> None:
    conditions = one(C, 50.0)
    hour = 3600 * SECOND
    judge(conditions, [START - hour, START - hour + 1], [50.0] * 2, arrivals=[START + SECOND, START + 2 * SECOND])
    activate(conditions, replace(one_tag([D]), version=2), START + 3 * SECOND)
    rows = judge(conditions, [START - hour + 2], [50.0], arrivals=[START + 6 * SECOND])
    assert [row.code for row in rows] == [MONITORING_LOST, CLOCK_RESET, MONITORING_RESTORED]
    conditions = one(C, 50.0)
    judge(conditions, [START - hour, START - hour + 1], [50.0] * 2, arrivals=[START + SECOND, START + 2 * SECOND])
    activate(conditions, replace(one_tag([D]), version=2), START + 3 * SECOND)
    # A judged sample ends the run.
    judge(conditions, [START + 4 * SECOND], [50.0], arrivals=[START + 4 * SECOND])
    late = [START - hour + 2, START - hour + 3]
    rows = judge(conditions, late, [50.0] * 2, arrivals=[START + 10 * SECOND, START + 11 * SECOND])
    assert [row.code for row in rows] == [MONITORING_LOST]


@pytest.mark.kernel
def test_that_a_condition_withdrawn_forgets_what_it_noted() -> None:
    conditions = Conditions([one_tag([C])])
    judge(conditions, [START, START + SECOND], [130.0, 50.0])
    activate(conditions, RuleSet("W-1", 2, (Tag("t", "Hz"),), (C,)))
    judge(conditions, [START + 5 * SECOND], [50.0])
    assert [row.code for row in judge(conditions, [START], [130.0])] == [LATE_BREACH, VIOLATION_LATE]


def test_that_one_tag_may_come_to_have_thousands_of_conditions() -> None:
    conditions = Conditions([one_tag([C])])
    judge(conditions, [START], [130.0])
    many = one_tag([immediate(f"c-{at}", high=100.0 + at % 60) for at in range(5000)])
    rows = activate(conditions, replace(many, version=2))
    raised = [row.slot for row in rows if row.code == RAISED]
    assert raised == [at for at in range(5000) if at % 60 <= 44]  # 129.6 is where yellow begins
    as_built(conditions, [replace(many, version=2)])
    judge(conditions, ticks(4, START + 2 * SECOND), [10.0, 200.0] * 2)
    assert int(conditions.tally["judged"].min()) == 4


@pytest.mark.kernel
def test_that_a_condition_never_seen_is_lost_from_when_its_rules_came() -> None:
    began, came = START, START + 100 * SECOND
    conditions = Conditions([one_tag([C])])
    activate(conditions, replace(one_tag([D], "W-2"), version=2), came)

    def lost(now: int, activated: int) -> list[tuple[int, int, int]]:
        rows = [row for rows in conditions.lapse(now, activated) for row in transitions(rows)]
        return [(row.code, row.slot, row.time) for row in rows]

    assert lost(came + 5 * SECOND + 1, 0) == []
    assert lost(came, began) == [(MONITORING_LOST, 0, began + 5 * SECOND)]
    assert lost(came + 5 * SECOND, began) == []
    assert lost(came + 5 * SECOND + 1, began) == [(MONITORING_LOST, 1, came + 5 * SECOND)]
    later = Conditions([one_tag([C])])
    activate(later, replace(one_tag([D], "W-2"), version=2), came)
    conditions = later
    assert lost(came + 60 * SECOND, came + 50 * SECOND)[-1] == (MONITORING_LOST, 1, came + 55 * SECOND)


@pytest.mark.kernel
def test_that_no_version_is_activated_twice_or_backwards() -> None:
    rules = replace(one_tag([C]), version=3)
    conditions = Conditions([rules])
    for version in (2, 3):
        with pytest.raises(AssertionError, match="a version that is active came again"):
            activate(conditions, replace(rules, version=version))


def test_that_an_activation_among_100_000_conditions_takes_less_than_150_ms() -> None:
    def well(number: int, version: int, high: float, constraints: int = 10) -> RuleSet:
        tags = tuple(Tag(f"t-{at}", "spm") for at in range(constraints))
        watched = tuple(Constraint(f"c-{at}", f"t-{at}", "spm", high=high) for at in range(constraints))
        return RuleSet(f"W-{number}", version, tags, watched)

    wells = 10_000
    conditions = Conditions(well(number, 1, 120.0) for number in range(wells))
    assert len(conditions) == 100_000
    judge(conditions, [START] * 100_000, [100.0] * 100_000, np.arange(100_000))  # type: ignore[arg-type]
    activate(conditions, well(0, 2, 119.0))  # compiled by now
    took = []
    for number, constraints in ((1, 10), (2, 12), (wells, 3), (3, 7), (4, 10)):
        # Of the processor: that others have it meanwhile does not count.
        before = time.thread_time()
        activate(conditions, well(number, 2, 90.0, constraints))
        conditions.fingerprint()
        took.append(time.thread_time() - before)
    assert sorted(took)[2] < 0.150
    assert conditions.versions["W-10000"] == 2
