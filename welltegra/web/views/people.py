"""People and keys of a project: let in, change, remove; make a key and show its secret once, revoke it."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from connectors.ops import keys, members
from connectors.ops.errors import InputFaults
from welltegra.api.guard import principal_of
from welltegra.api.keys import create
from welltegra.api.members import Doubted, remove, set_role
from welltegra.api.problems import not_found
from welltegra.auth.principal import EVERYWHERE
from welltegra.web.pages.access import KeyForm
from welltegra.web.pages.people import (
    SCOPES,
    MemberForm,
    PeoplePage,
    base_of,
    confirm_page,
    new_key_page,
    people_page,
    project_key_form,
)
from welltegra.web.views.access import REVOKING, Before, Scopes, Sure, Text, changes_of, days_of, in_force, secret_shown
from welltegra.web.views.answers import PAGE, ProjectId, see, shown, state_of

router = APIRouter()


@router.get("/projects/{project_id}/people", name="page_people", **PAGE)
def people(request: Request, project_id: ProjectId, before: Before = None) -> Response:
    """Return who may what, and who let them in. before: the change that those shown are older than."""
    if project_id == EVERYWHERE:
        raise not_found(f"project {project_id!r}")
    return shown(_page(request, project_id, before))


@router.post("/projects/{project_id}/people", name="page_member_set", **PAGE)
def set_member(request: Request, project_id: ProjectId, subject: Text, role: Text, sure: Sure = False) -> Response:
    """Give somebody a role; what an administrator may not mean is asked once more."""
    subject = subject.strip()
    try:
        with state_of(request).database.transaction("platform") as connection:
            set_role(connection, principal_of(request), project_id, subject, role, sure=sure)
    except Doubted as doubt:
        return _doubted(request, project_id, doubt, {"subject": subject, "role": role})
    except InputFaults as error:
        form = MemberForm(subject, role, tuple(map(str, error.faults)))
        return shown(_page(request, project_id, form=form), HTTPStatus.UNPROCESSABLE_ENTITY)
    return _done(request, project_id, subject, sure=sure)


@router.post("/projects/{project_id}/people/remove", name="page_member_remove", **PAGE)
def remove_member(request: Request, project_id: ProjectId, subject: Text, sure: Sure = False) -> Response:
    """Take somebody's role; what an administrator may not mean is asked once more."""
    try:
        with state_of(request).database.transaction("platform") as connection:
            remove(connection, principal_of(request), project_id, subject, sure=sure)
    except Doubted as doubt:
        return _doubted(request, project_id, doubt, {"subject": subject})
    return _done(request, project_id, subject, sure=sure)


@router.post("/projects/{project_id}/people/keys", name="page_key_create", **PAGE)
def create_key(
    request: Request, project_id: ProjectId, name: Text, role: Text, days: Text, scope: Scopes = None
) -> Response:
    """Make a key, and show its secret."""
    state, principal = state_of(request), principal_of(request)
    try:
        good_for = days_of(days, scope or (), SCOPES)
        with state.database.transaction("platform") as connection:
            made = create(connection, principal, project_id, name, role, scope or (), good_for)
    except InputFaults as error:
        form = project_key_form(name, role, scope or (), days, tuple(map(str, error.faults)))
        return shown(_page(request, project_id, making=form), HTTPStatus.UNPROCESSABLE_ENTITY)
    return secret_shown(new_key_page(project_id, principal, made.key, made.secret, state.origin, datetime.now(UTC)))


@router.post("/projects/{project_id}/people/keys/{key_id}/revoke", name="page_key_revoke", **PAGE)
def revoke_key(request: Request, project_id: ProjectId, key_id: UUID, sure: Sure = False) -> Response:
    """Revoke a key; it is asked once more, because it cannot be taken back."""
    principal = principal_of(request)
    with state_of(request).database.transaction("platform") as connection:
        key = in_force(keys.list_keys(connection, project_id), key_id)
        if sure:
            keys.revoke(connection, key_id, principal.actor, project_id)
            return see(base_of(project_id))
    place = f"{base_of(project_id)}/keys/{key_id}/revoke"
    return shown(confirm_page(project_id, principal, f"Revoke key {key.name}?", REVOKING, place, {}, "Revoke it"))


def _page(
    request: Request,
    project_id: str,
    before: int | None = None,
    form: MemberForm | None = None,
    making: KeyForm | None = None,
) -> PeoplePage:
    with state_of(request).database.transaction("platform") as connection:
        found, more = changes_of(connection, project_id, before)
        return people_page(
            project_id,
            principal_of(request),
            members.list_members(connection, project_id),
            keys.list_keys(connection, project_id),
            found,
            datetime.now(UTC),
            more=more,
            form=form,
            making=making,
        )


def _doubted(request: Request, project_id: str, doubt: Doubted, fields: dict[str, str]) -> Response:
    """Return what is asked once more, or why it cannot be."""
    if doubt.final:
        form = MemberForm(faults=(doubt.said,))
        return shown(_page(request, project_id, form=form), HTTPStatus.CONFLICT)
    role, place = fields.get("role"), str(request.url.path)
    subject = fields["subject"]
    heading = f"Make {subject} {role}?" if role else f"Remove {subject}?"
    page = confirm_page(project_id, principal_of(request), heading, doubt.said, place, fields, "Yes, I mean it")
    return shown(page)


def _done(request: Request, project_id: str, subject: str, *, sure: bool) -> Response:
    # Who gave up their own role may not be let in here any more.
    return see("/projects" if sure and subject == principal_of(request).subject else base_of(project_id))
