from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import SecretStr

from tests.conftest import NOT_PROVEN, strict
from tests.parts.node_oidc import AUDIENCE, CLIENT_ID, CLIENT_SECRET, NodeOidc
from tests.parts.node_opcua import NoNode
from tests.welltegra.api.conftest import ORIGIN, PORT, Site, TestClient
from welltegra.api.app import create_app
from welltegra.auth.local import LocalSignIn
from welltegra.serving.plan import Plan, state_of
from welltegra.settings.model import AuthSettings

CALLBACK = f"{ORIGIN}/sign-in/callback"


def client_of(site: Site, auth: AuthSettings, local: LocalSignIn | None = None, origin: str = ORIGIN) -> TestClient:
    settings = site.settings(auth=auth)
    plan = Plan(settings, site.postgres, origin, PORT, True, local, os.getpid())
    return TestClient(create_app(state_of(plan), None, PORT, True), base_url=origin, follow_redirects=False)


# At the machine itself.


def test_that_the_link_on_the_terminal_signs_in_once_and_the_next_one_is_printed(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    local = LocalSignIn(ORIGIN)
    with client_of(site, AuthSettings(), local) as browser:
        first = local.link
        answer = browser.get(first, params={"token": local.token, "next": "/projects"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/projects")
        cookie = answer.headers["set-cookie"]
        assert all(word in cookie for word in ("HttpOnly", "SameSite=lax", "Path=/"))
        assert browser.get("/me").json()["roles"] == {"*": "platform_admin"}
        assert local.link in capsys.readouterr().out
        assert local.link != first
        assert browser.get(first).status_code == 400


def test_that_sign_ins_are_counted_by_address(site: Site) -> None:
    with client_of(site, AuthSettings(attempts_per_minute=3), LocalSignIn(ORIGIN)) as browser:
        statuses = [browser.get("/sign-in/local", params={"token": "guess"}).status_code for _ in range(5)]
        assert statuses == [400, 400, 400, 429, 429]
        refused = browser.get("/sign-in/local", params={"token": "guess"})
        assert int(refused.headers["retry-after"]) >= 1


def test_that_a_browser_that_is_not_signed_in_is_sent_to_sign_in_and_back(site: Site, server: TestClient) -> None:
    answer = server.get("/projects?a=b", headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fprojects%3Fa%3Db")
    assert server.get("/sign-in", headers={"accept": "text/html"}).status_code == 200


# A session.


@pytest.fixture
def browser(site: Site) -> Iterator[TestClient]:
    with client_of(site, AuthSettings()) as client:
        client.cookies.set("welltegra_session", site.session({site.ours: "operator"}))
        yield client


CHANGES = [("POST", "/projects/{ours}/overrides"), ("PATCH", "/projects/{ours}/reopening-targets/review")]


@pytest.mark.parametrize("method, place", CHANGES)
def test_that_a_change_must_come_from_a_page_of_its_session(
    method: str, place: str, site: Site, browser: TestClient
) -> None:
    place = place.format(ours=site.ours)
    for headers in ({}, {"x-csrf-token": ""}, {"x-csrf-token": "d" * 43}, {"x-csrf-token": b"\xc3\xa9"}):
        refused = browser.request(method, place, json={}, headers=headers)
        assert (refused.status_code, "csrf_token" in refused.text) == (403, True), headers
    assert browser.request(method, place, json={}, headers={"x-csrf-token": "c" * 43}).status_code == 422


def test_that_a_form_carries_its_token_and_is_read_once_more_by_its_page(site: Site, browser: TestClient) -> None:
    form = {"state": "accepted", "note": "", "back": "/"}
    place = f"/projects/{site.ours}/worklist/review"
    assert browser.post(place, data=form).status_code == 403
    answer = browser.post(place, data={**form, "csrf_token": "c" * 43})
    assert (answer.status_code, "at least one must be selected" in answer.text) == (422, True)


def test_that_signing_out_ends_the_session_for_whoever_has_its_cookie(browser: TestClient) -> None:
    cookie = {"cookie": f"welltegra_session={browser.cookies['welltegra_session']}"}
    assert browser.get("/me", headers=cookie).status_code == 200
    answer = browser.post("/sign-out", data={"csrf_token": "c" * 43})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert browser.get("/me", headers=cookie).status_code == 401


def test_that_on_https_the_cookie_is_for_this_host_alone(site: Site) -> None:
    local = LocalSignIn("https://127.0.0.1:8080")
    with client_of(site, AuthSettings(), local, "https://127.0.0.1:8080") as browser:
        answer = browser.get(local.link)
        assert answer.headers["set-cookie"].startswith("__Host-welltegra_session=")
        assert "Secure" in answer.headers["set-cookie"]
        assert "max-age" in answer.headers["strict-transport-security"]


# A provider that is not ours.


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NodeOidc]:
    roles = {"ann": ["synthetic-7-6:operator"], "pat": ["platform_admin"], CLIENT_ID: ["synthetic-7-6:viewer"]}
    try:
        with NodeOidc(tmp_path_factory.mktemp("oidc"), [CALLBACK], roles) as running:
            yield running
    except NoNode as absent:
        if strict() and not absent.out_of_reach:
            raise
        pytest.skip(f"{NOT_PROVEN}: {absent}")


@pytest.fixture
def auth(provider: NodeOidc) -> AuthSettings:
    return AuthSettings(
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=SecretStr(CLIENT_SECRET),
        audience=AUDIENCE,
        attempts_per_minute=1000,
        platform_admins=["bo"],
    )


def begun(browser: TestClient, next_: str = "/projects") -> str:
    answer = browser.get("/sign-in/begin", params={"next": next_})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


@pytest.mark.node
def test_that_a_person_signs_in_at_the_provider_and_has_the_roles_it_says(
    site: Site, auth: AuthSettings, provider: NodeOidc
) -> None:
    with client_of(site, auth) as browser, httpx.Client(trust_env=False, timeout=60) as elsewhere:
        place = begun(browser, "/projects?x=1")
        asked = parse_qs(urlsplit(place).query)
        assert asked["code_challenge_method"] == ["S256"]
        assert len(asked["state"][0]) >= 32
        assert len(asked["nonce"][0]) >= 32
        back = provider.sign_in(elsewhere, place, "ann")
        answer = browser.get(back)
        assert (answer.status_code, answer.headers["location"]) == (303, "/projects?x=1")
        me = browser.get("/me").json()
        assert (me["subject"], me["name"], me["roles"]) == ("ann", "Name of ann", {"synthetic-7-6": "operator"})
        # What came back is good once.
        assert browser.get(back).status_code == 400


@pytest.mark.node
def test_that_an_answer_to_another_sign_in_is_not_taken(site: Site, auth: AuthSettings, provider: NodeOidc) -> None:
    with client_of(site, auth) as browser, httpx.Client(trust_env=False, timeout=60) as elsewhere:
        back = provider.sign_in(elsewhere, begun(browser), "ann")
        # Somebody else's browser, which has begun none; then one that has begun another.
        browser.cookies.clear()
        assert browser.get(back).status_code == 400
        begun(browser)
        assert browser.get(back).status_code == 400
        code = parse_qs(urlsplit(back).query)["code"][0]
        state = parse_qs(urlsplit(begun(browser)).query)["state"][0]
        # With its state, but made for the verifier of the other: PKCE refuses it.
        answer = browser.get("/sign-in/callback", params={"code": code, "state": state, "iss": provider.issuer})
        assert (answer.status_code, "refused the code" in answer.text) == (400, True)
        assert browser.get("/me").status_code == 401


@pytest.mark.node
@pytest.mark.parametrize(
    "answer", [{"error": "access_denied"}, {"iss": "https://other.example"}, {"code": ""}, {"state": "other"}, {}]
)
def test_that_a_refusal_or_a_mixed_up_answer_signs_nobody_in(
    answer: dict[str, str], site: Site, auth: AuthSettings
) -> None:
    with client_of(site, auth) as browser:
        state = parse_qs(urlsplit(begun(browser)).query)["state"][0]
        assert browser.get("/sign-in/callback", params={"state": state, **answer}).status_code == 400
        assert browser.get("/me").status_code == 401


@pytest.mark.node
def test_that_settings_and_members_give_roles_beside_the_provider(
    site: Site, auth: AuthSettings, provider: NodeOidc
) -> None:
    with client_of(site, auth) as browser, httpx.Client(trust_env=False, timeout=60) as elsewhere:
        browser.get(provider.sign_in(elsewhere, begun(browser), "bo"))
        assert browser.get("/me").json()["roles"] == {"*": "platform_admin"}
    admin = {"authorization": f"Bearer {site.secrets['project_admin']}"}
    with client_of(site, auth) as browser, httpx.Client(trust_env=False, timeout=60) as elsewhere:
        browser.get(provider.sign_in(elsewhere, begun(browser), "cy"))
        assert browser.get("/me").json()["roles"] == {}
        assert browser.get(f"/projects/{site.ours}/runs").status_code == 404
        place = f"/projects/{site.ours}/members/cy"
        assert browser.put(place, json={"role": "viewer"}, headers=admin).status_code == 200
        assert browser.get(f"/projects/{site.ours}/runs").status_code == 200
        assert browser.delete(place, headers=admin).status_code == 204
        assert browser.get(f"/projects/{site.ours}/runs").status_code == 404


@pytest.mark.node
def test_that_a_program_comes_with_a_token_for_our_api_and_with_no_other(
    site: Site, auth: AuthSettings, provider: NodeOidc
) -> None:
    with client_of(site, auth) as program:
        bearer = {"authorization": f"Bearer {provider.token()}"}
        assert program.get("/me", headers=bearer).json()["roles"] == {"synthetic-7-6": "viewer"}
        assert program.get(f"/projects/{site.ours}/runs", headers=bearer).status_code == 200
        assert program.get(f"/projects/{site.theirs}/runs", headers=bearer).status_code == 404
    with client_of(site, auth.model_copy(update={"audience": "urn:another"})) as other:
        refused = other.get("/me", headers=bearer)
        assert refused.status_code == 401
        assert bearer["authorization"][20:] not in refused.text


@pytest.mark.node
def test_that_signing_out_ends_the_providers_session_too(site: Site, auth: AuthSettings, provider: NodeOidc) -> None:
    with client_of(site, auth) as browser, httpx.Client(trust_env=False, timeout=60) as elsewhere:
        browser.get(provider.sign_in(elsewhere, begun(browser), "ann"))
        page = browser.get("/projects", headers={"accept": "text/html"})
        csrf = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
        answer = browser.post("/sign-out", data={"csrf_token": csrf})
        assert answer.headers["location"].startswith(f"{provider.issuer}/session/end?")
        assert provider.issuer in page.headers["content-security-policy"], "a form may lead there"
        assert elsewhere.get(answer.headers["location"]).status_code == 200


def test_that_a_provider_that_is_away_is_said_and_nobody_is_let_in(site: Site) -> None:
    away = AuthSettings(issuer="http://127.0.0.1:9", client_id="x", attempts_per_minute=1000)
    with client_of(site, away) as browser:
        answer = browser.get("/sign-in/begin")
        assert (answer.status_code, "auth.issuer" in answer.text) == (503, True)
        token = "e30.e30.e30"
        assert browser.get("/me", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_that_no_secret_is_logged(site: Site, caplog: pytest.LogCaptureFixture, server: Any) -> None:
    caplog.set_level("DEBUG")
    for secret in site.secrets.values():
        server.get("/me", headers={"authorization": f"Bearer {secret}"})
        server.get("/me", headers={"authorization": f"Bearer {secret}x"})
    assert not any(secret in caplog.text for secret in site.secrets.values())


# What a server believes, and how it is asked.

AWAY = AuthSettings(issuer="http://127.0.0.1:9", client_id="x", attempts_per_minute=1000)


def test_that_a_session_of_this_machine_is_not_believed_where_a_provider_says_who_comes(site: Site) -> None:
    local = LocalSignIn(ORIGIN)
    with client_of(site, AuthSettings(), local) as browser:
        browser.get(local.link)
        cookie = {"cookie": f"welltegra_session={browser.cookies['welltegra_session']}"}
        assert browser.get("/me", headers=cookie).status_code == 200
    with client_of(site, AWAY) as browser:
        assert browser.get("/me", headers=cookie).status_code == 401


def test_that_the_settings_say_now_who_administers_the_platform(site: Site) -> None:
    cookie = {"cookie": f"welltegra_session={site.session({site.ours: 'viewer'})}"}
    with client_of(site, AuthSettings(platform_admins=["ann"])) as browser:
        roles = browser.get("/me", headers=cookie).json()["roles"]
        assert (roles["*"], roles[site.ours]) == ("platform_admin", "viewer")
    with client_of(site, AuthSettings()) as browser:
        roles = browser.get("/me", headers=cookie).json()["roles"]
        assert ("*" in roles, roles[site.ours]) == (False, "viewer")


def test_that_a_browser_that_nobody_uses_is_signed_out(site: Site) -> None:
    with client_of(site, AuthSettings(idle_minutes=30)) as browser:
        browser.cookies.set("welltegra_session", site.session({site.ours: "viewer"}))
        assert browser.get("/me").status_code == 200
        with site.postgres.session("") as connection:
            connection.execute("UPDATE access.sessions SET seen_at = clock_timestamp() - interval '31 minutes'")
        assert browser.get("/me").status_code == 401


def test_that_a_cookie_that_was_made_up_is_no_sign_in_and_no_fault_of_ours(site: Site) -> None:
    made = json.dumps({"state": "\ud800", "nonce": "n", "verifier": "v", "next": "/"}).encode()
    cookie = {"cookie": f"welltegra_sign_in={base64.urlsafe_b64encode(made).decode().rstrip('=')}"}
    with client_of(site, AWAY) as browser:
        assert browser.get("/sign-in/callback", params={"state": "x", "code": "y"}, headers=cookie).status_code == 400


def test_that_a_long_link_leads_to_sign_in_too(server: TestClient) -> None:
    page = {"accept": "text/html"}
    answer = server.get("/projects?a=" + "b" * 2_500, headers=page)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert server.get("/sign-in", params={"next": "/" + "a" * 2_500}, headers=page).status_code == 200


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "raw_unicode_escape", "punycode", "undefined", "utf-16", "utf-8"]
)
def test_that_a_form_is_urlencoded_utf_8_and_nothing_else(charset: str, site: Site, browser: TestClient) -> None:
    place = f"/projects/{site.ours}/worklist/review"
    parts = b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n\\xx\r\n--b--\r\n'
    key = {"authorization": f"Bearer {site.secrets['operator']}"}
    for who in ({}, key):
        kind = {"content-type": f"multipart/form-data; boundary=b; charset={charset}", **who}
        assert browser.post(place, content=parts, headers=kind).status_code == 415, who
    kind = {"content-type": f"application/x-www-form-urlencoded; charset={charset}"}
    form = b"csrf_token=" + b"c" * 43
    assert browser.post(place, content=form, headers=kind).status_code == (422 if charset == "utf-8" else 415)
