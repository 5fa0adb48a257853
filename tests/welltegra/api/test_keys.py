"""API keys over the API and the page: made by people alone, shown once, never more than who makes them."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest

from connectors.ops import keys, members
from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.api.keys import PlatformScope, Scope
from welltegra.auth.permissions import SCOPES

CSRF = "c" * 43
ASKED = {"name": "historian", "role": "viewer", "scopes": ["read", "export"], "days": 30}


def person(site: Site, **roles: str) -> dict[str, str]:
    """Return the headers of somebody at a browser."""
    said = {{"everywhere": "*"}.get(name, name): role for name, role in roles.items()}
    return {"cookie": f"welltegra_session={site.session(said or {site.ours: 'project_admin'})}", "x-csrf-token": CSRF}


def test_that_a_key_is_made_used_listed_without_its_secret_and_refused_once_revoked(
    site: Site, server: TestClient
) -> None:
    place, headers = f"/projects/{site.ours}/keys", person(site)
    made = server.post(place, json=ASKED, headers=headers)
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    key, secret = made.json()["key"], made.json()["secret"]
    assert re.fullmatch(r"wtg_[A-Za-z0-9_-]{43}", secret)
    assert (key["project_id"], key["role"], key["scopes"], key["created_by"]) == (
        site.ours, "viewer", ["read", "export"], "Ann (ann)"
    )  # fmt: skip
    program = {"authorization": f"Bearer {secret}"}
    assert server.get(f"/projects/{site.ours}/runs", headers=program).status_code == 200
    assert server.get(f"/projects/{site.theirs}/runs", headers=program).status_code == 404
    listed = server.get(place, headers=headers)
    assert key["key_id"] in [one["key_id"] for one in listed.json()]
    assert secret not in listed.text
    assert {one["project_id"] for one in listed.json()} == {site.ours}
    # In another project it is not found, also by who administers that one.
    other = {"authorization": f"Bearer {site.secrets['stranger']}"}
    assert server.delete(f"/projects/{site.theirs}/keys/{key['key_id']}", headers=other).status_code == 404
    assert server.delete(f"{place}/{key['key_id']}", headers=headers).status_code == 204
    assert server.delete(f"{place}/{key['key_id']}", headers=headers).status_code == 404
    assert server.get(f"/projects/{site.ours}/runs", headers=program).status_code == 401
    history = server.get(f"/projects/{site.ours}/members/history", headers=headers)
    told = [one for one in history.json() if one["key_id"] == key["key_id"]]
    assert [(one["what"], one["actor"]) for one in told] == [("key_revoked", "Ann (ann)"), ("key_created", "Ann (ann)")]
    assert secret not in history.text


def test_that_no_key_makes_another(site: Site, as_: As) -> None:
    for who, place in (
        ("project_admin", f"/projects/{site.ours}/keys"),
        ("platform_admin", f"/projects/{site.ours}/keys"),
        ("platform_admin", "/keys"),
    ):
        answer = as_(who).post(place, json=ASKED)
        assert (answer.status_code, "must be made by a person" in answer.text) == (403, True)
    # It may revoke one: what has leaked is stopped by whoever sees it first.
    with site.postgres.session("") as connection:
        made = keys.create(connection, name="k", project_id=site.ours, role="viewer", created_by="a", days=1)
    place = f"/projects/{site.ours}/keys/{made.key.key_id}"
    assert as_("project_admin").delete(place).status_code == 204


@pytest.mark.parametrize(
    "change",
    [
        {"role": "platform_admin"},
        {"role": "source"},
        {"scopes": ["platform"]},
        {"scopes": ["read", "everything"]},
        {"scopes": []},
        {"days": 0},
        {"days": 367},
        {"name": " "},
        {"name": "a\x00"},
        {"project_id": "*"},
    ],
)
def test_that_a_key_of_a_project_that_cannot_be_is_refused(
    site: Site, server: TestClient, change: dict[str, Any]
) -> None:
    answer = server.post(
        f"/projects/{site.ours}/keys", json=ASKED | change, headers=person(site, everywhere="platform_admin")
    )
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


def test_that_no_key_of_every_project_is_made_by_who_is_not_of_the_platform(site: Site, server: TestClient) -> None:
    headers = person(site, everywhere="project_admin")
    assert server.post("/keys", json=ASKED, headers=headers).status_code == 403
    assert server.get("/keys", headers=headers).status_code == 403
    # Not by the back door either: what is called * is no project.
    assert server.post("/projects/*/keys", json=ASKED, headers=headers).status_code == 422


def test_that_a_key_of_the_platform_opens_every_project_and_any_key_can_be_revoked_there(
    site: Site, server: TestClient
) -> None:
    headers = person(site, everywhere="platform_admin")
    made = server.post("/keys", json=ASKED | {"role": "platform_admin", "scopes": ["platform"]}, headers=headers)
    assert made.status_code == 201, made.text
    assert made.headers["cache-control"] == "no-store"
    program = {"authorization": f"Bearer {made.json()['secret']}"}
    assert made.json()["key"]["project_id"] is None
    assert server.get("/scoring-profiles", headers=program).status_code == 200
    assert server.get(f"/projects/{site.ours}/runs", headers=program).status_code == 403
    own = server.post(f"/projects/{site.theirs}/keys", json=ASKED, headers=headers).json()["key"]["key_id"]
    listed = {one["key_id"] for one in server.get("/keys", headers=headers).json()}
    assert {own, made.json()["key"]["key_id"]} <= listed
    for key_id in (own, made.json()["key"]["key_id"]):
        assert server.delete(f"/keys/{key_id}", headers=headers).status_code == 204
    assert server.get("/me", headers=program).status_code == 401


def test_that_the_page_shows_a_secret_once_and_keeps_it_nowhere(site: Site, server: TestClient) -> None:
    headers = person(site) | {"accept": "text/html"}
    place = f"/projects/{site.ours}/people"
    form = {"name": "from the page", "role": "viewer", "days": "7", "scope": ["read", "rank"]}
    made = server.post(f"{place}/keys", data=form, headers=headers)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    (secret,) = re.findall(r"wtg_[A-Za-z0-9_-]{43}", made.text)
    assert server.get("/me", headers={"authorization": f"Bearer {secret}"}).json()["scopes"] == ["rank", "read"]
    again = server.get(place, headers=headers)
    assert "from the page" in again.text
    assert secret not in again.text
    with site.postgres.session("") as connection:
        (revoking,) = (one.key_id for one in keys.list_keys(connection, site.ours) if one.name == "from the page")
    asked = server.post(f"{place}/keys/{revoking}/revoke", headers=headers)
    assert (asked.status_code, "Revoke key from the page?" in asked.text) == (200, True)
    assert server.get("/me", headers={"authorization": f"Bearer {secret}"}).status_code == 200
    done = server.post(f"{place}/keys/{revoking}/revoke", data={"sure": "true"}, headers=headers)
    assert (done.status_code, done.headers["location"]) == (303, place)
    assert server.get("/me", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    assert server.post(f"{place}/keys/{revoking}/revoke", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "change, said",
    [
        ({"scope": []}, "scopes: must be one at least"),
        ({"scope": ["platform"]}, "scopes: must be one of"),
        ({"days": "soon"}, "days: must be a number"),
        ({"days": "nan"}, "days: must be above 0"),
        ({"days": "1e9"}, "days: must be above 0"),
        ({"role": "boss"}, "role: must be one of"),
        ({"name": "  "}, "name: must be given"),
    ],
)
def test_that_the_form_of_a_key_is_given_back_with_what_is_wrong(
    site: Site, server: TestClient, change: dict[str, Any], said: str
) -> None:
    form = {"name": "typed by hand", "role": "viewer", "days": "7", "scope": ["read"]} | change
    answer = server.post(
        f"/projects/{site.ours}/people/keys", data=form, headers=person(site) | {"accept": "text/html"}
    )
    assert answer.status_code == 422, answer.text
    assert said in answer.text
    assert form["name"] in answer.text


def test_that_the_platforms_page_makes_and_revokes_and_shows_all_there_is(site: Site, server: TestClient) -> None:
    headers = person(site, everywhere="platform_admin") | {"accept": "text/html"}
    name = f"of all {uuid4().hex[:6]}"
    form = {"name": name, "role": "platform_admin", "days": "7", "scope": ["platform"]}
    made = server.post("/platform/keys", data=form, headers=headers)
    assert made.status_code == 201, made.text
    assert server.post("/platform/keys", data=form | {"days": "x"}, headers=headers).status_code == 422
    with site.postgres.session("") as connection:
        (key,) = (one for one in keys.list_keys(connection) if one.name == name)
    assert (key.project_id, key.scopes) == (None, ("platform",))
    place = f"/platform/keys/{key.key_id}/revoke"
    assert f"Revoke key {name}?" in server.post(place, headers=headers).text
    assert server.post(place, data={"sure": "true"}, headers=headers).status_code == 303
    with site.postgres.session("") as connection:
        newest = members.changes(connection, most=1)[0]
    assert (newest.what, newest.key_name, newest.actor) == ("key_revoked", name, "Ann (ann)")
    shown = server.get("/platform/keys", headers=headers).text
    assert name in shown
    older = server.get("/platform/keys", params={"before": newest.change_id}, headers=headers).text
    assert f"revoked key &#39;{name}&#39;" in shown
    assert f"revoked key &#39;{name}&#39;" not in older


def test_that_the_scopes_of_the_api_are_those_of_the_table() -> None:
    assert set(Scope.__args__) | {"platform"} == set(PlatformScope.__args__) == set(SCOPES)  # type: ignore[attr-defined]
