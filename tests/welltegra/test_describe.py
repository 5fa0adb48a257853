from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from connectors.delivery import DeadLetter
from connectors.errors import Fault, FileFaults
from connectors.rule_files.parse import parse
from tests.welltegra.samples import START_US, batch
from welltegra.commands.samples import samples
from welltegra.describe.fault_log import FaultLog
from welltegra.describe.figures import TagDescription, describe
from welltegra.describe.outside import rest
from welltegra.describe.record import as_record
from welltegra.describe.text import show, suggestion
from welltegra.describe.wording import length, number, share


def one(seconds: list[float], values: list[float | None] | None = None, **more: Any) -> TagDescription:
    [found] = describe([batch(seconds, [1.0] * len(seconds) if values is None else values, **more)])
    return found


def text(tags: list[TagDescription], width: int = 80, faults: FaultLog | None = None) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, highlight=False, markup=False, emoji=False)
    show(console, tags, faults or FaultLog())
    return out.getvalue()


# When the samples came.


def test_that_the_period_is_the_step_that_comes_again_and_again() -> None:
    clock = one([float(n) for n in range(100)]).clock
    assert (clock.median_step_s, clock.period_s, clock.steady) == (1.0, 1.0, 1.0)
    assert [(p.seconds, p.share_of_steps, p.longest_run_rows) for p in clock.periods] == [(1.0, 1.0, 100)]


def test_that_runs_at_another_period_are_named_and_the_longest_is_the_one_for_the_rule_file() -> None:
    slow = [10.0 * n for n in range(40)]
    fast = [390.0 + n for n in range(1, 101)]
    clock = one(slow + fast).clock
    assert clock.median_step_s == 1.0
    assert [(p.seconds, p.longest_run_rows, p.longest_run_from) for p in clock.periods] == [
        (10.0, 40, START_US),
        (1.0, 101, START_US + 390_000_000),
    ]
    assert clock.period_s == 10.0
    assert clock.gaps is not None
    assert clock.gaps.count == 0


def test_that_a_stop_at_night_is_a_gap_and_no_period() -> None:
    days = [86_400.0 * day + n for day in range(15) for n in range(50)]
    clock = one(days).clock
    assert [p.seconds for p in clock.periods] == [1.0]
    assert clock.gaps is not None
    assert (clock.gaps.count, clock.gaps.longest_s) == (14, 86_351.0)


def test_that_a_clock_that_jitters_has_one_period() -> None:
    rng = np.random.default_rng(1)
    clock = one(np.cumsum(1.0 + 0.02 * rng.standard_normal(500)).tolist()).clock
    assert len(clock.periods) == 1
    assert clock.period_s == pytest.approx(1.0, abs=0.01)


def test_that_irregular_samples_have_no_period_but_the_median_step() -> None:
    rng = np.random.default_rng(1)
    found = one(np.cumsum(10.0 ** rng.uniform(0, 3, 500)).tolist())
    assert found.clock.periods == ()
    assert found.clock.period_s == found.clock.median_step_s
    assert "irregular" in text([found])


def test_that_a_step_of_three_periods_is_no_gap_and_a_longer_one_is() -> None:
    at_three = one([*map(float, range(50)), 52.0]).clock.gaps
    beyond = one([*map(float, range(50)), 52.001]).clock.gaps
    assert at_three is not None
    assert (at_three.count, at_three.longest_s, at_three.longest_from) == (0, None, None)
    assert beyond is not None
    assert (beyond.count, beyond.longest_s, beyond.longest_from) == (1, 3.001, START_US + 49_000_000)


def test_that_a_gap_in_readings_is_found_though_rows_without_one_fill_it() -> None:
    seconds = [float(n) for n in range(60)]
    values: list[float | None] = [None if 20 <= n < 40 else 1.0 for n in range(60)]
    found = one(seconds, values)
    assert found.clock.gaps is not None
    assert (found.clock.gaps.count, found.without_reading, found.clock.rows) == (1, 20, 60)


def test_that_repeats_contradictions_and_rows_out_of_order_are_counted() -> None:
    found = one([0, 1, 1, 2, 2, 5, 3, 4, 3], [1.0, 2.0, 2.0, 3.0, 9.0, 5.0, 3.0, 4.0, 3.0])
    assert found.clock.repeated == 3
    assert found.repeated_otherwise == 1
    assert found.clock.earlier == 3


