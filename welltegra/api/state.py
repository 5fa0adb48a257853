"""What all requests of a process share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from welltegra.api.database import Database
from welltegra.auth.browser import BrowserSignIn
from welltegra.auth.limits import Attempts
from welltegra.auth.local import LocalSignIn
from welltegra.auth.provider import Provider
from welltegra.auth.tokens import Validator
from welltegra.settings.model import Settings

if TYPE_CHECKING:
    from welltegra.api.folders import Folders
    from welltegra.api.hub import Hub


@dataclass(frozen=True, slots=True)
class State:
    """Shared by requests. origin: the scheme, host and port that browsers see. secure: whether that is https.

    bearer, browser: None where no provider is set. local: None where a provider is set, or others than us could come.
    """

    settings: Settings
    database: Database
    hub: Hub
    folders: Folders
    attempts: Attempts
    origin: str
    secure: bool
    provider: Provider | None
    bearer: Validator | None
    browser: BrowserSignIn | None
    local: LocalSignIn | None

    @property
    def projects(self) -> tuple[str, ...]:
        """The projects that can be ranked here: those with a folder."""
        return tuple(self.settings.projects)


def provider_of(
    settings: Settings, origin: str, provider: Provider | None = None
) -> tuple[Provider | None, Validator | None, BrowserSignIn | None]:
    """Return the provider of the settings, what reads bearer tokens, and what signs people in; None without one."""
    auth = settings.auth
    if not auth.issuer:
        return None, None, None
    provider = provider or Provider(auth.issuer)
    algorithms, skew = tuple(auth.algorithms), auth.clock_skew_s
    bearer = Validator(provider, auth.audience or auth.client_id, algorithms, skew)
    if not auth.client_id:
        return provider, bearer, None
    browser = BrowserSignIn(
        provider,
        Validator(provider, auth.client_id, algorithms, skew),
        auth.client_id,
        auth.client_secret.get_secret_value(),
        f"{origin}/sign-in/callback",
        auth.scopes,
    )
    return provider, bearer, browser
