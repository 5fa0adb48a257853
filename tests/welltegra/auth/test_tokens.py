from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from welltegra.auth.errors import BadToken, ProviderAway
from welltegra.auth.provider import Provider
from welltegra.auth.tokens import Validator

ISSUER, US, NOW = "https://id.example", "urn:us", 1_800_000_000
RSA, OTHER, EC = (
    RSAKey.generate_key(2048, {"kid": "rsa"}),
    RSAKey.generate_key(2048, {"kid": "rsa"}),
    ECKey.generate_key("P-256", {"kid": "ec"}),
)
SYMMETRIC = OctKey.import_key(b"k" * 32, {"kid": "oct"})
Make = Callable[..., str]


class Server:
    """A provider behind a transport. keys: those it publishes. asked: how often."""

    def __init__(self) -> None:
        self.keys: list[Any] = [RSA.as_dict(private=False), EC.as_dict(private=False), SYMMETRIC.as_dict(private=True)]
        self.described: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/auth",
            "token_endpoint": f"{ISSUER}/token",
            "jwks_uri": f"{ISSUER}/jwks",
        }
        self.asked: list[str] = []
        self.clock = 0.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if request.url.path == "/.well-known/openid-configuration":
            return httpx.Response(200, json=self.described)
        return httpx.Response(200, json={"keys": self.keys})

    def provider(self) -> Provider:
        return Provider(ISSUER, httpx.MockTransport(self), lambda: self.clock)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def validator(server: Server) -> Validator:
    return Validator(server.provider(), US, ("RS256", "ES256"), 60, lambda: NOW)


def claims(**more: Any) -> dict[str, Any]:
    made = {"iss": ISSUER, "aud": US, "sub": "ann", "iat": NOW - 10, "exp": NOW + 300, **more}
    return {name: value for name, value in made.items() if value is not None}


def signed(key: Any = RSA, alg: str = "RS256", header: dict[str, Any] | None = None, **more: Any) -> str:
    head = {"alg": alg, "kid": key.kid, "typ": "JWT", **(header or {})}
    return jwt.encode(head, claims(**more), key, algorithms=[alg])


def test_that_a_token_that_holds_is_believed_whichever_key_signed_it(validator: Validator) -> None:
    assert validator.claims(signed())["sub"] == "ann"
    assert validator.claims(signed(EC, "ES256"))["sub"] == "ann"
    assert validator.claims(signed(header={"typ": "at+jwt"}, aud=["urn:other", US]))["sub"] == "ann"


@pytest.mark.parametrize(
    "more",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "urn:other"},
        {"aud": None},
        {"aud": []},
        {"sub": None},
        {"sub": 7},
        {"exp": None},
        {"exp": NOW - 61},
        {"exp": "tomorrow"},
        {"nbf": NOW + 61},
        {"iat": NOW + 61},
        {"nonce": "of an ID token"},
    ],
    ids=str,
)
def test_that_a_claim_that_does_not_hold_ends_it(more: dict[str, Any], validator: Validator) -> None:
    with pytest.raises(BadToken):
        validator.claims(signed(**more))


@pytest.mark.parametrize("more", [{"exp": NOW - 59}, {"nbf": NOW + 59}], ids=str)
def test_that_clocks_may_differ_by_so_much(more: dict[str, Any], validator: Validator) -> None:
    assert validator.claims(signed(**more))["sub"] == "ann"


def part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(alg: str) -> str:
    return f"{part(json.dumps({'alg': alg, 'kid': 'rsa'}).encode())}.{part(json.dumps(claims()).encode())}."


def confused() -> str:
    said = unsigned("HS256").rstrip(".")
    return f"{said}.{part(hmac.digest(RSA.as_pem(private=False), said.encode(), 'sha256'))}"


@pytest.mark.parametrize(
    "token",
    [
        lambda: signed(OTHER),
        lambda: signed(SYMMETRIC, "HS256"),
        # The public key, which is everybody's, taken for a secret.
        confused,
        lambda: signed(RSA, "RS512"),
        lambda: unsigned("none"),
        lambda: unsigned("RS256"),
        lambda: signed()[:-4] + "AAAA",
        lambda: signed().replace(".", "..", 1),
        lambda: signed(header={"typ": "logout+jwt"}),
        lambda: signed(header={"kid": "nobody's"}),
        lambda: "x",
        lambda: "",
        lambda: "..",
        lambda: "W10.e30.",
        lambda: "e30.e30.e30.e30.e30",
        lambda: "a" * 20_000,
    ],
)
def test_that_what_is_not_signed_by_a_key_of_the_provider_as_is_allowed_is_not_believed(
    token: Make, validator: Validator
) -> None:
    with pytest.raises(BadToken) as refused:
        validator.claims(token())
    assert "eyJ" not in str(refused.value), "an error never shows a token"


def test_that_an_id_token_must_carry_the_nonce_that_was_sent(validator: Validator) -> None:
    assert validator.claims(signed(nonce="n"), "n")["sub"] == "ann"
    for more in ({}, {"nonce": "other"}, {"nonce": "n", "iat": None}, {"nonce": "n", "aud": [US, "urn:other"]}):
        with pytest.raises(BadToken):
            validator.claims(signed(**more), "n")
    assert validator.claims(signed(nonce="n", aud=[US, "urn:other"], azp=US), "n")["sub"] == "ann"


def test_that_a_new_key_is_looked_up_and_unknown_ones_do_not_flood_the_provider(
    server: Server, validator: Validator
) -> None:
    validator.claims(signed())
    new = RSAKey.generate_key(2048, {"kid": "new"})
    server.keys.append(new.as_dict(private=False))
    server.clock = 31.0
    assert validator.claims(signed(new))["sub"] == "ann"
    for number in range(20):
        with pytest.raises(BadToken):
            validator.claims(signed(RSAKey.import_key(RSA.as_dict(private=True), {"kid": f"k{number}"})))
    assert server.asked.count("/jwks") == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"issuer": "https://other.example"},
        {"jwks_uri": "http://id.example/jwks"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_that_a_provider_that_is_not_the_issuer_or_not_https_is_not_used(
    wrong: dict[str, Any], server: Server, validator: Validator
) -> None:
    server.described |= wrong
    with pytest.raises(ProviderAway):
        validator.claims(signed())