@pytest.mark.parametrize("seconds", [[], [3.0], [3.0, 3.0]])
def test_that_too_few_times_for_a_step_are_said_to_be(seconds: list[float]) -> None:
    tags = describe([batch(seconds, [1.0] * len(seconds))])
    assert ("fewer than two times" in text(tags)) == bool(seconds)
    assert ("No samples." in text(tags)) == (not seconds)


# What they are like.


def test_that_a_row_is_a_reading_or_bad_or_without_reading() -> None:
    quality = ["bad", "bad", "uncertain", None, "good", "uncertain"]
    found = one([0, 1, 2, 3, 4, 5], [1.0, None, 2.0, float("inf"), 0.0, None], quality=quality)
    assert (found.bad, found.without_reading, found.readings, found.uncertain) == (2, 2, 2, 1)
    assert found.spread is not None
    assert (found.spread.lowest, found.spread.highest, found.spread.zeros) == (0.0, 2.0, 1)


def test_that_the_spread_is_made_of_readings() -> None:
    spread = one([float(n) for n in range(1000)], [float(n) for n in range(1000)]).spread
    assert spread is not None
    assert (spread.lowest, spread.p1, spread.median, spread.p99, spread.highest) == (0.0, 9.0, 499.0, 989.0, 999.0)


@pytest.mark.parametrize(
    "values, low, high",
    [
        ([*range(100, 200), 1e11], 100, 199),
        ([*range(100, 200), 3e11, -1e13, 2e11], 100, 199),
        ([*range(20), -999.25], 0, 19),
        ([0.0] * 500 + [0.01 * n for n in range(1, 40)] + [-81147.0], 0, 0.39),
        ([1030.0] * 100 + [1e11], 1030, 1030),
        ([290.0 + n / 10 for n in range(100)] + [-999.25], 290, 299.9),
        # None of these is absurd.
        ([0.0] * 997 + [0.02, 0.02, 0.03], 0, 0.03),
        ([0.0] * 960 + [0.5 + n / 100 for n in range(40)], 0, 0.89),
        ([1030.0] * 100 + [1031.0], 1030, 1031),
        ([44.0] * 900 + [float(10**n) for n in range(2, 8) for _ in range(15)], 44, 1e7),
        ([5.0], 5, 5),
        ([0.0, 0.0], 0, 0),
        ([-5.0, 5.0], -5, 5),
    ],
)
def test_that_only_what_lies_beyond_a_wide_empty_space_is_outside_the_rest(
    values: list[float], low: float, high: float
) -> None:
    assert rest(np.array(values, np.float64)) == (low, high)


def test_that_nothing_has_no_rest() -> None:
    assert rest(np.zeros(0)) is None


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=60))
def test_that_the_ends_of_the_rest_are_values_and_hold_the_median(values: list[float]) -> None:
    ends = rest(np.array(values))
    assert ends is not None
    low, high = ends
    assert low in values
    assert high in values
    assert low <= high


def test_that_absurd_readings_are_counted_and_the_furthest_is_dated() -> None:
    values: list[float | None] = [600.0 + n % 7 for n in range(100)]
    values[40], values[41] = 1e11, -3e11
    found = one([float(n) for n in range(100)], values)
    assert found.outside is not None
    assert (found.outside.count, found.outside.furthest) == (2, -3e11)
    assert found.outside.furthest_at == START_US + 41_000_000
    assert found.spread is not None
    assert (found.spread.lowest, found.spread.highest) == (-3e11, 1e11)


def test_that_a_channel_that_never_changes_is_constant_but_a_single_reading_is_not() -> None:
    assert one([0, 1, 2]).is_constant
    assert not one([0]).is_constant
    assert not one([0, 1], [1.0, 2.0]).is_constant


def test_that_each_unit_of_a_tag_is_described_by_itself() -> None:
    tags = describe([batch([0, 1], [60.0, 61.0]), batch([2, 3], [1.0, 1.1], unit="Hz"), batch([0], [1.0], unit=None)])
    assert [tag.unit for tag in tags] == ["spm", "Hz", None]
    assert "the tag comes in 'Hz' too; declare one unit" in text(tags).replace("\n    ", " ")


@pytest.mark.parametrize("cut", [1, 3, 10, 1000])
def test_that_the_description_does_not_depend_on_the_batches(cut: int) -> None:
    rng = np.random.default_rng(4)
    whole = batch(rng.integers(0, 50, 200).tolist(), rng.normal(size=200).tolist())
    pieces = [whole.slice(start, cut) for start in range(0, 200, cut)]
    assert describe(pieces) == describe([whole])


