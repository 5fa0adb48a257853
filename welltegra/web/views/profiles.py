"""Profiles of a project: read, change, check, preview, propose, activate."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from connectors.ops import profile_versions as stored
from connectors.ops.filters import is_storable
from connectors.ops.profile_versions import Audited, ProfileVersion, StoredProfile
from connectors.ops.profiles import differences
from schemas.scoring_profile import document
from scoring.profile import Profile
from scoring.profile_checks import ProfileFaults
from welltegra.api.guard import principal_of
from welltegra.api.previewing import previewed
from welltegra.api.problems import Problem, not_found
from welltegra.api.ranking import check_folder
from welltegra.web.pages.profile_fields import groups_of, with_typed
from welltegra.web.pages.profiles import Origin, base_of, profile_draft_page, profile_page, profiles_page
from welltegra.web.views.answers import PAGE, ProjectId, see, shown, state_of

router = APIRouter()
_LONGEST = 200_000
_UNFIT = f"text: must be of at most {_LONGEST} characters that can be stored; is not. Correct it."
_LONGEST_FIELD = 400
_POINTS = re.compile(r"\[[-\d.eE,\s]+\]")
Reason = Annotated[str, Form(min_length=1, max_length=2000)]


class Drafted(BaseModel):
    """What the form of a change says: the profile as JSON, and what was typed into fields of it by their names.

    do: check, preview, propose, or turn between fields and JSON. as_json: it is changed as JSON, and has no fields.
    project: to preview in, of several.
    """

    model_config = ConfigDict(extra="allow")

    text: str = Field(max_length=_LONGEST)
    do: str = Field(default="check", max_length=20)
    reason: str = Field(default="", max_length=4000)
    as_json: str = Field(default="", max_length=20)
    project: str = Field(default="", max_length=200)

    @property
    def typed(self) -> dict[str, str]:
        """What was typed into fields, by name; those that hold more than any needs are left out."""
        given = {} if self.as_json else self.model_extra or {}
        return {name: said for name, said in given.items() if isinstance(said, str) and len(said) <= _LONGEST_FIELD}


@router.get("/projects/{project_id}/profiles", name="page_profiles", **PAGE)
def profiles(request: Request, project_id: ProjectId) -> Response:
    """Return every version, and what was done with them."""
    found, events = listed(request, project_id)
    return shown(profiles_page(project_id, principal_of(request), found, events))


@router.get("/projects/{project_id}/profiles/new", name="page_profile_draft", **PAGE)
def draft(request: Request, project_id: ProjectId, from_: Annotated[UUID, Query(alias="from")]) -> Response:
    """Return a version to change."""
    origin = origin_of(version_of(request, project_id, from_))
    page = profile_draft_page(project_id, principal_of(request), origin, pretty(origin.raw), groups_of(origin.raw))
    return shown(page)


@router.post("/projects/{project_id}/profiles/new", name="page_profile_propose", **PAGE)
def propose(
    request: Request,
    project_id: ProjectId,
    from_: Annotated[UUID, Query(alias="from")],
    form: Annotated[Drafted, Form()],
) -> Response:
    """Check a change, preview the ranking that it would give, or propose it."""
    return drafted(request, project_id, origin_of(version_of(request, project_id, from_)), form)


@router.get("/projects/{project_id}/profiles/{profile_id}", name="page_profile", **PAGE)
def profile(request: Request, project_id: ProjectId, profile_id: UUID) -> Response:
    """Return a version, drawn out."""
    return drawn(request, project_id, profile_id)


@router.post("/projects/{project_id}/profiles/{profile_id}/activate", name="page_profile_activate", **PAGE)
def activate(request: Request, project_id: ProjectId, profile_id: UUID, reason: Reason) -> Response:
    """Have the project ranked by this version from the next ranking on."""
    return activated(request, project_id, profile_id, reason)


def listed(request: Request, project_id: str | None) -> tuple[list[ProfileVersion], list[Audited]]:
    """Return the versions that a project can be ranked by, and what was done with them; None for canonical ones."""
    with state_of(request).database.transaction("reader") as connection:
        found = stored.versions(connection, project_id)
        events = [
            one
            for key in dict.fromkeys(each.profile_key for each in found)
            for of in dict.fromkeys((None, project_id))
            for one in stored.history(connection, of, key)
        ]
    events.sort(key=lambda one: one.at)
    return found, list(dict.fromkeys(events))


def drafted(
    request: Request, project_id: str | None, origin: Origin, form: Drafted, projects: Sequence[str] | None = None
) -> Response:
    """Check a change, preview it, or propose it. projects: where it can be previewed; None for in its own."""
    state, principal = state_of(request), principal_of(request)
    raw, faults = _read(form.text, form.typed)
    if form.do == "turn" and raw is not None and not faults:
        text = pretty(raw)
        groups = groups_of(raw, before=origin.raw) if form.as_json else None
        return shown(
            profile_draft_page(project_id, principal, origin, text, groups, form.reason, projects=_of(projects, form))
        )
    if raw is not None and not faults:
        faults = _faults(raw)
    reason = form.reason.strip()
    if form.do == "propose" and not faults and not reason:
        faults = ["reason: must be given; was not. Say why it is changed."]
    if form.do == "propose" and raw is not None and not faults:
        with state.database.transaction("profile_keeper") as connection:
            proposed = stored.propose(connection, raw, project_id, principal.actor, reason)
        return see(f"{base_of(project_id)}/{proposed.scoring_profile_id}")
    preview = None
    if form.do == "preview" and raw is not None and not faults:
        in_project = project_id if project_id is not None else form.project
        try:
            check_folder(state, in_project)
            preview = previewed(state, in_project, raw, principal.actor)
        except Problem as problem:
            faults = [problem.detail]
    changes = [] if raw is None else list(differences(origin.raw, raw))
    in_json = raw is None or bool(form.as_json)
    page = profile_draft_page(
        project_id, principal, origin, form.text if raw is None else pretty(raw),
        None if in_json or raw is None else groups_of(raw, form.typed, origin.raw), form.reason, faults, changes,
        preview, held=not faults, projects=_of(projects, form),
    )  # fmt: skip
    return shown(page, HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)


def drawn(request: Request, project_id: str | None, profile_id: UUID) -> Response:
    """Return a version, drawn out."""
    found = version_of(request, project_id, profile_id)
    changes: list[Any] = []
    if found.parent_id is not None:
        with state_of(request).database.transaction("reader") as connection:
            parent = stored.version(connection, found.parent_id)
        changes = list(differences(parent.raw, found.raw))
    return shown(profile_page(project_id, principal_of(request), found, Profile.from_json(found.raw), changes))


def activated(request: Request, project_id: str | None, profile_id: UUID, reason: str) -> Response:
    """Make a version the active one; a canonical one is not a project's to activate, nor the other way round."""
    if version_of(request, project_id, profile_id).project_id != project_id:
        raise not_found(f"profile {str(profile_id)!r}")
    with state_of(request).database.transaction("profile_keeper") as connection:
        stored.activate(connection, profile_id, principal_of(request).actor, reason)
    return see(base_of(project_id))


