from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from connectors.errors import FileFaults
from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.api.shield import _among, hosts_of, networks
from welltegra.settings.model import WebSettings

HEADERS = (
    "content-security-policy",
    "x-content-type-options",
    "x-frame-options",
    "referrer-policy",
    "cross-origin-opener-policy",
    "permissions-policy",
    "cache-control",
)


@pytest.mark.parametrize(
    "place", ["/me", "/nowhere", "/openapi.json", "/sign-in", "/projects/x/runs", "/me?" + "a" * 20_000]
)
def test_that_every_answer_carries_the_headers(place: str, server: TestClient) -> None:
    answer = server.get(place)
    assert not [name for name in HEADERS if name not in answer.headers]
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
    assert "unsafe" not in policy


def chunks(count: int) -> Iterator[bytes]:
    for _ in range(count):
        yield b" " * 65_536


def test_that_a_body_is_no_longer_than_is_set_however_it_comes(site: Site, as_: As) -> None:
    client = as_("operator")
    place = f"/projects/{site.ours}/overrides"
    for body in (b" " * 1_048_577, chunks(17)):
        answer = client.post(place, content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")
        assert "content-security-policy" in answer.headers
    assert client.post(place, content=chunks(15), headers={"content-type": "application/json"}).status_code == 422


def test_that_only_addresses_of_the_list_may_connect(site: Site) -> None:
    def status(*allow: str) -> int:
        app = site.app(site.settings(web=WebSettings(allow=list(allow))))
        with TestClient(app, base_url="http://127.0.0.1:8080", client=("10.1.2.3", 5)) as client:
            return int(client.get("/openapi.json").status_code)

    assert [status(), status("10.1.0.0/16"), status("10.2.0.0/16", "::1")] == [200, 200, 403]


@pytest.mark.parametrize("address, among", [("::ffff:10.1.2.3", True), ("10.1.2.3", True), ("::1", False), ("", False)])
def test_that_an_ipv4_address_in_ipv6_dress_is_the_same_address(address: str, among: bool) -> None:
    assert _among(address, networks(["10.1.0.0/16"])) is among


def test_that_all_wrong_networks_are_said_at_once() -> None:
    with pytest.raises(FileFaults) as raised:
        networks(["10.1.2.3/16", "x", "10.0.0.0/8"])
    assert len(raised.value.faults) == 2


def test_that_a_page_elsewhere_cannot_lead_its_own_name_to_us(server: TestClient) -> None:
    assert server.get("/openapi.json", headers={"host": "evil.example"}).status_code == 421
    assert server.get("/openapi.json", headers={"host": "localhost:8080"}).status_code == 200


def test_that_we_go_by_the_name_that_browsers_use() -> None:
    assert hosts_of("https://wells.example", 8443, False) == ["wells.example"]
    assert hosts_of("https://wells.example:443", 8443, False) == ["wells.example", "wells.example:443"]
    assert "[::1]:80" in hosts_of("http://127.0.0.1:80", 80, True)


@pytest.mark.parametrize(
    "method, place, status, allowed",
    [("PUT", "/me", 405, "GET"), ("DELETE", "/sign-out", 405, "POST"), ("GET", "/nowhere", 404, None)],
)
def test_that_an_error_has_one_shape_on_every_way(
    method: str, place: str, status: int, allowed: str | None, as_: As
) -> None:
    answer: Any = as_("platform_admin").request(method, place)
    assert (answer.status_code, answer.headers.get("allow")) == (status, allowed)
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (set(body), body["status"]) == ({"type", "title", "status", "detail", "errors"}, status)


def test_that_a_browser_reads_the_same_sentence_on_a_page(as_: As) -> None:
    client = as_("platform_admin")
    said = client.get("/nowhere").json()["detail"]
    page = client.get("/nowhere", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "must be there, and be yours to see" in said
    assert "must be there, and be yours to see" in page.text


def test_that_static_files_may_be_kept_for_good_by_the_hash_in_their_address(server: TestClient) -> None:
    from welltegra.web.rendering import STATIC, asset

    name = next(path.name for path in sorted(STATIC.iterdir()) if path.suffix == ".css")
    assert "immutable" in server.get(asset(name)).headers["cache-control"]
    assert server.get(f"/static/{name}").headers["cache-control"] == "public, max-age=60"
    assert server.get("/static/../routes.py").status_code == 404
    assert server.get("/static/%2e%2e/routes.py").status_code == 404
