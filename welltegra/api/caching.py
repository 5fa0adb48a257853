"""Answers that a reader may already have: ETag and If-None-Match; and changes of what was read: If-Match."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from copy import copy
from http import HTTPStatus
from typing import Any, Final

from fastapi.routing import APIRoute
from pydantic import TypeAdapter
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from welltegra.api.problems import Problem

# What a reader has already is not sent again.
CACHED: Final[dict[int | str, dict[str, Any]]] = {
    200: {"headers": {"ETag": {"description": "Of what was sent.", "schema": {"type": "string"}}}},
    304: {"description": "What If-None-Match names still holds."},
}
_TAG: Final = re.compile(r'(?:W/)?"([^"]*)"')
_VERSION: Final = re.compile(r'"([0-9]{1,9})"')
_GAP_VERSION: Final = re.compile(r'"([0-9a-f]{32})"')
_OF_A_GAP: Final = "9c1e2d8f6f0c7a110b8f2a544a4e4b56"


def answered(
    request: Request, found: object, kind: TypeAdapter[Any], headers: Mapping[str, str] | None = None
) -> Response:
    """Return `found` as JSON with an ETag; 304 without a body where the reader has it already."""
    return _unless_had(request, kind.dump_json(kind.validate_python(found, from_attributes=True)), headers or {})


def tagged(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Yield the routes; those that answer GET with JSON do so as `answered` does, and are described so.

    Not those that make a file or a stream: of these nobody knows the end when they begin.
    """
    for route in routes:
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and _is_json(route):
            own = copy(route)
            own.app = _Tagged(route.app)
            own.responses = {**route.responses, **CACHED}
            yield own
        else:
            yield route


class _Tagged:
    """Holds the answer of a route until it is whole, and sends it only to whoever has it not."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []
        parts: list[bytes] = []

        async def heard(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_untagged(message):
                held.append(message)
            elif not held:
                await send(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body", False):
                    answer = _unless_had(Request(scope), b"".join(parts), {})
                    await answer(scope, receive, send)

        await self._app(scope, receive, heard)


def _is_json(route: APIRoute) -> bool:
    kind = getattr(route.response_class, "value", route.response_class)
    return isinstance(kind, type) and issubclass(kind, JSONResponse)


def _is_untagged(message: Message) -> bool:
    return message["status"] == HTTPStatus.OK and "etag" not in Headers(raw=message["headers"])


def _unless_had(request: Request, body: bytes, headers: Mapping[str, str]) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    sent = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie", **headers}
    if _has(request.headers.get("if-none-match"), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=sent)
    return Response(body, media_type="application/json", headers=sent)


def version_asked(request: Request) -> int:
    """Return the version that If-Match names: of the review that was read.

    Raises:
        Problem: There is none, or it is no version.
    """
    return int(_named(request, _VERSION, "review", '"0"'))


def gap_asked(request: Request) -> str:
    """Return the version that If-Match names: of who closes a gap, as it was read.

    Raises:
        Problem: There is none, or it is no version.
    """
    return _named(request, _GAP_VERSION, "gap", f'"{_OF_A_GAP}"')


def _named(request: Request, version: re.Pattern[str], of: str, such: str) -> str:
    said = request.headers.get("if-match")
    if said is None:
        sentence = (
            f"If-Match: must be the version of the {of} that was read, such as {such}; was absent. Read it first."
        )
        raise Problem(HTTPStatus.PRECONDITION_REQUIRED, sentence)
    match = version.fullmatch(said.strip())
    if match is None:
        sentence = (
            f"If-Match: must be one version of a {of} in quotes, such as {such}; was none. Read the target again."
        )
        raise Problem(HTTPStatus.BAD_REQUEST, sentence)
    return match[1]


def _has(said: str | None, tag: str) -> bool:
    if said is None:
        return False
    return said.strip() == "*" or tag.strip('"') in _TAG.findall(said)
