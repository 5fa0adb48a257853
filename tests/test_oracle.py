"""The oracle against docs/judging.md: cases worked by hand. Times are seconds after the start, unless they say us."""

from __future__ import annotations

import math
import random
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.rule_set import Constraint, RuleSet, Tag
from tests.oracle import Oracle, Record, Row
from tests.streams import SECOND, START, dirty_rows, random_rows, random_rule_sets, rule_sets

WELL = "15/9-F-7"
TAG = Tag("pump_rate", "spm")
HIGH = Constraint("pump-rate", "pump_rate", "spm", high=120.0)
BAND = replace(HIGH, low=40.0)
LOW = replace(HIGH, high=None, low=100.0)
NAN = math.nan
MINUTES_15 = 900.0


def at(time: float, value: float, received: float | None = None, quality: str = "good", backfill: bool = False) -> Row:
    received_at = None if received is None else us(received)
    return Row(WELL, "pump_rate", us(time), value, quality, received_at, backfill)


def us(seconds: float) -> int:
    return START + round(seconds * SECOND)


def every_second(values: Iterable[float], start: float = 0) -> list[Row]:
    return [at(start + i, value) for i, value in enumerate(values)]


def judge(rows: Iterable[Row], rule: Constraint = HIGH, tag: Tag = TAG) -> Oracle:
    oracle = Oracle([RuleSet(WELL, 1, (tag,), (rule,))])
    for row in rows:
        oracle.feed(row)
    return oracle


def told(oracle: Oracle, *also: str) -> list[tuple[Any, ...]]:
    """Return transition and seconds of each alert, and the other keys asked for."""
    return [(a["transition"], (a["time"] - START) / SECOND, *(a[key] for key in also)) for a in oracle.alerts]


def counts(oracle: Oracle, *names: str) -> tuple[int, ...]:
    (only,) = oracle.counts.values()
    return tuple(only[name] for name in names)


def seconds(record: Record, *names: str) -> tuple[float | None, ...]:
    return tuple(None if record[name] is None else (record[name] - START) / SECOND for name in names)


# Tiers and latches


def test_that_a_minute_around_the_limit_is_one_episode_with_one_notification() -> None:
    oracle = judge(every_second([119, 121] * 30))
    oracle.finish()
    assert told(oracle, "level", "breaching_samples") == [("raised", 1, "red", 1)]
    (violation,) = oracle.violations
    assert seconds(violation, "started_at", "ended_at", "onset_time", "peak_time") == (1, None, 1, 1)
    assert (violation["samples"], violation["breaching_samples"], violation["end_reason"]) == (59, 30, None)
    assert counts(oracle, "judged", "breaching", "episodes") == (60, 30, 1)


def test_that_red_straight_to_normal_is_cleared_alone() -> None:
    # 106.8 and 118.8 are the reset thresholds; 100 is below both from 60 s on.
    oracle = judge(every_second([119, 121] * 30 + [100] * 11))
    assert told(oracle, "level", "previous_level", "severity", "breaching_samples") == [
        ("raised", 1, "red", "normal", 900, 1),
        ("cleared", 70, "normal", "red", 100, 30),
    ]
    (violation,) = oracle.violations
    assert (violation["samples"], violation["breaching_samples"], violation["end_reason"]) == (70, 30, "cleared")
    assert seconds(violation, "ended_at") == (70,)
    assert oracle.alerts[0]["episode_id"] == oracle.alerts[1]["episode_id"] == violation["episode_id"]
    oracle.feed(at(71, 121))
    assert told(oracle, "breaching_samples")[2:] == [("raised", 71, 1)]
    assert oracle.alerts[2]["episode_id"] != oracle.alerts[1]["episode_id"]
    assert counts(oracle, "episodes") == (2,)


def test_that_red_to_yellow_is_deescalated_and_ends_the_violation() -> None:
    oracle = judge(every_second([110, 110, 110, 121, 130, 125] + [118] * 11 + [121]))
    assert told(oracle, "level", "previous_level", "severity") == [
        ("raised", 2, "yellow", "normal", 500),
        ("escalated", 3, "red", "yellow", 900),
        ("deescalated", 16, "yellow", "red", 500),
        ("escalated", 17, "red", "yellow", 900),
    ]
    (violation,) = oracle.violations
    assert seconds(violation, "onset_time", "started_at", "peak_time", "ended_at") == (2, 3, 4, 16)
    assert (violation["samples"], violation["peak_value"], violation["end_reason"]) == (14, 130, "deescalated")


