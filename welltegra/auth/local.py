"""Sign-in without a provider, for whoever sits at this machine: a link on the terminal, good for one use."""

from __future__ import annotations

import getpass
import hashlib
import hmac
import multiprocessing
import secrets
from typing import Final

from welltegra.auth.errors import SignInFailed

_LENGTH: Final = 32


class LocalSignIn:
    """Hands out links to us at `origin`, one after the other; the processes that it is handed to share them."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._secret = secrets.token_bytes(32)
        self._used = multiprocessing.get_context("spawn").Value("Q", 0)

    @property
    def subject(self) -> str:
        """Who it is: the user of this machine that we run as."""
        return f"local:{getpass.getuser()}"

    @property
    def link(self) -> str:
        """The link that is good now."""
        return f"{self._origin}/sign-in/local?token={self.token}"

    def tell(self) -> None:
        """Print the link, for whoever sits here."""
        print(f"Sign in, once: {self.link}", flush=True)

    @property
    def token(self) -> str:
        """The word of the link that is good now."""
        return self._token(self._used.value)

    def use(self, token: str) -> None:
        """Take a word; another is told, and good from then on.

        Raises:
            SignInFailed: It is not the one that is good now.
        """
        with self._used.get_lock():
            if not hmac.compare_digest(token.encode(), self._token(self._used.value).encode()):
                raise SignInFailed("the link on the terminal is good for one use, and this is not its last one")
            self._used.value += 1
        self.tell()

    def _token(self, number: int) -> str:
        return hmac.new(self._secret, str(number).encode(), hashlib.sha256).hexdigest()[:_LENGTH]
