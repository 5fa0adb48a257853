"""Lists that grow go on where their Link header says, to their end, with nothing twice and nothing left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.welltegra.api.conftest import As, Site

# Several of one moment: then by id.
JOBS = """
INSERT INTO ops.ranking_jobs (project_id, requested_by, state, queued_at, finished_at, error)
SELECT %s, 'tests', 'failed', TIMESTAMPTZ '2026-01-01' + (n / 3) * INTERVAL '1 h', TIMESTAMPTZ '2026-02-01', 'tests'
FROM generate_series(1, 11) AS n
"""
RUNS = """
INSERT INTO ops.reopen_ranking_runs (
    run_id, project_id, scoring_profile_id, profile_key, profile_sha256, scoring_version, input_sha256, code_version,
    as_of, status, generated_at, requested_by, error
)
SELECT gen_random_uuid(), %s, scoring_profile_id, profile_key, profile_sha256, scoring_version, input_sha256,
    'tests ' || gen_random_uuid(), as_of, 'failed', TIMESTAMPTZ '2026-01-01' + (n / 3) * INTERVAL '1 h', 'tests', 'x'
FROM generate_series(1, 11) AS n, (SELECT * FROM ops.reopen_ranking_runs LIMIT 1) AS run
"""


@pytest.fixture
def project(site: Site) -> Iterator[str]:
    """Yield the id of a project with eleven jobs and eleven runs."""
    name = f"paged-{uuid4()}"
    with site.postgres.session("") as connection:
        for statement in (JOBS, RUNS):
            connection.execute(statement, [name])
    yield name
    with site.postgres.session("") as connection:
        connection.execute("DELETE FROM ops.ranking_jobs WHERE project_id = %s", [name])
        connection.execute("DELETE FROM ops.reopen_ranking_runs WHERE project_id = %s", [name])


@pytest.mark.parametrize("limit", [1, 4, 10, 11, 12])
@pytest.mark.parametrize(("of", "name"), [("jobs", "job_id"), ("runs", "run_id")])
def test_that_it_goes_on_to_the_end(of: str, name: str, limit: int, as_: As, project: str) -> None:
    client = as_("platform_admin")
    whole = [one[name] for one in client.get(f"/projects/{project}/{of}").json()]
    assert len(set(whole)) == len(whole) == 11
    pages = _pages(client, f"/projects/{project}/{of}?limit={limit}")
    assert [one[name] for page in pages for one in page] == whole
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)


def test_that_who_let_whom_in_goes_on_to_the_end(as_: As, project: str) -> None:
    client, place = as_("platform_admin"), f"/projects/{project}/members"
    for number in range(5):
        assert client.put(f"{place}/somebody-{number}", json={"role": "viewer"}).status_code == 200
    whole = client.get(f"{place}/history", params={"limit": 500}).json()
    assert {f"somebody-{number}" for number in range(5)} <= {one["subject"] for one in whole}
    assert [one for page in _pages(client, f"{place}/history?limit=2") for one in page] == whole
    for number in range(5):
        client.delete(f"{place}/somebody-{number}")


@pytest.mark.parametrize("of", ["jobs", "runs"])
def test_that_what_it_goes_on_from_must_be_of_the_project(of: str, as_: As, project: str, site: Site) -> None:
    client, name = as_("platform_admin"), f"{of[:-1]}_id"
    ours: str = client.get(f"/projects/{project}/{of}").json()[0][name]
    for before in (ours, str(UUID(int=1))):
        answer = client.get(f"/projects/{site.ours}/{of}", params={"before": before})
        assert answer.status_code == 404, answer.text
        assert before in answer.json()["detail"]
    for wrong in ({"before": "x"}, {"limit": 0}, {"limit": 501}):
        assert client.get(f"/projects/{project}/{of}", params=wrong).status_code == 422


def test_that_the_page_of_rankings_leads_to_the_older_ones(as_: As, project: str, site: Site) -> None:
    with site.postgres.session("") as connection:
        for _ in range(8):
            connection.execute(RUNS, [project])
    client, place = as_("platform_admin"), f"/projects/{project}/rankings"
    newest = client.get(place).text
    older = re.search(r'href="([^"]+before=[^"]+)">Older<', newest)
    assert older is not None
    rest = client.get(older[1]).text
    assert [page.partition('id="asked-for"')[0].count("<td>1 Jan 2026 ") for page in (newest, rest)] == [50, 49]
    # A script on the older ones cannot take one of them for the current one.
    assert [page.count("data-current") for page in (newest, rest)] == [1, 0]
    assert client.get(place, params={"before": str(UUID(int=1))}).status_code == 404


def _pages(client: Any, place: str) -> list[list[dict[str, Any]]]:
    """Return what each page holds, from this address to where no Link leads on."""
    pages = []
    while place:
        answer = client.get(place)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        place = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
    return pages
