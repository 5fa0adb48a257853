"""The numbers of a profile as fields of a form: each weight, curve, utility, cutoff and threshold by its own name.

What a form cannot hold well (sentences, actions, which inputs there are) stays as it is, and is changed as JSON.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Final

from scoring.vocabulary import COMPONENTS
from welltegra.web.words import gap_words, input_words, plain

# By the keys that they stand under.
_OTHERS: Final = (
    ("Petrophysics and cutoffs", ("petrophysics", "archie_defaults")),
    ("Thresholds of the classes", ("class_rules",)),
    ("Thresholds of the words", ("labels",)),
    ("Limits of the gates", ("gating_rules",)),
    ("Assessment and position", ("assessment", "position")),
)
_MOST: Final = 10**15

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A number, or the points of a curve. name: its path. value: as it is typed. wide: holds more than a number."""

    name: str
    path: Path
    label: str
    value: str
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Fields that belong to one thing. hint: what it is."""

    title: str
    hint: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one title. sums: what their weights come to, where these are to come to 1. opened: is to be seen."""

    title: str
    rows: tuple[Row, ...]
    sums: str | None = None
    opened: bool = False


def groups_of(
    raw: Mapping[str, Any], typed: Mapping[str, str] | None = None, before: Mapping[str, Any] | None = None
) -> tuple[Group, ...]:
    """Return the fields of a profile, whole or not.

    typed: by name, what stands in them instead of what it says. before: what it is made from; what differs is opened.
    """
    given = typed or {}
    found = [_total(raw, given)]
    components = _under(raw, "components")
    for name in COMPONENTS:
        inputs = _under(components, name)
        rows = tuple(
            Row(input_words(key), _hint(one), tuple(_fields(one, ("components", name, key), given)))
            for key, one in inputs.items()
            if isinstance(one, Mapping)
        )
        sums = _sum(one.get("weight") for one in inputs.values() if isinstance(one, Mapping))
        found.append(Group(f"Inputs of {name}", rows, sums))
    for title, keys in _OTHERS:
        rows = tuple(row for key in keys for row in _rows(_under(raw, key), (key,), given))
        found.append(Group(title, rows))
    was = None if before is None else {field.name: field.value for field in _all(groups_of(before))}
    return tuple(
        replace(one, opened=one.opened or (was is not None and any(was.get(f.name) != f.value for f in _all([one]))))
        for one in found
        if one.rows
    )


def with_typed(raw: Mapping[str, Any], typed: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Return a profile with what was typed into its fields, and what of that is no number or no curve."""
    new, faults = deepcopy(dict(raw)), []
    for field in _all(groups_of(raw)):
        said = typed.get(field.name, field.value).strip()
        if said == field.value:
            continue
        try:
            value: Any = _curve_of(said) if field.wide else _number_of(said)
        except ValueError:
            must = "points, like 0.15: 1; 0.3: 0.7" if field.wide else "a number, like 0.35"
            faults.append(f"{'.'.join(field.path)}: must be {must}; was {said!r}. Correct it.")
            continue
        *way, last = field.path
        place: Any = new
        for key in way:
            place = place[key]
        if place[last] != value:
            place[last] = value
    return new, faults


def _all(groups: Iterable[Group]) -> Iterator[Field]:
    return (field for group in groups for row in group.rows for field in row.fields)


def _total(raw: Mapping[str, Any], typed: Mapping[str, str]) -> Group:
    weights = _under(raw, "weights")
    rows = tuple(Row(field.path[-1].capitalize(), "", (field,)) for field in _fields(weights, ("weights",), typed))
    return Group("Weights of the total", rows, _sum(weights.values()), opened=True)


def _rows(raw: Mapping[str, Any], path: Path, typed: Mapping[str, str]) -> Iterator[Row]:
    """Yield a row for each number that stands here, and for each thing that holds some."""
    alone = {key: value for key, value in raw.items() if not isinstance(value, Mapping)}
    for field in _fields(alone, path, typed):
        yield Row(plain(field.path[-1]).capitalize(), "", (field,))
    for key, value in raw.items():
        if isinstance(value, Mapping) and (fields := tuple(_fields(value, (*path, key), typed))):
            yield Row(_titled(key), "", fields)


def _titled(key: str) -> str:
    if len(key) == 1:
        return f"Class {key}"
    words = gap_words(key) if "." in key else plain(key)
    return f"{words[:1].upper()}{words[1:]}"


def _fields(raw: Mapping[str, Any], path: Path, typed: Mapping[str, str], within: str = "") -> Iterator[Field]:
    for key, value in raw.items():
        at, label = (*path, key), f"{within} {plain(key)}".strip()
        name = "/".join(at)
        if _is_number(value):
            yield Field(name, at, label, typed.get(name, repr(value)))
        elif _is_curve(value):
            yield Field(name, at, label, typed.get(name, _points(value)), wide=True)
        elif isinstance(value, Mapping):
            # Of an input, what holds its utilities needs no word of its own; nor does where a gate has its limits.
            yield from _fields(value, at, typed, "" if key in ("table", "limits", "water_cut") else label)


def _is_number(value: Any) -> bool:
    # JSON may hold whole numbers that no float can.
    return isinstance(value, float) or (type(value) is int and abs(value) <= _MOST)


def _is_curve(value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and bool(value)
        and all(isinstance(one, Sequence) and len(one) == 2 and all(map(_is_number, one)) for one in value)
    )


def _points(curve: Sequence[Sequence[float]]) -> str:
    return "; ".join(f"{x!r}: {utility!r}" for x, utility in curve)


def _curve_of(said: str) -> list[list[float]]:
    pairs = [pair.split(":") for pair in said.strip("; ").split(";")]
    if any(len(pair) != 2 for pair in pairs):
        raise ValueError(said)
    return [[_number_of(one) for one in pair] for pair in pairs]


def _number_of(said: str) -> float:
    """Return what was typed as a number; whole ones as such, so that nothing seems to change that does not."""
    value = float(said.replace(",", "."))
    if not math.isfinite(value):
        raise ValueError(said)
    return int(value) if value.is_integer() and said.strip().lstrip("+-").isdigit() else value


def _sum(weights: Any) -> str | None:
    numbers = [weight for weight in weights if _is_number(weight)]
    return f"{sum(numbers):.6g}" if numbers else None


def _under(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = raw.get(key)
    return found if isinstance(found, Mapping) else {}


def _hint(one: Mapping[str, Any]) -> str:
    said, unit = one.get("definition"), one.get("unit")
    known = str(said) if isinstance(said, str) else ""
    return f"{known}, {unit}" if known and isinstance(unit, str) and unit not in ("-", "category") else known
