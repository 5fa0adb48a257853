from __future__ import annotations

import asyncio
import gc
import selectors
import weakref
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from connectors.errors import FileFaults
from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.api import shield
from welltegra.api.shield import Shield, _among, hosts_of, networks
from welltegra.settings.model import AuthSettings, WebSettings

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
        networks(["10.1.2.3/16", "x", "10.0.0.0/8"], "web.trusted_proxies")
    assert len(raised.value.faults) == 2
    assert "web.trusted_proxies" in str(raised.value.faults[0])


Asked = Callable[[], Any]
Sent = Callable[[Mapping[str, Any]], Any]


def scope_of(*headers: tuple[bytes, bytes], client: str = "127.0.0.1") -> dict[str, Any]:
    return {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "http",
        "path": "/", "raw_path": b"/", "query_string": b"", "headers": list(headers), "client": (client, 5),
        "state": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    "client, said, address",
    [
        ("192.0.2.7", ["10.1.2.3"], "192.0.2.7"),  # no proxy of ours: whatever it says
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["10.1.2.3"], "10.1.2.3"),
        ("::ffff:127.0.0.1", ["10.1.2.3"], "10.1.2.3"),
        ("127.0.0.1", ["10.1.2.3, 192.0.2.7"], "192.0.2.7"),  # what stands before it was made up
        ("127.0.0.1", ["10.1.2.3", "192.0.2.7, 127.0.0.9"], "192.0.2.7"),
        ("127.0.0.1", ["192.0.2.7:4711"], "192.0.2.7"),
        ("127.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("127.0.0.1", ["2001:db8::1"], "2001:db8::1"),
        ("127.0.0.1", ["10.1.2.3, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["127.0.0.2, 127.0.0.3"], "127.0.0.2"),
        ("127.0.0.1", ["10.1.2.3, "], "127.0.0.1"),
    ],
)
def test_that_an_address_is_what_our_proxies_heard_and_nothing_made_up(
    client: str, said: list[str], address: str
) -> None:
    seen: list[Any] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(Request(scope).client)
        await PlainTextResponse("")(scope, receive, send)

    async def send(_: Any) -> None:
        pass

    headers = [(b"x-forwarded-for", one.encode()) for one in said]
    shielded = Shield(app, [], [], False, proxies=networks(["127.0.0.0/8"]))
    asyncio.run(shielded(scope_of(*headers, client=client), send, send))  # type: ignore[arg-type]
    assert [one.host for one in seen] == [address]


def test_that_attempts_and_the_list_of_addresses_go_by_who_came_through_the_proxy(site: Site) -> None:
    web = WebSettings(allow=["10.1.0.0/16"], trusted_proxies=["10.9.9.9"])
    auth = AuthSettings(attempts_per_minute=2)
    app = site.app(site.settings(web=web, auth=auth))
    with TestClient(app, base_url="http://127.0.0.1:8080", client=("10.9.9.9", 5)) as client:

        def status(address: str | None) -> int:
            said = {} if address is None else {"x-forwarded-for": address}
            return int(client.get("/me", headers={"authorization": "Bearer wtg_x", **said}).status_code)

        assert [status(None), status("192.0.2.1"), status("10.1.0.1, 192.0.2.1")] == [403, 403, 403]
        assert [status("10.1.0.1") for _ in range(3)] == [401, 401, 429]
        assert status("10.1.0.2") == 401


class Leaping(selectors.DefaultSelector):
    """Waits for nothing: its clock leaps to the end of each wait, and stands still otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.now_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now_s += timeout or 0.0
        return super().select(0.0)


class Loop(asyncio.SelectorEventLoop):
    """Goes by such a clock, so that no time is over because the machine is slow."""

    def __init__(self) -> None:
        self._leaping = Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.now_s


def through(app: Any, receive: Asked, send: Sent | None = None, body_within_s: float = 0.3) -> list[Mapping[str, Any]]:
    """Return what is sent for a request, unless `send` takes it."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        return runner.run(_through(app, receive, send, body_within_s))


async def _through(
    app: Any, receive: Asked, send: Sent | None, body_within_s: float, piece_within_s: float = 0.3
) -> list[Mapping[str, Any]]:
    sent: list[Mapping[str, Any]] = []

    async def keep(message: Mapping[str, Any]) -> None:
        sent.append(message)

    shielded = Shield(app, [], [], False, body_within_s=body_within_s, piece_within_s=piece_within_s)
    async with asyncio.timeout(30):
        await shielded(scope_of(), receive, send or keep)
    return sent


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = await Request(scope, receive).body()
    await Response(body)(scope, receive, send)


def test_that_a_body_that_does_not_come_or_drips_is_refused_in_time() -> None:
    async def never() -> Any:
        await asyncio.Event().wait()

    async def drips() -> Any:
        await asyncio.sleep(0.05)
        return {"type": "http.request", "body": b"a", "more_body": True}

    for receive in (never, drips):
        start, body = through(_echo, receive)
        assert start["status"] == 408
        assert (b"connection", b"close") in start["headers"]
        assert b"The body must begin within" in body["body"]


def test_that_nothing_asks_for_the_rest_of_a_body_once_it_is_refused() -> None:
    """A server ends a connection with half a body when nobody can ask for the rest any more."""

    class Rest:
        """What a server gives to receive by, and to send by."""

        def receive(self) -> asyncio.Future[Any]:
            return asyncio.get_running_loop().create_future()

        def send(self, _message: Any) -> asyncio.Future[None]:
            sent = asyncio.get_running_loop().create_future()
            sent.set_result(None)
            return sent

    async def holds_on(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await receive()
        except ClientDisconnect as error:
            kept = error  # it has this frame, which has it
            raise kept.with_traceback(kept.__traceback__) from None

    async def refused() -> weakref.ref[Rest]:
        rest = Rest()
        app = Shield(holds_on, (), (), secure=False, body_within_s=0.01)
        await app(scope_of(), rest.receive, rest.send)
        return weakref.ref(rest)

    gc.disable()
    try:
        assert asyncio.run(refused())() is None
    finally:
        gc.enable()


def test_that_a_body_that_is_slow_but_goes_on_is_read_and_a_reader_may_wait_as_long_as_it_likes() -> None:
    left = [b"a" * 16_384] * 8

    async def steadily() -> Any:
        if not left:
            await asyncio.Event().wait()
        await asyncio.sleep(0.1)
        return {"type": "http.request", "body": left.pop(), "more_body": bool(left)}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        listening = asyncio.ensure_future(receive())
        # Longer than this body has: it waits for the reader to go, which is no body.
        await asyncio.sleep(20.0)
        assert not listening.done()
        listening.cancel()
        await Response(body)(scope, receive, send)

    sent = through(app, steadily)
    assert sum(len(one.get("body", b"")) for one in sent) == 8 * 16_384


def test_that_an_answer_goes_out_in_pieces_and_one_that_is_not_taken_ends() -> None:
    whole = bytes(range(256)) * 1_000

    async def nothing() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await Response(whole)(scope, receive, send)

    sent = through(app, nothing)
    pieces = sent[1:]
    assert b"".join(one["body"] for one in pieces) == whole
    assert [one["more_body"] for one in pieces] == [True] * (len(pieces) - 1) + [False]
    assert max(len(one["body"]) for one in pieces) <= shield._PIECE_BYTES

    taken: list[Mapping[str, Any]] = []

    async def stuck(message: Mapping[str, Any]) -> None:
        taken.append(message)
        if len(taken) == 3:
            await asyncio.Event().wait()

    through(app, nothing, stuck)
    assert all(one.get("more_body", True) for one in taken), "it does not look whole"


def test_that_a_page_elsewhere_cannot_lead_its_own_name_to_us(server: TestClient) -> None:
    assert server.get("/openapi.json", headers={"host": "evil.example"}).status_code == 421
    assert server.get("/openapi.json", headers={"host": "localhost:8080"}).status_code == 200


def test_that_we_go_by_the_name_that_browsers_use() -> None:
    assert hosts_of("https://wells.example", 8443, False) == ["wells.example"]
    assert hosts_of("https://wells.example:443", 8443, False) == ["wells.example", "wells.example:443"]
    assert "[::1]:80" in hosts_of("http://127.0.0.1:80", 80, True)


@pytest.mark.parametrize(
    "method, place, status, allowed",
    [("PUT", "/me", 405, "GET, HEAD"), ("DELETE", "/sign-out", 405, "POST"), ("GET", "/nowhere", 404, None)],
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
