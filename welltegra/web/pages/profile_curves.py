"""A profile drawn out: each component with its inputs, weights, curves and tables; and the thresholds."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from scoring.profile import Input, Profile
from welltegra.web.drawings.curve import curve
from welltegra.web.words import input_words, plain, value_words


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


def components_of(profile: Profile) -> tuple[ComponentView, ...]:
    """Return the components with their curves."""
    return tuple(
        ComponentView(one.name, one.weight, tuple(_input(each) for each in one.inputs)) for one in profile.components
    )


def rules_of(profile: Profile) -> tuple[tuple[str, str], ...]:
    """Return the thresholds of each class, in words."""
    return tuple(
        (f"class {letter}, {plain(name)}", value_words(least))
        for letter, rule in profile.classes.items()
        for name, least in rule.items()
    )


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
