"""The oracle: what the engine must answer, one sample at a time. Slow and plain; it shares no code with `rules/`.

Written from docs/judging.md and the design page on constraints; the step numbers in the comments are that page's.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from rules.rule_set import Constraint, RuleSet, Tag

SECOND = 1_000_000
SKEW = 2 * SECOND
REMEMBERED = 15 * 60 * SECOND
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "welltegra")
SEVERITY = {"normal": 100, "yellow": 500, "red": 900}  # of a change, by the new level

Record = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One sample as it arrives. Times in us since epoch, UTC; value in the tag's unit, NaN and infinite allowed."""

    well_id: str
    tag: str
    time: int
    value: float
    quality: str = "good"
    received_at: int | None = None
    backfill: bool = False
    unit: str | None = None


def leaning_down(x: float) -> float:
    """Return the number that `v >= x` is compared with."""
    return x - 1e-6 * abs(x)


def leaning_up(x: float) -> float:
    """Return the number that `v <= x` is compared with."""
    return x + 1e-6 * abs(x)


def iso(time_us: int) -> str:
    """Return the time as RFC 3339 UTC with six decimals."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=time_us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def identity(*parts: str) -> str:
    """Return the id made of the parts."""
    return str(uuid.uuid5(NAMESPACE, "|".join(parts)))


@dataclass
class Latch:
    """A tier of a side: set or not, and since when its off-delay runs."""

    is_set: bool = False
    back_since: int | None = None

    def reset(self, time: int, back: bool, off_delay: int) -> None:
        """Let a judged sample run, stop or end the off-delay."""
        if not self.is_set or not back:
            self.back_since = None
            return
        if self.back_since is None:
            self.back_since = time
        if time - self.back_since >= off_delay:
            self.is_set, self.back_since = False, None


class Side:
    """One limit of a constraint, high or low: what the table says of a value, and the latches."""

    def __init__(self, rule: Constraint, limit: float, high: bool) -> None:
        self.limit, self.high, self.yf, self.db = limit, high, rule.yellow_from, rule.deadband
        self.red_latch, self.yellow_latch = Latch(), Latch()
        self.yellow_since: int | None = None  # first of the unbroken run of samples that were yellow by the table

    def red(self, v: float) -> bool:
        limit = self.limit
        return v >= leaning_down(limit) if self.high else v <= leaning_up(limit)

    def yellow(self, v: float) -> bool:
        limit, yf = self.limit, self.yf
        return v >= leaning_down(yf * limit) if self.high else v <= leaning_up((2 - yf) * limit)

    def back_from_red(self, v: float) -> bool:
        limit, db = self.limit, self.db
        return v < leaning_down(limit - db * limit) if self.high else v > leaning_up(limit + db * limit)

    def back_from_yellow(self, v: float) -> bool:
        limit, yf, db = self.limit, self.yf, self.db
        return v < leaning_down(yf * limit - db * limit) if self.high else v > leaning_up((2 - yf) * limit + db * limit)

    def excess(self, v: float) -> float:
        return (v - self.limit) / self.limit if self.high else (self.limit - v) / self.limit

    def percent(self, v: float) -> float:
        """Return the value in percent of the limit, cut to two decimals away from the limit."""
        if self.high:
            cut = math.floor((v / self.limit + 1e-6) * 1e4) / 100
            return max(cut, 100.0) if self.red(v) else min(cut, 99.99)
        cut = math.ceil((v / self.limit - 1e-6) * 1e4) / 100
        return min(cut, 100.0) if self.red(v) else max(cut, 100.01)


@dataclass
class Sample:
    """A sample of one condition: its time after step 3, its value in the constraint's unit."""

    time: int
    value: float
    quality: str
    suspect: bool
    arrival: int
    backfill: bool


@dataclass
class Episode:
    """An excursion from raise to clear."""

    id: str
    onset: int
    breaching: int = 0


@dataclass
class RedPeriod:
    """What the violation of an open red period will say."""

    opening: Sample
    peak: Sample
    samples: int = 0
    breaching: int = 0
    bad: int = 0
    suspect: int = 0


