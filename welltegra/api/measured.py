"""Stands before everything else, and measures it: what was asked for, how it was answered, and how long it took."""

from __future__ import annotations

import time
from typing import Final
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from welltegra.api.metrics import OTHER, ServeMetrics

# A stream lasts as long as somebody looks at the page.
_STREAM: Final = "events"
# Of the API, and of a page; both say the format in the address.
_EXPORTS: Final = ("export", "page_export")
_SHORTEST_ERROR: Final = 400


class Measured:
    """Tells `metrics` of every request. Its route is the template, so that there are only so many."""

    def __init__(self, app: ASGIApp, metrics: ServeMetrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        metrics, began, method = self._metrics, time.perf_counter(), scope["method"]

        async def heard(message: Message) -> None:
            if message["type"] == "http.response.start":
                status = message["status"]
                metrics.answered(template_of(scope), method, status)
                if name_of(scope) in _EXPORTS and status < _SHORTEST_ERROR:
                    metrics.exported(parse_qs(scope["query_string"].decode("latin-1")).get("format", ["csv"])[-1])
            await send(message)

        metrics.open += 1
        try:
            await self._app(scope, receive, heard)
        finally:
            metrics.open -= 1
            if name_of(scope) != _STREAM:
                metrics.ended(template_of(scope), method, time.perf_counter() - began)


def template_of(scope: Scope) -> str:
    """Return the template of the route that a request came to; `other` where it came to none of ours."""
    if (route := scope.get("route")) is not None:
        return str(getattr(route, "path", OTHER))
    # One that is not of the API's kind: a folder of files has its own path there, any other has no parameters.
    if scope.get("endpoint") is None or scope.get("path_params", {}).keys() - {"path"}:
        return OTHER
    return str(scope.get("root_path") or scope["path"])


def name_of(scope: Scope) -> str:
    """Return the name of that route; empty where there is none."""
    return str(getattr(scope.get("route"), "name", ""))