@pytest.mark.parametrize(
    "rows, raised",
    [
        (every_second([110, 110]), []),
        (every_second([110, 110, 110]), [2]),
        (every_second([110, 107, 110, 110, 110]), [4]),
        ([at(0, 110), at(1, NAN), at(2, 110)], [2]),
        ([at(0, 110), at(4, 110)], [4]),  # a gap does not break the run
        ([at(0, 110), at(1, 119), at(1.999999, 110)], []),
        (every_second([110, 121]), [1]),  # red sets yellow too
    ],
)
def test_that_yellow_is_raised_when_it_has_lasted_its_on_delay(rows: list[Row], raised: list[float]) -> None:
    assert [time for _, time in told(judge(rows))] == raised


@pytest.mark.parametrize(
    "rows, cleared",
    [
        (every_second([121] + [100] * 10), []),
        (every_second([121] + [100] * 11), [11]),
        (every_second([121, 100, 100, 119] + [100] * 11), [14]),  # 119 stops both delays
        (every_second([121] + [100] * 5 + [NAN] + [100] * 11), [17]),  # anew at 7
        ([at(0, 121), *(at(t, 100) for t in (1, 4, 7, 10, 11))], [11]),  # 3 periods are no gap
        ([at(0, 121), *(at(t, 100) for t in (1, 2, 5.000001, 8, 11, 14)), at(15.000001, 100)], [15.000001]),
        ([at(0, 121), at(1, 100), at(0.5, NAN), *(at(t, 100) for t in (4, 7, 10, 11))], [11]),  # bad, but earlier
    ],
)
def test_that_an_episode_clears_when_its_off_delay_has_passed(rows: list[Row], cleared: list[float]) -> None:
    assert [time for transition, time in told(judge(rows)) if transition == "cleared"] == cleared


def test_that_a_value_between_the_resets_clears_red_and_holds_yellow() -> None:
    oracle = judge(every_second([121] + [107] * 30))  # 107 is above 106.8
    assert told(oracle) == [("raised", 0), ("deescalated", 11)]


# Thresholds


@pytest.mark.parametrize(
    "value, breaching, percent",
    [
        (121, 1, 100.83),
        (120, 1, 100.0),
        (119.9999, 1, 100.0),  # 120 less 120e-6 is 119.99988
        (119.9998, 0, 99.99),
        (119, 0, 99.16),
        (108, 0, 90.0),
        (0, 0, 0.0),
        (-12, 0, -10.0),
    ],
)
def test_that_a_high_limit_is_red_at_its_number_and_percent_says_so(
    value: float, breaching: int, percent: float
) -> None:
    oracle = judge([at(0, value), at(6, 0)])
    lost = next(a for a in oracle.alerts if a["transition"] == "monitoring_lost")
    assert counts(oracle, "breaching") == (breaching,)
    assert (lost["percent_of_limit"], lost["limit"]) == (percent, 120)


@pytest.mark.parametrize(
    "value, breaching, percent",
    [(99, 1, 99.0), (100, 1, 100.0), (100.00005, 1, 100.0), (100.0002, 0, 100.01), (110, 0, 110.0), (0, 1, 0.0)],
)
def test_that_a_low_limit_is_red_at_its_number_and_percent_says_so(
    value: float, breaching: int, percent: float
) -> None:
    oracle = judge([at(0, value), at(6, 150)], LOW)
    lost = next(a for a in oracle.alerts if a["transition"] == "monitoring_lost")
    assert counts(oracle, "breaching") == (breaching,)
    assert lost["percent_of_limit"] == percent


@pytest.mark.parametrize("limit", [120.0, 65.0, 0.3, 5000.0, 212.0, 1e-9, 7.7e8])
def test_that_only_a_breaching_value_reads_100_percent(limit: float) -> None:
    for rule, at_edge, beside in (
        (replace(HIGH, high=limit), limit - 1e-6 * limit, 0.0),
        (replace(LOW, low=limit), limit + 1e-6 * limit, math.inf),
    ):
        red = judge([at(0, at_edge), at(6, limit)], rule)
        assert (counts(red, "breaching"), red.alerts[0]["percent_of_limit"]) == ((2,), 100.0)
        not_red = judge([at(0, math.nextafter(at_edge, beside)), at(6, limit)], rule)
        shown = not_red.alerts[0]["percent_of_limit"]
        assert (counts(not_red, "breaching"), shown) == ((1,), 99.99 if rule.high else 100.01)


@pytest.mark.parametrize(
    "value, levels", [(107.9999, ["yellow"]), (107.9998, []), (-1e11, []), (119.9998, ["yellow"]), (120, ["red"])]
)
def test_that_yellow_from_carries_the_tolerance_and_sets_at_once_without_delay(value: float, levels: list[str]) -> None:
    oracle = judge([at(0, value)], replace(HIGH, yellow_on_delay_s=0.0))
    assert [a["level"] for a in oracle.alerts] == levels


