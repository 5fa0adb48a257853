"""Scoring profiles, of a project or canonical: versions and history, one drawn out, a change being made.

project_id: None for canonical ones, which are every project's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import quote
from uuid import UUID

from connectors.ops.profiles import Audited, Difference, ProfileVersion, StoredProfile
from schemas.scoring_profile import ProfileDocument
from scoring.profile import Profile
from welltegra.api.documents import PreviewBody
from welltegra.auth.principal import Principal
from welltegra.web.pages.profile_curves import ComponentView, components_of, rules_of
from welltegra.web.pages.profile_fields import Group
from welltegra.web.pages.shell import CANONICAL, Shell, shell
from welltegra.web.words import moment


@dataclass(frozen=True, slots=True)
class Event:
    """What was done with a version. version: the first characters of its hash."""

    audited: Audited
    version: str


@dataclass(frozen=True, slots=True)
class Shipped:
    """A profile that comes with this version of the program. state: active, proposed or not stored. draft: or None."""

    display_name: str
    profile_key: str
    version: str
    state: str
    href: str
    draft: str | None


@dataclass(frozen=True, slots=True)
class ProfilesPage:
    """Every version that a project can be ranked by, and what was done with them. shipped: of canonical ones alone.

    compares: by id, where a version is put beside the one that is active; of a project's alone.
    """

    template: ClassVar[str] = "profiles.html"
    shell: Shell
    base: str
    title: str
    profiles: tuple[ProfileVersion, ...]
    shipped: tuple[Shipped, ...]
    history: tuple[Event, ...]
    compares: Mapping[UUID, str]
    may_keep: bool


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A version. about: where it comes from. changes: against its parent, each with path, before and after.

    draft: where a change of it is begun; None for who may not. activate: where it is activated; or None.
    """

    template: ClassVar[str] = "profile.html"
    shell: Shell
    base: str
    title: str
    version: str
    state: str
    about: str
    components: tuple[ComponentView, ...]
    rules: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str, str], ...]
    draft: str | None
    activate: str | None


@dataclass(frozen=True, slots=True)
class Origin:
    """What a change is made from. query: of the draft's address."""

    title: str
    version: str
    query: str
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ProfileDraftPage:
    """A change being made. text: JSON. groups: its fields; None where it is changed as JSON.

    faults: what does not hold. preview: the ranking that it would give.

    projects: to choose from where it can be previewed in several, and whether chosen; None for in its own.
    """

    template: ClassVar[str] = "profile_draft.html"
    shell: Shell
    base: str
    origin: Origin
    text: str
    groups: tuple[Group, ...] | None
    reason: str
    faults: tuple[str, ...]
    held: bool
    changes: tuple[tuple[str, str, str], ...]
    preview: PreviewBody | None
    projects: tuple[tuple[str, bool], ...] | None


def profiles_page(
    project_id: str | None,
    principal: Principal,
    profiles: Sequence[ProfileVersion],
    history: Sequence[Audited],
    shipped: Sequence[ProfileDocument] = (),
) -> ProfilesPage:
    """Return the page of all versions. shipped: those that come with the program, where they are asked about."""
    versions = {one.scoring_profile_id: one.sha256[:7] for one in profiles}
    events = tuple(Event(one, versions.get(one.scoring_profile_id, "?")) for one in reversed(history))
    may, base = _may(principal, project_id), base_of(project_id)
    title = "Scoring profiles" if project_id is not None else CANONICAL
    rows = tuple(_shipped(one, profiles, base) for one in shipped)
    return ProfilesPage(
        shell=_shell(project_id, principal),
        base=base,
        title=title,
        profiles=tuple(profiles),
        shipped=rows,
        history=events,
        compares=_compares(project_id, profiles),
        may_keep=may,
    )


def _compares(project_id: str | None, profiles: Sequence[ProfileVersion]) -> dict[UUID, str]:
    if project_id is None:
        return {}
    # A project's own comes before the canonical one of the same key.
    in_order = sorted(profiles, key=lambda one: one.project_id is not None)
    active = {one.profile_key: one.scoring_profile_id for one in in_order if one.is_active}
    address = f"/projects/{quote(project_id, safe='')}/compare?of=profiles"
    return {
        one.scoring_profile_id: f"{address}&before={active[one.profile_key]}&after={one.scoring_profile_id}"
        for one in profiles
        if active.get(one.profile_key, one.scoring_profile_id) != one.scoring_profile_id
    }


