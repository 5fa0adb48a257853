"""The roles of sql/roles.sql in a test's database: they belong to the server, so whoever lays them takes them away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql as pgsql

import sql
from connectors.ops.reading import lay_roles
from connectors.postgres.config import Postgres


@contextmanager
def roles_laid(database: Postgres) -> Iterator[None]:
    """Have the roles there meanwhile."""
    before = _roles(database)
    try:
        lay_roles(database)
        yield
    finally:
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            for role in sorted(_roles(database)):
                name = pgsql.Identifier(role)
                connection.execute(pgsql.SQL("DROP OWNED BY {}").format(name))
                # Another test of the session may have laid them, for as long as that lasts.
                if role not in before:
                    connection.execute(pgsql.SQL("DROP ROLE {}").format(name))


def _roles(database: Postgres) -> set[str]:
    """Return those of the roles that the server has."""
    ours = re.findall(r"CREATE ROLE (welltegra_\w+)", sql.roles())
    with psycopg.connect(database.dsn) as connection:
        return {row[0] for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)", [ours])}
