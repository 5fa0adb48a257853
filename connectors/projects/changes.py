"""What of a project's files is no longer as it was read: by it a ranking can be told to be old."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from connectors.projects.columns import TABLES
from connectors.projects.config import Config
from connectors.projects.files import (
    FILE,
    STATED,
    FoundFile,
    find,
    find_table,
    folder_of,
    input_sha256,
    read_config,
)
from scoring.project import Source

# A file that was last touched so long before is not read again. Clocks of those who keep files may go wrong by less.
_SLACK_S: Final = 3600.0

_Name = tuple[str, str]
_Touched = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class WasRead:
    """What a ranking has read. input_sha256: of all of it. read_at: when it began to."""

    input_sha256: str
    read_at: datetime
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The paths of files, as project.toml writes them, in order: those of another content, not read, and not there."""

    changed: tuple[str, ...]
    new: tuple[str, ...]
    gone: tuple[str, ...]


class Folder:
    """The folder of a project, to be looked at again and again: what nobody touched meanwhile is not read again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder_of(folder)
        self._known: dict[Path, tuple[_Touched, str]] = {}

    def changes(self, was: WasRead) -> Changes:
        """Return what is other than it was read.

        Raises:
            FileFaults: project.toml cannot be used.
            OSError: A file cannot be read.
        """
        before = {(one.kind, one.path): one.sha256 for one in was.sources if one.path not in (STATED, FILE)}
        config, config_sha256 = read_config(self._folder)
        now = dict(_named(self._folder, config))
        changed = {
            name[1] for name in now.keys() & before.keys() if self._sha256(now[name], was, before[name]) != before[name]
        }
        # What was read is known to the letter, and so is what it would come to with another project.toml.
        if input_sha256(config_sha256, was.sources) != was.input_sha256:
            changed.add(FILE)
        return Changes(
            tuple(sorted(changed)),
            tuple(sorted(_paths(now) - _paths(before))),
            tuple(sorted(_paths(before) - _paths(now))),
        )

    def _sha256(self, location: Path, was: WasRead, before: str) -> str:
        found = location.stat()
        # Whoever copies a file with its time, or moves one here, touches it all the same.
        if max(found.st_mtime, found.st_ctime) < was.read_at.timestamp() - _SLACK_S:
            return before
        touched = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
        known = self._known.get(location)
        if known is None or known[0] != touched:
            with location.open("rb") as file:
                known = touched, hashlib.file_digest(file, "sha256").hexdigest()
            self._known[location] = known
        return known[1]


def _paths(names: Iterable[_Name]) -> set[str]:
    return {path for _, path in names}


def _named(folder: Path, config: Config) -> Iterator[tuple[_Name, Path]]:
    """Yield each file that a ranking would read now: its kind and how it is written, and where it lies."""
    for kind, file in _files(folder, config):
        yield (kind, file.path), file.location


def _files(folder: Path, config: Config) -> Iterator[tuple[str, FoundFile]]:
    for table in TABLES:
        yield from ((table, file) for file in find_table(folder, table, config.file.tables.get(table), config)[0])
    named = [("survey", entry.file) for entry in config.file.surveys]
    named += [("log", entry.file) for entry in config.file.logs]
    for kind, paths in named:
        # What is not there is gone, and where project.toml names it is of no matter here.
        yield from ((kind, file) for file in find(folder, paths, config, ())[0])
