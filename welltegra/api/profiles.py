"""Scoring profiles: of a project, and canonical ones, which are every project's. A version never changes."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request

from connectors.ops import profile_versions as stored
from connectors.ops import worklist as reading
from connectors.ops.profile_versions import Audited, ProfileVersion, StoredProfile
from schemas.profiles import DEFAULT, KEYS, canonical_profile
from schemas.scoring_profile import document
from welltegra.api.documents import (
    ActivationAsked,
    PreviewAsked,
    PreviewBody,
    ProfileAsked,
    ProfileBody,
    ProfileVersionBody,
)
from welltegra.api.guard import principal_of
from welltegra.api.previewing import previewed
from welltegra.api.problems import documented, not_found
from welltegra.api.ranking import check_folder
from welltegra.api.state import State
from welltegra.api.worklist import ProjectId

router = APIRouter(tags=["profiles"])
ProfileId = Annotated[UUID, Path(description="The version of the profile.")]
Key = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00]+$", description="The profile's key.")]


@router.get("/projects/{project_id}/scoring-profiles", name="project_profiles", responses=documented())
def project_profiles(request: Request, project_id: ProjectId) -> list[ProfileVersionBody]:
    """Return the profiles of a project and the canonical ones, its own first, each key's newest first.

    What a version says, `GET .../scoring-profiles/{profile_id}` returns.
    """
    state: State = request.state.shared
    _check_project(state, project_id)
    with state.database.transaction("reader") as connection:
        return [version_of(one) for one in stored.versions(connection, project_id)]


@router.get("/projects/{project_id}/scoring-profiles/history", name="project_profile_history", responses=documented())
def project_profile_history(request: Request, project_id: ProjectId, key: Key = DEFAULT) -> list[Audited]:
    """Return who proposed and who activated which version, when and why."""
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        return stored.history(connection, project_id, key)


# What stands beside it under the same address, as `history`, is no UUID.
@router.get("/projects/{project_id}/scoring-profiles/{profile_id:uuid}", name="project_profile", responses=documented())
def project_profile(request: Request, project_id: ProjectId, profile_id: ProfileId) -> ProfileBody:
    """Return a version of the project, or a canonical one, with what it says."""
    return body_of(_found(request, profile_id, (None, project_id)))


@router.post(
    "/projects/{project_id}/scoring-profiles",
    name="propose_project_profile",
    status_code=HTTPStatus.CREATED,
    responses=documented(),
)
def propose_project_profile(request: Request, project_id: ProjectId, asked: ProfileAsked) -> ProfileBody:
    """Store a version, checked, and not active yet. The same content is the same version."""
    return _proposed(request, project_id, asked)


@router.post("/projects/{project_id}/scoring-profiles/preview", name="preview_profile", responses=documented())
def preview_profile(request: Request, project_id: ProjectId, asked: PreviewAsked) -> PreviewBody:
    """Return the ranking that a profile would give; nothing is kept. It takes as long as a ranking does."""
    state: State = request.state.shared
    document(asked.profile)
    check_folder(state, project_id)
    return previewed(state, project_id, asked.profile, principal_of(request).actor)


@router.post(
    "/projects/{project_id}/scoring-profiles/{profile_id}/activate",
    name="activate_project_profile",
    responses=documented(),
)
def activate_project_profile(
    request: Request, project_id: ProjectId, profile_id: ProfileId, asked: ActivationAsked
) -> ProfileBody:
    """Have the project ranked by this version from the next ranking on."""
    return _activated(request, project_id, profile_id, asked.reason)


@router.get("/scoring-profiles", name="canonical_profiles", responses=documented())
def canonical_profiles(request: Request) -> list[ProfileVersionBody]:
    """Return the canonical profiles, each key's newest first; `.../{profile_id}` returns what one says."""
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        return [version_of(one) for one in stored.versions(connection, None)]


@router.get("/scoring-profiles/defaults", name="canonical_defaults", responses=documented())
def canonical_defaults(request: Request) -> dict[str, dict[str, Any]]:
    """Return the profiles that come with this version of WellTegra, by key."""
    del request
    return {key: dict(canonical_profile(key).raw) for key in KEYS}


@router.get("/scoring-profiles/history", name="canonical_history", responses=documented())
def canonical_history(request: Request, key: Key = DEFAULT) -> list[Audited]:
    """Return who proposed and who activated which canonical version, when and why."""
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        return stored.history(connection, None, key)


@router.get("/scoring-profiles/{profile_id:uuid}", name="canonical_profile", responses=documented())
def canonical_profile_of(request: Request, profile_id: ProfileId) -> ProfileBody:
    """Return a canonical version with what it says."""
    return body_of(_found(request, profile_id, (None,)))


@router.post(
    "/scoring-profiles", name="propose_canonical_profile", status_code=HTTPStatus.CREATED, responses=documented()
)
def propose_canonical_profile(request: Request, asked: ProfileAsked) -> ProfileBody:
    """Store a canonical version, checked, and not active yet."""
    return _proposed(request, None, asked)


@router.post("/scoring-profiles/{profile_id}/activate", name="activate_canonical_profile", responses=documented())
def activate_canonical_profile(request: Request, profile_id: ProfileId, asked: ActivationAsked) -> ProfileBody:
    """Have every project without a profile of its own ranked by this version from its next ranking on."""
    return _activated(request, None, profile_id, asked.reason)


def version_of(one: ProfileVersion) -> ProfileVersionBody:
    """Return a version as a list of the API shows it."""
    return ProfileVersionBody(**{name: getattr(one, name) for name in ProfileVersionBody.model_fields})


def body_of(one: StoredProfile) -> ProfileBody:
    """Return a version as the API shows it."""
    return ProfileBody(**version_of(one).model_dump(), profile=one.raw)


def _found(request: Request, profile_id: UUID, of: Sequence[str | None]) -> StoredProfile:
    state: State = request.state.shared
    with state.database.transaction("reader") as connection:
        found = stored.version(connection, profile_id)
    # Another project's is not found, as if it were not there.
    if found.project_id not in of:
        raise not_found(f"profile {str(profile_id)!r}")
    return found


def _proposed(request: Request, project_id: str | None, asked: ProfileAsked) -> ProfileBody:
    state: State = request.state.shared
    if project_id is not None:
        _check_project(state, project_id)
    with state.database.transaction("profile_keeper") as connection:
        return body_of(stored.propose(connection, asked.profile, project_id, principal_of(request).actor, asked.reason))


def _activated(request: Request, project_id: str | None, profile_id: UUID, reason: str) -> ProfileBody:
    state: State = request.state.shared
    # A version of somebody else's is not found; nor is a canonical one a project's to activate.
    _found(request, profile_id, (project_id,))
    with state.database.transaction("profile_keeper") as connection:
        return body_of(stored.activate(connection, profile_id, principal_of(request).actor, reason))


def _check_project(state: State, project_id: str) -> None:
    """Find out whether there is such a project: one that is set, or one that was ranked.

    Raises:
        Problem: There is not.
    """
    if project_id in state.settings.projects:
        return
    with state.database.transaction("reader") as connection:
        if not reading.list_runs(connection, project_id, most=1):
            raise not_found(f"project {project_id!r}")
