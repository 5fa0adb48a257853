"""What must hold of a scoring profile before it is stored or used: every fault at once, each with its JSON path."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from scoring.profile_assessment import assessment_faults
from scoring.profile_rock import position_faults, rock_faults
from scoring.profile_values import Found, all_said, are_words, is_number, said, shown
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
# More than a person draws or reads; every ranking, page and export carries the whole profile.
MOST_POINTS: Final = 200
LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 1_000
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
THRESHOLDS: Final = {
    "D": ("dynamic_potential", "operability_potential", "total_potential"),
    "C": ("confidence", "total", "dynamic", "operability"),
    "A": ("total", "confidence", "operability", "dynamic", "static"),
}
LABEL_LIMITS: Final = {
    "historic_payload_class": ("strong", "moderate"),
    "remaining_payload_class": ("high", "moderate", "low"),
    "depletion_risk": ("low", "moderate", "high", "known_min"),
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
        return (ProfileFault("$", "must be an object", said(raw), "Start from `welltegra profile show`."),)
    found = list(_keys("$", raw, _KEYS))
    found += [fault for key in _TEXTS if key in raw for fault in _text(f"$.{key}", raw[key], LONGEST_NAME)]
    for key, check in _SECTIONS.items():
        if key not in raw:
            continue
        wanted: type = Sequence if key == "recommended_actions" else Mapping
        if not isinstance(raw[key], wanted) or isinstance(raw[key], str):
            kind = "a list" if key == "recommended_actions" else "an object"
            found.append(ProfileFault(f"$.{key}", f"must be {kind}", said(raw[key]), "Correct it."))
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
                yield ProfileFault(f"{path}.{name}", "must be an object of inputs", said(inputs), "Correct it.")
            continue
        yield from _keys(f"{path}.{name}", inputs, INPUTS[name])
        known = {key: inputs[key] for key in INPUTS[name] if key in inputs}
        for key, one in known.items():
            yield from _input(f"{path}.{name}.{key}", key, name, one)
        weights = {key: one.get("weight") if isinstance(one, Mapping) else None for key, one in known.items()}
        if len(known) == len(INPUTS[name]) and all(is_number(one) and 0 <= one <= 1 for one in weights.values()):
            yield from _sum_is_one(f"{path}.{name}", weights)


def _input(path: str, name: str, component: str, raw: object) -> Iterator[ProfileFault]:
    if not isinstance(raw, Mapping):
        yield ProfileFault(path, "must be an object", said(raw), "Give weight, unit, definition and its utility.")
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
        if not are_words(raw["items"]) or sorted(raw["items"]) != sorted(ITEMS):
            yield ProfileFault(f"{path}.items", f"must be {', '.join(ITEMS)}", said(raw["items"]), "List all four.")
    else:
        yield from _water_cut(f"{path}.water_cut", raw["water_cut"])
    yield from _choices(path, name, component, raw)


def _choices(path: str, name: str, component: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    if "axis" in raw:
        yield from _word(f"{path}.axis", raw["axis"], ("linear", "log2"))
    absent = raw.get("absent_is_zero", False)
    if absent is not (component == "confidence"):
        must = "must be true for an input of confidence, and absent elsewhere: what is missing there is potential"
        yield ProfileFault(f"{path}.absent_is_zero", must, said(absent), "Correct it.")
    if "blocking" in raw and "table" not in raw:
        must = "must stand beside a table, whose words it lists"
        yield ProfileFault(f"{path}.blocking", must, said(raw["blocking"]), "Leave it out.")
    if "not_applicable" in raw:
        rule = raw["not_applicable"]
        is_x = isinstance(rule, Mapping) and list(rule) == ["x"] and is_number(rule["x"]) and "curve" in raw
        moved = {"weight_to": "offset_drained_fraction"}
        if not is_x and not (name == "water_cut" and rule == moved):
            must = f"must be {{'x': number}} for a curve, or for water_cut {moved}"
            yield ProfileFault(f"{path}.not_applicable", must, said(rule), "Correct it, or leave it out.")


def _curve(path: str, raw: object, axis: object = "linear") -> Iterator[ProfileFault]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or len(raw) < 2:
        yield ProfileFault(path, "must be two or more points [x, u]", said(raw), "Give at least both ends.")
        return
    if len(raw) > MOST_POINTS:
        yield ProfileFault(path, f"must be at most {MOST_POINTS} points", str(len(raw)), "Leave some out.")
        return
    before: float | None = None
    for index, point in enumerate(raw):
        where = f"{path}[{index}]"
        if not isinstance(point, Sequence) or len(point) != 2 or not all(is_number(one) for one in point):
            yield ProfileFault(where, "must be [x, u], two finite numbers", said(point), "Correct the point.")
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
        yield ProfileFault(f"{path}.table", "must be an object of utilities by category", said(table), "Correct it.")
        return
    for key, u in table.items():
        yield from _number(f"{path}.table.{shown(key)}", u, 0, 1)
    blocking = raw.get("blocking", [])
    if not isinstance(blocking, list):
        yield ProfileFault(f"{path}.blocking", "must be a list of words of the table", said(blocking), "Correct it.")
        return
    for index, word in enumerate(blocking):
        yield from _word(f"{path}.blocking[{index}]", word, tuple(table))


def _water_cut(path: str, raw: object) -> Iterator[ProfileFault]:
    if not isinstance(raw, Mapping):
        yield ProfileFault(path, "must be an object", said(raw), "Give level, trend and trend_share.")
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
        if not is_number(raw[key]) or raw[key] <= 0:
            yield ProfileFault(f"{path}.{key}", "must be a number above 0", said(raw[key]), "Usual are 1, 2 and 2.")


def _gating_rules(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, GATES)
    for code, gate in raw.items():
        where = f"{path}[{code!r}]"
        if code not in GATES:
            continue
        if not isinstance(gate, Mapping):
            yield ProfileFault(where, "must be an object", said(gate), "Give gap_domain, severity, promotion_action.")
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
            yield ProfileFault(f"{where}.hold", "must be an object", said(gate["hold"]), "Correct it.")
        if limits and "limits" in gate:
            yield from _limits(f"{where}.limits", gate["limits"], limits)


def _limits(path: str, raw: object, wanted: Mapping[str, str]) -> Iterator[ProfileFault]:
    if not isinstance(raw, Mapping):
        yield ProfileFault(path, "must be an object", said(raw), f"Give {', '.join(wanted)}.")
        return
    yield from _keys(path, raw, tuple(wanted))
    for key, kind in wanted.items():
        if key not in raw:
            continue
        value = raw[key]
        if kind == "fraction":
            yield from _number(f"{path}.{key}", value, 0, 1)
        elif kind == "positive" and (not is_number(value) or value <= 0):
            yield ProfileFault(f"{path}.{key}", "must be a number above 0", said(value), "Correct it.")
        elif kind == "words" and not (isinstance(value, list) and all(isinstance(one, str) for one in value)):
            yield ProfileFault(f"{path}.{key}", "must be a list of words", said(value), "Correct it.")
    hold, full = raw.get("completeness_hold_min"), raw.get("completeness_min")
    if is_number(hold) and is_number(full) and hold > full:
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
    yield from _keys(path, raw, tuple(THRESHOLDS))
    for name, keys in THRESHOLDS.items():
        rule = raw.get(name)
        if not isinstance(rule, Mapping):
            if name in raw:
                yield ProfileFault(f"{path}.{name}", "must be an object of thresholds", said(rule), "Correct it.")
            continue
        yield from _keys(f"{path}.{name}", rule, keys)
        for key in keys:
            if key in rule:
                yield from _number(f"{path}.{name}.{key}", rule[key], 0, 1)
    # A target weak even if all turned out perfect must also be weak as it is known, and one for A must pass for B.
    pairs = [("D", f"{key}_potential", "C", key) for key in ("dynamic", "operability", "total")]
    pairs += [("C", key, "A", key) for key in THRESHOLDS["C"]]
    for lower, low_key, upper, high_key in pairs:
        low, high = (_within(raw, one, key) for one, key in ((lower, low_key), (upper, high_key)))
        if is_number(low) and is_number(high) and low > high:
            must = f"must not be above {path}.{upper}.{high_key}, {high!r}"
            yield ProfileFault(f"{path}.{lower}.{low_key}", must, repr(low), "Order the thresholds.")


def _labels(path: str, raw: Mapping[str, Any]) -> Iterator[ProfileFault]:
    yield from _keys(path, raw, tuple(LABEL_LIMITS))
    for name, keys in LABEL_LIMITS.items():
        label = raw.get(name)
        if not isinstance(label, Mapping):
            if name in raw:
                yield ProfileFault(f"{path}.{name}", "must be an object of thresholds", said(label), "Correct it.")
            continue
        yield from _keys(f"{path}.{name}", label, keys)
        if "known_min" in label and not (is_number(label["known_min"]) and label["known_min"] in (1, 2, 3)):
            found = said(label["known_min"])
            yield ProfileFault(f"{path}.{name}.known_min", "must be 1, 2 or 3", found, "Two of three is usual.")
        ladder = [key for key in keys if key != "known_min"]
        bad = [f for key in ladder if key in label for f in _number(f"{path}.{name}.{key}", label[key], 0, 1)]
        yield from bad
        found_all = [label[key] for key in ladder if key in label]
        if not bad and found_all != sorted(set(found_all), reverse=True):
            must = f"must fall strictly from {ladder[0]} to {ladder[-1]}"
            yield ProfileFault(f"{path}.{name}", must, said(found_all), "Order the thresholds.")


def _actions(path: str, raw: Sequence[Any]) -> Iterator[ProfileFault]:
    ends: list[Any] = []
    for index, line in enumerate(raw):
        where = f"{path}[{index}]"
        if not isinstance(line, Mapping):
            yield ProfileFault(where, "must be an object", said(line), "Give class, gap, completion_status, action.")
            continue
        yield from _keys(where, line, ("class", "gap", "completion_status", "action"))
        yield from _word(f"{where}.class", line.get("class"), CLASSES)
        for key, words in (("gap", GAPS), ("completion_status", COMPLETION_STATUSES)):
            listed = line.get(key)
            if listed == "*":
                continue
            if not isinstance(listed, list) or not listed:
                yield ProfileFault(f"{where}.{key}", "must be '*' or a list of words", said(listed), "Correct it.")
                continue
            for word in listed:
                yield from _word(f"{where}.{key}", word, words)
        if line.get("action") is not None:
            yield from _text(f"{where}.action", line["action"])
        if line.get("gap") == line.get("completion_status") == "*":
            ends += [line.get("class")]
    for name in CLASSES:
        if name not in ends:
            must = f"must hold a line for class {name} with gap '*' and completion_status '*'"
            yield ProfileFault(path, must, "none", "Add it as the class's last line; action null means none.")


def _as_faults(
    check: Callable[[str, Mapping[str, Any]], Iterator[Found]],
) -> Callable[[str, Any], Iterator[ProfileFault]]:
    return lambda path, raw: (ProfileFault(*found) for found in check(path, raw))


_SECTIONS: Final[Mapping[str, Callable[[str, Any], Iterator[ProfileFault]]]] = {
    "weights": _weights,
    "components": _components,
    "archie_defaults": _archie,
    "petrophysics": _as_faults(rock_faults),
    "position": _as_faults(position_faults),
    "assessment": _as_faults(assessment_faults),
    "gating_rules": _gating_rules,
    "missing_input": _missing_input,
    "class_rules": _class_rules,
    "labels": _labels,
    "recommended_actions": _actions,
}


def _keys(path: str, raw: Mapping[str, Any], must: Sequence[str], may: Sequence[str] = ()) -> Iterator[ProfileFault]:
    for found in all_said(path, raw, must, may):
        yield ProfileFault(*found)


def _number(path: str, value: object, low: float, high: float) -> Iterator[ProfileFault]:
    if not is_number(value) or not low <= value <= high:
        yield ProfileFault(path, f"must be a number from {low} to {high}", said(value), "Correct it.")


def _text(path: str, value: object, longest: int = LONGEST_TEXT) -> Iterator[ProfileFault]:
    if not isinstance(value, str) or not value.strip():
        yield ProfileFault(path, "must be text", said(value), "Write it out.")
    elif len(value) > longest:
        yield ProfileFault(path, f"must be of at most {longest} characters", str(len(value)), "Shorten it.")


def _word(path: str, value: object, words: Sequence[str]) -> Iterator[ProfileFault]:
    if value not in words:
        yield ProfileFault(path, f"must be one of {', '.join(words)}", said(value), "Correct it.")


def _sum_is_one(path: str, weights: Mapping[str, Any]) -> Iterator[ProfileFault]:
    total = math.fsum(weights.values())
    if abs(total - 1) > WEIGHT_TOLERANCE:
        yield ProfileFault(path, "weights must sum to 1", f"{total:.9g}", "Correct the weights.")


def _within(raw: Mapping[str, Any], *keys: str) -> Any:
    found: Any = raw
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found
