"""From the kernel's transitions to the records people and systems read."""

from __future__ import annotations

import math
from typing import Any, Literal

from flows.summary import Tally
from rules.conditions import Conditions
from rules.limit import SIDES, percent_of_limit
from rules.memory import (
    CLEARED,
    CLOCK_RESET,
    CLOCK_SKEW,
    DEESCALATED,
    LATE_BREACH,
    LEVELS,
    LIMIT_CHANGED,
    LIMIT_WITHDRAWN,
    MONITORING_LOST,
    MONITORING_RESTORED,
    RED,
    TRANSITIONS,
    VIEWS,
    VIOLATION_CLOSED,
    VIOLATION_LATE,
    VIOLATION_OPENED,
    VIOLATION_WITHDRAWN,
    YELLOW,
    Transition,
)
from rules.sample import NO_TIME
from rules.slots import Condition
from schemas.alert import SEVERITY, SYSTEM_SEVERITY, Alert
from schemas.ids import alert_id, condition_id, episode_id, late_violation_id, violation_id
from schemas.times import format_time, to_datetime
from schemas.violation import Violation

_SYSTEM = (MONITORING_LOST, MONITORING_RESTORED, CLOCK_SKEW, CLOCK_RESET)

# What a person is to do, by the action that the rule names.
_RESPONSES = {
    "notify": "Tell the drilling supervisor.",
    "log": "Log the event.",
    "escalate": "Escalate to the person in charge.",
    "throttle_pump": "Reduce the pump rate below the yellow threshold.",
    "stop_pump": "Stop the pump.",
    "request_shut_in": "Prepare to shut in the well.",
}


def to_record(conditions: Conditions, row: Transition) -> Alert | Violation:
    """Return the alert or violation that a transition stands for."""
    return _alert(conditions, row) if row.code < VIOLATION_OPENED else _violation(conditions, row)


def is_opened(row: Transition) -> bool:
    """Return whether `row` opens a violation: a message of its own on the topic, no line of its own in a file."""
    return row.code == VIOLATION_OPENED


def _alert(conditions: Conditions, row: Transition) -> Alert:
    of = conditions[row.slot]
    value = None if math.isnan(row.value) else row.value  # of a condition that never had a sample
    side, limit, breaching = conditions.compare(row.slot, row.value)
    percent = None if value is None else percent_of_limit(value, limit, side, breaching)
    common = _of_condition(of, row, limit)
    transition, level = TRANSITIONS[row.code], LEVELS[row.level]
    if row.code in _SYSTEM:
        severity = SYSTEM_SEVERITY
    elif row.code == LATE_BREACH:
        severity = SEVERITY["red"]
    else:
        severity = SEVERITY[level]
    # Words of closed sets: the model checks them.
    words: dict[str, Any] = {
        "transition": transition,
        "level": level,
        "previous_level": LEVELS[row.previous],
        "view": VIEWS[row.seen],
    }
    against = f"{_percent(percent)} % of the {SIDES[side]} limit {_number(limit)} {of.constraint.unit}"
    return Alert(
        **common,
        **words,
        alert_id=alert_id(common["episode_id"], common["condition_id"], transition, row.time),
        time=to_datetime(row.time),
        value=value,
        percent_of_limit=percent,
        severity=severity,
        late=row.code == LATE_BREACH,
        suspect=bool(row.suspect),
        quality="uncertain" if row.uncertain else "good",
        cause="transport" if row.transport else None,
        breaching_samples=row.episode_breaching,
        message=_message(of, row, against),
        recommended_response=_response(of, row),
    )


def _of_condition(of: Condition, row: Transition, limit: float) -> dict[str, Any]:
    """Return the fields that alerts and violations have in common."""
    constraint = of.constraint
    condition = condition_id(of.well_id, constraint.id, constraint.tag)
    in_episode = row.onset != NO_TIME
    return {
        "episode_id": episode_id(condition, row.raised_in or of.rule_version, row.onset) if in_episode else None,
        "condition_id": condition,
        "well_id": of.well_id,
        "tag": constraint.tag,
        "constraint_id": constraint.id,
        "rule_version": of.rule_version,
        "mode": constraint.mode,
        "unit": constraint.unit,
        "limit": limit,
        "limit_source": "rule",
        "onset_time": to_datetime(row.onset) if in_episode else None,
    }


def _percent(percent: float | None) -> str:
    # A broken sensor's 1e11 is 83333333333.33 % of its limit: nobody reads that.
    if percent is None:
        return "no"
    return f"{percent:.2f}" if abs(percent) < 100_000 else f"{percent:.2g}"


