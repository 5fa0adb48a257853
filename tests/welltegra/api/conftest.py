"""Two ranked projects in a database, an application on it, and people of every role."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from fastapi import FastAPI
from psycopg import sql as pgsql
from psycopg.conninfo import make_conninfo

from connectors.ops import keys, sessions
from connectors.ops.reading import acting_as
from connectors.postgres.config import Postgres
from connectors.postgres.migrate import migrate
from welltegra.api.app import create_app
from welltegra.auth.principal import ROLES
from welltegra.serving.child import Order, run
from welltegra.serving.plan import Plan, state_of
from welltegra.serving.server import prepare
from welltegra.settings.model import Settings, WebSettings
from welltegra.simulator.field.making import make_field
from welltegra.simulator.field.plan import FieldOptions

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it asks for a successor of httpx, which we do not use
    from starlette.testclient import TestClient

__all__ = ["ORIGIN", "PORT", "As", "Site", "TestClient"]

ORIGIN, PORT = "http://127.0.0.1:8080", 8080
WELLS = 6


@dataclass(frozen=True)
class Site:
    """A database with two ranked projects. ours, theirs: their ids."""

    postgres: Postgres
    ours: str
    theirs: str
    folders: Mapping[str, Path]
    secrets: Mapping[str, str]

    def settings(self, **sections: Any) -> Settings:
        return Settings(**{"projects": dict(self.folders), "web": WebSettings(pool=4), **sections})

    def app(self, settings: Settings | None = None) -> FastAPI:
        plan = Plan(settings or self.settings(), self.postgres, ORIGIN, PORT, True, None, os.getpid())
        return create_app(state_of(plan), None, PORT, True)

    def key(self, role: str, project_id: str | None, *scopes: str) -> str:
        """Return the secret of a new API key."""
        with self.postgres.session("") as connection, acting_as(connection, "welltegra_platform"):
            return keys.create(
                connection,
                name=f"a {role}",
                project_id=project_id,
                role=role,
                created_by="tests",
                days=1,
                scopes=scopes,
            ).secret

    def session(self, roles: Mapping[str, str], csrf: str = "c" * 43) -> str:
        """Return the cookie of a new session."""
        with self.postgres.session("") as connection, acting_as(connection, "welltegra_gatekeeper"):
            return sessions.create(connection, subject="ann", name="Ann", roles=roles, how="oidc", csrf=csrf, hours=1)


@pytest.fixture(scope="session")
def site(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    name = f"test_api_{os.getpid()}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(pgsql.SQL("CREATE DATABASE {}").format(pgsql.Identifier(name)))
        try:
            yield _made(Postgres(make_conninfo(postgres_server, dbname=name)), tmp_path_factory.mktemp("fields"))
        finally:
            connection.execute(pgsql.SQL("DROP DATABASE {} WITH (FORCE)").format(pgsql.Identifier(name)))


def _made(postgres: Postgres, folder: Path) -> Site:
    migrate(postgres)
    prepare(postgres, ours=True)
    ids = {seed: f"synthetic-{seed}-{WELLS}" for seed in (7, 8)}
    folders = {}
    for seed, project_id in ids.items():
        folders[project_id] = folder / project_id
        make_field(FieldOptions(WELLS, seed, 1.0, logs=False, gaps=True), folders[project_id])
        run(Order(project_id, str(folders[project_id]), postgres.dsn, "tests"), lambda **_: None)
    made = Site(postgres, ids[7], ids[8], folders, {})
    secrets = {role: made.key(role, None if role == ROLES[-1] else ids[7]) for role in ROLES}
    secrets["stranger"] = made.key("project_admin", ids[8])
    return Site(postgres, ids[7], ids[8], folders, secrets)


@pytest.fixture(scope="session")
def app(site: Site) -> FastAPI:
    return site.app()


@pytest.fixture(scope="session")
def server(app: FastAPI) -> Iterator[TestClient]:
    """Yield who asks without saying who."""
    with TestClient(app, base_url=ORIGIN, raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


As = Callable[[str], TestClient]


@pytest.fixture
def as_(site: Site, server: TestClient) -> Iterator[As]:
    """Yield what returns the client, saying who asks: a role, or `stranger`, or nobody for an empty text."""

    def choose(who: str) -> TestClient:
        server.headers.pop("authorization", None)
        if who:
            server.headers["authorization"] = f"Bearer {site.secrets[who]}"
        return server

    yield choose
    choose("")


@pytest.fixture
def target(site: Site, as_: As) -> dict[str, Any]:
    """Return the first target of our project."""
    found = as_("viewer").get(f"/projects/{site.ours}/portfolio/reopening-targets", params={"limit": 1}).json()
    row: dict[str, Any] = found["targets"][0]
    return row
