"""Exports of all targets: how long, how large, how much memory the server takes for it, and whether others wait."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import closing
from http import HTTPStatus
from http.client import HTTPConnection
from time import perf_counter
from typing import Final

import msgspec

from benchmarks.spread import Spread
from benchmarks.worklist.answers import Heard, hear
from benchmarks.worklist.project import Project
from benchmarks.worklist.questions import Question
from benchmarks.worklist.resident import watched
from benchmarks.worklist.site import Failed, Site

FORMATS: Final = ("csv", "parquet", "json", "xlsx")
_PIECE: Final = 1 << 20


class Exported(msgspec.Struct, frozen=True):
    """Exports of one project in one format. above_mb: the most that the server's processes took more than before."""

    format: str
    targets: int
    bytes: int
    seconds: Spread
    first_byte_s: float
    before_mb: float
    above_mb: float


class Beside(msgspec.Struct, frozen=True):
    """The list's first page while a file is being made: how often it was asked for, and how long it took [ms]."""

    format: str
    asked: int
    median_ms: float
    p95_ms: float


def exported(site: Site, project: Project, kind: str, rounds: int) -> Exported:
    """Return what exports of all targets of a project take.

    Raises:
        Failed: One does not come, or not all of it.
    """
    took, above, first, before, size = list[float](), 0.0, 0.0, 0.0, 0
    for number in range(rounds):
        with watched(site.group) as held:
            started = perf_counter()
            first, size = _fetch(site, project, kind)
            took.append(perf_counter() - started)
        before = held.before_mb if number == 0 else before
        above = max(above, held.above_mb)
    return Exported(kind, project.targets, size, Spread.of(took), first, before, above)


def beside(site: Site, project: Project, kind: str, listed: Question, times: int) -> Beside:
    """Return how long the list takes while one export after another is made."""
    over, wrong = threading.Event(), list[Exception]()

    def export() -> None:
        try:
            while not over.is_set():
                _fetch(site, project, kind)
        except (Failed, OSError) as error:
            wrong.append(error)

    exporting = threading.Thread(target=export)
    exporting.start()
    heard: dict[str, Heard] = {}
    try:
        hear(site, [listed], heard, times)
    finally:
        over.set()
        exporting.join()
    if wrong:
        raise Failed(f"an export while the list was read: must come whole; {wrong[0]}")
    found = heard[listed.name]
    return Beside(kind, times, found.median_ms.median, found.p95_ms)


def _fetch(site: Site, project: Project, kind: str) -> tuple[float, int]:
    """Return after how long the first byte came [s], and how many came in all."""
    path = f"/projects/{project.project_id}/reopening-targets/export?format={kind}"
    started = perf_counter()
    with closing(HTTPConnection("127.0.0.1", site.port, timeout=600)) as connection:
        connection.request("GET", path, headers=site.headers(person=True))
        answer = connection.getresponse()
        if answer.status != HTTPStatus.OK:
            raise Failed(f"GET {path}: must be answered with 200; was with {answer.status}: {answer.read(500)!r}")
        size, first = 0, 0.0
        while part := answer.read(_PIECE):
            first = first or perf_counter() - started
            size += len(part)
    return first, size


def all_formats(site: Site, projects: Sequence[Project], rounds: int) -> list[Exported]:
    """Return exports of each project in each format. Memory stays with a process: the smaller project comes first."""
    return [exported(site, project, kind, rounds) for kind in FORMATS for project in projects]
