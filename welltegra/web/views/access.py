"""What the views of keys share: what a form for one says, the one that is to be revoked, its secret shown once."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Final
from uuid import UUID

from fastapi import Form, Query
from fastapi.responses import Response

from connectors.errors import Fault
from connectors.ops import members
from connectors.ops.errors import InputFaults
from connectors.ops.reading import Connection
from connectors.ops.shapes import ApiKey
from connectors.ops.shapes_of_work import AccessChange
from welltegra.api.problems import not_found
from welltegra.web.pages.access import NewKeyPage
from welltegra.web.views.answers import shown

REVOKING: Final = "Whatever sends it is refused at once. It cannot be taken back; a new key has another secret."
CHANGES: Final = 50
Text = Annotated[str, Form(min_length=1, max_length=200)]
Sure = Annotated[bool, Form()]
Scopes = Annotated[list[str] | None, Form(max_length=20)]
Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]


def days_of(days: str, scopes: Sequence[str], allowed: Sequence[str]) -> float:
    """Return the days that a form says, once its scopes are found to be some of those that can be given.

    Raises:
        InputFaults: Something of it cannot be.
    """
    faults = []
    # A key without scopes may all that its role may: that is never what an empty form means.
    if not scopes:
        faults.append(Fault("scopes", None, "must be one at least", "none", "Tick what the program does."))
    said = f"must be one of {', '.join(allowed)}"
    faults += [Fault("scopes", None, said, repr(one[:40]), "Tick another.") for one in scopes if one not in allowed]
    number = 0.0
    try:
        number = float(days.replace(",", "."))
    except ValueError:
        faults.append(Fault("days", None, "must be a number", repr(days[:40]), "Write it like 90."))
    if faults:
        raise InputFaults(faults)
    return number


def in_force(found: Sequence[ApiKey], key_id: UUID) -> ApiKey:
    """Return the key of an id.

    Raises:
        Problem: There is none that can be revoked.
    """
    for one in found:
        if one.key_id == key_id and one.revoked_at is None:
            return one
    raise not_found(f"key {str(key_id)!r}")


def changes_of(connection: Connection, project_id: str | None, before: int | None) -> tuple[list[AccessChange], bool]:
    """Return the changes that a page shows, and whether there are older ones."""
    found = members.changes(connection, project_id, before, CHANGES + 1)
    return found[:CHANGES], len(found) > CHANGES


def secret_shown(page: NewKeyPage) -> Response:
    """Return the page of a new key. Nothing on the way may keep it, and the browser goes to no other with it."""
    answer = shown(page, HTTPStatus.CREATED)
    answer.headers["Cache-Control"] = "no-store"
    return answer
