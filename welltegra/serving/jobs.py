"""Rankings in the background: one server of a database takes them, one per project at a time, each in its process."""

from __future__ import annotations

import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import psycopg

from connectors.errors import ConnectorError
from connectors.ops import jobs, overrides
from connectors.ops.shapes import Job
from welltegra.api.database import Database
from welltegra.api.problems import Problem
from welltegra.reopening.stated import stated_of
from welltegra.serving.child import Order

log = logging.getLogger(__name__)

_LOOK_EVERY_S: Final = 1.0
_ENDS_WITHIN_S: Final = 5.0
# Whoever holds it takes jobs; it goes with the connection, so a server that has died holds it no more.
_TAKING: Final = 0x77656C6C_0002
_MOST_AT_ONCE: Final = 2
# The database may be away for a moment, and a ranking that is whole is worth waiting for it.
_TRIES: Final = 10


class JobRunner:
    """Takes jobs that are queued, from start() to stop(). folders: where each project lies."""

    def __init__(self, database: Database, folders: dict[str, Path]) -> None:
        self._database, self._folders = database, folders
        self._stopping = threading.Event()
        self._woken = threading.Event()
        self._running: dict[UUID, threading.Thread] = {}
        self._children: set[Child] = set()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)

    def start(self) -> None:
        """Take jobs from now on."""
        self._thread.start()

    def wake(self) -> None:
        """Look for a job at once."""
        self._woken.set()

    def end(self) -> None:
        """Take no more, and end what runs, from whatever thread; it is queued again at the next start."""
        self._stopping.set()
        self._woken.set()
        for child in list(self._children):
            child.end()

    def stop(self) -> None:
        """End, and wait until all of it has ended."""
        self.end()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._database.as_role("ranker").session("") as connection:
                    self._take(connection)
            except (ConnectorError, Problem, psycopg.Error) as error:
                log.warning("jobs_wait reason=%s", error)
                self._stopping.wait(_LOOK_EVERY_S)

    def _take(self, connection: psycopg.Connection[Any]) -> None:
        """Take jobs as long as the connection lasts: the lock is its own, and what runs is ours no longer than that."""
        try:
            self._take_while_held(connection)
        finally:
            for child in list(self._children):
                child.end()
            for thread in list(self._running.values()):
                thread.join()

    def _take_while_held(self, connection: psycopg.Connection[Any]) -> None:
        held = False
        while not self._stopping.is_set():
            if not held:
                (held,) = connection.execute("SELECT pg_try_advisory_lock(%s)", [_TAKING]).fetchone() or (False,)
                if held:
                    self._queue_again(connection, 0)
            if held:
                self._begin_what_is_queued(connection)
                self._queue_again(connection, jobs.SILENT_S)
            self._woken.wait(_LOOK_EVERY_S)
            self._woken.clear()

    def _queue_again(self, connection: psycopg.Connection[Any], silent_s: float) -> None:
        """Queue again what nobody runs: of a server that has gone, or of ours where its end could not be noted."""
        ours = [one for one, thread in self._running.items() if thread.is_alive()]
        if again := jobs.recover(connection, silent_s, ours):
            log.info("jobs_queued_again count=%d", sum(job.state == "queued" for job in again))

    def _begin_what_is_queued(self, connection: psycopg.Connection[Any]) -> None:
        self._running = {one: thread for one, thread in self._running.items() if thread.is_alive()}
        while len(self._running) < _MOST_AT_ONCE and not self._stopping.is_set():
            job = jobs.claim(connection)
            if job is None:
                return
            thread = threading.Thread(target=self._do, args=(job,), name=f"job {job.job_id}", daemon=True)
            self._running[job.job_id] = thread
            thread.start()

    def _do(self, job: Job) -> None:
        log.info("job_begun job=%s project=%r attempt=%d", job.job_id, job.project_id, job.attempts)
        try:
            self._rank(job)
        except Exception as error:
            log.error("job_failed job=%s", job.job_id, exc_info=error)
            self._fail(job, "The server could not run it; its log says why.")

    def _rank(self, job: Job) -> None:
        folder = self._folders.get(job.project_id)
        if folder is None:
            self._fail(job, f"settings: [projects] must name the folder of {job.project_id!r}; does not. Set it there.")
            return
        with self._database.transaction("ranker") as connection:
            stated = [stated_of(one) for one in overrides.active(connection, job.project_id)]
        order = Order(
            job.project_id,
            str(folder),
            self._database.as_role("ranker").dsn,
            job.requested_by,
            job.profile_key,
            stated=tuple(stated),
            # It was begun before they were read, by the clock of PostgreSQL, which is theirs.
            read_at=None if job.started_at is None else job.started_at.isoformat(),
        )
        last: dict[str, Any] = {}
        with Child(order) as child:
            self._children.add(child)
            if self._stopping.is_set():  # it was told to stop before it knew of this one
                child.end()
            try:
                for said in child.said():
                    last = said
                    if "stage" not in said:
                        continue
                    if (still := self._progress(job, said)) is None:
                        child.end()
                    else:
                        job = still
            finally:
                self._children.discard(child)
        if (child.was_ended or self._stopping.is_set()) and "outcome" not in last:
            return  # it is queued again at the next start, or somebody else's by now
        if "outcome" in last:
            run_id = UUID(last["outcome"]["run_id"])
            finished = self._noted(job, lambda connection: jobs.finish(connection, job, run_id))
            log.info("%s job=%s run=%s", "job_lost" if finished is None else "job_done", job.job_id, run_id)
        else:
            self._fail(job, last.get("error") or "The process that ranks ended without a word; see the server's log.")

    def _progress(self, job: Job, said: dict[str, Any]) -> Job | None:
        """Say how far a job is, and return it; None where it is no longer ours, as far as can be known."""
        with suppress(Problem), self._database.transaction("ranker") as connection:
            return jobs.progress(connection, job, said["stage"], said["done"], said["total"])
        return job

    def _fail(self, job: Job, error: str) -> None:
        log.info("job_refused job=%s reason=%s", job.job_id, error)
        self._noted(job, lambda connection: jobs.fail(connection, job, error))

    def _noted(self, job: Job, note: Callable[[psycopg.Connection[Any]], Job | None]) -> Job | None:
        """Note how a job ended, and return it; None where it is not ours, or cannot be noted: it is queued again."""
        for _ in range(_TRIES):
            try:
                with self._database.transaction("ranker") as connection:
                    return note(connection)
            except Problem as problem:
                log.warning("job_end_unnoted job=%s reason=%s", job.job_id, problem)
            if self._stopping.wait(_LOOK_EVERY_S):
                break
        return None


