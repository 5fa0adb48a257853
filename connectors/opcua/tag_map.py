"""The tag map: which node of a server is which tag of which well.

namespace: urn:welltegra:rig           # of nodes that name none
tags:
  - {node: s=W-1/pump_rate, well: W-1, tag: pump_rate, unit: spm}
  - {node: s=W-1/depth, well: W-1, tag: depth}      # its unit is what the node's EngineeringUnits say
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, replace
from os import PathLike, fspath
from pathlib import Path
from typing import Any, Final

from connectors.errors import Fault, FileFaults, UnknownUnit, did_you_mean, nearest
from connectors.opcua.node_names import EXAMPLE, NodeName, parse_node_name
from connectors.rule_files.config import Bounds
from connectors.rule_files.tree import Tree, read_tree
from connectors.units import unit as known_unit

# Ten thousand tags and more; no file of ours needs to be nested.
BOUNDS: Final = Bounds(max_bytes=4_000_000, max_depth=6)
_KEYS: Final = ("namespace", "tags")
_ENTRY_KEYS: Final = ("node", "well", "tag", "unit")
_LONGEST: Final = 200
# As a rule file has it; and half of a character, as "\ud800" writes, fits into no message.
_INVISIBLE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_ENTRY_EXAMPLE: Final = "Write it like: {node: s=W-1/pump_rate, well: W-1, tag: pump_rate, unit: spm}."


@dataclass(frozen=True, slots=True)
class MappedTag:
    """A node that is a tag. unit: None where the node itself is to say it. line: of the file."""

    node: NodeName
    well: str
    tag: str
    unit: str | None
    line: int | None


@dataclass(frozen=True, slots=True)
class TagMap:
    """The tags of a map, in its order. where: the file."""

    tags: tuple[MappedTag, ...]
    where: str

    def place(self, tag: MappedTag) -> str:
        """Return where a tag stands, as every sentence about it begins."""
        return f"{self.where} line {tag.line}: {tag.well} {tag.tag} ({tag.node})"


def load_tag_map(path: str | PathLike[str]) -> TagMap:
    """Return the tag map in the file at `path`; FileFaults with every fault in it."""
    where = fspath(path)
    must = "a tag map must be a file that can be read"
    try:
        # A pipe that nobody writes to would be waited for without end.
        if not stat.S_ISREG(Path(path).stat().st_mode) and not Path(path).is_dir():
            raise FileFaults([Fault(where, None, must, "a pipe or a device", "Save it as a file, and name that.")])
        with Path(path).open("rb") as file:
            content = file.read(BOUNDS.max_bytes + 1)
        text = content.decode("utf-8-sig")
    except FileNotFoundError:
        fault = Fault(where, None, must, "not there", "Is the path in opcua.tags right?")
    except IsADirectoryError:
        fault = Fault(where, None, must, "a folder", "Name the file in it.")
    except OSError as error:
        fault = Fault(where, None, must, error.strerror or repr(error), "Change its permissions, or copy it.")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{error.object[error.start]:02X}"
        fault = Fault(where, line, "a tag map must be UTF-8 text", found, "Save it again as UTF-8.")
    else:
        return parse_tag_map(text, where)
    raise FileFaults([fault])


def parse_tag_map(text: str, where: str) -> TagMap:
    """Return the tag map that `text` holds.

    Raises:
        FileFaults: With every fault in it, each with its line.
    """
    if len(text) > BOUNDS.max_bytes:
        must = f"a tag map must have no more than {BOUNDS.max_bytes} bytes"
        raise FileFaults([Fault(where, None, must, "larger", "Is this a tag map?")])
    tree = read_tree(text, where, BOUNDS)
    tags: list[MappedTag] = []
    if isinstance(tree.value, dict):
        tags = _tags(tree, tree.value)
    elif tree.value is not None:
        tree.fault(tree.line(()), "a tag map must be a mapping with `tags:`", repr(tree.value), _ENTRY_EXAMPLE)
    if tree.faults:
        raise FileFaults(sorted(map(_in_our_words, tree.faults), key=lambda fault: fault.line or 0))
    return TagMap(tuple(tags), where)


def _in_our_words(fault: Fault) -> Fault:
    """Return a fault as one of a tag map: the reader of YAML is that of rule files, and speaks of them."""
    if fault.found == "empty":
        return Fault(fault.where, None, "a tag map must name tags", "empty", f"Write `tags:`. {_ENTRY_EXAMPLE}")
    return replace(fault, must=fault.must.replace("a rule file", "a tag map"))


def _tags(tree: Tree, root: Mapping[str, Any]) -> list[MappedTag]:
    for key in root:
        if key not in _KEYS:
            remedy = did_you_mean(nearest(key, _KEYS, most=1)) or "Remove it."
            tree.fault(tree.line((key,)), "the keys of a tag map must be among namespace, tags", repr(key), remedy)
    namespace = _text(tree, root, ("namespace",)) if "namespace" in root else None
    entries = root.get("tags")
    if not isinstance(entries, list) or not entries:
        if ("tags",) not in tree.broken:
            found = "absent" if "tags" not in root else repr(entries)
            tree.fault(tree.line(("tags",)), "tags must be a list of one tag or more", found, _ENTRY_EXAMPLE)
        return []
    read = [_tag(tree, entry, position, namespace) for position, entry in enumerate(entries)]
    tags = [tag for tag in read if tag is not None]
    _note_twice(tree, tags)
    return tags


def _tag(tree: Tree, entry: object, position: int, namespace: str | None) -> MappedTag | None:
    at = ("tags", position)
    line = tree.line(at)
    if not isinstance(entry, dict):
        if at not in tree.broken:
            tree.fault(line, "each tag must be a mapping with node, well and tag", repr(entry), _ENTRY_EXAMPLE)
        return None
    for key in entry:
        if key not in _ENTRY_KEYS:
            remedy = did_you_mean(nearest(key, _ENTRY_KEYS, most=1)) or "Remove it."
            tree.fault(
                tree.line((*at, key)), "the keys of a tag must be among node, well, tag, unit", repr(key), remedy
            )
    said = {key: _text(tree, entry, (*at, key)) for key in _ENTRY_KEYS if key in entry or key != "unit"}
    node, unit = _node(tree, said["node"], at, namespace), _unit(tree, said.get("unit"), at)
    if node is None or said["well"] is None or said["tag"] is None:
        return None
    return MappedTag(node, said["well"], said["tag"], unit, line)


def _text(tree: Tree, mapping: Mapping[str, object], path: tuple[str | int, ...]) -> str | None:
    """Return the text of a key; None, and a fault, where it is none."""
    key = str(path[-1])
    value = mapping.get(key)
    if key not in mapping:
        tree.fault(tree.line(path), f"{key} must be given", "absent", _ENTRY_EXAMPLE)
    elif path in tree.broken:
        return None  # told where the file was read
    elif not isinstance(value, str):
        # A well may be named by a number; YAML has taken it for one.
        text = tree.texts.get(path, str(value))
        tree.fault(
            tree.line(path),
            f"{key} must be text",
            f"{text}, which YAML reads as another thing",
            f"Put it in quotes: '{text}'.",
        )
    elif not value or value != value.strip() or len(value) > _LONGEST or _INVISIBLE.search(value):
        must = f"{key} must be text of 1 to {_LONGEST} characters, none a control character, without outer blanks"
        tree.fault(tree.line(path), must, repr(value), _ENTRY_EXAMPLE)
    else:
        return value
    return None


def _node(tree: Tree, text: str | None, at: tuple[str | int, ...], namespace: str | None) -> NodeName | None:
    if text is None:
        return None
    try:
        return parse_node_name(text, namespace)
    except ValueError as error:
        tree.fault(tree.line((*at, "node")), "node must name a node", f"{text!r}: {error}", EXAMPLE)
        return None


def _unit(tree: Tree, text: str | None, at: tuple[str | int, ...]) -> str | None:
    if text is not None:
        try:
            known_unit(text)
        except UnknownUnit as error:
            tree.fault(tree.line((*at, "unit")), error.must, repr(text), error.remedy)
    return text


def _note_twice(tree: Tree, tags: list[MappedTag]) -> None:
    """Note tags and nodes that stand twice: of two readings of a tag at one time nobody would know which holds."""
    first: dict[object, MappedTag] = {}
    for tag in tags:
        for what, key in (("tag of a well", (tag.well, tag.tag)), ("node", tag.node)):
            if key in first:
                name = f"{tag.well} {tag.tag}" if what != "node" else str(tag.node)
                found = f"{name!r} again, first on line {first[key].line}"
                tree.fault(tag.line, f"each {what} must stand once", found, "Remove one of the two.")
            first.setdefault(key, tag)
