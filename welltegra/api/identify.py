"""Who asks: a bearer token, an API key, or a browser's session. None of the three is nobody."""

from __future__ import annotations

from starlette.requests import Request

from connectors.ops import keys, members, sessions
from connectors.ops.shapes import ApiKey
from welltegra.api import cookies
from welltegra.api.problems import unauthenticated
from welltegra.api.state import State
from welltegra.auth.bearer import principal_of
from welltegra.auth.errors import BadToken
from welltegra.auth.principal import EVERYWHERE, How, Principal, merged


def identify(request: Request, state: State) -> Principal | None:
    """Return who asks; None where nothing says so.

    Raises:
        BadToken: What the Authorization header says is not believed.
        Problem: It is of a kind that is not known, or the address tries too often.
        ProviderAway: The provider's keys cannot be had.
    """
    said = request.headers.get("authorization")
    if said is None:
        secret = cookies.read(request, state, cookies.SESSION)
        return None if secret is None else _of_session(state, secret)
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


def _of_session(state: State, secret: str) -> Principal | None:
    with state.database.transaction("gatekeeper") as connection:
        session = sessions.find(connection, secret)
        if session is None:
            return None
        # What the provider said holds until the next sign-in; what was given or taken here holds at once.
        roles = merged(session.roles, members.roles_of(connection, session.subject))
    how: How = "local" if session.how == "local" else "session"
    return Principal(session.subject, session.name or session.subject, roles, how, csrf=session.csrf)


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
    claims = state.bearer.claims(token)
    with state.database.transaction("gatekeeper") as connection:
        member_of = members.roles_of(connection, str(claims["sub"]))
    return principal_of(claims, state.settings.auth, member_of)
