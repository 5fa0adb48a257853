"""Signing in and out at a browser, and who one is."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from connectors.ops import sessions
from welltegra.api import cookies
from welltegra.api.documents import MeBody
from welltegra.api.guard import principal_of
from welltegra.api.problems import documented, not_found
from welltegra.api.state import State
from welltegra.auth.bearer import principal_of as principal_of_claims
from welltegra.auth.browser import Pending, local_path
from welltegra.auth.principal import EVERYWHERE, Principal
from welltegra.web.pages.simple import sign_in_page
from welltegra.web.rendering import render

router = APIRouter()
_PAGE: dict[str, Any] = {"response_class": HTMLResponse, "include_in_schema": False}
Next = Annotated[str | None, Query()]


def sign_in_address(request: Request) -> str:
    """Return where to sign in, to come back here afterwards."""
    query = f"?{request.url.query}" if request.url.query else ""
    here = request.url.path + query
    # One that sign-in would not lead back to is not carried along: it could be as long as the address itself may be.
    return "/sign-in" if local_path(here) != here else f"/sign-in?{urlencode({'next': here})}"


@router.get("/sign-in", name="sign_in", **_PAGE)
def sign_in(request: Request, next: Next = None) -> Response:  # noqa: A002 - the query calls it so
    """Return the page to sign in on."""
    state: State = request.state.shared
    begin = None if state.browser is None else f"/sign-in/begin?{urlencode({'next': local_path(next)})}"
    return HTMLResponse(render(sign_in_page(begin)))


@router.get("/sign-in/begin", name="sign_in_begin", **_PAGE)
def sign_in_begin(request: Request, next: Next = None) -> Response:  # noqa: A002 - the query calls it so
    """Send the browser to the provider."""
    state: State = request.state.shared
    if state.browser is None:
        raise not_found("sign-in by a provider")
    state.attempts.take(address_of(request))
    place, pending = state.browser.begin(next)
    answer = RedirectResponse(place, HTTPStatus.SEE_OTHER)
    cookies.put(answer, state, cookies.PENDING, str(pending))
    return answer


@router.get("/sign-in/callback", name="sign_in_callback", **_PAGE)
def sign_in_callback(request: Request) -> Response:
    """Take the browser back from the provider, signed in."""
    state: State = request.state.shared
    if state.browser is None:
        raise not_found("sign-in by a provider")
    state.attempts.take(address_of(request))
    pending = Pending.parse(cookies.read(request, state, cookies.PENDING))
    claims = state.browser.end(dict(request.query_params), pending)
    who = principal_of_claims(claims, state.settings.auth, "session")
    answer = _signed_in(request, state, who, "oidc", pending.next)
    cookies.drop(answer, state, cookies.PENDING)
    return answer


@router.get("/sign-in/local", name="sign_in_local", **_PAGE)
def sign_in_local(request: Request, token: Annotated[str, Query(max_length=100)], next: Next = None) -> Response:  # noqa: A002
    """Sign in whoever sits at this machine, by the link on the terminal."""
    state: State = request.state.shared
    if state.local is None:
        raise not_found("local sign-in")
    state.attempts.take(address_of(request))
    state.local.use(token)
    subject = state.local.subject
    who = Principal(subject, subject.partition(":")[2], {EVERYWHERE: "platform_admin"}, "local")
    return _signed_in(request, state, who, "local", local_path(next))


@router.post("/sign-out", name="sign_out", **_PAGE)
def sign_out(request: Request) -> Response:
    """End the session; where the provider has one, too, send the browser there to end it."""
    state: State = request.state.shared
    place = "/sign-in"
    if (secret := cookies.read(request, state, cookies.SESSION)) is not None:
        with state.database.transaction("gatekeeper") as connection:
            sessions.end(connection, secret)
        if state.browser is not None and principal_of(request).how == "session":
            place = state.browser.ended_at(f"{state.origin}/sign-in") or place
    answer = RedirectResponse(place, HTTPStatus.SEE_OTHER)
    cookies.drop(answer, state, cookies.SESSION)
    return answer


@router.get("/me", name="me", tags=["sign-in"], responses=documented())
def me(request: Request) -> MeBody:
    """Return who you are here, and what you may."""
    who = principal_of(request)
    scopes = None if who.scopes is None else sorted(who.scopes)
    return MeBody(subject=who.subject, name=who.name, how=who.how, roles=who.roles, scopes=scopes)


def address_of(request: Request) -> str:
    """Return the address that a request comes from."""
    return request.client.host if request.client else ""


def _signed_in(request: Request, state: State, who: Principal, how: str, next_: str) -> Response:
    hours = state.settings.auth.session_hours
    with state.database.transaction("gatekeeper") as connection:
        if (old := cookies.read(request, state, cookies.SESSION)) is not None:
            sessions.end(connection, old)
        secret = sessions.create(
            connection, subject=who.subject, name=who.name, roles=who.roles, how=how, csrf=secrets.token_urlsafe(24),
            hours=hours,
        )  # fmt: skip
    answer = RedirectResponse(next_, HTTPStatus.SEE_OTHER)
    cookies.put(answer, state, cookies.SESSION, secret, int(hours * 3600))
    return answer
