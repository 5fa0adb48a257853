"""A database that keeps the line and says nothing: whoever waits for it has an answer, and all is well afterwards."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, LiteralString

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from connectors.postgres.config import Postgres
from tests.parts.tcp_proxy import TcpProxy
from welltegra.api import database as module
from welltegra.api.database import Database
from welltegra.api.problems import Problem

PATIENCE_S = 60.0


@pytest.fixture
def proxy(postgres: str) -> Iterator[TcpProxy]:
    with TcpProxy(int(str(conninfo_to_dict(postgres)["port"]))) as made:
        yield made


@pytest.fixture
def database(postgres: str, proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(module, "_WAIT_S", 3.0)
    monkeypatch.setattr(module, "_CONNECTS_WITHIN_S", 2)
    monkeypatch.setattr(module, "_LIVES_WITHIN_S", 0.5)
    monkeypatch.setattr(module, "role_of", lambda _: "postgres_reader_of_tests")
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS postgres_reader_of_tests")
        connection.execute("CREATE ROLE postgres_reader_of_tests")
        made = Database(Postgres(make_conninfo(postgres, host="127.0.0.1", port=proxy.port)), 2)
        made.open()
        try:
            yield made
        finally:
            made.close()
            connection.execute("DROP ROLE postgres_reader_of_tests")


def works(database: Database) -> bool:
    return asked(database, "SELECT 1") == (1,)


def asked(database: Database, question: LiteralString) -> tuple[Any, ...] | None:
    with database.transaction("reader") as connection:
        return connection.execute(question).fetchone()


def recovers(database: Database, question: LiteralString = "SELECT 1") -> tuple[Any, ...] | None:
    """Return what is answered, once it is: a busy machine may be slower than we are patient here."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return asked(database, question)
        except Problem:
            assert time.monotonic() < until, "it must answer again"


def test_that_a_silent_database_is_an_answer_and_not_a_wait_without_end(database: Database, proxy: TcpProxy) -> None:
    recovers(database)
    proxy.black_hole()
    with pytest.raises(Problem) as raised:
        works(database)
    assert raised.value.status == 503
    proxy.pass_on()
    recovers(database)


def test_that_a_statement_that_is_never_answered_is_given_up(
    database: Database, proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    recovers(database)
    # What the check sets a connection back to.
    monkeypatch.setattr(module, "_SILENT_S", 0.5)

    def silenced() -> None:
        with database.transaction("reader") as connection:
            proxy.black_hole()
            connection.execute("SELECT 1")

    with pytest.raises(Problem) as raised:
        silenced()
    assert raised.value.status == 503
    proxy.pass_on()
    recovers(database)


def test_that_a_transaction_that_is_left_open_is_ended_by_postgresql(database: Database) -> None:
    assert recovers(database, "SHOW idle_in_transaction_session_timeout") == ("1min",)
