"""Who asks, and what they may in which project."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

# From the least to the greatest: each may what those before it may.
ROLES: Final = ("viewer", "operator", "project_admin", "platform_admin")
EVERYWHERE: Final = "*"
_LONGEST_ACTOR: Final = 200

How = Literal["bearer", "session", "api_key", "local"]


@dataclass(frozen=True, slots=True)
class Principal:
    """Someone who is known. roles: by project id, or `*` for all. scopes: of a key; None for all that the role may.

    csrf: the token that the forms of a browser's session must carry; None for whoever does not come by a cookie.
    """

    subject: str
    name: str
    roles: Mapping[str, str]
    how: How
    scopes: frozenset[str] | None = None
    csrf: str | None = None

    @property
    def actor(self) -> str:
        """What records call them: the name, and the subject where that says more; a name is anybody's to choose."""
        if self.how == "local" or self.name == self.subject:
            return self.name[:_LONGEST_ACTOR]
        # Of a name that is too long the end goes, and never the subject, which says who it is.
        room = _LONGEST_ACTOR - len(self.subject) - len(" ()")
        return f"{shortened(self.name, room)} ({self.subject})" if room > 0 else self.subject

    def role_in(self, project_id: str) -> str | None:
        """Return the greatest role in a project; None for none at all."""
        return greatest([self.roles.get(EVERYWHERE), self.roles.get(project_id)])

    def may(self, project_id: str, least: str) -> bool:
        """Return whether the role in a project is `least` or greater."""
        return at_least(self.role_in(project_id), least)

    @property
    def everywhere(self) -> str | None:
        """The role in every project; None where there is none."""
        return self.roles.get(EVERYWHERE)


def readable(name: str) -> str:
    """Return a name as it is shown: white space as one space each, without what cannot be seen or turns the line."""
    seen = (one for one in name if one.isspace() or unicodedata.category(one) not in ("Cc", "Cf", "Cs"))
    return " ".join("".join(seen).split())


def shortened(name: str, longest: int) -> str:
    """Return a name of at most so many characters, with an ellipsis where its end is left out."""
    return name if len(name) <= longest else f"{name[: longest - 1].rstrip()}\u2026"


def at_least(role: str | None, least: str) -> bool:
    """Return whether `role` may what `least` may."""
    return role in ROLES and ROLES.index(role) >= ROLES.index(least)


def greatest(roles: Iterable[str | None]) -> str | None:
    """Return the role that may most; None where there is none."""
    known = [role for role in roles if role in ROLES]
    return max(known, key=ROLES.index, default=None)


def merged(*all_: Mapping[str, str]) -> dict[str, str]:
    """Return roles by project, of several sources the greatest."""
    projects = dict.fromkeys(project for one in all_ for project in one)
    found = {project: greatest([one.get(project) for one in all_]) for project in projects}
    return {project: role for project, role in found.items() if role is not None}


def roles_of_claim(claim: Any) -> dict[str, str]:
    """Return the roles that a token's claim lists, each `role` or `project:role`; what is neither counts for nothing.

    platform_admin is of every project or of none, so it is never believed of one.
    """
    words = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    found: list[dict[str, str]] = []
    for word in words:
        if isinstance(word, str):
            project, _, role = word.rpartition(":")
            if role in ROLES and (not project or role != ROLES[-1]):
                found.append({project or EVERYWHERE: role})
    return merged(*found)
