"""What must hold of a scoring profile before it is stored or used: every fault at once, each with its JSON path."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from scoring.profile_rock import position_faults, rock_faults
from scoring.vocabulary import (
    CLASSES,
    COMPLETION_STATUSES,
    COMPONENTS,
    DOMAINS,
    GAPS,
    GATES,
    INPUTS,
    ITEMS,
    PROMOTION_ACTIONS,
    SEVERITIES,
    TWO_LEVEL_GATES,
)

WEIGHT_TOLERANCE: Final = 1e-9
_TEXTS: Final = ("profile_key", "display_name", "scoring_version")
_KEYS: Final = (
    *_TEXTS,
    *("weights", "components", "archie_defaults", "petrophysics", "position", "assessment", "gating_rules"),
    *("missing_input", "class_rules", "labels", "recommended_actions"),
)
_WAYS: Final = ("curve", "table", "items", "water_cut")
_INPUT_KEYS: Final = ("weight", "unit", "definition", "gap_domain", "remedy")
_INPUT_OPTIONS: Final = (*_WAYS, "axis", "blocking", "not_applicable", "absent_is_zero")
_CATEGORIES: Final = ("integrity", "workover_complexity", "access", "crs_confidence", "depth_reference")

# The limits of each gate, by kind: a fraction, a number above 0, or a list of words.
LIMITS: Final[Mapping[str, Mapping[str, str]]] = {
    "G1.DEPTH_TRACK": {"sampled_fraction_min": "fraction", "step_max_m": "positive"},
    "G1.CURVES": {"coverage_min": "fraction"},
    "G1.PARAMS": {"weak_rw_sources": "words", "weak_sw_confidence": "words"},
    "G1.LOG_QUALITY": {"bad_hole_max": "fraction"},
    "G2.CRS": {"unresolved": "words"},
    "G2.VERTICAL_DATUM": {"unresolved": "words"},
    "G3.COMPLETION": {"completeness_min": "fraction", "completeness_hold_min": "fraction"},
    "G3.DEPLETION": {
        "sources_min": "positive",
        "series_months_min": "positive",
        "pressure_age_max_years": "positive",
        "saturation_age_max_years": "positive",
    },
    "G3.OPERABILITY": {"abandoned_known": "words", "abandoned_blocking": "words"},
    "G3.EVIDENCE": {"completeness_min": "fraction", "completeness_hold_min": "fraction"},
    "COVERAGE.STATIC": {"coverage_min": "fraction"},
    "COVERAGE.DYNAMIC": {"coverage_min": "fraction"},
    "COVERAGE.OPERABILITY": {"coverage_min": "fraction"},
}
_THRESHOLDS: Final = {
    "D": ("dynamic_potential", "operability_potential", "total_potential"),
    "C": ("confidence", "total", "dynamic", "operability"),
    "A": ("total", "confidence", "operability", "dynamic", "static"),
}
_ASSESSMENT_NUMBERS: Final = (
    *("water_cut_level_months", "water_cut_trend_months", "water_cut_trend_least_months", "water_cut_trend_p"),
    "location_agreement_m",
)
_ASSESSMENT_LISTS: Final = ("required_completion_fields", "required_evidence")
_LABELS: Final = {
    "historic_payload_class": ("strong", "moderate"),
    "remaining_payload_class": ("high", "moderate", "low"),
    "depletion_risk": ("low", "moderate", "high"),
    "operability_status": ("ready", "workover_feasible"),
    "data_confidence": ("high", "medium"),
}


@dataclass(frozen=True, slots=True)
class ProfileFault:
    """One thing wrong in a profile: its JSON path, what must hold, what was found, what to do."""

    path: str
    must: str
    found: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.must}; was {self.found}. {self.remedy}"


class ProfileFaults(Exception):
    """A profile cannot be used; every fault found in it."""

    def __init__(self, faults: Sequence[ProfileFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def profile_faults(raw: object) -> tuple[ProfileFault, ...]:
    """Return everything that does not hold of a profile's parsed JSON, in the order of the document's sections."""
    if not isinstance(raw, Mapping):
        return (ProfileFault("$", "must be an object", _said(raw), "Start from `welltegra profile show`."),)
    found = list(_keys("$", raw, _KEYS))
    found += [fault for key in _TEXTS if key in raw for fault in _text(f"$.{key}", raw[key])]
    for key, check in _SECTIONS.items():
        if key not in raw:
            continue
        wanted: type = Sequence if key == "recommended_actions" else Mapping
        if not isinstance(raw[key], wanted) or isinstance(raw[key], str):
            kind = "a list" if key == "recommended_actions" else "an object"
            found.append(ProfileFault(f"$.{key}", f"must be {kind}", _said(raw[key]), "Correct it."))
        else:
            found += check(f"$.{key}", raw[key])
    return tuple(found)


def _weights(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, COMPONENTS)
    known = {key: raw[key] for key in COMPONENTS if key in raw}
    bad = [fault for key, weight in known.items() for fault in _number(f"{path}.{key}", weight, 0, 1)]
    yield from bad
    if not bad and len(known) == len(COMPONENTS):
        yield from _sum_is_one(path, known)


def _components(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, COMPONENTS)
    for name in COMPONENTS:
        inputs = raw.get(name)
        if not isinstance(inputs, Mapping):
            if name in raw:
                yield ProfileFault(f"{path}.{name}", "must be an object of inputs", _said(inputs), "Correct it.")
            continue
        yield from _keys(f"{path}.{name}", inputs, INPUTS[name])
        known = {key: inputs[key] for key in INPUTS[name] if key in inputs}
        for key, one in known.items():
            yield from _input(f"{path}.{name}.{key}", key, name, one)
        weights = {key: one.get("weight") if isinstance(one, Mapping) else None for key, one in known.items()}
        if len(known) == len(INPUTS[name]) and all(_is_number(weight) for weight in weights.values()):
            yield from _sum_is_one(f"{path}.{name}", weights)


def _input(path: str, name: str, component: str, raw: object) -> Iterator[ProfileFault]:
    if not isinstance(raw, Mapping):
        yield ProfileFault(path, "must be an object", _said(raw), "Give weight, unit, definition and its utility.")
        return
    yield from _keys(path, raw, _INPUT_KEYS, _INPUT_OPTIONS)
    if "weight" in raw:
        yield from _number(f"{path}.weight", raw["weight"], 0, 1)
    for key in ("unit", "definition", "remedy"):
        if key in raw:
            yield from _text(f"{path}.{key}", raw[key])
    if "gap_domain" in raw:
        yield from _word(f"{path}.gap_domain", raw["gap_domain"], DOMAINS)
    way = {"water_cut": "water_cut", "completion_readiness": "items"}.get(
        name, "table" if name in _CATEGORIES else "curve"
    )
    if [key for key in _WAYS if key in raw] != [way]:
        has = ", ".join(key for key in _WAYS if key in raw) or "none"
        yield ProfileFault(path, f"must say its utility by {way} alone", has, f"Write {way}, and none of the others.")
    elif way == "curve":
        yield from _curve(f"{path}.curve", raw["curve"], raw.get("axis", "linear"))
    elif way == "table":
        yield from _table(path, raw)
    elif way == "items":
        if not isinstance(raw["items"], Sequence) or sorted(raw["items"]) != sorted(ITEMS):
            yield ProfileFault(f"{path}.items", f"must be {', '.join(ITEMS)}", _said(raw["items"]), "List all four.")
    else:
        yield from _water_cut(f"{path}.water_cut", raw["water_cut"])
    yield from _choices(path, name, component, raw)


def _choices(path: str, name: str, component: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    if "axis" in raw:
        yield from _word(f"{path}.axis", raw["axis"], ("linear", "log2"))
    absent = raw.get("absent_is_zero", False)
    if absent is not (component == "confidence"):
        must = "must be true for an input of confidence, and absent elsewhere: what is missing there is potential"
        yield ProfileFault(f"{path}.absent_is_zero", must, _said(absent), "Correct it.")
    rule = raw.get("not_applicable")
    if rule is not None:
        is_x = isinstance(rule, Mapping) and list(rule) == ["x"] and _is_number(rule["x"]) and "curve" in raw
        moved = {"weight_to": "offset_drained_fraction"}
        if not is_x and not (name == "water_cut" and rule == moved):
            must = f"must be {{'x': number}} for a curve, or for water_cut {moved}"
            yield ProfileFault(f"{path}.not_applicable", must, _said(rule), "Correct it, or leave it out.")


def _curve(path: str, raw: object, axis: object = "linear") -> Iterator[ProfileFault]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) < 2:
        yield ProfileFault(path, "must be two or more points [x, u]", _said(raw), "Give at least both ends.")
        return
    before: float | None = None
    for index, point in enumerate(raw):
        where = f"{path}[{index}]"
        if not isinstance(point, Sequence) or len(point) != 2 or not all(_is_number(one) for one in point):
            yield ProfileFault(where, "must be [x, u], two finite numbers", _said(point), "Correct the point.")
            continue
        x, u = float(point[0]), float(point[1])
        if before is not None and x <= before:
            yield ProfileFault(f"{where}[0]", f"must be above the x before it, {before!r}", repr(x), "Sort the points.")
        if axis == "log2" and x <= 0:
            yield ProfileFault(f"{where}[0]", "must be above 0 on a log2 axis", repr(x), "Correct it.")
        yield from _number(f"{where}[1]", u, 0, 1)
        before = x


def _table(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    table = raw["table"]
    if not isinstance(table, Mapping) or not table:
        yield ProfileFault(f"{path}.table", "must be an object of utilities by category", _said(table), "Correct it.")
        return
    for key, u in table.items():
        yield from _number(f"{path}.table.{key}", u, 0, 1)
    for index, word in enumerate(raw.get("blocking", ())):
        yield from _word(f"{path}.blocking[{index}]", word, tuple(table))


def _water_cut(path: str, raw: object) -> Iterator[ProfileFault]:
    if not isinstance(raw, Mapping):
        yield ProfileFault(path, "must be an object", _said(raw), "Give level, trend and trend_share.")
        return
    yield from _keys(path, raw, ("level_input", "level", "trend_input", "trend", "trend_share"))
    for key, name in (("level_input", "water_cut_level"), ("trend_input", "water_cut_slope")):
        if key in raw:
            yield from _word(f"{path}.{key}", raw[key], (name,))
    for key in ("level", "trend"):
        if key in raw:
            yield from _curve(f"{path}.{key}", raw[key])
    if "trend_share" in raw:
        yield from _number(f"{path}.trend_share", raw["trend_share"], 0, 1)


def _archie(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, ("a", "m", "n"))
    for key in raw:
        if not _is_number(raw[key]) or raw[key] <= 0:
            yield ProfileFault(f"{path}.{key}", "must be a number above 0", _said(raw[key]), "Usual are 1, 2 and 2.")


def _gating_rules(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, GATES)
    for code, gate in raw.items():
        where = f"{path}[{code!r}]"
        if code not in GATES:
            continue
        if not isinstance(gate, Mapping):
            yield ProfileFault(where, "must be an object", _said(gate), "Give gap_domain, severity, promotion_action.")
            continue
        limits = LIMITS.get(code, {})
        must = ["gap_domain", "severity", "promotion_action"]
        must += ["hold"] if code in TWO_LEVEL_GATES else []
        must += ["limits"] if limits else []
        yield from _keys(where, gate, must)
        if "gap_domain" in gate:
            yield from _word(f"{where}.gap_domain", gate["gap_domain"], DOMAINS)
        yield from _effect(where, gate)
        if isinstance(gate.get("hold"), Mapping):
            yield from _keys(f"{where}.hold", gate["hold"], ("severity", "promotion_action"))
            yield from _effect(f"{where}.hold", gate["hold"])
        elif "hold" in gate:
            yield ProfileFault(f"{where}.hold", "must be an object", _said(gate["hold"]), "Correct it.")
        if limits and "limits" in gate:
            yield from _limits(f"{where}.limits", gate["limits"], limits)


def _limits(path: str, raw: object, wanted: Mapping[str, str]) -> Iterator[ProfileFault]:
    if not isinstance(raw, Mapping):
        yield ProfileFault(path, "must be an object", _said(raw), f"Give {', '.join(wanted)}.")
        return
    yield from _keys(path, raw, tuple(wanted))
    for key, kind in wanted.items():
        if key not in raw:
            continue
        value = raw[key]
        if kind == "fraction":
            yield from _number(f"{path}.{key}", value, 0, 1)
        elif kind == "positive" and (not _is_number(value) or value <= 0):
            yield ProfileFault(f"{path}.{key}", "must be a number above 0", _said(value), "Correct it.")
        elif kind == "words" and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            yield ProfileFault(f"{path}.{key}", "must be a list of words", _said(value), "Correct it.")
    hold, full = raw.get("completeness_hold_min"), raw.get("completeness_min")
    if _is_number(hold) and _is_number(full) and hold > full:
        must = f"must not be above completeness_min, {full!r}"
        yield ProfileFault(f"{path}.completeness_hold_min", must, repr(hold), "Swap the two.")


def _effect(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    for key, words in (("severity", SEVERITIES), ("promotion_action", PROMOTION_ACTIONS)):
        if key in raw:
            yield from _word(f"{path}.{key}", raw[key], words)


def _missing_input(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, ("severity", "promotion_action"))
    yield from _effect(path, raw)


def _class_rules(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, tuple(_THRESHOLDS))
    for name, keys in _THRESHOLDS.items():
        rule = raw.get(name)
        if not isinstance(rule, Mapping):
            if name in raw:
                yield ProfileFault(f"{path}.{name}", "must be an object of thresholds", _said(rule), "Correct it.")
            continue
        yield from _keys(f"{path}.{name}", rule, keys)
        for key in keys:
            if key in rule:
                yield from _number(f"{path}.{name}.{key}", rule[key], 0, 1)
    # A target weak even if all turned out perfect must also be weak as it is known, and one for A must pass for B.
    pairs = [("D", f"{key}_potential", "C", key) for key in ("dynamic", "operability", "total")]
    pairs += [("C", key, "A", key) for key in _THRESHOLDS["C"]]
    for lower, low_key, upper, high_key in pairs:
        low, high = (_within(raw, one, key) for one, key in ((lower, low_key), (upper, high_key)))
        if _is_number(low) and _is_number(high) and low > high:
            must = f"must not be above {path}.{upper}.{high_key}, {high!r}"
            yield ProfileFault(f"{path}.{lower}.{low_key}", must, repr(low), "Order the thresholds.")


def _labels(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, tuple(_LABELS))
    for name, keys in _LABELS.items():
        label = raw.get(name)
        if not isinstance(label, Mapping):
            if name in raw:
                yield ProfileFault(f"{path}.{name}", "must be an object of thresholds", _said(label), "Correct it.")
            continue
        extra = ("known_min",) if name == "depletion_risk" else ()
        yield from _keys(f"{path}.{name}", label, (*keys, *extra))
        if "known_min" in label and label["known_min"] not in {1, 2, 3}:
            found = _said(label["known_min"])
            yield ProfileFault(f"{path}.{name}.known_min", "must be 1, 2 or 3", found, "Two of three is usual.")
        bad = [f for key in keys if key in label for f in _number(f"{path}.{name}.{key}", label[key], 0, 1)]
        yield from bad
        found_all = [label[key] for key in keys if key in label]
        if not bad and found_all != sorted(set(found_all), reverse=True):
            must = f"must fall strictly from {keys[0]} to {keys[-1]}"
            yield ProfileFault(f"{path}.{name}", must, _said(found_all), "Order the thresholds.")


def _actions(path: str, raw: Sequence[Any]) -> Iterator[ProfileFault]:
    ends = set()
    for index, line in enumerate(raw):
        where = f"{path}[{index}]"
        if not isinstance(line, Mapping):
            yield ProfileFault(where, "must be an object", _said(line), "Give class, gap, completion_status, action.")
            continue
        yield from _keys(where, line, ("class", "gap", "completion_status", "action"))
        yield from _word(f"{where}.class", line.get("class"), CLASSES)
        for key, words in (("gap", GAPS), ("completion_status", COMPLETION_STATUSES)):
            listed = line.get(key)
            if listed == "*":
                continue
            if not isinstance(listed, list) or not listed:
                yield ProfileFault(f"{where}.{key}", "must be '*' or a list of words", _said(listed), "Correct it.")
                continue
            for word in listed:
                yield from _word(f"{where}.{key}", word, words)
        if line.get("action") is not None:
            yield from _text(f"{where}.action", line["action"])
        if line.get("gap") == line.get("completion_status") == "*":
            ends.add(line.get("class"))
    for name in CLASSES:
        if name not in ends:
            must = f"must hold a line for class {name} with gap '*' and completion_status '*'"
            yield ProfileFault(path, must, "none", "Add it as the class's last line; action null means none.")


def _rock(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    for fault in rock_faults(path, raw):
        yield ProfileFault(*fault)


def _position(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    for fault in position_faults(path, raw):
        yield ProfileFault(*fault)


def _assessment(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, (*_ASSESSMENT_NUMBERS, *_ASSESSMENT_LISTS))
    for key in _ASSESSMENT_NUMBERS:
        if key in raw and (not _is_number(raw[key]) or raw[key] <= 0):
            yield ProfileFault(f"{path}.{key}", "must be a number above 0", _said(raw[key]), "Correct it.")
    for key in _ASSESSMENT_LISTS:
        listed = raw.get(key, ["any"])
        if not isinstance(listed, list) or not listed or not all(isinstance(one, str) for one in listed):
            yield ProfileFault(f"{path}.{key}", "must be a list of words", _said(listed), "Correct it.")


_SECTIONS: Final[Mapping[str, Callable[[str, Any], Iterator[ProfileFault]]]] = {
    "weights": _weights,
    "components": _components,
    "archie_defaults": _archie,
    "petrophysics": _rock,
    "position": _position,
    "assessment": _assessment,
    "gating_rules": _gating_rules,
    "missing_input": _missing_input,
    "class_rules": _class_rules,
    "labels": _labels,
    "recommended_actions": _actions,
}


def _keys(path: str, raw: Mapping[str, Any], must: Sequence[str], may: Sequence[str] = ()) -> Iterator[ProfileFault]:
    for key in must:
        if key not in raw:
            yield ProfileFault(path, f"must hold {key!r}", "absent", "Add it.")
    for key in raw:
        if key not in must and key not in may:
            yield ProfileFault(f"{path}.{key}", "must be a known key", _said(key), f"Known are {', '.join(must)}.")


def _number(path: str, value: object, low: float, high: float) -> Iterator[ProfileFault]:
    if not _is_number(value) or not low <= value <= high:
        yield ProfileFault(path, f"must be a number from {low} to {high}", _said(value), "Correct it.")


def _text(path: str, value: object) -> Iterator[ProfileFault]:
    if not isinstance(value, str) or not value.strip():
        yield ProfileFault(path, "must be text", _said(value), "Write it out.")


def _word(path: str, value: object, words: Sequence[str]) -> Iterator[ProfileFault]:
    if value not in words:
        yield ProfileFault(path, f"must be one of {', '.join(words)}", _said(value), "Correct it.")


def _sum_is_one(path: str, weights: Mapping[str, Any]) -> Iterator[ProfileFault]:
    total = math.fsum(weights.values())
    if abs(total - 1) > WEIGHT_TOLERANCE:
        yield ProfileFault(path, "weights must sum to 1", f"{total:.9g}", "Correct the weights.")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _within(raw: Mapping[str, Any], *keys: str) -> Any:
    found: Any = raw
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _said(value: object) -> str:
    said = repr(value)
    return said if len(said) <= 80 else f"{said[:77]}..."
