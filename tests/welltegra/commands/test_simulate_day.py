from __future__ import annotations

import errno
from pathlib import Path

import pytest

from connectors.rule_files.source import load_rule_sets
from tests.welltegra.dry_runs import whole_lines
from welltegra import simulated_day as playing
from welltegra.cli import run
from welltegra.settings.model import DaySettings, ReplaySettings
from welltegra.simulator.schedule import DAY_START
from welltegra.simulator.well_day import DAY_RULES, WellDay


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("options", [["--paced-minutes", "0"], ["--speed", "10000", "--seed", "20260302"]])
def test_that_the_day_finds_what_was_planned_and_nothing_else(
    options: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["simulate", "day", *options]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    lines = out.splitlines()
    assert lines[0] == "A simulated day of a well, judged as it comes"
    alerts = whole_lines(folder / "welltegra-day" / "alerts.ndjson")
    planned, found = (line for line in lines if line.startswith(("Planned into the day: ", "Found: ")))
    assert f" call for {len(alerts)} alerts, " in planned
    assert found == f"Found: {len(alerts)} of these alerts, none missing, none too many."
    assert whole_lines(folder / "welltegra-day" / "violations.ndjson")
    shown = [line for line in lines if line[2:3] == ":"]
    assert len(shown) == len(alerts)
    assert max(map(len, shown)) <= 80
    assert lines.index("Well DEMO-1") > lines.index(shown[-1])


def test_that_its_rules_have_no_faults() -> None:
    (rules,) = load_rule_sets([DAY_RULES])
    assert rules.well_id == "DEMO-1"


def test_that_options_stand_above_settings(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "welltegra.toml").write_text("[day]\nspeed = 20\nseed = 3\n[replay]\nbatch = 9\n")
    played: list[tuple[DaySettings, ReplaySettings]] = []
    monkeypatch.setattr(playing, "play", lambda *settings: played.append(settings))
    assert run(["simulate", "day", "--seed", "0", "--paced-minutes", "0"]) == 0
    ((how, replaying),) = played
    assert (how.speed, how.seed, how.paced_minutes, replaying.batch) == (20.0, 0, 0.0, 9)


def test_that_a_full_disk_is_told_with_the_file_it_was_about(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_path: Path, _seed: int) -> WellDay:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(playing, "write_well_day", fail)
    assert run(["simulate", "day"]) == 1
    assert capsys.readouterr().err == (
        "welltegra-day/well-day.csv: the disk must have room for what is written; it is full. "
        "Free some, and run it again.\n"
    )


def test_that_a_file_in_the_place_of_the_folder_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "welltegra-day").touch()
    assert run(["simulate", "day"]) == 1
    assert capsys.readouterr().err == (
        "welltegra-day: must be readable and writable; was not (File exists). Mend that, and run it again.\n"
    )


@pytest.mark.parametrize(
    ("day_s", "rows", "share"),
    [(0, 0, 0.0), (450, 3_000, 0.45), (900, 6_000, 0.9 + 0.1 * 6_000 / 600_000), (86_400, 600_000, 1.0)],
)
def test_that_the_bar_goes_by_the_time_the_day_takes(day_s: float, rows: int, share: float) -> None:
    day = WellDay(Path("day.csv"), "DEMO-1", 7, 600_000, (), ())
    # Ninety seconds paced, and ten for all the rest.
    of_day = playing._share(day, DaySettings(speed=10.0, paced_minutes=15.0))
    arrival = int((DAY_START.timestamp() + day_s) * 1e6) + (1 if day_s == 900 else 0)
    assert of_day(rows, arrival) == pytest.approx(share)
