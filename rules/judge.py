"""The judgement of samples: what each sample is to its condition, the loop over a batch, timers and ends.

docs/judging.md says in words what this file says in code, in the same order.
"""

from __future__ import annotations

import math
from typing import Any

from rules.compiled import compiled
from rules.limit import (
    excess,
)
from rules.memory import (
    ANY_RED,
    BAD_VIEW,
    CLOCK_SKEW,
    LOST,
    MOST_RECORDS_PER_SAMPLE,
    RED,
    RESTART,
    SKEWED,
    VIOLATION_OPEN,
)
from rules.sample import (
    BACKFILL,
    BAD,
    MAX_CLOCK_LEAD_US,
    NO_TIME,
    QUALITY_MASK,
    UNCERTAIN,
)
from rules.step import (
    alert,
    late,
    level_of,
    lose,
    step,
    view_of,
    violation,
)


@compiled
def _is_uneventful(limit: Any, memory: Any, time: int, received_at: int, raw: float) -> bool:
    """Judge the sample at once if nothing about it or its condition is remarkable; return whether it was so.

    Nearly every sample of a healthy well is good, in order, seen, inside its limits, with nothing pending. What
    `sample` would do with it is done here, several times faster.
    """
    arrival = max(memory.arrival, time if received_at == NO_TIME else received_at)
    value = limit.factor * raw + limit.offset
    if (
        memory.bits == 0
        and memory.last < time <= arrival + MAX_CLOCK_LEAD_US
        and time - memory.last <= limit.stale_after
        and arrival - memory.judged_arrival <= limit.stale_after
        and limit.yellow_low < value < limit.yellow_high
        and limit.suspect_low < raw < limit.suspect_high
        and memory.last != NO_TIME
    ):
        memory.arrival = arrival
        memory.last = time
        memory.value = value
        memory.judged_arrival = arrival
        return True
    return False


@compiled
def sample(
    limits: Any,
    memories: Any,
    excursions: Any,
    tallies: Any,
    notes: Any,
    noted: Any,
    slot: int,
    time: int,
    received_at: int,
    raw: float,
    flags: int,
    out: Any,
    written: int,
) -> int:
    """Judge one sample of the condition in `slot`; return how many records `out` holds now.

    time: [us since epoch]. received_at: [us since epoch] or NO_TIME. raw: [the tag's unit]. flags: quality and
    BACKFILL.
    """
    limit, memory, tally, excursion = limits[slot], memories[slot], tallies[slot], excursions[slot]
    arrival = max(memory.arrival, time if received_at == NO_TIME else received_at)
    memory.arrival = arrival
    quality = flags & QUALITY_MASK
    value = limit.factor * raw + limit.offset
    is_bad = quality == BAD or not math.isfinite(value)
    last = memory.last
    uncertain = 1 if quality == UNCERTAIN else 0
    suspect = 1 if raw >= limit.suspect_high or raw <= limit.suspect_low else 0
    skewed = time > arrival + MAX_CLOCK_LEAD_US
    if skewed:
        time = arrival
    silent = last != NO_TIME and arrival - memory.judged_arrival > limit.stale_after
    if silent and not memory.bits & LOST:
        judged_next = not is_bad and (
            (time > last) or (time == last and excess(limit, value) > excess(limit, memory.value))
        )
        transport = 1 if judged_next and time - last <= limit.stale_after else 0
        written = lose(out, written, slot, transport, NO_TIME, limit, memory, excursion)
    if not is_bad:
        if skewed and not memory.bits & SKEWED:
            written = alert(
                out, written, CLOCK_SKEW, slot, time, value, level_of(memory.bits), view_of(memory), suspect,
                uncertain, 0, memory, excursion,
            )  # fmt: skip
        memory.bits = (memory.bits | SKEWED) if skewed else (memory.bits & ~SKEWED)

    if is_bad:
        tally.bad += 1
        if last == NO_TIME or time > last:
            memory.bits |= BAD_VIEW | RESTART
            if memory.bits & ANY_RED:
                excursion.bad += 1
        return written
    if last != NO_TIME and time == last and not excess(limit, value) > excess(limit, memory.value):
        tally.duplicate += 1
        return written
    if last != NO_TIME and time < last:
        return late(
            limit, memory, excursion, tally, notes, noted, excursions, slot, time, arrival, value, suspect, uncertain,
            flags & BACKFILL != 0, out, written,
        )  # fmt: skip
    return step(
        limit, memory, excursion, tally, notes, noted, excursions, slot, time, arrival, value, suspect, uncertain,
        False, out, written,
    )  # fmt: skip


