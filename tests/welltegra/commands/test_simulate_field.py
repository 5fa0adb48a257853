from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from welltegra.commands.simulate_field import field
from welltegra.errors import WelltegraError
from welltegra.invocation import Invocation


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(*arguments: str) -> Result:
    return CliRunner().invoke(field, arguments, obj=Invocation())


def test_that_a_field_is_written_and_told(folder: Path) -> None:
    result = called("--wells", "12", "--seed", "3", "--out", "here")
    assert result.exit_code == 0, result.output
    first, second = result.output.splitlines()
    assert first.startswith("here: 12 wells in 2 reservoirs, ")
    assert ", 12 logs; 7 wells lack something. Seed 3, " in first
    assert second == "What is true is in here/truth. Now: welltegra rank here"
    assert (folder / "here" / "project.toml").exists()


def test_that_another_field_takes_the_place_of_an_earlier_one(folder: Path) -> None:
    assert called("--wells", "12", "--candidates").exit_code == 0
    there = folder / "welltegra-field"
    assert (there / "candidates.parquet").exists()
    assert called("--wells", "5", "--complete").exit_code == 0
    assert not (there / "candidates.parquet").exists()
    assert sorted(path.name[:5] for path in (there / "logs").iterdir()) == [f"W-00{n}" for n in range(1, 6)]
    assert called("--wells", "2", "--candidates").exit_code == 0
    assert not any((there / "logs").iterdir())


def test_that_a_folder_with_something_else_in_it_is_left_alone(folder: Path) -> None:
    (folder / "mine").mkdir()
    (folder / "mine" / "wells.csv").write_text("well_id\n")
    result = called("--out", "mine")
    assert isinstance(result.exception, WelltegraError)
    must = "must be a new or empty folder, or an earlier synthetic field"
    assert str(result.exception) == f"--out: mine {must}; it holds something else. Name another."
    assert [path.name for path in (folder / "mine").iterdir()] == ["wells.csv"]


def test_that_a_place_where_nothing_can_be_written_is_told(folder: Path) -> None:
    (folder / "file").write_text("")
    result = called("--out", "file/below")
    assert isinstance(result.exception, WelltegraError)
    assert str(result.exception) == "--out: file/below must be a folder that can be written; Not a directory."


@pytest.mark.parametrize(
    "arguments", [["--wells", "0"], ["--wells", "200001"], ["--noise", "-1"], ["--out", "a", "--out", "b"]]
)
def test_that_what_cannot_be_is_refused(arguments: list[str], folder: Path) -> None:
    assert called(*arguments).exit_code == 2
    assert not list(folder.iterdir())
