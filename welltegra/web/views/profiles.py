"""Profiles of a project: read, change, check, preview, propose, activate."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from connectors.ops import profiles as stored
from connectors.ops.profiles import StoredProfile
from schemas.scoring_profile import document
from scoring.profile import Profile
from scoring.profile_checks import ProfileFaults
from scoring.vocabulary import COMPONENTS
from welltegra.api.guard import principal_of
from welltegra.api.previewing import previewed
from welltegra.api.problems import Problem, not_found
from welltegra.api.ranking import check_folder
from welltegra.web.pages.profiles import profile_draft_page, profile_page, profiles_page
from welltegra.web.views.answers import PAGE, ProjectId, Words, see, shown, state_of

router = APIRouter()
Weight = Annotated[str, Form(max_length=20)]
_LONGEST = 200_000
_POINTS = re.compile(r"\[[-\d.eE,\s]+\]")


@router.get("/projects/{project_id}/profiles", name="page_profiles", **PAGE)
def profiles(request: Request, project_id: ProjectId) -> Response:
    """Return every version, and what was done with them."""
    reader = state_of(request).database.as_role("reader")
    found = stored.profiles(reader, project_id)
    events = [
        one
        for key in dict.fromkeys(each.profile_key for each in found)
        for of in (None, project_id)
        for one in stored.history(reader, of, key)
    ]
    events.sort(key=lambda one: one.at)
    return shown(profiles_page(project_id, principal_of(request), found, list(dict.fromkeys(events))))


@router.get("/projects/{project_id}/profiles/new", name="page_profile_draft", **PAGE)
def draft(request: Request, project_id: ProjectId, from_: Annotated[UUID, Query(alias="from")]) -> Response:
    """Return a version to change."""
    parent = _of(request, project_id, from_)
    return shown(profile_draft_page(project_id, principal_of(request), parent, _pretty(parent.raw)))


@router.post("/projects/{project_id}/profiles/new", name="page_profile_propose", **PAGE)
def propose(
    request: Request,
    project_id: ProjectId,
    from_: Annotated[UUID, Query(alias="from")],
    text: Annotated[str, Form(max_length=_LONGEST)],
    do: Annotated[str, Form(max_length=20)] = "check",
    reason: Words = "",
    weight_static: Weight = "",
    weight_dynamic: Weight = "",
    weight_operability: Weight = "",
    weight_confidence: Weight = "",
) -> Response:
    """Check a change, preview the ranking that it would give, or propose it."""
    state, principal = state_of(request), principal_of(request)
    parent = _of(request, project_id, from_)
    said = dict(zip(COMPONENTS, (weight_static, weight_dynamic, weight_operability, weight_confidence), strict=True))
    raw, faults = _read(text, said)
    if raw is not None and not faults:
        faults = _faults(raw)
    if do == "propose" and not faults and not reason.strip():
        faults = ["reason: must be given; was not. Say why it is changed."]
    if do == "propose" and raw is not None and not faults:
        keeper = state.database.as_role("profile_keeper")
        proposed = stored.propose(keeper, raw, project_id, principal.actor, reason.strip())
        return see(f"{str(request.url.path).removesuffix('/new')}/{proposed.scoring_profile_id}")
    preview = None
    if do == "preview" and raw is not None and not faults:
        try:
            check_folder(state, project_id)
            preview = previewed(state, project_id, raw, principal.actor)
        except Problem as problem:
            faults = [problem.detail]
    changes = [] if raw is None else list(stored.differences(parent.raw, raw))
    page = profile_draft_page(
        project_id, principal, parent, text if raw is None else _pretty(raw), reason, faults, changes, preview,
        held=not faults, weights=list(said.items()),
    )  # fmt: skip
    return shown(page, HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)


@router.get("/projects/{project_id}/profiles/{profile_id}", name="page_profile", **PAGE)
def profile(request: Request, project_id: ProjectId, profile_id: UUID) -> Response:
    """Return a version, drawn out."""
    found = _of(request, project_id, profile_id)
    changes: list[Any] = []
    if found.parent_id is not None:
        parent = stored.profile(state_of(request).database.as_role("reader"), found.parent_id)
        changes = list(stored.differences(parent.raw, found.raw))
    return shown(profile_page(project_id, principal_of(request), found, Profile.from_json(found.raw), changes))


@router.post("/projects/{project_id}/profiles/{profile_id}/activate", name="page_profile_activate", **PAGE)
def activate(
    request: Request,
    project_id: ProjectId,
    profile_id: UUID,
    reason: Annotated[str, Form(min_length=1, max_length=2000)],
) -> Response:
    """Have the project ranked by this version from the next ranking on."""
    if _of(request, project_id, profile_id).project_id != project_id:
        raise not_found(f"profile {str(profile_id)!r}")
    keeper = state_of(request).database.as_role("profile_keeper")
    stored.activate(keeper, profile_id, principal_of(request).actor, reason)
    return see(str(request.url.path).rsplit("/", 2)[0])


def _of(request: Request, project_id: str, profile_id: UUID) -> StoredProfile:
    """Return a version of the project, or a canonical one; another project's is not found."""
    found = stored.profile(state_of(request).database.as_role("reader"), profile_id)
    if found.project_id not in (None, project_id):
        raise not_found(f"profile {str(profile_id)!r}")
    return found


def _read(text: str, weights: dict[str, str]) -> tuple[dict[str, Any] | None, Sequence[str]]:
    """Return what a form's text and weights say, and what is wrong with them."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        return None, [f"text: must be JSON; was not ({error}). Mind the commas and quotes."]
    if not isinstance(raw, dict) or not isinstance(raw.get("weights"), dict):
        return None, ["text: must be an object with weights; was not. Begin with the version that it is made from."]
    faults = []
    for name, said in weights.items():
        if not said.strip():
            continue
        try:
            raw["weights"][name] = float(said.replace(",", "."))
        except ValueError:
            faults.append(f"weight of {name}: must be a number; was {said!r}. Write it like 0.35.")
    return raw, faults


def _faults(raw: dict[str, Any]) -> Sequence[str]:
    try:
        document(raw)
    except ProfileFaults as error:
        return [str(fault) for fault in error.faults]
    return []


def _pretty(raw: dict[str, Any]) -> str:
    """Return a profile as JSON to be read: a point of a curve on one line."""
    lines = json.dumps(raw, indent=1, ensure_ascii=False)
    return _POINTS.sub(lambda found: " ".join(found.group().split()), lines)
