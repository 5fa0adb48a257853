"""Tokens of the provider: believed only with a signature, an issuer, an audience and times that hold."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import ClaimError, JoseError
from joserfc.jws import JWSRegistry

from welltegra.auth.errors import BadToken
from welltegra.auth.provider import Provider

# With a symmetric one whoever knows our secret could sign; `none` needs no word.
SYMMETRIC: Final = ("HS256", "HS384", "HS512", "none")
_LONGEST: Final = 16_384


@dataclass(frozen=True, slots=True)
class Validator:
    """Reads tokens. audience: whom they must be for. now: seconds since epoch, for tests."""

    provider: Provider
    audience: str
    algorithms: tuple[str, ...]
    clock_skew_s: int
    now: Callable[[], int] | None = None

    def claims(self, token: str, nonce: str | None = None) -> Mapping[str, Any]:
        """Return the claims of a token that holds. nonce: what an ID token must carry; None for a bearer token.

        Raises:
            BadToken: It does not hold.
            ProviderAway: The provider's keys cannot be had.
        """
        header = _header(token)
        if header.get("alg") not in self.algorithms:
            raise BadToken(f"its algorithm was {header.get('alg')!r}, which is none of {', '.join(self.algorithms)}")
        if nonce is None and str(header.get("typ", "JWT")).lower() not in ("jwt", "at+jwt", "application/at+jwt"):
            raise BadToken(f"its type was {header.get('typ')!r}")
        key_id = header.get("kid")
        keys = self.provider.keys(key_id if isinstance(key_id, str) else None)
        registry = JWSRegistry(algorithms=list(self.algorithms))
        registry.max_payload_length = _LONGEST
        try:
            claims = jwt.decode(token, keys, algorithms=list(self.algorithms), registry=registry).claims
            self._checked(claims, nonce)
        except ClaimError as error:
            raise BadToken(f"its claim {error.claim!r} did not hold ({error.error})") from None
        except (JoseError, ValueError, TypeError) as error:
            raise BadToken(f"it did not hold ({type(error).__name__})") from None
        return claims

    def _checked(self, claims: dict[str, Any], nonce: str | None) -> None:
        wanted: dict[str, Any] = {
            "iss": {"essential": True, "value": self.provider.issuer},
            "aud": {"essential": True, "value": self.audience},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }
        if nonce is not None:
            wanted |= {"nonce": {"essential": True, "value": nonce}, "iat": {"essential": True}}
        jwt.JWTClaimsRegistry(now=self.now, leeway=self.clock_skew_s, **wanted).validate(claims)
        if nonce is None and "nonce" in claims:
            raise BadToken("it was an ID token, which says who signed in, and is no key")
        audiences = claims["aud"]
        # OpenID Connect Core 3.1.3.7: of several audiences, the one that it was made for must be us.
        if (
            nonce is not None
            and isinstance(audiences, list)
            and len(audiences) > 1
            and claims.get("azp") != self.audience
        ):
            raise BadToken(f"its authorized party was {claims.get('azp')!r}")


def _header(token: str) -> Mapping[str, Any]:
    if len(token) > _LONGEST:
        raise BadToken(f"it was longer than {_LONGEST} characters")
    first, _, rest = token.partition(".")
    if rest.count(".") != 1:
        raise BadToken("it was no JSON Web Signature")
    try:
        found = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, RecursionError, binascii.Error):
        raise BadToken("its header could not be read") from None
    if not isinstance(found, dict):
        raise BadToken("its header could not be read")
    return found
