"""From the alerts of a condition to what held when: its level, and whether it could be seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from schemas.alert import Alert

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_Level = Literal["normal", "yellow", "red"]


@dataclass(frozen=True, slots=True)
class Span:
    """Something that held from `start` to `end` [us]."""

    what: Literal["yellow", "red", "lost"]
    start: int
    end: int


def spans(alerts: Iterable[Alert], end: int) -> list[Span]:
    """Return when a condition was yellow, red, or its monitoring lost; what is still so lasts until `end`.

    alerts: of one condition, in the order in which they were raised.
    """
    found: list[Span] = []
    level: _Level = "normal"
    since = lost_since = 0
    lost = False

    def close(what: _Level | Literal["lost"], start: int, until: int) -> None:
        # A clock that was set back ends things before they began.
        if what != "normal" and until >= start:
            found.append(Span(what, start, until))

    for alert in alerts:
        time = time_of(alert)
        if alert.transition in {"raised", "escalated", "deescalated", "cleared"}:
            close(level, since, time)
            level, since = alert.level, time
        elif alert.transition == "monitoring_lost":
            lost, lost_since = True, time
        elif alert.transition == "monitoring_restored" and lost:
            close("lost", lost_since, time)
            lost = False
    close(level, since, max(end, since))
    if lost:
        close("lost", lost_since, max(end, lost_since))
    return found


def time_of(alert: Alert) -> int:
    """Return an alert's event time [us since epoch]."""
    return (alert.time - _EPOCH) // timedelta(microseconds=1)
