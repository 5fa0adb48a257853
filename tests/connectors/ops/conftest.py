"""A database with our tables, and the canonical profile in it."""

from __future__ import annotations

import pytest

from connectors.ops.profiles import StoredProfile, ensure_canonical
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from schemas.profiles import canonical_profile


@pytest.fixture
def database(postgres: str) -> Postgres:
    found = Postgres(postgres)
    migrate(found)
    return found


@pytest.fixture
def profile(database: Postgres) -> StoredProfile:
    return ensure_canonical(database, canonical_profile())
