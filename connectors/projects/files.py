"""The files of a project: which and where they are, what is in them to the byte, and the ids they are known by."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from connectors.errors import Fault, FileFaults
from connectors.projects.config import MOST_BYTES, Config, TableEntry
from connectors.projects.parse import parse_config
from connectors.toml_text import Path as KeyPath
from connectors.toml_text import dotted
from scoring.project import Source

FILE: Final = "project.toml"
# In the place of a path: what people stated, which lies in no file.
STATED: Final = "stated at the worklist"
_ENDINGS: Final = (".csv", ".parquet", ".xlsx")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that project.toml names: how it writes it, and where it lies."""

    path: str
    location: Path


@dataclass(slots=True)
class Sources:
    """The files read so far, in the order of project.toml: S1, S2, ..."""

    known: list[Source] = field(default_factory=list)

    def add(self, kind: str, path: str, sha256: str, well_id: str | None = None) -> str:
        """Return the id of one more file."""
        source_id = f"S{len(self.known) + 1}"
        self.known.append(Source(source_id, kind, path, sha256, well_id))
        return source_id


def folder_of(path: Path | str) -> Path:
    """Return the folder of a project, by itself or by its project.toml."""
    folder = Path(path)
    return folder.parent if folder.name == FILE else folder


def read_config(folder: Path) -> tuple[Config, str]:
    """Return what the project.toml of a folder says, and the sha256 of its bytes.

    Raises:
        FileFaults: There is none, or it cannot be used; with every fault of it.
    """
    path = folder / FILE
    try:
        raw = path.read_bytes()[: MOST_BYTES + 1]
        text = raw.decode()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        must, remedy = f"a project must be a folder with a {FILE}", "Name the folder that holds it."
        raise FileFaults([Fault(str(folder), None, must, "none", remedy)]) from error
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        fault = Fault(str(path), line, f"{FILE} must be UTF-8", "other bytes", "Save it as UTF-8.")
        raise FileFaults([fault]) from error
    if len(raw) > MOST_BYTES:
        fault = Fault(str(path), None, f"{FILE} must be at most {MOST_BYTES:,} bytes", "more", "Is it that file?")
        raise FileFaults([fault])
    return parse_config(text, str(path)), sha256_of(raw)


def find(folder: Path, paths: tuple[str, ...], config: Config, key: KeyPath) -> tuple[list[FoundFile], list[Fault]]:
    """Return the files of a list of paths, those of a pattern in the order of their names; and what names none."""
    found, faults = [], []
    for path in paths:
        pattern, whole = Path(path), folder / path
        if "*" in path:
            root = Path(pattern.anchor) if pattern.is_absolute() else folder
            parts = pattern.relative_to(pattern.anchor) if pattern.is_absolute() else pattern
            try:
                matches = sorted((match for match in root.glob(str(parts)) if match.is_file()), key=str)
            except ValueError as error:  # what pathlib says of a pattern that is none
                must, remedy = (
                    f"{dotted(key)} must be a path or a pattern",
                    "Write ** as a folder of its own: a/**/*.las.",
                )
                faults.append(Fault(config.where, config.line(key), must, f"{path!r}, {error}", remedy))
                continue
            found += [FoundFile(_as_written(match, root, pattern), match) for match in matches]
            there = bool(matches)
        else:
            there = whole.is_file()
            found += [FoundFile(path, whole)] if there else []
        if not there:
            must, remedy = f"{dotted(key)} must be a file that is there", "Correct the path; it begins at this folder."
            faults.append(Fault(config.where, config.line(key), must, repr(path), remedy))
    return found, faults


def find_table(
    folder: Path, table: str, entry: TableEntry | None, config: Config
) -> tuple[list[FoundFile], list[Fault]]:
    """Return the files of a table: those that project.toml names, else one of its name beside it; and what is wrong."""
    if entry is not None and entry.file is not None:
        return find(folder, entry.file, config, ("tables", table, "file"))
    if entry is not None and entry.rows:
        return [], []
    there = [name for ending in _ENDINGS if (folder / (name := f"{table}{ending}")).is_file()]
    faults = []
    if len(there) > 1:
        must = f"the table {table!r} must be one file"
        remedy = f"Say which: [tables.{table}] with file = {there[0]!r}."
        faults.append(Fault(str(folder), None, must, ", ".join(there), remedy))
    elif not there and entry is not None:
        must = f"tables.{table}.file must be given, or rows"
        remedy = f"Write file = ..., or lay a {table}.csv beside project.toml."
        faults.append(Fault(config.where, config.line(("tables", table)), must, "absent", remedy))
    return [FoundFile(name, folder / name) for name in there[:1]], faults


def _as_written(match: Path, root: Path, pattern: Path) -> str:
    return str(match) if pattern.is_absolute() else match.relative_to(root).as_posix()


def sha256_of(raw: bytes) -> str:
    """Return the sha256 of a file's bytes, in hex."""
    return hashlib.sha256(raw).hexdigest()


def input_sha256(config_sha256: str, sources: Iterable[Source]) -> str:
    """Return a digest of all that was read: project.toml, and what each file held, by kind and name."""
    lines = sorted(f"{one.kind}|{one.path}|{one.well_id or ''}|{one.sha256}" for one in sources)
    return sha256_of("\n".join([config_sha256, *lines]).encode())


def well_id_in(pattern: str, file: FoundFile) -> str | None:
    """Return the group of a pattern that matches in a file's name; None where it does not."""
    match = re.search(pattern, file.location.name)
    return match[1] if match else None
