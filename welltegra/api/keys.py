"""API keys: of a project, and of the platform. A secret is shown once; a key is made by a person, never by a key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from connectors.ops import keys as rows
from connectors.ops.members import EVERY_PROJECT
from connectors.ops.reading import Connection
from connectors.ops.shapes import NewKey
from welltegra.api.documents import Body, MemberRole, Short
from welltegra.api.guard import principal_of
from welltegra.api.members import check_gives
from welltegra.api.problems import documented, forbidden, not_found
from welltegra.api.state import State
from welltegra.api.worklist import ProjectId
from welltegra.auth.principal import Principal

router = APIRouter(tags=["keys"])
KeyId = Annotated[UUID, Path(description="The key.")]
Scope = Literal["read", "review", "export", "override", "rank", "profiles", "members"]
PlatformScope = Literal[Scope, "platform"]
Days = Annotated[float, Field(gt=0, le=rows.MOST_DAYS, description="How long it is good.")]
DAYS: Final = 90.0
_ASKED: Final[JsonDict] = {"name": "historian", "role": "viewer", "scopes": ["read"], "days": 90}
_KEY: Final[JsonDict] = {
    "key_id": "0b8f2a54-4a4e-4b56-9c1e-2d8f6f0c7a11",
    "prefix": "wtg_Qx7Lm2",
    "name": "historian",
    "project_id": "kern_reopen_demo",
    "role": "viewer",
    "scopes": ["read"],
    "created_by": "Ada (5b1c-ada)",
    "created_at": "2026-03-23T17:00:00Z",
    "expires_at": "2026-06-21T17:00:00Z",
    "revoked_at": None,
    "revoked_by": None,
    "last_used_at": None,
}


class KeyAsked(Body):
    """A key of a project. scopes: what it is confined to."""

    name: Short
    role: MemberRole = "viewer"
    scopes: list[Scope] = Field(default=["read"], min_length=1, max_length=20)
    days: Days = DAYS

    model_config = ConfigDict(json_schema_extra={"examples": [_ASKED]})


class PlatformKeyAsked(Body):
    """A key for every project. scopes: what it is confined to."""

    name: Short
    role: Literal[MemberRole, "platform_admin"] = "viewer"
    scopes: list[PlatformScope] = Field(default=["read"], min_length=1, max_length=20)
    days: Days = DAYS

    model_config = ConfigDict(json_schema_extra={"examples": [_ASKED | {"name": "report of all fields"}]})


class KeyBody(Body):
    """A key without its secret. prefix: its first characters. project_id: null for every project.

    scopes: what it is confined to; empty for all that its role may.
    """

    key_id: UUID
    prefix: str
    name: str
    project_id: str | None
    role: str
    scopes: list[str]
    created_by: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    revoked_by: str | None
    last_used_at: datetime | None

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_KEY]})


class NewKeyBody(Body):
    """A key just made. secret: what to send as a bearer token; nobody can show it again."""

    key: KeyBody
    secret: str

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={"examples": [{"key": _KEY, "secret": "wtg_Qx7Lm2... (47 characters)"}]},
    )


@router.get("/projects/{project_id}/keys", name="project_keys", responses=documented())
def project_keys(request: Request, project_id: ProjectId) -> list[KeyBody]:
    """Return the keys of the project, the newest first, also those no longer in force."""
    return _listed(request, project_id)


@router.post(
    "/projects/{project_id}/keys",
    name="create_project_key",
    status_code=HTTPStatus.CREATED,
    responses=documented(),
)
def create_project_key(request: Request, response: Response, project_id: ProjectId, asked: KeyAsked) -> NewKeyBody:
    """Make a key of the project, and return it with its secret: once."""
    return _created(request, response, project_id, asked)


@router.delete(
    "/projects/{project_id}/keys/{key_id}",
    name="revoke_project_key",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(),
)
def revoke_project_key(request: Request, project_id: ProjectId, key_id: KeyId) -> None:
    """Revoke a key of the project: it is refused from now on."""
    _revoked(request, key_id, project_id)


@router.get("/keys", name="platform_keys", responses=documented())
def platform_keys(request: Request) -> list[KeyBody]:
    """Return every key, of the platform and of each project, the newest first, also those no longer in force."""
    return _listed(request, None)


@router.post("/keys", name="create_platform_key", status_code=HTTPStatus.CREATED, responses=documented())
def create_platform_key(request: Request, response: Response, asked: PlatformKeyAsked) -> NewKeyBody:
    """Make a key for every project, and return it with its secret: once."""
    return _created(request, response, None, asked)


@router.delete("/keys/{key_id}", name="revoke_platform_key", status_code=HTTPStatus.NO_CONTENT, responses=documented())
def revoke_platform_key(request: Request, key_id: KeyId) -> None:
    """Revoke a key, of the platform or of a project: it is refused from now on."""
    _revoked(request, key_id, None)


def create(
    connection: Connection,
    principal: Principal,
    project_id: str | None,
    name: str,
    role: str,
    scopes: Sequence[str],
    days: float,
) -> NewKey:
    """Make a key. project_id: None for every project.

    Raises:
        Problem: A key asks for it, or the role is greater than that of who asks.
        InputFaults: Something of it cannot be.
    """
    # A key that makes keys would outlive its own expiry and its revocation.
    if principal.how == "api_key":
        raise forbidden("An API key must be made by a person; was asked for with a key. Sign in at a browser for it.")
    check_gives(principal, project_id or EVERY_PROJECT, role)
    return rows.create(
        connection, name=name, project_id=project_id, role=role, created_by=principal.actor, days=days, scopes=scopes
    )


def _listed(request: Request, project_id: str | None) -> list[KeyBody]:
    state: State = request.state.shared
    with state.database.transaction("platform") as connection:
        return [KeyBody.model_validate(one) for one in rows.list_keys(connection, project_id)]


def _created(
    request: Request, response: Response, project_id: str | None, asked: KeyAsked | PlatformKeyAsked
) -> NewKeyBody:
    state: State = request.state.shared
    # Nothing on the way may keep a secret.
    response.headers["Cache-Control"] = "no-store"
    with state.database.transaction("platform") as connection:
        made = create(connection, principal_of(request), project_id, asked.name, asked.role, asked.scopes, asked.days)
        return NewKeyBody.model_validate(made)


def _revoked(request: Request, key_id: UUID, project_id: str | None) -> None:
    state: State = request.state.shared
    with state.database.transaction("platform") as connection:
        if not rows.revoke(connection, key_id, principal_of(request).actor, project_id):
            raise not_found(f"key {str(key_id)!r}")
