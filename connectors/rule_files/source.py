"""Rule files on disk."""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike, fspath
from pathlib import Path

from connectors.errors import Fault, FileFaults
from connectors.rule_files.config import BOUNDS
from connectors.rule_files.message import Signature, Signed, sign
from connectors.rule_files.parse import Parsed, parse
from rules.rule_set import RuleSet


def load_rules(path: str | PathLike[str]) -> RuleSet:
    """Return the rules in the file at `path`; FileFaults with every fault in it."""
    return load_rule_sets([path])[0]


def load_rule_sets(paths: Iterable[str | PathLike[str]]) -> tuple[RuleSet, ...]:
    """Return the rules of several wells, one file each; FileFaults with every fault of all of them."""
    return tuple(parsed.rule_set for _, _, parsed in _load(paths) if parsed.rule_set is not None)


def sign_rules(paths: Iterable[str | PathLike[str]], signature: Signature) -> list[Signed]:
    """Return the messages of several rule files; FileFaults with every fault of all of them, and of the signature."""
    return [sign(text, where, signature) for where, text, _ in _load(paths)]


def _load(paths: Iterable[str | PathLike[str]]) -> list[tuple[str, str, Parsed]]:
    """Return path, text and rules of each file; FileFaults with every fault of all of them."""
    faults: list[Fault] = []
    loaded: list[tuple[str, str, Parsed]] = []
    first_of: dict[str, str] = {}
    for path in paths:
        where = fspath(path)
        text = _read(where)
        if isinstance(text, Fault):
            faults.append(text)
            continue
        parsed = parse(text, where)
        faults += parsed.tree.faults
        well = parsed.tree.value.get("well") if isinstance(parsed.tree.value, dict) else None
        if isinstance(well, str) and well in first_of:
            must, found = "each well must have one rule file", f"{well!r} again, first in {first_of[well]}"
            remedy = "Put the constraints of a well into one file."
            faults.append(Fault(where, parsed.tree.line(("well",)), must, found, remedy))
        elif isinstance(well, str):
            first_of[well] = where
        loaded.append((where, text, parsed))
    if faults:
        raise FileFaults(faults)
    return loaded


def _read(where: str) -> str | Fault:
    """Return the text of a file, or why there is none."""
    must = "a rule file must be a file that can be read"
    try:
        with Path(where).open("rb") as file:
            content = file.read(BOUNDS.max_bytes + 1)
    except FileNotFoundError:
        return Fault(where, None, must, "not there", "Is the path right?")
    except IsADirectoryError:
        return Fault(where, None, must, "a folder", "Name the files in it, as in rules/*.yaml.")
    except PermissionError:
        return Fault(where, None, must, "closed to this user", "Change its permissions, or run as its owner.")
    except OSError as error:
        return Fault(where, None, must, error.strerror or repr(error), "Copy it to a local disk and try again.")
    except ValueError as error:
        return Fault(where, None, must, str(error), "Is the path right?")
    if len(content) > BOUNDS.max_bytes:
        most = f"a rule file must have no more than {BOUNDS.max_bytes} bytes"
        return Fault(
            where, None, most, "larger", "Is this a rule file? Put the rules of each well into a file of their own."
        )
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found = f"the byte 0x{content[error.start]:02X}"
        return Fault(where, line, "a rule file must be UTF-8 text", found, "Save it again as UTF-8.")
