"""PostgreSQL for tests: the embedded one, or the server that WELLTEGRA_TEST_POSTGRES names by its connection string."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql as pgsql
from psycopg.conninfo import make_conninfo

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


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """Yield the connection string of an empty database of the test's own."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(pgsql.SQL("CREATE DATABASE {}").format(pgsql.Identifier(name)))
        try:
            yield make_conninfo(postgres_server, dbname=name)
        finally:
            connection.execute(pgsql.SQL("DROP DATABASE {} WITH (FORCE)").format(pgsql.Identifier(name)))
