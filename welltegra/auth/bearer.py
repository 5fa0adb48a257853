"""Who a bearer token or a person signed in at the provider is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from connectors.ops.said import is_subject, says_something
from welltegra.auth.errors import BadToken
from welltegra.auth.principal import EVERYWHERE, How, Principal, merged, readable, roles_of_claim, shortened
from welltegra.settings.model import AuthSettings

_LONGEST_NAME: Final = 200


def principal_of(claims: Mapping[str, Any], auth: AuthSettings, how: How = "bearer") -> Principal:
    """Return who claims say it is, with the roles that the provider gives; `roles_here` adds what is given here.

    Raises:
        BadToken: Nobody could be known by its subject.
    """
    subject = claims["sub"]
    if not isinstance(subject, str) or not is_subject(subject):
        raise BadToken("its subject was none that somebody can be known by: readable text of at most 200 characters")
    said = claims.get(auth.name_claim) or claims.get("preferred_username")
    name = shortened(readable(str(said or "")), _LONGEST_NAME)
    return Principal(
        subject, name if says_something(name) else subject, roles_of_claim(claims.get(auth.roles_claim)), how
    )


def roles_here(
    subject: str, claimed: Mapping[str, str], member_of: Mapping[str, str], platform_admins: Sequence[str]
) -> dict[str, str]:
    """Return roles by project: of the claims, of the members here, and of the settings, the greatest of each."""
    return merged(claimed, member_of, {EVERYWHERE: "platform_admin"} if subject in platform_admins else {})
