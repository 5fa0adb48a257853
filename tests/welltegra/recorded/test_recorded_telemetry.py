"""Recorded rig telemetry of 15/9-F-4 and 15/9-F-7: what the dry run finds is what a scan of the raw rows finds.

Equinor Volve, non-commercial, attribution. docs/recorded-telemetry.md tells of these runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from schemas.violation import Violation
from tests.welltegra.recorded.dry_run import EXAMPLES, Judged, dry_run
from tests.welltegra.recorded.raw import KN, LITRES_PER_MIN, PSI, SPM, Reading, curve, parts
from welltegra.cli import run

pytestmark = pytest.mark.realdata

ROWS = {"F-7": 30_937, "F-4": 59_798}
DOUBLED = {"F-7": 3, "F-4": 5}
OFF_DELAY = timedelta(seconds=10)
PERIOD = timedelta(seconds=10)


@dataclass(frozen=True)
class Watched:
    """A constraint of the example rules, and the rows that breach it. breaching: as many as were counted by hand."""

    well: str
    constraint_id: str
    mnemonic: str
    factor: Fraction
    breaching: int
    high: int
    low: int | None = None

    def breaches(self, reading: Reading) -> bool:
        """Return whether a row is at or beyond a limit."""
        above = reading.at_or_above(self.high, self.factor)
        return above or (self.low is not None and reading.at_or_below(self.low, self.factor))


WATCHED = (
    Watched("F-7", "pump-rate", "STRATE2", SPM, 536, high=56),
    Watched("F-7", "pump-rate-highest", "STRATE2", SPM, 74, high=65),
    Watched("F-7", "cement-pressure", "CEMPUMPPR", PSI, 90, high=5000),
    Watched("F-7", "hook-load", "HKLD", KN, 1, high=1500, low=200),
    Watched("F-4", "pump-rate", "STRATE2", SPM, 496, high=59),
    Watched("F-4", "cement-pressure", "CEMPUMPPR", PSI, 2407, high=5000),
    Watched("F-4", "standpipe-pressure", "PUMP", PSI, 32, high=2500),
    Watched("F-4", "hook-load", "HKLD", KN, 5, high=2500, low=200),
    Watched("F-4", "cement-flow", "CEMFLOWIN", LITRES_PER_MIN, 0, high=1500),
)
each_constraint = pytest.mark.parametrize("watched", WATCHED, ids=lambda w: f"{w.well}-{w.constraint_id}")


@pytest.fixture(scope="module")
def judged(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Judged]:
    """Return what gives the dry run of a well under the example rules."""
    made: dict[str, Judged] = {}

    def of(well: str) -> Judged:
        if well not in made:
            rules, tags = EXAMPLES / f"rules-15-9-{well}.yaml", EXAMPLES / f"tags-15-9-{well}.yaml"
            files = parts(shared_data, f"{well}_CementData")
            made[well] = dry_run(rules, tags, files, tmp_path_factory.mktemp(well))
        return made[well]

    return of


@pytest.fixture(scope="module")
def raw(shared_data: Path) -> Callable[[str, str], list[Reading]]:
    """Return what gives the raw rows of a curve of a well."""
    made: dict[tuple[str, str], list[Reading]] = {}

    def of(well: str, mnemonic: str) -> list[Reading]:
        if (well, mnemonic) not in made:
            made[well, mnemonic] = curve(parts(shared_data, f"{well}_CementData"), mnemonic)
        return made[well, mnemonic]

    return of


Of = Callable[[str], Judged]
RawOf = Callable[[str, str], list[Reading]]


# Every row is accounted for, and every breach is found.


@each_constraint
def test_that_every_row_counts_once_and_every_breaching_row_as_a_breach(
    watched: Watched, judged: Of, raw: RawOf
) -> None:
    rows = raw(watched.well, watched.mnemonic)
    first_of: dict[datetime, Reading] = {}
    doubles = [row for row in rows if first_of.setdefault(row.time, row) is not row]
    # The last row of a chunk comes again as the first of the next, the same to the letter.
    assert [first_of[double.time].text for double in doubles] == [double.text for double in doubles]
    breaching = sum(map(watched.breaches, rows))
    breaching_doubles = sum(map(watched.breaches, doubles))
    assert (len(rows), len(doubles), breaching) == (ROWS[watched.well], DOUBLED[watched.well], watched.breaching)

    tally = judged(watched.well).tally(watched.constraint_id)
    assert (tally.judged, tally.late, tally.duplicate, tally.bad) == (len(rows) - len(doubles), 0, len(doubles), 0)
    assert tally.breaching + breaching_doubles == breaching


@each_constraint
def test_that_every_breaching_row_lies_within_a_violation(watched: Watched, judged: Of, raw: RawOf) -> None:
    violations = judged(watched.well).violations_of(watched.constraint_id)
    missed = [
        row
        for row in raw(watched.well, watched.mnemonic)
        if watched.breaches(row) and not any(_within(violation, row.time) for violation in violations)
    ]
    assert missed == []


@each_constraint
def test_that_each_violation_holds_the_breaching_rows_of_its_time_and_their_peak(
    watched: Watched, judged: Of, raw: RawOf
) -> None:
    rows = {row.time: row for row in raw(watched.well, watched.mnemonic)}
    for violation in judged(watched.well).violations_of(watched.constraint_id):
        during = [row for time, row in rows.items() if _within(violation, time)]
        breaching = [row for row in during if watched.breaches(row)]
        values = [Fraction(row.text) * watched.factor for row in breaching]
        peak = max(values) if violation.limit == watched.high else min(values)
        assert violation.started_at == breaching[0].time
        assert (violation.samples, violation.breaching_samples) == (len(during), len(breaching))
        assert violation.peak_value == pytest.approx(float(peak), rel=1e-12)


@each_constraint
def test_that_red_clears_where_rows_come_every_10_s(watched: Watched, judged: Of) -> None:
    of_well = judged(watched.well)
    tally = of_well.tally(watched.constraint_id)
    assert (tally.level, tally.view) == ("normal", "live")
    assert all(violation.ended_at is not None for violation in of_well.violations_of(watched.constraint_id))
    told = of_well.alerts_of(watched.constraint_id, "raised", "cleared")
    assert [alert.transition for alert in told] == ["raised", "cleared"] * tally.episodes


def test_that_a_limit_that_is_printed_in_eight_digits_is_reached(judged: Of, raw: RawOf) -> None:
    # 65 spm is written as 1.0833333 Hz, which is less: without the tolerance, not one of 74 rows would be red.
    at_the_limit = [row for row in raw("F-7", "STRATE2") if row.at_or_above(65, SPM)]
    assert {row.text for row in at_the_limit} == {"1.0833333"}
    assert not any(Fraction(row.text) * SPM >= 65 for row in at_the_limit)
    assert judged("F-7").tally("pump-rate-highest").breaching == len(at_the_limit)


# Absurd readings are told, once, and as what they are.


@pytest.mark.parametrize(
    ("well", "constraint_id", "mnemonic", "factor", "highest", "times"),
    [
        ("F-7", "hook-load", "HKLD", KN, 6000, ["2016-07-29T03:36:30Z"]),
        (
            "F-4",
            "hook-load",
            "HKLD",
            KN,
            6000,
            ["2016-10-02T18:24:30Z", "2016-10-04T11:14:50Z", "2016-10-04T23:51:00Z", "2016-10-06T07:18:50Z"],
        ),
        ("F-4", "cement-pressure", "CEMPUMPPR", PSI, 15_000, ["2016-10-05T16:03:50Z", "2016-10-06T12:09:40Z"]),
    ],
)
def test_that_an_absurd_reading_is_one_suspect_episode_that_is_announced(
    well: str,
    constraint_id: str,
    mnemonic: str,
    factor: Fraction,
    highest: int,
    times: list[str],
    judged: Of,
    raw: RawOf,
) -> None:
    absurd = [row for row in raw(well, mnemonic) if not 0 <= Fraction(row.text) * factor < highest]
    assert [row.time for row in absurd] == [datetime.fromisoformat(time) for time in times]
    assert all(abs(float(row.text)) > 1e11 for row in absurd)
    of_well = judged(well)
    assert of_well.tally(constraint_id).suspect == len(absurd)
    suspect = [alert for alert in of_well.alerts_of(constraint_id) if alert.suspect]
    assert [(alert.time, alert.transition, alert.level) for alert in suspect] == [
        (row.time, "raised", "red") for row in absurd
    ]
    assert all("suspect" in alert.message for alert in suspect)
    by_episode = {violation.episode_id: violation for violation in of_well.violations_of(constraint_id)}
    for alert in suspect:
        violation = by_episode[alert.episode_id]
        assert violation.suspect
        # The next good reading starts the off-delay; the one after it is 10 s later and clears.
        assert (violation.samples, violation.breaching_samples, violation.suspect_samples) == (3, 1, 1)
        assert violation.ended_at == alert.time + PERIOD + OFF_DELAY


def test_that_an_absurd_reading_beyond_no_limit_is_counted_and_raises_nothing(judged: Of, raw: RawOf) -> None:
    assert min(Fraction(row.text) for row in raw("F-4", "CEMFLOWIN")) == Fraction("-81147.046")
    assert judged("F-4").tally("cement-flow").suspect == 1
    assert judged("F-4").alerts_of("cement-flow") == []


# Silence is told where there is silence, and slow sampling is none.


@pytest.mark.parametrize("well", ["F-7", "F-4"])
def test_that_slow_sampling_is_no_silence(well: str, judged: Of, raw: RawOf) -> None:
    of_well = judged(well)
    steps = {later.time - row.time for row, later in pairwise(raw(well, "STRATE2"))}
    stale_after = timedelta(microseconds=of_well.rule_set.tag("pump_rate").stale_after_us)
    assert max(steps) <= stale_after == timedelta(seconds=50)
    assert [alert for alert in of_well.alerts if alert.transition.startswith("monitoring")] == []
    assert all(tally.unseen_s == 0 for tally in of_well.summary.tallies)


def test_that_with_the_period_of_the_fast_part_each_longer_step_is_a_silence(
    shared_data: Path, tmp_path: Path, raw: RawOf
) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text((EXAMPLES / "rules-15-9-F-7.yaml").read_text("utf-8").replace("period: 10", "period: 1"), "utf-8")
    of_well = dry_run(rules, EXAMPLES / "tags-15-9-F-7.yaml", parts(shared_data, "F-7_CementData"), tmp_path)
    stale_after = timedelta(seconds=5)
    silences = [
        (row.time + stale_after, later.time)
        for row, later in pairwise(raw("F-7", "STRATE2"))
        if later.time - row.time > stale_after
    ]
    assert len(silences) > 12_000
    for constraint in of_well.rule_set.constraints:
        lost = of_well.alerts_of(constraint.id, "monitoring_lost")
        restored = of_well.alerts_of(constraint.id, "monitoring_restored")
        assert list(zip([a.time for a in lost], [a.time for a in restored], strict=True)) == silences


@pytest.mark.parametrize("missing", [1, 2])
def test_that_a_chunk_left_out_is_the_only_silence(missing: int, shared_data: Path, tmp_path: Path) -> None:
    files = parts(shared_data, "F-7_CementData")
    last = curve(files[:missing], "STRATE2")[-1]
    following = curve(files[missing + 1 :], "STRATE2")[0]
    rest = [path for at, path in enumerate(files) if at != missing]
    of_well = dry_run(EXAMPLES / "rules-15-9-F-7.yaml", EXAMPLES / "tags-15-9-F-7.yaml", rest, tmp_path)
    for constraint in of_well.rule_set.constraints:
        told = of_well.alerts_of(constraint.id, "monitoring_lost", "monitoring_restored")
        assert [(alert.transition, alert.time) for alert in told] == [
            ("monitoring_lost", last.time + timedelta(seconds=50)),
            ("monitoring_restored", following.time),
        ]


# Whatever unit and name the rule file gives them.


@pytest.mark.parametrize(
    ("well", "mnemonic", "unit", "limit", "breaching"),
    [
        ("F-7", "STRATE2", "Hz", "{high: 56, unit: spm}", 536),
        ("F-7", "STRATE2", "Hz", "{high: 65, unit: spm}", 74),
        ("F-4", "STRATE2", "Hz", "{high: 59, unit: spm}", 496),
        ("F-7", "CEMPUMPPR", "Pa", "{high: 5000, unit: psi}", 90),
        ("F-4", "CEMPUMPPR", "bar", "{high: 5000, unit: psi}", 2407),
    ],
)
def test_that_the_unit_of_the_tag_changes_no_count(
    well: str, mnemonic: str, unit: str, limit: str, breaching: int, shared_data: Path, tmp_path: Path
) -> None:
    rules, tags = tmp_path / "rules.yaml", tmp_path / "tags.yaml"
    rules.write_text(
        f"well: 15/9-{well}\ntags: {{it: {{unit: {unit}, period: 10}}}}\n"
        f"constraints: [{{id: it, tag: it, limit: {limit}}}]\n",
        "utf-8",
    )
    tags.write_text(f"well_id: 15/9-{well}\ntags: {{it: {{mnemonic: {mnemonic}}}}}\n", "utf-8")
    tally = dry_run(rules, tags, parts(shared_data, f"{well}_CementData"), tmp_path).tally("it")
    assert (tally.breaching, tally.duplicate) == (breaching, DOUBLED[well])


def test_that_the_name_in_the_tag_map_is_the_name_of_the_well(judged: Of) -> None:
    of_well = judged("F-7")
    assert {record.well_id for record in (*of_well.alerts, *of_well.violations)} == {"15/9-F-7"}


def test_that_the_name_that_the_log_gives_its_well_is_asked_for_where_no_rules_know_it(
    shared_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags = tmp_path / "tags.yaml"
    tags.write_text("tags: {pump_rate: {mnemonic: STRATE2}}\n", "utf-8")
    rules = tmp_path / "rules.yaml"
    rules.write_text((EXAMPLES / "rules-15-9-F-7.yaml").read_text("utf-8"), "utf-8")
    command = ["replay", "--rules", str(rules), "--tags", str(tags)]
    command += ["--samples", str(parts(shared_data, "F-7_CementData")[-1])]
    command += ["--alerts", str(tmp_path / "a.ndjson"), "--violations", str(tmp_path / "v.ndjson")]
    assert run(command) == 1
    said = capsys.readouterr().err
    assert "they have 'pump_rate' of 'NO 15/9-F-7'" in said
    rules.write_text(rules.read_text("utf-8").replace("well: 15/9-F-7", "well: NO 15/9-F-7"), "utf-8")
    assert run(command) == 0


# The other log, and both at once.


def test_that_the_log_of_30_s_finds_the_same_peak_40_s_later(shared_data: Path, tmp_path: Path, judged: Of) -> None:
    files = parts(shared_data, "F-4_Hydraulics")
    rows = curve(files, "PUMP")
    of_log = dry_run(
        EXAMPLES / "rules-15-9-F-4-hydraulics.yaml", EXAMPLES / "tags-15-9-F-4-hydraulics.yaml", files, tmp_path
    )
    tally = of_log.tally("standpipe-pressure")
    assert (tally.judged, tally.duplicate) == (len({row.time for row in rows}), 1)
    assert tally.breaching == sum(row.at_or_above(2500, PSI) for row in rows) == 10
    (slow,), (quick,) = of_log.violations, judged("F-4").violations_of("standpipe-pressure")
    # It holds means of the half minute before, which come to the limit later and never as high.
    assert slow.started_at - quick.started_at == timedelta(seconds=40)
    assert 2900 < slow.peak_value < quick.peak_value
    # To clear takes two readings below: one that starts the off-delay, one that ends it.
    assert slow.ended_at is not None
    assert quick.ended_at is not None
    assert slow.ended_at - quick.ended_at == timedelta(seconds=40)
    assert {alert.transition for alert in of_log.alerts} == {"raised", "cleared"}


def test_that_two_logs_of_one_tag_are_judged_as_one_series_and_no_breach_is_lost(
    shared_data: Path, tmp_path: Path
) -> None:
    files = parts(shared_data, "F-4_CementData") + parts(shared_data, "F-4_Hydraulics")
    rows = curve(files, "PUMP")
    of_both = dry_run(
        EXAMPLES / "rules-15-9-F-4-hydraulics.yaml", EXAMPLES / "tags-15-9-F-4-hydraulics.yaml", files, tmp_path
    )
    tally = of_both.tally("standpipe-pressure")
    assert tally.judged + tally.duplicate == len(rows)
    assert (tally.late, tally.bad) == (0, 0)
    assert tally.judged >= len({row.time for row in rows})
    assert all(
        any(_within(violation, row.time) for violation in of_both.violations)
        for row in rows
        if row.at_or_above(2500, PSI)
    )


# A deadband finer than the sensor counts chatters.


def test_that_a_deadband_wider_than_the_swing_makes_one_red_of_an_hour_of_chatter(
    shared_data: Path, tmp_path: Path
) -> None:
    of_well = dry_run(
        EXAMPLES / "rules-15-9-F-4-deadband.yaml",
        EXAMPLES / "tags-15-9-F-4-pump-rate.yaml",
        parts(shared_data, "F-4_CementData"),
        tmp_path,
    )
    day = date(2016, 10, 2)
    reds = {
        constraint.id: sum(violation.started_at.date() == day for violation in of_well.violations_of(constraint.id))
        for constraint in of_well.rule_set.constraints
    }
    assert reds == {"deadband-1-percent": 59, "deadband-2-percent": 16, "deadband-4-percent": 1}
    assert {tally.breaching for tally in of_well.summary.tallies} == {496}


def _within(violation: Violation, time: datetime) -> bool:
    assert violation.ended_at is not None
    return violation.started_at <= time <= violation.ended_at
