"""What every page has around it: who is signed in, in which project, and where one can go from here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from welltegra.auth.principal import Principal

CANONICAL: Final = "Canonical profiles"
KEYS: Final = "Keys of the platform"
_PLATFORM: Final = {"Projects": "/projects", CANONICAL: "/profiles", KEYS: "/platform/keys"}


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the navigation."""

    title: str
    href: str
    here: bool


@dataclass(frozen=True, slots=True)
class Shell:
    """title: of the window. csrf: token of forms; empty where there is no session. events: of live changes; or None."""

    title: str
    who: str | None
    role: str | None
    csrf: str
    project_id: str | None
    places: tuple[Place, ...]
    events: str | None


def shell(title: str, principal: Principal | None, project_id: str | None = None, here: str = "") -> Shell:
    """Return what is around a page. here: the title of its place."""
    places: tuple[Place, ...] = ()
    base = None if project_id is None else f"/projects/{quote(project_id, safe='')}"
    if project_id is not None:
        ways = {
            "Worklist": "worklist",
            "Compare": "compare",
            "Profiles": "profiles",
            "Stated inputs": "stated",
            "Rankings": "rankings",
        }
        if principal is not None and principal.may(project_id, "project_admin"):
            ways["People and keys"] = "people"
        places = tuple(Place(name, f"{base}/{path}", name == here) for name, path in ways.items())
    elif principal is not None and principal.everywhere == "platform_admin":
        places = tuple(Place(name, path, name == here) for name, path in _PLATFORM.items())
    role = None
    if principal is not None:
        role = principal.everywhere if project_id is None else principal.role_in(project_id)
    return Shell(
        title=title,
        who=None if principal is None else principal.name or principal.subject,
        role=role,
        csrf="" if principal is None else principal.csrf or "",
        project_id=project_id,
        places=places,
        events=None if base is None else f"{base}/events",
    )
