"""The pages of people, keys and canonical profiles: of what they have, escaped, nothing for who may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any
from uuid import uuid5

import pytest

from connectors.ops.profiles import Audited, StoredProfile
from connectors.ops.shapes import ApiKey, Member, ProjectRow
from connectors.ops.shapes_of_work import AccessChange
from schemas.profiles import canonical_profile
from tests.web import fakes
from tests.web.test_templates import Inline, used
from welltegra.auth.permissions import ROUTES, SCOPES
from welltegra.auth.principal import ROLES, Principal
from welltegra.web.pages import keys, people
from welltegra.web.pages.access import ROLE_WORDS, SCOPE_WORDS, ConfirmPage, NewKeyPage, change_view, key_row
from welltegra.web.pages.profile_fields import groups_of
from welltegra.web.pages.profiles import (
    Origin,
    profile_draft_page,
    profile_page,
    profiles_page,
    shipped_page,
)
from welltegra.web.pages.shell import shell
from welltegra.web.pages.simple import projects_page
from welltegra.web.rendering import render

PAGES: tuple[Any, ...] = (people.PeoplePage, keys.PlatformKeysPage, NewKeyPage, ConfirmPage)
PLATFORM = Principal("sub-pam", "Pam Vale", {"*": "platform_admin"}, "session", csrf="token-of-pam")
NOW = fakes.RANKED
SAID = {"prefix": "wtg_abcdef", "role": "viewer", "scopes": ["read"], "expires_at": "2026-05-01T00:00:00+00:00"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_that_a_template_uses_what_its_page_has_and_nothing_else(page: Any) -> None:
    assert set(used(page.template)) == {field.name for field in fields(page)}


def member(subject: str, role: str = "viewer", project_id: str = fakes.PROJECT) -> Member:
    return Member(subject, project_id, role, f"Ada {fakes.HOSTILE}", NOW)


def key(k: int, **change: Any) -> ApiKey:
    made = ApiKey(
        key_id=uuid5(fakes.NS, f"key {k}"),
        prefix=f"wtg_{k:06d}",
        name=f"historian {k} {fakes.HOSTILE}",
        project_id=fakes.PROJECT,
        role="viewer",
        scopes=("read",),
        created_by=fakes.HOSTILE,
        created_at=NOW - timedelta(days=9),
        expires_at=NOW + timedelta(days=81),
        revoked_at=None,
        revoked_by=None,
        last_used_at=None,
    )
    return replace(made, **change)


KEYS = (
    key(1, last_used_at=NOW),
    key(2, expires_at=NOW),
    key(3, revoked_at=NOW, revoked_by=fakes.HOSTILE),
    key(4, project_id=None, scopes=()),
)


def change(k: int, what: str, **more: Any) -> AccessChange:
    of = {"subject": f"eve {fakes.HOSTILE}"} if what.startswith("member") else {"key_id": KEYS[0].key_id}
    said = {"subject": None, "key_id": None, "key_name": fakes.HOSTILE, "before": None, "after": None, **of, **more}
    return AccessChange(change_id=k, at=NOW, actor=fakes.HOSTILE, what=what, project_id=fakes.PROJECT, **said)


CHANGES = (
    change(5, "key_revoked", before=SAID),
    change(4, "key_created", after=SAID | {"scopes": []}),
    change(3, "member_removed", before={"role": "operator"}),
    change(2, "member_set", before={"role": "viewer"}, after={"role": "operator"}),
    change(1, "member_set", after={"role": "viewer"}),
)


def people_html(who: Principal = fakes.ADMIN, *, empty: bool = False, **more: Any) -> str:
    members = [] if empty else [member("sub-ada", "project_admin"), member(fakes.HOSTILE), member("x", project_id="*")]
    page = people.people_page(fakes.PROJECT, who, members, [] if empty else KEYS, [] if empty else CHANGES, NOW, **more)
    return render(page)


def stored(**change: Any) -> StoredProfile:
    shipped = canonical_profile()
    made = StoredProfile(
        scoring_profile_id=uuid5(fakes.NS, "profile"),
        project_id=None,
        profile_key=shipped.profile.profile_key,
        display_name=fakes.HOSTILE,
        scoring_version="1",
        is_active=False,
        content="{}",
        sha256=shipped.sha256,
        parent_id=None,
        change_reason=fakes.HOSTILE,
        author=fakes.HOSTILE,
        created_at=NOW,
    )
    return replace(made, **change)


def rendered() -> Iterator[str]:
    form = people.MemberForm(fakes.HOSTILE, "boss", (fakes.HOSTILE,))
    making = people.project_key_form(fakes.HOSTILE, "boss", (fakes.HOSTILE,), fakes.HOSTILE, (fakes.HOSTILE,))
    yield people_html(more=True)
    yield people_html(form=form, making=making)
    yield people_html(empty=True)
    yield render(keys.platform_keys_page(PLATFORM, KEYS, CHANGES, NOW, more=True))
    yield render(keys.platform_keys_page(PLATFORM, [], [], NOW, making=making))
    yield render(people.new_key_page(fakes.PROJECT, fakes.ADMIN, KEYS[0], fakes.HOSTILE, "http://127.0.0.1", NOW))
    yield render(keys.new_platform_key_page(PLATFORM, KEYS[3], fakes.HOSTILE, "http://127.0.0.1", NOW))
    given = {"subject": fakes.HOSTILE}
    yield render(people.confirm_page(fakes.PROJECT, fakes.ADMIN, fakes.HOSTILE, fakes.HOSTILE, "/x", given, "Yes"))
    yield render(keys.confirm_platform_page(PLATFORM, fakes.HOSTILE, fakes.HOSTILE, "/x", "Yes"))
    shipped = canonical_profile()
    event = Audited(NOW, "proposed", stored().scoring_profile_id, None, fakes.HOSTILE, fakes.HOSTILE)
    yield render(profiles_page(None, PLATFORM, [stored()], [event], [shipped]))
    yield render(profile_page(None, PLATFORM, stored(), shipped.profile, []))
    yield render(shipped_page(PLATFORM, shipped))
    origin = Origin(fakes.HOSTILE, "1234567", "default=x", shipped.raw)
    yield render(profile_draft_page(None, PLATFORM, origin, fakes.HOSTILE, None, projects=[(fakes.HOSTILE, True)]))
    typed = {"weights/static": fakes.HOSTILE, "components/static/vsh/curve": fakes.HOSTILE}
    hostile = {**shipped.raw, "labels": {fakes.HOSTILE: {fakes.HOSTILE: 0.5}}}
    yield render(profile_draft_page(None, PLATFORM, origin, fakes.HOSTILE, groups_of(hostile, typed)))
    yield render(projects_page([ProjectRow(fakes.PROJECT, 0, None, None, None, 0, {})], fakes.ADMIN))
    yield render(projects_page([], replace(fakes.ADMIN, subject=fakes.HOSTILE)))


def test_that_nothing_is_inline_nothing_leads_elsewhere_and_every_string_is_escaped() -> None:
    for html in rendered():
        parser = Inline()
        parser.feed(html)
        assert parser.found == []
        assert "img" not in parser.tags
        assert fakes.HOSTILE not in html
        assert html.count("<form") == html.count('name="csrf_token"') + html.count('method="dialog"')


def test_that_a_key_says_whether_it_is_in_force_and_only_then_can_be_revoked() -> None:
    assert [key_row(one, NOW).state for one in KEYS] == ["in force", "expired", "revoked", "in force"]
    assert [key_row(one, NOW).where for one in KEYS][2:] == [fakes.PROJECT, "every project"]
    html = people_html()
    assert [f"keys/{one.key_id}/revoke" in html for one in KEYS] == [True, False, False, True]


def test_that_a_change_is_told_in_words() -> None:
    eve = f"eve {fakes.HOSTILE}"
    named = repr(fakes.HOSTILE)
    assert [change_view(one).words for one in CHANGES] == [
        f"revoked key {named}: wtg_abcdef…, viewer, for read, until 1 May 2026",
        f"made key {named}: wtg_abcdef…, viewer, for all that its role may, until 1 May 2026",
        f"removed {eve}, operator",
        f"made {eve} operator, before viewer",
        f"made {eve} viewer",
    ]


def test_that_a_role_of_every_project_is_shown_and_not_to_be_changed_here() -> None:
    html = people_html()
    assert html.count('aria-label="Role of ') == 2
    assert "in every project" in html
    assert html.count('<span class="pill">you</span>') == 1


def test_that_what_was_sent_is_given_back_with_what_is_wrong_with_it() -> None:
    making = people.project_key_form("historian", "operator", ("read", "export"), "9000", ("days: too many.",))
    html = people_html(making=making)
    assert 'value="historian"' in html
    assert 'value="9000"' in html
    assert '<option value="operator" selected>operator</option>' in html
    assert html.count(" checked") == 3  # with that of the letters, which are keys
    assert "days: too many." in html


def test_that_empty_pages_say_what_that_means() -> None:
    html = people_html(empty=True)
    for said in ("Nobody was let in here", "No key yet", "Nothing so far"):
        assert said in html


def places(who: Principal, project_id: str | None = None) -> list[str]:
    return [place.title for place in shell("t", who, project_id).places]


def test_that_a_place_stands_in_the_navigation_for_those_alone_who_may_go_there() -> None:
    assert "People and keys" in places(fakes.ADMIN, fakes.PROJECT)
    assert "People and keys" in places(PLATFORM, fakes.PROJECT)
    for who in (fakes.VIEWER, fakes.ENGINEER):
        assert "People and keys" not in places(who, fakes.PROJECT)
    assert places(PLATFORM) == ["Projects", "Canonical profiles", "Keys of the platform"]
    assert places(fakes.ADMIN) == []


def test_that_who_sees_no_project_is_told_who_they_are_to_whoever_lets_people_in() -> None:
    assert "<code>sub-vic</code>" in render(projects_page([], fakes.VIEWER))


def test_that_every_role_and_every_scope_has_its_words_and_a_project_gives_none_of_the_platform() -> None:
    assert tuple(ROLE_WORDS) == ROLES
    assert set(SCOPE_WORDS) == set(SCOPES) == {need.scope for need in ROUTES.values()}
    assert set(people.SCOPES) == set(SCOPES) - {"platform"}
    assert "platform_admin" not in people.GIVEN


def test_that_a_default_is_proposed_where_it_is_not_stored_and_opened_where_it_is() -> None:
    shipped = canonical_profile()
    (absent,) = profiles_page(None, PLATFORM, [], [], [shipped]).shipped
    (there,) = profiles_page(None, PLATFORM, [stored(is_active=True)], [], [shipped]).shipped
    assert (absent.state, absent.href, absent.draft) == (
        "not stored", f"/profiles/defaults/{absent.profile_key}", f"/profiles/new?default={absent.profile_key}"
    )  # fmt: skip
    assert (there.state, there.href, there.draft) == ("active", f"/profiles/{stored().scoring_profile_id}", None)


def test_that_a_profile_is_activated_by_who_may_where_it_belongs() -> None:
    profile = canonical_profile().profile
    assert profile_page(None, PLATFORM, stored(), profile, []).activate is not None
    assert profile_page(None, PLATFORM, stored(is_active=True), profile, []).activate is None
    # A canonical one is no project's to activate, nor is a project's one drawn with it for a viewer.
    assert profile_page(fakes.PROJECT, PLATFORM, stored(), profile, []).activate is None
    own = stored(project_id=fakes.PROJECT)
    assert profile_page(fakes.PROJECT, fakes.ADMIN, own, profile, []).activate is not None
    assert profile_page(fakes.PROJECT, fakes.VIEWER, own, profile, []).activate is None
    assert profile_page(fakes.PROJECT, fakes.VIEWER, own, profile, []).draft is None
