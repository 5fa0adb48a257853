"""A new version of a well's rules in the middle of a stream: what is carried over, and what that sets off.

docs/judging.md says in words what this file says in code.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from rules.compiled import compiled
from rules.limit import at_or_above, at_or_below, is_breaching
from rules.memory import (
    BAD_VIEW,
    EXCURSION,
    LATE_RUN,
    LIMIT_CHANGED,
    LIMIT_WITHDRAWN,
    LIVE,
    LOST,
    MEMORY,
    NORMAL,
    ON_DELAY,
    RED,
    RED_HIGH,
    RED_LOW,
    SKEWED,
    TALLY,
    VIOLATION_CLOSED,
    VIOLATION_WITHDRAWN,
    WAS_SUSPECT,
    WAS_UNCERTAIN,
    YELLOW_HIGH,
    YELLOW_LOW,
    note,
)
from rules.sample import NO_TIME
from rules.slots import Condition
from rules.step import LATCHES, alert, change, level_of, lose, open_red, set_latches, view_of

# Of the last reading of a tag, known to each of its conditions alike.
_OF_THE_READING = BAD_VIEW | SKEWED | WAS_SUSPECT | WAS_UNCERTAIN | LATE_RUN

_MOST_RECORDS_PER_CONDITION = 4  # monitoring_lost, limit_changed, a level change, a violation

Rows = npt.NDArray[np.void]


@dataclass(frozen=True)
class Memories:
    """What is remembered of some conditions, side by side: rows of MEMORY, EXCURSION and TALLY."""

    memory: Rows
    excursion: Rows
    tally: Rows


@dataclass(frozen=True)
class Carried:
    """What conditions of new rules begin with.

    seeded: whether it is new, and begins with a reading. furthest_high, furthest_low: where yellow may begin, so that a
    run of yellow samples remains one.
    """

    memories: Memories
    seeded: npt.NDArray[np.bool_]
    furthest_high: npt.NDArray[np.float64]
    furthest_low: npt.NDArray[np.float64]


def same_conditions(old: Sequence[Condition], memories: Memories, new: Sequence[Condition]) -> list[int]:
    """Return the number of the old condition that each new one continues; -1 for none."""
    place = {(of.constraint.id, of.tag.name): number for number, of in enumerate(old)}
    found = [place.get((of.constraint.id, of.tag.name), -1) for of in new]
    return [
        before if before >= 0 and _can_continue(old[before], memories, before, of) else -1
        for before, of in zip(found, new, strict=True)
    ]


def carry_over(
    old: Sequence[Condition], memories: Memories, new: Sequence[Condition], continued: Sequence[int], at: int
) -> Carried:
    """Return what the conditions in `new` begin with, at `at` [us]. continued: what `same_conditions` found."""
    carried = Carried(
        Memories(*(np.zeros(len(new), kind) for kind in (MEMORY, EXCURSION, TALLY))),
        np.zeros(len(new), np.bool_),
        np.full(len(new), math.inf),
        np.full(len(new), -math.inf),
    )
    for number, (of, before) in enumerate(zip(new, continued, strict=True)):
        if before >= 0:
            _continue(carried, number, old[before], memories, before, of)
        else:
            _begin(carried, number, old, memories, of, at)
    return carried


def _converted(old: Condition, new: Condition, value: float) -> float:
    """Return a value of the old constraint's unit in the new one's."""
    was, now = old.limit, new.limit
    if (was.factor, was.offset) == (now.factor, now.offset):
        return value
    converted: float = now.factor * ((value - was.offset) / was.factor) + now.offset
    return converted


def _can_continue(old: Condition, memories: Memories, number: int, new: Condition) -> bool:
    """Return whether the memory of a condition means something under the new rules."""
    excursion = memories.excursion[number]
    values = [memories.memory[number]["value"]]
    if excursion["opened"] != NO_TIME:
        values += [excursion["opened_value"], excursion["peak"]]
    return old.tag.unit == new.tag.unit and all(math.isfinite(_converted(old, new, float(value))) for value in values)


def _continue(carried: Carried, number: int, old: Condition, memories: Memories, before: int, new: Condition) -> None:
    """Let the condition at `number` go on with the memory of the old one at `before`."""
    memory, excursion, tally = memories.memory[before], memories.excursion[before], memories.tally[before]
    rows = carried.memories
    rows.memory[number], rows.excursion[number], rows.tally[number] = memory, excursion, tally
    rows.memory["value"][number] = _converted(old, new, float(memory["value"]))
    if excursion["opened"] != NO_TIME:
        for name in ("opened_value", "peak"):
            rows.excursion[name][number] = _converted(old, new, float(excursion[name]))
    if excursion["onset"] != NO_TIME and excursion["raised_in"] == 0:
        rows.excursion["raised_in"][number] = old.rule_version
    # A threshold converted is not quite itself.
    carried.furthest_high[number] = at_or_below(_converted(old, new, old.limit.yellow_high))
    carried.furthest_low[number] = at_or_above(_converted(old, new, old.limit.yellow_low))


def _begin(
    carried: Carried, number: int, old: Sequence[Condition], memories: Memories, new: Condition, at: int
) -> None:
    """Let the condition at `number` begin: with the tag's last reading if another condition has it, or unseen."""
    memory, excursion = carried.memories.memory, carried.memories.excursion
    memory["judged_arrival"][number] = at
    for other, of in enumerate(old):
        if of.tag.name != new.tag.name:
            continue
        theirs = memories.memory[other]
        memory["arrival"][number] = theirs["arrival"]
        memory["bits"][number] = theirs["bits"] & SKEWED
        value = _converted(of, new, float(theirs["value"]))
        if of.tag.unit == new.tag.unit and theirs["last"] != NO_TIME and math.isfinite(value):
            for name in ("last", "judged_arrival"):
                memory[name][number] = theirs[name]
            memory["value"][number] = value
            memory["bits"][number] = theirs["bits"] & _OF_THE_READING
            for name in ("late_run", "late_time"):
                excursion[name][number] = memories.excursion[other][name]
            carried.seeded[number] = True
            return


