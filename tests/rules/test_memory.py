"""The notes of judged times: one list for all conditions, threaded through one array, forgotten in time."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.memory import (
    EXCURSION,
    LIMIT_WITHDRAWN,
    MEMORY,
    NOTE,
    TRANSITION,
    TRANSITIONS,
    VIOLATION_OPENED,
    Transition,
    forget,
    forget_all,
    is_noted,
    note,
)
from rules.sample import LATE_MEMORY_US

pytestmark = pytest.mark.kernel

SLOTS = 3


class Notes:
    """The arrays of a few conditions, and what they must say."""

    def __init__(self, room: int = 200) -> None:
        self.notes: Any = np.zeros(room, NOTE).view(np.recarray)
        self.noted = np.zeros(1, np.int64)
        self.memory: Any = np.zeros(SLOTS, MEMORY).view(np.recarray)
        self.excursion: Any = np.zeros(SLOTS, EXCURSION).view(np.recarray)
        self.expected: dict[int, set[int]] = defaultdict(set)

    def note(self, slot: int, time: int) -> None:
        note(self.notes, self.noted, self.excursion, slot, time)
        self.expected[slot].add(time)

    def judged(self, slot: int, time: int) -> None:
        self.memory[slot].last = time

    def forget_all(self, slot: int) -> None:
        forget_all(self.notes, self.excursion, slot)
        self.expected[slot].clear()

    def forget(self) -> None:
        forget(self.notes, self.noted, self.memory, self.excursion)
        for slot in range(SLOTS):
            last = int(self.memory[slot].last)
            self.expected[slot] = {time for time in self.expected[slot] if last - time <= LATE_MEMORY_US}

    def known(self, slot: int, times: range) -> set[int]:
        return {time for time in times if is_noted(self.notes, self.excursion, slot, time)}


def test_that_a_time_is_noted_for_its_condition_alone() -> None:
    notes = Notes()
    notes.note(0, 5)
    notes.note(1, 6)
    notes.note(0, 7)
    assert [notes.known(slot, range(10)) for slot in range(SLOTS)] == [{5, 7}, {6}, set()]


def test_that_what_is_older_than_15_min_is_forgotten_and_the_rest_moves_up() -> None:
    notes = Notes()
    times = [LATE_MEMORY_US * part // 2 for part in range(1, 5)]
    for time in times:
        for slot in (0, 1):
            notes.note(slot, time)
    notes.judged(0, times[-1])
    notes.forget()
    # Exactly 15 min is still remembered.
    assert [is_noted(notes.notes, notes.excursion, 0, time) for time in times] == [False, True, True, True]
    assert [is_noted(notes.notes, notes.excursion, 1, time) for time in times] == [True] * 4
    assert int(notes.noted[0]) == 7


def test_that_a_clock_set_back_forgets_the_times_of_its_condition() -> None:
    notes = Notes()
    for time in range(1, 4):
        notes.note(0, time)
        notes.note(2, time)
    notes.forget_all(0)
    assert [notes.known(slot, range(10)) for slot in range(SLOTS)] == [set(), set(), {1, 2, 3}]
    notes.note(0, 9)
    notes.forget()
    assert [notes.known(slot, range(10)) for slot in range(SLOTS)] == [{9}, set(), {1, 2, 3}]
    assert int(notes.noted[0]) == 4


STEP = LATE_MEMORY_US // 4
moves = st.tuples(
    st.sampled_from(["note", "note", "note", "judged", "forget", "forget all"]),
    st.integers(0, SLOTS - 1),
    st.integers(1, 30),
)


@given(st.lists(moves, max_size=100))
def test_that_notes_are_those_of_a_plain_set_whatever_is_noted_and_forgotten(
    told: list[tuple[str, int, int]],
) -> None:
    notes = Notes()
    for kind, slot, number in told:
        if kind == "note":
            notes.note(slot, number * STEP)
        elif kind == "judged":
            notes.judged(slot, number * STEP)
        elif kind == "forget":
            notes.forget()
        else:
            notes.forget_all(slot)
        for each in range(SLOTS):
            assert notes.known(each, range(STEP, 31 * STEP, STEP)) == notes.expected[each]


def test_that_a_transition_has_the_fields_of_its_row_in_their_order() -> None:
    assert Transition._fields == TRANSITION.names
    assert len(TRANSITIONS) == LIMIT_WITHDRAWN + 1 == VIOLATION_OPENED


def test_that_the_memory_of_a_condition_stays_small() -> None:
    # Half a million of them are held at once, and the first is touched by every sample.
    assert MEMORY.itemsize <= 40
    assert EXCURSION.itemsize % 8 == 0
