"""TOML as text: on which line a key stands, which tomllib does not tell, and how a value is written."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Path = Sequence[str | int]

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def lines_of(text: str) -> dict[tuple[str | int, ...], int]:
    """Return the line on which the statement begins that first brings each path.

    Args:
        text: TOML without faults.
    """
    lines: dict[tuple[str | int, ...], int] = {}
    last_of: dict[tuple[str | int, ...], int] = {}
    table: tuple[str | int, ...] = ()
    for line, statement in _statements(text):
        tree = tomllib.loads(statement)
        if statement.lstrip().startswith("["):
            table = _table(tree, last_of)
            paths: Iterable[tuple[str | int, ...]] = (table[:depth] for depth in range(1, len(table) + 1))
        else:
            paths = ((*table, *path) for path in _paths(tree))
        for path in paths:
            lines.setdefault(path, line)
    return lines


def line_near(lines: Mapping[tuple[str | int, ...], int], path: Path) -> int | None:
    """Return the line of a path, or of the nearest thing around it."""
    return next((lines[around] for depth in range(len(path), 0, -1) if (around := tuple(path[:depth])) in lines), None)


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Yield each statement and its first line: it is whole once TOML can read it. A blank line counts as one."""
    lines, begin = text.replace("\r\n", "\n").split("\n"), 0
    for end in range(1, len(lines) + 1):
        statement = "\n".join(lines[begin:end])
        try:
            tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue  # inside of a list or text over several lines
        yield begin + 1, statement
        begin = end


def _table(tree: dict[str, Any], last_of: dict[tuple[str | int, ...], int]) -> tuple[str | int, ...]:
    """Return the path that a header stands for. `last_of`: lists of tables, and the position that each has come to."""
    path: tuple[str | int, ...] = ()
    while tree:
        [(key, inner)] = tree.items()
        path = (*path, key)
        if isinstance(inner, list):
            last_of[path] = last_of.get(path, -1) + 1
            inner = inner[0]
        if path in last_of:
            path = (*path, last_of[path])
        tree = inner
    return path


def _paths(value: object) -> Iterator[tuple[str | int, ...]]:
    """Yield the path of everything in tables and lists."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for part, inner in items:
        yield (part,)
        yield from ((part, *rest) for rest in _paths(inner))


def at(tree: object, path: Path, otherwise: Any = None) -> Any:
    """Return what lies at `path` in tables and lists, or `otherwise`."""
    for part in path:
        is_in_list = isinstance(tree, list) and isinstance(part, int) and part < len(tree)
        if not is_in_list and not (isinstance(tree, dict) and part in tree):
            return otherwise
        tree = tree[part]  # type: ignore[index]
    return tree


def dotted(path: Path) -> str:
    """Return keys as TOML writes them in one: `wells."A 12".rig`."""
    return ".".join(str(part) if _BARE.fullmatch(str(part)) else written(part) for part in path)


def written(value: object) -> str:
    """Return a value as TOML writes it, on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        # A text of JSON is one of TOML too, but for the one control character that JSON lets through.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, dict):
        return "{" + ", ".join(f"{dotted([key])} = {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(written(item) for item in value) + "]"
    return str(value)
