"""The projects, the worklist, and a target over it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from connectors.ops import target as targets
from welltegra.api.guard import principal_of
from welltegra.api.problems import not_found
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


@router.get("/", name="page_home", **PAGE)
def home() -> Response:
    """Go to the projects."""
    return see("/projects")


@router.get("/projects", name="page_projects", **PAGE)
def projects(request: Request) -> Response:
    """Return the projects that one may see: those that were ranked, and those that can be."""
    with state_of(request).database.transaction("reader") as connection:
        found = projects_of(request, connection)
    return shown(projects_page(found, principal_of(request), state_of(request).projects))


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
            folder = project_id in state_of(request).projects
            return shown(empty_worklist_page(project_id, principal_of(request), folder=folder))
        return shown(list_page(request, connection, asked, of))


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
