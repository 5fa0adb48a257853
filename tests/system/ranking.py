"""Projects that are ranked by the command line, and what that left in the database."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import polars as pl
import psycopg
from psycopg import sql as pgsql

from tests.test_layers import REPO
from welltegra.cli import run

WITHIN_S = 60.0
# Who else may run on this machine: what is here must not hang on it.
_OWN = {"KAFKA", "POSTGRES", "CONFIG"}
# When it was asked, and names of exactly these bytes of input.
OF_THE_FILES = ("generated_at", "input_sha256", "run_id", "target_id", "evidence_pack_id")


def ranked(folder: Path, dsn: str, json_path: Path | None = None, *options: str) -> dict[str, Any]:
    """Rank in this process; return the document."""
    json_path = json_path or folder / "ranking.json"
    assert run(["rank", str(folder), "--dsn", dsn, "--json", str(json_path), *options]) == 0
    return document(json_path)


def document(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def without(found: Any, names: tuple[str, ...]) -> Any:
    """Return a document without these fields, wherever they stand."""
    if isinstance(found, dict):
        return {name: without(value, names) for name, value in found.items() if name not in names}
    return [without(value, names) for value in found] if isinstance(found, list) else found


def shuffled(folder: Path, to: Path, seed: int) -> Path:
    """Return a copy of a project with the rows of every table, and the logs that it names, in another order."""
    shutil.copytree(folder, to, ignore=shutil.ignore_patterns("truth", "*.json"))
    order = random.Random(seed)
    for path in sorted(to.glob("*.csv")):
        header, *rows = path.read_text().splitlines()
        order.shuffle(rows)
        path.write_text("\n".join([header, *rows]) + "\n")
    for path in sorted(to.glob("*.parquet")):
        pl.read_parquet(path).sample(fraction=1.0, shuffle=True, seed=seed).write_parquet(path)
    head, *entries = re.split(r"(?m)^(?=\[)", (to / "project.toml").read_text())
    order.shuffle(entries)
    (to / "project.toml").write_text(head + "\n".join(entries))
    return to


def counts(dsn: str) -> dict[str, int]:
    """Return how many rows each table of the schema has."""
    with psycopg.connect(dsn) as connection:
        query = (
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'ops' AND table_type LIKE 'BASE%'"
        )
        found = {}
        for (name,) in connection.execute(query).fetchall():
            counted = connection.execute(pgsql.SQL("SELECT count(*) FROM ops.{}").format(pgsql.Identifier(name)))
            found[name] = counted.fetchall()[0][0]
        return found


def rows(dsn: str, query: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(query.encode(), parameters).fetchall()


@contextmanager
def begun(
    folder: Path, dsn: str, *options: str, environment: Mapping[str, str] | None = None, command: str = "rank"
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Rank in another process, in a session of its own; yield it, and the file with what it says."""
    said = folder.parent / f"{folder.name}-{time.monotonic_ns()}.log"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WELLTEGRA_")}
    with said.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                "from welltegra.cli import main; main()",
                command,
                str(folder),
                "--dsn",
                dsn,
                *options,
            ],
            cwd=REPO,
            env=inherited | dict(environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        yield process, said
    finally:
        for pid in of_session(process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        process.wait()


def of_session(session: int) -> list[int]:
    """Return the processes of a session that live, in the order in which they were started."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdecimal():
            try:
                fields = (path / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            state, its_session, started_at = fields[0], int(fields[3]), int(fields[19])
            if its_session == session and state != "Z":
                found.append((started_at, int(path.name)))
    # Their numbers alone do not say it: the kernel begins anew behind the largest.
    return [pid for _, pid in sorted(found)]


def wait_for(condition: Callable[[], Any], process: subprocess.Popen[bytes] | None = None) -> None:
    """Return when a condition holds; fail when it does not within WITHIN_S, or when the process ended before."""
    until = time.monotonic() + WITHIN_S
    while not condition():
        assert process is None or process.poll() is None, "it ended before that"
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)


@contextmanager
def held(dsn: str) -> Iterator[None]:
    """Keep every ranking from coming further than the copying of its targets."""
    with psycopg.connect(dsn) as connection, connection.transaction():
        connection.execute("LOCK TABLE ops.well_reopening_targets IN SHARE MODE")
        yield


def is_held(dsn: str) -> bool:
    """Return whether a ranking waits there, with all that comes before it written in its transaction."""
    query = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'COPY%%targets%%'"
    return bool(rows(dsn, query + " AND datname = current_database()"))
