from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_layers import REPO
from tests.welltegra.dry_runs import RULES
from welltegra.cli import run

RULE_FILES = REPO / "tests" / "data" / "rules"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules.yaml").write_text(RULES)
    return tmp_path


def test_that_the_numbers_of_a_rule_file_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "check", "rules.yaml"]) == 0
    assert capsys.readouterr() == (
        """\
rules.yaml: W-1, version 1, 1 constraint; no faults.

pump-rate
  watches    pump_rate [spm], period 1 s, range 0 to 300
  red        >= 120 spm at once, until < 118.8 spm for 10 s
  yellow     >= 108 spm for 2 s, until < 106.8 spm for 10 s
  stale      after 5 s without a usable sample
  on red     notify, throttle_pump
  on yellow  notify
  mode       shadow

""",
        "",
    )


def test_that_both_sides_of_a_band_stand_under_one_constraint(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "check", str(RULE_FILES / "pilot.yaml")]) == 0
    band = capsys.readouterr().out.partition("\nwellhead-pressure\n")[2]
    assert band.splitlines()[1:5] == [
        "  red        >= 5000 psi at once, until < 4950 psi for 10 s",
        "  yellow     >= 4500 psi for 2 s, until < 4450 psi for 10 s",
        "  red        <= 100 psi at once, until > 101 psi for 10 s",
        "  yellow     <= 110 psi for 2 s, until > 111 psi for 10 s",
    ]


def test_that_every_file_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "other.yaml").write_text(RULES.replace("W-1", "W-2"))
    (folder / "variant.yaml").write_text(RULES.replace("120", "110"))
    assert run(["rules", "check", "rules.yaml", "other.yaml", "variant.yaml"]) == 0
    assert [line for line in capsys.readouterr().out.splitlines() if line.endswith("no faults.")] == [
        "rules.yaml: W-1, version 1, 1 constraint; no faults.",
        "other.yaml: W-2, version 1, 1 constraint; no faults.",
        "variant.yaml: W-1, version 1, 1 constraint; no faults.",
    ]


def test_that_every_fault_of_every_file_is_told_and_nothing_is_shown(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.yaml").write_text(RULES.replace("high: 120", "high: -1").replace("[notify]", "[shout]"))
    assert run(["rules", "check", "rules.yaml", "bad.yaml", "no.yaml"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.split(":")[0] for line in err.splitlines()] == ["bad.yaml line 7", "bad.yaml line 8", "no.yaml"]
