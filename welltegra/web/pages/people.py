"""People and keys of a project: who may what, since when and by whom; and what programs may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import quote

from connectors.ops.shapes import ApiKey, Member
from connectors.ops.shapes_of_work import AccessChange
from welltegra.auth.principal import EVERYWHERE, ROLES, Principal
from welltegra.web.pages.access import (
    ROLE_WORDS,
    ChangeView,
    Choice,
    ConfirmPage,
    KeyForm,
    KeyRow,
    NewKeyPage,
    change_view,
    key_form,
    key_row,
)
from welltegra.web.pages.shell import Shell, shell

PLACE: Final = "People and keys"
# Of a project; who administers the platform is set for the whole of it.
GIVEN: Final = ROLES[:3]
SCOPES: Final = ("read", "review", "export", "override", "rank", "profiles", "members")


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member. you: whether it is who looks. roles: to choose from; none for a role of every project."""

    member: Member
    you: bool
    roles: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class MemberForm:
    """What is in the form for a member; faults of what was sent."""

    subject: str = ""
    role: str = "viewer"
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """action: where the forms on people are sent. older: address of the changes before those shown; None at the end."""

    template: ClassVar[str] = "people.html"
    shell: Shell
    action: str
    members: tuple[MemberRow, ...]
    form: MemberForm
    roles: tuple[Choice, ...]
    keys_action: str
    keys: tuple[KeyRow, ...]
    key_form: KeyForm
    everywhere: bool
    changes: tuple[ChangeView, ...]
    older: str | None


def people_page(
    project_id: str,
    principal: Principal,
    members: Sequence[Member],
    keys: Sequence[ApiKey],
    changes: Sequence[AccessChange],
    now: datetime,
    *,
    more: bool = False,
    form: MemberForm | None = None,
    making: KeyForm | None = None,
) -> PeoplePage:
    """Return the page. now: what keys have expired by. more: whether there are older changes."""
    base, form = base_of(project_id), form or MemberForm()
    return PeoplePage(
        shell=_shell(project_id, principal),
        action=base,
        members=tuple(_row(one, principal) for one in members),
        form=form,
        roles=_choices(form.role),
        keys_action=f"{base}/keys",
        keys=tuple(key_row(one, now) for one in keys),
        key_form=making or project_key_form(),
        everywhere=False,
        changes=tuple(map(change_view, changes)),
        older=f"{base}?before={changes[-1].change_id}#history" if more else None,
    )


def project_key_form(
    name: str = "",
    role: str = "viewer",
    chosen: Sequence[str] = ("read",),
    days: str = "90",
    faults: Sequence[str] = (),
) -> KeyForm:
    """Return the form for a key of a project."""
    return key_form(GIVEN[-1], SCOPES, name, role, chosen, days, faults)


def new_key_page(
    project_id: str, principal: Principal, key: ApiKey, secret: str, origin: str, now: datetime
) -> NewKeyPage:
    """Return the page that shows the secret of a key of a project."""
    return NewKeyPage(_shell(project_id, principal), key_row(key, now), secret, origin, base_of(project_id))


def confirm_page(
    project_id: str, principal: Principal, heading: str, said: str, action: str, fields: dict[str, str], button: str
) -> ConfirmPage:
    """Return the page that asks once more."""
    given = tuple({**fields, "sure": "true"}.items())
    return ConfirmPage(_shell(project_id, principal), heading, said, action, given, button, base_of(project_id))


def base_of(project_id: str) -> str:
    """Return the address of the page."""
    return f"/projects/{quote(project_id, safe='')}/people"


def _row(member: Member, principal: Principal) -> MemberRow:
    roles = () if member.project_id == EVERYWHERE else _choices(member.role)
    return MemberRow(member, member.subject == principal.subject, roles)


def _choices(chosen: str) -> tuple[Choice, ...]:
    return tuple((one, ROLE_WORDS[one], one == chosen) for one in GIVEN)


def _shell(project_id: str, principal: Principal) -> Shell:
    return shell(f"{project_id} · {PLACE}", principal, project_id, PLACE)
