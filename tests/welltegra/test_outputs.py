from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from welltegra.outputs import reserved


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "samples.csv").write_text("samples")
    (tmp_path / "folder").mkdir()
    return tmp_path


def faults_of(outputs: list[str], inputs: list[str] | None = None) -> list[str]:
    with pytest.raises(FileFaults) as raised, reserved(list(map(Path, outputs)), list(map(Path, inputs or []))):
        pass
    return [str(fault) for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("output", "fault"),
    [
        ("samples.csv", "samples.csv: an output must not be a file that is read; was an input too. Name another."),
        ("./samples.csv", "samples.csv: an output must not be a file that is read; was an input too. Name another."),
        ("linked.csv", "linked.csv: an output must not be a file that is read; was an input too. Name another."),
        ("folder", "folder: an output must be a file; was a folder. Name a file in it."),
        (
            "no/a.ndjson",
            "no/a.ndjson: the folder of an output must be there; was no folder 'no'. Make it first, or name another.",
        ),
        (
            "/proc/a.ndjson",
            (
                "/proc/a.ndjson: an output must be writable; was no such file or directory. "
                "Change its permissions, or name another."
            ),
        ),
    ],
    ids=["input", "its other name", "link to it", "folder", "no folder", "not writable"],
)
def test_that_an_output_that_cannot_be_one_is_a_fault(output: str, fault: str, folder: Path) -> None:
    (folder / "linked.csv").hardlink_to(folder / "samples.csv")
    assert faults_of([output], ["samples.csv"]) == [fault]
    assert (folder / "samples.csv").read_text() == "samples"


def test_that_two_outputs_are_two_files(folder: Path) -> None:
    (fault,) = faults_of(["a.ndjson", "folder/../a.ndjson"])
    assert fault == "folder/../a.ndjson: each output must be a file of its own; was named twice. Name another."
    assert not (folder / "a.ndjson").exists()


def test_that_all_faults_are_told_at_once(folder: Path) -> None:
    assert len(faults_of(["folder", "no/a.ndjson", "samples.csv"], ["samples.csv"])) == 3


def test_that_a_second_run_may_not_write_what_another_writes(folder: Path) -> None:
    with reserved([folder / "a.ndjson"]):
        (fault,) = faults_of(["a.ndjson"])
        assert fault.startswith("a.ndjson: an output must be written by one run at a time; was in use by another run.")
    with reserved([folder / "a.ndjson"]):
        pass


def test_that_what_is_in_an_output_stays_until_it_is_written(folder: Path) -> None:
    (folder / "a.ndjson").write_text("old\n")
    with reserved([folder / "a.ndjson"]):
        assert (folder / "a.ndjson").read_text() == "old\n"


@pytest.mark.parametrize("end", [OSError, KeyboardInterrupt])
def test_that_a_run_that_fails_or_is_stopped_before_it_wrote_leaves_no_empty_files(
    folder: Path, end: type[BaseException]
) -> None:
    new, written, old = folder / "new", folder / "written", folder / "old"
    old.touch()
    with suppress(end), reserved([new, written, old]):
        written.write_text("a line\n")
        raise end
    assert not new.exists()
    assert written.read_text() == "a line\n"
    assert old.exists()


def test_that_pipes_and_devices_are_left_alone_and_may_be_named_twice(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    with reserved([folder / "pipe", Path("/dev/null"), Path("/dev/null")]):
        pass
