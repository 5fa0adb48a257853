"""What samples and alerts come to: each condition's last reading and level, the last alerts, how long they took.

Pure: no clock, no network. The time of day goes in.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import numpy as np

from connectors.errors import IncompatibleUnits, UnknownUnit
from connectors.units import conversion
from rules.rule_set import Constraint, RuleSet
from schemas.alert import Alert
from schemas.scan import ScanStruct
from schemas.times import time_us, to_datetime

_ALERTS_KEPT: Final = 200
_LATENCIES_KEPT: Final = 1_000
# Of these the time is that of a sample that has just come; a loss is told when silence has lasted, not at its time.
_TIMED: Final = ("raised", "escalated", "deescalated", "cleared")
_LATE_S: Final = 60.0


class Reading(NamedTuple):
    """A value in the unit of a constraint; None where the source had none."""

    value: float | None
    time: datetime


@dataclass
class Row:
    """A constraint of a well: its last reading, and how it stands."""

    well_id: str
    constraint: Constraint
    reading: Reading | None = None
    level: str = "normal"
    view: str = "live"
    since: datetime | None = None

    @property
    def part_of_limit(self) -> float | None:
        """Return the value over the high limit, or the low limit over the value; of a band the larger. None unseen."""
        if self.reading is None or self.reading.value is None:
            return None
        value, found = self.reading.value, []
        if self.constraint.high is not None:
            found.append(value / self.constraint.high)
        if self.constraint.low is not None:
            found.append(self.constraint.low / value if value > 0 else float("inf"))
        return max(found)


class Latency(NamedTuple):
    """How long alerts took from the time of their sample to being sent [s]."""

    alerts: int
    p50_s: float
    p99_s: float
    worst_s: float


@dataclass
class Board:
    """All conditions of some rule sets; what is told of others is counted, and not shown."""

    rule_sets: Sequence[RuleSet]
    rows: list[Row] = field(init=False)
    alerts: deque[Alert] = field(init=False, default_factory=lambda: deque(maxlen=_ALERTS_KEPT))
    samples: int = field(init=False, default=0)
    told: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Have a row for each constraint, in the order of the rules."""
        self.rows = [Row(rules.well_id, constraint) for rules in self.rule_sets for constraint in rules.constraints]
        self._of_condition = {(row.well_id, row.constraint.id): row for row in self.rows}
        self._of_tag: dict[tuple[str, str], list[Row]] = {}
        for row in self.rows:
            self._of_tag.setdefault((row.well_id, row.constraint.tag), []).append(row)
        self._tag_units = {(rules.well_id, tag.name): tag.unit for rules in self.rule_sets for tag in rules.tags}
        self._latencies_s: deque[float] = deque(maxlen=_LATENCIES_KEPT)

    def scan(self, scan: ScanStruct) -> None:
        """Take the readings of a well; older ones than those that are shown change nothing."""
        self.samples += len(scan.values)
        if scan.backfill:
            return
        try:
            time = to_datetime(time_us(scan.time))
        except ValueError:
            return  # the flow makes a dead letter of it
        units, quality = scan.units or {}, scan.quality or {}
        for tag, value in scan.values.items():
            for row in self._of_tag.get((scan.well_id, tag), ()):
                if row.reading is not None and row.reading.time > time:
                    continue
                seen = None if quality.get(tag) == "bad" else self._converted(row, value, units.get(tag))
                row.reading = Reading(seen, time)

    def _converted(self, row: Row, value: float | None, unit: str | None) -> float | None:
        if value is None:
            return None
        try:
            # In the unit of the rule's tag unless it says otherwise.
            by = conversion(unit or self._tag_units[row.well_id, row.constraint.tag], row.constraint.unit)
        except (UnknownUnit, IncompatibleUnits):
            return None
        return by.factor * value + by.offset

    def alert(self, alert: Alert) -> None:
        """Take an alert, in the order of its partition."""
        self.told += 1
        self.alerts.append(alert)
        if alert.emitted_at is not None and alert.transition in _TIMED and not alert.late:
            took_s = (alert.emitted_at - alert.time) / timedelta(seconds=1)
            if took_s < _LATE_S:  # what a flow finds in old samples after a start is no latency
                self._latencies_s.append(max(0.0, took_s))
        row = self._of_condition.get((alert.well_id, alert.constraint_id))
        if row is None or alert.transition == "late_breach":
            return
        if row.level != alert.level:
            row.since = alert.time
        row.level, row.view = alert.level, alert.view

    def latency(self) -> Latency | None:
        """Return how long the last alerts took; None if there were none."""
        if not self._latencies_s:
            return None
        p50, p99, worst = np.percentile(np.array(self._latencies_s), (50, 99, 100)).tolist()
        return Latency(len(self._latencies_s), p50, p99, worst)

    def worst(self) -> Mapping[str, int]:
        """Return how many conditions stand at each level that is not normal, or are not seen live."""
        levels = [row.level for row in self.rows]
        unseen = sum(row.view != "live" for row in self.rows)
        return {"red": levels.count("red"), "yellow": levels.count("yellow"), "not live": unseen}
