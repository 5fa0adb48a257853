"""What people state."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Request

from connectors.ops import overrides as override_rows
from connectors.ops.shapes import Override
from welltegra.api.documents import OverrideAsked
from welltegra.api.guard import principal_of
from welltegra.api.problems import documented, not_found
from welltegra.api.state import State
from welltegra.api.worklist import ProjectId

router = APIRouter()


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
