"""Taking the worklist out: the filtered or the selected set as a file; each export is noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Final, Literal
from urllib.parse import quote
from uuid import UUID
from weakref import WeakKeyDictionary

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from connectors.ops.exports import Export
from connectors.ops.exports import export as made
from connectors.ops.reading import Connection
from connectors.ops.shapes import Filters, Header, Sort
from welltegra.api.database import Database
from welltegra.api.filtering import SORTED, query_of
from welltegra.api.guard import principal_of
from welltegra.api.outgoing import Followed, Outgoing, Rooms
from welltegra.api.problems import documented
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
# What makes a file has a connection meanwhile; half of them stay for others.
_ROOMS: Final[WeakKeyDictionary[Database, Rooms]] = WeakKeyDictionary()


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
    query = query_of(request)
    filters, sort = Filters.from_query(query), Sort.parse(query.get("sort", [None])[-1])
    of = partial(ranking_of, project_id=project_id, run_id=run_id, profile_key=profile_key)
    return taken_out(request, of, format, filters, sort, target_id or None)


def taken_out(
    request: Request,
    of: Callable[[Connection], Header],
    format: str,  # noqa: A002
    filters: Filters,
    sort: Sort,
    selected: Sequence[UUID] | None,
) -> StreamingResponse:
    """Return targets of a ranking as a file, within what one person and all may have at a time, and noted.

    selected: only these, whatever the filters; None for those that the filters leave.
    """
    state: State = request.state.shared
    who = principal_of(request)

    @contextmanager
    def opened() -> Iterator[Export]:
        with state.database.transaction("reviewer") as connection:
            yield made(connection, of(connection), format, who.actor, filters, sort, selected)

    rooms = _ROOMS.setdefault(state.database, Rooms(max(1, state.settings.web.pool // 2)))
    outgoing = Outgoing(opened, rooms, who.subject)
    found = outgoing.begun()
    headers = {"Content-Disposition": _as_file(found.filename), "X-Content-Type-Options": "nosniff"}
    return Followed(outgoing, media_type=found.media_type, headers=headers)


def _as_file(name: str) -> str:
    """Return how a browser is told to keep a file, whatever letters its name has (RFC 6266)."""
    plain = "".join(one if one.isascii() and (one.isalnum() or one in "._-") else "_" for one in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
