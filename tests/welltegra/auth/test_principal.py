from __future__ import annotations

import pytest

from welltegra.auth.principal import Principal, at_least, merged, readable, roles_of_claim


@pytest.mark.parametrize(
    "claim, roles",
    [
        (["viewer"], {"*": "viewer"}),
        ("viewer kern:operator", {"*": "viewer", "kern": "operator"}),
        (["kern:viewer", "kern:project_admin", "kern:operator"], {"kern": "project_admin"}),
        (["urn:a:b:operator"], {"urn:a:b": "operator"}),
        (["platform_admin"], {"*": "platform_admin"}),
        (["kern:platform_admin"], {}),
        (["admin", "", ":viewer2", 7, None, ["viewer"]], {}),
        ({"viewer": True}, {}),
        (None, {}),
    ],
)
def test_that_a_claim_gives_the_roles_it_names_and_nothing_else(claim: object, roles: dict[str, str]) -> None:
    assert roles_of_claim(claim) == roles


def test_that_each_role_may_what_those_before_it_may() -> None:
    assert at_least("platform_admin", "viewer")
    assert at_least("operator", "operator")
    assert not at_least("viewer", "operator")
    assert not at_least(None, "viewer")
    assert not at_least("source", "viewer")


def test_that_a_role_everywhere_counts_in_every_project_and_another_projects_role_in_none() -> None:
    ann = Principal("a", "Ann", {"*": "viewer", "kern": "operator"}, "bearer")
    assert ann.role_in("kern") == "operator"
    assert ann.role_in("volve") == "viewer"
    assert Principal("b", "Bo", {"kern": "operator"}, "bearer").role_in("volve") is None


def test_that_of_several_sources_the_greatest_role_counts() -> None:
    assert merged({"kern": "viewer"}, {"kern": "operator", "*": "viewer"}) == {"kern": "operator", "*": "viewer"}


def test_that_records_name_the_subject_beside_a_name_that_anybody_may_choose() -> None:
    assert Principal("a1", "Ann", {}, "session").actor == "Ann (a1)"
    assert Principal("a1", "a1", {}, "session").actor == "a1"
    assert Principal("local:ann", "ann", {}, "local").actor == "ann"


def test_that_a_long_name_never_hides_the_subject() -> None:
    for name in ("Ann Lee (ann)" + "\u3000" * 187, "Ann Lee (ann)" + "x" * 187, "A" * 1_000):
        for subject in ("eve", "e" * 150, "e" * 197, "e" * 200):
            actor = Principal(subject, name, {}, "session").actor
            assert len(actor) <= 200
            assert actor.endswith(f"({subject})") or actor == subject
    assert Principal("eve", "A" * 300, {}, "bearer").actor == "A" * 193 + "\u2026 (eve)"


@pytest.mark.parametrize(
    "name, shown",
    [
        ("Ann  Lee", "Ann Lee"),
        ("\u3000Ann\u00a0\tLee\r\n", "Ann Lee"),
        ("Ann\u200b Lee\u202e", "Ann Lee"),
        ("Ann \u200b Lee", "Ann Lee"),
        ("A\x00n\x1bn", "Ann"),
        ("\u200b", ""),
    ],
)
def test_that_a_name_is_shown_without_what_cannot_be_seen(name: str, shown: str) -> None:
    assert readable(name) == shown
