"""`welltegra db` and `welltegra audit`, as they are called: what they say, and with which exit code."""

from __future__ import annotations

import re
import threading
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

import sql
from connectors.postgres.config import Postgres
from connectors.postgres.sink import Recorder
from tests.connectors.postgres.events import alerts
from welltegra.cli import run

Output = pytest.CaptureFixture[str]


@pytest.fixture
def dsn(postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WELLTEGRA_POSTGRES__DSN", postgres)
    return postgres


def record(dsn: str, count: int) -> None:
    recorder = Recorder(Postgres(dsn), threading.Event(), settle_s=0)
    recorder.record(alerts(count))
    recorder.close()


def test_that_a_database_is_migrated_once_and_its_status_shown(dsn: str, capsys: Output) -> None:
    assert run(["db", "status"]) == 1
    said = capsys.readouterr()
    assert [line.split() for line in said.out.splitlines()] == [
        [migration.name, "missing"] for migration in sql.migrations()
    ]
    assert said.err.endswith(f"must have every migration; {len(sql.migrations())} missing. Run: welltegra db migrate\n")
    assert run(["db", "migrate", "--phase", "pre"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("applied 0001_pre_records\n")
    assert said.out.endswith("is up to date for phase pre.\n")
    assert run(["db", "migrate"]) == 0
    assert "applied" not in capsys.readouterr().out
    assert run(["db", "status"]) == 0
    assert re.search("0001_pre_records +applied 20", capsys.readouterr().out)


@pytest.mark.parametrize("command", ["db migrate", "db status", "audit verify"])
@pytest.mark.parametrize(
    "change, found",
    [
        ({"port": "1"}, "must be reachable; is not (connection"),
        ({"password": "hush-hush"}, 'password authentication failed for user "welltegra"'),
        ({"dbname": "nosuch"}, 'database "nosuch" does not exist'),
    ],
)
def test_that_who_cannot_be_reached_ends_in_a_sentence(
    dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: Output, command: str, change: dict[str, str], found: str
) -> None:
    monkeypatch.setenv("WELLTEGRA_POSTGRES__DSN", make_conninfo(dsn, **change))
    assert run(command.split()) == 2
    said = capsys.readouterr().err
    assert found in said
    assert said.count("\n") == 1
    assert "hush" not in said


def test_that_an_unreadable_connection_string_ends_in_a_sentence(
    dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    monkeypatch.setenv("WELLTEGRA_POSTGRES__DSN", "postgresql:/u:hush-hush@h/d")
    assert run(["db", "migrate"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("postgres.dsn: must be a PostgreSQL connection string; could not be read, and is not shown")
    assert "hush" not in said


def test_that_a_newer_database_ends_in_a_sentence(dsn: str, capsys: Output) -> None:
    run(["db", "migrate"])
    with Postgres(dsn).connect() as connection:
        connection.execute(
            "INSERT INTO schema_migrations VALUES (%s, 'later_post_x', repeat('0', 64))", [len(sql.migrations()) + 1]
        )
    for command in ("migrate", "status"):
        assert run(["db", command]) == 2
        assert "must be no newer than this version of WellTegra" in capsys.readouterr().err


def test_that_a_whole_chain_shows_its_head_and_takes_it_back(dsn: str, capsys: Output) -> None:
    run(["db", "migrate"])
    capsys.readouterr()
    assert run(["audit", "verify"]) == 0
    assert capsys.readouterr().out == "Whole: there are no records yet.\n"
    record(dsn, 3)
    assert run(["audit", "verify"]) == 0
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "Whole: 3 records, and the tables say the same."
    assert third == "Keep the head elsewhere, for the next --head: a chain that was cut at its end looks whole."
    head = second.removeprefix("Head: ")
    record(dsn, 5)
    assert run(["audit", "verify", "--head", head]) == 0
    capsys.readouterr()
    assert run(["audit", "verify", "--head", head.replace("3:", "9:")]) == 1
    assert "every record must be as it was recorded; record 6 is missing: the chain was cut" in capsys.readouterr().err


def test_that_a_broken_chain_ends_in_a_sentence_and_code_1(dsn: str, capsys: Output) -> None:
    run(["db", "migrate"])
    record(dsn, 3)
    with Postgres(dsn).connect() as connection:
        connection.execute("ALTER TABLE alerts DISABLE TRIGGER ALL; UPDATE alerts SET level = 'normal' WHERE seq = 2")
    capsys.readouterr()
    assert run(["audit", "verify"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "record 2 and its row in alerts differ: level. Compare with a backup from before" in said.err


@pytest.mark.parametrize("head", ["3", "3:abc", "x:" + "0" * 64, ":" + "0" * 64, "3:" + "0" * 65])
def test_that_a_head_of_another_form_is_refused(dsn: str, capsys: Output, head: str) -> None:
    assert run(["audit", "verify", "--head", head]) == 2
    assert "must be a number, a colon and 64 hexadecimal digits" in capsys.readouterr().err