def test_that_resetting_carries_the_tolerance_towards_red() -> None:
    # The reset threshold is 118.8, less 118.8e-6: 118.79988.
    assert told(judge(every_second([121] + [118.7999] * 30))) == [("raised", 0)]
    assert told(judge(every_second([121] + [118.7998] * 30))) == [("raised", 0), ("deescalated", 11)]


def test_that_65_spm_printed_as_hertz_is_red_at_65() -> None:
    rule = replace(HIGH, high=65.0, factor=60.0)
    oracle = judge([at(0, 1.0833333), at(1, 1.08333)], rule, replace(TAG, unit="Hz"))  # 64.999998 and 64.9998 spm
    assert counts(oracle, "breaching") == (1,)
    assert oracle.alerts[0]["percent_of_limit"] == 100.0
    assert oracle.alerts[0]["value"] == pytest.approx(64.999998)


def test_that_a_low_limit_raises_and_clears_upwards() -> None:
    # Yellow from 110, back from red above 101, back from yellow above 111.
    oracle = judge(every_second([110, 110, 110, 100] + [101.5] * 11 + [112] * 11), LOW)
    assert told(oracle) == [("raised", 2), ("escalated", 3), ("deescalated", 14), ("cleared", 25)]


def test_that_a_band_is_one_condition_with_one_red_period_for_both_sides() -> None:
    oracle = judge(every_second([125, 30, 121] + [80] * 11), BAND)
    assert told(oracle, "limit") == [("raised", 0, 120), ("cleared", 13, 120)]  # at 80: -1/3 of 120, -1 of 40
    (violation,) = oracle.violations
    assert (violation["limit"], violation["peak_value"], violation["breaching_samples"]) == (120, 30, 3)
    assert seconds(violation, "peak_time") == (1,)


@pytest.mark.parametrize("value, limit", [(61, 120), (60, 120), (59, 40), (20, 40), (130, 120)])
def test_that_an_alert_of_a_band_names_the_side_with_the_larger_excess(value: float, limit: float) -> None:
    oracle = judge([at(0, value)], BAND)
    oracle.lapse(us(6))
    assert oracle.alerts[-1]["limit"] == limit


@pytest.mark.parametrize(
    "instrument, value, suspect",
    [
        ((0.0, 300.0), 300.0, True),
        ((0.0, 300.0), 300.0 - 1e-6 * 300.0, True),
        ((0.0, 300.0), 299.99, False),
        ((0.0, 300.0), 1e11, True),
        ((0.0, 300.0), 0.0, False),
        ((0.0, 300.0), -0.001, True),
        ((4.0, 20.0), 4.0, True),
        ((4.0, 20.0), 4.000003, True),
        ((4.0, 20.0), 4.1, False),
        ((None, None), 1e11, False),
    ],
)
def test_that_a_reading_beyond_or_pinned_at_the_range_is_suspect(
    instrument: tuple[float | None, float | None], value: float, suspect: bool
) -> None:
    oracle = judge([at(0, value)], tag=replace(TAG, low=instrument[0], high=instrument[1]))
    assert counts(oracle, "suspect", "judged") == (int(suspect), 1)


def test_that_a_suspect_breach_is_announced_and_marked() -> None:
    oracle = judge(every_second([1e11, 1e11, 125, -1]), tag=replace(TAG, low=0.0, high=300.0))
    oracle.finish()
    assert told(oracle, "suspect") == [("raised", 0, True)]
    (violation,) = oracle.violations
    assert (violation["suspect"], violation["suspect_samples"], violation["breaching_samples"]) == (True, 2, 3)


# Late, doubled, unreadable


@pytest.mark.parametrize(
    "extra, late, duplicate, alerts, violations",
    [
        ([at(899.5, 100)], 1, 0, 0, 0),
        ([at(899.5, 125)], 1, 0, 1, 1),
        ([at(899.5, 125), at(899.5, 125)], 1, 1, 1, 1),
        ([at(899.5, 125), at(899.5, 130), at(899.25, 130)], 2, 1, 2, 2),
        ([at(899.5, 125, backfill=True)], 1, 0, 0, 1),
        ([at(899.5, 125, backfill=True), at(899.5, 125)], 1, 1, 0, 1),
        ([at(0, 125)], 1, 0, 1, 1),  # exactly 15 min
        ([at(-0.000001, 125)], 1, 0, 0, 1),
        ([at(-1, 125), at(-1, 125)], 2, 0, 0, 2),  # so old that it was not remembered
        ([at(899.5, NAN), at(899.5, 125, quality="bad")], 0, 0, 0, 0),
    ],
)
def test_that_a_late_breach_is_reported_once(
    extra: list[Row], late: int, duplicate: int, alerts: int, violations: int
) -> None:
    oracle = judge([*(at(t, 100) for t in range(0, int(MINUTES_15) + 1, 3)), *extra])
    assert counts(oracle, "late", "duplicate", "breaching", "bad") == (late, duplicate, 0, 2 if not late else 0)
    assert [a["transition"] for a in oracle.alerts] == ["late_breach"] * alerts
    assert len(oracle.violations) == violations


