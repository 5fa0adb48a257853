"""HEAD answers as GET does, without a body, on every address that the description has a GET of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI

from connectors.ops import jobs
from connectors.ops.reading import acting_as
from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.api.openapi import operations

# No JSON: a file, and a stream that never ends.
OTHERS = ("export", "events")


@pytest.fixture(scope="module")
def places(app: FastAPI, site: Site, server: TestClient) -> dict[str, str]:
    """Return an address that is there for each operation that reads JSON."""
    server.headers["authorization"] = f"Bearer {site.secrets['platform_admin']}"
    base = f"/projects/{site.ours}"
    target = server.get(f"{base}/portfolio/reopening-targets").json()["targets"][0]
    run = server.get(f"{base}/runs").json()[0]
    with site.postgres.session("") as connection, acting_as(connection, "welltegra_ranker"):
        job, _ = jobs.enqueue(connection, site.ours, "tests")
    canonical = next(one for one in server.get("/scoring-profiles").json() if one["project_id"] is None)
    server.headers.pop("authorization")
    known = {
        "project_id": site.ours,
        "target_id": target["reopening_target_id"],
        "job_id": str(job.job_id),
        "profile_id": canonical["scoring_profile_id"],
    }
    queries = {
        "compare": f"?before={run['run_id']}&after={run['run_id']}",
        "compare_profiles": f"?before={known['profile_id']}&after={known['profile_id']}",
    }
    return {
        operation["operationId"]: re.sub(r"\{(\w+)\}", lambda found: known[found[1]], path)
        + queries.get(operation["operationId"], "")
        for path, method, operation in _reads(app)
    }


def _reads(app: FastAPI) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, method, operation in operations(app.openapi()):
        if method == "get" and operation["operationId"] not in OTHERS:
            yield path, method, operation


def test_that_every_read_has_a_tag_and_is_not_sent_twice(places: dict[str, str], app: FastAPI, as_: As) -> None:
    client = as_("platform_admin")
    assert len(places) > 15
    for name, place in places.items():
        first = client.get(place)
        assert first.status_code == 200, f"{name}: {first.text[:300]}"
        assert re.fullmatch(r'"[0-9a-f]{32}"', first.headers["etag"]), name
        assert first.headers["cache-control"] == "private, no-cache", name
        assert first.headers["vary"] == "Authorization, Cookie", name
        again = client.get(place, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"]), name
        assert client.get(place, headers={"If-None-Match": '"another"'}).content == first.content, name
    for _, _, operation in _reads(app):
        assert {"200", "304"} <= operation["responses"].keys(), operation["operationId"]
        assert "ETag" in operation["responses"]["200"]["headers"], operation["operationId"]


def test_that_head_answers_as_get_does_without_a_body(places: dict[str, str], as_: As) -> None:
    client = as_("platform_admin")
    for name, place in places.items():
        got, headed = client.get(place), client.head(place)
        assert (headed.status_code, headed.content) == (200, b""), name
        assert dict(headed.headers) == dict(got.headers), name
        assert client.head(place, headers={"If-None-Match": got.headers["etag"]}).status_code == 304, name


def test_that_head_of_pages_and_of_what_is_not_there_has_no_body_either(site: Site, as_: As) -> None:
    client = as_("viewer")
    for place, status in ((f"/projects/{site.ours}/worklist", 200), ("/nowhere", 404), ("/static/welltegra.css", 200)):
        got, headed = client.get(place), client.head(place)
        assert (got.status_code, headed.status_code, headed.content) == (status, status, b""), place
        assert headed.headers["content-type"] == got.headers["content-type"], place
    nobody = as_("").head(f"/projects/{site.ours}/runs")
    assert (nobody.status_code, nobody.content) == (401, b"")


def test_that_head_makes_no_file_opens_no_stream_and_signs_nobody_in(site: Site, as_: As) -> None:
    def made() -> Any:
        with site.postgres.session("") as connection:
            return connection.execute("SELECT count(*) FROM ops.worklist_exports").fetchone()

    before, client = made(), as_("operator")
    base = f"/projects/{site.ours}"
    for place in (f"{base}/reopening-targets/export", f"{base}/events", "/sign-in/local?token=x"):
        answer = client.head(place)
        assert (answer.status_code, answer.headers.get("allow"), answer.content) == (405, "GET", b""), place
    assert made() == before


def test_that_a_read_of_what_is_not_there_has_no_tag(site: Site, as_: As) -> None:
    answer = as_("viewer").get(f"/projects/{site.ours}/scoring-profiles/{uuid4()}")
    assert answer.status_code == 404
    assert "etag" not in answer.headers
