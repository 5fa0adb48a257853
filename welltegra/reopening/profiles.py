"""Scoring profiles where a person names one: in a file, with the lines of its faults, or stored in the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import yaml

from connectors.errors import Fault, FileFaults
from connectors.ops.errors import ProfileMissing
from connectors.ops.profiles import StoredProfile, differences, profile, profiles
from connectors.postgres.config import Postgres
from schemas.profiles import canonical_profile
from schemas.scoring_profile import ProfileDocument, document, parse_profile
from scoring.profile_checks import ProfileFault, ProfileFaults

_WIDEST_LINE: Final = 110


@dataclass(frozen=True, slots=True)
class NamedProfile:
    """A profile that somebody named. where: what to call it. stored: None for one of a file."""

    where: str
    document: ProfileDocument
    stored: StoredProfile | None = None


class StoredFaults(FileFaults):
    """A stored profile does not hold by the checks of today: no ranking can be made by it, but it can be read.

    where: what to call it. content: what it says, in the order in which people read it.
    """

    def __init__(self, faults: Sequence[Fault], where: str, content: Mapping[str, Any]) -> None:
        super().__init__(faults)
        self.where, self.content = where, content


def is_file(named: str) -> bool:
    """Return whether a name is meant as that of a file, and not as a key or id."""
    return named.endswith(".json") or "/" in named or Path(named).is_file()


def find(named: str, postgres: Postgres | None, project_id: str | None) -> NamedProfile:
    """Return the profile of a file, an id, or a key: of a key the project's active version, else the canonical one.

    postgres: None where only files are named.

    Raises:
        FileFaults: It cannot be read, or does not hold.
        StoredFaults: It is stored, and does not hold any more.
        ProfileMissing: There is none.
    """
    if is_file(named):
        return NamedProfile(named, read_profile(Path(named)))
    assert postgres is not None
    stored = _stored(named, postgres, project_id)
    where = f"profile {stored.scoring_profile_id}"
    try:
        return NamedProfile(where, _document(stored.content, where, with_lines=False), stored)
    except FileFaults as error:
        content = _in_usual_order(stored.raw, canonical_profile().raw)
        raise StoredFaults(error.faults, where, content) from error


def read_profile(path: Path) -> ProfileDocument:
    """Return the profile of a file.

    Raises:
        FileFaults: It cannot be read, or does not hold; every fault, with its line and JSON path.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        found, remedy = str(error.strerror or error).lower(), "Is the path right, and may you read it?"
        raise FileFaults(
            [Fault(str(path), None, "a profile must be a file that can be read", found, remedy)]
        ) from error
    return _document(text, str(path), with_lines=True)


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield path, before and after of each value in which two profiles differ, as text; "none" for one that lacks it.

    Of a list of objects only the objects that the other has not are told.
    """
    for one in differences(before, after):
        if _is_of_objects(one.before) and _is_of_objects(one.after):
            yield from ((one.path, _said(line), "none") for line in one.before if line not in one.after)
            yield from ((one.path, "none", _said(line)) for line in one.after if line not in one.before)
            if all(line in one.after for line in one.before) and all(line in one.before for line in one.after):
                yield one.path, "the same lines", "in another order, or another number of times"
        else:
            yield one.path, _said(one.before), _said(one.after)


def laid_out(value: Any, indent: str = "") -> str:
    """Return parsed JSON as text for people: what fits in a line, such as a curve, stands in one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= _WIDEST_LINE or not isinstance(value, Mapping | list) or not value:
        return line
    inside = indent + "  "
    if isinstance(value, Mapping):
        parts = [f"{json.dumps(key, ensure_ascii=False)}: {laid_out(one, inside)}" for key, one in value.items()]
    else:
        parts = [laid_out(one, inside) for one in value]
    opened, closed = "{}" if isinstance(value, Mapping) else "[]"
    return opened + ",".join(f"\n{inside}{part}" for part in parts) + f"\n{indent}{closed}"


def _stored(named: str, postgres: Postgres, project_id: str | None) -> StoredProfile:
    profile_id = _uuid(named)
    if profile_id is not None:
        return profile(postgres, profile_id)
    active = [one for one in profiles(postgres, project_id, named) if one.is_active]
    if not active:
        whose = "of no project" if project_id is None else f"of project {project_id!r}, or of none"
        raise ProfileMissing(postgres.where, f"{named!r}, active and {whose}")
    return active[0]


def _uuid(named: str) -> UUID | None:
    try:
        return UUID(named)
    except ValueError:
        return None


def _document(text: str | bytes, where: str, *, with_lines: bool) -> ProfileDocument:
    faults: Sequence[ProfileFault]
    try:
        return document(_in_usual_order(parse_profile(text).raw, canonical_profile().raw))
    except ProfileFaults as error:
        faults = error.faults
        if isinstance(error.__cause__, json.JSONDecodeError):
            raise FileFaults([_syntax(error.__cause__, where)]) from error
    lines = _lines(text) if with_lines else {}
    raise FileFaults([_with_line(fault, where, lines) for fault in faults])


def _in_usual_order(value: Any, like: Any) -> Any:
    """Return parsed JSON with its keys in the order of `like`: canonical JSON has lost the one that people read."""
    if isinstance(value, Mapping):
        usual = like if isinstance(like, Mapping) else {}
        names = [*(name for name in usual if name in value), *(name for name in value if name not in usual)]
        return {name: _in_usual_order(value[name], usual.get(name)) for name in names}
    if _is_of_objects(value):
        return [_in_usual_order(one, like[0] if _is_of_objects(like) else None) for one in value]
    return value


def _syntax(error: json.JSONDecodeError, where: str) -> Fault:
    found = f"{error.msg[0].lower()}{error.msg[1:]}, at column {error.colno}"
    remedy = "Look at this line and the one above: a comma, a quote or a bracket."
    return Fault(where, error.lineno, "a profile must be JSON", found, remedy)


def _with_line(fault: ProfileFault, where: str, lines: Mapping[str, int]) -> Fault:
    """Return a fault at the line of its path, or of the nearest thing around it."""
    path = fault.path.replace("['", ".").replace("']", "")
    while path not in lines and path != "$":
        path = path[: max(path.rfind("."), path.rfind("["))]
    line = lines.get(path) if path != "$" else None
    must = f"{fault.path} {fault.must}" if fault.must.startswith("must ") else f"{fault.path}: {fault.must}"
    return Fault(where, line, must, fault.found, fault.remedy)


def _lines(text: str | bytes) -> dict[str, int]:
    """Return the line of each JSON path; none where that cannot be told. Every JSON text is YAML, but for tabs."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    lines: dict[str, int] = {}

    def note(node: yaml.Node, path: str) -> None:
        lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                inside = f"{path}.{key.value}"
                lines.setdefault(inside, key.start_mark.line + 1)
                note(value, inside)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                note(value, f"{path}[{index}]")

    try:
        root = yaml.compose(plain.replace("\t", " "), Loader=yaml.SafeLoader)
        if root is not None:
            note(root, "$")
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}
    return lines


def _is_of_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _said(value: object) -> str:
    return "none" if value is None else json.dumps(value, ensure_ascii=False)
