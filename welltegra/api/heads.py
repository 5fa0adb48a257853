"""HEAD: what GET would answer, without its body (RFC 9110, 9.3.2), on every address that GET is asked of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from http import HTTPStatus
from typing import Final

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from welltegra.api.problems import Problem

# What GET does there is more than to read: it makes a file and notes it, listens without end, or signs somebody in.
_GET_ALONE: Final = ("export", "events", "sign_in_begin", "sign_in_callback", "sign_in_local")


def with_heads(routes: Iterable[BaseRoute]) -> Iterator[BaseRoute]:
    """Yield the routes, and for each that answers GET alone one that answers HEAD; no description shows these."""
    for route in routes:
        yield route
        if isinstance(route, Route) and route.methods == {"GET"}:
            own = copy(route)
            own.methods = {"HEAD"}
            own.include_in_schema = False
            if route.name in _GET_ALONE:
                # It has to stand here: else a more general address behind it, as that of a target, would answer.
                own.app = _refused
            yield own


async def _refused(scope: Scope, receive: Receive, send: Send) -> None:
    said = f"{scope['path'][:200]!r} is asked with GET; was with 'HEAD'."
    raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, said, headers={"Allow": "GET"})


class Bodiless:
    """Answers HEAD without a body, whoever answers: an error has none either. Its headers are those of GET."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def emptied(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await self._app(scope, receive, emptied)
