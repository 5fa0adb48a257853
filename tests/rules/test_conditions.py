"""All conditions of some wells at once: rooms that fill up, what is saved, and what a hash of the rules sees."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from rules.conditions import Conditions, transitions
from rules.errors import StateMismatch
from rules.memory import (
    CLEARED,
    LATE_BREACH,
    MEMORY,
    MONITORING_LOST,
    RAISED,
    VIOLATION_LATE,
    VIOLATION_OPEN,
    Transition,
)
from rules.rule_set import Constraint, RuleSet, Tag
from rules.sample import BACKFILL, LATE_MEMORY_US
from rules.tag_index import UNWATCHED

START = 1_767_225_600_000_000
SECOND = 1_000_000


def immediate(name: str, tag: str = "t", high: float | None = 100.0, **changed: object) -> Constraint:
    """Return a constraint without delays."""
    delays = {"yellow_on_delay_s": 0.0, "off_delay_s": 0.0}
    return Constraint(name, tag, "spm", high, **(delays | changed))  # type: ignore[arg-type]


def one_tag(constraints: Sequence[Constraint], well_id: str = "W-1", **tag: float) -> RuleSet:
    return RuleSet(well_id, 1, (Tag("t", "spm", **tag),), tuple(constraints))


def judge(
    conditions: Conditions,
    times: Sequence[int],
    values: Sequence[float],
    tags: Sequence[int] | None = None,
    flags: int = 0,
    arrivals: Sequence[int] | None = None,
) -> list[Transition]:
    number = len(times)
    return [
        row
        for rows in conditions.judge(
            np.zeros(number, np.int32) if tags is None else np.array(tags, np.int32),
            np.array(times, np.int64),
            np.zeros(number, np.int64) if arrivals is None else np.array(arrivals, np.int64),
            np.array(values, np.float64),
            np.full(number, flags, np.uint8),
        )
        for row in transitions(rows)
    ]


def ticks(number: int, start: int = START) -> list[int]:
    return [start + at * SECOND for at in range(number)]


# Rooms that fill up


def test_that_more_transitions_than_there_is_room_for_come_all_in_order() -> None:
    conditions = Conditions([one_tag([immediate("c")])])
    values = [130.0, 0.0] * 3000
    rows = judge(conditions, ticks(6000), values)
    # Each turn is a change of level, and a violation that opens or closes.
    assert len(rows) == 12_000
    assert [row.code for row in rows] == [row.code for row in rows[:4]] * 3000
    assert [row.time for row in rows if row.code in (RAISED, CLEARED)] == ticks(6000)


@pytest.mark.parametrize("number", [700, 5000])
def test_that_a_tag_may_have_more_constraints_than_the_first_room_holds(number: int) -> None:
    # Half of them breached: the notes of one sample never fill the room, nor do they leave enough for the next.
    constraints = [immediate(f"c-{at}", high=100.0 if at % 2 else 1000.0) for at in range(number)]
    conditions = Conditions([one_tag(constraints)])
    rows = judge(conditions, ticks(4), [130.0] * 4)
    assert [row.slot for row in rows if row.code == RAISED] == list(range(1, number, 2))
    assert len(rows) == number


def test_that_the_notes_grow_while_they_matter_and_are_forgotten_when_they_do_not() -> None:
    conditions = Conditions([one_tag([immediate("c")])])
    tenths = [START + at * SECOND // 10 for at in range(9000)]  # 15 min of 10 Hz, all red
    judge(conditions, tenths, [130.0] * 9000)
    assert len(conditions._notes) > 9000
    # Each of these was judged red: come again, they are duplicates.
    assert judge(conditions, [tenths[-1] + 1], [130.0]) == []
    again = tenths[::500]
    assert judge(conditions, again, [130.0] * len(again)) == []
    assert int(conditions.tally[0]["duplicate"]) == len(again)
    # One that never was is told, once.
    new = [tenths[4000] + 7]
    assert [row.code for row in judge(conditions, new, [130.0])] == [LATE_BREACH, VIOLATION_LATE]
    assert judge(conditions, new, [130.0]) == []
    # Much later all of that is forgotten, and the room is used anew.
    later = tenths[-1] + 2 * LATE_MEMORY_US
    judge(conditions, ticks(20_000, later), [130.0] * 20_000)
    assert len(conditions._notes) <= 32_768
    conditions.save()
    assert int(conditions._noted[0]) == LATE_MEMORY_US // SECOND + 1


def test_that_conditions_by_the_thousand_may_all_go_silent_and_all_be_red_at_the_end() -> None:
    number = 2500
    wells = [one_tag([immediate("a"), immediate("b")], f"W-{at}") for at in range(number)]
    conditions = Conditions(wells)
    rows = judge(conditions, [START] * number, [130.0] * number, range(number))
    assert len(rows) == 4 * number
    lost = [row for rows in conditions.lapse(START + 6 * SECOND) for row in transitions(rows)]
    assert [row.code for row in lost] == [MONITORING_LOST] * 2 * number
    assert [row.slot for row in lost] == list(range(2 * number))
    assert [row for rows in conditions.lapse(START + 7 * SECOND) for row in transitions(rows)] == []
    open_ = [row for rows in conditions.finish() for row in transitions(rows)]
    assert [row.code for row in open_] == [VIOLATION_OPEN] * 2 * number


@pytest.mark.kernel
def test_that_tags_nobody_watches_and_no_samples_at_all_change_nothing() -> None:
    conditions = Conditions([one_tag([immediate("c")])])
    before = conditions.save()
    assert judge(conditions, ticks(3), [1e9] * 3, [UNWATCHED] * 3) == []
    assert judge(conditions, [], []) == []
    assert conditions.save() == before
    assert judge(Conditions([]), ticks(1), [1.0], [UNWATCHED]) == []
    assert list(Conditions([]).lapse(START)) == []
    assert list(Conditions([]).finish()) == []


@pytest.mark.kernel
def test_that_disabled_constraints_have_no_slot_and_the_others_keep_the_order_of_the_file() -> None:
    rules = RuleSet(
        "W-1",
        1,
        (Tag("t", "spm"), Tag("u", "Hz"), Tag("v", "m")),
        (
            immediate("1", "u"),
            immediate("2", "t"),
            immediate("3", "v", mode="disabled"),
            immediate("4", "u"),
            immediate("5", "t", mode="advisory"),
        ),
    )
    conditions = Conditions([rules])
    assert [conditions[slot].constraint.id for slot in conditions.in_file_order()] == ["1", "2", "4", "5"]
    assert [conditions[slot].constraint.id for slot in range(len(conditions))] == ["1", "4", "2", "5"]
    assert conditions.tags.find("W-1", "v") == UNWATCHED
    assert [conditions.unit(conditions.tags.find("W-1", name)) for name in ("t", "u")] == ["spm", "Hz"]
    assert [conditions[slot].constraint for slot in conditions.in_file_order()] == [
        constraint for constraint in rules.constraints if constraint.mode != "disabled"
    ]


@pytest.mark.kernel
def test_that_arrays_from_arrow_that_cannot_be_written_are_judged_too() -> None:
    columns = (
        np.zeros(2, np.int32),
        np.array(ticks(2), np.int64),
        np.zeros(2, np.int64),
        np.array([1.0, 130.0]),
        np.zeros(2, np.uint8),
    )
    for column in columns:
        column.setflags(write=False)
    conditions = Conditions([one_tag([immediate("c")])])
    assert len([row for rows in conditions.judge(*columns) for row in transitions(rows)]) == 2


# Saving


@pytest.mark.kernel
def test_that_conditions_that_never_left_normal_take_no_more_room_than_their_last_sample() -> None:
    number = 1000
    conditions = Conditions([one_tag([immediate("c")], f"W-{at}") for at in range(number)])
    judge(conditions, [START] * number, [50.0] * number, range(number))
    saved = conditions.save()
    sizes = [len(part) for part in (saved["memory"], saved["excursion_slots"], saved["excursion"], saved["notes"])]
    assert sizes == [number * MEMORY.itemsize, 0, 0, 0]
    judge(conditions, [START + SECOND], [130.0], [7])
    assert np.frombuffer(conditions.save()["excursion_slots"], np.int64).tolist() == [7]


@pytest.mark.kernel
def test_that_what_is_saved_goes_on_as_if_nothing_had_happened() -> None:
    rules = [one_tag([immediate("c"), immediate("d", high=120.0, off_delay_s=10.0)])]
    values = [130.0, 50.0, 105.0, 130.0, 0.0] * 40
    whole = Conditions(rules)
    expected = judge(whole, ticks(200), values)
    for stop in (0, 1, 3, 57, 199):
        first, second = Conditions(rules), Conditions(rules)
        rows = judge(first, ticks(200)[:stop], values[:stop])
        second.restore(pickle.loads(pickle.dumps(first.save())), "shard 0")  # noqa: S301  # our own bytes
        assert rows + judge(second, ticks(200)[stop:], values[stop:]) == expected
        assert second.save() == whole.save()


@pytest.mark.kernel
def test_that_saving_changes_nothing() -> None:
    rules = [one_tag([immediate("c")])]
    one, two = Conditions(rules), Conditions(rules)
    for at, time in enumerate(ticks(50)):
        value = [130.0 if at % 3 else 0.0]
        assert judge(one, [time], value) == judge(two, [time], value)
        one.save()
        late = [time - 7 * SECOND]
        assert judge(one, late, [130.0]) == judge(two, late, [130.0])
    assert one.save() == two.save()


@pytest.mark.kernel
def test_that_a_late_breach_told_before_a_restart_is_not_told_again() -> None:
    rules = [one_tag([immediate("c")])]
    first, second = Conditions(rules), Conditions(rules)
    judge(first, [START + 60 * SECOND], [1.0])
    assert len(judge(first, [START + SECOND], [130.0])) == 2
    second.restore(first.save(), "shard 0")
    assert judge(second, [START + SECOND], [130.0]) == []
    assert len(judge(second, [START + 2 * SECOND], [130.0], flags=BACKFILL)) == 1


def test_that_many_notes_come_back_with_room_for_more() -> None:
    rules = [one_tag([immediate("c")])]
    first, second = Conditions(rules), Conditions(rules)
    tenths = [START + at * SECOND // 10 for at in range(9000)]
    judge(first, tenths, [130.0] * 9000)
    second.restore(first.save(), "shard 0")
    more = [tenths[-1] + (at + 1) * SECOND // 100 for at in range(20_000)]
    judge(second, more, [130.0] * 20_000)
    assert judge(second, [tenths[-1], more[5]], [130.0] * 2) == []
    assert int(second.tally[0]["duplicate"]) == 2


def test_that_a_state_of_other_rules_is_refused() -> None:
    saved = Conditions([one_tag([immediate("c", high=100.0)])]).save()
    with pytest.raises(StateMismatch, match="recovery state of 'shard 7': must belong to the rules given") as raised:
        Conditions([one_tag([immediate("c", high=100.5)])]).restore(saved, "shard 7")
    assert raised.value.saved == saved["rules"] != raised.value.given


BASE = RuleSet(
    "W-1", 1, (Tag("t", "spm", 0.0, 300.0, 1.0), Tag("u", "psi")), (immediate("c", low=5.0), immediate("d", "u"))
)


def with_first(**changed: object) -> RuleSet:
    constraint = replace(BASE.constraints[0], **changed)  # type: ignore[arg-type]
    return replace(BASE, constraints=(constraint, *BASE.constraints[1:]))


def with_tag(**changed: object) -> RuleSet:
    return replace(BASE, tags=(replace(BASE.tags[0], **changed), *BASE.tags[1:]))  # type: ignore[arg-type]


CHANGES = {
    "well": replace(BASE, well_id="W-2"),
    "version": replace(BASE, version=2),
    "id": with_first(id="e"),
    "tag": with_first(tag="u"),
    "high": with_first(high=100.00000000000001),
    "low": with_first(low=5.000000000000001),
    "no low": with_first(low=None),
    "yellow_from": with_first(yellow_from=0.91),
    "deadband": with_first(deadband=0.02),
    "on-delay": with_first(yellow_on_delay_s=1.0),
    "off-delay": with_first(off_delay_s=1.0),
    "mode": with_first(mode="advisory"),
    "disabled": with_first(mode="disabled"),
    "factor": with_first(factor=60.0),
    "offset": with_first(offset=1.0),
    "range low": with_tag(low=-1.0),
    "range high": with_tag(high=301.0),
    "no range": with_tag(low=None, high=None),
    "period": with_tag(period_s=2.0),
    "order": replace(BASE, constraints=BASE.constraints[::-1]),
    "one less": replace(BASE, constraints=BASE.constraints[:1]),
}


def test_that_every_change_of_a_rule_that_the_memory_rests_on_changes_the_fingerprint() -> None:
    prints = {name: Conditions([rules]).fingerprint() for name, rules in CHANGES.items()}
    prints["none"] = Conditions([BASE]).fingerprint()
    prints["two wells"] = Conditions([BASE, CHANGES["well"]]).fingerprint()
    prints["two wells, the other first"] = Conditions([CHANGES["well"], BASE]).fingerprint()
    assert len({*prints.values()}) == len(prints)


def test_that_the_fingerprint_is_the_same_in_every_run_and_of_any_iterable() -> None:
    assert Conditions([BASE]).fingerprint() == Conditions(iter((BASE,))).fingerprint()
    assert Conditions([with_first(on_red=("escalate",))]).fingerprint() == Conditions([BASE]).fingerprint()