@dataclass
class Condition:
    """One constraint on one tag of one well, with its own memory."""

    well_id: str
    version: int
    tag: Tag
    rule: Constraint
    alerts: list[Record]
    violations: list[Record]
    counts: dict[str, int]
    arrival: int = 0
    last: Sample | None = None  # the last judged
    lost: bool = False
    skewed: bool = False
    bad_since_last: bool = False
    view: str = "stale"
    level: str = "normal"
    episode: Episode | None = None
    red: RedPeriod | None = None
    run_length: int = 0  # late samples with ascending times since the last judged
    run_last: int = 0
    remembered: set[int] = field(default_factory=set)  # times judged breaching or reported late

    def __post_init__(self) -> None:
        self.id = json.dumps([self.well_id, self.rule.id, self.tag.name], ensure_ascii=False, separators=(",", ":"))
        self.sides: list[Side] = []
        if self.rule.high is not None:
            self.sides.append(Side(self.rule, self.rule.high, high=True))
        if self.rule.low is not None:
            self.sides.append(Side(self.rule, self.rule.low, high=False))

    # One sample

    def feed(self, row: Row) -> None:
        """Take one sample of the tag, in arrival order."""
        self.counts["samples"] += 1
        self.arrival = max(self.arrival, row.time if row.received_at is None else row.received_at)  # 1
        skewed = row.time > self.arrival + SKEW
        value = self.rule.factor * row.value + self.rule.offset
        time = self.arrival if skewed else row.time
        sample = Sample(time, value, row.quality, self.suspect(row.value), self.arrival, row.backfill)
        good = row.quality != "bad" and math.isfinite(value)
        fate = self.fate(sample) if good else "bad"
        if self.last is not None and self.silent_at(self.arrival):  # 2; by then a timer would have found it
            seen = fate == "judged" and sample.time - self.last.time <= self.tag.stale_after_us
            self.lose(self.last, "transport" if seen else None)
        view_before = self.view
        if good and skewed and not self.skewed:  # 3
            self.alert("clock_skew", sample, view=view_before)
        if good:
            self.skewed = skewed
        if fate == "clock_reset":
            self.alert("clock_reset", sample, view=view_before)
            self.judge(sample, after=None)
        elif fate == "judged":
            self.judge(sample, after=self.last)
        elif fate == "late":
            self.late(sample, view_before)
        elif fate == "bad":
            self.bad(sample)
        else:
            self.counts["duplicate"] += 1

    def silent_at(self, arrival: int) -> bool:
        """Return whether the condition was silent too long at this arrival, and not known to be."""
        return self.last is not None and not self.lost and arrival - self.last.arrival > self.tag.stale_after_us

    def fate(self, sample: Sample) -> str:
        """Return what becomes of a good sample: judged, duplicate, late or clock_reset (steps 5 to 7, and Late a)."""
        last = self.last
        if last is None or sample.time > last.time:
            return "judged"
        if sample.time == last.time:
            worse = sample.value != last.value and self.excess(sample.value) > self.excess(last.value)
            return "judged" if worse else "duplicate"
        if sample.backfill or (self.run_length > 0 and sample.time == self.run_last):
            return "late"
        self.run_length = self.run_length + 1 if sample.time > self.run_last else 1
        self.run_last = sample.time
        silent = sample.arrival - last.arrival > self.tag.stale_after_us
        return "clock_reset" if self.run_length >= 3 and silent else "late"

    def bad(self, sample: Sample) -> None:
        """Take a sample that cannot be judged."""
        self.counts["bad"] += 1
        if self.last is None or sample.time > self.last.time:
            self.view = "bad"
            self.bad_since_last = True
            if self.red is not None:
                self.red.bad += 1

    def late(self, sample: Sample, view: str) -> None:
        """Take a late sample, after Late a."""
        assert self.last is not None
        near = self.last.time - sample.time <= REMEMBERED
        if self.breaching(sample.value) and near and sample.time in self.remembered:
            self.counts["duplicate"] += 1
            return
        self.counts["late"] += 1
        if self.breaching(sample.value):
            self.remembered.add(sample.time)
            if near and not sample.backfill:
                self.alert("late_breach", sample, view=view)
            self.late_violation(sample)

    def judge(self, sample: Sample, after: Sample | None) -> None:
        """Judge a sample; `after` is the last judged one, None if there is none or the clock was set back."""
        time, value = sample.time, sample.value
        step = None if after is None else time - after.time
        if after is not None and not self.lost and time - after.time > self.tag.stale_after_us:
            self.lose(after, None)
        if self.lost:
            self.lost = False
            seen = step is not None and step <= self.tag.stale_after_us
            self.alert("monitoring_restored", sample, cause="transport" if seen else None)
        if after is None:
            self.remembered.clear()
        breaching = self.breaching(value)
        self.counts["judged"] += 1
        self.counts["suspect"] += sample.suspect
        self.counts["breaching"] += breaching
        if breaching:
            self.remembered.add(time)
        for side in self.sides:
            self.move_latches(side, sample, set_back=after is None, gap=step is not None and step > self.tag.gap_us)
        self.last, self.view, self.bad_since_last, self.run_length = sample, "live", False, 0
        self.change_level(sample, breaching)

    def move_latches(self, side: Side, sample: Sample, set_back: bool, gap: bool) -> None:
        """Set and reset the latches of one side."""
        time, value = sample.time, sample.value
        if set_back or not side.yellow(value):
            side.yellow_since = None
        if side.yellow(value):
            if side.yellow_since is None:
                side.yellow_since = time
            if time - side.yellow_since >= self.rule.yellow_on_delay_us:
                side.yellow_latch.is_set = True
        if side.red(value):
            side.red_latch.is_set = side.yellow_latch.is_set = True
        if set_back or gap or self.bad_since_last:
            side.red_latch.back_since = side.yellow_latch.back_since = None
        side.red_latch.reset(time, side.back_from_red(value), self.rule.off_delay_us)
        side.yellow_latch.reset(time, side.back_from_yellow(value), self.rule.off_delay_us)

    def change_level(self, sample: Sample, breaching: bool) -> None:
        """Compare the latches with the level, and record what changed."""
        old, new = self.level, "normal"
        if any(side.yellow_latch.is_set for side in self.sides):
            new = "yellow"
        if any(side.red_latch.is_set for side in self.sides):
            new = "red"
        if self.episode is None and new != "normal":
            self.counts["episodes"] += 1
            self.episode = Episode(identity(self.id, str(self.version), iso(sample.time)), sample.time)
        if self.episode is not None:
            self.episode.breaching += breaching
        if self.red is None and new == "red":
            self.red = RedPeriod(opening=sample, peak=sample)
        if self.red is not None:
            self.red.samples += 1
            self.red.breaching += breaching
            self.red.suspect += breaching and sample.suspect
            if breaching and self.excess(sample.value) > self.excess(self.red.peak.value):
                self.red.peak = sample
        self.level = new
        if new != old:
            up = {"normal": "raised", "yellow": "escalated"}
            transition = "cleared" if new == "normal" else "deescalated" if old == "red" else up[old]
            self.alert(transition, sample, previous=old)
        if old == "red" and new != "red":
            self.violation(ended_at=sample.time, end_reason="cleared" if new == "normal" else "deescalated")
        if new == "normal":
            self.episode = None

    # What a value is

    def breaching(self, value: float) -> bool:
        """Return whether the value is red by the table."""
        return any(side.red(value) for side in self.sides)

    def excess(self, value: float) -> float:
        """Return how far the value is beyond the worse side."""
        return max(side.excess(value) for side in self.sides)

    def worse_side(self, value: float) -> Side:
        """Return the side with the larger excess, the high one if equal."""
        return max(self.sides, key=lambda side: side.excess(value))

    def suspect(self, value: float) -> bool:
        """Return whether the value [tag's unit] is outside the instrument's range or pinned at its end."""
        low, high = self.tag.low, self.tag.high
        if high is not None and value >= leaning_down(high):
            return True
        return low is not None and (value < 0 if low == 0 else value <= leaning_up(low))

    # Records

    def lose(self, last: Sample, cause: str | None) -> None:
        """Record that monitoring was lost `stale_after` after the last judged sample."""
        self.lost, self.view = True, "stale"
        at = last.time + self.tag.stale_after_us
        self.alert("monitoring_lost", Sample(at, last.value, last.quality, False, 0, False), view="stale", cause=cause)

    def alert(
        self, transition: str, sample: Sample, previous: str | None = None, view: str = "live", cause: str | None = None
    ) -> None:
        """Add an alert; `previous` is the level before, where it changed."""
        side = self.worse_side(sample.value)
        severity = 900 if transition == "late_breach" else 700 if previous is None else SEVERITY[self.level]
        self.alerts.append(
            {
                "alert_id": identity(self.episode.id if self.episode else self.id, transition, iso(sample.time)),
                "episode_id": self.episode.id if self.episode else None,
                **self.names(),
                "transition": transition,
                "level": self.level,
                "previous_level": previous or self.level,
                "view": view,
                "time": sample.time,
                "value": sample.value,
                "percent_of_limit": side.percent(sample.value),
                "limit": side.limit,
                "severity": severity,
                "late": transition == "late_breach",
                "suspect": sample.suspect,
                "quality": sample.quality,
                "cause": cause,
                "onset_time": self.episode.onset if self.episode else None,
                "breaching_samples": self.episode.breaching if self.episode else 0,
            }
        )

    def violation(self, ended_at: int | None, end_reason: str | None) -> None:
        """Add the violation of the open red period, and forget the period."""
        assert self.red is not None
        assert self.episode is not None
        violation_id = identity(self.episode.id, "violation", iso(self.red.opening.time))
        self.add_violation(violation_id, self.red, ended_at, end_reason)
        self.red = None

    def late_violation(self, sample: Sample) -> None:
        """Add the violation of one late breaching sample."""
        red = RedPeriod(sample, sample, samples=1, breaching=1, suspect=int(sample.suspect))
        self.add_violation(identity(self.id, "late", iso(sample.time)), red, sample.time, "late")

    def add_violation(self, violation_id: str, red: RedPeriod, ended_at: int | None, end_reason: str | None) -> None:
        """Add one violation record."""
        self.violations.append(
            {
                "violation_id": violation_id,
                "episode_id": self.episode.id if self.episode else None,
                **self.names(),
                "started_at": red.opening.time,
                "ended_at": ended_at,
                "end_reason": end_reason,
                "limit": self.worse_side(red.opening.value).limit,
                "peak_value": red.peak.value,
                "peak_time": red.peak.time,
                "onset_time": self.episode.onset if self.episode else None,
                "samples": red.samples,
                "breaching_samples": red.breaching,
                "bad_samples": red.bad,
                "suspect_samples": red.suspect,
                "suspect": red.opening.suspect,
                "late": end_reason == "late",
            }
        )

    def names(self) -> Record:
        """Return what every record of this condition says."""
        return {
            "condition_id": self.id,
            "well_id": self.well_id,
            "tag": self.tag.name,
            "constraint_id": self.rule.id,
            "rule_version": self.version,
            "mode": self.rule.mode,
            "unit": self.rule.unit,
            "limit_source": "rule",
        }


