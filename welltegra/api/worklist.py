"""Reading the worklist: the ranking in short and its targets by page, one target, what filters leave, runs."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import TypeAdapter

from connectors.ops import compare as comparing
from connectors.ops import target as targets
from connectors.ops import worklist as reading
from connectors.ops.facets import facets as counted
from connectors.ops.reading import Connection
from connectors.ops.shapes import Comparison, Cursor, Facets, Filters, Header, RunRow, Sort, TargetDetail
from welltegra.api.caching import answered
from welltegra.api.documents import PortfolioBody
from welltegra.api.filtering import FILTERED, LIST, query_of
from welltegra.api.guard import may_still
from welltegra.api.paging import MOST, next_page
from welltegra.api.problems import documented, not_found
from welltegra.api.state import State

router = APIRouter(tags=["worklist"])
ProjectId = Annotated[
    str,
    Path(
        min_length=1, max_length=200, pattern=r"^[^\x00]+$", description="The project.", examples=["kern_reopen_demo"]
    ),
]
TargetId = Annotated[UUID, Path(description="The target.")]
RunId = Annotated[UUID | None, Query(description="A ranking of before; else the current one.")]
ProfileKey = Annotated[
    str | None,
    Query(max_length=200, pattern=r"^[^\x00]*$", description="Of the current ranking; else the one ranked last."),
]
_PORTFOLIO: Final = TypeAdapter(PortfolioBody)
_FACETS: Final = TypeAdapter(Facets)
_DETAIL: Final = TypeAdapter(TargetDetail)
_RUNS: Final = TypeAdapter(list[RunRow])
_COMPARISON: Final = TypeAdapter(Comparison)


@router.get(
    "/projects/{project_id}/portfolio/reopening-targets",
    name="portfolio",
    responses=documented(),
    response_model=PortfolioBody,
    openapi_extra=LIST,
)
def portfolio(
    request: Request,
    project_id: ProjectId,
    run_id: RunId = None,
    profile_key: ProfileKey = None,
    limit: Annotated[int, Query(ge=1, le=reading.MOST_ROWS, description="Targets of a page.")] = 50,
) -> Response:
    """Return the ranking in short, and a page of its targets; filters and order as the worklist's."""
    state: State = request.state.shared
    query = query_of(request)
    filters, sort = Filters.from_query(query), Sort.parse(query.get("sort", [None])[-1])
    after = query.get("cursor", [""])[-1]
    cursor = Cursor.parse(after) if after else None
    with state.database.transaction("reader") as connection:
        of = ranking_of(connection, project_id, run_id, profile_key)
        found = reading.page(connection, of, filters, sort, cursor, limit)
    body = PortfolioBody(
        summary=state.folders.with_news(of),
        targets=list(found.rows),
        matching=found.total,
        next_cursor=found.next_cursor,
    )
    # Of this ranking, also if another becomes the current one meanwhile.
    more = found.next_cursor and next_page(request, run_id=str(of.run_id), cursor=found.next_cursor)
    return answered(request, body, _PORTFOLIO, more or {})


@router.get(
    "/projects/{project_id}/portfolio/facets",
    name="facets",
    responses=documented(),
    response_model=Facets,
    openapi_extra=FILTERED,
)
def facets(request: Request, project_id: ProjectId, run_id: RunId = None, profile_key: ProfileKey = None) -> Response:
    """Return how many targets each value of each filter would leave, given the other filters."""
    state: State = request.state.shared
    filters = Filters.from_query(query_of(request))
    with state.database.transaction("reader") as connection:
        found = counted(connection, ranking_of(connection, project_id, run_id, profile_key), filters)
    return answered(request, found, _FACETS)


@router.get(
    "/projects/{project_id}/reopening-targets/{target_id}",
    name="target",
    responses=documented(),
    response_model=TargetDetail,
)
def target(request: Request, project_id: ProjectId, target_id: TargetId) -> Response:
    """Return all there is to one target: breakdown, interval, gaps, evidence, production, place, reviews.

    `row.review_version` is what If-Match must name to review it.
    """
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        found = targets.detail(connection, project_id, target_id)
    if found is None:
        raise not_found(f"target {str(target_id)!r}")
    return answered(request, found, _DETAIL)


@router.get("/projects/{project_id}/runs", name="runs", responses=documented(), response_model=list[RunRow])
def runs(
    request: Request,
    project_id: ProjectId,
    before: Annotated[UUID | None, Query(description="Only those older than this one, as `Link` names it.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Response:
    """Return the rankings of a project, the newest first, also those that failed."""
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        if before is not None and reading.run(connection, project_id, before) is None:
            raise not_found(f"ranking {str(before)!r}")
        found = reading.list_runs(connection, project_id, limit + 1, before)
    more = next_page(request, before=str(found[limit - 1].run_id)) if len(found) > limit else {}
    return answered(request, found[:limit], _RUNS, more)


@router.get(
    "/projects/{project_id}/runs/compare",
    name="compare",
    responses=documented(),
    response_model=Comparison,
)
def compare(
    request: Request,
    project_id: ProjectId,
    before: Annotated[UUID, Query(description="The earlier ranking.")],
    after: Annotated[UUID, Query(description="The later one.")],
) -> Response:
    """Return who moved between two rankings, and which input moved them."""
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        found = comparing.compare_runs(connection, project_id, before, after)
    if found is None:
        raise not_found(f"ranking {str(before)!r} or {str(after)!r}")
    return answered(request, found, _COMPARISON)


@router.get(
    "/projects/{project_id}/events",
    name="events",
    response_class=StreamingResponse,
    responses={
        **documented(),
        200: {
            "description": "Server-sent events: `job` (its progress), `ranking` (a new one is current), `review`; "
            "first, and where some may have been missed, `now` (the current ranking and the last job).",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
    },
)
async def events(request: Request, project_id: ProjectId) -> StreamingResponse:
    """Return what happens in a project, as it happens."""
    state: State = request.state.shared
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    told = state.hub.events(project_id, partial(may_still, request))
    return StreamingResponse(told, media_type="text/event-stream", headers=headers)


def ranking_of(
    connection: Connection, project_id: str, run_id: UUID | None = None, profile_key: str | None = None
) -> Header:
    """Return a ranking in short.

    Raises:
        Problem: The project has no such ranking.
    """
    found = reading.header(connection, project_id, run_id, profile_key or None)
    if found is None:
        raise not_found(f"a ranking of project {project_id!r}")
    return found
