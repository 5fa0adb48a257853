"""A database with our tables, and a recorder on it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from connectors.postgres.config import Postgres
from connectors.postgres.sink import Recorder


@pytest.fixture
def database(migrated: str) -> Postgres:
    return Postgres(migrated)


@pytest.fixture
def stop() -> threading.Event:
    return threading.Event()


@pytest.fixture
def recorder(database: Postgres, stop: threading.Event) -> Iterator[Recorder]:
    found = Recorder(database, stop, settle_s=0)
    yield found
    found.close()
