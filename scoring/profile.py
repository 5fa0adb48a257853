"""A scoring profile: every weight, curve, threshold and wording the scores are made with. Data, never code.

`Profile.from_json` takes the parsed JSON of a profile, refuses what does not hold with every fault and its path, and
returns frozen objects. Nothing here has a default: what a profile does not say, it does not do. Nor does the order of
keys in the JSON say anything: canonical JSON has lost the one that it was written in, and sums have an order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from scoring.parameters import PetrophysicsDefaults, PositionDefaults
from scoring.profile_assessment import Assessment, assessment
from scoring.profile_checks import LABEL_LIMITS, LIMITS, THRESHOLDS, ProfileFaults, profile_faults
from scoring.profile_rock import position, rock
from scoring.vocabulary import COMPONENTS, GATES, INPUTS

__all__ = ["Action", "Component", "Curve", "Effect", "Gate", "Input", "Profile", "WaterCut"]


@dataclass(frozen=True, slots=True)
class Curve:
    """A piecewise-linear utility through (x, u), clamped at both ends. axis: "linear" or "log2" in x."""

    points: tuple[tuple[float, float], ...]
    axis: str = "linear"


@dataclass(frozen=True, slots=True)
class WaterCut:
    """The composite utility: level * (1 - trend_share + trend_share * trend)."""

    level_input: str
    level: Curve
    trend_input: str
    trend: Curve
    trend_share: float


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a component: its weight there, and one of curve, table, items or water_cut.

    table: utility by category. items: yes-or-no facts that share the weight equally. blocking: categories that rule a
    job out. weight_to, not_applicable_x: what "not applicable" means: another input takes the weight, or x is known.
    absent_is_zero: absence is itself a measured nothing, so the input is never missing.
    """

    name: str
    component: str
    weight: float
    unit: str
    definition: str
    gap_domain: str
    remedy: str
    curve: Curve | None = None
    table: Mapping[str, float] | None = None
    items: tuple[str, ...] = ()
    water_cut: WaterCut | None = None
    blocking: tuple[str, ...] = ()
    weight_to: str | None = None
    not_applicable_x: float | None = None
    absent_is_zero: bool = False

    @property
    def gap_code(self) -> str:
        """Return the code of the gap "this input is missing"."""
        return f"INPUT.{self.name.upper()}"


