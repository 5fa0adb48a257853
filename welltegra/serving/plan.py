"""What each process that answers is told, and the application that it makes of it."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.ops import jobs
from connectors.postgres.config import Postgres
from welltegra.api.app import create_app
from welltegra.api.database import Database
from welltegra.api.hub import Hub
from welltegra.api.problems import Problem
from welltegra.api.state import State, provider_of
from welltegra.auth.limits import Attempts
from welltegra.auth.local import LocalSignIn
from welltegra.invocation import log_as_told
from welltegra.serving.ending import end_with
from welltegra.serving.jobs import JobRunner
from welltegra.settings.model import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """How to answer. origin: what browsers see. local: None where a provider is set. parent: who ends us."""

    settings: Settings
    postgres: Postgres
    origin: str
    port: int
    loopback: bool
    local: LocalSignIn | None
    parent: int


def state_of(plan: Plan) -> State:
    """Return what requests share."""
    database = Database(plan.postgres, plan.settings.web.pool)
    provider, bearer, browser = provider_of(plan.settings, plan.origin)
    return State(
        settings=plan.settings,
        database=database,
        hub=Hub(plan.postgres, _details(database)),
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
    # Ctrl-C goes to all of a terminal's processes; ours wait for what the first one says.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    log_as_told(plan.settings)
    logging.getLogger("httpx").setLevel("WARNING")  # it would log addresses with codes in them
    state = state_of(plan)
    runner = JobRunner(state.database, dict(plan.settings.projects))
    return create_app(state, runner, plan.port, plan.loopback)


def plan_of(settings: Settings, postgres: Postgres, origin: str, port: int, loopback: bool) -> Plan:
    """Return the plan for processes that this one starts. Local sign-in is for loopback without a provider alone."""
    local = None
    if loopback and not settings.auth.issuer and not settings.auth.api_keys_only:
        local = LocalSignIn(origin)
    return Plan(settings, postgres, origin, port, loopback, local, os.getpid())


def _details(database: Database) -> Callable[[Mapping[str, Any]], Mapping[str, Any] | None]:
    def details(told: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if told["kind"] != "job":
            return told
        try:
            with database.transaction("reader") as connection:
                job = jobs.get(connection, told["job_id"])
        except Problem:
            return told
        if job is None:
            return None
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

    return details
