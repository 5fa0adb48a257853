"""How the peers judge: a latch a tag, as someone would write it in plain Python. Needs nothing but msgspec.

It knows a clean stream only: no late, doubled, bad or missing samples, no low limits, no units, no records for people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec


class Event(NamedTuple):
    """A change of level, as every contender tells it."""

    well_id: str
    tag: str
    transition: str
    time: datetime


class Message(msgspec.Struct):
    """A scan, as little as a user of msgspec would write down."""

    well_id: str
    time: datetime
    values: dict[str, float]


class Sample(NamedTuple):
    """One reading."""

    well_id: str
    tag: str
    time: datetime
    value: float


@dataclass(frozen=True)
class Limit:
    """A high limit and its delays."""

    red: float
    yellow: float
    red_reset: float
    yellow_reset: float
    on_delay: timedelta
    off_delay: timedelta


Limits = dict[tuple[str, str], Limit]


class Latch:
    """Remembers one tag's level: raised at once or after the on-delay, cleared through deadband and off-delay."""

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self.is_red = False
        self.is_yellow = False
        self.yellow_since: datetime | None = None
        self.red_back_since: datetime | None = None
        self.yellow_back_since: datetime | None = None

    def judge(self, sample: Sample) -> Event | None:
        """Return the change of level that `sample` brings, if it does."""
        limit, value, time = self.limit, sample.value, sample.time
        before = self._level()
        if value >= limit.yellow:
            self.yellow_since = self.yellow_since or time
            if value >= limit.red:
                self.is_red = self.is_yellow = True
            elif time - self.yellow_since >= limit.on_delay:
                self.is_yellow = True
        else:
            self.yellow_since = None
        if self.is_red and value < limit.red_reset:
            self.red_back_since = self.red_back_since or time
            if time - self.red_back_since >= limit.off_delay:
                self.is_red, self.red_back_since = False, None
        else:
            self.red_back_since = None
        if self.is_yellow and value < limit.yellow_reset:
            self.yellow_back_since = self.yellow_back_since or time
            if time - self.yellow_back_since >= limit.off_delay:
                self.is_yellow, self.yellow_back_since = False, None
        else:
            self.yellow_back_since = None
        level = self._level()
        if level == before:
            return None
        if level == 0:
            transition = "cleared"
        elif before == 0:
            transition = "raised"
        else:
            transition = "escalated" if level > before else "deescalated"
        return Event(sample.well_id, sample.tag, transition, time)

    def _level(self) -> int:
        return 2 if self.is_red else 1 if self.is_yellow else 0


# A latch as a store keeps it that knows only JSON.

_SINCE = ("yellow_since", "red_back_since", "yellow_back_since")


def load(latch: Latch, kept: list[Any] | None) -> None:
    """Bring `latch` to the state that `saved` returned; None for the first."""
    latch.is_red, latch.is_yellow, *since = kept or [False, False, None, None, None]
    for name, time in zip(_SINCE, since, strict=True):
        setattr(latch, name, None if time is None else datetime.fromisoformat(time))


def saved(latch: Latch) -> list[Any] | None:
    """Return the state of `latch`, as JSON knows it; None for that of the beginning."""
    since = [time and time.isoformat() for time in (getattr(latch, name) for name in _SINCE)]
    return [latch.is_red, latch.is_yellow, *since] if latch.is_yellow or any(since) else None