@dataclass(frozen=True, slots=True)
class Component:
    """One of the four components: its weight in the total, and its inputs in the order they are summed."""

    name: str
    weight: float
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Effect:
    """What a failing gate does: its severity and its promotion action."""

    severity: str
    promotion_action: str


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate: what failing it does, what failing it narrowly does where it tells the two apart, and its limits."""

    code: str
    gap_domain: str
    effect: Effect
    hold: Effect | None
    limits: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the table of recommended actions. gaps, completions: None for any. words: None for no action."""

    classification: str
    gaps: tuple[str, ...] | None
    completions: tuple[str, ...] | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """A checked scoring profile; immutable.

    petrophysics, position, assessment: what discovery and assessment start from.
    classes: thresholds of R2 (under "D"), R3 (under "C") and R4 (under "A"). labels: thresholds by label column.
    """

    profile_key: str
    display_name: str
    scoring_version: str
    components: tuple[Component, ...]
    archie_defaults: Mapping[str, float]
    petrophysics: PetrophysicsDefaults
    position: PositionDefaults
    assessment: Assessment
    gates: Mapping[str, Gate]
    missing_input: Effect
    classes: Mapping[str, Mapping[str, float]]
    labels: Mapping[str, Mapping[str, float]]
    actions: tuple[Action, ...]

    @classmethod
    def from_json(cls, raw: object) -> Profile:
        """Return the profile that parsed JSON says.

        Raises:
            ProfileFaults: Something does not hold; every fault, each with its JSON path.
        """
        faults = profile_faults(raw)
        if faults or not isinstance(raw, Mapping):
            raise ProfileFaults(faults)
        return cls(
            profile_key=raw["profile_key"],
            display_name=raw["display_name"],
            scoring_version=raw["scoring_version"],
            components=tuple(_component(name, raw) for name in COMPONENTS),
            archie_defaults=_frozen(raw["archie_defaults"]),
            petrophysics=rock(raw["petrophysics"], raw["archie_defaults"]),
            position=position(raw["position"]),
            assessment=assessment(raw["assessment"]),
            gates=MappingProxyType({code: _gate(code, raw["gating_rules"][code]) for code in GATES}),
            missing_input=Effect(**raw["missing_input"]),
            classes=_ordered(raw["class_rules"], THRESHOLDS),
            labels=_ordered(raw["labels"], LABEL_LIMITS),
            actions=tuple(_action(line) for line in raw["recommended_actions"]),
        )

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Return every input, in the order of components and of the profile."""
        return tuple(one for component in self.components for one in component.inputs)

    def component(self, name: str) -> Component:
        """Return the component called `name`; KeyError if there is none."""
        for component in self.components:
            if component.name == name:
                return component
        raise KeyError(name)

    def input(self, name: str) -> Input:
        """Return the input called `name`; KeyError if there is none."""
        for one in self.inputs:
            if one.name == name:
                return one
        raise KeyError(name)


def _component(name: str, raw: Mapping[str, Any]) -> Component:
    inputs = tuple(_input(key, name, raw["components"][name][key]) for key in INPUTS[name])
    return Component(name, float(raw["weights"][name]), inputs)


def _input(name: str, component: str, raw: Mapping[str, Any]) -> Input:
    not_applicable = raw.get("not_applicable", {})
    table = raw.get("table")
    return Input(
        name,
        component,
        float(raw["weight"]),
        raw["unit"],
        raw["definition"],
        raw["gap_domain"],
        raw["remedy"],
        curve=_curve(raw["curve"], raw.get("axis", "linear")) if "curve" in raw else None,
        table=None if table is None else _table(table),
        items=tuple(raw.get("items", ())),
        water_cut=_water_cut(raw["water_cut"]) if "water_cut" in raw else None,
        blocking=tuple(raw.get("blocking", ())),
        weight_to=not_applicable.get("weight_to"),
        not_applicable_x=not_applicable.get("x"),
        absent_is_zero=raw.get("absent_is_zero", False),
    )


def _table(raw: Mapping[str, float]) -> Mapping[str, float]:
    best_first = sorted(raw.items(), key=lambda pair: (-pair[1], pair[0]))
    return MappingProxyType({word: float(u) for word, u in best_first})


def _curve(points: list[list[float]], axis: str = "linear") -> Curve:
    return Curve(tuple((float(x), float(u)) for x, u in points), axis)


def _water_cut(raw: Mapping[str, Any]) -> WaterCut:
    level, trend = _curve(raw["level"]), _curve(raw["trend"])
    return WaterCut(raw["level_input"], level, raw["trend_input"], trend, float(raw["trend_share"]))


def _gate(code: str, raw: Mapping[str, Any]) -> Gate:
    hold = Effect(**raw["hold"]) if "hold" in raw else None
    effect = Effect(raw["severity"], raw["promotion_action"])
    limits = {key: raw["limits"][key] for key in LIMITS.get(code, ())}
    return Gate(code, raw["gap_domain"], effect, hold, _frozen(limits))


def _action(raw: Mapping[str, Any]) -> Action:
    gaps, completions = raw["gap"], raw["completion_status"]
    return Action(
        raw["class"],
        None if gaps == "*" else tuple(gaps),
        None if completions == "*" else tuple(completions),
        raw["action"],
    )


def _ordered(raw: Mapping[str, Any], names: Mapping[str, tuple[str, ...]]) -> Mapping[str, Any]:
    """Return the numbers of an object of objects, in the order of `names`."""
    inside = {name: {key: raw[name][key] for key in keys} for name, keys in names.items()}
    frozen: Mapping[str, Any] = _frozen(inside)
    return frozen


def _frozen(value: Any) -> Any:
    """Return parsed JSON that nobody can change: mappings read-only, lists as tuples."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: _frozen(one) for key, one in value.items()})
    if isinstance(value, list):
        return tuple(_frozen(one) for one in value)
    return value
