"""The second check, by PostgreSQL: what each role of it may do to each table, and which of them a route works as."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from types import FunctionType, ModuleType
from typing import Any, Final

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from psycopg import errors
from psycopg import sql as pgsql

from tests.welltegra.api.conftest import Site
from welltegra.api.database import GRANTS, Database, role_of
from welltegra.auth.permissions import ROUTES, Grant

# By table and role: s(elect), i(nsert), u(pdate) of at least one column, d(elete). What is absent may nothing.
_OPS = ("reader", "reviewer", "profile_keeper", "ranker", "platform")
_READ: Final = dict.fromkeys(_OPS, "s")
_RANKED: Final = _READ | {"ranker": "si"}
MAY: Final[dict[str, dict[str, str]]] = {
    "ops.input_snapshots": _RANKED,
    "ops.input_sources": _RANKED,
    "ops.input_wells": _RANKED,
    "ops.input_production": _RANKED,
    "ops.discovery_runs": _RANKED,
    "ops.well_bypassed_candidates": _RANKED,
    "ops.interval_log_strips": _RANKED,
    "ops.well_reopening_targets": _RANKED,
    "ops.reopen_ranking_runs": _READ | {"ranker": "siu"},
    "ops.well_data_gaps": _READ | {"ranker": "siu", "reviewer": "su"},
    "ops.ranking_jobs": _READ | {"ranker": "siu"},
    "ops.reopening_review_events": _READ | {"reviewer": "si"},
    "ops.input_overrides": _READ | {"reviewer": "siu"},
    "ops.worklist_exports": _READ | {"reviewer": "si"},
    "ops.reopen_score_profiles": _READ | {"profile_keeper": "siu", "platform": "siu"},
    "ops.reopen_profile_audit": _READ | {"profile_keeper": "si", "platform": "si"},
    "access.members": {"gatekeeper": "s", "platform": "siud"},
    "access.api_keys": {"gatekeeper": "su", "platform": "siu"},
    "access.sessions": {"gatekeeper": "siud"},
    "access.changes": {"platform": "s"},
    # Triggers write to these, and to access.changes.
    "ops.worklist_rows": _READ,
    "ops.review_states": _READ,
    "public.schema_migrations": dict.fromkeys(GRANTS, "s"),
    # Of the live side: reviewers and rankers have no business there.
    **{
        f"public.{name}": {"reader": "s"}
        for name in (
            *("alerts", "audit", "captured_samples", "captures", "consumed_offsets", "dead_letters"),
            "violation_messages",
        )
    },
}
# Of no row, so that what is allowed changes nothing; PostgreSQL asks for the right before it looks.
_TRIES: Final = {
    "s": "SELECT {column} FROM {table} WHERE false",
    "i": "INSERT INTO {table} ({column}) SELECT NULL WHERE false",
    "u": "UPDATE {table} SET {column} = NULL WHERE false",
    "d": "DELETE FROM {table} WHERE false",
}


@pytest.fixture(scope="module")
def database(site: Site) -> Iterator[Database]:
    found = Database(site.postgres, 1)
    found.open()
    yield found
    found.close()


def columns_of(site: Site) -> dict[str, list[str]]:
    with site.postgres.session("") as connection:
        found = connection.execute(
            "SELECT n.nspname || '.' || c.relname, array_agg(a.attname::text ORDER BY a.attnum) FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE n.nspname IN ('ops', 'access', 'public') AND c.relkind IN ('r', 'p') AND a.attgenerated = ''"
            " AND a.attidentity = '' GROUP BY 1"
        ).fetchall()
    return dict(found)


def may(database: Database, grant: Grant, table: str, right: str, columns: list[str]) -> bool:
    """Return whether a statement of that kind is let through on any column, in a transaction as a request has one."""
    schema, _, name = table.partition(".")
    with database._pool.connection() as connection:
        for column in columns if right in "siu" else [""]:
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(pgsql.SQL("SET LOCAL ROLE {}").format(pgsql.Identifier(role_of(grant))))
                    connection.execute(
                        pgsql.SQL(_TRIES[right]).format(
                            table=pgsql.Identifier(schema, name), column=pgsql.Identifier(column or "x")
                        )
                    )
            except errors.InsufficientPrivilege:
                continue
            return True
    return False


def test_that_every_table_is_asked_about(site: Site) -> None:
    assert set(columns_of(site)) == set(MAY)


@pytest.mark.parametrize("grant", GRANTS)
def test_that_each_role_may_to_each_table_what_is_written_and_no_more(
    grant: Grant, site: Site, database: Database
) -> None:
    columns = columns_of(site)
    found = {
        table: "".join(right for right in _TRIES if may(database, grant, table, right, columns[table])) for table in MAY
    }
    assert found == {table: roles.get(grant, "") for table, roles in MAY.items()}


def opened_by(function: Any, seen: set[Any] | None = None) -> set[str]:
    """Return the grants with which a function of ours, and what it calls of ours, opens transactions."""
    seen = set() if seen is None else seen
    function = inspect.unwrap(function)
    if function in seen or not getattr(function, "__module__", "").startswith(("welltegra.api", "welltegra.web")):
        return set()
    seen.add(function)
    found: set[str] = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("transaction", "as_role") and node.args:
                (argument,) = node.args
                assert isinstance(argument, ast.Constant), f"{function.__qualname__} must name the grant where it opens"
                found.add(str(argument.value))
            of = node.func.value
            module = function.__globals__.get(of.id) if isinstance(of, ast.Name) else None
            called = getattr(module, node.func.attr, None) if isinstance(module, ModuleType) else None
        elif isinstance(node, ast.Name):
            called = function.__globals__.get(node.id)
        else:
            continue
        if isinstance(called, FunctionType):
            found |= opened_by(called, seen)
    return found


def test_that_a_route_works_as_the_role_that_the_table_of_permissions_grants_it(app: FastAPI) -> None:
    """A reader's transaction is anybody's; beside it there is that of `Need.grant`, and none of a third role."""
    wrong = {}
    for route in app.router.routes:
        if not isinstance(route, APIRoute) or ROUTES[route.name].reach == "public":
            continue
        # Who asks is found out as the gatekeeper, before each route, and by some once more.
        need, found = ROUTES[route.name], opened_by(route.endpoint) - {"gatekeeper"}
        if not (found <= {need.grant, "reader"} and (need.grant == "reader" or need.grant in found)):
            wrong[route.name] = (need.grant, found)
    assert wrong == {}, wrong
