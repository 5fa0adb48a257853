"""Asking for a ranking: one of a project at a time, and never another than the one that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.welltegra.api.conftest import As, Site

PLACE = "/well-logs/jobs/reopen-rank"
KEY = "earthbond_reopen_v1"


@pytest.fixture
def free(site: Site) -> Iterator[str]:
    """Yield the id of a project of which nothing is asked for, before or after."""

    def clear() -> None:
        with site.postgres.session("") as connection:
            connection.execute("DELETE FROM ops.ranking_jobs WHERE project_id = %s", [site.theirs])

    clear()
    yield site.theirs
    clear()


def test_that_the_ranking_that_waits_is_the_answer_to_who_asks_for_the_same(as_: As, free: str) -> None:
    client = as_("stranger")
    for asked in ({}, {"profile_key": None}):
        assert client.post(PLACE, json={"project_id": free, **asked}).status_code == 202
    assert len(client.get(f"/projects/{free}/jobs").json()) == 1


@pytest.mark.parametrize("waits, asked", [(KEY, "own_v1"), (None, KEY), (KEY, None)])
def test_that_who_asks_by_another_profile_is_told_of_the_ranking_that_waits(
    waits: str | None, asked: str | None, as_: As, free: str
) -> None:
    client = as_("stranger")
    first = client.post(PLACE, json={"project_id": free, "profile_key": waits})
    assert first.status_code == 202
    answer = client.post(PLACE, json={"project_id": free, "profile_key": asked})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    said: dict[str, Any] = answer.json()
    named: dict[str | None, str] = {None: "null (the one that the project names)"}
    assert said["detail"] == (
        f"profile_key: must be {named.get(waits, repr(waits))} while the ranking of {free!r} by it waits or runs"
        f" (job {first.json()['job_id']}); was {named.get(asked, repr(asked))}. Ask again once that one has ended."
    )
    assert [one["pointer"] for one in said["errors"]] == ["body.profile_key"]
    assert [job["profile_key"] for job in client.get(f"/projects/{free}/jobs").json()] == [waits]


def test_that_the_refusal_is_documented(as_: As) -> None:
    described = as_("").get("/openapi.json").json()["paths"][PLACE]["post"]["responses"]
    assert described["409"] == {"$ref": "#/components/responses/Problem409"}
