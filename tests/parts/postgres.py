"""PostgreSQL for tests: the embedded one, or the server that WELLTEGRA_TEST_POSTGRES names by its connection string."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql as pgsql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from welltegra.embedded.postgres import EmbeddedPostgres

_numbers = itertools.count(1)

# Nothing here has to outlive a power cut, and each commit would wait for the disk.
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def open_folder() -> Path:
    """Return a new folder that the user `nobody` can reach; pytest's own are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix="welltegra-test-"))
    folder.chmod(0o711)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Yield the connection string of a server, one for all tests, where we may do everything."""
    if given := os.environ.get("WELLTEGRA_TEST_POSTGRES"):
        yield given
        return
    folder = open_folder()
    try:
        with EmbeddedPostgres(folder, options=QUICK) as server:
            yield server.dsn
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _tables(postgres_server: str) -> Iterator[str]:
    """Yield the name of a database with our tables, to be copied: that takes a fraction of making them again."""
    with _database(postgres_server) as dsn:
        migrate(Postgres(dsn))
        yield str(conninfo_to_dict(dsn)["dbname"])


@pytest.fixture
def postgres(postgres_server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Yield the connection string of a database of the test's own; it is empty unless the test asks for `migrated`."""
    asked = "migrated" in request.fixturenames
    with _database(postgres_server, request.getfixturevalue("_tables") if asked else "template1") as dsn:
        yield dsn


@pytest.fixture
def migrated(postgres: str) -> str:
    """Return the connection string of `postgres`, which then has our tables."""
    return postgres


@contextmanager
def _database(server: str, template: str = "template1") -> Iterator[str]:
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            pgsql.SQL("CREATE DATABASE {} TEMPLATE {}").format(pgsql.Identifier(name), pgsql.Identifier(template))
        )
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            connection.execute(pgsql.SQL("DROP DATABASE {} WITH (FORCE)").format(pgsql.Identifier(name)))