# How it reads.


@pytest.mark.parametrize("width", [40, 80, 120])
def test_that_no_name_or_number_is_cut_off_and_no_line_ends_in_blanks(width: int) -> None:
    names = [f"a rather long name of a tag, number {n}" for n in range(3)]
    tags = describe(
        batch([float(n) for n in range(60)], [1234.5 * n for n in range(60)], tag=name, unit="L/min") for name in names
    )
    said = text(tags, width)
    assert "\N{HORIZONTAL ELLIPSIS}" not in said
    assert "\x1b" not in said
    flat = " ".join(said.split())
    assert all(name in flat for name in names)
    assert "72,836" in said or "72836" in said
    lines = [line for line in said.splitlines() if not line.startswith("  a rather")]
    assert all(len(line) <= width for line in lines if "unit:" not in line)
    assert [line for line in said.splitlines() if "|" not in line and line != line.rstrip() and "tag" not in line] == []


def test_that_what_a_terminal_would_obey_is_spelled_out() -> None:
    assert "\x1b" not in text([one([0, 1], [1.0, 2.0], tag="\x1b[2J")])


def test_that_the_lines_for_the_rule_file_make_a_rule_file() -> None:
    seconds = [float(n) for n in range(60)]
    values: list[float | None] = [float(n) for n in range(60)]
    names = ["pump_rate", "yes", "12", "a: b", "x, y", "{z}", "# c"]
    said = text(describe(batch(seconds, values, tag=name, well_id="15/9-F-7") for name in names))
    lines = said[said.index("well: ") :].split("\n\n")[0]
    assert list(yaml.safe_load(lines)["tags"]) == names
    constraints = [{"id": f"c-{n}", "tag": name, "limit": {"high": 120, "unit": "spm"}} for n, name in enumerate(names)]
    parsed = parse(f"{lines}\n{yaml.safe_dump({'constraints': constraints})}", "rules.yaml")
    assert parsed.tree.faults == []
    assert parsed.rule_set is not None
    assert [(tag.name, tag.unit, tag.period_s) for tag in parsed.rule_set.tags] == [
        (name, "spm", 1.0) for name in names
    ]


def test_that_a_period_is_written_as_yaml_reads_a_number() -> None:
    found = one([86_400.0 * n for n in range(30)])
    assert yaml.safe_load(suggestion(found)) == {"pump_rate": {"unit": "spm", "period": 86_400}}


def test_that_a_unit_that_is_none_of_ours_is_named_with_what_to_do() -> None:
    said = " ".join(text([one([0, 1], [1.0, 2.0], unit="strokes/fortnight")]).split())
    assert "'strokes/fortnight'. Did you mean" in said
    assert "unit: strokes/fortnight" not in said


@pytest.mark.parametrize(
    "value, written",
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0833333, "1.0833"),
        (99999.4, "99,999"),
        (683498.2, "683,498"),
        (52600378.0, "52,600,378"),
        (1130572300000.0, "1.1306e12"),
        (-81147.046, "-81,147"),
        (0.00002, "2e-5"),
        (0.033333, "0.033333"),
    ],
)
def test_that_numbers_are_short_and_keep_five_digits(value: float, written: str) -> None:
    assert number(value) == written


def test_that_nearly_all_and_nearly_none_are_not_all_and_none() -> None:
    assert [share(x) for x in (0.0, 0.0004, 0.5, 0.9995, 1.0)] == ["0 %", "< 0.1 %", "50.0 %", "> 99.9 %", "100 %"]


def test_that_a_length_of_time_is_in_its_two_largest_units() -> None:
    assert [length(s) for s in (0.2, 10, 119, 200, 7_980, 345_600, 97_200)] == [
        "0.2 s",
        "10 s",
        "119 s",
        "3 min 20 s",
        "2 h 13 min",
        "4 d",
        "1 d 3 h",
    ]


# What could not be read.


