"""The OpenID Connect provider as it describes itself, and its keys: fetched when first needed, kept for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from welltegra.auth.errors import ProviderAway

_KEPT_S: Final = 3600.0
# A token with a key that we have not seen makes us look again, but not at every such token.
_LOOKED_AGAIN_S: Final = 30.0
_TIMEOUT_S: Final = 10.0
_MOST_BYTES: Final = 1 << 20
_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Described:
    """What discovery says of a provider."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str | None


class Provider:
    """A provider. issuer: exactly as it calls itself. transport: for tests."""

    def __init__(
        self,
        issuer: str,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.issuer = issuer
        self._clock = clock
        self._client = httpx.Client(transport=transport, timeout=_TIMEOUT_S, follow_redirects=False, trust_env=False)
        self._described: Described | None = None
        self._keys: KeySet | None = None
        self._described_at = self._keys_at = self._looked_at = -_KEPT_S
        self._guard = threading.Lock()

    def described(self) -> Described:
        """Return what it says of itself.

        Raises:
            ProviderAway: It cannot be asked, or is not the issuer that is set.
        """
        with self._guard:
            if self._described is None or self._clock() - self._described_at > _KEPT_S:
                self._described, self._described_at = self._discover(), self._clock()
            return self._described

    def keys(self, key_id: str | None = None) -> KeySet:
        """Return its keys; looked up again where none of them is `key_id`, or they are old.

        Raises:
            ProviderAway: It cannot be asked.
        """
        uri = self.described().jwks_uri
        with self._guard:
            now = self._clock()
            keys = self._keys
            new = keys is not None and key_id is not None and all(key.kid != key_id for key in keys.keys)
            if keys is None or now - self._keys_at > _KEPT_S or (new and now - self._looked_at > _LOOKED_AGAIN_S):
                self._looked_at = now
                try:
                    keys = KeySet.import_key_set({"keys": _usable(self._get(uri))})
                except (JoseError, ValueError, KeyError, TypeError) as error:
                    raise ProviderAway(self.issuer, f"its keys could not be read ({type(error).__name__})") from None
                self._keys, self._keys_at = keys, now
            return keys

    def post(self, url: str, form: Mapping[str, str], auth: tuple[str, str] | None) -> tuple[int, Mapping[str, Any]]:
        """Send a form to one of its endpoints; return the status and the JSON of the answer.

        Raises:
            ProviderAway: It did not answer.
        """
        try:
            proof = httpx.USE_CLIENT_DEFAULT if auth is None else httpx.BasicAuth(*auth)
            answer = self._client.post(url, data=dict(form), auth=proof, headers={"accept": "application/json"})
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderAway(self.issuer, f"it did not answer ({type(error).__name__})") from None
        return answer.status_code, found if isinstance(found, dict) else {}

    def close(self) -> None:
        """Let go of its connections."""
        self._client.close()

    def _discover(self) -> Described:
        found = self._get(self.issuer.rstrip("/") + "/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise ProviderAway(self.issuer, f"it calls itself {found.get('issuer')!r}")
        named: dict[str, str] = {}
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            url = found.get(name)
            if not isinstance(url, str) or not self._safe(url):
                raise ProviderAway(self.issuer, f"its {name} is {url!r}")
            named[name] = url
        ends = found.get("end_session_endpoint")
        return Described(**named, end_session_endpoint=ends if isinstance(ends, str) and self._safe(ends) else None)

    def _safe(self, url: str) -> bool:
        """Return whether a URL may be followed: https, or http to this machine, as the issuer's is then too."""
        parts = urlsplit(url)
        return parts.scheme == "https" or (
            parts.scheme == "http" and parts.hostname in _LOOPBACK and urlsplit(self.issuer).scheme == "http"
        )

    def _get(self, url: str) -> Mapping[str, Any]:
        try:
            with self._client.stream("GET", url, headers={"accept": "application/json"}) as answer:
                body = b""
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > _MOST_BYTES:
                        raise ProviderAway(self.issuer, f"{url!r} answered with more than {_MOST_BYTES} bytes")
            if answer.status_code != httpx.codes.OK:
                raise ProviderAway(self.issuer, f"{url!r} answered {answer.status_code}")
            found = httpx.Response(200, content=body).json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderAway(self.issuer, f"{url!r} did not answer ({type(error).__name__})") from None
        if not isinstance(found, dict):
            raise ProviderAway(self.issuer, f"{url!r} answered with no JSON object")
        return found


def _usable(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the public keys that sign; symmetric ones would let anybody who reads them sign."""
    return [
        key
        for key in found["keys"]
        if isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP") and key.get("use", "sig") == "sig"
    ]
