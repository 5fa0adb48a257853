"""What people read: the sentence, severity and response of every kind of alert."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest

from flows.records import is_opened, to_record, to_tally
from rules.conditions import Conditions, transitions
from rules.rule_set import Constraint, RuleSet, Tag
from rules.sample import QUALITIES
from schemas.alert import Alert
from schemas.ids import condition_id, episode_id
from schemas.violation import Violation

START = 1_767_225_600_000_000


class Read(NamedTuple):
    """A sample: seconds after START, value, quality, and seconds of its arrival if that is another."""

    at: float
    value: float
    quality: str = "good"
    arrival: float | None = None


def pump(high: float | None = 120.0, low: float | None = None, **changed: object) -> RuleSet:
    """Return one constraint, its yellow immediate and its clearing too."""
    delays = {"yellow_on_delay_s": 0.0, "off_delay_s": 0.0}
    constraint = Constraint("pump-rate", "pump_rate", "spm", high, low, **(delays | changed))  # type: ignore[arg-type]
    return RuleSet("15/9-F-7", 3, (Tag("pump_rate", "spm", 0, 300),), (constraint,))


def records(rules: RuleSet, reads: Sequence[Read], finish: bool = False) -> list[Alert | Violation]:
    """Return every record of these samples, the messages that open a violation included."""
    conditions = Conditions([rules])
    arrivals = [read.at if read.arrival is None else read.arrival for read in reads]
    columns = (
        np.zeros(len(reads), np.int32),
        np.array([START + round(read.at * 1e6) for read in reads], np.int64),
        np.array([START + round(arrival * 1e6) for arrival in arrivals], np.int64),
        np.array([read.value for read in reads], np.float64),
        np.array([QUALITIES.index(read.quality) for read in reads], np.uint8),
    )
    found = [to_record(conditions, row) for rows in conditions.judge(*columns) for row in transitions(rows)]
    if finish:
        found += [to_record(conditions, row) for rows in conditions.finish() for row in transitions(rows)]
    return found


def alerts(rules: RuleSet, *reads: Read) -> list[Alert]:
    return [record for record in records(rules, reads) if isinstance(record, Alert)]


@pytest.mark.parametrize(
    "reads, transition, severity, message",
    [
        (
            [Read(0, 100.0), Read(1, 108.0)],
            "raised",
            500,
            "YELLOW pump-rate of 15/9-F-7: pump_rate 108 spm, 90.00 % of the high limit 120 spm.",
        ),
        (
            [Read(0, 100.0), Read(1, 121.5)],
            "raised",
            900,
            "RED pump-rate of 15/9-F-7: pump_rate 121.5 spm, 101.25 % of the high limit 120 spm.",
        ),
        (
            [Read(0, 110.0), Read(1, 120.0)],
            "escalated",
            900,
            "RED pump-rate of 15/9-F-7: pump_rate 120 spm, 100.00 % of the high limit 120 spm.",
        ),
        (
            [Read(0, 130.0), Read(1, 115.0)],
            "deescalated",
            500,
            "BACK TO YELLOW pump-rate of 15/9-F-7: pump_rate 115 spm, 95.83 % of the high limit 120 spm.",
        ),
        (
            [Read(0, 130.0), Read(1, 0.0)],
            "cleared",
            100,
            "CLEARED pump-rate of 15/9-F-7: pump_rate 0 spm, 0.00 % of the high limit 120 spm.",
        ),
        (
            [Read(0, 110.0), Read(60, 110.0)],
            "monitoring_lost",
            700,
            (
                "MONITORING LOST pump-rate of 15/9-F-7: no usable sample for more than 5 s; level stays YELLOW, last "
                "pump_rate 110 spm, 91.66 % of the high limit 120 spm."
            ),
        ),
        (
            [Read(0, 100.0), Read(1, 100.0, arrival=60.0)],
            "monitoring_lost",
            700,
            (
                "MONITORING LOST pump-rate of 15/9-F-7: no delivery for more than 5 s; level stays NORMAL, last "
                "pump_rate 100 spm, 83.33 % of the high limit 120 spm."
            ),
        ),
        (
            [Read(0, 110.0), Read(60, 100.0)],
            "monitoring_restored",
            700,
            (
                "MONITORING RESTORED pump-rate of 15/9-F-7: level was YELLOW, now pump_rate 100 spm, 83.33 % of the "
                "high limit 120 spm."
            ),
        ),
        (
            [Read(0, 100.0), Read(1, 100.0, arrival=60.0)],
            "monitoring_restored",
            700,
            (
                "MONITORING RESTORED pump-rate of 15/9-F-7 (only the delivery was silent): level was NORMAL, now "
                "pump_rate 100 spm, 83.33 % of the high limit 120 spm."
            ),
        ),
        (
            [Read(10, 100.0), Read(2.5, 130.0, arrival=10.0)],
            "late_breach",
            900,
            (
                "LATE RED pump-rate of 15/9-F-7: pump_rate 130 spm, 108.33 % of the high limit 120 spm; measured "
                "2026-01-01T00:00:02.500Z, arrived late; level now NORMAL."
            ),
        ),
        (
            [Read(0, 100.0), Read(9, 100.0, arrival=1.0)],
            "clock_skew",
            700,
            (
                "CLOCK SKEW pump-rate of 15/9-F-7: the sample's time is more than 2 s after its arrival; judged as of "
                "its arrival."
            ),
        ),
        (
            [Read(100, 100.0), *(Read(at, 100.0, arrival=110.0 + at) for at in (1, 2, 3))],
            "clock_reset",
            700,
            (
                "CLOCK RESET pump-rate of 15/9-F-7: the source's clock was set back; its order starts again at "
                "2026-01-01T00:00:03.000Z."
            ),
        ),
        (
            [Read(0, 350.0)],
            "raised",
            900,
            "RED pump-rate of 15/9-F-7: pump_rate 350 spm, 291.66 % of the high limit 120 spm, reading suspect.",
        ),
        (
            [Read(0, 130.0, "uncertain")],
            "raised",
            900,
            "RED pump-rate of 15/9-F-7: pump_rate 130 spm, 108.33 % of the high limit 120 spm, quality uncertain.",
        ),
        (
            [Read(0, 350.0, "uncertain")],
            "raised",
            900,
            (
                "RED pump-rate of 15/9-F-7: pump_rate 350 spm, 291.66 % of the high limit 120 spm, reading suspect, "
                "quality uncertain."
            ),
        ),
    ],
)
def test_that_an_alert_says_in_a_sentence_what_happened(
    reads: list[Read], transition: str, severity: int, message: str
) -> None:
    (alert,) = [alert for alert in alerts(pump(), *reads) if alert.transition == transition]
    assert alert.message == message
    assert alert.severity == severity


@pytest.mark.parametrize(
    "low, value, said",
    [
        (20.0, 20.0, "RED pump-rate of 15/9-F-7: pump_rate 20 spm, 100.00 % of the low limit 20 spm."),
        (20.0, 21.0, "YELLOW pump-rate of 15/9-F-7: pump_rate 21 spm, 105.00 % of the low limit 20 spm."),
        (20.0, 0.0, "RED pump-rate of 15/9-F-7: pump_rate 0 spm, 0.00 % of the low limit 20 spm."),
        (
            3e7,
            31_234_567.8,
            "YELLOW pump-rate of 15/9-F-7: pump_rate 31234568 spm, 104.12 % of the low limit 30000000 spm",
        ),
    ],
)
def test_that_a_low_limit_is_named_as_one_and_large_numbers_are_written_out(
    low: float, value: float, said: str
) -> None:
    (alert,) = alerts(pump(None, low), Read(0, value))
    assert alert.message.startswith(said)


def test_that_a_band_names_the_side_concerned() -> None:
    sides = [alert.message for alert in alerts(pump(120.0, 20.0), Read(0, 125.0), Read(1, 60.0), Read(2, 15.0))]
    assert [("high limit 120" in message, "low limit 20" in message) for message in sides] == [
        (True, False),
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    "value, percent",
    [
        (119.9998, 99.99),
        (119.99989, 100.0),  # within the tolerance: judged at the limit
        (119.99999, 100.0),
        (120.0, 100.0),
        (120.012, 100.01),
        (108.0, 90.0),
        (107.99999, 90.0),
        (1200.0, 1000.0),
    ],
)
def test_that_the_percentage_is_cut_and_yellow_never_reads_100(value: float, percent: float) -> None:
    (alert,) = alerts(pump(), Read(0, value))
    assert alert.percent_of_limit == percent
    assert (alert.level == "red") == (percent >= 100)
    assert f", {percent:.2f} % of" in alert.message


def test_that_an_absurd_percentage_is_exact_in_the_record_and_short_in_the_sentence() -> None:
    (alert,) = alerts(pump(), Read(0, 1e9))
    assert alert.percent_of_limit == 833333333.33
    assert ", 8.3e+08 % of" in alert.message


def test_that_the_response_is_what_the_rule_says_to_do_at_the_level() -> None:
    rules = pump(on_yellow=("notify",), on_red=("throttle_pump", "log", "escalate"))
    yellow, red, back, cleared = alerts(rules, Read(0, 110.0), Read(1, 130.0), Read(2, 115.0), Read(3, 50.0))
    assert yellow.recommended_response == back.recommended_response == "Tell the drilling supervisor."
    assert red.recommended_response == (
        "Reduce the pump rate below the yellow threshold. Log the event. Escalate to the person in charge."
    )
    assert cleared.recommended_response is None


@pytest.mark.parametrize("action", ["notify", "log", "escalate", "throttle_pump", "stop_pump", "request_shut_in"])
def test_that_every_action_of_a_rule_has_words(action: str) -> None:
    (alert,) = alerts(pump(on_red=(action,)), Read(0, 130.0))
    assert alert.recommended_response
    assert alert.recommended_response.endswith(".")


def test_that_no_action_is_no_response() -> None:
    (alert,) = alerts(pump(on_red=()), Read(0, 130.0))
    assert alert.recommended_response is None


def test_that_a_lost_monitoring_asks_for_no_response_even_in_red() -> None:
    lost = [alert for alert in alerts(pump(), Read(0, 130.0), Read(60, 130.0)) if alert.severity == 700]
    assert [(alert.level, alert.recommended_response) for alert in lost] == [("red", None)] * 2


def violations(reads: Sequence[Read], finish: bool = False) -> list[Violation]:
    return [record for record in records(pump(), reads, finish) if isinstance(record, Violation)]


def test_that_a_violation_is_told_when_it_opens_and_when_it_closes_under_one_id() -> None:
    opened, closed = violations([Read(0, 121.0), Read(1, 130.0), Read(2, math.nan), Read(3, 110.0)])
    assert opened.violation_id == closed.violation_id
    assert (opened.ended_at, opened.end_reason, opened.samples, opened.peak_value) == (None, None, 1, 121.0)
    assert (closed.end_reason, closed.samples, closed.breaching_samples, closed.bad_samples) == ("deescalated", 3, 2, 1)
    assert closed.peak_value == 130.0
    assert closed.ended_at is not None
    assert (closed.ended_at - closed.started_at).total_seconds() == 3


def test_that_a_violation_ends_cleared_late_or_not_at_all() -> None:
    assert [each.end_reason for each in violations([Read(0, 121.0), Read(1, 10.0)])] == [None, "cleared"]
    (late,) = violations([Read(9, 10.0), Read(1, 121.0, arrival=9.0)])
    assert (late.late, late.end_reason, late.ended_at == late.started_at, late.samples) == (True, "late", True, 1)
    opened, still = violations([Read(0, 121.0), Read(1, 121.0)], finish=True)
    assert (still.ended_at, still.end_reason, still.samples) == (None, None, 2)
    assert opened.violation_id == still.violation_id


def test_that_only_the_opening_message_is_told_apart() -> None:
    conditions = Conditions([pump()])
    ones = np.ones(2, np.int64)
    columns = (np.zeros(2, np.int32), START + ones.cumsum(), 0 * ones, np.array([130.0, 1.0]), np.zeros(2, np.uint8))
    rows = [row for rows in conditions.judge(*columns) for row in transitions(rows)]
    kinds = [(type(to_record(conditions, row)).__name__, is_opened(row)) for row in rows]
    assert kinds == [("Alert", False), ("Violation", True), ("Alert", False), ("Violation", False)]


def test_that_a_tally_says_what_was_counted_and_how_long_each_level_stood() -> None:
    conditions = Conditions([pump()])
    values = [50.0, 110.0, 130.0, math.nan, 50.0, 50.0]
    times = START + np.arange(6) * 1_000_000
    columns = (np.zeros(6, np.int32), times, np.zeros(6, np.int64), np.array(values), np.zeros(6, np.uint8))
    assert len(list(conditions.judge(*columns))) == 1
    tally = to_tally(conditions, 0)
    assert (tally.well_id, tally.constraint_id, tally.tag) == ("15/9-F-7", "pump-rate", "pump_rate")
    assert (tally.judged, tally.bad, tally.breaching, tally.episodes) == (5, 1, 1, 1)
    assert (tally.normal_s, tally.yellow_s, tally.red_s, tally.unseen_s) == (2.0, 1.0, 2.0, 0.0)
    assert (tally.level, tally.view) == ("normal", "live")


# New rules


def activated(before: RuleSet, after: RuleSet, *reads: Read) -> list[Alert | Violation]:
    """Return the records of an activation, ten seconds after START."""
    conditions = Conditions([before])
    columns = (
        np.zeros(len(reads), np.int32),
        np.array([START + round(read.at * 1e6) for read in reads], np.int64),
        np.zeros(len(reads), np.int64),
        np.array([read.value for read in reads], np.float64),
        np.zeros(len(reads), np.uint8),
    )
    for _ in conditions.judge(*columns):
        pass
    after = replace(after, version=before.version + 1)
    rows = conditions.activate(after, START + 10_000_000)
    return [to_record(conditions, row) for batch in rows for row in transitions(batch)]


NAME = "pump-rate of 15/9-F-7"


def test_that_a_limit_changed_is_told_before_what_it_comes_to() -> None:
    changed, raised, opened = activated(pump(), pump(110.0), Read(8, 115.0))
    assert isinstance(changed, Alert)
    assert isinstance(raised, Alert)
    assert isinstance(opened, Violation)
    reading = "pump_rate 115 spm, 104.54 % of the high limit 110 spm."
    assert (changed.transition, changed.previous_level, changed.level, changed.severity) == (
        *("limit_changed", "yellow", "red"),
        900,
    )
    assert changed.message == f"LIMIT CHANGED {NAME}: RED by version 4, was YELLOW; {reading}"
    assert changed.recommended_response is None
    assert (raised.transition, raised.message) == ("escalated", f"RED {NAME}: {reading}")
    assert raised.recommended_response == "Tell the drilling supervisor."
    # The episode was raised by version 3, and is the same.
    condition = condition_id("15/9-F-7", "pump-rate", "pump_rate")
    assert changed.episode_id == raised.episode_id == opened.episode_id == episode_id(condition, 3, START + 8_000_000)
    assert {record.rule_version for record in (changed, raised, opened)} == {4}


@pytest.mark.parametrize(
    "after, level, severity, message",
    [
        (
            pump(200.0),
            "normal",
            100,
            (
                f"LIMIT CHANGED {NAME}: NORMAL by version 4, was RED; pump_rate 130 spm, 65.00 % of the high limit"
                " 200 spm."
            ),
        ),
        (
            pump(140.0),
            "yellow",
            500,
            (
                f"LIMIT CHANGED {NAME}: YELLOW by version 4, was RED; pump_rate 130 spm, 92.85 % of the high limit"
                " 140 spm."
            ),
        ),
        (
            pump(mode="disabled"),
            "normal",
            100,
            (
                f"LIMIT CHANGED {NAME}: no longer watched, was RED; last pump_rate 130 spm, 108.33 % of the high limit"
                " 120 spm."
            ),
        ),
    ],
)
def test_that_a_looser_limit_or_none_is_told_as_what_it_comes_to(
    after: RuleSet, level: str, severity: int, message: str
) -> None:
    changed, _, closed = activated(pump(), after, Read(8, 130.0))
    assert isinstance(changed, Alert)
    assert isinstance(closed, Violation)
    assert (changed.level, changed.severity, changed.message) == (level, severity, message)
    withdrawn = after.constraints[0].mode == "disabled"
    reasons = {"normal": "withdrawn" if withdrawn else "cleared", "yellow": "deescalated"}
    assert closed.end_reason == reasons[level]
    assert closed.rule_version == (3 if withdrawn else 4)
