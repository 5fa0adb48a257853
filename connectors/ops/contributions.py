"""Pure: what each input of a target adds, beside the profile that says how: curve, weight, unit, what it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from connectors.ops import shapes_of_targets as shapes
from schemas.scoring_profile import parse_profile
from scoring.profile import Component, Curve, Input, Profile
from scoring.vocabulary import INPUTS

Json = Mapping[str, Any]


@lru_cache(maxsize=64)
def profile_of(content: str) -> Profile:
    """Return the profile of a stored content; it never changes, and is read once."""
    return parse_profile(content).profile


def contributions_of(stored: Json, content: str) -> tuple[shapes.Contribution, ...]:
    """Return the contributions of a target, by component and input. stored: by input, as its run wrote them."""
    return tuple(
        _contribution(stored, component, one)
        for component in profile_of(content).components
        for one in in_order(component)
    )


def in_order(component: Component) -> list[Input]:
    """Return the inputs of a component as people list them: by the vocabulary, and any other after."""
    known = INPUTS[component.name]
    return sorted(component.inputs, key=lambda one: known.index(one.name) if one.name in known else len(known))


def weight_of(stored: Json, component: Component, one: Input) -> float:
    """Return the weight of an input [-] for this target: one that is not applicable gives its weight to another."""
    if one.weight_to is not None and _is_not_applicable(stored, one):
        return 0.0
    given = [giver for giver in component.inputs if giver.weight_to == one.name and _is_not_applicable(stored, giver)]
    return one.weight + sum(giver.weight for giver in given)


def _contribution(stored: Json, component: Component, one: Input) -> shapes.Contribution:
    said = stored.get(one.name) or {}
    parts = {}
    if one.water_cut is not None:
        parts = {
            one.water_cut.level_input: _curve(one.water_cut.level),
            one.water_cut.trend_input: _curve(one.water_cut.trend),
        }
    curve = None
    if one.curve is not None:
        curve = _curve(one.curve)
    elif one.table is not None:
        curve = shapes.Curve(table=dict(one.table))
    return shapes.Contribution(
        component=component.name,
        input=one.name,
        label=one.definition,
        value=said.get("value"),
        unit=one.unit,
        status=said.get("status"),
        utility=said.get("utility"),
        weight=weight_of(stored, component, one),
        contribution=said.get("contribution"),
        gap=said.get("gap"),
        source=said.get("source"),
        remedy=one.remedy,
        curve=curve,
        parts=parts,
    )


def _is_not_applicable(stored: Json, one: Input) -> bool:
    return (stored.get(one.name) or {}).get("status") == "not_applicable"


def _curve(curve: Curve) -> shapes.Curve:
    return shapes.Curve(points=curve.points, axis=curve.axis)
