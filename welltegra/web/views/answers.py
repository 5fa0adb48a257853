"""What the views share: whose request it is, what it asks for, and pages as answers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from connectors.ops import worklist as reading
from connectors.ops.facets import facets
from connectors.ops.leading import leading_gaps
from connectors.ops.reading import Connection
from connectors.ops.shapes import Cursor, Header, ProjectRow
from welltegra.api.guard import principal_of
from welltegra.api.problems import not_found
from welltegra.api.state import State
from welltegra.web.asked import Asked
from welltegra.web.pages.target import TargetPage
from welltegra.web.pages.worklist import Bulk, WorklistPage, worklist_page
from welltegra.web.rendering import Page, render

ROWS: Final = 50
_RUNS: Final = 12

ProjectId = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
TargetId = Annotated[UUID, Path()]
Words = Annotated[str, Form(max_length=4000)]

# What a browser takes as a page; OpenAPI is of the API alone.
PAGE: Final[dict[str, Any]] = {"response_class": HTMLResponse, "include_in_schema": False}


def state_of(request: Request) -> State:
    """Return what all requests share."""
    shared: State = request.state.shared
    return shared


def shown(page: Page, status: int = HTTPStatus.OK) -> HTMLResponse:
    """Return a page as an answer."""
    # The same address answers with the drawer alone where htmx asks.
    return HTMLResponse(render(page), status, {"Vary": "HX-Request, HX-Target"})


def see(place: str) -> RedirectResponse:
    """Send the browser on after a form, so that reloading sends nothing twice."""
    return RedirectResponse(place, HTTPStatus.SEE_OTHER)


def wants_part(request: Request) -> bool:
    """Return whether htmx asks, for a part of the page."""
    return request.headers.get("hx-request") == "true"


def wants_drawer(request: Request) -> bool:
    """Return whether htmx asks for the drawer alone."""
    return wants_part(request) and request.headers.get("hx-target") == "drawer"


def asked_of(request: Request, project_id: str) -> Asked:
    """Return the view of the worklist that an address says."""
    return Asked.from_query(project_id, request.query_params.multi_items())


def ranking_of(connection: Connection, asked: Asked) -> Header | None:
    """Return the ranking that is asked for; None where the project has none.

    Raises:
        Problem: An older one is asked for, and there is no such.
    """
    run_id = None if asked.run is None else _uuid(asked.run)
    found = reading.header(connection, asked.project_id, run_id)
    if found is None and run_id is not None:
        raise not_found(f"ranking {asked.run!r}")
    return found


def projects_of(request: Request, connection: Connection) -> list[ProjectRow]:
    """Return the projects that one may see: those that were ranked, and those that can be."""
    ranked = reading.list_projects(connection)
    known = {one.project_id for one in ranked}
    waiting = [ProjectRow(one, 0, None, None, None, 0, {}) for one in state_of(request).projects if one not in known]
    principal = principal_of(request)
    return [one for one in (*ranked, *waiting) if principal.role_in(one.project_id) is not None]


def list_page(
    request: Request,
    connection: Connection,
    asked: Asked,
    of: Header,
    target: TargetPage | None = None,
    notice: str | None = None,
    bulk: Bulk | None = None,
) -> WorklistPage:
    """Return the page of a list. bulk: what was not done yet of several."""
    cursor = None if asked.after is None else Cursor.parse(asked.after)
    page = reading.page(connection, of, asked.filters, asked.sort, cursor, ROWS)
    counted = facets(connection, of, asked.filters)
    runs = reading.list_runs(connection, asked.project_id, most=_RUNS)
    leading = leading_gaps(connection, [row.reopening_target_id for row in page.rows])
    principal = principal_of(request)
    projects = [one.project_id for one in projects_of(request, connection)]
    state = state_of(request)
    folder, given, of = asked.project_id in state.projects, bulk or Bulk(), state.folders.with_news(of)
    return worklist_page(
        asked, principal, of, page, counted, runs, target, notice, leading, projects, given, folder=folder
    )


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise not_found(f"ranking {text[:200]!r}") from None
