"""The judgement of one sample: what it sets, resets, opens and closes.

docs/judging.md says in words what this file says in code. Records (numba) are passed by reference: `limit`, `memory`,
`excursion` and `tally` are rows of the record arrays whose types rules/limit.py and rules/memory.py give. `out` takes
the transitions, `written` is how many it holds.
"""

from __future__ import annotations

import math
from typing import Any

from rules.compiled import compiled
from rules.limit import (
    excess,
    is_breaching,
)
from rules.memory import (
    ANY_RED,
    ANY_YELLOW,
    BAD_VIEW,
    CLEARED,
    CLOCK_RESET,
    DEESCALATED,
    ESCALATED,
    LATE_BREACH,
    LATE_RUN,
    LIVE,
    LOST,
    MONITORING_LOST,
    MONITORING_RESTORED,
    NORMAL,
    ON_DELAY,
    RAISED,
    RED,
    RED_HIGH,
    RED_LOW,
    RESTART,
    SKEWED,
    STALE,
    UNSEEN_BAD,
    VIOLATION_CLOSED,
    VIOLATION_LATE,
    VIOLATION_OPENED,
    WAS_SUSPECT,
    WAS_UNCERTAIN,
    YELLOW,
    YELLOW_HIGH,
    YELLOW_LOW,
    forget_all,
    is_noted,
    note,
)
from rules.sample import (
    LATE_MEMORY_US,
    LATE_RUN_OF_A_RESET,
    NO_TIME,
)

LATCHES = ANY_RED | ANY_YELLOW


@compiled
def level_of(flags: int) -> int:
    """Return the level that the latches in `flags` say."""
    if flags & ANY_RED:
        return RED
    if flags & ANY_YELLOW:
        return YELLOW
    return NORMAL


@compiled
def view_of(memory: Any) -> int:
    """Return whether the value can be seen: LIVE, STALE or UNSEEN_BAD."""
    if memory.bits & BAD_VIEW:
        return UNSEEN_BAD
    if memory.last == NO_TIME or memory.bits & LOST:
        return STALE
    return LIVE


@compiled
def alert(
    out: Any,
    written: int,
    code: int,
    slot: int,
    time: int,
    value: float,
    level: int,
    view: int,
    suspect: int,
    uncertain: int,
    transport: int,
    memory: Any,
    excursion: Any,
) -> int:
    """Write an alert to `out`; return how many records it holds now."""
    row = out[written]
    row.code = code
    row.slot = slot
    row.time = time
    row.value = value
    row.previous = level_of(memory.bits)
    row.level = level
    row.seen = view
    row.suspect = suspect
    row.uncertain = uncertain
    row.transport = transport
    row.onset = excursion.onset
    row.raised_in = excursion.raised_in
    row.episode_breaching = excursion.episode_breaching
    return written + 1


@compiled
def violation(out: Any, written: int, code: int, slot: int, ended: int, level: int, excursion: Any) -> int:
    """Write the open red period to `out`; return how many records it holds now."""
    row = out[written]
    row.code = code
    row.slot = slot
    row.time = ended
    row.level = level
    row.onset = excursion.onset
    row.raised_in = excursion.raised_in
    row.started = excursion.opened
    row.started_value = excursion.opened_value
    row.ended = ended
    row.peak = excursion.peak
    row.peak_time = excursion.peak_time
    row.samples = excursion.samples
    row.breaching = excursion.breaching
    row.bad = excursion.bad
    row.suspect_samples = excursion.suspect
    row.started_suspect = excursion.opened_suspect
    return written + 1


@compiled
def lose(
    out: Any,
    written: int,
    slot: int,
    transport: int,
    activated: int,
    limit: Any,
    memory: Any,
    excursion: Any,
) -> int:
    """Announce that monitoring is lost, at the event time it went silent; the level stays.

    activated: what a condition that never had a sample went silent since.
    """
    never = memory.last == NO_TIME
    written = alert(
        out,
        written,
        MONITORING_LOST,
        slot,
        (activated if never else memory.last) + limit.stale_after,
        math.nan if never else memory.value,
        level_of(memory.bits),
        STALE,
        0,
        1 if memory.bits & WAS_UNCERTAIN else 0,
        transport,
        memory,
        excursion,
    )
    memory.bits = (memory.bits | LOST) & ~BAD_VIEW
    return written


@compiled
def _running_since(holds: bool, since: int, time: int, restart: bool) -> int:
    """Return when an unbroken run began: as before, now, or NO_TIME if it is broken."""
    if not holds:
        return NO_TIME
    if since == NO_TIME or restart:
        return time
    return since


