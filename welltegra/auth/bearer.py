"""Who a bearer token or a person signed in at the provider is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from welltegra.auth.principal import EVERYWHERE, How, Principal, merged, roles_of_claim
from welltegra.settings.model import AuthSettings

_LONGEST = 200


def principal_of(
    claims: Mapping[str, Any], auth: AuthSettings, member_of: Mapping[str, str], how: How = "bearer"
) -> Principal:
    """Return who claims say it is. member_of: roles by project that were given to the subject here."""
    subject = str(claims["sub"])[:_LONGEST]
    name = claims.get(auth.name_claim) or claims.get("preferred_username") or subject
    return Principal(subject, str(name)[:_LONGEST], claimed_roles(claims, auth, member_of), how)


def claimed_roles(claims: Mapping[str, Any], auth: AuthSettings, member_of: Mapping[str, str]) -> dict[str, str]:
    """Return roles by project: of the claims, of the members here, and of the settings, the greatest of each."""
    claimed = roles_of_claim(claims.get(auth.roles_claim))
    return merged(claimed, member_of, set_roles(claims["sub"], auth.platform_admins))


def set_roles(subject: Any, platform_admins: Sequence[str]) -> dict[str, str]:
    """Return the roles that the settings give a subject."""
    return {EVERYWHERE: "platform_admin"} if subject in platform_admins else {}
