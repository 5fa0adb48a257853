"""Logs of a synthetic field: discovery in them, how much of its time is lasio's, and lasio alone on the same files."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from time import perf_counter
from typing import Any
from unittest.mock import patch

import lasio
import msgspec

# The first well with a survey imports it, which takes a second: imports are not in the time.
import welleng.survey  # noqa: F401  # see above

from connectors.projects import read_project
from flows.reopening import parts_of
from schemas.profiles import default_profile
from welltegra.reopening.progress import Tally
from welltegra.reopening.search import merged, search


class Discovered(msgspec.Struct, frozen=True):
    """What came of one search [s]: project: reading its tables; lasio: what of logs is spent in lasio.read."""

    files: int
    candidates: int
    project: float
    logs: float
    lasio: float

    @property
    def whole(self) -> float:
        return self.project + self.logs


def discover(folder: Path, done: Path) -> Discovered:
    """Read the project and search all its wells, in this process, as `welltegra discover --processes 1` does.

    done: a file that counts the wells.
    """
    spent = 0.0

    def timed(*given: Any, **more: Any) -> Any:
        nonlocal spent
        started = perf_counter()
        try:
            return read(*given, **more)
        finally:
            spent += perf_counter() - started

    read: Callable[..., Any] = lasio.read
    profile, tally = default_profile(), Tally(done)
    started = perf_counter()
    project = read_project(folder)
    opened = perf_counter()
    with patch.object(lasio, "read", timed):
        found = merged([search(project, part, profile, tally) for part in parts_of(project)])
    ended = perf_counter()
    return Discovered(len(project.logs), found.discovery.candidates.height, opened - started, ended - opened, spent)


def read_alone(folder: Path) -> float:
    """Return how long lasio takes to read the same files by its own defaults, and nothing is done with them [s].

    It is handed text: a gzipped file it cannot open itself.
    """
    paths = sorted((folder / "logs").iterdir())
    started = perf_counter()
    for path in paths:
        raw = path.read_bytes()
        lasio.read(StringIO((gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("latin-1")))
    return perf_counter() - started
