"""Members of a project over the API and the page: who is let in, what is asked twice, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest

from connectors.ops import members
from connectors.ops.reading import acting_as
from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.api.members import check_gives
from welltegra.api.problems import Problem
from welltegra.auth.principal import Principal

CSRF = "c" * 43
PAGE = {"accept": "text/html"}


@pytest.fixture
def project(site: Site) -> Iterator[str]:
    """Yield a project of nobody's yet, and leave it so: members need no ranking."""
    found = f"field-{uuid4().hex[:8]}"
    yield found
    with site.postgres.session("") as connection, acting_as(connection, "welltegra_platform"):
        for one in members.list_members(connection):
            if one.project_id == found:
                members.remove(connection, one.subject, found, "tests")


Browser = Callable[..., Any]


@pytest.fixture
def browser(site: Site, server: TestClient) -> Iterator[Browser]:
    """Yield what posts a form of a page, as whoever has these roles; the subject is ann."""

    def post(roles: dict[str, str], place: str, *, csrf: str | None = CSRF, **form: Any) -> Any:
        cookie = {"cookie": f"welltegra_session={site.session(roles)}"}
        data = form | ({} if csrf is None else {"csrf_token": csrf})
        return server.post(place, data=data, headers=cookie | PAGE)

    yield post
    server.headers.pop("authorization", None)


def given(site: Site, project: str, **roles: str) -> None:
    """Have these people members."""
    with site.postgres.session("") as connection, acting_as(connection, "welltegra_platform"):
        for subject, role in roles.items():
            members.set_role(connection, subject, project, role, "tests")


def test_that_a_member_is_set_changed_and_removed_and_each_is_kept_with_who_did_it(
    site: Site, as_: As, project: str
) -> None:
    client, place = as_("platform_admin"), f"/projects/{project}/members"
    made = client.put(f"{place}/bob", json={"role": "viewer"})
    assert (made.status_code, made.json()["role"]) == (200, "viewer")
    assert "key:" in made.json()["granted_by"]
    assert client.put(f"{place}/bob", json={"role": "operator"}).status_code == 200
    assert [one["subject"] for one in client.get(place).json() if one["project_id"] == project] == ["bob"]
    assert client.delete(f"{place}/bob").status_code == 204
    assert client.delete(f"{place}/bob").status_code == 404
    told = [one for one in client.get(f"{place}/history").json() if one["project_id"] == project]
    assert [(one["what"], one["subject"], one["before"], one["after"]) for one in told] == [
        ("member_removed", "bob", {"role": "operator"}, None),
        ("member_set", "bob", {"role": "viewer"}, {"role": "operator"}),
        ("member_set", "bob", None, {"role": "viewer"}),
    ]
    assert {one["actor"] for one in told} == {made.json()["granted_by"]}
    older = client.get(f"{place}/history", params={"before": told[0]["change_id"], "limit": 1}).json()
    assert older == told[1:2]


def test_that_a_role_of_the_platform_is_not_a_projects_to_give(site: Site, as_: As) -> None:
    place = f"/projects/{site.ours}/members/eve"
    for who in ("project_admin", "platform_admin"):
        assert as_(who).put(place, json={"role": "platform_admin"}).status_code == 422
    assert as_("operator").put(place, json={"role": "viewer"}).status_code == 403


@pytest.mark.parametrize("most", ["viewer", "operator", "project_admin"])
def test_that_nobody_gives_a_greater_role_than_their_own(most: str) -> None:
    ann = Principal("ann", "Ann", {"kern": most}, "session")
    ladder = ("viewer", "operator", "project_admin", "platform_admin")
    for role in ladder[: ladder.index(most) + 1]:
        check_gives(ann, "kern", role)
    for role in ladder[ladder.index(most) + 1 :]:
        with pytest.raises(Problem) as refused:
            check_gives(ann, "kern", role)
        assert refused.value.status == 403
    with pytest.raises(Problem):
        check_gives(ann, "*", "viewer")