def origin_of(parent: StoredProfile) -> Origin:
    """Return a version as what a change is made from."""
    return Origin(parent.display_name, parent.sha256[:7], f"from={parent.scoring_profile_id}", parent.raw)


def version_of(request: Request, project_id: str | None, profile_id: UUID) -> StoredProfile:
    """Return a version of the project, or a canonical one; another project's is not found."""
    with state_of(request).database.transaction("reader") as connection:
        found = stored.version(connection, profile_id)
    if found.project_id not in (None, project_id):
        raise not_found(f"profile {str(profile_id)!r}")
    return found


def _of(projects: Sequence[str] | None, form: Drafted) -> list[tuple[str, bool]] | None:
    return None if projects is None else [(one, one == form.project) for one in projects]


def _read(text: str, typed: Mapping[str, str]) -> tuple[dict[str, Any] | None, Sequence[str]]:
    """Return what a form's text and fields say, and what is wrong with them."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        return None, [f"text: must be JSON; was not ({error}). Mind the commas and quotes."]
    if not isinstance(raw, dict):
        return None, ["text: must be an object; was not. Begin with the version that it is made from."]
    # `\ud800` is JSON, and is no letter that could be shown or kept.
    if not is_storable(pretty(raw), _LONGEST):
        return None, [_UNFIT]
    return with_typed(raw, typed)


def _faults(raw: dict[str, Any]) -> Sequence[str]:
    try:
        document(raw)
    except ProfileFaults as error:
        return [str(fault) for fault in error.faults]
    return []


def pretty(raw: Mapping[str, Any]) -> str:
    """Return a profile as JSON to be read: a point of a curve on one line."""
    lines = json.dumps(dict(raw), indent=1, ensure_ascii=False)
    return _POINTS.sub(lambda found: " ".join(found.group().split()), lines)
