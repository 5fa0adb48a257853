"""The oracle: what the engine must answer, one sample at a time. Slow and plain; it shares no code with `rules/`.

Written from docs/judging.md and the design page on constraints; the step numbers in the comments are that page's.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
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

    def yellow_at(self) -> float:
        limit, yf = self.limit, self.yf
        return leaning_down(yf * limit) if self.high else leaning_up((2 - yf) * limit)

    def yellow(self, v: float) -> bool:
        return v >= self.yellow_at() if self.high else v <= self.yellow_at()

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


class GoneSide(Side):
    """A side that the rule has no more, but whose latches may stand: never reached, and all is beyond its resets."""

    def __init__(self, rule: Constraint, high: bool) -> None:
        super().__init__(rule, math.inf if high else -math.inf, high)

    def red(self, v: float) -> bool:
        return False

    def yellow(self, v: float) -> bool:
        return False

    def yellow_at(self) -> float:
        return self.limit

    def back_from_red(self, v: float) -> bool:
        return True

    def back_from_yellow(self, v: float) -> bool:
        return True

    def excess(self, v: float) -> float:
        return -math.inf


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
        old, new = self.level, self.latched()
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

    def latched(self) -> str:
        """Return the level that the latches say."""
        if any(side.red_latch.is_set for side in self.sides):
            return "red"
        return "yellow" if any(side.yellow_latch.is_set for side in self.sides) else "normal"

    # New rules; the numbers are those of that section

    def find_silence(self, at: int) -> None:
        """Find out whether a sample arriving at `at` would find monitoring lost (1)."""
        if self.last is not None and self.silent_at(max(at, self.arrival)):
            self.lose(self.last, None)

    def withdraw(self, at: int) -> None:
        """End what is open, for nothing goes on (2)."""
        if self.level == "normal":
            return
        assert self.last is not None
        old, self.level = self.level, "normal"
        moment = replace(self.last, time=max(at, self.last.time))
        self.alert("limit_changed", moment, previous=old, view=self.view)
        self.alert("cleared", moment, previous=old, view=self.view)
        if self.red is not None:
            self.violation(ended_at=moment.time, end_reason="withdrawn")

    def converted_from(self, old: Condition, v: float) -> float:
        """Return a value of the old constraint's unit in this one's."""
        if (old.rule.factor, old.rule.offset) == (self.rule.factor, self.rule.offset):
            return v
        return self.rule.factor * ((v - old.rule.offset) / old.rule.factor) + self.rule.offset

    def goes_on_from(self, old: Condition) -> bool:
        """Return whether this is the old condition under new rules."""
        if (old.id, old.tag.unit) != (self.id, self.tag.unit):
            return False
        remembered = [sample.value for sample in (old.last, *old.red_samples()) if sample is not None]
        return all(math.isfinite(self.converted_from(old, v)) for v in remembered)

    def red_samples(self) -> tuple[Sample, ...]:
        return () if self.red is None else (self.red.opening, self.red.peak)

    def go_on_from(self, old: Condition) -> None:
        """Keep the memory of the old condition (3), and what becomes of its runs towards yellow (5)."""
        for name in ("counts", "arrival", "lost", "skewed", "bad_since_last", "view", "level", "episode", "red"):
            setattr(self, name, getattr(old, name))
        self.run_length, self.run_last, self.remembered = old.run_length, old.run_last, old.remembered
        if old.last is not None:
            self.last = replace(old.last, value=self.converted_from(old, old.last.value))
        if self.red is not None:
            opening, peak = (replace(s, value=self.converted_from(old, s.value)) for s in old.red_samples())
            self.red = replace(self.red, opening=opening, peak=peak)
        for before in old.sides:
            side = next((side for side in self.sides if side.high == before.high), None)
            if side is None:
                side = GoneSide(self.rule, before.high)
                self.sides.append(side)
            side.red_latch, side.yellow_latch = before.red_latch, before.yellow_latch
            was, now = self.converted_from(old, before.yellow_at()), side.yellow_at()
            inside = now <= leaning_up(was) if side.high else now >= leaning_down(was)
            side.yellow_since = before.yellow_since if inside else None

    def begin_beside(self, others: Sequence[Condition]) -> None:
        """Begin with what the old conditions of the tag know of it (4)."""
        for other in others:
            self.arrival, self.skewed = other.arrival, other.skewed
        for other in others:
            if other.last is None or other.tag.unit != self.tag.unit:
                continue
            value = self.converted_from(other, other.last.value)
            if math.isfinite(value):
                self.last = replace(other.last, value=value)
                self.view = "bad" if other.view == "bad" else "live"
                self.run_length, self.run_last = other.run_length, other.run_last
                return

    def judge_anew(self, at: int) -> None:
        """Judge the last judged value by these rules (5)."""
        if self.last is None:
            return
        value, measured = self.last.value, self.last.time
        for side in self.sides:
            if not side.yellow(value):
                side.yellow_since = None
            elif side.yellow_since is None:
                side.yellow_since = measured
            if side.red(value):
                side.red_latch.is_set = side.yellow_latch.is_set = True
            elif side.yellow_since is not None and measured - side.yellow_since >= self.rule.yellow_on_delay_us:
                side.yellow_latch.is_set = True
            backs = (side.red_latch, side.back_from_red(value)), (side.yellow_latch, side.back_from_yellow(value))
            for latch, back in backs:
                if not back:
                    latch.back_since = None
                elif self.view == "live":
                    latch.is_set, latch.back_since = False, None
        if self.breaching(value):
            self.remembered.add(measured)
        old, new = self.level, self.latched()
        if new == old:
            return
        moment = replace(self.last, time=max(at, measured))
        self.level = new
        self.alert("limit_changed", moment, previous=old, view=self.view)
        if self.episode is None:
            self.counts["episodes"] += 1
            self.episode = Episode(identity(self.id, str(self.version), iso(moment.time)), moment.time)
        if new == "red":
            self.episode.breaching += 1
            self.red = RedPeriod(moment, moment, samples=1, breaching=1, suspect=int(moment.suspect))
        up = {"normal": "raised", "yellow": "escalated"}
        transition = "cleared" if new == "normal" else "deescalated" if old == "red" else up[old]
        self.alert(transition, moment, previous=old, view=self.view)
        if old == "red":
            self.violation(ended_at=moment.time, end_reason="cleared" if new == "normal" else "deescalated")
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
        self.of_tag: dict[tuple[str, str], list[Condition]] = {}
        self.by_well: dict[str, list[Condition]] = {}
        for rules in rule_sets:
            self.watch(rules.well_id, self.conditions(rules))

    @property
    def wells(self) -> list[list[Condition]]:
        """Return the conditions of each well, in rule-file order."""
        return list(self.by_well.values())

    def conditions(self, rules: RuleSet) -> list[Condition]:
        """Return new conditions of a well, in rule-file order."""
        names = ("samples", "judged", "late", "duplicate", "bad", "suspect", "breaching", "episodes")
        return [
            Condition(
                rules.well_id,
                rules.version,
                rules.tag(rule.tag),
                rule,
                self.alerts,
                self.violations,
                dict.fromkeys(names, 0),
            )
            for rule in rules.constraints
            if rule.mode != "disabled"
        ]

    def watch(self, well_id: str, conditions: list[Condition]) -> None:
        """Let these be the conditions of a well."""
        for condition in self.by_well.get(well_id, ()):
            del self.counts[condition.id]
            self.of_tag.pop((well_id, condition.tag.name), None)
        self.by_well[well_id] = conditions
        for condition in conditions:
            self.counts[condition.id] = condition.counts
            self.of_tag.setdefault((well_id, condition.tag.name), []).append(condition)

    def feed(self, row: Row) -> None:
        """Judge one row by every condition of its tag, in rule-file order; unknown wells and tags are ignored."""
        for condition in self.of_tag.get((row.well_id, row.tag), ()):
            condition.feed(row)

    def activate(self, rules: RuleSet, at: int) -> None:
        """Go over to other rules of a well, as the page says under New rules."""
        old, new = self.by_well.get(rules.well_id, []), self.conditions(rules)
        goes_on = {condition.id: before for condition in new for before in old if condition.goes_on_from(before)}
        for condition in old:
            condition.find_silence(at)
            if condition.id not in goes_on:
                condition.withdraw(at)
        for condition in new:
            if condition.id in goes_on:
                condition.go_on_from(goes_on[condition.id])
            else:
                condition.begin_beside([other for other in old if other.tag.name == condition.tag.name])
                condition.find_silence(at)
            condition.judge_anew(at)
        self.watch(rules.well_id, new)

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
