"""Who a token says somebody is, and what they may here."""

from __future__ import annotations

from typing import Any

import pytest

from welltegra.auth.bearer import principal_of, roles_here
from welltegra.auth.errors import BadToken
from welltegra.settings.model import AuthSettings

AUTH = AuthSettings(platform_admins=["pat"])


def test_that_a_name_is_cleaned_and_shortened_and_falls_back_to_the_subject() -> None:
    assert principal_of({"sub": "a1", "name": " Ann\u3000\u3000Lee\u200b "}, AUTH).name == "Ann Lee"
    assert len(principal_of({"sub": "a1", "name": "x" * 5_000}, AUTH).name) == 200
    assert principal_of({"sub": "a1", "name": "\u200b"}, AUTH).name == "a1"
    assert principal_of({"sub": "a1", "preferred_username": "ann"}, AUTH).name == "ann"
    wide = principal_of({"sub": "eve", "name": "Ann Lee (ann)" + "\u3000" * 187}, AUTH)
    assert wide.actor == "Ann Lee (ann) (eve)"


@pytest.mark.parametrize("subject", ["", " ", 7, None, "a" * 201, "ann\u200b", "ann\n", "a\x00", "\ufffd"])
def test_that_nobody_is_known_by_a_subject_that_cannot_be_told_from_another(subject: Any) -> None:
    with pytest.raises(BadToken, match="its subject was none"):
        principal_of({"sub": subject}, AUTH)


def test_that_roles_are_those_of_the_provider_of_here_and_of_the_settings() -> None:
    known = principal_of({"sub": "pat", "roles": ["kern:viewer"]}, AUTH)
    assert known.roles == {"kern": "viewer"}, "what is set here is not kept with what the provider said"
    assert roles_here("pat", known.roles, {"kern": "operator"}, ["pat"]) == {"kern": "operator", "*": "platform_admin"}
    assert roles_here("pat", known.roles, {}, []) == {"kern": "viewer"}