@compiled
def set_latches(limit: Any, flags: int, excursion: Any, time: int, value: float, clock_reset: bool) -> int:
    """Return `flags` with the latches that this sample sets. Red needs no delay, ever, and sets yellow too."""
    excursion.on_high = _running_since(value >= limit.yellow_high, excursion.on_high, time, clock_reset)
    if value >= limit.red_high:
        flags |= RED_HIGH | YELLOW_HIGH
    elif excursion.on_high != NO_TIME and time - excursion.on_high >= limit.yellow_on_delay:
        flags |= YELLOW_HIGH
    excursion.on_low = _running_since(value <= limit.yellow_low, excursion.on_low, time, clock_reset)
    if value <= limit.red_low:
        flags |= RED_LOW | YELLOW_LOW
    elif excursion.on_low != NO_TIME and time - excursion.on_low >= limit.yellow_on_delay:
        flags |= YELLOW_LOW
    if excursion.on_high != NO_TIME or excursion.on_low != NO_TIME:
        return flags | ON_DELAY
    return flags & ~ON_DELAY


@compiled
def _reset_latches(limit: Any, flags: int, excursion: Any, time: int, value: float, restart: bool) -> int:
    """Return `flags` without the latches whose off-delay ends with this sample."""
    delay = limit.off_delay
    holds = flags & RED_HIGH != 0 and value < limit.red_high_reset
    excursion.off_red_high = _running_since(holds, excursion.off_red_high, time, restart)
    if excursion.off_red_high != NO_TIME and time - excursion.off_red_high >= delay:
        flags &= ~RED_HIGH
        excursion.off_red_high = NO_TIME
    holds = flags & YELLOW_HIGH != 0 and value < limit.yellow_high_reset
    excursion.off_yellow_high = _running_since(holds, excursion.off_yellow_high, time, restart)
    if excursion.off_yellow_high != NO_TIME and time - excursion.off_yellow_high >= delay:
        flags &= ~YELLOW_HIGH
        excursion.off_yellow_high = NO_TIME
    holds = flags & RED_LOW != 0 and value > limit.red_low_reset
    excursion.off_red_low = _running_since(holds, excursion.off_red_low, time, restart)
    if excursion.off_red_low != NO_TIME and time - excursion.off_red_low >= delay:
        flags &= ~RED_LOW
        excursion.off_red_low = NO_TIME
    holds = flags & YELLOW_LOW != 0 and value > limit.yellow_low_reset
    excursion.off_yellow_low = _running_since(holds, excursion.off_yellow_low, time, restart)
    if excursion.off_yellow_low != NO_TIME and time - excursion.off_yellow_low >= delay:
        flags &= ~YELLOW_LOW
        excursion.off_yellow_low = NO_TIME
    return flags


@compiled
def _count_time(limit: Any, memory: Any, tally: Any, time: int) -> None:
    """Add the time since the last judged sample to the level that stood; beyond stale_after nobody saw it."""
    step = time - memory.last
    seen = min(step, limit.stale_after)
    level = level_of(memory.bits)
    if level == RED:
        tally.red_us += seen
    elif level == YELLOW:
        tally.yellow_us += seen
    else:
        tally.normal_us += seen
    tally.unseen_us += step - seen


@compiled
def _count_breach(limit: Any, excursion: Any, time: int, value: float, suspect: int, is_red: bool) -> None:
    """Count a judged sample in the open episode and red period."""
    breaching = is_breaching(limit, value)
    if breaching:
        excursion.episode_breaching += 1
    if not is_red:
        return
    excursion.samples += 1
    if breaching:
        excursion.breaching += 1
        excursion.suspect += suspect
        if excursion.peak_time == NO_TIME or excess(limit, value) > excess(limit, excursion.peak):
            excursion.peak = value
            excursion.peak_time = time


@compiled
def open_red(excursion: Any, time: int, value: float, suspect: int) -> None:
    excursion.opened = time
    excursion.opened_value = value
    excursion.opened_suspect = suspect
    excursion.peak_time = NO_TIME
    excursion.samples = 0
    excursion.breaching = 0
    excursion.bad = 0
    excursion.suspect = 0


@compiled
def change(
    out: Any,
    written: int,
    slot: int,
    time: int,
    value: float,
    level: int,
    view: int,
    suspect: int,
    uncertain: int,
    closing: int,
    memory: Any,
    excursion: Any,
) -> int:
    """Announce that the level is now `level`; return how many records `out` holds now.

    closing: the code of the violation, if a red period ends by it.
    """
    before = level_of(memory.bits)
    if level == NORMAL:
        code = CLEARED
    elif before == NORMAL:
        code = RAISED
    elif level == RED:
        code = ESCALATED
    else:
        code = DEESCALATED
    written = alert(out, written, code, slot, time, value, level, view, suspect, uncertain, 0, memory, excursion)
    if level == RED:
        written = violation(out, written, VIOLATION_OPENED, slot, NO_TIME, level, excursion)
    elif before == RED:
        written = violation(out, written, closing, slot, time, level, excursion)
        excursion.opened = NO_TIME
    if level == NORMAL:
        excursion.onset = NO_TIME
        excursion.episode_breaching = 0
        excursion.raised_in = 0
    return written