@compiled
def _find_silence(slot: int, limit: Any, memory: Any, excursion: Any, at: int, out: Any, written: int) -> int:
    """Announce that monitoring is lost, if a sample arriving at `at` would find it so."""
    if memory.last == NO_TIME or memory.bits & LOST:
        return written
    if max(at, memory.arrival) - memory.judged_arrival > limit.stale_after:
        return lose(out, written, slot, 0, NO_TIME, limit, memory, excursion)
    return written


@compiled
def leave(
    limits: Any, memories: Any, excursions: Any, slots: Any, stays: Any, at: int, start: int, out: Any, written: int
) -> tuple[int, int]:
    """End what the old rules watched, in the order of `slots`; return where to go on and the records written.

    It stops early where `out` might not hold what the next condition writes. stays: whether each goes on under the new
    rules. at: of the activation [us].
    """
    for i in range(start, len(slots)):
        slot = slots[i]
        if written + _MOST_RECORDS_PER_CONDITION > len(out):
            return i, written
        memory, excursion = memories[slot], excursions[slot]
        written = _find_silence(slot, limits[slot], memory, excursion, at, out, written)
        if stays[i] or level_of(memory.bits) == NORMAL:
            continue
        time = max(at, memory.last)
        view = view_of(memory)
        suspect = 1 if memory.bits & WAS_SUSPECT else 0
        uncertain = 1 if memory.bits & WAS_UNCERTAIN else 0
        written = alert(
            out, written, LIMIT_WITHDRAWN, slot, time, memory.value, NORMAL, view, suspect, uncertain, 0, memory,
            excursion,
        )  # fmt: skip
        written = change(
            out, written, slot, time, memory.value, NORMAL, view, suspect, uncertain, VIOLATION_WITHDRAWN, memory,
            excursion,
        )  # fmt: skip
    return len(slots), written