def test_that_a_late_breach_carries_the_live_level_and_no_episode_when_none_is_open() -> None:
    oracle = judge([*every_second([100] * 9), at(5.5, 125)])
    (alert,), (violation,) = oracle.alerts, oracle.violations
    assert (alert["level"], alert["previous_level"], alert["view"], alert["severity"]) == (*["normal"] * 2, "live", 900)
    assert (alert["late"], alert["onset_time"], alert["episode_id"], alert["breaching_samples"]) == (
        True,
        None,
        None,
        0,
    )
    assert seconds(violation, "started_at", "ended_at", "peak_time", "onset_time") == (5.5, 5.5, 5.5, None)
    assert (violation["samples"], violation["breaching_samples"], violation["bad_samples"]) == (1, 1, 0)
    assert (violation["end_reason"], violation["late"], violation["peak_value"]) == ("late", True, 125)


def test_that_a_late_breach_inside_a_live_red_belongs_to_its_episode_and_changes_nothing() -> None:
    oracle = judge([*every_second([100, 125, 126]), at(0.5, 200)])
    oracle.finish()
    assert told(oracle, "level", "late", "breaching_samples") == [
        ("raised", 1, "red", False, 1),
        ("late_breach", 0.5, "red", True, 2),
    ]
    late, live = oracle.violations
    assert late["episode_id"] == live["episode_id"]
    assert (live["breaching_samples"], live["peak_value"], live["late"]) == (2, 126, False)


@pytest.mark.parametrize(
    "late_value, duplicate, late", [(125, 1, 0), (130, 1, 0), (100, 0, 1)], ids=["equal", "worse", "normal"]
)
def test_that_a_time_judged_red_is_not_reported_again(late_value: float, duplicate: int, late: int) -> None:
    oracle = judge([*every_second([125, 100]), at(0, late_value)])
    assert counts(oracle, "duplicate", "late") == (duplicate, late)
    assert told(oracle) == [("raised", 0)]


@pytest.mark.parametrize(
    "rule, first, second, judged",
    [
        (HIGH, 119, 119, 1),
        (HIGH, 119, 121, 2),
        (HIGH, 121, 119, 1),
        (LOW, 105, 99, 2),
        (LOW, 99, 105, 1),
        (BAND, 125, 30, 2),  # 25 % short is further than 4 % over
        (BAND, 30, 125, 1),
    ],
)
def test_that_of_two_values_at_one_time_only_a_worse_second_is_judged(
    rule: Constraint, first: float, second: float, judged: int
) -> None:
    oracle = judge([at(0, first), at(0, second)], rule)
    assert counts(oracle, "judged", "duplicate") == (judged, 2 - judged)


def test_that_unreadable_samples_hold_the_level_and_turn_the_view() -> None:
    bad = [at(1, NAN), at(2, math.inf), at(3, 50, quality="bad"), at(0, NAN)]
    oracle = judge([at(0, 121), *bad, at(-1, 125), at(4, 100, quality="uncertain")])
    oracle.finish()
    assert told(oracle, "level", "view") == [("raised", 0, "red", "live"), ("late_breach", -1, "red", "bad")]
    assert counts(oracle, "judged", "bad", "late") == (2, 4, 1)
    assert oracle.violations[-1]["bad_samples"] == 3


# Silence


def test_that_silence_is_lost_at_its_own_time_and_restored_by_the_next_sample() -> None:
    assert told(judge([at(0, 125), at(5, 125)])) == [("raised", 0)]
    oracle = judge([at(0, 125, quality="uncertain"), at(5.000001, 100)])
    assert told(oracle, "level", "previous_level", "view", "cause", "value", "quality", "severity")[1:] == [
        ("monitoring_lost", 5, "red", "red", "stale", None, 125, "uncertain", 700),
        ("monitoring_restored", 5.000001, "red", "red", "live", None, 100, "good", 700),
    ]


def test_that_a_breach_after_silence_is_red_at_once() -> None:
    names = [name for name, _ in told(judge([at(0, 100), at(60, 125)]))]
    assert names == ["monitoring_lost", "monitoring_restored", "raised"]


def test_that_stale_after_is_five_periods_of_a_slow_tag() -> None:
    slow = replace(TAG, period_s=10.0)
    assert told(judge([at(0, 100), at(50, 100)], tag=slow)) == []
    assert told(judge([at(0, 100), at(51, 100)], tag=slow))[0] == ("monitoring_lost", 50)


