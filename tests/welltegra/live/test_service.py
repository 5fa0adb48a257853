"""Options of `welltegra flow constraints`: every mistake at once, before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from welltegra.cli import run

TWO = "127.0.0.1:21000;127.0.0.1:21001"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "options, told",
    [
        (["--process-id", "0"], ["--process-id and --addresses must be given together"]),
        (["--addresses", TWO], ["--process-id and --addresses must be given together"]),
        (["--processes", "2", "--process-id", "0", "--addresses", TWO], ["either --processes or --addresses"]),
        (["--process-id", "2", "--addresses", TWO], ["--process-id must be from 0 to 1"]),
        (
            ["--process-id", "7", "--addresses", "here;there:port"],
            ["was 'here'", "was 'there:port'", "--process-id must be from 0 to 1"],
        ),
    ],
)
def test_that_options_that_do_not_agree_are_told_at_once(
    options: list[str], told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["flow", "constraints", *options]) == 2
    said = capsys.readouterr().err
    assert all(words in said for words in told), said


def test_that_a_recovery_folder_that_cannot_be_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("WELLTEGRA_CONSTRAINTS__RECOVERY", str(folder / "file" / "recovery"))
    assert run(["flow", "constraints"]) == 2
    assert "the recovery folder must be one that we can write to" in capsys.readouterr().err
