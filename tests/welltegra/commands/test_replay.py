from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.welltegra.dry_runs import arguments, whole_lines, write_inputs
from welltegra import dry_run
from welltegra.cli import run

CYCLES = 4


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_inputs(tmp_path, CYCLES)


def said(capsys: pytest.CaptureFixture[str]) -> tuple[list[str], list[str]]:
    captured = capsys.readouterr()
    return captured.out.splitlines(), captured.err.splitlines()


def test_that_a_replay_writes_its_records_and_closes_with_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments()) == 0
    out, err = said(capsys)
    assert err == []
    assert out[0] == "Well W-1"
    assert out[-3:] == [
        "60 samples; 8 alerts and 4 violations written.",
        "Periods: the samples come as often as the rules say.",
        "No faults: everything in the files was read.",
    ]
    assert len(whole_lines(Path("a.ndjson"))) == 8
    assert len(whole_lines(Path("v.ndjson"))) == 4


def test_that_alerts_show_as_they_come_if_a_speed_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments("--speed", "100000")) == 0
    out, _ = said(capsys)
    assert out[:3] == [
        "2026-01-01 UTC",
        "00:00:02  RED       pump-rate      130 spm  108.33 % of 120",
        "00:00:13  CLEARED   pump-rate      100 spm   83.33 % of 120",
    ]


def test_that_several_files_are_read_however_they_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = (folder / "samples.csv").read_text().splitlines(keepends=True)
    for name, rows in {"1.csv": lines[1:21], "2.csv": lines[21:41], "3.csv": lines[41:]}.items():
        (folder / name).write_text("".join([lines[0], *rows]))
    assert run(arguments(alerts="whole.ndjson")) == 0
    assert run(arguments("2.csv", "--samples", "3.csv", samples="1.csv", alerts="parts.ndjson")) == 0
    assert Path("parts.ndjson").read_bytes() == Path("whole.ndjson").read_bytes()
    assert "60 samples; 8 alerts and 4 violations written." in said(capsys)[0]


def test_that_a_setting_says_how_many_samples_are_handed_over_at_a_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "welltegra.toml").write_text("[replay]\nbatch = 3\nmax_faults_shown = 5\n")
    jobs: list[dry_run.DryRun] = []
    monkeypatch.setattr(dry_run, "dry_run", jobs.append)
    assert run(arguments()) == run(arguments("--batch", "7")) == 0
    assert [(job.batch, job.max_faults_shown) for job in jobs] == [(3, 5), (7, 5)]


# What is wrong is found out first


def test_that_the_faults_of_all_that_is_named_are_told_at_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules.yaml").write_text("well: W-1\ntags: {}\n")
    (folder / "map.yaml").write_text("tags: {a: {mnemonic: A}}\nwells: x\n")
    assert run(arguments("--tags", "map.yaml", "--plot", "plot.txt", alerts="no/a.ndjson")) == 2
    _, err = said(capsys)
    told = [line.split(":")[0] for line in err]
    assert told == ["rules.yaml line 1", "rules.yaml line 2", "map.yaml line 2", "plot.txt", "no/a.ndjson"]
    assert err[3] == "plot.txt: a plot must be named .png, .svg, .pdf; was '.txt'. Name it so."
    assert [path.name for path in folder.glob("*.ndjson")] == ["samples.ndjson"]


def test_that_an_output_that_is_an_input_is_refused_and_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / "rules.yaml").read_bytes(), (folder / "samples.csv").read_bytes()
    assert run(arguments(alerts="rules.yaml", violations="samples.csv")) == 2
    assert len(said(capsys)[1]) == 2
    assert ((folder / "rules.yaml").read_bytes(), (folder / "samples.csv").read_bytes()) == before


def test_that_a_second_tag_map_is_a_mistake(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments("--tags", "a.yaml", "--tags", "b.yaml")) == 2
    assert said(capsys)[1] == [
        (
            "welltegra replay: Invalid value for '--tags': must be given once; was given 2 times. "
            "Try 'welltegra replay --help'."
        )
    ]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("no.csv", None, "no.csv: samples must be a file that can be read; was nothing there. Is the name right?"),
        ("empty.csv", b"", "empty.csv: a table must have a header line; was an empty file. Was the export stopped?"),
        ("noise.csv", bytes(range(128, 256)), "noise.csv line 1: the header must be a line of CSV; "),
        ("samples.txt", b"x", "samples.txt: samples must be in one of .csv, .parquet, .ndjson, .xml, .xml.gz; "),
        ("noise.parquet", b"noise", "noise.parquet: "),
    ],
)
def test_that_samples_that_cannot_be_read_are_told_in_one_line_and_nothing_is_written(
    name: str, content: bytes | None, fault: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is not None:
        (folder / name).write_bytes(content)
    assert run(arguments(samples=name)) == 2
    out, (line,) = said(capsys)
    assert out == []
    assert line.startswith(fault)
    assert not Path("a.ndjson").exists()


# What came of nothing


def test_that_rules_for_another_well_judge_nothing_and_that_is_a_failure(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = folder / "rules.yaml"
    rules.write_text(rules.read_text().replace("W-1", "W-9"))
    assert run(arguments()) == 1
    out, (line,) = said(capsys)
    assert out == []
    assert line.startswith("samples: must have tags that the rules watch ('pump_rate' of 'W-9'); they have")


def test_that_rows_that_cannot_be_read_are_told_even_if_nothing_else_was(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "samples.csv").write_text("well_id,tag,time,value\nW-1,pump_rate,yesterday,1\n")
    assert run(arguments()) == 1
    out, (line,) = said(capsys)
    assert out[0] == "samples.csv: 1 fault"
    assert line.endswith("hold none. Are the files whole?")


# The picture


def test_that_the_plot_is_drawn_and_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments("--plot", "plot.png")) == 0
    assert said(capsys)[0][-1] == "Plot in plot.png."
    assert (folder / "plot.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_that_a_plot_that_cannot_be_finished_is_gone_and_the_records_stay(
    error: BaseException, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(out: Path, *_: object, **__: object) -> None:
        out.write_bytes(b"half")
        raise error

    monkeypatch.setattr("welltegra.report.plot.draw", fail)
    assert run(arguments("--plot", "plot.png")) == (1 if isinstance(error, OSError) else 130)
    assert said(capsys)[1] == [
        "plot.png: the disk must have room for what is written; it is full. Free some, and run it again."
        if isinstance(error, OSError)
        else "Stopped before the plot was drawn; alerts and violations are complete."
    ]
    assert not (folder / "plot.png").exists()
    assert [json.loads(line)["transition"] for line in whole_lines(folder / "a.ndjson")] == ["raised", "cleared"] * 4
