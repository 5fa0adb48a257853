"""Who asks: a bearer token, an API key, or a browser's session. None of the three is nobody."""

from __future__ import annotations

from dataclasses import replace

from starlette.requests import Request

from connectors.ops import keys, members, sessions
from connectors.ops.shapes import ApiKey
from welltegra.api import cookies
from welltegra.api.problems import unauthenticated
from welltegra.api.state import State
from welltegra.auth.bearer import principal_of, roles_here
from welltegra.auth.errors import BadToken
from welltegra.auth.principal import EVERYWHERE, Principal


def identify(request: Request, state: State, *, seen: bool = True) -> Principal | None:
    """Return who asks; None where nothing says so. seen: whether a person did something, so that a session lives on.

    Raises:
        BadToken: What the Authorization header says is not believed.
        Problem: It is of a kind that is not known, or the address tries too often.
        ProviderAway: The provider's keys cannot be had.
    """
    said = request.headers.get("authorization")
    if said is None:
        secret = cookies.read(request, state, cookies.SESSION)
        return None if secret is None else _of_session(state, secret, seen=seen)
    kind, _, credential = said.partition(" ")
    credential = credential.strip()
    if kind.lower() != "bearer" or not credential:
        raise unauthenticated("Authorization: must be `Bearer` and a token or an API key; was of another kind.")
    try:
        if credential.startswith(keys.PREFIX):
            return _of_key(state, credential)
        return _of_token(state, credential)
    except BadToken:
        state.attempts.take(request.client.host if request.client else "")
        raise


def _of_session(state: State, secret: str, *, seen: bool) -> Principal | None:
    with state.database.transaction("gatekeeper") as connection:
        session = sessions.find(connection, secret, state.settings.auth.idle_minutes, seen=seen)
        if session is None:
            return None
        name = session.name or session.subject
        if session.how == "local":
            # Of this machine, and of a time before others could come: where there is a provider, it says who they are.
            known = Principal(session.subject, name, session.roles, "local", csrf=session.csrf)
            return None if state.local is None else known
        # What the provider said holds until the next sign-in; what was given or taken here holds at once.
        member_of = members.roles_of(connection, session.subject)
    roles = roles_here(session.subject, session.roles, member_of, state.settings.auth.platform_admins)
    return Principal(session.subject, name, roles, "session", csrf=session.csrf)


def _of_key(state: State, secret: str) -> Principal:
    with state.database.transaction("gatekeeper") as connection:
        key: ApiKey | None = keys.find(connection, secret)
    if key is None:
        raise BadToken("it was no API key that is in force")
    roles = {key.project_id or EVERYWHERE: key.role}
    return Principal(f"key:{key.key_id}", key.name, roles, "api_key", scopes=frozenset(key.scopes) or None)


def _of_token(state: State, token: str) -> Principal:
    if state.bearer is None:
        raise BadToken("there is no provider set here whose it could be")
    auth = state.settings.auth
    known = principal_of(state.bearer.claims(token), auth)
    with state.database.transaction("gatekeeper") as connection:
        member_of = members.roles_of(connection, known.subject)
    return replace(known, roles=roles_here(known.subject, known.roles, member_of, auth.platform_admins))
