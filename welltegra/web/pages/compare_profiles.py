"""Two versions of a profile side by side: what they say, curve over curve, and who would move between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar, Final
from urllib.parse import quote

from markupsafe import Markup

from connectors.ops.profiles import ProfileVersion, StoredProfile
from scoring.profile import Curve, Input, Profile
from welltegra.api.comparing import ProfileComparisonBody
from welltegra.auth.principal import Principal
from welltegra.reopening.profiles import compared
from welltegra.web.drawings.two_curves import two_curves
from welltegra.web.pages.moves import MoveRow, lines_of, move_rows
from welltegra.web.pages.shell import Shell, shell
from welltegra.web.words import gap_words, input_words, plain

# The first name of a path, and what people call that part of a profile; in this order on the page.
_PARTS: Final = {
    "weights": "Weights of the total",
    "components": "Weights and curves of inputs",
    "class_rules": "Thresholds of the classes",
    "labels": "Thresholds of labels",
    "gating_rules": "Gates",
    "missing_input": "Gates",
    "archie_defaults": "Archie defaults",
    "petrophysics": "Petrophysics and discovery",
    "position": "Position",
    "assessment": "Assessment",
    "recommended_actions": "Recommended actions",
}
_OTHER: Final = "Names and versions"
_LONGEST: Final = 240


@dataclass(frozen=True, slots=True)
class Changed:
    """A value that differs. what: where it stands, in words; path: as the profile has it."""

    what: str
    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Part:
    """What differs in one part of the profile."""

    title: str
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True)
class ChangedCurve:
    """An input whose curve differs, drawn over the one before."""

    title: str
    drawing: Markup


@dataclass(frozen=True, slots=True)
class CompareProfilesPage:
    """before, after: None until both are chosen. found: who would move. made_by: what the moves leave out, in words."""

    template: ClassVar[str] = "compare_profiles.html"
    shell: Shell
    action: str
    rankings: str
    versions: tuple[ProfileVersion, ...]
    before: StoredProfile | None
    after: StoredProfile | None
    parts: tuple[Part, ...]
    curves: tuple[ChangedCurve, ...]
    found: ProfileComparisonBody | None
    made_by: str
    drawing: Markup | None
    moves: tuple[MoveRow, ...]


def compare_profiles_page(
    project_id: str,
    principal: Principal,
    versions: Sequence[ProfileVersion],
    found: ProfileComparisonBody | None,
) -> CompareProfilesPage:
    """Return the page. found: None until two are chosen; then both are among the versions, whole."""
    base = f"/projects/{quote(project_id, safe='')}"
    by_id = {one.scoring_profile_id: one for one in versions if isinstance(one, StoredProfile)}
    before, after = (
        (None, None)
        if found is None
        else (by_id[found.before.scoring_profile_id], by_id[found.after.scoring_profile_id])
    )
    both = None if before is None or after is None else (before.raw, after.raw)
    return CompareProfilesPage(
        shell=shell(f"{project_id} · Compare profiles", principal, project_id, "Compare"),
        action=f"{base}/compare",
        rankings=f"{base}/compare",
        versions=tuple(versions),
        before=before,
        after=after,
        parts=() if both is None else parts_of(*both),
        curves=() if both is None else tuple(_curves(*map(Profile.from_json, both))),
        found=found,
        made_by="" if found is None else ", ".join(_PARTS.get(name, plain(name)).lower() for name in found.made_by),
        drawing=None if found is None else lines_of(found.moves),
        moves=() if found is None else move_rows(found.moves, base),
    )


def parts_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Part, ...]:
    """Return what two profiles say differently, part by part, as `welltegra profile diff` finds it."""
    order = list(dict.fromkeys((*_PARTS.values(), _OTHER)))
    found = [(_part(path), _changed(path, was, now)) for path, was, now in compared(before, after)]
    found.sort(key=lambda pair: order.index(pair[0]))
    return tuple(
        Part(title, tuple(one for _, one in group)) for title, group in groupby(found, key=lambda pair: pair[0])
    )


def _part(path: str) -> str:
    return _PARTS.get(path.removeprefix("$.").partition(".")[0], _OTHER)


def _changed(path: str, before: str, after: str) -> Changed:
    return Changed(_where(path), path.removeprefix("$."), _short(before), _short(after))


def _where(path: str) -> str:
    """Return where a value stands in words: Water saturation, weight."""
    names = path.removeprefix("$.").split(".")
    match names:
        case ["weights", component]:
            return component.capitalize()
        case ["components", _, name, *inside]:
            return ", ".join([input_words(name), *(plain(one) for one in inside if one != name)])
        case ["class_rules", letter, *inside]:
            return f"Class {letter}, {', '.join(map(plain, inside))}"
        case ["gating_rules", *inside]:
            return _gate(inside)
        case [_, *inside] if inside:
            return ", ".join(map(plain, inside)).capitalize()
        case _:
            return plain(names[0]).capitalize()


def _gate(inside: Sequence[str]) -> str:
    # A code has a point of its own: G3.EVIDENCE.
    code, further = ".".join(inside[:2]), inside[2:]
    return ", ".join([f"{gap_words(code).capitalize()} ({code})", *(plain(one) for one in further if one != "limits")])


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _curves(before: Profile, after: Profile) -> Iterator[ChangedCurve]:
    for component in after.components:
        for one in component.inputs:
            was = dict(_parts_of_input(before.component(component.name).inputs, one.name))
            for name, curve in _parts_of_input(component.inputs, one.name):
                if name in was and was[name] != curve:
                    says = f"Utility curve of {name}, before and after"
                    drawing = two_curves(was[name].points, curve.points, curve.axis, name, _unit(one, name), says)
                    yield ChangedCurve(name, drawing)


def _parts_of_input(inputs: Sequence[Input], name: str) -> Iterator[tuple[str, Curve]]:
    for one in inputs:
        if one.name != name:
            continue
        title = input_words(name)
        if one.curve is not None:
            yield title, one.curve
        if one.water_cut is not None:
            yield f"{title}, level", one.water_cut.level
            yield f"{title}, slope", one.water_cut.trend


def _unit(one: Input, name: str) -> str:
    return "per year" if name.endswith(", slope") else one.unit