@pytest.mark.parametrize(
    "found_by, cause",
    [
        (at(4, 100, received=10), "transport"),
        (at(8, 100, received=10), "transport"),
        (at(8.000001, 100, received=10), None),
        (at(3, 101, received=10), "transport"),  # the same time, and worse
        (at(3, 100, received=10), None),  # a duplicate
        (at(2, 100, received=10), None),
        (at(4, NAN, received=10), None),
    ],
)
def test_that_a_loss_without_a_gap_in_the_measurements_is_transport(found_by: Row, cause: str | None) -> None:
    oracle = judge([*(at(t, 100, received=t) for t in range(4)), found_by])
    assert told(oracle, "cause")[0] == ("monitoring_lost", 8, cause)
    assert all(alert["cause"] == cause for alert in oracle.alerts)  # the restoring one, if it was judged


def test_that_what_restores_a_loss_tells_whether_measurements_had_a_gap() -> None:
    oracle = judge([at(3, 100, received=3), at(4, NAN, received=10), at(5, 100, received=11)])
    assert told(oracle, "cause") == [("monitoring_lost", 8, None), ("monitoring_restored", 5, "transport")]


def test_that_a_timer_and_the_next_sample_find_the_same_loss_once() -> None:
    by_timer, by_sample = judge([at(0, 100)]), judge([at(0, 100), at(6, 100)])
    by_timer.lapse(us(5))
    assert by_timer.alerts == []
    by_timer.lapse(us(5.000001))
    by_timer.lapse(us(9))
    by_timer.feed(at(6, 100))
    assert by_timer.alerts == by_sample.alerts


def test_that_the_end_of_a_file_finds_tags_silent_against_their_well() -> None:
    tags = tuple(replace(TAG, name=name) for name in "abc")
    rules = tuple(replace(HIGH, id=f"of-{name}", tag=name) for name in "cba")
    oracle = Oracle([RuleSet(WELL, 1, tags, rules)])
    for name, times in (("a", (0, 3)), ("b", (0, 4)), ("c", (1, 5, 9))):
        for time in times:
            oracle.feed(replace(at(time, 125), tag=name))
    oracle.finish()
    lost = [(a["tag"], a["time"]) for a in oracle.alerts if a["transition"] == "monitoring_lost"]
    assert lost == [("a", us(8))]  # b is silent for 5 s exactly
    assert [v["tag"] for v in oracle.violations] == ["c", "b", "a"]


# Clocks


def test_that_a_clock_ahead_is_told_once_and_judged_at_arrival() -> None:
    rows = [at(0, 100, 0), at(10, 125, 1), at(11, 125, 2), at(3, 125, 3), at(14, 125, 4)]
    oracle = judge(rows)
    assert told(oracle, "level") == [
        ("clock_skew", 1, "normal"),
        ("raised", 1, "red"),
        ("clock_skew", 4, "red"),
    ]
    assert counts(oracle, "judged") == (5,)


def test_that_two_seconds_ahead_is_no_skew() -> None:
    assert told(judge([at(2, 100, 0)])) == []
    assert told(judge([at(2.000001, 100, 0)]), "view") == [("clock_skew", 0, "stale")]
    assert told(judge([at(9, 125)])) == [("raised", 9)]  # without received_at, arrival is the time


def test_that_an_unreadable_sample_neither_starts_nor_ends_a_skew() -> None:
    rows = [at(0, 100, 0), at(20, NAN, 1), at(20, 100, 2), at(3, NAN, 3), at(23, 100, 4), at(5, 100, 5)]
    assert told(judge(rows)) == [("clock_skew", 2)]


def set_back(values: Iterable[float], start: float = 10, copies: int = 1) -> list[Row]:
    """Return samples whose clock is an hour behind, one a second from arrival `start` on."""
    return [at(start + i - 3600, value, start + i) for i, value in enumerate(values) for _ in range(copies)]


BEFORE = [at(t, 100, t) for t in range(10)]


@pytest.mark.parametrize("copies", [1, 2])
def test_that_a_clock_set_back_is_found_when_silence_is_over(copies: int) -> None:
    oracle = judge([*BEFORE, *set_back([100] * 5 + [125, 125], copies=copies)])
    assert told(oracle, "cause", "view") == [
        ("monitoring_lost", 14, None, "stale"),  # arrival 15 is more than 5 s after arrival 9
        ("clock_reset", 15 - 3600, None, "stale"),
        ("monitoring_restored", 15 - 3600, None, "live"),
        ("raised", 15 - 3600, None, "live"),
    ]
    assert counts(oracle, "late", "judged", "duplicate") == (5 * copies, 12, 2 * (copies - 1))


def test_that_a_clock_reset_keeps_the_episode_and_starts_delays_anew() -> None:
    oracle = judge([*BEFORE[:8], at(8, 125, 8), at(9, 100, 9), *set_back([100] * 16)])
    assert told(oracle)[-1] == ("cleared", 25 - 3600)  # ten seconds after the reset at 15 - 3600
    assert [name for name, _ in told(oracle)].count("raised") == 1
    oracle = judge([*BEFORE[:9], at(9, 110, 9), *set_back([110] * 8)])
    assert told(oracle)[-1] == ("raised", 17 - 3600)  # two seconds