@compiled
def step(
    limit: Any,
    memory: Any,
    excursion: Any,
    tally: Any,
    notes: Any,
    noted: Any,
    excursions: Any,
    slot: int,
    time: int,
    arrival: int,
    value: float,
    suspect: int,
    uncertain: int,
    clock_reset: bool,
    out: Any,
    written: int,
) -> int:
    """Judge one good sample of the condition in `slot`; return how many records `out` holds now.

    time: event time [us since epoch, UTC], not before the last judged one unless `clock_reset`. value: [unit of limit].
    """
    first = memory.last == NO_TIME
    since_last = 0 if first or clock_reset else time - memory.last
    level = level_of(memory.bits)
    if since_last > limit.stale_after and not memory.bits & LOST:
        written = lose(out, written, slot, 0, NO_TIME, limit, memory, excursion)
    if clock_reset:
        view = view_of(memory)
        written = alert(
            out, written, CLOCK_RESET, slot, time, value, level, view, suspect, uncertain, 0, memory, excursion
        )
    if memory.bits & LOST and not first:
        transport = 1 if not clock_reset and since_last <= limit.stale_after else 0
        written = alert(
            out, written, MONITORING_RESTORED, slot, time, value, level, LIVE, suspect, uncertain, transport, memory,
            excursion,
        )  # fmt: skip
    if not first and not clock_reset:
        _count_time(limit, memory, tally, time)

    restart = clock_reset or since_last > limit.gap or (memory.bits & RESTART) != 0
    flags = set_latches(limit, memory.bits & LATCHES, excursion, time, value, clock_reset)
    flags = _reset_latches(limit, flags, excursion, time, value, restart)
    new_level = level_of(flags)
    if level == NORMAL and new_level != NORMAL:
        excursion.onset = time
        excursion.episode_breaching = 0
        tally.episodes += 1
    if level != RED and new_level == RED:
        open_red(excursion, time, value, suspect)
    if level != NORMAL or new_level != NORMAL:
        _count_breach(limit, excursion, time, value, suspect, level == RED or new_level == RED)
    if is_breaching(limit, value):
        tally.breaching += 1
        note(notes, noted, excursions, slot, time)
    if new_level != level:
        written = change(
            out, written, slot, time, value, new_level, LIVE, suspect, uncertain, VIOLATION_CLOSED, memory, excursion
        )

    memory.last = time
    memory.value = value
    memory.judged_arrival = arrival
    memory.bits = flags | (WAS_UNCERTAIN if uncertain else 0) | (WAS_SUSPECT if suspect else 0) | (memory.bits & SKEWED)
    excursion.late_run = 0
    tally.judged += 1
    tally.suspect += suspect
    return written


@compiled
def late(
    limit: Any,
    memory: Any,
    excursion: Any,
    tally: Any,
    notes: Any,
    noted: Any,
    excursions: Any,
    slot: int,
    time: int,
    arrival: int,
    value: float,
    suspect: int,
    uncertain: int,
    backfill: bool,
    out: Any,
    written: int,
) -> int:
    """Judge a good sample older than the last judged one. Live state stays, unless the clock was set back."""
    if not backfill:
        extends = excursion.late_run == 0 or time > excursion.late_time
        if extends:
            excursion.late_run += 1
            excursion.late_time = time
        elif time < excursion.late_time:
            excursion.late_run = 1
            excursion.late_time = time
        memory.bits |= LATE_RUN
        silent = arrival - memory.judged_arrival > limit.stale_after
        if extends and excursion.late_run >= LATE_RUN_OF_A_RESET and silent:
            forget_all(notes, excursions, slot)
            return step(
                limit, memory, excursion, tally, notes, noted, excursions, slot, time, arrival, value, suspect,
                uncertain, True, out, written,
            )  # fmt: skip
    if not is_breaching(limit, value):
        tally.late += 1
        return written
    recent = memory.last - time <= LATE_MEMORY_US
    if recent:
        if is_noted(notes, excursions, slot, time):
            tally.duplicate += 1
            return written
        note(notes, noted, excursions, slot, time)
    tally.late += 1
    level = level_of(memory.bits)
    if recent and not backfill:
        written = alert(
            out, written, LATE_BREACH, slot, time, value, level, view_of(memory), suspect, uncertain, 0, memory,
            excursion,
        )  # fmt: skip
    row = out[written]
    row.code = VIOLATION_LATE
    row.slot = slot
    row.time = time
    row.level = level
    row.onset = excursion.onset
    row.raised_in = excursion.raised_in
    row.started = time
    row.started_value = value
    row.ended = time
    row.peak = value
    row.peak_time = time
    row.samples = 1
    row.breaching = 1
    row.bad = 0
    row.suspect_samples = suspect
    row.started_suspect = suspect
    return written + 1
