"""What was counted: for the closing table and for metrics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.delivery import DeadLetter, Located, Wake
from schemas.alert import Alert
from schemas.violation import Violation


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one condition since the start; times [s]."""

    well_id: str
    constraint_id: str
    tag: str
    judged: int
    late: int
    duplicate: int
    bad: int
    suspect: int
    breaching: int
    episodes: int
    normal_s: float
    yellow_s: float
    red_s: float
    unseen_s: float
    level: str
    view: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What a shard saw until its source ended. unwatched: samples of tags that no constraint names."""

    shard: int
    samples: int
    unwatched: int
    tallies: tuple[Tally, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """How a condition stands."""

    well_id: str
    constraint_id: str
    tag: str
    level: str
    view: str


@dataclass(frozen=True, slots=True)
class Status:
    """How a running shard stands. Counts are since the process started.

    levels, views: how many conditions stand at each of LEVELS and VIEWS. last_judged: event time of the latest judged
    sample [us since epoch], 0 for none. conditions: of some, by themselves.
    """

    shard: int
    position: int
    versions: Mapping[str, int]
    samples: int
    unwatched: int
    judged: int
    late: int
    duplicate: int
    bad: int
    suspect: int
    breaching: int
    episodes: int
    levels: tuple[int, ...]
    views: tuple[int, ...]
    last_judged: int
    conditions: tuple[State, ...] = ()


Record = Alert | Violation | Located | DeadLetter | Summary | Status | Wake
