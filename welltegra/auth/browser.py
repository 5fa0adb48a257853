"""Sign-in at a browser: authorization code with PKCE, state and nonce, which a cookie of ten minutes carries."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from welltegra.auth.errors import ProviderAway, SignInFailed
from welltegra.auth.provider import Provider
from welltegra.auth.tokens import Validator

PENDING_S: Final = 600
_HOME: Final = "/"
# Control characters, backslashes and a second slash are read by browsers as the start of another host.
_LOCAL: Final = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\\ud800-\udfff]*")
LONGEST_PATH: Final = 2_000
# As `secrets` makes them.
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{1,200}")


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that has begun. next: where to go after it."""

    state: str
    nonce: str
    verifier: str
    next: str

    def __str__(self) -> str:
        """Return the text of its cookie."""
        return base64.urlsafe_b64encode(json.dumps(asdict(self)).encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """Return the one that a cookie says.

        Raises:
            SignInFailed: It is none.
        """
        try:
            found = json.loads(base64.urlsafe_b64decode((text or "") + "=" * (-len(text or "") % 4)))
            pending = cls(**found)
        except (ValueError, TypeError, RecursionError, binascii.Error):
            raise SignInFailed("this browser has begun none") from None
        if not all(isinstance(value, str) for value in asdict(pending).values()):
            raise SignInFailed("this browser has begun none")
        if not all(_TOKEN.fullmatch(value) for value in (pending.state, pending.nonce, pending.verifier)):
            raise SignInFailed("this browser has begun none")
        # Whoever may write cookies must not say where sign-in leads.
        return replace(pending, next=local_path(pending.next))


@dataclass(frozen=True, slots=True)
class BrowserSignIn:
    """Signs people in by a provider. redirect_uri: of ours, as the provider knows it."""

    provider: Provider
    validator: Validator
    client_id: str
    client_secret: str
    redirect_uri: str
    scopes: str

    def begin(self, next_: str | None) -> tuple[str, Pending]:
        """Return where to send the browser, and what to remember meanwhile.

        Raises:
            ProviderAway: The provider cannot be asked.
        """
        pending = Pending(
            secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), local_path(next_)
        )
        challenge = base64.urlsafe_b64encode(hashlib.sha256(pending.verifier.encode()).digest()).decode().rstrip("=")
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.scopes,
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return _with_query(self.provider.described().authorization_endpoint, asked), pending

    def end(self, answer: Mapping[str, str], pending: Pending) -> Mapping[str, Any]:
        """Return the claims of who has signed in. answer: what the browser came back with.

        Raises:
            SignInFailed: It is not the answer to what was begun, or the provider refuses.
            BadToken: The ID token does not hold.
            ProviderAway: The provider cannot be asked.
        """
        if not hmac.compare_digest(answer.get("state", "").encode(), pending.state.encode()):
            raise SignInFailed("the state that came back was another")
        # RFC 9207: where several providers are in play, one must not answer for another.
        if "iss" in answer and answer["iss"] != self.provider.issuer:
            raise SignInFailed("another issuer answered")
        if "code" not in answer:
            raise SignInFailed(f"the provider answered {answer.get('error', 'nothing')[:100]!r}")
        form = {
            "grant_type": "authorization_code",
            "code": answer["code"],
            "redirect_uri": self.redirect_uri,
            "code_verifier": pending.verifier,
        }
        auth = (self.client_id, self.client_secret) if self.client_secret else None
        if auth is None:
            form["client_id"] = self.client_id
        status, found = self.provider.post(self.provider.described().token_endpoint, form, auth)
        token = found.get("id_token")
        if status != 200 or not isinstance(token, str):
            raise SignInFailed(f"the provider refused the code ({status}, {str(found.get('error', ''))[:100]!r})")
        return self.validator.claims(token, pending.nonce)

    def ended_at(self, back_to: str) -> str | None:
        """Return where the provider ends its own session; None where it has no such place, or is away."""
        try:
            place = self.provider.described().end_session_endpoint
        except ProviderAway:
            return None
        asked = {"client_id": self.client_id, "post_logout_redirect_uri": back_to}
        return None if place is None else _with_query(place, asked)


def local_path(text: str | None) -> str:
    """Return `text` if it is a path of ours, else the first page: a link must not send people to others."""
    return text if text is not None and len(text) <= LONGEST_PATH and _LOCAL.fullmatch(text) else _HOME


def _with_query(url: str, asked: Mapping[str, str]) -> str:
    return f"{url}{'&' if urlsplit(url).query else '?'}{urlencode(asked)}"
