"""`create_app`: the API and the pages as one application, with the guard before every route."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match
from starlette.staticfiles import StaticFiles

from connectors.errors import ConnectorError, FileFaults
from connectors.ops.errors import InputFaults, ProfileMissing, TargetMissing
from connectors.ops.shapes import QueryFaults
from connectors.postgres.errors import DatabaseUnreachable
from scoring.profile_checks import ProfileFaults
from welltegra.api import (
    comparing,
    exports,
    keys,
    members,
    openapi,
    profiles,
    ranking,
    reviewing,
    signing,
    work,
    worklist,
)
from welltegra.api.caching import tagged
from welltegra.api.database import unavailable
from welltegra.api.guard import flat, guarded
from welltegra.api.heads import Bodiless, with_heads
from welltegra.api.measured import Measured
from welltegra.api.metrics import ServeMetrics
from welltegra.api.problems import Problem, not_found, unauthenticated, unprocessable
from welltegra.api.shield import Shield, hosts_of, networks
from welltegra.api.state import State
from welltegra.auth.errors import BadToken, ProviderAway, SignInFailed, TooManyAttempts
from welltegra.errors import WelltegraError
from welltegra.serving.jobs import JobRunner
from welltegra.web.pages.simple import error_page
from welltegra.web.rendering import STATIC, render
from welltegra.web.routes import web_router

if TYPE_CHECKING:
    from welltegra.serving.watching import Watch

log = logging.getLogger(__name__)

_A_YEAR: Final = "public, max-age=31536000, immutable"
_ANSWERED: Final[tuple[type[Exception], ...]] = (
    *(Problem, HTTPException, RequestValidationError, ConnectorError, ProfileFaults, WelltegraError, Exception),
)
# In this order: `export` is no id of a target.
_ROUTERS: Final = (signing, exports, worklist, reviewing, work, ranking, comparing, profiles, members, keys)


def create_app(
    state: State,
    runner: JobRunner | None = None,
    port: int = 0,
    loopback: bool = True,
    watch: Watch | None = None,
) -> FastAPI:
    """Return the application. runner: ranks in the background; None where another process does.

    port, loopback: where we listen, which says what hosts we go by. watch: serves metrics and health; None for nobody.
    """
    settings = state.settings
    metrics = ServeMetrics(state.database.figures, lambda: state.hub.subscribers) if watch is None else watch.metrics

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        state.database.open()
        state.hub.start()
        state.folders.start()
        if runner is not None:
            runner.start()
        if watch is not None:
            watch.start()
        try:
            yield
        finally:
            # Apart from the loop, which may have something to answer yet.
            await asyncio.to_thread(stop)

    def stop() -> None:
        for one in (runner, state.hub, state.folders, watch):
            if one is not None:
                one.stop()
        state.database.close()
        if state.provider is not None:
            state.provider.close()

    app = FastAPI(
        title="WellTegra",
        summary="Reopening targets, ranked and reviewed.",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.shared = state
    static = StaticFiles(directory=STATIC)
    routes: list[BaseRoute] = list(tagged(route for module in _ROUTERS for route in module.router.routes))
    routes += flat(web_router(state))
    app.router.routes.extend(guarded(list(with_heads(routes)), state))
    app.mount("/static", _Kept(static), name="static")
    for kind in _ANSWERED:
        app.add_exception_handler(kind, _answered)
    openapi.install(app)
    hosts = hosts_of(state.origin, port, loopback) if loopback or settings.web.public_url else []
    app.add_middleware(
        Shield,
        allow=networks(settings.web.allow),
        proxies=networks(settings.web.trusted_proxies, "web.trusted_proxies"),
        hosts=hosts,
        secure=state.secure,
        issuer=settings.auth.issuer,
        most_body_bytes=settings.web.max_body_kb * 1024,
    )
    app.add_middleware(Bodiless)
    # Outermost: what the shield refuses is measured as well.
    app.add_middleware(Measured, metrics=metrics)
    app.state.metrics = metrics
    return app


class _Kept:
    """Static files; an address with the hash of its content may be kept for good."""

    def __init__(self, files: StaticFiles) -> None:
        self._files = files

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        kept = scope.get("query_string", b"").startswith(b"v=")

        async def dressed(message: Any) -> None:
            if message["type"] == "http.response.start":
                value = _A_YEAR if kept and message["status"] == HTTPStatus.OK else "public, max-age=60"
                message["headers"] = [*message["headers"], (b"cache-control", value.encode())]
            await send(message)

        await self._files(scope, receive, dressed)


async def _answered(request: Request, error: Exception) -> Response:
    """Return an error as its reader takes it: JSON (RFC 9457), or for a browser a page with the same sentence."""
    problem = problem_of(request, error)
    metrics: ServeMetrics = request.app.state.metrics
    metrics.refused(error)
    page = "text/html" in request.headers.get("accept", "")
    principal = getattr(request.state, "principal", None)
    if page and problem.status == HTTPStatus.UNAUTHORIZED and request.method in ("GET", "HEAD"):
        return RedirectResponse(signing.sign_in_address(request), HTTPStatus.SEE_OTHER)
    if page or request.headers.get("hx-request") == "true":
        faults = [detail for detail, _ in problem.errors]
        shown = error_page(int(problem.status), problem.detail, faults, principal)
        return HTMLResponse(render(shown), int(problem.status), problem.headers)
    return problem.response()


def problem_of(request: Request, error: Exception) -> Problem:
    """Return what an error is to whoever asked. What is our own fault is logged, and not told."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            found = [(_sentence(one), ".".join(map(str, one["loc"]))) for one in error.errors()]
            return unprocessable(f"The request must be as the API has it; {len(found)} of it is not.", found)
        case QueryFaults() | InputFaults() | FileFaults():
            faults = [(str(fault), fault.where.removeprefix("query: ")) for fault in error.faults]
            return unprocessable(str(error.faults[0]), faults)
        case ProfileFaults():
            faults = [(str(fault), fault.path) for fault in error.faults]
            return unprocessable("The profile must hold; it does not.", faults)
        case BadToken():
            return unauthenticated(str(error))
        case SignInFailed():
            return Problem(HTTPStatus.BAD_REQUEST, str(error))
        case TooManyAttempts():
            return Problem(HTTPStatus.TOO_MANY_REQUESTS, str(error), headers={"Retry-After": str(error.seconds)})
        case ProviderAway():
            log.error("provider_away reason=%s", error)
            return Problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers={"Retry-After": "5"})
        case ProfileMissing():
            return not_found(f"profile {error.wanted}")
        case TargetMissing():
            return Problem(HTTPStatus.NOT_FOUND, str(error))
        case DatabaseUnreachable():
            log.error("database_unreachable reason=%s", error)
            return unavailable()
        case HTTPException():
            return _of_status(request, error)
        case _:
            log.error("failed method=%s path=%r", request.method, request.url.path, exc_info=error)
            said = (
                "This went wrong here, and not with what you asked. It is in the log of the server; tell who runs it."
            )
            return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, said)


def _of_status(request: Request, error: HTTPException) -> Problem:
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.NOT_FOUND:
        return not_found(f"address {request.url.path[:200]!r}")
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(_methods(request))
        said = f"{request.url.path[:200]!r} is asked with {allowed}; was with {request.method!r}."
        return Problem(status, said, headers={"Allow": allowed})
    return Problem(status, f"The request must be one that can be read; was not ({error.detail}).")


def _methods(request: Request) -> list[str]:
    found: set[str] = set()
    for route in request.app.router.routes:
        match, _ = route.matches(request.scope)
        if match != Match.NONE:
            found |= getattr(route, "methods", None) or {"GET", "HEAD"}
    return sorted(found)


def _sentence(one: dict[str, Any]) -> str:
    place = " ".join(str(part) for part in one["loc"])
    return f"{place}: {one['msg'][:1].lower()}{one['msg'][1:]}."
