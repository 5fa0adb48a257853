"""What every request passes before anything of ours sees it, and what every answer carries."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.errors import Fault, FileFaults
from welltegra.api.problems import Problem

log = logging.getLogger(__name__)

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_MOST_HEADER_BYTES: Final = 32_768
_MOST_TARGET_BYTES: Final = 16_384
# A body has so long, and longer for what has come of it: a line may be slow, but not one that only drips.
_BODY_WITHIN_S: Final = 20.0
_LEAST_BODY_BYTES_PER_S: Final = 16_384
# An answer goes out in pieces of this size, and each has so long: who takes none is not waited for.
_PIECE_BYTES: Final = 65_536
_PIECE_WITHIN_S: Final = 30.0
_LOOPBACK: Final = ("127.0.0.1", "localhost", "[::1]")

_CONTENT: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " form-action 'self'{form_action}; frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Shield:
    """Refuses who may not connect, hosts that are not us, what is too long or too slow; adds the security headers.

    hosts: names that we go by, with port; empty for any. secure: whether browsers come by https. issuer: where a
    sign-out form may lead to. proxies: who is believed what it says of the address that somebody comes from.
    """

    def __init__(
        self,
        app: ASGIApp,
        allow: Sequence[Network],
        hosts: Sequence[str],
        secure: bool,
        issuer: str = "",
        most_body_bytes: int = 1 << 20,
        proxies: Sequence[Network] = (),
        body_within_s: float = _BODY_WITHIN_S,
        piece_within_s: float = _PIECE_WITHIN_S,
    ) -> None:
        self._app, self._allow, self._hosts = app, tuple(allow), frozenset(hosts)
        self._most_body_bytes, self._proxies = most_body_bytes, tuple(proxies)
        self._body_within_s, self._piece_within_s = body_within_s, piece_within_s
        provider = urlsplit(issuer)
        form_action = f" {provider.scheme}://{provider.netloc}" if issuer else ""
        self._headers = {**_HEADERS, "Content-Security-Policy": _CONTENT.format(form_action=form_action)}
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":  # a WebSocket; there are none here
            await send({"type": "websocket.close", "code": 1008})
            return

        if self._proxies and scope.get("client"):
            scope["client"] = (_come_from(scope, self._proxies), 0)
        started = whole = False
        refused: Problem | None = None
        received, began = 0, 0.0

        async def limited() -> Message:
            nonlocal received, began, refused, whole
            # From when it is first asked for: whoever sent it is not to blame for what came before that.
            began = began or asyncio.get_running_loop().time()
            until = began + self._body_within_s + received / _LEAST_BODY_BYTES_PER_S
            try:
                # Once it is whole, whoever receives waits for the client to go; that may take as long as it does.
                async with asyncio.timeout_at(None if whole else until):
                    message = await receive()
            except TimeoutError:
                refused = too_slow(self._body_within_s)
                raise ClientDisconnect from None
            received += len(message.get("body", b""))
            whole = not message.get("more_body", False)
            if received > self._most_body_bytes:
                refused = self._too_long("more")
                raise ClientDisconnect
            return message

        async def dressed(message: Message) -> None:
            nonlocal started
            if refused is not None and not started:
                return  # whatever it makes of half a body; we say below what it was
            started = True
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            for piece in _pieces(message):
                try:
                    async with asyncio.timeout(self._piece_within_s):
                        await send(piece)
                except TimeoutError:
                    raise _ReaderTooSlow from None

        try:
            try:
                await self._answer(scope, limited, dressed)
            except _ReaderTooSlow:
                # Its connection ends here, and what came of the answer does not look whole.
                log.info("reader_too_slow path=%r", scope["path"])
                return
            except ClientDisconnect:
                if refused is None:
                    raise
            if refused is not None and not started:
                problem, refused = refused, None
                await problem.response()(scope, receive, dressed)
        finally:
            # The server ends a connection with half a body once nobody can ask for the rest. An error that was raised
            # on the way may hold on to us until garbage is collected, which may be in an hour.
            receive = send = _over

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (problem := self._refusal(scope)) is not None:
            await problem.response()(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _too_long(self, was: str) -> Problem:
        said = f"The body must be at most {self._most_body_bytes} bytes; was {was}. Send less at a time."
        return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)

    def _refusal(self, scope: Scope) -> Problem | None:
        client = scope.get("client")
        address = client[0] if client else ""
        if self._allow and not _among(address, self._allow):
            log.warning("address_refused address=%s", address)
            return Problem(HTTPStatus.FORBIDDEN, "Address: must be among those of web.allow; is not.")
        length = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
        if length > _MOST_TARGET_BYTES:
            said = f"The address must be at most {_MOST_TARGET_BYTES} bytes; was {length}. Ask for less at a time."
            return Problem(HTTPStatus.REQUEST_URI_TOO_LONG, said)
        length = sum(len(name) + len(value) for name, value in scope["headers"])
        if length > _MOST_HEADER_BYTES:
            said = f"The headers must be at most {_MOST_HEADER_BYTES} bytes; were {length}. Are there old cookies?"
            return Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, said)
        said_length = Headers(scope=scope).get("content-length", "0")
        if not said_length.isdecimal() or int(said_length) > self._most_body_bytes:
            return self._too_long(said_length[:20])
        # A page elsewhere may have its own name lead to us; without this it could then read what we answer.
        if self._hosts and Headers(scope=scope).get("host", "").lower() not in self._hosts:
            said = "Host: must be a name that we go by; is not. Set web.public_url to what browsers call us."
            return Problem(HTTPStatus.MISDIRECTED_REQUEST, said)
        return None


async def _over(*_: object) -> Any:
    raise RuntimeError("the request has been answered")


def too_slow(within_s: float = _BODY_WITHIN_S) -> Problem:
    """Return the problem of a body that does not come."""
    said = f"The body must begin within {within_s:g} s and go on; did not. Send it again."
    return Problem(HTTPStatus.REQUEST_TIMEOUT, said, headers={"Connection": "close"})


class _ReaderTooSlow(Exception):
    """Ends an answer that is not taken."""


def _pieces(message: Message) -> Iterator[Message]:
    """Yield a message for the client, its body in pieces: one that is handed over whole is never waited for."""
    body = message.get("body", b"")
    if len(body) <= _PIECE_BYTES:
        yield message
        return
    last = len(body) - _PIECE_BYTES
    for start in range(0, len(body), _PIECE_BYTES):
        more = start < last or message.get("more_body", False)
        yield {**message, "body": body[start : start + _PIECE_BYTES], "more_body": more}


def _come_from(scope: Scope, proxies: Sequence[Network]) -> str:
    """Return the address that a request comes from: the last one on its way that is none of our proxies.

    Each proxy adds to X-Forwarded-For whom it heard; what stands before that is what somebody has said of themselves.
    """
    address: str = scope["client"][0]
    said = ",".join(Headers(scope=scope).getlist("x-forwarded-for")).split(",")
    while _among(address, proxies) and said:
        before = _bare(said.pop())
        if _parsed(before) is None:
            break
        address = before
    return address


def _bare(text: str) -> str:
    """Return an address without the port that some proxies write after it."""
    text = text.strip()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0] if text.count(":") == 1 else text


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    return (parsed.ipv4_mapped or parsed) if isinstance(parsed, ipaddress.IPv6Address) else parsed


def _among(address: str, networks: Sequence[Network]) -> bool:
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def networks(texts: Sequence[str], setting: str = "web.allow") -> list[Network]:
    """Return what a setting lists.

    Raises:
        FileFaults: One of them is no address and no network; all of these.
    """
    found, faults = [], []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError as error:
            must, remedy = f"{setting} must list addresses and networks", "Write it like 10.1.0.0/16 or 2001:db8::/32."
            faults.append(Fault("settings", None, must, f"{text!r} ({error})", remedy))
    if faults:
        raise FileFaults(faults)
    return found


def hosts_of(origin: str, port: int, loopback: bool) -> list[str]:
    """Return the values of the Host header that are us: those of `origin`, and on loopback its three names."""
    parts = urlsplit(origin)
    names = {parts.netloc.lower()}
    if parts.port is not None and parts.port == {"http": 80, "https": 443}[parts.scheme]:
        names.add((parts.netloc.rpartition(":")[0]).lower())
    if loopback:
        names |= {f"{name}:{port}" for name in _LOOPBACK}
    return sorted(names)
