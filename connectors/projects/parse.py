"""The text of project.toml to what it says, or to every fault of it, each with its line and what to do. No file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

from pydantic import BaseModel, ValidationError

from connectors.errors import Fault, FileFaults, did_you_mean, nearest
from connectors.projects.columns import TABLES
from connectors.projects.config import (
    Config,
    ExcludeEntry,
    LogEntry,
    ProjectFile,
    SurveyEntry,
    TableEntry,
    ZoneEntry,
)
from connectors.toml_text import Path, at, dotted, line_near, lines_of, written


def parse_config(text: str, where: str) -> Config:
    """Return what `text` says.

    Raises:
        FileFaults: With every fault of it, in the order of its lines.
    """
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FileFaults([_syntax(str(error), where)]) from error
    lines = lines_of(text)
    try:
        file = ProjectFile.model_validate(tree)
    except ValidationError as error:
        faults = {
            str(fault): fault
            for detail in error.errors(include_url=False)
            for fault in [_fault(detail["type"], _true_path(tree, detail["loc"]), tree, where, lines)]
        }
        faults |= {str(fault): fault for fault in _table_faults(tree.get("tables"), where, lines)}
        raise FileFaults(sorted(faults.values(), key=lambda fault: fault.line or 0)) from error
    faults_of_tables = _table_faults(tree.get("tables"), where, lines)
    if faults_of_tables:
        raise FileFaults(faults_of_tables)
    return Config(file, where, lines)


def _syntax(message: str, where: str) -> Fault:
    found = re.fullmatch(r"(.*) \(at (?:line (\d+), column \d+|end of document)\)", message)
    problem, line = (found[1], found[2]) if found else (message, None)
    remedy = "Look at this line and the one above: a quote or a bracket not closed, a text without quotes."
    return Fault(where, int(line) if line else None, "a project file must be TOML", problem, remedy)


def _true_path(tree: object, location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return a place in the file: pydantic also names which of several types it tried, which is no key."""
    path: tuple[str | int, ...] = ()
    for part in location:
        held = at(tree, path)
        is_there = part in held if isinstance(held, dict) else isinstance(held, list) and isinstance(part, int)
        if is_there or (part == location[-1] and isinstance(held, dict) and part in _keys_at(path)):
            path = (*path, part)
    return path


_MODELS: dict[tuple[str, ...], type[BaseModel]] = {
    (): ProjectFile,
    ("zones", "*"): ZoneEntry,
    ("surveys", "*"): SurveyEntry,
    ("logs", "*"): LogEntry,
    ("logs", "*", "exclude"): ExcludeEntry,
}


def _model_at(path: Path) -> type[BaseModel] | None:
    keys = tuple("*" if isinstance(part, int) else part for part in path)
    return TableEntry if keys[:1] == ("tables",) and len(keys) == 2 else _MODELS.get(keys)


def _keys_at(path: Path) -> tuple[str, ...]:
    model = _model_at(path)
    return tuple(model.model_fields) if model else ()


def _fault(
    kind: str, path: tuple[str | int, ...], tree: object, where: str, lines: Mapping[tuple[str | int, ...], int]
) -> Fault:
    line, name, place = line_near(lines, path), _spoken(path), path[:-1]
    model = _model_at(place)
    info = model.model_fields.get(str(path[-1])) if model and path else None
    absent = object()
    value = at(tree, path, absent)
    if kind == "extra_forbidden":
        known = _keys_at(place)
        inside = f"keys of {_spoken(place)}" if place else "keys at the top"
        remedy = did_you_mean(nearest(str(path[-1]), known, most=1)) or "Remove it."
        return Fault(where, line, f"{inside} must be among {', '.join(known)}", repr(str(path[-1])), remedy)
    while info is None and path and place:  # within a list or a table of names: tell what the whole must be
        path, place = place, place[:-1]
        model = _model_at(place)
        info = model.model_fields.get(str(path[-1])) if model else None
    meaning = (info.description if info else None) or "a table"
    if value is absent:
        must = f"{name} must be given, {meaning}"
        return Fault(where, line, must, "absent", f"Write {path[-1]} = ... there." if path else "Write it.")
    found = "a table" if isinstance(value, dict) else written(value)[:80]
    return Fault(where, line, f"{name} must be {meaning}", found, "Correct it.")


def _spoken(path: Path) -> str:
    """Return a path as a person finds it: `logs 2 file` is the file of the second [[logs]]."""
    words = [f"no. {part + 1}" if isinstance(part, int) else dotted([part]) for part in path]
    return ".".join(words).replace(".no. ", " no. ") or "project.toml"


def _table_faults(tables: object, where: str, lines: Mapping[tuple[str | int, ...], int]) -> list[Fault]:
    """Return what is wrong with the names of tables and columns, which the models leave to us."""
    faults: list[Fault] = []
    if not isinstance(tables, dict):
        return faults

    def note(path: Path, must: str, known: list[str]) -> None:
        remedy = did_you_mean(nearest(str(path[-1]), known, most=1)) or "Remove it."
        faults.append(Fault(where, line_near(lines, path), must, repr(str(path[-1])), remedy))

    for name, entry in tables.items():
        if name not in TABLES:
            note(("tables", name), f"tables must be among {', '.join(TABLES)}", list(TABLES))
            continue
        known = list(TABLES[name])
        if not isinstance(entry, dict):
            continue
        for key in ("columns", "units", "constants"):
            for column in entry.get(key, {}) if isinstance(entry.get(key), dict) else ():
                if column not in known:
                    must = f"{key} of tables.{name} must be among {', '.join(known)}"
                    note(("tables", name, key, column), must, known)
        for row, cells in enumerate(entry["rows"] if isinstance(entry.get("rows"), list) else ()):
            for column in cells if isinstance(cells, dict) else ():
                if column not in known:
                    must = f"columns of tables.{name} must be among {', '.join(known)}"
                    note(("tables", name, "rows", row, column), must, known)
        if "file" not in entry and "rows" not in entry and set(entry) & {"sheet", "skip_rows"}:
            must = f"tables.{name}.file must be given, where a sheet or lines to skip are"
            faults.append(Fault(where, line_near(lines, ("tables", name)), must, "absent", "Write file = ... there."))
    return faults
