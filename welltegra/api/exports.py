"""Taking the worklist out: the filtered or the selected set as a file, made as it is read; each export is logged."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from http import HTTPStatus
from typing import Annotated, Final, Literal
from urllib.parse import quote
from uuid import UUID
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from connectors.ops.exports import Export
from connectors.ops.exports import export as made
from connectors.ops.shapes import Filters, Sort
from welltegra.api.database import Database
from welltegra.api.filtering import SORTED, query_of
from welltegra.api.guard import principal_of
from welltegra.api.problems import Problem, documented
from welltegra.api.state import State
from welltegra.api.worklist import ProfileKey, ProjectId, RunId, ranking_of

router = APIRouter(tags=["worklist"])
_MEDIA: Final = {
    "text/csv": {"schema": {"type": "string"}},
    "application/vnd.apache.parquet": {"schema": {"type": "string", "format": "binary"}},
    "application/json": {"schema": {"type": "object"}},
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
        "schema": {"type": "string", "format": "binary"}
    },
}
# A file is read as slowly as its reader likes, and has a connection meanwhile; half of them stay for others.
_ROOMS: Final[WeakKeyDictionary[Database, threading.BoundedSemaphore]] = WeakKeyDictionary()


@router.get(
    "/projects/{project_id}/reopening-targets/export",
    name="export",
    response_class=StreamingResponse,
    responses={**documented(), 200: {"description": "The file.", "content": _MEDIA}},
    openapi_extra=SORTED,
)
def export(
    request: Request,
    project_id: ProjectId,
    format: Annotated[Literal["csv", "parquet", "json", "xlsx"], Query(description="Of the file.")] = "csv",  # noqa: A002
    run_id: RunId = None,
    profile_key: ProfileKey = None,
    target_id: Annotated[list[UUID] | None, Query(description="Only these, whatever the filters.")] = None,
) -> StreamingResponse:
    """Return the targets that the filters leave, or those that are named, as a file."""
    state: State = request.state.shared
    query = query_of(request)
    filters, sort = Filters.from_query(query), Sort.parse(query.get("sort", [None])[-1])
    with ExitStack() as held:
        room = _room(state)
        held.callback(room.release)
        connection = held.enter_context(state.database.transaction("reviewer"))
        of = ranking_of(connection, project_id, run_id, profile_key)
        found = made(connection, of, format, principal_of(request).actor, filters, sort, target_id or None)
        # From here on whoever sends the file holds them.
        sent = _sent(found, held.pop_all())
    headers = {"Content-Disposition": _as_file(found.filename), "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(sent, media_type=found.media_type, headers=headers)


def _room(state: State) -> threading.BoundedSemaphore:
    most = max(1, state.settings.web.pool // 2)
    room = _ROOMS.setdefault(state.database, threading.BoundedSemaphore(most))
    if not room.acquire(blocking=False):
        said = f"At most {most} exports are made at a time, and so many are; try again in a minute."
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, said, headers={"Retry-After": "30"})
    return room


async def _sent(found: Export, held: ExitStack) -> AsyncIterator[bytes]:
    """Yield the file, and let go of what is held, also where the reader has gone."""
    chunks: Iterator[bytes] = iter(found.chunks)
    try:
        while (chunk := await run_in_threadpool(next, chunks, None)) is not None:
            yield chunk
    finally:
        await run_in_threadpool(held.close)


def _as_file(name: str) -> str:
    """Return how a browser is told to keep a file, whatever letters its name has (RFC 6266)."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
