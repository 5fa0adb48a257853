"""Why someone is not let in, or not let do it."""

from __future__ import annotations

from welltegra.errors import WelltegraError


class Refused(WelltegraError):
    """Someone may not come in."""


class BadToken(Refused):
    """A bearer token or an ID token is not believed. The sentence says why, and never the token."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"Authorization: the token must be one of our provider's, for us, and not expired; {why}.")


class SignInFailed(Refused):
    """A sign-in at a browser came to nothing."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"Sign-in must be begun here, and ended at the provider within minutes; {why}. Sign in again.")


class ProviderAway(WelltegraError):
    """The identity provider cannot be asked, or says what cannot be."""

    def __init__(self, issuer: str, why: str) -> None:
        self.issuer, self.why = issuer, why
        super().__init__(
            f"auth.issuer: the provider at {issuer!r} must answer as OpenID Connect has it; {why}. Is it up, and the"
            " issuer exactly as it calls itself?"
        )


class TooManyAttempts(Refused):
    """An address tries too often. seconds: when it may try again."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(f"An address may try to sign in only so often a minute; try again in {seconds} s.")
