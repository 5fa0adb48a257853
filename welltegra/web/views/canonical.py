"""Canonical profiles, which are every project's: read, change, check, preview, propose, activate."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import Response

from schemas.profiles import KEYS, canonical_profile
from schemas.scoring_profile import ProfileDocument
from welltegra.api.guard import principal_of
from welltegra.api.problems import not_found, unprocessable
from welltegra.web.pages.profile_fields import groups_of
from welltegra.web.pages.profiles import Origin, profile_draft_page, profiles_page, shipped_page
from welltegra.web.views.answers import PAGE, shown, state_of
from welltegra.web.views.profiles import (
    Drafted,
    Reason,
    activated,
    drafted,
    drawn,
    listed,
    origin_of,
    pretty,
    version_of,
)

router = APIRouter()
From = Annotated[UUID | None, Query(alias="from")]
Default = Annotated[str | None, Query(max_length=200)]


@router.get("/profiles", name="page_canonical", **PAGE)
def profiles(request: Request) -> Response:
    """Return every canonical version, what comes with the program, and what was done with them."""
    found, events = listed(request, None)
    return shown(profiles_page(None, principal_of(request), found, events, [canonical_profile(key) for key in KEYS]))


@router.get("/profiles/new", name="page_canonical_draft", **PAGE)
def draft(request: Request, from_: From = None, default: Default = None) -> Response:
    """Return a version to change, or a default to propose."""
    origin = _origin(request, from_, default)
    projects = [(one, False) for one in state_of(request).projects]
    groups = groups_of(origin.raw)
    return shown(profile_draft_page(None, principal_of(request), origin, pretty(origin.raw), groups, projects=projects))


@router.post("/profiles/new", name="page_canonical_propose", **PAGE)
def propose(
    request: Request, form: Annotated[Drafted, Form()], from_: From = None, default: Default = None
) -> Response:
    """Check a change, preview the ranking that it would give a project, or propose it."""
    return drafted(request, None, _origin(request, from_, default), form, state_of(request).projects)


@router.get("/profiles/defaults/{key}", name="page_canonical_default", **PAGE)
def shipped(request: Request, key: Annotated[str, Path(max_length=200)]) -> Response:
    """Return a profile that comes with the program, drawn out."""
    return shown(shipped_page(principal_of(request), _shipped(key)))


@router.get("/profiles/{profile_id}", name="page_canonical_profile", **PAGE)
def profile(request: Request, profile_id: UUID) -> Response:
    """Return a canonical version, drawn out."""
    return drawn(request, None, profile_id)


@router.post("/profiles/{profile_id}/activate", name="page_canonical_activate", **PAGE)
def activate(request: Request, profile_id: UUID, reason: Reason) -> Response:
    """Have every project without a profile of its own ranked by this version from its next ranking on."""
    return activated(request, None, profile_id, reason)


def _origin(request: Request, profile_id: UUID | None, default: str | None) -> Origin:
    if profile_id is not None:
        return origin_of(version_of(request, None, profile_id))
    if default is None:
        raise unprocessable("from: must be the id of a version, or default the key of a default; was neither.")
    found = _shipped(default)
    return Origin(found.profile.display_name, found.sha256[:7], f"default={found.profile.profile_key}", found.raw)


def _shipped(key: str) -> ProfileDocument:
    if key not in KEYS:
        raise not_found(f"profile {key!r}")
    return canonical_profile(key)
