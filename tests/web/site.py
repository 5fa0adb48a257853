"""A synthetic field, ranked twice, behind the real server on loopback, and people who are signed in at browsers."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg
from psycopg import sql as pgsql
from psycopg.conninfo import make_conninfo

from connectors.ops import sessions
from connectors.ops.reading import acting_as
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from tests.parts.apache_kafka import free_ports
from tests.test_layers import REPO
from welltegra.serving.child import Order, run
from welltegra.serving.server import prepare
from welltegra.simulator.field.making import make_field
from welltegra.simulator.field.plan import FieldOptions

WELLS = 30
PROJECT = f"synthetic-7-{WELLS}"
EMPTY = "not-ranked-yet"
COOKIE = "welltegra_session"
STARTS_WITHIN_S = 180.0


@dataclass(frozen=True)
class Site:
    """origin: what browsers call us. folder: of the project, whose files a test may change before it ranks again."""

    origin: str
    postgres: Postgres
    folder: Path

    def address(self, path: str = "worklist", project: str = PROJECT) -> str:
        """Return the address of a page of a project."""
        return f"{self.origin}/projects/{project}/{path}"

    def sign_in(self, name: str, role: str | None) -> str:
        """Return the cookie of somebody new, with a role in both projects; None for no role at all."""
        roles = {} if role is None else {PROJECT: role, EMPTY: role}
        with self.postgres.session("") as connection, acting_as(connection, "welltegra_gatekeeper"):
            return sessions.create(
                connection, subject=name.lower(), name=name, roles=roles, how="oidc", csrf="c" * 43, hours=1
            )

    def rank(self) -> None:
        """Rank the project as it lies there, as `welltegra rank` does."""
        run(Order(PROJECT, str(self.folder), self.postgres.dsn, "tests"), lambda **_: None)


@contextmanager
def served(postgres_server: str, folder: Path) -> Iterator[Site]:
    """Yield a site on a database of its own."""
    name = f"test_web_{os.getpid()}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(pgsql.SQL("CREATE DATABASE {}").format(pgsql.Identifier(name)))
        try:
            dsn = make_conninfo(postgres_server, dbname=name)
            (port,) = free_ports(1)
            site = Site(f"http://127.0.0.1:{port}", Postgres(dsn), folder / "field")
            _fill(site)
            # The other project is there to be ranked, and was not yet.
            make_field(FieldOptions(1, 3, 1.0, logs=False, gaps=False), folder / "empty")
            with _server(site, port, folder):
                yield site
        finally:
            connection.execute(pgsql.SQL("DROP DATABASE {} WITH (FORCE)").format(pgsql.Identifier(name)))


def _fill(site: Site) -> None:
    migrate(site.postgres)
    prepare(site.postgres, ours=True)
    make_field(FieldOptions(WELLS, 7, 1.0, logs=True, gaps=True), site.folder)
    site.rank()
    # Something to compare with: half of the wells turn out to need a rig.
    worsen(site.folder, every=2)
    site.rank()


def worsen(folder: Path, every: int) -> None:
    """Write that each well of so many needs a workover rig, and has a yellow barrier."""
    path = folder / "operability.csv"
    with path.open(newline="", encoding="utf-8") as file:
        head, *rows = csv.reader(file)
    for k, row in enumerate(rows):
        if k % every == 0:
            row[head.index("workover_complexity")] = "workover_rig"
            row[head.index("integrity")] = "yellow"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([head, *rows])


@contextmanager
def _server(site: Site, port: int, folder: Path) -> Iterator[None]:
    told = folder / "server.log"
    arguments = [sys.executable, "-m", "tests.web.serving", site.postgres.dsn, str(port)]
    projects = [f"{PROJECT}={site.folder}", f"{EMPTY}={folder / 'empty'}"]
    with told.open("wb") as out:
        process = subprocess.Popen([*arguments, *projects], cwd=REPO, stdout=out, stderr=out, start_new_session=True)
        try:
            _wait(f"{site.origin}/sign-in", process, told)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(url: str, process: subprocess.Popen[bytes], told: Path) -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        assert process.poll() is None, told.read_text()
        with suppress(httpx.TransportError):
            httpx.get(url, timeout=5)
            return
        time.sleep(0.1)
    raise AssertionError(f"no answer from {url}: {told.read_text()}")


def axe_of(package: Path = REPO / "tests" / "node" / "node_modules" / "axe-core") -> str:
    """Return the script of axe-core, as the lock of tests/node has it."""
    wanted = json.loads((REPO / "tests" / "node" / "package.json").read_text())["dependencies"]["axe-core"]
    found = json.loads((package / "package.json").read_text())["version"]
    assert found == wanted, f"tests/node/node_modules must have axe-core {wanted}; has {found}"
    return (package / "axe.min.js").read_text(encoding="utf-8")
