"""The processes that rank: ended once their job is not ours, said in words to have failed, and tidied up after."""

from __future__ import annotations

import logging
import pickle
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import polars as pl
import psycopg
import pytest

from connectors.ops import jobs
from connectors.ops.shapes import Job
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from welltegra.api.database import Database, unavailable
from welltegra.reopening import job as module_of_job
from welltegra.serving import child as child_module
from welltegra.serving import jobs as module
from welltegra.serving.child import Order
from welltegra.serving.jobs import Child, JobRunner
from welltegra.serving.server import prepare

WITHIN_S = 60.0


def until(done: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + WITHIN_S
    while not done():
        assert time.monotonic() < ends, what
        time.sleep(0.05)


class Ranking:
    """Stands for a process that ranks without end, and says so all the while."""

    made: list[Ranking] = []  # noqa: RUF012 - those of a test

    def __init__(self, order: Order) -> None:
        self.order, self.was_ended = order, False
        self.ended = threading.Event()
        Ranking.made.append(self)

    def __enter__(self) -> Ranking:
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()

    def end(self) -> None:
        self.was_ended = True
        self.ended.set()

    def said(self) -> Iterator[dict[str, Any]]:
        while not self.ended.wait(0.05):
            yield {"stage": "reading logs", "done": 1, "total": 2}


@pytest.fixture
def database(postgres: str) -> Postgres:
    made = Postgres(postgres)
    migrate(made)
    prepare(made, ours=True)
    return made


@pytest.fixture
def runner(database: Postgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[JobRunner]:
    Ranking.made = []
    monkeypatch.setattr(module, "Child", Ranking)
    pool = Database(database, 4)
    pool.open()
    made = JobRunner(pool, {"p": Path("nowhere")})
    made.start()
    try:
        yield made
    finally:
        made.stop()
        pool.close()


def queue(database: Postgres) -> Job:
    with database.session("") as connection:
        return jobs.enqueue(connection, "p", "tests")[0]


def state_of(database: Postgres, job: Job) -> tuple[str, int]:
    with database.session("") as connection:
        found = jobs.get(connection, job.job_id)
    assert found is not None
    return found.state, found.attempts


def test_that_a_ranking_ends_once_its_job_is_somebody_elses(
    runner: JobRunner, database: Postgres, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    job = queue(database)
    until(lambda: state_of(database, job) == ("running", 1) and Ranking.made, "it must begin")
    with database.session("") as connection:
        connection.execute("UPDATE ops.ranking_jobs SET attempts = 2 WHERE job_id = %s", [job.job_id])
    until(lambda: Ranking.made[0].was_ended, "it must be ended")
    runner.stop()
    assert state_of(database, job) == ("running", 2), "what is somebody else's is left to them"
    assert "job_done" not in caplog.text


def test_that_who_lost_the_lock_ends_what_runs_before_it_takes_anything_again(
    runner: JobRunner, database: Postgres
) -> None:
    job = queue(database)
    until(lambda: state_of(database, job) == ("running", 1) and Ranking.made, "it must begin")
    with psycopg.connect(database.dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [module._TAKING & 0xFFFFFFFF],
        )
    until(lambda: len(Ranking.made) == 2, "it must be begun again")
    assert [one.ended.is_set() for one in Ranking.made] == [True, False]
    assert Ranking.made[0].was_ended
    assert state_of(database, job) == ("running", 2), "queued again, and not failed"


def test_that_what_was_not_ours_to_finish_is_not_called_done(
    runner: JobRunner, database: Postgres, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.INFO)

    def said(self: Ranking) -> Iterator[dict[str, Any]]:
        with database.session("") as connection:
            connection.execute("UPDATE ops.ranking_jobs SET attempts = 9")
        yield {"outcome": {"run_id": "00000000-0000-0000-0000-000000000001"}}

    monkeypatch.setattr(Ranking, "said", said)
    queue(database)
    until(lambda: "job_lost" in caplog.text, "it must be said")
    assert "job_done" not in caplog.text


def test_that_what_is_stated_after_a_ranking_has_read_is_newer_than_it(runner: JobRunner, database: Postgres) -> None:
    job = queue(database)
    until(lambda: Ranking.made, "it must begin")
    with database.session("") as connection:
        begun = jobs.get(connection, job.job_id)
    assert begun is not None
    assert begun.started_at is not None
    read_at = Ranking.made[0].order.read_at
    assert read_at is not None
    assert datetime.fromisoformat(read_at) == begun.started_at, "by the clock of PostgreSQL, before anything was read"


@pytest.mark.parametrize("told", [None, "2026-03-23T17:00:00+00:00"])
def test_that_a_ranking_is_as_old_as_what_it_has_read(
    told: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[datetime] = []
    asked: list[module_of_job.Job] = []
    project = SimpleNamespace(project_id="p", tables={"wells": pl.DataFrame({"well_id": ["W-1"]})})

    def read(_: Path) -> Any:
        begun.append(datetime.now(UTC))
        return project

    def share(job: module_of_job.Job, _: object) -> None:
        asked.append(job)
        ranked = module_of_job.Ranked(UUID(int=1), True, {}, (), 0, 0, 0, 0, 0, (), None)
        job.outcome.write_bytes(pickle.dumps(ranked))

    stored = SimpleNamespace(scoring_profile_id=UUID(int=2), content="{}", profile_key="k")
    monkeypatch.setattr(child_module, "read_project", read)
    monkeypatch.setattr(child_module, "profile_of", lambda *_: stored)
    monkeypatch.setattr("welltegra.reopening.share.run_share", share)
    order = Order("p", str(tmp_path), "postgresql://127.0.0.1:1/none", "tests", read_at=told)
    outcome = child_module.run(Order.parse(order.line()), lambda **_: None)
    assert outcome["run_id"] == str(UUID(int=1))
    assert asked[0].read_at <= begun[0], "what changes while it is read is newer"
    if told is not None:
        assert asked[0].read_at == datetime.fromisoformat(told)


def done(self: Ranking) -> Iterator[dict[str, Any]]:
    yield {"outcome": {"run_id": str(UUID(int=1))}}


def unless(away: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the database be away for `finish` and `fail` once for each that `away` holds, which is taken out then."""
    for name, real in (("finish", jobs.finish), ("fail", jobs.fail)):

        def note(*given: Any, real: Callable[..., Job | None] = real) -> Job | None:
            if away:
                away.pop()
                raise unavailable()
            return real(*given)

        monkeypatch.setattr(f"connectors.ops.jobs.{name}", note)


def test_that_a_ranking_that_is_done_is_noted_once_the_database_is_back(
    runner: JobRunner, database: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ranking, "said", done)
    unless(["once", "twice"], monkeypatch)
    job = queue(database)
    until(lambda: state_of(database, job)[0] not in ("queued", "running"), "it must end")
    assert state_of(database, job) == ("succeeded", 1)
    assert len(Ranking.made) == 1, "it is not ranked a second time"


def test_that_a_ranking_whose_end_could_not_be_noted_is_begun_again(
    runner: JobRunner, database: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_TRIES", 1)
    monkeypatch.setattr(Ranking, "said", done)
    away = ["once"]
    unless(away, monkeypatch)
    job = queue(database)
    until(lambda: not away, "it must try to note it")
    with database.session("") as connection:
        connection.execute("UPDATE ops.ranking_jobs SET heard_at = heard_at - interval '2 minutes'")
    until(lambda: state_of(database, job) == ("succeeded", 2), "it must be begun again, and end")


def test_that_a_ranking_that_runs_may_be_silent_for_long(runner: JobRunner, database: Postgres) -> None:
    job = queue(database)
    until(lambda: Ranking.made, "it must begin")
    with database.session("") as connection:
        before = time.monotonic()
        # It says something every 0.05 s: often enough it is found silent all the same.
        while time.monotonic() < before + 3 * module._LOOK_EVERY_S:
            connection.execute("UPDATE ops.ranking_jobs SET heard_at = heard_at - interval '2 minutes'")
            runner.wake()
            time.sleep(0.01)
    assert state_of(database, job) == ("running", 1)
    assert len(Ranking.made) == 1


def order_of(folder: Path) -> Order:
    return Order("p", str(folder), "postgresql://127.0.0.1:1/none", "tests")


def test_that_a_ranking_that_is_killed_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    with Child(order_of(tmp_path / "none")) as child:
        (scratch,) = tmp_path.iterdir()
        # What it makes itself is made there, and would stay there.
        (scratch / "welltegra-rank-x").mkdir()
        child.end()
    assert child.was_ended
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr("tempfile.tempdir", None)


def test_that_a_child_makes_its_files_where_its_parent_removes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "python"
    script.write_text('#!/bin/sh\necho "{\\"outcome\\": {\\"at\\": \\"$TMPDIR\\"}}"\n')
    script.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(script))
    with Child(order_of(tmp_path)) as child:
        (said,) = child.said()
        assert Path(said["outcome"]["at"]).is_dir()
    assert not Path(said["outcome"]["at"]).exists()


def test_that_a_child_that_ends_before_it_is_spoken_to_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "python"
    script.write_text("#!/bin/sh\nexec <&-\n")
    script.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(script))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    # Longer than what a pipe holds: it is gone before all of it is written.
    with Child(Order("p" * 1_000_000, str(tmp_path), "postgresql://127.0.0.1:1/none", "tests")) as child:
        assert list(child.said()) == []
    assert list(tmp_path.iterdir()) == [script]


def test_that_a_child_that_cannot_begin_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "none"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with pytest.raises(FileNotFoundError), Child(order_of(tmp_path)):
        pass
    assert list(tmp_path.iterdir()) == []


def test_that_a_fault_of_ours_is_said_in_a_sentence_and_logged_with_where_it_was(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def breaks(*_: object) -> dict[str, Any]:
        raise ZeroDivisionError("division\nby zero " + "x" * 10_000)

    told: list[dict[str, Any]] = []
    monkeypatch.setattr(child_module, "run", breaks)
    child_module.answer(order_of(Path("x")).line(), lambda **one: told.append(one))
    ((kind, said),) = told[0].items()
    assert kind == "error"
    assert said.startswith("The ranking broke off")
    assert "ZeroDivisionError: division by zero" in said
    assert len(said) < 1_000
    assert "Traceback" not in said
    assert "Traceback" in caplog.text