def test_that_the_last_administrator_cannot_shut_themselves_out(site: Site, browser: Browser, project: str) -> None:
    given(site, project, ann="project_admin", bob="operator")
    for place, form in (("people/remove", {}), ("people", {"role": "viewer"})):
        for sure in ("false", "true"):
            answer = browser({}, f"/projects/{project}/{place}", subject="ann", sure=sure, **form)
            assert answer.status_code == 409, answer.text
            assert "Make somebody else project_admin first" in answer.text
    # Once there is another, they are asked whether they mean it.
    given(site, project, bob="project_admin")
    asked = browser({}, f"/projects/{project}/people/remove", subject="ann")
    assert asked.status_code == 200
    assert "You give up your own role" in asked.text
    assert 'name="sure" value="true"' in asked.text
    with site.postgres.session("") as connection:
        assert members.member(connection, "ann", project) is not None
    done = browser({}, f"/projects/{project}/people/remove", subject="ann", sure="true")
    assert (done.status_code, done.headers["location"]) == (303, "/projects")
    with site.postgres.session("") as connection:
        assert members.member(connection, "ann", project) is None
        assert members.changes(connection, project)[0].actor == "Ann (ann)"


def test_that_the_platform_takes_the_last_administrator_away_if_it_means_it(site: Site, as_: As, project: str) -> None:
    given(site, project, ann="project_admin")
    client, place = as_("platform_admin"), f"/projects/{project}/members/ann"
    for refused in (client.delete(place), client.put(place, json={"role": "viewer"})):
        assert refused.status_code == 409
        assert "Nobody else among the members" in refused.json()["detail"]
        assert "confirm=true" in refused.json()["detail"]
    # Who stays project_admin is given it again without being asked.
    assert client.put(place, json={"role": "project_admin"}).status_code == 200
    assert client.delete(place, params={"confirm": "true"}).status_code == 204


def test_that_an_administrator_removes_another_without_being_asked_as_long_as_one_is_left(
    site: Site, browser: Browser, project: str
) -> None:
    given(site, project, ann="project_admin", bob="project_admin")
    done = browser({}, f"/projects/{project}/people/remove", subject="bob")
    assert (done.status_code, done.headers["location"]) == (303, f"/projects/{project}/people")


@pytest.mark.parametrize("csrf", [None, "d" * 43, ""])
@pytest.mark.parametrize(
    "place, form",
    [
        ("people", {"subject": "eve", "role": "viewer"}),
        ("people/remove", {"subject": "ann"}),
        ("people/keys", {"name": "k", "role": "viewer", "days": "1", "scope": "read"}),
        ("people/keys/00000000-0000-0000-0000-000000000000/revoke", {"sure": "true"}),
        ("/platform/keys", {"name": "k", "role": "viewer", "days": "1", "scope": "read"}),
        ("/platform/keys/00000000-0000-0000-0000-000000000000/revoke", {"sure": "true"}),
        ("/profiles/new?default=earthbond_reopen_v1", {"text": "{}"}),
        ("/profiles/00000000-0000-0000-0000-000000000000/activate", {"reason": "r"}),
    ],
)
def test_that_a_form_without_the_token_of_its_session_changes_nothing(
    site: Site, browser: Browser, project: str, place: str, form: dict[str, str], csrf: str | None
) -> None:
    place = place if place.startswith("/") else f"/projects/{project}/{place}"
    with site.postgres.session("") as connection:
        before = members.changes(connection, most=1)
        answer = browser({"*": "platform_admin"}, place, csrf=csrf, **form)
        assert (answer.status_code, "a change must come from a page of this session" in answer.text) == (403, True)
        assert members.changes(connection, most=1) == before


def test_that_a_form_that_cannot_be_is_given_back_with_each_fault(browser: Browser, project: str) -> None:
    answer = browser({"*": "platform_admin"}, f"/projects/{project}/people", subject=" \x00", role="boss")
    assert answer.status_code == 422
    assert "subject: must be" in answer.text
    assert "role: must be one of" in answer.text


def test_that_people_of_every_project_have_no_page_as_if_that_were_one(site: Site, server: TestClient) -> None:
    cookie = {"cookie": f"welltegra_session={site.session({'*': 'platform_admin'})}"}
    assert server.get("/projects/*/people", headers=cookie | PAGE).status_code == 404
    assert server.get("/projects/any/people", headers=cookie | PAGE).status_code == 200


def test_that_a_subject_may_be_an_address_and_is_never_what_cannot_be_read(as_: As, project: str) -> None:
    client, place = as_("platform_admin"), f"/projects/{project}/members"
    made = client.put(f"{place}/https:%2F%2Fid.example%2Fann", json={"role": "viewer"})
    assert (made.status_code, made.json()["subject"]) == (200, "https://id.example/ann")
    assert client.delete(f"{place}/https:%2F%2Fid.example%2Fann").status_code == 204
    lost = client.put(f"{place}/%ff%fe", json={"role": "viewer"})
    assert (lost.status_code, lost.json()["errors"][0]["pointer"]) == (422, "subject")
    assert [one for one in client.get(place).json() if one["project_id"] == project] == []
