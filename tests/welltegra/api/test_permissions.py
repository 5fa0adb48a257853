"""Every route for every role, generated from the table of permissions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route

from connectors.ops import jobs
from connectors.ops.reading import acting_as
from tests.welltegra.api.conftest import As, Site
from welltegra.api.database import Database
from welltegra.api.problems import Problem
from welltegra.auth.permissions import ROUTES, Grant, Need
from welltegra.auth.principal import ROLES

# Somebody who asks: nobody known, the roles in our project, and an administrator of another project.
ASKING = ("", *ROLES, "stranger")
# Streams never end, and what signs in or out is tried elsewhere.
_ELSEWHERE = ("events", "sign_out")


def routes_of(app: FastAPI) -> Iterator[Route | Mount]:
    for route in app.router.routes:
        assert isinstance(route, Route | Mount), f"{route!r} must be one that the guard can stand before"
        yield route


def test_that_every_route_is_in_the_table_and_every_line_of_the_table_is_a_route(app: FastAPI) -> None:
    assert sorted(ROUTES) == sorted({str(route.name) for route in routes_of(app)})


def test_that_a_route_that_is_not_in_the_table_is_not_served(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ROUTES, "portfolio")
    with pytest.raises(ValueError, match="has not portfolio"):
        site.app()


def expected(need: Need, who: str) -> tuple[int, ...]:
    """Return the statuses that the guard itself may end a request with; none where it must let it through."""
    if need.reach == "public":
        return ()
    if not who:
        return (401,)
    if need.reach == "own":
        return ()
    if need.reach == "platform":
        return () if who == "platform_admin" else (403,)
    if who == "stranger":
        return (404,)
    return () if ROLES.index(who) >= ROLES.index(need.least) else (403,)


@pytest.mark.parametrize("name", sorted(set(ROUTES) - set(_ELSEWHERE)))
def test_that_each_role_may_what_the_table_says_and_no_more(
    name: str, app: FastAPI, site: Site, as_: As, target: dict[str, Any]
) -> None:
    for route in routes_of(app):
        if route.name != name or isinstance(route, Mount):
            continue
        with site.postgres.session("") as connection, acting_as(connection, "welltegra_ranker"):
            job, _ = jobs.enqueue(connection, site.ours, "tests")
        known = {"project_id": site.ours, "target_id": target["reopening_target_id"], "job_id": str(job.job_id)}

        def filled(found: re.Match[str], known: dict[str, str] = known) -> str:
            return known.get(found[1], str(uuid4()))

        place = re.sub(r"\{(\w+)[^}]*\}", filled, route.path)
        body = {"project_id": site.ours} if name == "queue_ranking" else {}
        for method in sorted(route.methods or set()):
            for who in ASKING:
                answer = as_(who).request(method, place, **({} if method in ("GET", "HEAD") else {"json": body}))
                wanted = expected(ROUTES[name], who)
                shown = f"{method} {place} as {who or 'nobody'}: {answer.status_code} {answer.text[:300]}"
                if wanted:
                    assert answer.status_code in wanted, shown
                    assert answer.headers["content-type"] == "application/problem+json", shown
                else:
                    assert answer.status_code not in (401, 403), shown
                    assert answer.status_code < 500, shown


def test_that_what_is_another_projects_is_answered_as_if_it_were_not_there(
    site: Site, as_: As, target: dict[str, Any]
) -> None:
    theirs = as_("stranger").get(f"/projects/{site.theirs}/portfolio/reopening-targets").json()["targets"][0]
    there, nowhere = (
        as_("platform_admin").get(f"/projects/{project}/reopening-targets/{theirs['reopening_target_id']}")
        for project in (site.theirs, site.ours)
    )
    assert (there.status_code, nowhere.status_code) == (200, 404)
    # Through our project, though the role would do; and their project, known or not, in one and the same sentence.
    own = as_("project_admin").patch(
        f"/projects/{site.ours}/reopening-targets/{theirs['reopening_target_id']}/review",
        json={"state": "accepted"},
        headers={"If-Match": '"0"'},
    )
    assert own.status_code == 404
    said = {
        as_("project_admin").get(f"/projects/{project}/portfolio/facets").text.replace(project, "P")
        for project in (site.theirs, "no-such-project")
    }
    assert len(said) == 1


def test_that_a_key_may_no_more_than_its_scopes_say(site: Site, server: Any, target: dict[str, Any]) -> None:
    place = f"/projects/{site.ours}"
    reader = {"authorization": f"Bearer {site.key('project_admin', site.ours, 'read')}"}
    assert server.get(f"{place}/portfolio/reopening-targets", headers=reader).status_code == 200
    refused = server.post(f"{place}/overrides", json={}, headers=reader)
    assert (refused.status_code, "scope 'override'" in refused.text) == (403, True)


@pytest.mark.parametrize(
    "credential", ["Bearer", "Bearer wtg_x", "Bearer a.b.c", "Basic YTpi", "Bearer wtg_" + "A" * 43]
)
def test_that_a_credential_that_is_not_believed_is_refused_even_where_a_browser_is_signed_in(
    credential: str, site: Site, server: Any
) -> None:
    cookie = {"cookie": f"welltegra_session={site.session({'*': 'viewer'})}"}
    assert server.get("/me", headers=cookie).status_code == 200
    answer = server.get("/me", headers={**cookie, "authorization": credential})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert "A" * 43 not in answer.text


@pytest.mark.parametrize(
    "grant, statement",
    [
        ("reader", "INSERT INTO ops.input_overrides (project_id) VALUES ('a')"),
        ("reader", "SELECT * FROM access.api_keys"),
        ("reviewer", "UPDATE ops.reopen_score_profiles SET is_active = false"),
        ("profile_keeper", "INSERT INTO ops.ranking_jobs (project_id, requested_by) VALUES ('a', 'b')"),
        ("ranker", "SELECT * FROM access.sessions"),
        ("gatekeeper", "UPDATE access.members SET role = 'platform_admin'"),
        ("platform", "DELETE FROM ops.well_reopening_targets"),
    ],
)  # fmt: skip
def test_that_postgresql_refuses_what_a_mistake_of_the_server_would_let_through(
    grant: Grant, statement: str, site: Site
) -> None:
    database = Database(site.postgres, 1)
    database.open()
    try:
        with pytest.raises(Problem) as refused, database.transaction(grant) as connection:
            connection.execute(statement)
        assert refused.value.status == 403
    finally:
        database.close()
