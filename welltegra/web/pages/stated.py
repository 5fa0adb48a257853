"""What people state in place of data: each with its reason, and the form to state another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar
from urllib.parse import quote

from connectors.ops.shapes import Override, TargetRow
from scoring.profile import Input, Profile
from scoring.vocabulary import COMPLETION_STATUSES
from welltegra.auth.principal import Principal
from welltegra.web.pages.shell import Shell, shell
from welltegra.web.words import input_words

_YES_OR_NO = ("yes", "no")


@dataclass(frozen=True, slots=True)
class StatedForm:
    """What is in the form; faults of what was sent."""

    well_id: str = ""
    zone: str = ""
    input: str = ""
    value: str = ""
    reason: str = ""
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatedInput:
    """What can be stated. of: the input that it is part of. takes: its unit, or that it is one of `words`."""

    name: str
    of: str
    group: str
    title: str
    takes: str
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatedPage:
    """inputs: by component. chosen: the one that stands in the form. back: to the target that one came from.

    wells, zones: to choose from; what is not among them can be typed.
    """

    template: ClassVar[str] = "stated.html"
    shell: Shell
    action: str
    overrides: tuple[Override, ...]
    inputs: Mapping[str, Sequence[StatedInput]]
    chosen: StatedInput | None
    wells: tuple[str, ...]
    zones: tuple[str, ...]
    form: StatedForm
    back: str | None
    may_state: bool


def stated_page(
    project_id: str,
    principal: Principal,
    overrides: Sequence[Override],
    form: StatedForm,
    profile: Profile,
    places: Sequence[tuple[str, str | None]] = (),
    target: TargetRow | None = None,
) -> StatedPage:
    """Return the page. profile: whose inputs can be stated. places: wells and zones. target: which one came from."""
    base = f"/projects/{quote(project_id, safe='')}"
    inputs = tuple(_inputs(profile))
    near = [(well, zone) for well, zone in places if target is None or well == target.well_id]
    return StatedPage(
        shell=shell(f"{project_id} · Stated inputs", principal, project_id, "Stated inputs"),
        action=f"{base}/stated",
        overrides=tuple(overrides),
        inputs={group: tuple(some) for group, some in groupby(inputs, key=lambda one: one.group)},
        chosen=next((one for one in inputs if form.input in (one.name, one.of)), None),
        wells=tuple(dict.fromkeys(well for well, _ in near)),
        zones=tuple(sorted({zone for _, zone in near if zone})),
        form=form,
        back=None if target is None else f"{base}/worklist/{target.reopening_target_id}",
        may_state=principal.may(project_id, "operator"),
    )


def _inputs(profile: Profile) -> Iterator[StatedInput]:
    for one in profile.inputs:
        yield from _parts(one)
    words = tuple(status for status in COMPLETION_STATUSES if status != "unknown")
    yield _said("completion_status", "", "the well", words)
    yield _said("abandoned", "", "the well", _YES_OR_NO)
    yield _said("quarantine", "", "the well", _YES_OR_NO)


def _parts(one: Input) -> Iterator[StatedInput]:
    if one.water_cut is not None:
        yield _measured(one.water_cut.level_input, one, "v/v")
        yield _measured(one.water_cut.trend_input, one, "1/year")
    elif one.items:
        yield from (_said(item, one.name, one.component, _YES_OR_NO) for item in one.items)
    elif one.table is not None:
        yield _said(one.name, one.name, one.component, tuple(one.table))
    else:
        yield _measured(one.name, one, one.unit)


def _measured(name: str, of: Input, unit: str) -> StatedInput:
    takes = "a number, no unit" if unit == "-" else f"in {unit}"
    return StatedInput(name, of.name, of.component, input_words(name), takes)


def _said(name: str, of: str, group: str, words: tuple[str, ...]) -> StatedInput:
    return StatedInput(name, of, group, input_words(name), f"one of: {', '.join(words)}", words)