def test_that_the_first_faults_are_shown_and_the_rest_counted() -> None:
    log = FaultLog()
    for line in range(2, 52):
        log(Fault("a.csv", line, "value must be a number", "'x'", "Correct it."))
    log.dead_letter(DeadLetter("b.csv", 7, "unit must convert to 'psi'", 30, b""))
    assert (log.count, log.by_file) == (80, {"a.csv": 50, "b.csv": 30})
    lines = log.lines()
    assert lines[:3] == [
        "a.csv: 50 faults",
        "b.csv: 30 faults",
        "a.csv line 2: value must be a number; was 'x'. Correct it.",
    ]
    assert lines[21] == "a.csv line 21: value must be a number; was 'x'. Correct it."
    assert lines[22:] == ["... and 60 more"]


def test_that_no_faults_are_said_to_be_none() -> None:
    assert FaultLog().lines() == []
    assert "No faults" in text([one([0, 1])])


# The command.

CSV = """well_id,tag,time,value,unit
W-1,pump_rate,2026-01-01T00:00:00Z,100,spm
W-1,pump_rate,2026-01-01T00:00:01Z,101,spm
W-1,pump_rate,yesterday,102,spm
"""


def test_that_row_faults_are_shown_and_the_rest_is_described(tmp_path: Path) -> None:
    file = tmp_path / "rig.csv"
    file.write_text(CSV)
    result = CliRunner().invoke(samples, ["describe", str(file)])
    assert result.exit_code == 0
    assert "Well W-1: 1 tag, 2 rows" in result.stdout
    assert "1 fault in 1 file" in result.stdout
    assert "rig.csv line 4" in "".join(result.stdout.split("\n    "))


def test_that_json_is_one_object_a_line_and_the_faults_go_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "rig.csv"
    file.write_text(CSV)
    result = CliRunner().invoke(samples, ["describe", "--json", str(file)])
    [line] = result.stdout.splitlines()
    record = json.loads(line)
    assert (record["well_id"], record["tag"], record["unit"], record["rows"]) == ("W-1", "pump_rate", "spm", 2)
    assert record["spread"]["highest"] == 101.0
    assert record["first_time"] == "2026-01-01T00:00:00.000Z"
    assert "line 4" in result.stderr


def test_that_json_has_only_numbers_that_json_knows() -> None:
    for found in (one([0]), one([0, 1], [None, None]), one([*map(float, range(50))], [1e308, -1e308] * 25)):
        json.dumps(as_record(found), allow_nan=False)


def test_that_a_file_that_cannot_be_used_stops_it(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match=r"rig\.csv.*nothing there"):
        CliRunner().invoke(samples, ["describe", str(tmp_path / "rig.csv")], catch_exceptions=False)


# Recorded data.


def recorded(shared_data: Path, pattern: str) -> dict[str, dict[str, Any]]:
    files = sorted(map(str, (shared_data / "volve_witsml" / "logs").glob(pattern)))
    result = CliRunner().invoke(samples, ["describe", "--json", *files], catch_exceptions=False)
    return {record["tag"]: record for record in map(json.loads, result.stdout.splitlines())}


@pytest.mark.realdata
def test_that_the_recorded_stroke_rate_is_seen_to_come_every_10_s_and_every_1_s(shared_data: Path) -> None:
    tags = recorded(shared_data, "F-7_CementData*")
    rate = tags["STRATE2"]
    assert (rate["unit"], rate["rows"], rate["spread"]["zeros"], rate["repeated"]) == ("Hz", 30_937, 28_737, 3)
    assert [(p["seconds"], p["longest_run_rows"]) for p in rate["periods"]] == [(10.0, 9_215), (1.0, 11_552)]
    assert (rate["period_s"], rate["gaps"]["count"]) == (10.0, 0)
    assert rate["rule_file"] == "STRATE2: {unit: Hz, period: 10}"
    assert sum(record["constant"] for record in tags.values()) == 13


@pytest.mark.realdata
def test_that_absurd_recorded_readings_are_reported_and_no_others(shared_data: Path) -> None:
    f7 = {tag: record["outside"] for tag, record in recorded(shared_data, "F-7_CementData*").items()}
    f4 = {tag: record["outside"] for tag, record in recorded(shared_data, "F-4_CementData*").items()}
    assert {tag: found["count"] for tag, found in f7.items() if found} == {"HKLD": 1}
    assert f7["HKLD"]["furthest"] == 1130572300000.0
    assert {tag: found["count"] for tag, found in f4.items() if found} == {"HKLD": 4, "CEMPUMPPR": 2, "CEMFLOWIN": 1}
    assert f4["CEMPUMPPR"]["furthest"] == 376586390000.0
    assert f4["CEMFLOWIN"]["furthest"] == -81147.046