def test_that_a_clock_reset_forgets_what_was_reported() -> None:
    rows = [*BEFORE[:3], at(3, 125, 3), *BEFORE[4:], *(at(2 + i, 100, 10 + i) for i in range(6)), at(3, 125, 16)]
    assert told(judge(rows))[-3:] == [("clock_reset", 7), ("monitoring_restored", 7), ("late_breach", 3)]


@pytest.mark.parametrize(
    "times, reset",
    [
        ([(0, 10), (0, 11), (1, 12), (1, 13), (2, 16)], 2),  # repeats leave the run as it is
        ([(0, 10), (1, 11), (2, 12), (2, 16), (3, 17)], 3),  # a repeat did not extend it
        ([(5, 10), (6, 11), (0, 12), (1, 16), (2, 17)], 2),  # going back starts a new run
        ([(0, 10), (1, 11), (0, 15), (1, 16), (0, 17)], None),
        ([(0, 10), (1, 11), (2, 12), (3, 14)], None),
        ([(0, 10), (1, 11), (3612, 12), (2, 18)], None),  # a judged sample ends the run
    ],
)
def test_that_three_ascending_late_samples_make_a_run(times: list[tuple[float, float]], reset: float | None) -> None:
    oracle = judge([*BEFORE, *(at(time - 3600, 100, arrival) for time, arrival in times)])
    found = [time + 3600 for name, time in told(oracle) if name == "clock_reset"]
    assert found == ([] if reset is None else [reset])


def test_that_backfill_is_never_a_clock_set_back() -> None:
    oracle = judge([*BEFORE, *(replace(row, backfill=True) for row in set_back([100] * 20))])
    assert told(oracle) == [("monitoring_lost", 14)]
    assert counts(oracle, "late") == (20,)


# Records


def test_that_ids_come_from_content() -> None:
    namespace = uuid.uuid5(uuid.NAMESPACE_DNS, "welltegra")
    condition = '["15/9-F-7","pump-rate","pump_rate"]'
    onset, early = "2026-01-01T00:00:01.000000Z", "2026-01-01T00:00:00.250000Z"

    def named(text: str) -> str:
        return str(uuid.uuid5(namespace, text))

    oracle = judge([at(0, 100), at(0.5, 100), at(0.25, 125), at(1, 125)])
    oracle.finish()
    episode = named(f"{condition}|1|{onset}")
    late, raised = oracle.alerts
    assert (late["condition_id"], late["alert_id"]) == (condition, named(f"{condition}|late_breach|{early}"))
    assert (raised["episode_id"], raised["alert_id"]) == (episode, named(f"{episode}|raised|{onset}"))
    ids = [violation["violation_id"] for violation in oracle.violations]
    assert ids == [named(f"{condition}|late|{early}"), named(f"{episode}|violation|{onset}")]


def test_that_disabled_constraints_and_unknown_tags_and_wells_are_left_out() -> None:
    oracle = judge([at(0, 125)], replace(HIGH, mode="disabled"))
    assert (oracle.alerts, oracle.counts) == ([], {})
    other = judge([replace(at(0, 125), tag="other"), replace(at(0, 125), well_id="other")])
    assert counts(other, "samples") == (0,)


# New rules


def go_over(oracle: Oracle, time: float, *rules: Constraint, tag: Tag = TAG) -> None:
    oracle.activate(RuleSet(WELL, 2, (tag,), rules), us(time))


def test_that_a_tighter_limit_is_red_at_once_at_the_time_of_the_activation() -> None:
    oracle = judge(every_second([100, 100, 100]))
    go_over(oracle, 2.5, replace(HIGH, high=99.0))
    oracle.finish()
    assert told(oracle, "level", "previous_level", "severity", "value", "breaching_samples", "rule_version") == [
        ("limit_changed", 2.5, "red", "normal", 900, 100, 0, 2),
        ("raised", 2.5, "red", "normal", 900, 100, 1, 2),
    ]
    (violation,) = oracle.violations
    assert seconds(violation, "started_at", "onset_time", "peak_time", "ended_at") == (2.5, 2.5, 2.5, None)
    assert (violation["samples"], violation["breaching_samples"], violation["peak_value"]) == (1, 1, 100)
    assert (oracle.alerts[0]["episode_id"], oracle.alerts[0]["onset_time"]) == (None, None)


def test_that_what_was_measured_before_the_activation_is_still_judged() -> None:
    oracle = judge(every_second([100]))
    go_over(oracle, 4, replace(HIGH, high=99.0, off_delay_s=0.0))
    oracle.feed(at(1, 50))
    assert told(oracle) == [("limit_changed", 4), ("raised", 4), ("cleared", 1)]


