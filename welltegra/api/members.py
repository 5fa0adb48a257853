"""Who belongs to a project, and who let whom in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.config import JsonDict

from connectors.ops import members as rows
from connectors.ops.reading import Connection
from connectors.ops.shapes import Member
from welltegra.api.caching import answered
from welltegra.api.documents import Body, MemberRole
from welltegra.api.guard import principal_of
from welltegra.api.paging import MOST, next_page
from welltegra.api.problems import Problem, documented, forbidden, not_found
from welltegra.api.state import State
from welltegra.api.worklist import ProjectId
from welltegra.auth.principal import Principal

router = APIRouter(tags=["members"])
Subject = Annotated[
    str, Path(min_length=1, max_length=200, pattern=r"^[^\x00]+$", description="As the provider calls them.")
]
Confirm = Annotated[
    bool,
    Query(description="Whether it is meant, where it takes an administrator's role from oneself or from the last."),
]
_MEMBER: Final[JsonDict] = {
    "subject": "7d6f4c1e-ann",
    "project_id": "kern_reopen_demo",
    "role": "operator",
    "granted_by": "Ada (5b1c-ada)",
    "granted_at": "2026-03-23T17:00:00Z",
}


class RoleAsked(Body):
    """The role that somebody is to have, in place of the one they had."""

    role: MemberRole

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "operator"}]})


class MemberBody(Body):
    """Somebody's role. project_id: `*` for every project."""

    subject: str
    project_id: str
    role: str
    granted_by: str
    granted_at: datetime

    model_config = ConfigDict(from_attributes=True, json_schema_extra={"examples": [_MEMBER]})


class ChangeBody(Body):
    """Who let whom in, or out again: a member with subject, a key with key_id and key_name."""

    change_id: int = Field(description="Grows with time; ask for those before it to go on.")
    at: datetime
    actor: str = Field(description="Who did it.")
    what: Literal["member_set", "member_removed", "key_created", "key_revoked"]
    project_id: str = Field(description="* for every project.")
    subject: str | None
    key_id: UUID | None
    key_name: str | None
    before: Mapping[str, Any] | None = Field(description="The role, or prefix, role, scopes and expires_at of a key.")
    after: Mapping[str, Any] | None = Field(description="As before; null once it is taken away.")

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "change_id": 12,
                    "at": "2026-03-23T17:00:00Z",
                    "actor": "Ada (5b1c-ada)",
                    "what": "member_set",
                    "project_id": "kern_reopen_demo",
                    "subject": "7d6f4c1e-ann",
                    "key_id": None,
                    "key_name": None,
                    "before": {"role": "viewer"},
                    "after": {"role": "operator"},
                }
            ]
        },
    )


_CHANGES: Final = TypeAdapter(list[ChangeBody])


class Doubted(Problem):
    """Ends a change of a member that is not made at once. final: whether it is not made at all. said: why."""

    def __init__(self, said: str, *, final: bool) -> None:
        self.said, self.final = said, final
        super().__init__(HTTPStatus.CONFLICT, said if final else f"{said} Ask with confirm=true if that is meant.")


@router.get("/projects/{project_id}/members", name="members", responses=documented())
def members(request: Request, project_id: ProjectId) -> list[MemberBody]:
    """Return who was given a role in the project here; the provider may give more."""
    state: State = request.state.shared
    with state.database.transaction("platform") as connection:
        return [MemberBody.model_validate(one) for one in rows.list_members(connection, project_id)]


@router.get(
    "/projects/{project_id}/members/history",
    name="members_history",
    responses=documented(),
    response_model=list[ChangeBody],
)
def members_history(
    request: Request,
    project_id: ProjectId,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1, description="The change_id that they come before.")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 100,
) -> Response:
    """Return who set and removed members, made and revoked keys of the project, the newest first."""
    state: State = request.state.shared
    with state.database.transaction("platform") as connection:
        found = rows.changes(connection, project_id, before, limit + 1)
    more = next_page(request, before=str(found[limit - 1].change_id)) if len(found) > limit else {}
    return answered(request, found[:limit], _CHANGES, more)


# A subject may be a URL.
@router.put("/projects/{project_id}/members/{subject:path}", name="set_member", responses=documented(409))
def set_member(
    request: Request, project_id: ProjectId, subject: Subject, asked: RoleAsked, confirm: Confirm = False
) -> MemberBody:
    """Give somebody a role in the project, in place of the one they had."""
    state: State = request.state.shared
    with state.database.transaction("platform") as connection:
        found = set_role(connection, principal_of(request), project_id, subject, asked.role, sure=confirm)
        return MemberBody.model_validate(found)


@router.delete(
    "/projects/{project_id}/members/{subject:path}",
    name="remove_member",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(409),
)
def remove_member(request: Request, project_id: ProjectId, subject: Subject, confirm: Confirm = False) -> None:
    """Take somebody's role in the project away."""
    state: State = request.state.shared
    with state.database.transaction("platform") as connection:
        remove(connection, principal_of(request), project_id, subject, sure=confirm)


def set_role(
    connection: Connection, principal: Principal, project_id: str, subject: str, role: str, *, sure: bool
) -> Member:
    """Give somebody a role, and return it. sure: whether what it takes from an administrator is meant.

    Raises:
        Doubted: It takes an administrator's role, and is not sure, or would leave nobody who could give it back.
        Problem: The role is greater than that of who gives it.
        InputFaults: Something of it cannot be.
    """
    check_gives(principal, project_id, role)
    _check(connection, principal, project_id, subject, role, sure=sure)
    return rows.set_role(connection, subject, project_id, role, principal.actor)


def remove(connection: Connection, principal: Principal, project_id: str, subject: str, *, sure: bool) -> None:
    """Take somebody's role.

    Raises:
        Doubted: As `set_role`.
        Problem: They have none.
    """
    _check(connection, principal, project_id, subject, None, sure=sure)
    if not rows.remove(connection, subject, project_id, principal.actor):
        raise not_found(f"member {subject!r}")


def check_gives(principal: Principal, project_id: str, role: str) -> None:
    """Find out whether a role is theirs to give: nobody gives a greater one than they have.

    Raises:
        Problem: It is not.
    """
    if role in rows.ROLES and not principal.may(project_id, role):
        raise forbidden(
            f"role: must be at most the one that {principal.name} has here; was {role!r}. Give a lesser one."
        )


def _check(
    connection: Connection, principal: Principal, project_id: str, subject: str, role: str | None, *, sure: bool
) -> None:
    rows.take_turns(connection, project_id)
    known = rows.member(connection, subject, project_id)
    if known is None or known.role != "project_admin" or role == "project_admin":
        return
    own, last = subject == principal.subject, not rows.has_other_admin(connection, subject, project_id)
    if own and last and principal.everywhere != "platform_admin":
        said = (
            f"member {subject!r}: must stay project_admin, because nobody else of project {project_id!r} is; would be"
            f" {role or 'removed'}. Make somebody else project_admin first."
        )
        raise Doubted(said, final=True)
    if sure or not (own or last):
        return
    consequences = []
    if own:
        consequences.append(f"You give up your own role of project_admin in project {project_id!r}.")
    if last:
        consequences.append(f"Nobody else among the members of project {project_id!r} could let people in.")
    raise Doubted(" ".join(consequences), final=False)
