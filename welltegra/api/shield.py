"""What every request passes before anything of ours sees it, and what every answer carries."""

from __future__ import annotations

import ipaddress
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final
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
    """Refuses who may not connect, hosts that are not us, and what is too long; adds the security headers.

    hosts: names that we go by, with port; empty for any. secure: whether browsers come by https. issuer: where a
    sign-out form may lead to.
    """

    def __init__(
        self,
        app: ASGIApp,
        allow: Sequence[Network],
        hosts: Sequence[str],
        secure: bool,
        issuer: str = "",
        most_body_bytes: int = 1 << 20,
    ) -> None:
        self._app, self._allow, self._hosts = app, tuple(allow), frozenset(hosts)
        self._most_body_bytes = most_body_bytes
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

        started = too_long = False
        received = 0

        async def limited() -> Message:
            nonlocal received, too_long
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most_body_bytes:
                too_long = True
                raise ClientDisconnect
            return message

        async def dressed(message: Message) -> None:
            nonlocal started
            if too_long and not started:
                return  # whatever it makes of half a body; we say below what it was
            started = True
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if (problem := self._refusal(scope)) is not None:
            await problem.response()(scope, receive, dressed)
            return
        try:
            await self._app(scope, limited, dressed)
        except ClientDisconnect:
            if not too_long:
                raise
        if too_long and not started:
            too_long = False
            said = f"The body must be at most {self._most_body_bytes} bytes; was more. Send less at a time."
            await Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said).response()(scope, receive, dressed)

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
            said = (
                f"The body must be at most {self._most_body_bytes} bytes; was {said_length[:20]}. Send less at a time."
            )
            return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said)
        # A page elsewhere may have its own name lead to us; without this it could then read what we answer.
        if self._hosts and Headers(scope=scope).get("host", "").lower() not in self._hosts:
            said = "Host: must be a name that we go by; is not. Set web.public_url to what browsers call us."
            return Problem(HTTPStatus.MISDIRECTED_REQUEST, said)
        return None


def _among(address: str, networks: Sequence[Network]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in networks)


def networks(texts: Sequence[str]) -> list[Network]:
    """Return what web.allow lists.

    Raises:
        FileFaults: One of them is no address and no network; all of these.
    """
    found, faults = [], []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError as error:
            must, remedy = "web.allow must list addresses and networks", "Write it like 10.1.0.0/16 or 2001:db8::/32."
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