class Child:
    """A ranking in a process of its own, ended at the latest on leaving; with it go all of its temporary files."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._process: subprocess.Popen[bytes] | None = None
        self._scratch = Path()
        # Whether it was told to end.
        self.was_ended = False

    def __enter__(self) -> Child:
        # One who is killed cannot tidy up.
        self._scratch = Path(tempfile.mkdtemp(prefix="welltegra-child-"))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "welltegra.serving.child", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
                env={**os.environ, "TMPDIR": str(self._scratch)},
            )
        except OSError:
            shutil.rmtree(self._scratch, ignore_errors=True)
            raise
        assert self._process.stdin is not None, "a pipe"
        # One who has ended already hears nothing, and what it has not said shows that.
        with suppress(BrokenPipeError), self._process.stdin as heard:
            heard.write(self._order.line())
        return self

    def __exit__(self, *_: object) -> None:
        self._terminate()
        process = self._process
        assert process is not None, "entered"
        try:
            process.wait(_ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert process.stdout is not None, "a pipe"
        process.stdout.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def end(self) -> None:
        """End it and what it has begun; leaving waits for that."""
        self.was_ended = True
        self._terminate()

    def _terminate(self) -> None:
        assert self._process is not None, "entered"
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGTERM)

    def said(self) -> Iterator[dict[str, Any]]:
        """Yield what it says, until it ends."""
        assert self._process is not None, "entered"
        assert self._process.stdout is not None, "a pipe"
        for line in self._process.stdout:
            yield json.loads(line)