@compiled
def judge(
    limits: Any,
    memories: Any,
    excursions: Any,
    tallies: Any,
    notes: Any,
    noted: Any,
    first: Any,
    number: Any,
    tags: Any,
    times: Any,
    arrivals: Any,
    values: Any,
    flags: Any,
    start: int,
    out: Any,
    written: int,
) -> tuple[int, int]:
    """Judge a batch in arrival order, transitions to `out`; return the next sample to judge and the records written.

    It stops early where `out` or `notes` might not hold what the next sample writes; call again with room.

    first, number: of each tag, its first slot and how many it has, shape (tags,). tags: tag of each sample, -1 for
    one that no constraint watches. times, arrivals: [us since epoch], arrivals NO_TIME where unknown. values: [tag's
    unit]. flags: quality and BACKFILL. All of shape (n,).
    """
    for i in range(start, len(tags)):
        tag = tags[i]
        if tag < 0:
            continue
        slots = number[tag]
        if written + MOST_RECORDS_PER_SAMPLE * slots > len(out) or noted[0] + slots > len(notes):
            return i, written
        for slot in range(first[tag], first[tag] + slots):
            if flags[i] == 0:
                before = memories[slot].last
                if _is_uneventful(limits[slot], memories[slot], times[i], arrivals[i], values[i]):
                    tallies[slot].normal_us += times[i] - before
                    tallies[slot].judged += 1
                    continue
            written = sample(
                limits, memories, excursions, tallies, notes, noted, slot, times[i], arrivals[i], values[i], flags[i],
                out, written,
            )  # fmt: skip
    return len(tags), written


@compiled
def lapse(
    limits: Any, memories: Any, excursions: Any, now: int, activated: int, start: int, out: Any, written: int
) -> tuple[int, int]:
    """Find the conditions silent at `now` [us, the clock of arrivals]; return next slot and records written.

    activated: since when [us, as now] samples are waited for; NO_TIME to leave out conditions that never had one.
    """
    for slot in range(start, len(memories)):
        memory = memories[slot]
        if memory.bits & LOST:
            continue
        since = memory.judged_arrival  # or, before the first sample, when a rule set added the condition
        if memory.last == NO_TIME:
            since = NO_TIME if activated == NO_TIME else max(activated, since)
        if since != NO_TIME and now - since > limits[slot].stale_after:
            if written >= len(out):
                return slot, written
            written = lose(out, written, slot, 0, since, limits[slot], memory, excursions[slot])
    return len(memories), written


@compiled
def lapse_at_end(
    limits: Any,
    memories: Any,
    excursions: Any,
    slots: Any,
    wells: Any,
    well_last: Any,
    start: int,
    out: Any,
    written: int,
) -> tuple[int, int]:
    """Find, at the end of a file, the conditions silent against their well's last judged time; return as `lapse`.

    slots: in rule-file order. wells: well of each slot. well_last: last judged time of each well [us].
    """
    for at in range(start, len(slots)):
        slot = slots[at]
        memory = memories[slot]
        if memory.last == NO_TIME or memory.bits & LOST:
            continue
        if well_last[wells[slot]] - memory.last > limits[slot].stale_after:
            if written >= len(out):
                return at, written
            written = lose(out, written, slot, 0, NO_TIME, limits[slot], memory, excursions[slot])
    return len(slots), written


@compiled
def still_open(memories: Any, excursions: Any, slots: Any, start: int, out: Any, written: int) -> tuple[int, int]:
    """Write the violations that are still open, in the order of `slots`; return as `lapse`."""
    for at in range(start, len(slots)):
        slot = slots[at]
        if memories[slot].bits & ANY_RED:
            if written >= len(out):
                return at, written
            written = violation(out, written, VIOLATION_OPEN, slot, NO_TIME, RED, excursions[slot])
    return len(slots), written
