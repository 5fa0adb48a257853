"""Which breach of the rig had which alert, and how long it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

# The rig is asked over a network, by a machine that may be busy; the times of scans are cut to the millisecond.
_ASKED_WITHIN_S, _SAME_S = 60.0, 0.002


class Told(NamedTuple):
    """A red alert. time: of the sample that it was judged on [s since epoch]; at: when it came, likewise."""

    well: str
    time: float
    at: float


class Breach(NamedTuple):
    """A breach. asked_at: None if none was asked for; measured_at: of its first value; told_at: None if nobody was."""

    well: str
    asked_at: float | None
    measured_at: float
    told_at: float | None


@dataclass
class Found:
    """What came of a run. unasked: red alerts that belong to no breach. never: asked for, and not served."""

    breaches: list[Breach]
    unasked: list[Told]
    never: int

    @property
    def missing(self) -> list[Breach]:
        return [breach for breach in self.breaches if breach.told_at is None]

    @property
    def is_exact(self) -> bool:
        return not (self.missing or self.unasked or self.never)

    def __str__(self) -> str:
        return (
            f"{len(self.breaches)} breaches; without an alert {len(self.missing)}, asked for and not served"
            f" {self.never}; red alerts of no breach {len(self.unasked)}"
        )

    def seconds(self, asked: bool) -> list[float]:
        """Return how long each breach took to its alert: since it was asked for, or since it was measured."""
        began = [(breach.asked_at if asked else breach.measured_at, breach.told_at) for breach in self.breaches]
        return [told_at - began_at for began_at, told_at in began if began_at is not None and told_at is not None]


def matched(asked: list[tuple[str, float]], measured: list[tuple[str, float]], red: list[Told]) -> Found:
    """Return each breach with when it was asked for and when its alert came; each of these belongs to one breach."""
    asked, red = list(asked), list(red)
    breaches = []
    for well, at in measured:
        ask = next((a for a in asked if a[0] == well and -1.0 < at - a[1] < _ASKED_WITHIN_S), None)
        told = next((t for t in red if t.well == well and abs(t.time - at) < _SAME_S), None)
        if ask is not None:
            asked.remove(ask)
        if told is not None:
            red.remove(told)
        breaches.append(Breach(well, ask and ask[1], at, told and told.at))
    return Found(breaches, red, len(asked))
