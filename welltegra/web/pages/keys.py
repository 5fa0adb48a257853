"""Keys of the platform: every key there is, those for every project made here, and who let whom in anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from connectors.ops.shapes import ApiKey
from connectors.ops.shapes_of_work import AccessChange
from welltegra.auth.principal import ROLES, Principal
from welltegra.web.pages.access import (
    SCOPE_WORDS,
    ChangeView,
    ConfirmPage,
    KeyForm,
    KeyRow,
    NewKeyPage,
    change_view,
    key_form,
    key_row,
)
from welltegra.web.pages.shell import KEYS, Shell, shell

BASE: Final = "/platform/keys"
SCOPES: Final = tuple(SCOPE_WORDS)


@dataclass(frozen=True, slots=True)
class PlatformKeysPage:
    """keys_action: where the forms are sent. older: address of the changes before those shown; None at the end."""

    template: ClassVar[str] = "platform_keys.html"
    shell: Shell
    keys_action: str
    keys: tuple[KeyRow, ...]
    key_form: KeyForm
    everywhere: bool
    changes: tuple[ChangeView, ...]
    older: str | None


def platform_keys_page(
    principal: Principal,
    keys: Sequence[ApiKey],
    changes: Sequence[AccessChange],
    now: datetime,
    *,
    more: bool = False,
    making: KeyForm | None = None,
) -> PlatformKeysPage:
    """Return the page. now: what keys have expired by. more: whether there are older changes."""
    return PlatformKeysPage(
        shell=_shell(principal),
        keys_action=BASE,
        keys=tuple(key_row(one, now) for one in keys),
        key_form=making or platform_key_form(),
        everywhere=True,
        changes=tuple(map(change_view, changes)),
        older=f"{BASE}?before={changes[-1].change_id}#history" if more else None,
    )


def platform_key_form(
    name: str = "",
    role: str = "viewer",
    chosen: Sequence[str] = ("read",),
    days: str = "90",
    faults: Sequence[str] = (),
) -> KeyForm:
    """Return the form for a key of every project."""
    return key_form(ROLES[-1], SCOPES, name, role, chosen, days, faults)


def new_platform_key_page(principal: Principal, key: ApiKey, secret: str, origin: str, now: datetime) -> NewKeyPage:
    """Return the page that shows the secret of a key of every project."""
    return NewKeyPage(_shell(principal), key_row(key, now), secret, origin, BASE)


def confirm_platform_page(principal: Principal, heading: str, said: str, action: str, button: str) -> ConfirmPage:
    """Return the page that asks once more."""
    return ConfirmPage(_shell(principal), heading, said, action, (("sure", "true"),), button, BASE)


def _shell(principal: Principal) -> Shell:
    return shell(KEYS, principal, here=KEYS)
