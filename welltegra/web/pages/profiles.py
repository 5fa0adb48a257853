"""Scoring profiles: their versions and history, one drawn out, and a change tried before it is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, ClassVar
from urllib.parse import quote

from markupsafe import Markup

from connectors.ops.profiles import Audited, Difference, StoredProfile
from scoring.profile import Input, Profile
from welltegra.api.documents import PreviewBody
from welltegra.auth.principal import Principal
from welltegra.web.drawings.curve import curve
from welltegra.web.pages.shell import Shell, shell
from welltegra.web.words import input_words, plain, value_words


@dataclass(frozen=True, slots=True)
class Event:
    """What was done with a version. version: the first characters of its hash."""

    audited: Audited
    version: str


@dataclass(frozen=True, slots=True)
class ProfilesPage:
    """Every version that a project can be ranked by, and what was done with them."""

    template: ClassVar[str] = "profiles.html"
    shell: Shell
    base: str
    profiles: tuple[StoredProfile, ...]
    history: tuple[Event, ...]
    may_keep: bool


@dataclass(frozen=True, slots=True)
class InputCurves:
    """An input with its weight, and its curves or its table."""

    title: str
    weight: float
    definition: str
    curves: tuple[Markup, ...]
    table: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class ComponentView:
    name: str
    weight: float
    inputs: tuple[InputCurves, ...]


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """A version. changes: against its parent, each with path, before and after."""

    template: ClassVar[str] = "profile.html"
    shell: Shell
    base: str
    stored: StoredProfile
    components: tuple[ComponentView, ...]
    rules: tuple[tuple[str, str], ...]
    changes: tuple[tuple[str, str, str], ...]
    may_keep: bool
    may_activate: bool


@dataclass(frozen=True, slots=True)
class ProfileDraftPage:
    """A change being made. text: JSON. faults: what does not hold. preview: the ranking that it would give."""

    template: ClassVar[str] = "profile_draft.html"
    shell: Shell
    base: str
    parent: StoredProfile
    text: str
    weights: tuple[tuple[str, str], ...]
    reason: str
    faults: tuple[str, ...]
    held: bool
    changes: tuple[tuple[str, str, str], ...]
    preview: PreviewBody | None


def profiles_page(
    project_id: str, principal: Principal, profiles: Sequence[StoredProfile], history: Sequence[Audited]
) -> ProfilesPage:
    """Return the page of all versions."""
    versions = {one.scoring_profile_id: one.sha256[:7] for one in profiles}
    events = tuple(Event(one, versions.get(one.scoring_profile_id, "?")) for one in reversed(history))
    return ProfilesPage(
        _shell(project_id, principal), _base(project_id), tuple(profiles), events, _may(principal, project_id)
    )


def profile_page(
    project_id: str, principal: Principal, stored: StoredProfile, profile: Profile, changes: Sequence[Difference]
) -> ProfilePage:
    """Return the page of one version."""
    rules = chain.from_iterable(
        ((f"class {letter}, {plain(name)}", value_words(least)) for name, least in rule.items())
        for letter, rule in profile.classes.items()
    )
    return ProfilePage(
        shell=_shell(project_id, principal),
        base=_base(project_id),
        stored=stored,
        components=tuple(
            ComponentView(one.name, one.weight, tuple(_input(each) for each in one.inputs))
            for one in profile.components
        ),
        rules=tuple(rules),
        changes=changes_in_words(changes),
        may_keep=_may(principal, project_id),
        may_activate=_may(principal, project_id) and stored.project_id == project_id and not stored.is_active,
    )


def profile_draft_page(
    project_id: str,
    principal: Principal,
    parent: StoredProfile,
    text: str,
    reason: str = "",
    faults: Sequence[str] = (),
    changes: Sequence[Difference] = (),
    preview: PreviewBody | None = None,
    *,
    held: bool = False,
    weights: Sequence[tuple[str, str]] | None = None,
) -> ProfileDraftPage:
    """Return the page of a change. held: whether it was checked, and holds."""
    given = (
        tuple(weights) if weights is not None else tuple((name, f"{w:g}") for name, w in parent.raw["weights"].items())
    )
    return ProfileDraftPage(
        _shell(project_id, principal),
        _base(project_id),
        parent,
        text,
        given,
        reason,
        tuple(faults),
        held,
        changes_in_words(changes),
        preview,
    )


def changes_in_words(changes: Sequence[Difference]) -> tuple[tuple[str, str, str], ...]:
    """Return each change as path, before and after."""
    return tuple((one.path.removeprefix("$."), _short(one.before), _short(one.after)) for one in changes)


def _input(one: Input) -> InputCurves:
    title = input_words(one.name)
    says = f"Utility curve of {title}"
    drawn: list[Markup] = []
    if one.curve is not None:
        drawn.append(curve(one.curve.points, one.curve.axis, None, None, title, one.unit, says, here=False))
    if one.water_cut is not None:
        for name, part in (("level", one.water_cut.level), ("slope per year", one.water_cut.trend)):
            words = f"{title}, {name}"
            drawn.append(curve(part.points, part.axis, None, None, words, one.unit, f"{says}, {name}", here=False))
    table = tuple((plain(name), utility) for name, utility in (one.table or {}).items())
    return InputCurves(title, one.weight, one.definition, tuple(drawn), table)


def _short(value: Any) -> str:
    text = "absent" if value is None else str(value)
    return text if len(text) <= 160 else f"{text[:160]}…"


def _shell(project_id: str, principal: Principal) -> Shell:
    return shell(f"{project_id} · Profiles", principal, project_id, "Profiles")


def _base(project_id: str) -> str:
    return f"/projects/{quote(project_id, safe='')}/profiles"


def _may(principal: Principal, project_id: str) -> bool:
    return principal.may(project_id, "project_admin")
