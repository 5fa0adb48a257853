from __future__ import annotations

import errno
import re
import signal
import subprocess
import sys
from pathlib import Path

import click
import pytest

from connectors.errors import Fault, FileFaults
from rules.errors import StateMismatch
from tests.test_layers import REPO
from tests.welltegra.dry_runs import arguments, environ, start, whole_lines, write_inputs
from welltegra import cli
from welltegra.cli import COMMANDS, run
from welltegra.errors import NothingJudged


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_inputs(tmp_path)


# What it says of itself


@pytest.mark.parametrize("name", COMMANDS)
def test_that_the_help_of_each_command_begins_with_its_line_in_the_list(name: str) -> None:
    command = cli.welltegra.get_command(click.Context(cli.welltegra), name)
    assert command is not None
    assert command.get_short_help_str(limit=200).startswith(COMMANDS[name].help.rstrip("."))


def test_that_help_waits_for_nothing_heavy() -> None:
    code = (
        "import sys; from welltegra.cli import run; "
        "assert run(['--help']) == run(['replay', '--help']) == run(['demo', '--help']) == 0; "
        "sys.exit(' '.join({'bytewax', 'matplotlib', 'numba', 'polars', 'pyarrow'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=False)
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize("options", [["--help"], ["-h"]])
def test_that_help_lists_every_command(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(options) == 0
    said = capsys.readouterr().out
    assert all(command.help in said for command in COMMANDS.values())


def test_that_without_a_command_the_list_of_them_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert all(command.help in said.err for command in COMMANDS.values())


def test_that_it_tells_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("welltegra")


# Mistakes


@pytest.mark.parametrize(
    ("mistake", "said"),
    [
        ("replai", "welltegra: No such command 'replai'. Did you mean 'replay'? Try 'welltegra --help'."),
        ("--speed", "welltegra: No such option '--speed'. Try 'welltegra --help'."),
        ("rules chek", "welltegra rules: No such command 'chek'. Did you mean 'check'? Try 'welltegra rules --help'."),
        ("rules check", "welltegra rules check: Missing argument 'FILE...'. Try 'welltegra rules check --help'."),
        ("replay", "welltegra replay: Missing option '--rules'. Try 'welltegra replay --help'."),
        (
            "simulate day --speed nan",
            (
                "welltegra simulate day: Invalid value for '--speed':"
                " must be a number from 0.001 to 1,000,000; was 'nan'."
                " Try 'welltegra simulate day --help'."
            ),
        ),
        ("demo now", "welltegra demo: Got unexpected extra argument (now) Try 'welltegra demo --help'."),
    ],
)
def test_that_a_mistake_in_the_command_line_is_told_in_one_line(
    mistake: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(mistake.split()) == 2
    assert capsys.readouterr() == ("", said + "\n")


TWO_FAULTS = FileFaults(
    [Fault("r.yaml", 2, "limit must be given", "absent", "Add it."), Fault("m.yaml", None, "x", "y", "Z.")]
)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (TWO_FAULTS, 2, "r.yaml line 2: limit must be given; was absent. Add it.\nm.yaml: x; was y. Z.\n"),
        (
            StateMismatch("shard 0", "a", "b"),
            2,
            (
                "recovery state of 'shard 0': must belong to the rules given; was saved under a, given are b. "
                "Start with an empty recovery folder, or with the rules of the saved state.\n"
            ),
        ),
        (NothingJudged("samples: none."), 1, "samples: none.\n"),
        (
            OSError(errno.ENOSPC, "No space left", "a.ndjson"),
            1,
            "a.ndjson: the disk must have room for what is written; it is full. Free some, and run it again.\n",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied", "a.ndjson"),
            1,
            (
                "a.ndjson: must be open to this user; was not (Permission denied). "
                "Change its permissions, or use another.\n"
            ),
        ),
        (
            OSError(errno.EIO, "Input/output error"),
            1,
            "must be readable and writable; was not (Input/output error). Mend that, and run it again.\n",
        ),
        (KeyboardInterrupt(), 130, "Stopped.\n"),
        (KeyboardInterrupt("Stopped at ten."), 130, "Stopped at ten.\n"),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 141, ""),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_that_each_way_to_fail_has_its_sentence_and_its_exit_code(
    error: BaseException, code: int, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_context: click.Context) -> None:
        raise error

    monkeypatch.setattr(cli.welltegra, "invoke", fail)
    assert run(["config"]) == code
    assert capsys.readouterr() == ("", said)


# As a process


def first_alert(process: subprocess.Popen[str]) -> str:
    """Wait until the process has printed an alert, and return its line."""
    assert process.stdout is not None
    for line in process.stdout:
        if "RED" in line:
            return line
    raise AssertionError(process.communicate()[1])


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_that_a_replay_that_is_stopped_leaves_whole_lines_and_says_how_far_it_came(
    number: signal.Signals, code: int, folder: Path
) -> None:
    with start(arguments("--speed", "1"), folder) as process:
        first_alert(process)
        process.send_signal(number)
        _, said = process.communicate()
    assert process.returncode == code
    told = re.fullmatch(
        r"Stopped at 2026-01-01 00:00:\d\dZ, after \d+ samples: "
        r"(\d+) alerts? and (\d+) violations? are written, in whole lines\.\n",
        said,
    )
    assert told is not None, said
    written = [whole_lines(folder / "a.ndjson"), whole_lines(folder / "v.ndjson")]
    assert [int(count) for count in told.groups()] == [len(lines) for lines in written]


@pytest.mark.slow
def test_that_a_reader_that_goes_away_ends_it_in_silence(folder: Path) -> None:
    with start(arguments("--speed", "4"), folder) as process:
        first_alert(process)
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
    assert process.returncode == 141
    whole_lines(folder / "a.ndjson")


@pytest.mark.slow
def test_that_a_full_disk_is_told_in_one_sentence(folder: Path) -> None:
    with start(arguments(alerts="/dev/full"), folder) as process:
        out, said = process.communicate()
    assert (process.returncode, out) == (1, "")
    assert said == (
        "/dev/full: the disk must have room for what is written; it is full. Free some, and run it again.\n"
    )


@pytest.mark.slow
def test_that_a_full_disk_under_standard_output_is_told_too(folder: Path) -> None:
    with (
        Path("/dev/full").open("w") as full,
        start(["rules", "check", "rules.yaml"], folder, stdout=full.fileno()) as it,
    ):
        _, said = it.communicate()
    assert it.returncode == 1
    assert said == "the disk must have room for what is written; it is full. Free some, and run it again.\n"


@pytest.mark.slow
def test_that_records_may_go_to_standard_output_and_all_else_then_goes_aside(folder: Path) -> None:
    with start(arguments(alerts="/dev/stdout"), folder) as process:
        out, said = process.communicate()
    assert process.returncode == 0
    assert out.splitlines() == whole_lines_of_a_replay(folder)
    assert "8 alerts and 4 violations written" in said


def whole_lines_of_a_replay(folder: Path) -> list[str]:
    assert run(arguments(alerts="again.ndjson", violations="again-v.ndjson")) == 0
    return whole_lines(folder / "again.ndjson")


@pytest.mark.slow
def test_that_standard_streams_that_are_closed_are_not_mistaken_for_files(folder: Path) -> None:
    command = [sys.executable, "-m", "welltegra.cli", *arguments()]
    closing = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *command]
    assert subprocess.run(closing, cwd=folder, env=environ(), check=False).returncode == 0
    assert len(whole_lines(folder / "a.ndjson")) == 8


@pytest.mark.slow
def test_that_a_working_directory_that_was_removed_is_told(folder: Path) -> None:
    gone = folder / "gone"
    gone.mkdir()
    command = [sys.executable, "-m", "welltegra.cli", "simulate", "day"]
    removed = ["sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", *command]
    done = subprocess.run(removed, cwd=gone, env=environ(), capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith(
        "the working directory must be there; it was removed. Change to another, and run it again.\n"
    )


@pytest.mark.slow
def test_that_a_name_the_terminal_has_no_letters_for_is_written_in_others(folder: Path) -> None:
    (folder / "rules.yaml").write_text((folder / "rules.yaml").read_text().replace("W-1", "Br\u00f8nn 1"))
    samples = folder / "samples.csv"
    samples.write_text(samples.read_text().replace("W-1", "Br\u00f8nn 1"))
    command = [sys.executable, "-m", "welltegra.cli", *arguments()]
    ascii_only = environ(PYTHONIOENCODING="ascii")
    done = subprocess.run(command, cwd=folder, env=ascii_only, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"Well Br\xf8nn 1" in done.stdout


@pytest.mark.parametrize(
    ("count", "last"), [(50, "tags.yaml line 50: it must be so; was not. Mend it."), (10_000, "... and 9,950 more.")]
)
def test_that_of_many_faults_the_first_are_told_and_how_many_more(
    count: int, last: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    faults = [Fault("tags.yaml", line, "it must be so", "not", "Mend it.") for line in range(1, count + 1)]

    def fail(*_: object, **__: object) -> None:
        raise FileFaults(faults)

    monkeypatch.setattr(cli.welltegra, "invoke", fail)
    assert run(["doctor"]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "tags.yaml line 1: it must be so; was not. Mend it."
    assert lines[-1].startswith(last)
    assert len(lines) == min(count, 51)
