"""Keys of the platform: every key there is, one for every project made, any revoked."""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from connectors.ops import keys
from connectors.ops.errors import InputFaults
from welltegra.api.guard import principal_of
from welltegra.api.keys import create
from welltegra.web.pages.access import KeyForm
from welltegra.web.pages.keys import (
    BASE,
    SCOPES,
    PlatformKeysPage,
    confirm_platform_page,
    new_platform_key_page,
    platform_key_form,
    platform_keys_page,
)
from welltegra.web.views.access import REVOKING, Before, Scopes, Sure, Text, changes_of, days_of, in_force, secret_shown
from welltegra.web.views.answers import PAGE, see, shown, state_of

router = APIRouter()


@router.get(BASE, name="page_platform_keys", **PAGE)
def platform_keys(request: Request, before: Before = None) -> Response:
    """Return every key, and who let whom in anywhere. before: the change that those shown are older than."""
    return shown(_page(request, before))


@router.post(BASE, name="page_platform_key_create", **PAGE)
def create_key(request: Request, name: Text, role: Text, days: Text, scope: Scopes = None) -> Response:
    """Make a key for every project, and show its secret."""
    state, principal = state_of(request), principal_of(request)
    try:
        good_for = days_of(days, scope or (), SCOPES)
        with state.database.transaction("platform") as connection:
            made = create(connection, principal, None, name, role, scope or (), good_for)
    except InputFaults as error:
        form = platform_key_form(name, role, scope or (), days, tuple(map(str, error.faults)))
        return shown(_page(request, making=form), HTTPStatus.UNPROCESSABLE_ENTITY)
    return secret_shown(new_platform_key_page(principal, made.key, made.secret, state.origin, datetime.now(UTC)))


@router.post(f"{BASE}/{{key_id}}/revoke", name="page_platform_key_revoke", **PAGE)
def revoke_key(request: Request, key_id: UUID, sure: Sure = False) -> Response:
    """Revoke a key; it is asked once more, because it cannot be taken back."""
    principal = principal_of(request)
    with state_of(request).database.transaction("platform") as connection:
        key = in_force(keys.list_keys(connection), key_id)
        if sure:
            keys.revoke(connection, key_id, principal.actor)
            return see(BASE)
    heading, place = f"Revoke key {key.name}?", f"{BASE}/{key_id}/revoke"
    return shown(confirm_platform_page(principal, heading, REVOKING, place, "Revoke it"))


def _page(request: Request, before: int | None = None, making: KeyForm | None = None) -> PlatformKeysPage:
    with state_of(request).database.transaction("platform") as connection:
        found, more = changes_of(connection, None, before)
        every = keys.list_keys(connection)
    return platform_keys_page(principal_of(request), every, found, datetime.now(UTC), more=more, making=making)
