"""What was planned into a simulated day, beside what was found in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.alert import Alert
from welltegra.describe.wording import counted
from welltegra.simulator.schedule import PlannedEvent

_SHOWN = 10
_WORST_FIRST = ("red", "yellow", "normal")


@dataclass(frozen=True, slots=True)
class Answer:
    """An event, the alerts about it, and the transitions it calls for that did not come."""

    event: PlannedEvent
    alerts: tuple[Alert, ...]
    missing: tuple[str, ...]

    @property
    def level(self) -> str | None:
        """Return the worst level that a change reached; None if there was no change of level."""
        reached = {alert.level for alert in self.alerts if alert.transition in ("raised", "escalated")}
        return next((level for level in _WORST_FIRST if level in reached), None)

    @property
    def is_as_planned(self) -> bool:
        return not self.missing and self.level == self.event.level


@dataclass(frozen=True, slots=True)
class Comparison:
    """An answer for each event, in their order; and the alerts that no event calls for."""

    answers: tuple[Answer, ...]
    extra: tuple[Alert, ...]


def compare(events: Sequence[PlannedEvent], alerts: Sequence[Alert]) -> Comparison:
    """Return which alerts answer which event: of its tag, in its time, with its transitions in their order."""
    rest = list(alerts)
    answers = []
    for event in events:
        found, missing = [], []
        near = [alert for alert in rest if alert.tag == event.tag and event.start <= alert.time <= event.end]
        for transition in event.expected:
            at = next((at for at, alert in enumerate(near) if alert.transition == transition), None)
            if at is None:
                missing.append(transition)
            else:
                found.append(near[at])
                near = near[at + 1 :]
        taken = {id(alert) for alert in found}
        rest = [alert for alert in rest if id(alert) not in taken]
        answers.append(Answer(event, tuple(found), tuple(missing)))
    return Comparison(tuple(answers), tuple(rest))


def sentences(comparison: Comparison) -> list[str]:
    """Return what to say: the counts, then each event that was not answered as planned, then each alert too many."""
    answers, extra = comparison.answers, comparison.extra
    loud = [answer for answer in answers if answer.event.expected]
    expected = sum(len(answer.event.expected) for answer in loud)
    missing = sum(len(answer.missing) for answer in loud)
    lines = [
        (
            f"Planned into the day: {counted(len(answers), 'event')}. {len(loud)} of them call for "
            f"{counted(expected, 'alert')}, {len(answers) - len(loud)} for silence."
        ),
        f"Found: {expected - missing} of these alerts, {missing or 'none'} missing, {len(extra) or 'none'} too many.",
    ]
    unlike = [_unlike(answer) for answer in answers if not answer.is_as_planned]
    many = [f"  {alert.time:%H:%M:%S} too many: {alert.message}" for alert in extra]
    for said in (unlike, many):
        lines += said[:_SHOWN]
        if len(said) > _SHOWN:
            lines.append(f"  ... and {len(said) - _SHOWN:,} more")
    return lines


def _unlike(answer: Answer) -> str:
    event = answer.event
    if answer.missing:
        what = f"no {', no '.join(answer.missing)}"
    else:
        what = f"reached {(answer.level or 'no level').upper()}, planned {(event.level or 'no level').upper()}"
    return f"  {event.start:%H:%M:%S} {event.tag}, {event.note}: {what}"
