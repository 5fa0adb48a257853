"""Ranking jobs: asked for here, done in the background, looked at here."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response
from pydantic import TypeAdapter

from connectors.ops import jobs as queue
from connectors.ops.shapes import Job
from welltegra.api.caching import answered
from welltegra.api.documents import RankingAsked
from welltegra.api.guard import principal_of, require
from welltegra.api.paging import MOST, next_page
from welltegra.api.problems import Problem, documented, not_found, unprocessable
from welltegra.api.state import State
from welltegra.api.worklist import ProjectId

router = APIRouter(tags=["ranking"])
_JOBS: Final = TypeAdapter(list[Job])
JobId = Annotated[UUID, Path(description="The job.")]


@router.post(
    "/well-logs/jobs/reopen-rank",
    name="queue_ranking",
    status_code=HTTPStatus.ACCEPTED,
    response_model=Job,
    responses={
        **documented(409),
        202: {"headers": {"Location": {"description": "Of the job.", "schema": {"type": "string"}}}},
    },
)
def queue_ranking(request: Request, asked: RankingAsked) -> Response:
    """Ask for a ranking. The same input is the same run.

    While one of the project waits or runs, that is the answer if it is by the same profile_key, and 409 if it is not.
    """
    state: State = request.state.shared
    require(request, asked.project_id)
    check_folder(state, asked.project_id)
    with state.database.transaction("ranker") as connection:
        actor = principal_of(request).actor
        job, new = queue.enqueue(connection, asked.project_id, actor, asked.profile_key, asked.reason)
    if not new and job.profile_key != asked.profile_key:
        raise _by_another(job, asked.profile_key)
    place = f"/well-logs/jobs/{job.job_id}"
    return JSONResponse(jsonable_encoder(job), HTTPStatus.ACCEPTED, {"Location": place})


@router.get("/well-logs/jobs/{job_id}", name="job", responses=documented())
def job(request: Request, job_id: JobId) -> Job:
    """Return a job: its state, how far it is, and its run or its error."""
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        found = queue.get(connection, job_id)
    # Another project's is not found, as if it were not there.
    if found is None or principal_of(request).role_in(found.project_id) is None:
        raise not_found(f"job {str(job_id)!r}")
    require(request, found.project_id)
    return found


@router.get("/projects/{project_id}/jobs", name="jobs", responses=documented(), response_model=list[Job])
def jobs(
    request: Request,
    project_id: ProjectId,
    before: Annotated[UUID | None, Query(description="Only those older than this one, as `Link` names it.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> Response:
    """Return the jobs of a project, the newest first."""
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        if before is not None:
            known = queue.get(connection, before)
            if known is None or known.project_id != project_id:
                raise not_found(f"job {str(before)!r}")
        found = queue.list_jobs(connection, project_id, limit + 1, before)
    more = next_page(request, before=str(found[limit - 1].job_id)) if len(found) > limit else {}
    return answered(request, found[:limit], _JOBS, more)


def _by_another(job: Job, asked: str | None) -> Problem:
    """Return the problem of who asks for a ranking by one profile while one by another waits or runs."""
    said = (
        f"profile_key: must be {_named(job.profile_key)} while the ranking of {job.project_id!r} by it waits or runs"
        f" (job {job.job_id}); was {_named(asked)}. Ask again once that one has ended."
    )
    return Problem(HTTPStatus.CONFLICT, said, [(said, "body.profile_key")])


def _named(profile_key: str | None) -> str:
    return "null (the one that the project names)" if profile_key is None else repr(profile_key)


def check_folder(state: State, project_id: str) -> None:
    """Find out whether a project can be ranked here.

    Raises:
        Problem: The settings do not say where it lies.
    """
    if project_id not in state.settings.projects:
        said = f"[projects] of the server must name the folder of {project_id!r}; does not. Ask who runs it to set it."
        raise unprocessable(said, [(said, "body.project_id")])