@compiled
def _reset_at_once(limit: Any, flags: int, excursion: Any, value: float, live: bool) -> int:
    """Return `flags` without the latches whose reset threshold the value is beyond, if it can be seen.

    Where it is not beyond, no off-delay can be running. One that cannot be seen keeps its delay and its latch.
    """
    back = value < limit.red_high_reset
    if live or not back:
        excursion.off_red_high = NO_TIME
    if live and back:
        flags &= ~RED_HIGH
    back = value < limit.yellow_high_reset
    if live or not back:
        excursion.off_yellow_high = NO_TIME
    if live and back:
        flags &= ~YELLOW_HIGH
    back = value > limit.red_low_reset
    if live or not back:
        excursion.off_red_low = NO_TIME
    if live and back:
        flags &= ~RED_LOW
    back = value > limit.yellow_low_reset
    if live or not back:
        excursion.off_yellow_low = NO_TIME
    if live and back:
        flags &= ~YELLOW_LOW
    return flags


@compiled
def _judge_anew(
    limit: Any,
    memory: Any,
    excursion: Any,
    tally: Any,
    furthest_high: float,
    furthest_low: float,
    slot: int,
    at: int,
    out: Any,
    written: int,
) -> int:
    """Judge the last judged value of a condition by its new limit; return how many records `out` holds now."""
    value, time, level, view = memory.value, max(at, memory.last), level_of(memory.bits), view_of(memory)
    suspect = 1 if memory.bits & WAS_SUSPECT else 0
    uncertain = 1 if memory.bits & WAS_UNCERTAIN else 0
    # A run of samples that were yellow is one under a threshold that is not further out; of another, nobody knows.
    if limit.yellow_high > furthest_high:
        excursion.on_high = NO_TIME
    if limit.yellow_low < furthest_low:
        excursion.on_low = NO_TIME
    flags = set_latches(limit, memory.bits & LATCHES, excursion, memory.last, value, False)
    flags = _reset_at_once(limit, flags, excursion, value, view == LIVE)
    new_level = level_of(flags)
    if new_level != level:
        written = alert(
            out, written, LIMIT_CHANGED, slot, time, value, new_level, view, suspect, uncertain, 0, memory, excursion
        )
        if level == NORMAL:
            excursion.onset = time
            excursion.episode_breaching = 0
            tally.episodes += 1
        if new_level == RED:
            # The value that opens a red period is its first sample, though it came before.
            open_red(excursion, time, value, suspect)
            excursion.peak = value
            excursion.peak_time = time
            excursion.samples = 1
            excursion.breaching = 1
            excursion.suspect = suspect
            excursion.episode_breaching += 1
        written = change(
            out, written, slot, time, value, new_level, view, suspect, uncertain, VIOLATION_CLOSED, memory, excursion
        )
    memory.bits = (memory.bits & ~(LATCHES | ON_DELAY)) | flags
    return written


@compiled
def enter(
    limits: Any,
    memories: Any,
    excursions: Any,
    tallies: Any,
    notes: Any,
    noted: Any,
    slots: Any,
    seeded: Any,
    furthest_high: Any,
    furthest_low: Any,
    at: int,
    start: int,
    out: Any,
    written: int,
) -> tuple[int, int]:
    """Judge what the new rules watch by what is known of it, in the order of `slots`; return as `leave`.

    It stops early also where `notes` might not hold what the next condition writes. seeded, furthest_high,
    furthest_low: as in Carried, in the order of `slots`.
    """
    for i in range(start, len(slots)):
        slot = slots[i]
        if written + _MOST_RECORDS_PER_CONDITION > len(out) or noted[0] >= len(notes):
            return i, written
        limit, memory, excursion = limits[slot], memories[slot], excursions[slot]
        if memory.last == NO_TIME:
            continue
        if seeded[i]:
            written = _find_silence(slot, limit, memory, excursion, at, out, written)
        written = _judge_anew(
            limit, memory, excursion, tallies[slot], furthest_high[i], furthest_low[i], slot, at, out, written
        )
        if is_breaching(limit, memory.value):
            note(notes, noted, excursions, slot, memory.last)
    return len(slots), written
