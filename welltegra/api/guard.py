"""Stands before every route: finds out who asks, whether they may, and whether a form is one of ours."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Iterator
from copy import copy
from functools import partial
from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from python_multipart.multipart import parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from welltegra.api.identify import identify
from welltegra.api.problems import Problem, forbidden, not_found, unauthenticated
from welltegra.api.state import State
from welltegra.api.turns import Entrance
from welltegra.auth.errors import BadToken, ProviderAway, TooManyAttempts
from welltegra.auth.permissions import ROUTES, Need, missing, verdict
from welltegra.auth.principal import Principal

log = logging.getLogger(__name__)

_SAFE: Final = ("GET", "HEAD")
_FORM: Final = "application/x-www-form-urlencoded"
_PARTS: Final = "multipart/form-data"
CSRF_FIELD: Final = "csrf_token"
CSRF_HEADER: Final = "x-csrf-token"


def flat(router: APIRouter) -> Iterator[BaseRoute]:
    """Yield the routes of a router, and of those that it includes under no prefix of their own."""
    for route in router.routes:
        included = getattr(route, "original_router", None)
        if included is None:
            yield route
        else:
            assert not route.include_context.prefix, "a prefix would be lost"  # type: ignore[attr-defined]
            yield from flat(included)


def guarded(routes: list[BaseRoute], state: State) -> list[BaseRoute]:
    """Return the routes with the guard before each; it goes before their bodies are read.

    Raises:
        ValueError: A route is not in the table of permissions, or of a kind that the guard cannot stand before.
    """
    if absent := missing(getattr(route, "name", None) or repr(route) for route in routes):
        raise ValueError(f"welltegra.auth.permissions.ROUTES must have every route; has not {', '.join(absent)}")
    found: list[BaseRoute] = []
    entrance = Entrance(state)
    for route in routes:
        # A route of a module is shared by all applications that are made; the guard is of one of them.
        own = copy(route)
        found.append(own)
        if isinstance(own, Route):
            own.app = _Guard(own.app, ROUTES[own.name], state, entrance)
        elif ROUTES[route.name].reach != "public":  # type: ignore[attr-defined]  # a Mount, which has a name, too
            raise ValueError(f"{route!r}: only a Route can be guarded")
    return found


class _Guard:
    def __init__(self, app: ASGIApp, need: Need, state: State, entrance: Entrance) -> None:
        self._app, self._need, self._state, self._entrance = app, need, state, entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        turn = await self._entrance.turn(request)

        async def begun(message: Message) -> None:
            # From here on it is sent, which takes as long as its reader does, and no work.
            turn.end()
            await send(message)

        try:
            await self._answer(request, partial(turn.apart, receive), begun)
        finally:
            turn.end()

    async def _answer(self, request: Request, receive: Receive, send: Send) -> None:
        scope = request.scope
        principal = await run_in_threadpool(identify, request, self._state)
        self._entrance.remember(request, principal)
        scope.setdefault("state", {}).update(principal=principal, need=self._need, shared=self._state)
        check(self._need, principal, request.path_params.get("project_id"))
        if request.method not in _SAFE:
            check_kind(request)
        if principal is not None and principal.csrf is not None and request.method not in _SAFE:
            receive = await _checked_form(request, receive, principal.csrf)
        await self._app(scope, receive, send)


def check(need: Need, principal: Principal | None, project_id: str | None) -> None:
    """Let a request through, or end it.

    Raises:
        Problem: Nobody has said who asks, or they may not, or the project is not theirs to see.
    """
    match verdict(need, principal, project_id):
        case "unknown":
            raise unauthenticated()
        case "not_found":
            raise not_found(f"project {project_id!r}")
        case "forbidden":
            assert principal is not None, "the table lets nobody unknown so far"
            log.info("refused subject=%r project=%r least=%s", principal.subject, project_id, need.least)
            scope = principal.scopes is not None and need.scope not in principal.scopes
            wanted = f"an API key with the scope {need.scope!r}" if scope else f"the role {need.least} or a greater one"
            raise forbidden(f"This needs {wanted}; {principal.name} has it not here. Ask who administers the project.")


def require(request: Request, project_id: str) -> None:
    """Check once more, now that the project is known which a body or a job names.

    Raises:
        Problem: As `check` does.
    """
    check(request.state.need, request.state.principal, project_id)


async def may_still(request: Request) -> bool:
    """Return whether a request would be let through once more: for answers that last longer than a right may."""
    state: State = request.state.shared
    try:
        # A page that listens is not somebody at work: it does not keep the session alive.
        principal = await run_in_threadpool(partial(identify, request, state, seen=False))
        check(request.state.need, principal, request.path_params.get("project_id"))
    except Problem as problem:
        return problem.status == HTTPStatus.SERVICE_UNAVAILABLE  # it cannot be known now
    except ProviderAway:
        return True
    except (BadToken, TooManyAttempts):
        return False
    return True


def principal_of(request: Request) -> Principal:
    """Return who asks; on routes that are not public somebody does."""
    principal: Principal = request.state.principal
    return principal


def check_kind(request: Request) -> None:
    """Refuse a form of another kind than our pages send: its own charset says how it is read, and may be anything.

    Raises:
        Problem: It is of one.
    """
    kind, charset = _kind_of(request)
    if kind == _PARTS or (kind == _FORM and charset not in ("", "utf-8")):
        found = f"{kind} in {charset[:40]!r}" if charset else kind
        said = f"Content-Type: a form must be {_FORM} in UTF-8; was {found}. Send it so."
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, said)


def _kind_of(request: Request) -> tuple[str, str]:
    """Return what a body is, and in which charset, as whoever reads it takes them; "" where that is not said."""
    kind, options = parse_options_header(request.headers.get("content-type"))
    return kind.decode("latin-1"), options.get(b"charset", b"").decode("latin-1").lower()


async def _checked_form(request: Request, receive: Receive, wanted: str) -> Receive:
    """Return what receives the request again, once it is found to come from one of our pages."""
    given = request.headers.get(CSRF_HEADER)
    again = receive
    if given is None and _kind_of(request)[0] == _FORM:
        body = await request.body()
        value = (await request.form()).get(CSRF_FIELD)
        given = value if isinstance(value, str) else None
        again = _replayed(body, receive)
    if given is None or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            f"{CSRF_FIELD}: a change must come from a page of this session; did not. Reload the page, and try again.",
        )
    return again


def _replayed(body: bytes, receive: Receive) -> Receive:
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
