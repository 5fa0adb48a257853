"""YAML text to plain values that know their lines. Nothing of YAML's convenience that guesses is let through."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from connectors.errors import Fault
from connectors.rule_files.config import Bounds

Path = tuple[str | int, ...]

_PLAIN = re.compile(r"[-+]?(0|[1-9][0-9]{0,17}|[0-9]*\.[0-9]*([eE][-+][0-9]+)?)")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_NAMES = {"bool": "true or false", "timestamp": "a date", "int": "a number", "float": "a number", "null": "nothing"}


@dataclass(slots=True)
class Tree:
    """The values of one file. `lines` and `texts` (as written) are by path; `broken` paths were reported already."""

    where: str
    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    texts: dict[Path, str] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int | None:
        """Return the line of a path, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)

    def fault(self, line: int | None, must: str, found: str, remedy: str) -> None:
        """Note one more fault."""
        self.faults.append(Fault(self.where, line, must, found, remedy))


def read_tree(text: str, where: str, bounds: Bounds) -> Tree:
    """Return the tree of `text`, with the faults found; `value` is None if there is nothing to go on with."""
    tree = Tree(where)
    try:
        if _is_plain(text, tree, bounds):
            node = yaml.compose(text, Loader=yaml.SafeLoader)
            if node is None:
                must = "a rule file must name a well, its tags and constraints"
                tree.fault(None, must, "empty", "Write `well:`, `tags:` and `constraints:` in it.")
            else:
                tree.value = _value(node, (), tree)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        found = f"the character U+{ord(text[error.position]):04X}"
        tree.fault(line, "a rule file must be plain text", found, "Remove it, or save the file again as UTF-8 text.")
    except yaml.MarkedYAMLError as error:
        _note_syntax(error, text, tree)
    return tree


def _is_plain(text: str, tree: Tree, bounds: Bounds) -> bool:
    """Note what YAML can do and a rule file must not: one loop over its events, before anything is built."""
    depth = documents = 0
    before = len(tree.faults)
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        assert event.start_mark is not None
        line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                must = "a rule file must be one document"
                tree.fault(line, must, "a second one after ---", "Put the rules of each well into a file of their own.")
        elif isinstance(event, yaml.NodeEvent) and not isinstance(event, yaml.AliasEvent):
            if event.anchor is not None:
                remedy = f"Remove &{event.anchor}, and write the value again where *{event.anchor} stands."
                tree.fault(line, "every value must be written out", f"the anchor &{event.anchor}", remedy)
            # A quoted or plain value has no tag here: only one that was written.
            if (tag := getattr(event, "tag", None)) is not None:
                tree.fault(line, "values must be plain text and numbers", f"the YAML tag {tag!r}", "Remove the tag.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > bounds.max_depth:
                must = f"a rule file must be nested no more than {bounds.max_depth} deep"
                tree.fault(line, must, "deeper", "Is a bracket or brace not closed?")
                return False
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return len(tree.faults) == before


def _note_syntax(error: yaml.MarkedYAMLError, text: str, tree: Tree) -> None:
    mark = error.problem_mark or error.context_mark
    line = None if mark is None else mark.line + 1
    lines = text.splitlines()
    written = "" if line is None or line > len(lines) else lines[line - 1]
    problem = error.problem or "text that YAML cannot read"
    remedy = "Look at this line and the one above: indentation, a missing colon, a quote or a bracket not closed."
    if "\t" in written[: len(written) - len(written.lstrip())] or "'\\t'" in problem:
        problem, remedy = "a tab", "Indent with spaces."
    elif "cannot start any token" in problem:
        remedy = "Put the value in quotes."
    elif "mapping values are not allowed" in problem:
        remedy = "Put a text that holds a colon in quotes, and begin each key on a line of its own, equally far in."
    tree.fault(line, "a rule file must be YAML", f"text that YAML refuses: {problem}", remedy)


def _value(node: yaml.Node, path: Path, tree: Tree) -> object:
    """Return the value of a node, noting lines; what cannot be used is None, noted as broken, and keeps its place."""
    tree.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return dict(_entries(node, path, tree))
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, position), tree) for position, item in enumerate(node.value)]
    assert isinstance(node, yaml.ScalarNode)
    tree.texts[path] = node.value
    return _scalar(node, path, tree)


def _entries(node: yaml.MappingNode, path: Path, tree: Tree) -> Iterator[tuple[str, object]]:
    seen: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            tree.fault(line, f"{_place(path)}keys must be single words", "a list or mapping", "Is a brace too many?")
            continue
        key, kind = key_node.value, _kind(key_node)
        if kind not in {"str", "merge", "value"}:
            must, found = f"{_place(path)}keys must be text", f"{key!r}, which YAML reads as {_NAMES.get(kind, kind)}"
            remedy = f"Put it in quotes: '{key}'."
            if kind in {"int", "float"}:
                remedy += " Or did a comma break a number apart? Write the number without it."
            tree.fault(line, must, found, remedy)
        if key in seen:
            must, found = f"{_place(path)}each key must stand once", f"{key!r} again, first on line {seen[key]}"
            tree.fault(line, must, found, "Remove one of the two.")
            continue
        seen[key] = line
        tree.lines[*path, key] = line
        yield key, _value(value_node, (*path, key), tree)


def _scalar(node: yaml.ScalarNode, path: Path, tree: Tree) -> object:
    kind, text, line = _kind(node), node.value, node.start_mark.line + 1
    if kind == "str":
        return text
    if kind == "bool":
        return text.casefold() in {"yes", "true", "on"}
    if kind in {"int", "float"} and _PLAIN.fullmatch(text):
        return int(text) if kind == "int" else float(text)
    if kind == "float" and _NOT_FINITE.fullmatch(text):
        return float(text.replace(".", ""))
    tree.broken.add(path)
    place = _place(path)
    if kind in {"int", "float"}:
        must = f"{place}a number must be written in plain decimals"
        remedy = "Write it without leading zeros, which YAML reads as base 8, underscores, colons or letters."
        tree.fault(line, must, text[:40], f"{remedy} If it is a name, put it in quotes.")
    elif kind == "null":
        tree.fault(line, f"{place}a key must have a value", "nothing", "Write the value, or remove the key.")
    else:
        must, found = f"{place}values must be text or numbers", f"{text}, which YAML reads as {_NAMES.get(kind, kind)}"
        tree.fault(line, must, found, f"Put it in quotes: '{text}'.")
    return None


def _kind(node: yaml.ScalarNode) -> str:
    return str(node.tag).rpartition(":")[2]


def _place(path: Path) -> str:
    return "".join(f"{part}: " if isinstance(part, str) else f"item {part + 1}: " for part in path)
