from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connectors.ops import keys
from connectors.ops.reading import lay_roles
from connectors.postgres.config import Postgres
from welltegra.commands.key import NoSuchKey, key
from welltegra.invocation import Invocation


@pytest.fixture
def database(migrated: str, tmp_path: Path) -> Postgres:
    found = Postgres(migrated)
    lay_roles(found)
    return found


def run(database: Postgres, *arguments: str) -> Result:
    return CliRunner().invoke(key, [*arguments, "--dsn", database.dsn], obj=Invocation(Path("/dev/null")))


def test_that_a_key_is_shown_once_listed_without_its_secret_and_refused_once_revoked(database: Postgres) -> None:
    made = run(database, "create", "historian", "--role", "operator", "--project", "kern", "--scope", "review")
    assert made.exit_code == 0, made.output
    secret = made.stdout.strip()
    with database.session("") as connection:
        found = keys.find(connection, secret)
    assert found is not None
    assert (found.role, found.project_id, found.scopes) == ("operator", "kern", ("review",))
    listed = run(database, "list")
    assert "historian" in listed.stdout
    assert secret not in listed.stdout
    assert run(database, "revoke", str(found.key_id)).exit_code == 0
    with database.session("") as connection:
        assert keys.find(connection, secret) is None
    assert re.search(r"revoked +operator in kern", run(database, "list").stdout)
    assert isinstance(run(database, "revoke", str(found.key_id)).exception, NoSuchKey)


def test_that_a_key_may_only_read_unless_told(database: Postgres) -> None:
    secret = run(database, "create", "reader").stdout.strip()
    with database.session("") as connection:
        found = keys.find(connection, secret)
    assert found is not None
    assert (found.role, found.scopes) == ("viewer", ("read",))
