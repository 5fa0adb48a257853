from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.welltegra.samples import START, alert
from welltegra.planned import compare, sentences
from welltegra.simulator.schedule import PlannedEvent

EPISODE = ("raised", "escalated", "cleared")


def event(start: float, end: float, *expected: str, tag: str = "pump_rate", level: Any = None) -> PlannedEvent:
    begin, stop = START + timedelta(seconds=start), START + timedelta(seconds=end)
    return PlannedEvent("made_up", tag, begin, stop, expected, level, 1, "made up")


def test_that_a_day_that_went_as_planned_is_said_in_two_lines() -> None:
    events = [event(0, 10, *EPISODE, level="red"), event(5, 8, tag="flow_in"), event(20, 30, "monitoring_lost")]
    found = [alert("raised", 1), alert("escalated", 2), alert("cleared", 10), alert("monitoring_lost", 25)]
    assert sentences(compare(events, found)) == [
        "Planned into the day: 3 events. 2 of them call for 4 alerts, 1 for silence.",
        "Found: 4 of these alerts, none missing, none too many.",
    ]


def test_that_what_is_missing_and_what_is_too_many_is_said_one_by_one() -> None:
    events = [event(0, 10, *EPISODE, level="red"), event(20, 30, "clock_skew", tag="pressure")]
    found = [alert("raised", 1), alert("cleared", 9), alert("raised", 11)]
    assert sentences(compare(events, found)) == [
        "Planned into the day: 2 events. 2 of them call for 4 alerts, 0 for silence.",
        "Found: 2 of these alerts, 2 missing, 1 too many.",
        "  00:00:00 pump_rate, made up: no escalated",
        "  00:00:20 pressure, made up: no clock_skew",
        "  00:00:11 too many: made by hand",
    ]


def test_that_an_alert_answers_an_event_of_its_tag_and_time_only() -> None:
    comparison = compare(
        [event(0, 10, "raised", level="yellow")], [alert("raised", 4, tag="pressure"), alert("raised", 11)]
    )
    assert comparison.answers[0].missing == ("raised",)
    assert len(comparison.extra) == 2


def test_that_alerts_must_come_in_the_order_planned() -> None:
    (answer,) = compare([event(0, 10, "raised", "cleared")], [alert("cleared", 1), alert("raised", 2)]).answers
    assert answer.missing == ("cleared",)


def test_that_one_alert_answers_one_event() -> None:
    comparison = compare([event(0, 10, "raised"), event(0, 10, "raised")], [alert("raised", 1)])
    assert [answer.missing for answer in comparison.answers] == [(), ("raised",)]


def test_that_a_level_other_than_planned_is_said() -> None:
    comparison = compare([event(0, 10, "raised", level="red")], [alert("raised", 1, level="yellow")])
    assert not comparison.answers[0].is_as_planned
    assert sentences(comparison)[2:] == ["  00:00:00 pump_rate, made up: reached YELLOW, planned RED"]


def test_that_a_long_list_is_cut() -> None:
    lines = sentences(compare([], [alert("raised", second) for second in range(25)]))
    assert len(lines) == 2 + 10 + 1
    assert lines[-1] == "  ... and 15 more"
