"""How the server stops: streams end, what is being answered is answered, and no process of it is left."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from connectors.ops import keys
from connectors.ops.reading import acting_as
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from tests.parts.served import Served
from tests.welltegra.live.asked import ask, free_pair, is_refused
from welltegra.serving.server import prepare

pytestmark = pytest.mark.slow
WITHIN_S = 120.0
KILLED = "refused to gracefully stop"


def until(done: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + WITHIN_S
    while not done():
        assert time.monotonic() < ends, f"{what} within {WITHIN_S:.0f} s"
        time.sleep(0.05)


def left_of(session: int) -> list[str]:
    """Return what still runs of a session, by /proc."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            state, _, _, of = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            said = (entry / "cmdline").read_text().replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(of) == session and state != "Z":
            found.append(f"{entry.name}: {said[:200]}")
    return found


class Running:
    """A server, a reader's key, and the port of its metrics."""

    def __init__(self, served: Served, database: Postgres, port: int) -> None:
        self.served, self.database, self.port = served, database, port
        with database.session("") as connection, acting_as(connection, "welltegra_platform"):
            made = keys.create(connection, name="k", project_id=None, role="viewer", created_by="tests", days=1)
        self.headers = {"authorization": f"Bearer {made.secret}"}
        self.stream_ended: list[bool] = []

    def stream(self) -> threading.Thread:
        """Open a stream of events; return who reads it once it is open."""
        opened = threading.Event()

        def read() -> None:
            place = f"{self.served.origin}/projects/p/events"
            with httpx.stream("GET", place, headers=self.headers, trust_env=False, timeout=WITHIN_S) as answer:
                for _ in answer.iter_lines():
                    opened.set()
            # Not cut off: it had its end.
            self.stream_ended.append(True)

        reader = threading.Thread(target=read)
        reader.start()
        assert opened.wait(WITHIN_S)
        return reader


@pytest.fixture
def running(postgres: str, tmp_path: Path) -> Iterator[Running]:
    database = Postgres(postgres)
    migrate(database)
    prepare(database, ours=True)
    port = free_pair()
    toml = f'[postgres]\ndsn = "{postgres}"\n[web]\nport = 0\n[metrics]\nserve_port = {port}\n'
    with Served(tmp_path, toml) as served:
        yield Running(served, database, port)


@pytest.mark.parametrize(
    "number, group",
    [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, True), (signal.SIGHUP, True)],
    ids=["terminated", "service manager", "ctrl-c", "terminal closed"],
)
def test_that_streams_end_and_nothing_is_left(running: Running, number: signal.Signals, group: bool) -> None:
    reader = running.stream()
    until(lambda: ask(running.port, "/health/live")[0] == 200, "it must live")
    process = running.served.pid
    assert len(left_of(process)) >= 2
    (os.killpg if group else os.kill)(process, number)
    assert running.served.wait() == 0, running.served.said()
    reader.join(WITHIN_S)
    assert running.stream_ended == [True]
    assert KILLED not in running.served.said()
    # Its helpers end by themselves once it has.
    until(lambda: not left_of(process), "nothing must be left")
    assert is_refused(running.port)


def test_that_what_is_being_answered_is_answered_before_the_end(running: Running) -> None:
    reader = running.stream()
    found: list[int] = []

    def ask_slowly() -> None:
        place = f"{running.served.origin}/projects/p/jobs"
        found.append(httpx.get(place, headers=running.headers, trust_env=False, timeout=WITHIN_S).status_code)

    with psycopg.connect(running.database.dsn) as held:
        held.execute("LOCK TABLE ops.ranking_jobs IN ACCESS EXCLUSIVE MODE")
        slow = threading.Thread(target=ask_slowly)
        slow.start()
        until(lambda: b"welltegra_serve_requests_in_flight 1.0" in ask(running.port, "/metrics")[1], "it must wait")
        os.kill(running.served.pid, signal.SIGTERM)
        # The word has come, for the stream has ended; the request waits for the table all the same.
        reader.join(WITHIN_S)
        assert running.stream_ended == [True]
        assert found == []
        held.rollback()
        slow.join(WITHIN_S)
    assert found == [200]
    assert running.served.wait() == 0, running.served.said()
    assert KILLED not in running.served.said()


def test_that_readiness_follows_the_database_and_metrics_say_what_was_asked(running: Running) -> None:
    until(lambda: ask(running.port, "/health/ready")[0] == 200, "it must be ready")
    httpx.get(
        f"{running.served.origin}/me", headers={"authorization": "Bearer wtg_x"}, trust_env=False, timeout=WITHIN_S
    )
    httpx.get(f"{running.served.origin}/no/such/place", headers=running.headers, trust_env=False, timeout=WITHIN_S)
    text = ask(running.port, "/metrics")[1].decode()
    assert 'welltegra_serve_requests_total{method="GET",route="/me",status="4xx"} 1.0' in text
    assert 'welltegra_serve_requests_total{method="GET",route="other",status="4xx"} 1.0' in text
    assert 'welltegra_serve_sign_ins_refused_total{reason="credential"} 1.0' in text
    assert "no/such" not in text
    with running.database.session("") as connection:
        connection.execute("DELETE FROM schema_migrations")

    def says_that_it_does_not_fit() -> bool:
        status, body = ask(running.port, "/health/ready")
        return (status, b"db migrate" in body) == (503, True)

    until(says_that_it_does_not_fit, "it must say that the schema does not fit")
    until(lambda: ask(running.port, "/health/live")[0] == 200, "it must live all the same")
