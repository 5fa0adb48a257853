from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.delivery import DeadLetter
from connectors.errors import Fault, FileFaults
from connectors.rule_files.source import load_rule_sets
from schemas.alert import Alert
from tests.welltegra.dry_runs import ALERTS_A_CYCLE, CYCLE, VIOLATIONS_A_CYCLE, whole_lines, write_inputs
from welltegra.replay import Outcome, Replay, replay
from welltegra.running import Stopped

CYCLES = 4


def refuse(what: Fault | DeadLetter) -> None:
    raise AssertionError(f"these samples are readable: {what}")


@pytest.fixture
def job(tmp_path: Path) -> Replay:
    folder = write_inputs(tmp_path, CYCLES)
    return Replay(
        rule_sets=load_rule_sets([folder / "rules.yaml"]),
        samples=[folder / "samples.csv"],
        alerts=folder / "a.ndjson",
        violations=folder / "v.ndjson",
        on_fault=refuse,
        on_dead_letter=refuse,
    )


def written(job: Replay) -> tuple[bytes, bytes]:
    replay(job, Outcome())
    return job.alerts.read_bytes(), job.violations.read_bytes()


@pytest.mark.parametrize("form", ["parquet", "ndjson"])
def test_that_the_same_samples_give_the_same_bytes_in_any_form(form: str, job: Replay) -> None:
    assert written(replace(job, samples=[job.samples[0].with_suffix(f".{form}")])) == written(job)


@pytest.mark.parametrize(("batch", "speed"), [(1, None), (7, None), (10_000, 100_000.0), (3, 1_000_000.0)])
def test_that_batch_and_speed_change_no_byte(batch: int, speed: float | None, job: Replay) -> None:
    assert written(replace(job, batch=batch, speed=speed)) == written(job)


def test_that_the_outcome_counts_what_was_written_and_how_far_it_came(job: Replay) -> None:
    outcome = Outcome()
    replay(job, outcome)
    assert outcome.alerts == len(whole_lines(job.alerts)) == CYCLES * ALERTS_A_CYCLE
    assert outcome.violations == len(whole_lines(job.violations)) == CYCLES * VIOLATIONS_A_CYCLE
    assert outcome.rows == CYCLES * len(CYCLE)
    assert outcome.summary is not None
    assert outcome.summary.samples == outcome.rows
    assert outcome.periods.median_s("W-1", "pump_rate") == 1.0


def test_that_what_an_older_run_left_is_gone(job: Replay) -> None:
    job.alerts.write_text("old\n" * 1000)
    job.violations.write_text("old\n" * 1000)
    replay(job, Outcome())
    whole_lines(job.alerts)
    whole_lines(job.violations)


def test_that_samples_that_cannot_be_used_leave_an_older_result_alone(job: Replay) -> None:
    job.alerts.write_text("old\n")
    with pytest.raises(FileFaults, match="nothing there"):
        replay(replace(job, samples=[Path("no.csv")]), Outcome())
    assert job.alerts.read_text() == "old\n"


def test_that_a_stop_says_how_far_it_came_and_leaves_whole_lines(job: Replay) -> None:
    def stop(alert: Alert) -> None:
        if alert.transition == "cleared":
            raise KeyboardInterrupt

    outcome = Outcome()
    with pytest.raises(Stopped) as stopped:
        replay(replace(job, on_alert=stop, batch=1), outcome)
    assert str(stopped.value) == (
        "Stopped at 2026-01-01 00:00:13Z, after 14 samples: 2 alerts and 0 violations are written, in whole lines."
    )
    assert len(whole_lines(job.alerts)) == 2
    assert whole_lines(job.violations) == []
    assert outcome.summary is None


def test_that_a_stop_before_the_first_sample_says_so_and_leaves_nothing_old(job: Replay) -> None:
    job.alerts.write_text("old\n")

    def stop(_rows: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(Stopped, match="before the first sample"):
        replay(replace(job, on_batch=stop), Outcome())
    assert job.alerts.read_bytes() == b""


def test_that_a_full_disk_is_the_error_it_is_and_names_the_file(job: Replay) -> None:
    with pytest.raises(OSError, match="No space left") as raised:
        replay(replace(job, alerts=Path("/dev/full")), Outcome())
    assert raised.value.filename == "/dev/full"


def test_that_an_error_of_ours_comes_out_as_it_went_in(job: Replay) -> None:
    def fail(_alert: Alert) -> None:
        raise FileFaults([Fault("x", None, "must", "found", "Do.")])

    with pytest.raises(FileFaults, match="must; was found"):
        replay(replace(job, on_alert=fail), Outcome())


def test_that_a_pipe_gets_the_same_lines(job: Replay, tmp_path: Path) -> None:
    alerts, _ = written(job)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    replay(replace(job, alerts=pipe), Outcome())
    reader.join()
    assert read == [alerts]
