"""Rankings: those that were made, one that runs, and asking for another; two side by side; what people state."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import Response

from connectors.ops import compare as comparing
from connectors.ops import jobs, overrides
from connectors.ops import profile_versions as stored
from connectors.ops import target as targets
from connectors.ops import worklist as reading
from connectors.ops.errors import InputFaults
from connectors.ops.profile_versions import ProfileVersion
from connectors.ops.reading import Connection
from connectors.ops.shapes import TargetDetail
from schemas.profiles import default_profile
from welltegra.api.comparing import compared
from welltegra.api.guard import principal_of
from welltegra.api.problems import not_found
from welltegra.api.ranking import check_folder
from welltegra.web.pages.compare import compare_page
from welltegra.web.pages.compare_profiles import CompareProfilesPage, compare_profiles_page
from welltegra.web.pages.rankings import RUNS, rankings_page
from welltegra.web.pages.stated import StatedForm, StatedPage, stated_page
from welltegra.web.views.answers import PAGE, ProjectId, Words, see, shown, state_of

router = APIRouter()
Short = Annotated[str, Form(max_length=200)]


@router.get("/projects/{project_id}/rankings", name="page_rankings", **PAGE)
def rankings(request: Request, project_id: ProjectId, before: Annotated[UUID | None, Query()] = None) -> Response:
    """Return the rankings of a project, and the one that runs. before: the one that those shown are older than."""
    state = state_of(request)
    with state.database.transaction("reader") as connection:
        if before is not None and reading.run(connection, project_id, before) is None:
            raise not_found(f"ranking {str(before)!r}")
        asked_for = jobs.list_jobs(connection, project_id, 20)
        # One more, for the last that is shown to be compared with.
        runs = reading.list_runs(connection, project_id, RUNS + 1, before)
    folder = project_id in state.projects
    return shown(
        rankings_page(project_id, principal_of(request), asked_for, runs, newest=before is None, folder=folder)
    )


@router.post("/projects/{project_id}/rankings", name="page_rank", **PAGE)
def rank(request: Request, project_id: ProjectId, reason: Annotated[str, Form(max_length=500)] = "") -> Response:
    """Ask for a ranking; one that waits or runs is not asked for twice."""
    state = state_of(request)
    check_folder(state, project_id)
    with state.database.transaction("ranker") as connection:
        jobs.enqueue(connection, project_id, principal_of(request).actor, reason=reason.strip() or None)
    return see(str(request.url.path))


@router.get("/projects/{project_id}/compare", name="page_compare", **PAGE)
def compare(
    request: Request,
    project_id: ProjectId,
    of: Literal["rankings", "profiles"] = "rankings",
    before: Annotated[UUID | None, Query()] = None,
    after: Annotated[UUID | None, Query()] = None,
) -> Response:
    """Return two rankings, or two versions of a profile, side by side."""
    if of == "profiles":
        return shown(_profiles_compared(request, project_id, before, after))
    with state_of(request).database.transaction("reader") as connection:
        runs = reading.list_runs(connection, project_id, 50)
        found = None
        if before is not None and after is not None:
            found = comparing.compare_runs(connection, project_id, before, after)
            if found is None:
                raise not_found(f"ranking {str(before)!r} or {str(after)!r}")
    return shown(compare_page(project_id, principal_of(request), runs, found))


@router.get("/projects/{project_id}/stated", name="page_stated", **PAGE)
def stated(
    request: Request,
    project_id: ProjectId,
    target: Annotated[UUID | None, Query()] = None,
    well: Annotated[str, Query(max_length=200)] = "",
    zone: Annotated[str, Query(max_length=200)] = "",
    input: Annotated[str, Query(max_length=200)] = "",  # noqa: A002 - what the design calls it
) -> Response:
    """Return what people state, and the form; target: which one came from, whose well stands in it already."""
    with state_of(request).database.transaction("reader") as connection:
        detail = None if target is None else targets.detail(connection, project_id, target)
        form = StatedForm(well, zone, input)
        if detail is not None:
            form = StatedForm(well_id=detail.row.well_id, zone=detail.row.zone or "", input=input)
        return shown(_stated(request, connection, project_id, form, detail))


@router.post("/projects/{project_id}/stated", name="page_state", **PAGE)
def state_one(
    request: Request,
    project_id: ProjectId,
    well_id: Short = "",
    zone: Short = "",
    input: Short = "",  # noqa: A002 - what the design calls it
    value: Short = "",
    reason: Words = "",
) -> Response:
    """State an input, with the reason."""
    database, author = state_of(request).database, principal_of(request).actor
    try:
        with database.transaction("reviewer") as connection:
            overrides.state(
                connection, project_id, well_id, zone.strip() or None, input, value, reason=reason, author=author
            )
    except InputFaults as error:
        form = StatedForm(well_id, zone, input, value, reason, tuple(map(str, error.faults)))
        with database.transaction("reader") as connection:
            page = _stated(request, connection, project_id, form, None)
        return shown(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    return see(str(request.url.path))


@router.post("/projects/{project_id}/stated/{override_id}/withdraw", name="page_withdraw", **PAGE)
def withdraw(
    request: Request, project_id: ProjectId, override_id: Annotated[int, Path(ge=1, le=2**63 - 1)]
) -> Response:
    """Withdraw what was stated."""
    with state_of(request).database.transaction("reviewer") as connection:
        if not overrides.withdraw(connection, project_id, override_id, principal_of(request).actor):
            raise not_found(f"stated input {override_id}")
    return see(str(request.url.path).rsplit("/", 2)[0])


def _profiles_compared(
    request: Request, project_id: str, before: UUID | None, after: UUID | None
) -> CompareProfilesPage:
    state = state_of(request)
    found = None if before is None or after is None else compared(state, project_id, before, after)
    with state.database.transaction("reader") as connection:
        versions: list[ProfileVersion] = stored.versions(connection, project_id)
        if before is not None and after is not None:
            whole = {one: stored.version(connection, one) for one in (before, after)}
            versions = [whole.get(one.scoring_profile_id, one) for one in versions]
    return compare_profiles_page(project_id, principal_of(request), versions, found)


def _stated(
    request: Request, connection: Connection, project_id: str, form: StatedForm, detail: TargetDetail | None
) -> StatedPage:
    row = None if detail is None else detail.row
    found, places = overrides.list_overrides(connection, project_id), overrides.places(connection, project_id)
    return stated_page(project_id, principal_of(request), found, form, default_profile(), places, row)
