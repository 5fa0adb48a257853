"""The tag map: which curve of a WITSML log is which tag of ours.

well_id: 15/9-F-7            # left out: the name the log gives its well
tags:
  pump_rate: {mnemonic: STRATE2}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from connectors.errors import Fault, FileFaults, did_you_mean, nearest
from connectors.rule_files.config import BOUNDS
from connectors.rule_files.tree import Tree, read_tree

_Name = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
_EXAMPLE: Final = "Write it like: tags: {pump_rate: {mnemonic: STRATE2}}."


class CurveSource(BaseModel):
    """Where a tag's readings come from."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    mnemonic: Annotated[_Name, Field(description="the mnemonic of a curve")]


class TagMap(BaseModel):
    """Which well the logs are of, and which curves are which tags. `where` and `lines` (by tag) say what to blame."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    well_id: Annotated[_Name | None, Field(description="the well, as its rule file names it")] = None
    tags: Annotated[Mapping[_Name, CurveSource], Field(min_length=1, description="a mapping of tags")]
    where: Annotated[str, Field(exclude=True)] = "the tag map"
    lines: Annotated[Mapping[str, int], Field(exclude=True)] = {}


_KEYS: Final = ("well_id", "tags")


def parse_tag_map(text: str, where: str) -> TagMap:
    """Return the tag map that `text` holds.

    Raises:
        FileFaults: With every fault in it, each with its line.
    """
    if len(text) > BOUNDS.max_bytes:
        must = f"a tag map must have no more than {BOUNDS.max_bytes} bytes"
        raise FileFaults([Fault(where, None, must, "larger", "Is this a tag map?")])
    tree = read_tree(text, where, BOUNDS)
    if isinstance(tree.value, dict):
        _check_keys(tree, tree.value)
        if not tree.faults:
            lines = {
                str(path[1]): line for path, line in tree.lines.items() if path[:1] == ("tags",) and len(path) == 2
            }
            try:
                return TagMap.model_validate(tree.value | {"where": where, "lines": lines})
            except ValidationError as error:
                for detail in error.errors(include_url=False):
                    path = tuple(part for part in detail["loc"] if part != "[key]")
                    _note(tree, path, detail["type"], detail["input"])
    elif tree.value is not None:
        tree.fault(tree.line(()), "a tag map must be a mapping with `tags:`", repr(tree.value), _EXAMPLE)
    raise FileFaults(sorted(map(_in_our_words, tree.faults), key=lambda fault: fault.line or 0))


def _in_our_words(fault: Fault) -> Fault:
    """Return a fault as one of a tag map: the reader of YAML is that of rule files, and speaks of them."""
    if fault.found == "empty":
        return Fault(fault.where, None, "a tag map must name tags", "empty", _EXAMPLE)
    return replace(fault, must=fault.must.replace("a rule file", "a tag map"))


def _check_keys(tree: Tree, root: dict[str, object]) -> None:
    for key in root:
        if key not in _KEYS:
            remedy = did_you_mean(nearest(key, _KEYS, most=1)) or "Remove it."
            tree.fault(tree.line((key,)), "the keys of a tag map must be among well_id, tags", repr(key), remedy)


def _note(tree: Tree, path: tuple[str | int, ...], kind: str, found: object) -> None:
    name = ".".join(str(part) for part in path)
    line = tree.line(path)
    if kind == "missing":
        tree.fault(line, f"{name} must be given", "absent", _EXAMPLE)
    elif kind == "extra_forbidden":
        remedy = did_you_mean(nearest(str(path[-1]), ("mnemonic",), most=1)) or "Remove it."
        tree.fault(line, f"{'.'.join(map(str, path[:-1]))} must have the key mnemonic alone", repr(path[-1]), remedy)
    elif len(path) == 2 and not isinstance(found, str):
        tree.fault(line, f"{name} must be a mapping with the key mnemonic", repr(found), _EXAMPLE)
    elif path == ("tags",):
        tree.fault(line, "tags must be a mapping of one tag or more", repr(found), _EXAMPLE)
    elif len(path) == 2 and found == path[1]:
        tree.fault(line, "the name of a tag must have no outer blanks, and 1 to 200 characters", repr(found), _EXAMPLE)
    elif len(path) == 2:
        tree.fault(line, f"{name} must be a mapping with the key mnemonic", repr(found), _EXAMPLE)
    else:
        must = f"{name} must be text of 1 to 200 characters without outer blanks"
        tree.fault(line, must, repr(found), "Put it in quotes if YAML takes it for something else.")
