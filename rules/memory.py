"""What is remembered of a condition between samples, and what a judgement writes. All zero means: nothing seen yet."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rules.compiled import compiled
from rules.sample import LATE_MEMORY_US

NORMAL, YELLOW, RED = 0, 1, 2
LEVELS = ("normal", "yellow", "red")
LIVE, STALE, UNSEEN_BAD = 0, 1, 2
VIEWS = ("live", "stale", "bad")

# Touched by every sample, so it stays small; times [us], 0 for none.
MEMORY = np.dtype(
    [
        ("last", "i8"),  # time of the last judged sample
        ("value", "f8"),  # its value, in the constraint's unit
        ("judged_arrival", "i8"),  # its arrival
        ("arrival", "i8"),  # the latest arrival of any sample of the tag
        ("bits", "i4"),
    ],
    align=True,
)
RED_HIGH, YELLOW_HIGH, RED_LOW, YELLOW_LOW = 1, 2, 4, 8
ANY_RED = RED_HIGH | RED_LOW
ANY_YELLOW = YELLOW_HIGH | YELLOW_LOW
LOST = 16  # monitoring_lost was announced
BAD_VIEW = 32  # a bad sample came since the last judged one
RESTART = 64  # the off-delay starts anew at the next judged sample
SKEWED = 128  # the tag's clock was ahead at its last good sample
WAS_UNCERTAIN = 256  # quality of the last judged sample
ON_DELAY = 512  # an on-delay runs: on_high or on_low is set
LATE_RUN = 1024  # late samples came since the last judged one
WAS_SUSPECT = 2048  # the last judged sample was

# Touched only away from normal, so most rows of a snapshot are zero and are left out of it.
EXCURSION = np.dtype(
    [
        ("on_high", "i8"),  # first sample of an unbroken yellow run
        ("on_low", "i8"),
        ("off_red_high", "i8"),  # first sample beyond the reset threshold
        ("off_yellow_high", "i8"),
        ("off_red_low", "i8"),
        ("off_yellow_low", "i8"),
        ("onset", "i8"),  # of the open episode
        ("opened", "i8"),  # of the open red period
        ("opened_value", "f8"),
        ("peak", "f8"),
        ("peak_time", "i8"),
        ("late_time", "i8"),  # the latest of the run of late samples
        ("noted", "i8"),  # newest entry in the notes, plus 1
        ("episode_breaching", "u4"),
        ("samples", "u4"),  # of the open red period, like those below
        ("breaching", "u4"),
        ("bad", "u4"),
        ("suspect", "u4"),
        ("opened_suspect", "u4"),
        ("late_run", "u4"),
        ("raised_in", "u4"),  # rule version in which the open episode was raised; 0: the one that judges
    ],
    align=True,
)

# Times judged red or reported late, newest first per condition by `previous` (index plus 1).
NOTE = np.dtype([("time", "i8"), ("previous", "i8"), ("slot", "i8")])

# Counted since the process started; for tables and metrics, not part of the judgement.
TALLY = np.dtype(
    [
        ("judged", "u4"),
        ("late", "u4"),
        ("duplicate", "u4"),
        ("bad", "u4"),
        ("suspect", "u4"),
        ("breaching", "u4"),
        ("episodes", "u4"),
        ("normal_us", "i8"),
        ("yellow_us", "i8"),
        ("red_us", "i8"),
        ("unseen_us", "i8"),
    ],
    align=True,
)

(
    RAISED,
    ESCALATED,
    DEESCALATED,
    CLEARED,
    MONITORING_LOST,
    MONITORING_RESTORED,
    LATE_BREACH,
    CLOCK_SKEW,
    CLOCK_RESET,
    LIMIT_CHANGED,
    LIMIT_WITHDRAWN,
    VIOLATION_OPENED,
    VIOLATION_CLOSED,
    VIOLATION_WITHDRAWN,
    VIOLATION_LATE,
    VIOLATION_OPEN,
) = range(1, 17)
TRANSITIONS = (
    "",
    "raised",
    "escalated",
    "deescalated",
    "cleared",
    "monitoring_lost",
    "monitoring_restored",
    "late_breach",
    "clock_skew",
    "clock_reset",
    "limit_changed",
    "limit_changed",  # to none
)

# One row is one record: an alert (code below VIOLATION_OPENED) or a violation.
TRANSITION = np.dtype(
    [
        ("code", "i4"),
        ("slot", "i4"),
        ("time", "i8"),
        ("value", "f8"),
        ("previous", "i4"),
        ("level", "i4"),
        ("seen", "i4"),
        ("suspect", "i4"),
        ("uncertain", "i4"),
        ("transport", "i4"),
        ("onset", "i8"),
        ("episode_breaching", "i8"),
        ("started", "i8"),
        ("started_value", "f8"),
        ("ended", "i8"),
        ("peak", "f8"),
        ("peak_time", "i8"),
        ("samples", "i8"),
        ("breaching", "i8"),
        ("bad", "i8"),
        ("suspect_samples", "i8"),
        ("started_suspect", "i4"),
        ("raised_in", "i4"),
    ],
    align=True,
)


class Transition(NamedTuple):
    """A row of TRANSITION, outside compiled code."""

    code: int
    slot: int
    time: int
    value: float
    previous: int
    level: int
    seen: int
    suspect: int
    uncertain: int
    transport: int
    onset: int
    episode_breaching: int
    started: int
    started_value: float
    ended: int
    peak: float
    peak_time: int
    samples: int
    breaching: int
    bad: int
    suspect_samples: int
    started_suspect: int
    raised_in: int


# clock_skew, monitoring_lost, clock_reset, monitoring_restored, a level change, a violation.
MOST_RECORDS_PER_SAMPLE = 6


@compiled
def note(notes: Any, noted: Any, excursion: Any, slot: int, time: int) -> None:
    """Remember that `time` of the condition in `slot` was judged red or reported late."""
    at = noted[0]
    notes[at].time = time
    notes[at].previous = excursion[slot].noted
    notes[at].slot = slot
    excursion[slot].noted = at + 1
    noted[0] = at + 1


@compiled
def is_noted(notes: Any, excursion: Any, slot: int, time: int) -> bool:
    """Return whether `time` of the condition in `slot` is among the notes."""
    at = excursion[slot].noted
    while at > 0:
        if notes[at - 1].time == time:
            return True
        at = notes[at - 1].previous
    return False


@compiled
def forget(notes: Any, noted: Any, memory: Any, excursion: Any) -> None:
    """Drop the notes that no late sample can meet any more; keep the others in their order.

    Those are more than 15 min older than the last judged sample, or from before a clock reset.
    """
    for at in range(noted[0]):
        slot = notes[at].slot
        if slot >= 0:
            excursion[slot].noted = 0
    kept = 0
    for at in range(noted[0]):
        slot = notes[at].slot
        if slot < 0 or memory[slot].last - notes[at].time > LATE_MEMORY_US:
            continue
        notes[kept].time = notes[at].time
        notes[kept].slot = slot
        notes[kept].previous = excursion[slot].noted
        excursion[slot].noted = kept + 1
        kept += 1
    noted[0] = kept


@compiled
def forget_all(notes: Any, excursion: Any, slot: int) -> None:
    """Drop every note of the condition in `slot`: its clock was set back."""
    at = excursion[slot].noted
    while at > 0:
        notes[at - 1].slot = -1
        at = notes[at - 1].previous
    excursion[slot].noted = 0
