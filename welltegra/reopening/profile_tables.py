"""A scoring profile as tables for people: what counts how much, what is in the way of what, and in which words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from schemas.scoring_profile import ProfileDocument
from scoring.profile import Component, Curve, Effect, Input, Profile
from scoring.vocabulary import CLASSES, LABELS

Row = tuple[str, ...]

# What a label is judged by, and what its weak end must fall below.
_JUDGED_BY: Final = {
    "historic_payload_class": ("static score", "static potential"),
    "remaining_payload_class": ("dynamic score", "dynamic potential"),
    "depletion_risk": ("mean utility", "mean utility"),
    "operability_status": ("operability score", "operability potential"),
    "data_confidence": ("confidence score", "confidence score"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """One table. name: to find it by. title: what stands above it."""

    name: str
    title: str
    columns: Row
    rows: tuple[Row, ...]


def sections(document: ProfileDocument) -> tuple[Section, ...]:
    """Return all that a profile says, as tables."""
    profile, raw = document.profile, document.raw
    return (
        Section("weights", "Weights of the components in the total", ("component", "weight"), tuple(_weights(profile))),
        *(_inputs(component) for component in profile.components),
        Section(
            "gates",
            "Gates, in the order in which they lead",
            ("gate", "domain", "fails: severity, promotion action", "fails narrowly", "limits"),
            tuple(_gates(profile)),
        ),
        Section("classes", "Class: the first rule that matches", ("rule", "class", "if"), tuple(_classes(profile))),
        Section("labels", "Labels", ("label", "word", "if"), tuple(_labels(profile))),
        _settings("petrophysics", "Petrophysics and discovery, where a project says nothing", _rock(raw)),
        _settings("position", "Position", raw["position"]),
        _settings("assessment", "Assessment", raw["assessment"]),
        Section("gaps", "What each missing input asks for", ("gap", "domain", "remedy"), tuple(_gaps(profile))),
        Section(
            "actions",
            "Recommended actions: the first line that fits",
            ("class", "leading gap", "completion status", "action"),
            tuple(_actions(profile)),
        ),
    )


def number(value: float) -> str:
    """Return a number of a profile as it was written, without zeros at its end."""
    return f"{value:.10g}"


def _weights(profile: Profile) -> Iterator[Row]:
    return ((component.name, number(component.weight)) for component in profile.components)


def _inputs(component: Component) -> Section:
    rows = (
        (
            one.name,
            f"{one.definition} [{one.unit}]",
            _utility(one),
            number(one.weight),
            number(component.weight * one.weight),
        )
        for one in component.inputs
    )
    columns = ("input", "definition [unit]", "utility (x: u)", "weight", "of the total")
    return Section(component.name, f"Inputs of {component.name}", columns, tuple(rows))


def _utility(one: Input) -> str:
    """Return how an input becomes a utility, and what its absence and "not applicable" mean."""
    if one.curve is not None:
        said = _points(one.curve)
    elif one.table is not None:
        said = ", ".join(f"{word}: {number(u)}" for word, u in one.table.items())
    elif one.items:
        said = f"share that is true of {', '.join(one.items)}"
    else:
        assert one.water_cut is not None
        cut = one.water_cut
        share = number(cut.trend_share)
        said = (
            f"level * ({number(1 - cut.trend_share)} + {share} trend); level of {cut.level_input}: {_points(cut.level)}"
        )
        said += f"; trend of {cut.trend_input} [1/year]: {_points(cut.trend)}"
    if one.blocking:
        said += f"; {', '.join(one.blocking)} rules the job out"
    if one.not_applicable_x is not None:
        said += f"; not applicable: as x = {number(one.not_applicable_x)}"
    if one.weight_to is not None:
        said += f"; not applicable: its weight goes to {one.weight_to}"
    return f"{said}; absent: 0, and known" if one.absent_is_zero else said


def _points(curve: Curve) -> str:
    said = ", ".join(f"{number(x)}: {number(u)}" for x, u in curve.points)
    return f"{said} (log2 axis)" if curve.axis == "log2" else said


def _gates(profile: Profile) -> Iterator[Row]:
    for code, gate in profile.gates.items():
        narrowly = "" if gate.hold is None else _effect(gate.hold)
        limits = "; ".join(f"{name} {_value(limit)}" for name, limit in gate.limits.items())
        yield code, gate.gap_domain, _effect(gate.effect), narrowly, limits


def _effect(effect: Effect) -> str:
    return f"{effect.severity}, {effect.promotion_action}"


def _classes(profile: Profile) -> Iterator[Row]:
    d, c, a = (profile.classes[name] for name in ("D", "C", "A"))
    low = ", or ".join(f"{name.replace('_', ' ')} < {number(least)}" for name, least in d.items())
    weak = ", or ".join(f"{name} < {number(least)}" for name, least in c.items())
    strong = ", ".join(f"{name} >= {number(least)}" for name, least in a.items())
    yield "R1", "Q", "a gate fails that is critical and a decision_grade_block, or a person put it in quarantine"
    yield "R2", "D", f"the job is ruled out, or {low}"
    yield "R3", "C", f"any other decision_grade_block, or {weak}"
    yield "R4", "A", f"no review_hold, no spatial_only_quarantine, {strong}"
    yield "R5", "B", "none of these"


def _labels(profile: Profile) -> Iterator[Row]:
    for label, words in LABELS.items():
        score, potential = _JUDGED_BY[label]
        limits = dict(profile.labels[label])
        known = limits.pop("known_min", None)
        least = list(limits.values())
        if known is not None:
            few = f"fewer than {number(known)} of pressure_ratio, depletion_ratio and offset_drained_fraction are known"
            yield label, "unknown", few
        if "blocked" in words:
            yield label, "blocked", "the job is ruled out"
        yield from ((label, word, f"{score} >= {number(limit)}") for word, limit in zip(words, least, strict=False))
        yield label, words[len(least)], f"{potential} < {number(least[-1])}"
        if known is None and "unknown" in words:
            yield label, "unknown", "none of these"


def _rock(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {"archie_defaults": raw["archie_defaults"], **raw["petrophysics"]}


def _settings(name: str, title: str, values: Mapping[str, Any]) -> Section:
    rows = []
    for key, value in values.items():
        inside = value.items() if isinstance(value, Mapping) else [("", value)]
        rows += [(f"{key}.{below}" if below else key, _value(one)) for below, one in inside]
    return Section(name, title, ("key", "value"), tuple(rows))


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value))
    return number(value) if isinstance(value, int | float) else str(value)


def _gaps(profile: Profile) -> Iterator[Row]:
    return ((one.gap_code, one.gap_domain, one.remedy) for one in profile.inputs)


def _actions(profile: Profile) -> Iterator[Row]:
    for name in CLASSES:
        for line in profile.actions:
            if line.classification == name:
                yield name, _any(line.gaps), _any(line.completions), line.words or "none"


def _any(words: tuple[str, ...] | None) -> str:
    return "any" if words is None else ", ".join(words)
