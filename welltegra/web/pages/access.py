"""What the pages of people and keys share: a key and its state, the form for one, who let whom in, asking twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final

from connectors.ops.keys import MOST_DAYS
from connectors.ops.shapes import ApiKey
from connectors.ops.shapes_of_work import AccessChange
from welltegra.auth.principal import ROLES
from welltegra.web.pages.shell import Shell
from welltegra.web.words import day, plain

ROLE_WORDS: Final = {
    "viewer": "reads, filters, copies",
    "operator": "reviews, notes, states inputs, sets who closes a gap, exports, too",
    "project_admin": "proposes and activates profiles, ranks again, lets people and programs in, too",
    "platform_admin": "all of it in every project, and canonical profiles",
}
SCOPE_WORDS: Final = {
    "read": "all that its role may see",
    "review": "review targets, set who closes a gap",
    "export": "take targets out as files",
    "override": "state inputs",
    "rank": "ask for rankings",
    "profiles": "propose and activate profiles",
    "members": "set members, revoke keys",
    "platform": "canonical profiles, keys of every project",
}
Choice = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key. state: in force, expired or revoked. may: its scopes in words. where: the project, or every one."""

    key: ApiKey
    state: str
    may: str
    where: str


@dataclass(frozen=True, slots=True)
class KeyForm:
    """What is in the form for a key; faults of what was sent. roles, scopes: each with words, and whether chosen."""

    name: str
    roles: tuple[Choice, ...]
    scopes: tuple[Choice, ...]
    days: str
    most_days: int
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ChangeView:
    """Who let whom in, in words. where: the project, or every one."""

    at: datetime
    actor: str
    words: str
    where: str


@dataclass(frozen=True, slots=True)
class NewKeyPage:
    """A key just made: the only time that its secret is shown. origin: where programs ask."""

    template: ClassVar[str] = "new_key.html"
    shell: Shell
    row: KeyRow
    secret: str
    origin: str
    back: str


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """What is asked once more before it is done. fields: what the form sends again. back: where nothing was done."""

    template: ClassVar[str] = "confirm.html"
    shell: Shell
    heading: str
    said: str
    action: str
    fields: tuple[tuple[str, str], ...]
    button: str
    back: str


def key_row(key: ApiKey, now: datetime) -> KeyRow:
    """Return a key as it stands now."""
    state = "revoked" if key.revoked_at else "expired" if key.expires_at <= now else "in force"
    return KeyRow(key, state, ", ".join(key.scopes) or "all that its role may", _where(key.project_id))


def key_form(
    most: str,
    scopes: Sequence[str],
    name: str = "",
    role: str = "viewer",
    chosen: Sequence[str] = ("read",),
    days: str = "90",
    faults: Sequence[str] = (),
) -> KeyForm:
    """Return the form. most: the greatest role that can be given. scopes: those that can be."""
    roles = ROLES[: ROLES.index(most) + 1]
    return KeyForm(
        name,
        tuple((one, ROLE_WORDS[one], one == role) for one in roles),
        tuple((one, SCOPE_WORDS[one], one in chosen) for one in scopes),
        days,
        int(MOST_DAYS),
        tuple(faults),
    )


def change_view(change: AccessChange) -> ChangeView:
    """Return a change in words."""
    before, after = change.before or {}, change.after or {}
    match change.what:
        case "member_set" if not before:
            words = f"made {change.subject} {plain(after.get('role'))}"
        case "member_set":
            words = f"made {change.subject} {plain(after.get('role'))}, before {plain(before.get('role'))}"
        case "member_removed":
            words = f"removed {change.subject}, {plain(before.get('role'))}"
        case "key_created":
            words = f"made key {change.key_name!r}: {_key_words(after)}"
        case _:
            words = f"revoked key {change.key_name!r}: {_key_words(before)}"
    return ChangeView(change.at, change.actor, words, _where(change.project_id))


def _key_words(said: Mapping[str, Any]) -> str:
    scopes = ", ".join(said.get("scopes") or ()) or "all that its role may"
    until = datetime.fromisoformat(said["expires_at"])
    return f"{said['prefix']}…, {plain(said['role'])}, for {scopes}, until {day(until)}"


def _where(project_id: str | None) -> str:
    return "every project" if project_id in (None, "*") else str(project_id)
