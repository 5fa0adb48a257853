"""The simulated day: physically sensible, the same for the same seed, and breaching where it says and nowhere else."""

from __future__ import annotations

import csv
import errno
import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from rules.rule_set import Constraint, RuleSet, Tag
from tests.oracle import Oracle, Row
from welltegra.simulator.schedule import DAY_S, DAY_START, DIGEST_S, PlannedEvent
from welltegra.simulator.well_day import COLUMNS, DAY_RULES, TAGS, WellDay, write_well_day

RULES: dict[str, Any] = yaml.safe_load(DAY_RULES.read_text(encoding="utf-8"))
SEEDS = (7, pytest.param(20260302, marks=pytest.mark.slow))
SILENT = ("two_values", "duplicate", "frozen", "uncertain_quality", "unreadable", "without_zone")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file as a reader without any of our code would understand it; None where it would not."""

    tag: str
    time: datetime | None
    value: float | None
    quality: str
    received_at: datetime

    @property
    def seconds_late(self) -> float:
        assert self.time is not None
        return (self.received_at - self.time).total_seconds()


@dataclass(frozen=True, slots=True)
class Day:
    planned: WellDay
    lines: list[Line]

    def events(self, *kinds: str) -> list[PlannedEvent]:
        return [event for event in self.planned.events if event.kind in kinds]

    def count(self, *kinds: str) -> int:
        return sum(event.rows for event in self.events(*kinds))

    def tag(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.tag == name and line.time is not None]


@pytest.fixture(scope="module", params=SEEDS)
def day(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Day:
    planned = write_well_day(tmp_path_factory.mktemp("day") / "day.csv", seed=request.param)
    with planned.path.open(newline="", encoding="utf-8") as file:
        return Day(planned, [as_line(row) for row in csv.DictReader(file)])


def as_line(row: dict[str, str]) -> Line:
    time = datetime.fromisoformat(row["time"])
    try:
        value = float(row["value"])
    except ValueError:
        value = None
    received_at = datetime.fromisoformat(row["received_at"])
    return Line(row["tag"], None if time.tzinfo is None else time, value, row["quality"], received_at)


@dataclass(frozen=True, slots=True)
class Side:
    """One limit of the rule file. `sign` is 1 for a high limit, -1 for a low one: beyond is then above."""

    tag: str
    sign: int
    limit: float

    def red(self, value: float) -> bool:
        return self.sign * value >= self.sign * self.limit

    def yellow(self, value: float) -> bool:
        """Say whether the value is within 10 % of the limit, or beyond it."""
        return self.sign * value >= self.sign * self.limit * (1.0 - 0.1 * self.sign)


SIDES = [
    Side(rule["tag"], sign, rule["limit"][name])
    for rule in RULES["constraints"]
    for name, sign in (("high", 1), ("low", -1))
    if name in rule["limit"]
]


def inside(line: Line, event: PlannedEvent) -> bool:
    assert line.time is not None
    return line.tag == event.tag and event.start <= line.time <= event.end


def breaches(event: PlannedEvent) -> bool:
    return event.level == "red" or "late_breach" in event.expected


# The file


def test_that_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (
        write_well_day(tmp_path / name, seed) for name, seed in (("a.csv", 7), ("b.csv", 7), ("c.csv", 8))
    )
    assert first.path.read_bytes() == again.path.read_bytes()
    assert replace(first, path=again.path) == again
    assert other.path.read_bytes() != first.path.read_bytes()


def test_that_the_file_is_long_form_in_arrival_order_and_as_long_as_told(day: Day) -> None:
    with day.planned.path.open(encoding="utf-8") as file:
        assert file.readline() == ",".join(COLUMNS) + "\n"
        fields = file.readline().split(",")
    assert fields[0] == "DEMO-1"
    assert all(len(text.strip()) == len("2026-03-02T00:00:00.000Z") for text in (fields[2], fields[6]))
    arrivals = [line.received_at for line in day.lines]
    assert arrivals == sorted(arrivals)
    assert len(day.lines) == day.planned.rows
    assert len(day.lines) == len(TAGS) * DAY_S - day.count("dropout") + day.count("duplicate", "two_values")


def test_that_a_day_is_written_for_the_well_that_is_asked_for(tmp_path: Path) -> None:
    written = write_well_day(tmp_path / "day.csv", seed=1, well_id="15/9-F-7")
    with written.path.open(newline="", encoding="utf-8") as file:
        assert {row["well_id"] for row in csv.DictReader(file)} == {"15/9-F-7"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="NOT PROVEN: this system has no /dev/full")
def test_that_a_full_disk_comes_through_as_the_operating_system_says_it() -> None:
    with pytest.raises(OSError) as raised:  # noqa: PT011 - the number below is the match
        write_well_day(Path("/dev/full"), seed=1)
    assert raised.value.errno == errno.ENOSPC


# The well


def test_that_standpipe_pressure_follows_the_square_of_the_pump_rate(day: Day) -> None:
    rate = {line.time: line.value for line in day.tag("pump_rate") if line.value is not None}
    frozen = day.events("frozen")
    pairs = [
        (rate[line.time] ** 2, line.value)
        for line in day.tag("standpipe_pressure")
        if line.time in rate and line.value is not None and line.value < 6_000
        if not any(inside(line, event) for event in frozen) and line.seconds_late < 1
    ]
    squares, pressures = np.array(pairs).T
    assert np.corrcoef(squares, pressures)[0, 1] > 0.99


def test_that_a_stopped_pump_reads_exactly_zero_and_delivers_nothing(day: Day) -> None:
    trip = next(phase for phase in day.planned.phases if phase.activity == "tripping_out")
    for tag in ("pump_rate", "flow_in"):
        values = {line.value for line in day.tag(tag) if trip.start_s + 60 <= since_start(line) < trip.end_s}
        assert values == {0.0}


def test_that_the_returning_mud_warms_long_after_the_pump_has_reached_its_rate(day: Day) -> None:
    circulating = [phase for phase in day.planned.phases if phase.activity == "circulating"][1]
    by_second = {since_start(line): line.value for line in day.tag("temperature") if line.value is not None}
    steady = circulating.start_s + 120
    warmed = [by_second[steady + minutes * 60] - by_second[steady] for minutes in (1, 10, 25)]
    assert 0.5 < warmed[0] < 2.0
    assert warmed[0] + 5.0 < warmed[1] < warmed[2] - 5.0


def test_that_depth_never_decreases_while_drilling_and_moves_only_then_or_on_a_trip(day: Day) -> None:
    depth = {since_start(line): line.value for line in day.tag("bit_depth") if line.value is not None}
    deepest = 0.0
    for phase in day.planned.phases:
        track = [depth[second] for second in range(phase.start_s, phase.end_s) if second in depth]
        if phase.activity == "drilling":
            assert all(before <= after for before, after in pairwise(track))
            assert track[-1] > deepest or phase.end_s - phase.start_s < 60
        elif phase.activity == "pressure_test":
            assert track[0] == track[-1]
            assert deepest - track[0] > 500.0
        elif phase.start_s > 0:
            assert max(track) <= deepest + 0.01
        deepest = max(deepest, *track)


def test_that_every_reading_is_inside_its_range_but_the_planned_one(day: Day) -> None:
    outside = []
    for line in day.lines:
        low, high = RULES["tags"][line.tag]["range"]
        if line.value is not None and math.isfinite(line.value) and not low <= line.value < high:
            outside.append(line)
    planned = day.events("out_of_range")
    assert [(line.tag, line.time, line.value) for line in outside] == [(e.tag, e.start, 1e11) for e in planned]


def since_start(line: Line) -> int:
    assert line.time is not None
    return round((line.time - DAY_START).total_seconds())


# The truth list


def test_that_each_planned_excursion_is_in_the_file_at_the_level_planned(day: Day) -> None:
    planned = [event for event in day.planned.events if event.level is not None or breaches(event)]
    assert len(planned) >= 9
    for event in planned:
        values = [line.value for line in day.tag(event.tag) if inside(line, event) and line.value is not None]
        sides = [side for side in SIDES if side.tag == event.tag]
        assert any(side.yellow(value) for value in values for side in sides), event
        assert any(side.red(value) for value in values for side in sides) == breaches(event), event


def test_that_nothing_else_reaches_ninety_percent_of_any_limit(day: Day) -> None:
    planned = [event for event in day.planned.events if event.level is not None or breaches(event)]
    for side in SIDES:
        beyond = [line for line in day.tag(side.tag) if line.value is not None and side.yellow(line.value)]
        assert [line for line in beyond if not any(inside(line, event) for event in planned)] == []


def test_that_chatter_breaches_in_half_of_its_seconds(day: Day) -> None:
    (event,) = day.events("chatter")
    values = [line.value for line in day.tag("pump_rate") if inside(line, event) and line.value is not None]
    assert sum(value >= 120.0 for value in values) == 30
    assert sum(118.0 < value < 120.0 for value in values) >= 30


def test_that_the_first_quarter_of_an_hour_holds_a_digest_of_the_day(day: Day) -> None:
    digest = [event for event in day.planned.events if (event.end - DAY_START).total_seconds() < DIGEST_S]
    said = {event.expected for event in digest if event.expected}
    assert said == {
        ("raised", "cleared"),
        ("raised", "escalated", "deescalated", "cleared"),
        ("monitoring_lost", "monitoring_restored"),
        ("late_breach", "late_breach"),
    }
    assert sum(not event.expected for event in digest) >= 5
    (late,) = day.events("late_breach")
    assert max(line.received_at for line in day.tag("pump_rate") if inside(line, late)) < DAY_START + timedelta(
        seconds=DIGEST_S
    )


@pytest.mark.slow
def test_that_the_oracle_says_what_was_planned_and_nothing_else(day: Day) -> None:
    tags = tuple(Tag(name, tag["unit"], *map(float, tag["range"])) for name, tag in RULES["tags"].items())
    constraints = tuple(
        Constraint(rule["id"], rule["tag"], rule["limit"]["unit"], rule["limit"].get("high"), rule["limit"].get("low"))
        for rule in RULES["constraints"]
    )
    oracle = Oracle([RuleSet(RULES["well"], 1, tags, constraints)])
    watched = {rule.tag for rule in constraints}
    for line in day.lines:
        if line.tag in watched and line.time is not None and line.value is not None:
            row = Row("DEMO-1", line.tag, as_us(line.time), line.value, line.quality, as_us(line.received_at))
            oracle.feed(row)
    oracle.finish()
    for tag in TAGS:
        alerts = [alert for alert in oracle.alerts if alert["tag"] == tag]
        events = [event for event in day.planned.events if event.tag == tag]
        planned = [(event, transition) for event in events for transition in event.expected]
        assert [alert["transition"] for alert in alerts] == [transition for _, transition in planned]
        for alert, (event, _) in zip(alerts, planned, strict=True):
            assert as_us(event.start) <= alert["time"] <= as_us(event.end), (event, alert)
        for event in events:
            levels = {alert["level"] for alert, (of, _) in zip(alerts, planned, strict=True) if of is event}
            worst = "red" if "red" in levels else "yellow" if "yellow" in levels else None
            assert worst == event.level, event


def as_us(time: datetime) -> int:
    return round(time.timestamp() * 1_000) * 1_000


# The dirt


def test_that_the_dirt_in_the_file_is_the_dirt_planned(day: Day) -> None:
    set_back = day.events("clock_set_back")
    timed = [line for line in day.lines if line.time is not None]
    steady = [line for line in timed if not any(inside(line, event) for event in set_back)]
    times = Counter((line.tag, line.time) for line in steady)
    found = {
        "without_zone": sum(line.time is None for line in day.lines),
        "unreadable": sum(line.value is None for line in day.lines),
        "nan": sum(line.value is not None and math.isnan(line.value) for line in day.lines),
        "bad_quality": sum(line.quality == "bad" for line in day.lines),
        "uncertain_quality": sum(line.quality == "uncertain" for line in day.lines),
        "clock_ahead": sum(line.seconds_late < -3 for line in timed),
        "late and late_breach": sum(line.seconds_late > 120 for line in timed),
        "clock_set_back": sum(60 < line.seconds_late < 120 for line in timed),
        "duplicate and two_values": sum(count - 1 for count in times.values()),
    }
    # A clock put ahead by whole seconds and a half meets no other time, so repeats are duplicates and double readings.
    assert found == {names: day.count(*names.split(" and ")) for names in found}
    assert all(count > 0 for count in found.values())


def test_that_untouched_rows_arrive_a_tenth_to_four_tenths_of_a_second_after_they_were_measured(day: Day) -> None:
    for tag in TAGS:
        touched = [event for event in day.planned.events if event.rows and event.tag == tag]
        lags = [line.seconds_late for line in day.tag(tag) if not any(inside(line, event) for event in touched)]
        assert min(lags) >= 0.1
        assert max(lags) <= 0.4


def test_that_a_dropout_leaves_no_row_and_a_frozen_sensor_one_value(day: Day) -> None:
    for event in day.events("dropout"):
        held = [line for line in day.tag(event.tag) if inside(line, event)]
        assert len(held) == 2  # the window ends with the first sample that is back, and one more
    for event in day.events("frozen"):
        values = [line.value for line in day.tag(event.tag) if inside(line, event)][: event.rows]
        assert len(values) == event.rows
        assert len(set(values)) == 1


def test_that_dirt_which_hides_nothing_is_planned_to_go_unanswered(day: Day) -> None:
    assert all(event.expected == () and event.level is None for event in day.events(*SILENT))


# The rules beside it


def test_that_the_demo_rules_watch_tags_the_day_has_in_their_units(day: Day) -> None:
    with day.planned.path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        units = {row["tag"]: row["unit"] for row, _ in zip(rows, range(len(TAGS) * 2), strict=False)}
    assert RULES["well"] == day.planned.well_id
    assert {name: tag["unit"] for name, tag in RULES["tags"].items()} == units
    assert {rule["tag"] for rule in RULES["constraints"]} <= set(units)