def test_that_an_activation_before_the_last_sample_speaks_at_that_sample() -> None:
    oracle = judge(every_second([100] * 4))
    go_over(oracle, 1, replace(HIGH, high=99.0))
    assert told(oracle) == [("limit_changed", 3), ("raised", 3)]


def test_that_a_looser_limit_clears_at_once_and_keeps_the_name_of_the_episode() -> None:
    oracle = judge(every_second([125, 125]))
    go_over(oracle, 2, replace(HIGH, high=200.0, off_delay_s=60.0))
    assert told(oracle, "level", "previous_level", "severity", "rule_version") == [
        ("raised", 0, "red", "normal", 900, 1),
        ("limit_changed", 2, "normal", "red", 100, 2),
        ("cleared", 2, "normal", "red", 100, 2),
    ]
    assert len({alert["episode_id"] for alert in oracle.alerts}) == 1
    (violation,) = oracle.violations
    assert seconds(violation, "started_at", "ended_at", "peak_time") == (0, 2, 0)
    assert (violation["samples"], violation["end_reason"], violation["limit"]) == (2, "cleared", 200)


def test_that_an_episode_that_goes_on_keeps_its_id_until_it_ends() -> None:
    oracle = judge(every_second([125]))
    go_over(oracle, 0.5, replace(HIGH, high=119.0))  # still red: nothing to tell
    for row in every_second([100] * 11 + [125], start=1):
        oracle.feed(row)
    assert told(oracle, "rule_version") == [("raised", 0, 1), ("cleared", 11, 2), ("raised", 12, 2)]
    first, last, after = (alert["episode_id"] for alert in oracle.alerts)
    assert first == last == oracle.violations[0]["episode_id"] != after


@pytest.mark.parametrize("unseen", [[at(1, NAN)], [], [at(0.5, NAN, received=9)]], ids=["bad", "silent", "lost"])
def test_that_what_cannot_be_seen_never_clears_by_a_looser_limit(unseen: list[Row]) -> None:
    oracle = judge([at(0, 125), *unseen])
    go_over(oracle, 5.5 if not unseen else 2, replace(HIGH, high=200.0))
    assert "limit_changed" not in [name for name, _ in told(oracle)]
    restored = [at(10 + t, 125) for t in range(11)]
    for row in restored:
        oracle.feed(row)
    assert told(oracle)[-1] == ("cleared", 20)


def test_that_what_cannot_be_seen_is_raised_by_a_tighter_limit() -> None:
    oracle = judge([at(0, 100)])
    go_over(oracle, 60, replace(HIGH, high=99.0))
    assert told(oracle, "view", "level", "rule_version") == [
        ("monitoring_lost", 5, "stale", "normal", 1),
        ("limit_changed", 60, "stale", "red", 2),
        ("raised", 60, "stale", "red", 2),
    ]


@pytest.mark.parametrize(
    "high, on_delay, raised",
    [
        (119.0, 2.0, [3]),  # 107.1: the run from 1 s goes on
        (120.0001, 2.0, [3]),  # no further out than the tolerance
        (121.0, 2.0, [4]),  # 108.9: whether 1 s was yellow by it is not known
        (119.0, 1.0, [2.5]),
        (119.0, 1.01, [3]),
        (121.0, 0.0, [2.5]),
        (130.0, 0.0, []),
    ],
)
def test_that_a_run_towards_yellow_goes_on_under_a_threshold_not_further_out(
    high: float, on_delay: float, raised: list[float]
) -> None:
    oracle = judge(every_second([100, 110, 110]))
    go_over(oracle, 2.5, replace(HIGH, high=high, yellow_on_delay_s=on_delay))
    for row in every_second([110, 110], start=3):
        oracle.feed(row)
    assert [time for name, time in told(oracle) if name == "raised"] == raised


def test_that_an_off_delay_is_void_where_the_value_is_not_beyond_the_new_reset() -> None:
    oracle = judge(every_second([125] + [100] * 9))
    go_over(oracle, 9.5, replace(HIGH, high=101.0))  # red still: 100 is not below 99.99
    for row in every_second([80] * 11, start=10):
        oracle.feed(row)
    assert told(oracle) == [("raised", 0), ("cleared", 20)]


@pytest.mark.parametrize("rules", [(), (replace(HIGH, mode="disabled"),), (replace(HIGH, id="other", high=500.0),)])
def test_that_a_limit_no_longer_watched_ends_what_it_opened(rules: tuple[Constraint, ...]) -> None:
    oracle = judge(every_second([125, 126]))
    go_over(oracle, 2, *rules)
    assert told(oracle, "level", "previous_level", "rule_version")[1:] == [
        ("limit_changed", 2, "normal", "red", 1),
        ("cleared", 2, "normal", "red", 1),
    ]
    (violation,) = oracle.violations
    assert (violation["end_reason"], violation["samples"], violation["peak_value"]) == ("withdrawn", 2, 126)
    assert seconds(violation, "ended_at") == (2,)


