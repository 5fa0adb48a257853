"""What was counted: for the closing table and for metrics."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.delivery import DeadLetter, Wake
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


Record = Alert | Violation | DeadLetter | Summary | Wake
