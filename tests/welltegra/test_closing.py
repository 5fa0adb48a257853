from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from connectors.errors import Fault
from flows.summary import Summary, Tally
from rules.rule_set import Constraint, RuleSet, Tag
from tests.welltegra.samples import batch
from welltegra.closing import duration, nothing_judged, show
from welltegra.describe.fault_log import FaultLog
from welltegra.replay import Outcome

RULES = RuleSet(
    "W-1",
    1,
    (Tag("pump_rate", "spm", 0.0, 300.0, period_s=1.0),),
    (Constraint("pump-rate", "pump_rate", "spm", high=120.0),),
)
COUNTS = ("judged", "late", "duplicate", "bad", "suspect", "breaching", "episodes")


def tally(**changed: Any) -> Tally:
    fields: dict[str, Any] = {"well_id": "W-1", "constraint_id": "pump-rate", "tag": "pump_rate"}
    fields |= dict.fromkeys(COUNTS, 0) | {f"{name}_s": 0.0 for name in ("normal", "yellow", "red", "unseen")}
    return Tally(**fields | {"level": "normal", "view": "live"} | changed)


def outcome_of(*tallies: Tally, samples: int = 0, unwatched: int = 0, alerts: int = 0, violations: int = 0) -> Outcome:
    return Outcome(Summary(0, samples, unwatched, tallies), alerts=alerts, violations=violations)


def shown(outcome: Outcome, faults: FaultLog | None = None, rules: RuleSet = RULES, width: int = 80) -> list[str]:
    out = io.StringIO()
    show(Console(file=out, width=width, highlight=False, markup=False), outcome, [rules], faults or FaultLog())
    return [line.rstrip() for line in out.getvalue().splitlines()]


DAY = outcome_of(
    tally(
        constraint_id="standpipe-pressure",
        judged=86_393,
        late=4,
        duplicate=2,
        bad=3,
        suspect=1,
        breaching=1,
        episodes=1,
        normal_s=86_387.9,
        red_s=11.0,
        unseen_s=86.0,
        level="red",
        view="stale",
    ),
    tally(constraint_id="return-temperature"),
    samples=518_302,
    unwatched=172_803,
    alerts=1_042,
    violations=1,
)


def test_that_the_tables_of_a_day_fit_an_ordinary_terminal() -> None:
    assert shown(DAY) == [
        "Well W-1",
        "",
        "constraint          judged  late  duplicate  bad  suspect  breaches  episodes",
        "─────────────────────────────────────────────────────────────────────────────",
        "standpipe-pressure  86,393     4          2    3        1         1         1",
        "return-temperature       0     0          0    0        0         0         0",
        "",
        "constraint            normal   yellow      red  not seen  at the end",
        "─────────────────────────────────────────────────────────────────────────",
        "standpipe-pressure  23:59:47  0:00:00  0:00:11   0:01:26  RED, view stale",
        "return-temperature   0:00:00  0:00:00  0:00:00   0:00:00  never seen",
        "",
        "518,302 samples, 172,803 of them of tags that no constraint watches; 1,042 alerts and 1 violation written.",
        "No faults: everything in the files was read.",
    ]


def test_that_no_number_is_lost_on_a_narrow_terminal() -> None:
    assert shown(DAY, width=40)[:12] == shown(DAY)[:12]


def test_that_each_well_has_tables_of_its_own() -> None:
    lines = shown(outcome_of(tally(), tally(well_id="W-2"), tally(well_id="W\x1b[31m")))
    assert [line for line in lines if line.startswith("Well ")] == ["Well W-1", "Well W-2", 'Well "W\\u001b[31m"']


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.0, "0:00:00"), (59.999, "0:00:59"), (3_600.0, "1:00:00"), (90_061.0, "25:01:01"), (4e6, "1,111:06:40")],
)
def test_that_a_duration_is_hours_minutes_and_whole_seconds(seconds: float, said: str) -> None:
    assert duration(seconds) == said


def test_that_faults_are_counted_and_shown() -> None:
    faults = FaultLog(1)
    for line in (3, 4):
        faults(Fault("s.csv", line, "value must be finite", "'x'", "Correct it."))
    assert shown(outcome_of(tally(judged=1)), faults)[-3:] == [
        "s.csv: 2 faults",
        "s.csv line 3: value must be finite; was 'x'. Correct it.",
        "... and 1 more",
    ]


# What an engineer should look at


def sentences(steps: list[float], period_s: float) -> list[str]:
    rules = RuleSet("W-1", 1, (Tag("pump_rate", "spm", 0.0, 300.0, period_s=period_s),), RULES.constraints)
    outcome = outcome_of(tally(judged=1))
    seconds = [sum(steps[:count]) for count in range(len(steps) + 1)]
    outcome.periods.add(batch(seconds, [1.0] * len(seconds)))
    return [line for line in shown(outcome, rules=rules, width=200) if "period" in line.lower()]


@pytest.mark.parametrize(
    ("steps", "period_s", "said"),
    [
        ([1.0] * 40, 1.0, "Periods: the samples come as often as the rules say."),
        (
            [10.0] * 40,
            1.0,
            (
                "W-1 pump_rate: period 1 s in the rules, median 10 s in the samples, often 10 s: set period: 10, "
                "or ordinary steps count as gaps and silence."
            ),
        ),
        (
            [1.0] * 40,
            10.0,
            (
                "W-1 pump_rate: period 10 s in the rules, median 1 s in the samples, seldom longer than 1 s: "
                "set period: 1, or silence is found late."
            ),
        ),
        (
            [1.0] * 30 + [9.0] * 10,
            9.0,
            "W-1 pump_rate: period 9 s in the rules, median 1 s in the samples, often 9 s.",
        ),
    ],
    ids=["as the rules say", "too short", "too long", "in two ways"],
)
def test_that_a_period_is_compared_with_the_samples(steps: list[float], period_s: float, said: str) -> None:
    assert sentences(steps, period_s) == [said]


def test_that_many_late_samples_are_remarked_on() -> None:
    few, many = tally(judged=95, late=5), tally(judged=90, late=6, duplicate=2, bad=2)
    assert not any("came after a later one" in line for line in shown(outcome_of(few), width=200))
    (line,) = [line for line in shown(outcome_of(many), width=200) if "came after a later one" in line]
    assert line.startswith("W-1 pump-rate: 6 of 100 samples came after a later one; a single sample with a time far")


# Nothing at all


def test_that_samples_that_met_no_constraint_are_named_beside_what_was_wanted() -> None:
    outcome = outcome_of(tally(), samples=2, unwatched=2)
    outcome.periods.add(batch([0, 1], [1.0, 1.0], tag="PumpRate"))
    assert nothing_judged(outcome, [RULES]) == (
        "samples: must have tags that the rules watch ('pump_rate' of 'W-1'); they have 'PumpRate' of 'W-1'. "
        "Name well and tags alike in the rule file and in the samples, or map them with --tags."
    )


def test_that_no_samples_at_all_are_told() -> None:
    assert nothing_judged(outcome_of(tally()), [RULES]) == (
        "samples: must hold readings of what the rules watch ('pump_rate' of 'W-1'); hold none. Are the files whole?"
    )


@pytest.mark.parametrize("count", ["judged", "late", "duplicate", "bad"])
def test_that_a_single_sample_that_met_a_constraint_is_enough(count: str) -> None:
    assert nothing_judged(outcome_of(tally(**{count: 1})), [RULES]) is None