def test_that_another_unit_of_the_constraint_is_the_same_condition_in_other_numbers() -> None:
    oracle = judge(every_second([125, 130]))
    go_over(oracle, 1.5, replace(HIGH, unit="spm/10", high=12.0, factor=0.1))
    oracle.finish()
    assert told(oracle) == [("raised", 0)]
    (violation,) = oracle.violations
    assert (violation["peak_value"], violation["unit"], violation["limit"]) == (13.0, "spm/10", 12.0)


def test_that_another_unit_of_the_tag_is_another_condition() -> None:
    oracle = judge(every_second([125]))
    go_over(oracle, 1, HIGH, tag=replace(TAG, unit="Hz"))
    oracle.finish()
    assert told(oracle) == [("raised", 0), ("limit_changed", 1), ("cleared", 1)]
    assert oracle.violations[0]["end_reason"] == "withdrawn"


def test_that_a_new_limit_begins_with_what_others_know_of_the_tag() -> None:
    oracle = judge(every_second([100]))
    go_over(oracle, 0.5, HIGH, replace(HIGH, id="lower", high=90.0))
    assert told(oracle, "constraint_id") == [("limit_changed", 0.5, "lower"), ("raised", 0.5, "lower")]
    silent = judge([at(0, 100)])
    go_over(silent, 60, replace(HIGH, id="lower", high=90.0))
    assert told(silent, "constraint_id") == [
        ("monitoring_lost", 5, "pump-rate"),
        ("monitoring_lost", 5, "lower"),
        ("limit_changed", 60, "lower"),
        ("raised", 60, "lower"),
    ]


def test_that_a_side_taken_away_holds_no_longer() -> None:
    oracle = judge(every_second([30]), BAND)
    go_over(oracle, 0.5, HIGH)
    assert told(oracle, "limit") == [("raised", 0, 40), ("limit_changed", 0.5, 120), ("cleared", 0.5, 120)]


def test_that_the_value_an_activation_found_red_is_not_told_again_when_it_comes_late() -> None:
    oracle = judge(every_second([100]))
    go_over(oracle, 0.5, replace(HIGH, high=99.0))
    oracle.feed(at(1, 100))
    oracle.feed(at(0, 100))
    assert counts(oracle, "judged", "duplicate", "late") == (2, 1, 0)


# Streams


def test_that_random_streams_reach_every_transition() -> None:
    rng = random.Random(1)
    rules = random_rule_sets(rng, 40)
    oracle = Oracle(rules)
    for row in random_rows(rng, rules, 15_000):
        oracle.feed(row)
    oracle.finish()
    seen = Counter(a["transition"] for a in oracle.alerts)
    lifecycle = ("raised", "escalated", "deescalated", "cleared", "monitoring_lost", "monitoring_restored")
    assert min(seen[name] for name in (*lifecycle, "late_breach", "clock_skew", "clock_reset")) > 50
    ends = Counter(v["end_reason"] for v in oracle.violations)
    assert min(ends[reason] for reason in ("cleared", "deescalated", "late", None)) > 10


def test_that_a_seed_gives_the_same_rows_again() -> None:
    one, two = (random_rows(rng, random_rule_sets(rng, 3), 500) for rng in (random.Random(7), random.Random(7)))
    assert len(one) == 500
    assert repr(one) == repr(two)  # NaN is not equal to itself


@given(st.data())
def test_that_every_sample_counts_once(data: st.DataObject) -> None:
    rules = data.draw(rule_sets())
    oracle = Oracle(rules)
    for row in data.draw(dirty_rows(rules)):
        oracle.feed(row)
    for count in oracle.counts.values():
        assert count["samples"] == count["judged"] + count["late"] + count["duplicate"] + count["bad"]


@given(st.data())
def test_that_timers_change_nothing_but_the_cause(data: st.DataObject) -> None:
    (well,) = data.draw(rule_sets(max_wells=1))
    rules = [replace(well, tags=well.tags[:1], constraints=tuple(c for c in well.constraints if c.tag == "pump_rate"))]
    replayed, live, arrival = Oracle(rules), Oracle(rules), 0
    for row in data.draw(dirty_rows(rules)):
        arrival = max(arrival, row.time if row.received_at is None else row.received_at)
        replayed.feed(row)
        live.lapse(arrival)
        live.feed(row)
    assert live.violations == replayed.violations
    with_timers, without = (Counter(repr({**a, "cause": None}) for a in o.alerts) for o in (live, replayed))
    assert with_timers == without
