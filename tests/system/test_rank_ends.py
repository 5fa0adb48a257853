"""A ranking that does not come to its end leaves nothing half-written and nobody behind, and the next one succeeds."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import psycopg
import pytest

from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from tests.system.ranking import begun, counts, held, is_held, of_session, ranked, rows, wait_for
from welltegra.cli import FAILED, INTERRUPTED, MISTAKE, TERMINATED, run
from welltegra.simulator.field.making import make_field
from welltegra.simulator.field.plan import FieldOptions

pytestmark = pytest.mark.slow


@pytest.fixture
def field(tmp_path: Path) -> Path:
    make_field(FieldOptions(wells=4, seed=3), tmp_path / "field")
    return tmp_path / "field"


@pytest.fixture
def dsn(postgres: str, field: Path) -> str:
    """Return a database in which the field was ranked as it was before."""
    migrate(Postgres(postgres))
    ranked(field, postgres)
    (field / "ranking.json").unlink()
    with (field / "project.toml").open("a") as file:
        file.write("# Other input now.\n")
    return postgres


@contextmanager
def writing(field: Path, dsn: str, processes: int) -> Iterator[tuple[Popen[bytes], Path]]:
    """Yield a ranking that has begun to write, and cannot go on while this lasts."""
    options = ("--json", str(field / "ranking.json"), "--processes", str(processes))
    with held(dsn), begun(field, dsn, *options) as (process, said):
        wait_for(lambda: is_held(dsn), process)
        assert len(of_session(process.pid)) == (1 if processes == 1 else 1 + processes)
        yield process, said


def assert_as_before(field: Path, dsn: str, before: dict[str, int]) -> None:
    """Nothing was written; the next run succeeds, and is the second one."""
    wait_for(lambda: not rows(dsn, "SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"))
    assert counts(dsn) == before
    found = ranked(field, dsn)
    assert counts(dsn)["reopen_ranking_runs"] == before["reopen_ranking_runs"] + 1
    assert rows(dsn, "SELECT run_id::text FROM ops.reopen_ranking_runs WHERE is_current") == [(found["run_id"],)]
    assert not list(field.glob(".*"))


@pytest.mark.parametrize("processes", [1, 2])
def test_that_a_run_killed_while_it_writes_leaves_nothing(field: Path, dsn: str, processes: int) -> None:
    before = counts(dsn)
    with writing(field, dsn, processes) as (process, _):
        process.kill()
        process.wait()
        wait_for(lambda: not of_session(process.pid))
    assert_as_before(field, dsn, before)


@pytest.mark.parametrize(("processes", "number"), [(1, signal.SIGTERM), (2, signal.SIGINT)])
def test_that_a_run_that_is_stopped_while_it_writes_says_so_and_leaves_nothing(
    field: Path, dsn: str, processes: int, number: signal.Signals
) -> None:
    before = counts(dsn)
    with writing(field, dsn, processes) as (process, said):
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        assert process.wait(60) == (INTERRUPTED if number == signal.SIGINT else TERMINATED)
        assert of_session(process.pid) == []
        assert said.read_text().splitlines()[-1] == "Stopped."
        assert "Traceback" not in said.read_text()
    assert_as_before(field, dsn, before)


def test_that_a_process_that_is_killed_ends_the_run_with_a_sentence(field: Path, dsn: str) -> None:
    which = 1
    before = counts(dsn)
    with writing(field, dsn, 2) as (process, said):
        [*others] = [pid for pid in of_session(process.pid) if pid != process.pid]
        os.kill(others[which], signal.SIGKILL)
        assert process.wait(60) == FAILED
        assert of_session(process.pid) == []
        last = said.read_text().splitlines()[-1]
        assert last.startswith(f"process {which} of the batch: must come to its end; ended with -9.")
        assert "The database has the run whole or not at all: run it again." in last
    assert_as_before(field, dsn, before)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_that_a_run_ends_while_its_processes_are_still_starting(field: Path, dsn: str, number: signal.Signals) -> None:
    before = counts(dsn)
    # Held, so that it cannot come to its end before it is stopped, however late we are.
    with held(dsn), begun(field, dsn, "--processes", "2") as (process, said):
        wait_for(lambda: len(of_session(process.pid)) == 3, process)
        if number == signal.SIGINT:
            os.killpg(process.pid, number)
            assert process.wait(60) == INTERRUPTED
            assert said.read_text().splitlines()[-1] == "Stopped."
        else:  # one of them, before it could tell the other that it is there
            os.kill(of_session(process.pid)[-1], number)
            assert process.wait(60) == FAILED
            assert "of the batch: must come to its end; ended with -9." in said.read_text()
        assert of_session(process.pid) == []
        assert "Traceback" not in said.read_text()
    assert_as_before(field, dsn, before)


@pytest.mark.parametrize("processes", ["1", "2"])
def test_that_what_the_database_does_not_take_is_told_by_whichever_process_writes(
    field: Path, dsn: str, processes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = counts(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("ALTER TABLE ops.well_reopening_targets ADD CONSTRAINT never CHECK (false) NOT VALID")
        json_path = field / "ranking.json"
        assert run(["rank", str(field), "--dsn", dsn, "--json", str(json_path), "--processes", processes]) == MISTAKE
        said = capsys.readouterr().err.splitlines()
        assert 'violates check constraint "never"' in said[-1]
        assert not any("Traceback" in line or "panicked" in line for line in said)
        assert not json_path.exists()
        connection.execute("ALTER TABLE ops.well_reopening_targets DROP CONSTRAINT never")
    assert_as_before(field, dsn, before)