def profile_page(
    project_id: str | None,
    principal: Principal,
    stored: StoredProfile,
    profile: Profile,
    changes: Sequence[Difference],
) -> ProfilePage:
    """Return the page of one version."""
    may, base = _may(principal, project_id), base_of(project_id)
    of = "of this project" if stored.project_id else "canonical"
    said = f"by {stored.author}, {moment(stored.created_at)} UTC: {stored.change_reason}"
    activates = may and stored.project_id == project_id and not stored.is_active
    return ProfilePage(
        shell=_shell(project_id, principal),
        base=base,
        title=stored.display_name,
        version=stored.sha256[:7],
        state="active" if stored.is_active else "proposed",
        about=f"{stored.profile_key}, formula {stored.scoring_version}, {of} · {said}",
        components=components_of(profile),
        rules=rules_of(profile),
        changes=changes_in_words(changes),
        draft=f"{base}/new?from={stored.scoring_profile_id}" if may else None,
        activate=f"{base}/{stored.scoring_profile_id}/activate" if activates else None,
    )


def shipped_page(principal: Principal, shipped: ProfileDocument) -> ProfilePage:
    """Return the page of a profile that comes with the program."""
    profile, base = shipped.profile, base_of(None)
    return ProfilePage(
        shell=_shell(None, principal),
        base=base,
        title=profile.display_name,
        version=shipped.sha256[:7],
        state="comes with WellTegra",
        about=f"{profile.profile_key}, formula {profile.scoring_version} · as this version of WellTegra brings it",
        components=components_of(profile),
        rules=rules_of(profile),
        changes=(),
        draft=f"{base}/new?default={quote(profile.profile_key, safe='')}",
        activate=None,
    )


def profile_draft_page(
    project_id: str | None,
    principal: Principal,
    origin: Origin,
    text: str,
    groups: tuple[Group, ...] | None,
    reason: str = "",
    faults: Sequence[str] = (),
    changes: Sequence[Difference] = (),
    preview: PreviewBody | None = None,
    *,
    held: bool = False,
    projects: Sequence[tuple[str, bool]] | None = None,
) -> ProfileDraftPage:
    """Return the page of a change. held: whether it was checked, and holds."""
    return ProfileDraftPage(
        _shell(project_id, principal),
        base_of(project_id),
        origin,
        text,
        groups,
        reason,
        tuple(faults),
        held,
        changes_in_words(changes),
        preview,
        None if projects is None else tuple(projects),
    )


def changes_in_words(changes: Sequence[Difference]) -> tuple[tuple[str, str, str], ...]:
    """Return each change as path, before and after."""
    return tuple((one.path.removeprefix("$."), _short(one.before), _short(one.after)) for one in changes)


def _short(value: Any) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) <= 160 else f"{text[:160]}…"


def _shipped(one: ProfileDocument, profiles: Sequence[ProfileVersion], base: str) -> Shipped:
    known = next((each for each in profiles if each.project_id is None and each.sha256 == one.sha256), None)
    key = one.profile.profile_key
    of = quote(key, safe="")
    return Shipped(
        one.profile.display_name,
        key,
        one.sha256[:7],
        "not stored" if known is None else "active" if known.is_active else "proposed",
        f"{base}/defaults/{of}" if known is None else f"{base}/{known.scoring_profile_id}",
        f"{base}/new?default={of}" if known is None else None,
    )


def base_of(project_id: str | None) -> str:
    """Return the address of all versions."""
    return "/profiles" if project_id is None else f"/projects/{quote(project_id, safe='')}/profiles"


def _shell(project_id: str | None, principal: Principal) -> Shell:
    if project_id is None:
        return shell(CANONICAL, principal, here=CANONICAL)
    return shell(f"{project_id} · Profiles", principal, project_id, "Profiles")


def _may(principal: Principal, project_id: str | None) -> bool:
    if project_id is None:
        return principal.everywhere == "platform_admin"
    return principal.may(project_id, "project_admin")
