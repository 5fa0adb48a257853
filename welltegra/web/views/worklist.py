"""The projects, the worklist, and a target over it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from connectors.ops import target as targets
from connectors.ops import worklist as reading
from welltegra.api.guard import principal_of
from welltegra.api.problems import not_found
from welltegra.web.as_text import as_text
from welltegra.web.asked import is_clean
from welltegra.web.pages.simple import projects_page
from welltegra.web.pages.target import target_page
from welltegra.web.pages.worklist import empty_worklist_page
from welltegra.web.views.answers import (
    PAGE,
    ProjectId,
    TargetId,
    asked_of,
    list_page,
    projects_of,
    ranking_of,
    see,
    shown,
    state_of,
    wants_drawer,
    wants_part,
)

router = APIRouter()
_MOST_COPIED = 2000


@router.get("/", name="page_home", **PAGE)
def home() -> Response:
    """Go to the projects."""
    return see("/projects")


@router.get("/projects", name="page_projects", **PAGE)
def projects(request: Request) -> Response:
    """Return the projects that one may see: those that were ranked, and those that can be."""
    with state_of(request).database.transaction("reader") as connection:
        return shown(projects_page(projects_of(request, connection), principal_of(request)))


@router.get("/projects/{project_id}", name="page_project", **PAGE)
def project(request: Request, project_id: ProjectId) -> Response:
    """Go to the worklist of a project."""
    return see(asked_of(request, project_id).list_href())


@router.get("/projects/{project_id}/worklist", name="page_worklist", **PAGE)
def worklist(request: Request, project_id: ProjectId) -> Response:
    """Return the list."""
    asked = asked_of(request, project_id)
    if not wants_part(request) and not is_clean(request.query_params.multi_items()):
        # A form without script sends every field; a link to share has what is said in it alone.
        return see(asked.list_href(asked.after))
    with state_of(request).database.transaction("reader") as connection:
        of = ranking_of(connection, asked)
        if of is None:
            return shown(empty_worklist_page(project_id, principal_of(request)))
        return shown(list_page(request, connection, asked, of))


@router.get("/projects/{project_id}/worklist/text", name="page_text", **PAGE)
def text(request: Request, project_id: ProjectId) -> Response:
    """Return the list, or those selected of it, as text that a spreadsheet takes when it is pasted."""
    asked = asked_of(request, project_id)
    selected = {value.partition(":")[0] for value in request.query_params.getlist("target")}
    with state_of(request).database.transaction("reader") as connection:
        of = ranking_of(connection, asked)
        if of is None:
            raise not_found(f"a ranking of project {project_id!r}")
        ids = [
            one
            for one in reading.ids(connection, of, asked.filters, asked.sort)
            if not selected or str(one) in selected
        ]
        rows = reading.rows(connection, of.run_id, ids[:_MOST_COPIED])
    return PlainTextResponse(as_text(rows))


@router.get("/projects/{project_id}/worklist/{target_id}", name="page_target", **PAGE)
def target(request: Request, project_id: ProjectId, target_id: TargetId) -> Response:
    """Return a target: over its list, or, where htmx asks, alone."""
    asked = asked_of(request, project_id)
    principal = principal_of(request)
    with state_of(request).database.transaction("reader") as connection:
        detail = targets.detail(connection, project_id, target_id)
        if detail is None:
            raise not_found(f"target {str(target_id)!r}")
        drawer = target_page(asked, principal, detail)
        if wants_drawer(request):
            return shown(drawer)
        of = ranking_of(connection, asked)
        if of is None:
            raise not_found(f"a ranking of project {project_id!r}")
        return shown(list_page(request, connection, asked, of, drawer))