class Oracle:
    """Judges rows in arrival order. `alerts` and `violations` stand in the order judged, times in us."""

    def __init__(self, rule_sets: Sequence[RuleSet]) -> None:
        self.alerts: list[Record] = []
        self.violations: list[Record] = []
        self.counts: dict[str, dict[str, int]] = {}
        self.wells: list[list[Condition]] = []
        self.of_tag: dict[tuple[str, str], list[Condition]] = {}
        names = ("samples", "judged", "late", "duplicate", "bad", "suspect", "breaching", "episodes")
        for rules in rule_sets:
            well: list[Condition] = []
            for rule in rules.constraints:
                if rule.mode == "disabled":
                    continue
                counts = dict.fromkeys(names, 0)
                tag = rules.tag(rule.tag)
                condition = Condition(rules.well_id, rules.version, tag, rule, self.alerts, self.violations, counts)
                self.counts[condition.id] = counts
                well.append(condition)
                self.of_tag.setdefault((rules.well_id, tag.name), []).append(condition)
            self.wells.append(well)

    def feed(self, row: Row) -> None:
        """Judge one row by every condition of its tag, in rule-file order; unknown wells and tags are ignored."""
        for condition in self.of_tag.get((row.well_id, row.tag), ()):
            condition.feed(row)

    def lapse(self, now_us: int) -> None:
        """Do what the timers do at `now_us`."""
        for well in self.wells:
            for condition in well:
                if condition.last is not None and condition.silent_at(now_us):
                    condition.lose(condition.last, None)

    def finish(self) -> None:
        """Do what the end of the file does."""
        for well in self.wells:
            latest = max((condition.last.time for condition in well if condition.last is not None), default=0)
            for condition in well:
                last = condition.last
                if last is not None and not condition.lost and latest - last.time > condition.tag.stale_after_us:
                    condition.lose(last, None)
        for well in self.wells:
            for condition in well:
                if condition.red is not None:
                    condition.violation(ended_at=None, end_reason=None)
