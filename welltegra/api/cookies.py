"""Our cookies: unreadable to script, sent only to us, and where it is https, to this host alone."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from welltegra.api.state import State
from welltegra.auth.browser import PENDING_S

SESSION = "welltegra_session"
PENDING = "welltegra_sign_in"


def name_of(state: State, name: str) -> str:
    """Return a cookie's name: __Host- has browsers refuse it from other hosts, other paths and plain HTTP."""
    return f"__Host-{name}" if state.secure else name


def read(request: Request, state: State, name: str) -> str | None:
    """Return the cookie's value; None where there is none."""
    return request.cookies.get(name_of(state, name))


def put(response: Response, state: State, name: str, value: str, seconds: int = PENDING_S) -> None:
    """Have the browser keep a cookie."""
    response.set_cookie(
        name_of(state, name), value, max_age=seconds, path="/", secure=state.secure, httponly=True, samesite="lax"
    )


def drop(response: Response, state: State, name: str) -> None:
    """Have the browser forget a cookie."""
    response.delete_cookie(name_of(state, name), path="/", secure=state.secure, httponly=True, samesite="lax")
