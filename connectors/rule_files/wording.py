"""What is wrong with a field, in our words: where, what must hold, what was found, what to do."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from pydantic import BaseModel
from pydantic_core import ErrorDetails

from connectors.errors import did_you_mean, nearest
from connectors.rule_files.tree import Path, Tree
from schemas.rule_file import REFUSED_KEYS, REFUSED_MODES, ConstraintEntry, LimitEntry, RuleFile, TagEntry

_MOST_DIGITS = 15


def note(detail: ErrorDetails, tree: Tree) -> Path:
    """Note one of pydantic's errors as a fault in our words; return the path that is wrong."""
    kind = detail["type"]
    path = tuple(part for part in detail["loc"] if part != "[key]")
    if kind == "extra_forbidden":
        _note_unknown_key(path, tree)
    elif kind == "missing":
        must = f"{_full_name(path, tree)} must be given"
        _fault(tree, path[:-1], must, "absent", f"Write it like: {_example(path)}.")
    elif path not in tree.broken:
        _note_value(path, tree, kind, detail["input"], is_key=detail["loc"][-1] == "[key]")
    return path


def _note_unknown_key(path: Path, tree: Tree) -> None:
    key = str(path[-1])
    if key in REFUSED_KEYS:
        reason, remedy = REFUSED_KEYS[key]
        _fault(tree, path, f"{subject(tree, path)}{reason}", "given", remedy)
        return
    keys = list(_model(path).model_fields)
    must = f"{subject(tree, path)}{_container(path)}keys must be among {', '.join(keys)}"
    _fault(tree, path, must, repr(key), did_you_mean(nearest(key, keys, most=1)) or "Remove it.")


def _note_value(path: Path, tree: Tree, kind: str, value: object, *, is_key: bool) -> None:
    if is_key:
        must = "tags: a tag's name must have 1 to 200 characters and no outer blanks"
        _fault(tree, path, must, repr(path[-1]), "Write the sensor's name as its source does.")
    elif isinstance(value, str) and path[-1] == "mode" and value in REFUSED_MODES:
        reason, remedy = REFUSED_MODES[value]
        _fault(
            tree, path, f"{subject(tree, path)}mode must be disabled, shadow or advisory: {reason}", repr(value), remedy
        )
    else:
        must = f"{_full_name(path, tree)} must be {_description(path)}"
        _fault(tree, path, must, _found(path, tree, value), _remedy(path, kind, value, tree.texts.get(path)))


def _found(path: Path, tree: Tree, value: object) -> str:
    text = tree.texts.get(path)
    if isinstance(value, bool):
        return f"{text}, which YAML reads as {str(value).lower()}"
    if isinstance(value, dict | list):
        return kind_of(value)
    return (repr(value) if isinstance(value, str) or text is None else text)[:80]


def subject(tree: Tree, path: Path) -> str:
    """Return what a fault at `path` is about, as the words before it."""
    if len(path) < 2 or path[0] not in {"tags", "constraints"}:
        return ""
    if path[0] == "tags":
        return f"tag {path[1]!r}: "
    entry = at(tree.value, path[:2])
    name = entry.get("id") if isinstance(entry, dict) else None
    return f"constraint {name!r}: " if isinstance(name, str) and name else f"constraint {int(path[1]) + 1}: "


def _fault(tree: Tree, path: Path, must: str, found: str, remedy: str) -> None:
    tree.fault(tree.line(path), must, found, remedy)


# What the model says of a path.


def _model(path: Path) -> type[BaseModel]:
    """Return the model that the last part of `path` is a key of."""
    if path[0] == "tags" and len(path) > 2:
        return TagEntry
    if path[0] == "constraints" and len(path) > 2:
        return LimitEntry if path[2] == "limit" and len(path) > 3 else ConstraintEntry
    return RuleFile


def _field(path: Path) -> str:
    """Return the name of the field that `path` leads to or into; empty for a whole entry."""
    names = [str(part) for part in path]
    if path[0] in {"tags", "constraints"} and len(path) > 1:
        names = names[2:4] if names[2:3] == ["limit"] else names[2:3]
    return names[-1] if names else ""


def _description(path: Path) -> str:
    name = _field(path)
    if not name:
        return "a mapping, such as {unit: spm}" if path[0] == "tags" else "a mapping that begins with 'id:'"
    description = _model(path).model_fields[name].description or ""
    if isinstance(path[-1], int):
        listed = description.removeprefix("a list of ")
        return f"one of {listed}" if listed != description else f"a finite number; {name} is {description}"
    return description


def _example(path: Path) -> str:
    name = _field(path)
    if not name:
        return "pump_rate: {unit: spm, range: [0, 300]}" if path[0] == "tags" else "- id: pump-rate"
    example = (_model(path).model_fields[name].examples or [""])[0]
    text = yaml.safe_dump(example, default_flow_style=True, sort_keys=False, width=1000).split("\n")[0]
    return f"{name}: {text}"


def _full_name(path: Path, tree: Tree) -> str:
    """Return the words for a field and what it belongs to: `constraint 'whp': on_red item 2`."""
    inner = path[2:] if path[0] in {"tags", "constraints"} else path
    if not inner:
        return subject(tree, path).removesuffix(": ") or str(path[0])
    return subject(tree, path) + " ".join(f"item {part + 1}" if isinstance(part, int) else part for part in inner)


def _container(path: Path) -> str:
    return "limit " if path[2:3] == ("limit",) else ""


def _remedy(path: Path, kind: str, value: object, text: str | None) -> str:
    """Return what to do about a value of the wrong kind."""
    if kind in {"float_type", "int_type"} and isinstance(value, str):
        example = _plain(value) or _example(path)
        return f"Write a plain number, without quotes, unit, exponent or thousands mark: {example}."
    if kind == "string_type" and isinstance(value, bool | int | float):
        return f"Put it in quotes: '{text}'."
    if kind == "literal_error" and isinstance(value, str):
        words = _description(path).removeprefix("one of ").replace(" or ", ", ").split(", ")
        return did_you_mean(nearest(value, words, most=1)) or f"Write it like: {_example(path)}."
    return f"Write it like: {_example(path)}."


def _plain(text: str) -> str | None:
    """Return the number that `text` says with an exponent or in quotes, in plain decimals; None if it says none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return f"{number:f}" if number.is_finite() and abs(number.adjusted()) <= _MOST_DIGITS else None


def at(value: Any, path: Path) -> Any:
    """Return what lies at `path`; None where the way does not lead on."""
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int):
            value = value[part]
        else:
            return None
    return value


def kind_of(value: object) -> str:
    if isinstance(value, dict):
        return "a mapping" if value else "an empty mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    return repr(value)
