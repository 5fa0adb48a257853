"""What people state, and who belongs to a project."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request

from connectors.ops import members as member_rows
from connectors.ops import overrides as override_rows
from connectors.ops.shapes import Member, Override
from welltegra.api.documents import MemberAsked, OverrideAsked
from welltegra.api.guard import principal_of
from welltegra.api.problems import documented, not_found
from welltegra.api.state import State
from welltegra.api.worklist import ProjectId

router = APIRouter()
Subject = Annotated[
    str, Path(min_length=1, max_length=200, pattern=r"^[^\x00]+$", description="As the provider calls them.")
]


@router.get("/projects/{project_id}/overrides", name="overrides", tags=["overrides"], responses=documented())
def overrides(request: Request, project_id: ProjectId) -> list[Override]:
    """Return the inputs that people state, the newest first."""
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        return list(override_rows.list_overrides(connection, project_id))


@router.post(
    "/projects/{project_id}/overrides",
    name="state_override",
    tags=["overrides"],
    status_code=HTTPStatus.CREATED,
    responses=documented(),
)
def state_override(request: Request, project_id: ProjectId, asked: OverrideAsked) -> Override:
    """State an input of a well, with the reason; the next ranking uses it, and says so."""
    state: State = request.state.shared
    with state.database.transaction("reviewer") as connection:
        return override_rows.state(
            connection, project_id, asked.well_id, asked.zone, asked.input, asked.value,
            reason=asked.reason, author=principal_of(request).actor,
        )  # fmt: skip


@router.delete(
    "/projects/{project_id}/overrides/{override_id}",
    name="withdraw_override",
    tags=["overrides"],
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(),
)
def withdraw_override(
    request: Request, project_id: ProjectId, override_id: Annotated[int, Path(ge=1, le=2**63 - 1)]
) -> None:
    """Withdraw what was stated; the next ranking goes by the data again."""
    state: State = request.state.shared
    with state.database.transaction("reviewer") as connection:
        if not override_rows.withdraw(connection, project_id, override_id, principal_of(request).actor):
            raise not_found(f"override {override_id}")


@router.get("/projects/{project_id}/members", name="members", tags=["members"], responses=documented())
def members(request: Request, project_id: ProjectId) -> list[Member]:
    """Return who was given a role in the project here; the provider may give more."""
    state: State = request.state.shared
    with state.database.transaction("platform") as connection:
        return list(member_rows.list_members(connection, project_id))


@router.put("/projects/{project_id}/members/{subject}", name="set_member", tags=["members"], responses=documented())
def set_member(request: Request, project_id: ProjectId, subject: Subject, asked: MemberAsked) -> Member:
    """Give somebody a role in the project."""
    state: State = request.state.shared
    with state.database.transaction("platform") as connection:
        return member_rows.set_role(connection, subject, project_id, asked.role, principal_of(request).subject)


@router.delete(
    "/projects/{project_id}/members/{subject}",
    name="remove_member",
    tags=["members"],
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(),
)
def remove_member(request: Request, project_id: ProjectId, subject: Subject) -> None:
    """Take somebody's role in the project away."""
    state: State = request.state.shared
    with state.database.transaction("platform") as connection:
        if not member_rows.remove(connection, subject, project_id):
            raise not_found(f"member {subject!r}")
