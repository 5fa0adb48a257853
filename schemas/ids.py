"""Ids from content: the same alert has the same id, however often it is found or sent."""

from __future__ import annotations

import json
from functools import lru_cache
from uuid import NAMESPACE_DNS, UUID, uuid5

from schemas.times import to_datetime

NAMESPACE = uuid5(NAMESPACE_DNS, "welltegra")


# An episode's records come together, and all of them ask for its ids.
_IDS_AT_HAND = 1024


@lru_cache(maxsize=_IDS_AT_HAND)
def condition_id(well_id: str, constraint_id: str, tag: str) -> str:
    """Return the id of one constraint on one tag of one well: a JSON array of the three."""
    return json.dumps([well_id, constraint_id, tag], ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=_IDS_AT_HAND)
def episode_id(condition: str, rule_version: int, onset: int) -> UUID:
    """Return the id of the excursion that began at `onset` [us since epoch]."""
    return _id(condition, str(rule_version), _time(onset))


def alert_id(episode: UUID | None, condition: str, transition: str, time: int) -> UUID:
    """Return the id of an alert: of its episode, or of its condition where none is open. time: [us since epoch]."""
    return _id(condition if episode is None else str(episode), transition, _time(time))


def violation_id(episode: UUID, started: int) -> UUID:
    """Return the id of the red period that began at `started` [us since epoch]."""
    return _id(str(episode), "violation", _time(started))


def late_violation_id(condition: str, time: int) -> UUID:
    """Return the id of a red sample that came late. time: [us since epoch]."""
    return _id(condition, "late", _time(time))


def violation_message_id(violation: UUID, said: str) -> UUID:
    """Return the id of the message that a violation is "opened" or "closed"."""
    return _id(str(violation), said)


def dead_letter_id(source: str, reason: str) -> UUID:
    """Return the id of what could not be read at `source`, topic/partition/offset, for `reason`."""
    return _id(source, "dead_letter", reason)


def _id(*parts: str) -> UUID:
    return uuid5(NAMESPACE, "|".join(parts))


def _time(time: int) -> str:
    # Always six decimals: two samples of one millisecond are two samples.
    return to_datetime(time).isoformat(timespec="microseconds").replace("+00:00", "Z")
