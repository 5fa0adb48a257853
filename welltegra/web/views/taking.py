"""Taking the list out: as text for a spreadsheet, and those that are ticked as text or as a file.

What is ticked comes in the body of a form: an address is kept in histories and logs, and is not long enough for many.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import PlainTextResponse, Response

from connectors.ops import worklist as reading
from connectors.ops.exports import Format, selected_ids
from connectors.ops.reading import Connection
from connectors.ops.shapes import Filters, Header, Sort
from welltegra.api.exports import taken_out
from welltegra.api.problems import not_found, unprocessable
from welltegra.api.worklist import ranking_of as ranking_by
from welltegra.web.as_text import as_text, copied_words
from welltegra.web.views.answers import PAGE, ProjectId, asked_of, ranking_of, state_of

router = APIRouter()
MOST_COPIED: Final = 2_000
# What the page says was copied.
COPIED: Final = "X-Copied"
# Of the ranking that is shown, also where another became current since; and in the order that is shown.
Run = Annotated[UUID | None, Form()]
Order = Annotated[str, Form(max_length=200)]
Ticked = Annotated[list[str] | None, Form()]


@router.get("/projects/{project_id}/worklist/text", name="page_text", **PAGE)
def text(request: Request, project_id: ProjectId) -> Response:
    """Return the list as text that a spreadsheet takes when it is pasted."""
    asked = asked_of(request, project_id)
    with state_of(request).database.transaction("reader") as connection:
        of = ranking_of(connection, asked)
        if of is None:
            raise not_found(f"a ranking of project {project_id!r}")
        return _text(connection, of, reading.ids(connection, of, asked.filters, asked.sort))


@router.post("/projects/{project_id}/worklist/text", name="page_text_selected", **PAGE)
def text_selected(
    request: Request, project_id: ProjectId, run: Run = None, sort: Order = "", target: Ticked = None
) -> Response:
    """Return those that are ticked as text that a spreadsheet takes when it is pasted."""
    order, ticked = Sort.parse(sort or None), _ticked(target)
    with state_of(request).database.transaction("reader") as connection:
        of = ranking_by(connection, project_id, run)
        return _text(connection, of, selected_ids(connection, of, ticked, order))


@router.post("/projects/{project_id}/worklist/export", name="page_export", **PAGE)
def export_selected(
    request: Request,
    project_id: ProjectId,
    format: Annotated[Format, Query()] = "xlsx",  # noqa: A002  # what the API calls it
    run: Run = None,
    sort: Order = "",
    target: Ticked = None,
) -> Response:
    """Return those that are ticked as a file."""
    of = partial(ranking_by, project_id=project_id, run_id=run)
    return taken_out(request, of, format, Filters(), Sort.parse(sort or None), _ticked(target))


def _text(connection: Connection, of: Header, ids: Sequence[UUID]) -> Response:
    """Return as many as are copied at a time; the text and a header say where there are more."""
    rows = reading.rows(connection, of.run_id, ids[:MOST_COPIED])
    return PlainTextResponse(as_text(rows, len(ids)), headers={COPIED: copied_words(len(rows), len(ids))})


def _ticked(values: Sequence[str] | None) -> list[UUID]:
    """Return the ids of what is ticked; the version behind each is for a review."""
    if not values:
        raise unprocessable("target: at least one must be selected; was none. Tick the boxes before the targets.")
    found = []
    for value in values:
        try:
            found.append(UUID(value.partition(":")[0]))
        except ValueError:
            said = f"target: must be the id of a target; was {value[:80]!r}. Reload the list."
            raise unprocessable(said) from None
    return found
