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
    lay_roles(database)
    try:
        yield
    finally:
        with psycopg.connect(database.dsn, autocommit=True) as connection:
            for role in re.findall(r"CREATE ROLE (welltegra_\w+)", sql.roles()):
                name = pgsql.Identifier(role)
                connection.execute(pgsql.SQL("DROP OWNED BY {0}; DROP ROLE {0}").format(name))