def _message(of: Condition, row: Transition, against: str) -> str:
    constraint = of.constraint
    name = f"{constraint.id} of {of.well_id}"
    reading = f"{constraint.tag} {_number(row.value)} {constraint.unit}, {against}"
    doubt = (", reading suspect" if row.suspect else "") + (", quality uncertain" if row.uncertain else "")
    level = LEVELS[row.level].upper()
    if row.code == MONITORING_LOST:
        stale_after_s = of.tag.stale_after_us / 1e6
        how = "no delivery" if row.transport else "no usable sample"
        if math.isnan(row.value):
            return (
                f"MONITORING LOST {name}: {how} of {constraint.tag} since the start, more than {stale_after_s:g} s ago."
            )
        return f"MONITORING LOST {name}: {how} for more than {stale_after_s:g} s; level stays {level}, last {reading}."
    if row.code == MONITORING_RESTORED:
        how = " (only the delivery was silent)" if row.transport else ""
        return f"MONITORING RESTORED {name}{how}: level was {level}, now {reading}{doubt}."
    if row.code == CLOCK_SKEW:
        return f"CLOCK SKEW {name}: the sample's time is more than 2 s after its arrival; judged as of its arrival."
    if row.code == CLOCK_RESET:
        return (
            f"CLOCK RESET {name}: the source's clock was set back; its order starts again at {format_time(row.time)}."
        )
    if row.code == LATE_BREACH:
        return f"LATE RED {name}: {reading}{doubt}; measured {format_time(row.time)}, arrived late; level now {level}."
    if row.code == LIMIT_WITHDRAWN:
        return f"LIMIT CHANGED {name}: no longer watched, was {LEVELS[row.previous].upper()}; last {reading}{doubt}."
    if row.code == LIMIT_CHANGED:
        was = LEVELS[row.previous].upper()
        return f"LIMIT CHANGED {name}: {level} by version {of.rule_version}, was {was}; {reading}{doubt}."
    if row.code == CLEARED:
        return f"CLEARED {name}: {reading}{doubt}."
    if row.code == DEESCALATED:
        # Not the words of a rise to yellow: the value may be out of yellow already, and is on its way back.
        return f"BACK TO {level} {name}: {reading}{doubt}."
    return f"{level} {name}: {reading}{doubt}."


def _number(value: float) -> str:
    # Six digits are enough for a sentence; but a pressure in Pa is no power of ten to who reads it.
    return f"{value:.0f}" if 1e6 <= abs(value) < 1e15 else f"{value:.6g}"


def _response(of: Condition, row: Transition) -> str | None:
    # After a changed limit the change of level itself says what to do.
    if row.code in (*_SYSTEM, LIMIT_CHANGED) or row.level not in (YELLOW, RED):
        return None
    actions = of.constraint.on_red if row.level == RED else of.constraint.on_yellow
    return " ".join(_RESPONSES[action] for action in actions) or None


def _violation(conditions: Conditions, row: Transition) -> Violation:
    _, limit, _ = conditions.compare(row.slot, row.started_value)
    common = _of_condition(conditions[row.slot], row, limit)
    late = row.code == VIOLATION_LATE
    reason: Literal["cleared", "deescalated", "withdrawn", "late"] | None = None
    if late:
        own_id, reason = late_violation_id(common["condition_id"], row.started), "late"
    else:
        assert common["episode_id"] is not None, "a red period lies in an episode"
        own_id = violation_id(common["episode_id"], row.started)
        if row.code == VIOLATION_CLOSED:
            reason = "deescalated" if row.level == YELLOW else "cleared"
        elif row.code == VIOLATION_WITHDRAWN:
            reason = "withdrawn"
    return Violation(
        **common,
        violation_id=own_id,
        started_at=to_datetime(row.started),
        ended_at=to_datetime(row.ended) if row.ended != NO_TIME else None,
        end_reason=reason,
        peak_value=row.peak,
        peak_time=to_datetime(row.peak_time),
        samples=row.samples,
        breaching_samples=row.breaching,
        bad_samples=row.bad,
        suspect_samples=row.suspect_samples,
        suspect=bool(row.started_suspect),
        late=late,
    )


def to_tally(conditions: Conditions, slot: int) -> Tally:
    """Return what was counted of the condition in `slot`."""
    of = conditions[slot]
    count = conditions.tally[slot]
    level, view = conditions.state(slot)
    return Tally(
        well_id=of.well_id,
        constraint_id=of.constraint.id,
        tag=of.constraint.tag,
        judged=int(count.judged),
        late=int(count.late),
        duplicate=int(count.duplicate),
        bad=int(count.bad),
        suspect=int(count.suspect),
        breaching=int(count.breaching),
        episodes=int(count.episodes),
        normal_s=int(count.normal_us) / 1e6,
        yellow_s=int(count.yellow_us) / 1e6,
        red_s=int(count.red_us) / 1e6,
        unseen_s=int(count.unseen_us) / 1e6,
        level=LEVELS[level],
        view=VIEWS[view],
    )
