"""What each process that answers is told, and the application that it makes of it."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg

from connectors.ops import jobs, worklist
from connectors.ops.shapes import Job
from connectors.postgres.config import Postgres
from welltegra.api.app import create_app
from welltegra.api.database import Database
from welltegra.api.folders import Folders
from welltegra.api.hub import NOW, Details, Hub
from welltegra.api.problems import Problem
from welltegra.api.state import State, provider_of
from welltegra.auth.limits import Attempts
from welltegra.auth.local import LocalSignIn
from welltegra.invocation import log_as_told
from welltegra.serving.ending import Ending, end_with
from welltegra.serving.jobs import JobRunner
from welltegra.serving.seats import Seats
from welltegra.serving.watching import Watch
from welltegra.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """How to answer. origin: what browsers see. local: None where a provider is set. parent: who ends us.

    ending: the word that we are to end. seats: which of the processes we are. Both None where we are the only one.
    """

    settings: Settings
    postgres: Postgres
    origin: str
    port: int
    loopback: bool
    local: LocalSignIn | None
    parent: int
    ending: Ending | None = None
    seats: Seats | None = None


def state_of(plan: Plan) -> State:
    """Return what requests share."""
    database = Database(plan.postgres, plan.settings.web.pool)
    provider, bearer, browser = provider_of(plan.settings, plan.origin)
    return State(
        settings=plan.settings,
        database=database,
        hub=Hub(plan.postgres, details_of(database)),
        folders=Folders(database, plan.settings.projects),
        attempts=Attempts(plan.settings.auth.attempts_per_minute),
        origin=plan.origin,
        secure=plan.origin.startswith("https:"),
        provider=provider,
        bearer=bearer,
        browser=browser,
        local=plan.local,
    )


def application(plan: Plan) -> Callable[..., Any]:
    """Return the application of a process that was started to answer."""
    end_with(plan.parent)
    # Ctrl-C and a terminal that closes go to all of its processes; ours wait for what the first one says.
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    log_as_told(plan.settings)
    logging.getLogger("httpx").setLevel("WARNING")  # it would log addresses with codes in them
    state = state_of(plan)
    runner = JobRunner(state.database, dict(plan.settings.projects))
    watch = Watch(state, plan.settings.metrics, 0 if plan.seats is None else plan.seats.take(os.getpid()))
    if plan.ending is not None:
        threading.Thread(target=_end, args=(plan.ending, state, runner), name="ending", daemon=True).start()
    return create_app(state, runner, plan.port, plan.loopback, watch)


def plan_of(settings: Settings, postgres: Postgres, origin: str, port: int, loopback: bool) -> Plan:
    """Return the plan for processes that this one starts. Local sign-in is for loopback without a provider alone."""
    local = None
    if loopback and not settings.auth.issuer and not settings.auth.api_keys_only:
        local = LocalSignIn(origin)
    workers = settings.web.workers
    return Plan(settings, postgres, origin, port, loopback, local, os.getpid(), Ending(), Seats(workers))


def _end(ending: Ending, state: State, runner: JobRunner) -> None:
    """Wait for the word; then end what would never end by itself, so that granian's wait for requests does."""
    ending.wait()
    state.hub.end()
    runner.end()


def details_of(database: Database) -> Details:
    """Return what says what browsers are to know of what PostgreSQL has told: of a job, how far it is now.

    Of `now` it is the run that is shown where none is asked for, and the last job; each None where there is none.
    """

    def details(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if told["kind"] == NOW:
            with database.transaction("reader") as connection:
                current = worklist.header(connection, told["project_id"])
                last = jobs.list_jobs(connection, told["project_id"], 1)
            return {
                **told,
                "run_id": None if current is None else current.run_id,
                "job": _job(last[0]) if last else None,
            }
        if told["kind"] != "job":
            return told
        try:
            job_id = UUID(told["job_id"])
        except ValueError:
            return None  # every role of PostgreSQL may speak on our channel
        try:
            with database.transaction("reader") as connection:
                job = jobs.get(connection, job_id)
        except (Problem, psycopg.Error):
            return told
        if job is None or job.project_id != told["project_id"]:
            return None
        return _job(job)

    return details


def _job(job: Job) -> dict[str, Any]:
    return {
        "kind": "job",
        "project_id": job.project_id,
        "job_id": job.job_id,
        "state": job.state,
        "stage": job.stage,
        "done": job.done,
        "total": job.total,
        "run_id": job.run_id,
        "error": job.error,
    }
