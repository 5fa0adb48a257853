"""`welltegra flow record`, as it is called: stopped by a signal, and refused with a sentence."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from psycopg.conninfo import conninfo_to_dict

from connectors.kafka.config import Kafka
from connectors.postgres.config import Postgres
from connectors.postgres.errors import DatabaseBehind
from connectors.postgres.migrate import migrate
from schemas.times import time_us
from tests.connectors.postgres.events import alert, at, violation
from tests.flows.recorders import make_topics, produce_events, until
from tests.parts.apache_kafka import free_ports
from tests.parts.postgres import open_folder
from tests.test_layers import REPO
from tests.welltegra.live.asked import HOST, ask, free_pair, is_refused
from welltegra.commands.flow_record import record
from welltegra.embedded.postgres import EmbeddedPostgres
from welltegra.invocation import Invocation

ENDS_WITHIN_S = 120.0
# As `main` does it, with the command alone: the group that it belongs to has heavier ones.
PROGRAM = """
from welltegra import cli
from welltegra.commands.flow_record import record
cli.welltegra.add_command(record)
cli.COMMANDS["record"] = cli.Command("welltegra.commands.flow_record:record", "")
cli.main()
"""


def environ(kafka: Kafka, dsn: str, port: int = 0) -> dict[str, str]:
    return {
        "WELLTEGRA_KAFKA__BOOTSTRAP_SERVERS": kafka.properties["bootstrap.servers"],
        "WELLTEGRA_KAFKA__TOPIC_PREFIX": kafka.prefix,
        "WELLTEGRA_POSTGRES__DSN": dsn,
        "WELLTEGRA_METRICS__RECORD_PORT": str(port),
    }


@contextmanager
def running(folder: Path, told: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Yield it as a process; what it says goes to `said` in the folder."""
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "record"],
            cwd=folder,
            env={**os.environ, **told, "PYTHONPATH": str(REPO)},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_that_it_records_until_it_is_stopped(kafka: Kafka, postgres: str, tmp_path: Path, how: signal.Signals) -> None:
    make_topics(kafka)
    migrate(Postgres(postgres))
    produce_events(kafka, [alert(number) for number in range(20)])

    def count() -> int:
        with Postgres(postgres).connect() as connection:
            return len(connection.execute("SELECT FROM alerts").fetchall())

    with running(tmp_path, environ(kafka, postgres)) as process:
        until(lambda: count() == 20 or process.poll() is not None, "all recorded")
        process.send_signal(how)
        ended = process.wait(ENDS_WITHIN_S)
    said_text = (tmp_path / "said").read_text()
    assert said_text == "Stopped. What was read is recorded; the next run goes on behind it.\n"
    assert ended == 0
    assert count() == 20


def test_that_a_database_without_tables_is_refused(
    kafka: Kafka, postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in environ(kafka, postgres).items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(record, obj=Invocation())
    assert isinstance(done.exception, DatabaseBehind)
    assert "Run: welltegra db migrate" in str(done.exception)


# What it says of itself


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    """Yield a server that no other test uses, because it is to be stopped."""
    folder = open_folder()
    try:
        # On a port that no connection gets while it is stopped.
        (port,) = free_ports(1)
        with EmbeddedPostgres(folder, port) as found:
            migrate(Postgres(found.dsn))
            yield found
    finally:
        shutil.rmtree(folder)


def shown(port: int) -> dict[str, float]:
    """Return the metrics of the recorder, by name and labels."""
    lines = ask(port, "/metrics")[1].decode().splitlines()
    pairs = [line.rpartition(" ") for line in lines if line.startswith("welltegra_recorder_")]
    return {name.removeprefix("welltegra_recorder_"): float(value) for name, _, value in pairs}


def reason(port: int) -> str:
    """Return why it is not ready; nothing if it is."""
    status, body = ask(port, "/health/ready")
    return "" if status == 200 else str(json.loads(body)["detail"])


def test_that_metrics_and_health_tell_what_is_stored_and_that_the_database_is_gone_and_back(
    kafka: Kafka, server: EmbeddedPostgres, tmp_path: Path
) -> None:
    make_topics(kafka)
    port = free_pair()
    produce_events(kafka, [alert(number) for number in range(20)])
    produce_events(kafka, [violation(20), violation(21)])

    def shows(**wanted: float) -> bool:
        found = shown(port)
        return all(found.get(name) == value for name, value in wanted.items())

    def said() -> str:
        return (tmp_path / "said").read_text()

    alerts, violations, captures = (f'stored_total{{kind="{kind}"}}' for kind in ("alert", "violation", "capture"))
    with running(tmp_path, environ(kafka, server.dsn, port)) as process:
        until(lambda: shows(**{alerts: 20, violations: 2}), "all shown as stored")
        until(lambda: shows(lag_messages=0), "caught up")
        until(lambda: reason(port) == "", "ready")
        found = shown(port)
        assert (found["database_reachable"], found[captures]) == (1, 0)
        assert found["event_timestamp_seconds"] in {time_us(at(number)) / 1e6 for number in range(22)}

        server.kill9()
        until(lambda: "Connection refused" in reason(port), "it says why it is not ready")
        assert reason(port).startswith("the database must take records; has not for ")
        until(lambda: ask(port, "/health/live")[0] == 200, "it lives all the same")
        until(lambda: "database_waited_for attempt=1" in said(), "the log says it")
        assert str(conninfo_to_dict(server.dsn)["password"]) not in reason(port)
        produce_events(kafka, [alert(number) for number in range(30, 37)])
        until(lambda: shows(lag_messages=7, database_reachable=0), "seven wait")

        server.start()
        until(lambda: reason(port) == "", "ready again")
        until(lambda: shows(**{alerts: 27, "lag_messages": 0, "database_reachable": 1}), "caught up")
        until(lambda: "database_back" in said(), "the log says that, too")
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDS_WITHIN_S) == 0
    assert is_refused(port)


def test_that_it_says_what_it_waits_for_before_it_could_begin(
    kafka: Kafka, server: EmbeddedPostgres, tmp_path: Path
) -> None:
    port = free_pair()
    server.stop()
    with running(tmp_path, environ(kafka, server.dsn, port)) as process:
        until(lambda: "Connection refused" in reason(port), "it says why it is not ready")
        assert "lag_messages" not in shown(port)
        process.send_signal(signal.SIGTERM)
        assert process.wait(ENDS_WITHIN_S) == 0


def test_that_a_port_that_is_taken_is_told_before_anything_runs(kafka: Kafka, postgres: str, tmp_path: Path) -> None:
    port = free_pair()
    with socket.create_server((HOST, port)), running(tmp_path, environ(kafka, postgres, port)) as process:
        assert process.wait(ENDS_WITHIN_S) == 2
    assert (tmp_path / "said").read_text() == (
        f"settings: {HOST}:{port} must be free for metrics and health;"
        " was Address already in use. End what listens there, or set metrics.record_port to another, or to 0 for no"
        " metrics.\n"
    )
