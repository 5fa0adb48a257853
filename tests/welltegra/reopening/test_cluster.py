"""The processes of a batch, of which one fails in each way there is. What they do for real: tests/system."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from connectors.errors import ConnectorError
from welltegra.errors import WelltegraError
from welltegra.reopening import cluster
from welltegra.reopening.job import Job
from welltegra.reopening.worker import FAILED, MISTAKE, said_by

JOB = Job(
    task="rank",
    folder=Path("nowhere"),
    dsn="",
    scoring_profile_id=UUID(int=0),
    profile="",
    requested_by="us",
    read_at=datetime(2026, 1, 1, tzinfo=UTC),
    tally=Path("tally"),
    outcome=Path("outcome"),
)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return replace(JOB, tally=tmp_path / "tally", outcome=tmp_path / "outcome", addresses=("a", "b", "c"))


def acting(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Have each process do `body` in place of its share; it knows its job, and how a process ends."""
    program = (
        "import os, pickle, signal, sys, time\n"
        "from welltegra.reopening.worker import *\n"
        f"job = pickle.load(sys.stdin.buffer)\n{body}"
    )
    real = subprocess.Popen

    def start(command: list[str], **options: Any) -> object:
        return real([*command[:5], sys.executable, "-c", program], **options)

    monkeypatch.setattr(subprocess, "Popen", start)


def test_that_each_process_has_an_address_of_its_own() -> None:
    assert cluster.addresses(1) == ()
    found = cluster.addresses(4)
    assert len(set(found)) == 4
    for address in found:  # and they are free
        with socket.create_server(("127.0.0.1", int(address.rpartition(":")[2]))):
            pass


def test_that_no_address_is_one_that_the_system_gives_to_others_and_that_their_end_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert all(int(address.rpartition(":")[2]) < 32_768 for address in cluster.addresses(20))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(cluster, "_PORTS", range(port, port + 1))
        with pytest.raises(WelltegraError, match=f"2 ports of .* from {port} to {port} must be free; 0 are"):
            cluster.addresses(2)


def test_that_all_come_to_their_end(monkeypatch: pytest.MonkeyPatch, job: Job) -> None:
    acting(monkeypatch, "job.outcome.with_name(f'done-{job.number}').touch()")
    cluster.run_all(job)
    assert sorted(path.name for path in job.outcome.parent.glob("done-*")) == ["done-0", "done-1", "done-2"]


@pytest.mark.parametrize(("code", "error"), [(FAILED, WelltegraError), (MISTAKE, ConnectorError)])
def test_that_what_one_said_is_what_is_said_and_the_others_end(
    monkeypatch: pytest.MonkeyPatch, job: Job, code: int, error: type[Exception]
) -> None:
    monkeypatch.setattr(cluster, "_TO_SPEAK_S", 60.0)
    acting(
        monkeypatch,
        "if job.number == 0: sys.exit(CLUSTER_ENDED)\n"
        f"if job.number == 1: time.sleep(0.5); said_by(job).write_text('It was so.\\n'); sys.exit({code})\n"
        "time.sleep(600)",
    )
    with pytest.raises(error, match=r"^It was so\.$"):
        cluster.run_all(job)


def test_that_one_that_was_killed_is_named(monkeypatch: pytest.MonkeyPatch, job: Job) -> None:
    acting(monkeypatch, "if job.number == 2: os.kill(os.getpid(), signal.SIGKILL)\ntime.sleep(600)")
    with pytest.raises(cluster.ProcessEnded, match=r"^process 2 of the batch: must come to its end; ended with -9\."):
        cluster.run_all(job)


def test_that_what_nobody_expected_is_shown(
    monkeypatch: pytest.MonkeyPatch, job: Job, capfd: pytest.CaptureFixture[str]
) -> None:
    acting(monkeypatch, "if job.number == 1: raise ZeroDivisionError\ntime.sleep(600)")
    with pytest.raises(cluster.ProcessEnded, match="process 1 of the batch"):
        cluster.run_all(job)
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_that_one_that_cannot_be_started_ends_those_that_were(monkeypatch: pytest.MonkeyPatch, job: Job) -> None:
    acting(monkeypatch, "job.outcome.with_name(str(os.getpid())).touch(); time.sleep(600)")
    begin, started = cluster._start, []

    def once(one: Job) -> object:
        if one.number == 1:
            raise MemoryError
        started.append(begin(one))
        return started[-1]

    monkeypatch.setattr(cluster, "_start", once)
    with pytest.raises(MemoryError):
        cluster.run_all(job)
    assert [process.poll() for process in started] == [-signal.SIGTERM]


def test_that_ctrl_c_is_ours_alone_and_ends_them(monkeypatch: pytest.MonkeyPatch, job: Job) -> None:
    acting(
        monkeypatch,
        "os.kill(os.getpid(), signal.SIGINT)\n"  # as a terminal does
        "if job.number == 0: os.kill(os.getppid(), signal.SIGINT)\n"
        "time.sleep(600)",
    )
    with pytest.raises(KeyboardInterrupt):
        cluster.run_all(job)
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert said_by(job).read_text() == ""
