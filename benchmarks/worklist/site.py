"""The worklist as it is served: an embedded PostgreSQL, the real server in processes of its own, and who reads it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Final

from benchmarks.processes import free_ports
from connectors.ops import keys, sessions
from connectors.ops.reading import acting_as
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from welltegra.embedded.postgres import EmbeddedPostgres
from welltegra.serving.server import prepare

COOKIE: Final = "welltegra_session"
_HOST: Final = "127.0.0.1"
_REPO: Final = Path(__file__).resolve().parents[2]
_STARTS_WITHIN_S: Final = 120.0
_ENDS_WITHIN_S: Final = 30.0


class Failed(Exception):
    """The server did not start, or did not answer as it must."""


@dataclass(frozen=True)
class Site:
    """key: of a program that may export. session: of a person at a browser. group: of the server's processes."""

    postgres: Postgres
    port: int
    key: str
    session: str
    group: int

    @property
    def origin(self) -> str:
        """What browsers call it."""
        return f"http://{_HOST}:{self.port}"

    def headers(self, person: bool) -> dict[str, str]:
        """Return what says who asks: the person's cookie, or the program's key."""
        if person:
            return {"Cookie": f"{COOKIE}={self.session}", "Accept": "text/html"}
        return {"Authorization": f"Bearer {self.key}"}


@contextmanager
def databases() -> Iterator[Postgres]:
    """Yield an empty database on an embedded PostgreSQL, set as `welltegra serve` sets its own."""
    folder = Path(tempfile.mkdtemp(prefix="bench-worklist-"))
    # PostgreSQL may run as another user, who has to get at it.
    folder.chmod(0o711)
    try:
        with EmbeddedPostgres(folder / "postgres") as server:
            postgres = Postgres(server.dsn)
            migrate(postgres)
            prepare(postgres, ours=True)
            yield postgres
    finally:
        shutil.rmtree(folder)


@contextmanager
def served(postgres: Postgres) -> Iterator[Site]:
    """Yield the site of a database, answering.

    Raises:
        Failed: It does not come to answer.
    """
    with postgres.session("") as connection, acting_as(connection, "welltegra_gatekeeper"):
        roles = {"*": "operator"}
        session = sessions.create(
            connection, subject="ann", name="Ann", roles=roles, how="oidc", csrf="c" * 43, hours=12
        )
    with postgres.session("") as connection, acting_as(connection, "welltegra_platform"):
        key = keys.create(
            connection, name="benchmark", project_id=None, role="operator", created_by="benchmark", days=1
        )
    (port,) = free_ports(1)
    with tempfile.NamedTemporaryFile(prefix="bench-worklist-", suffix=".log") as log:
        command = [sys.executable, "-m", "benchmarks.worklist.serving", postgres.dsn, str(port)]
        process = subprocess.Popen(command, cwd=_REPO, stdout=log, stderr=log, start_new_session=True)
        try:
            _wait(port, process, Path(log.name))
            yield Site(postgres, port, key.secret, session, process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        with suppress(OSError), closing(HTTPConnection(_HOST, port, timeout=5)) as connection:
            connection.request("GET", "/sign-in")
            connection.getresponse().read()
            return
        time.sleep(0.2)
    raise Failed(f"the server: must answer on port {port}; does not. It said:\n{log.read_text()[-3000:]}")
