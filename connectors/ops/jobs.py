"""Rankings that were asked for: a queue in PostgreSQL, one of a project at a time, which outlives the server."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from uuid import UUID

from connectors.ops.reading import Connection, all_of, one_of
from connectors.ops.said import LONGEST_NAME, LONGEST_NOTE, refuse, text_faults
from connectors.ops.shapes_of_work import Job

# What is told on it: JSON with kind (job, ranking, review), project_id, and job_id and state, or run_id.
CHANNEL: Final = "welltegra"
MOST_ATTEMPTS: Final = 3
# A ranking says how far it is every second; one that has been silent so long is nobody's.
SILENT_S: Final = 60.0
_LONGEST_ERROR: Final = 20_000


def enqueue(
    connection: Connection,
    project_id: str,
    requested_by: str,
    profile_key: str | None = None,
    reason: str | None = None,
) -> tuple[Job, bool]:
    """Ask for a ranking; return the job, and whether it is new: one that waits or runs is not asked for twice.

    Raises:
        InputFaults: A text cannot be.
    """
    refuse(
        [
            *text_faults("project_id", project_id, LONGEST_NAME),
            *text_faults("requested_by", requested_by, LONGEST_NAME),
            *text_faults("profile_key", profile_key, LONGEST_NAME, needed=profile_key is not None),
            *text_faults("reason", reason, LONGEST_NOTE, needed=reason is not None),
        ]
    )
    asked = {
        "project_id": project_id,
        "profile_key": profile_key,
        "requested_by": requested_by,
        "reason": reason,
    }
    while True:
        if (new := one_of(connection, Job, "insert_job", asked)) is not None:
            return new, True
        if (there := active(connection, project_id)) is not None:
            return there, False
        # It ended between the two: then there is room for ours.


def get(connection: Connection, job_id: UUID) -> Job | None:
    """Return a job; None where there is none. Who asks must be let see its project."""
    return next(iter(_select(connection, job_id=job_id)), None)


def active(connection: Connection, project_id: str) -> Job | None:
    """Return the job of a project that waits or runs; None where there is none."""
    return next(iter(_select(connection, project_id=project_id, active=True)), None)


def list_jobs(
    connection: Connection, project_id: str | None = None, most: int = 50, before: UUID | None = None
) -> list[Job]:
    """Return the jobs of a project, or of all, the newest first. before: only older than this one."""
    return _select(connection, project_id=project_id, most=most, before=before)


def claim(connection: Connection) -> Job | None:
    """Begin the job that has waited longest, and return it; None where none waits. Commit before working on it."""
    return one_of(connection, Job, "claim_job", {})


def progress(
    connection: Connection, job: Job, stage: str | None = None, done: int | None = None, total: int | None = None
) -> Job | None:
    """Say how far a job is that `claim` gave, and that it is worked on; None where it is no longer ours: stop then."""
    return _update(connection, job, "running", stage=stage, done=done, total=total)


def finish(connection: Connection, job: Job, run_id: UUID) -> Job | None:
    """Say that a job came to a run; None where it is no longer ours. The same input comes to the same run."""
    return _update(connection, job, "succeeded", run_id=run_id, done=job.total or None)


def fail(connection: Connection, job: Job, error: str) -> Job | None:
    """Say why a job failed, in sentences; None where it is no longer ours."""
    said = error.replace("\0", "").strip()[:_LONGEST_ERROR] or "It said nothing. See the log of the server."
    return _update(connection, job, "failed", error=said)


def recover(connection: Connection, silent_s: float = SILENT_S, running: Collection[UUID] = ()) -> list[Job]:
    """Let jobs wait again whose worker is gone, and return them; one begun MOST_ATTEMPTS times has failed instead.

    silent_s: since when nothing was heard of them; 0 where no other worker can be there, as after a restart.
    running: those that the caller runs, which may be silent for as long as a project takes to read.
    """
    asked = {"silent_s": silent_s, "running": list(running), "most_attempts": MOST_ATTEMPTS}
    return all_of(connection, Job, "recover_jobs", asked)


def _select(
    connection: Connection,
    *,
    job_id: UUID | None = None,
    project_id: str | None = None,
    active: bool = False,
    most: int = 1,
    before: UUID | None = None,
) -> list[Job]:
    asked = {"job_id": job_id, "project_id": project_id, "active": active, "most": most, "before": before}
    return all_of(connection, Job, "select_jobs", asked)


def _update(
    connection: Connection,
    job: Job,
    state: str,
    stage: str | None = None,
    done: int | None = None,
    total: int | None = None,
    run_id: UUID | None = None,
    error: str | None = None,
) -> Job | None:
    told = {"job_id": job.job_id, "attempts": job.attempts, "state": state, "run_id": run_id, "error": error}
    return one_of(connection, Job, "update_job", told | {"stage": stage, "done": done, "total": total})
