"""Who lets whom in: members, keys, and canonical profiles, as an administrator meets them in a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect

from connectors.ops import members, sessions
from connectors.ops.reading import acting_as
from tests.web.conftest import People, picture
from tests.web.site import COOKIE, EMPTY, PROJECT, Site

pytestmark = pytest.mark.chromium
Axe = Callable[[Page], list[str]]
_RANKED_WITHIN_MS = 120_000


def platform(people: People, site: Site, **options: Any) -> Page:
    """Return a page of who administers the platform."""
    page = people.page(None, **options)
    with site.postgres.session("") as connection, acting_as(connection, "welltegra_gatekeeper"):
        cookie = sessions.create(
            connection, subject="pam", name="Pam", roles={"*": "platform_admin"}, how="oidc", csrf="c" * 43, hours=1
        )
    page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": site.origin}])
    return page


@pytest.fixture
def nobody(site: Site) -> Iterator[None]:
    """Have no members left behind."""
    yield
    with site.postgres.session("") as connection:
        for one in members.list_members(connection):
            members.remove(connection, one.subject, one.project_id, "tests")


def asked(site: Site, secret: str, path: str = "runs") -> int:
    """Return the status that a program with this key is answered with."""
    return httpx.get(site.address(path), headers={"Authorization": f"Bearer {secret}"}, timeout=20).status_code


def row(page: Page, region: str, text: str) -> Any:
    return page.get_by_role("region", name=region).locator("tbody tr").filter(has_text=text)


@pytest.mark.usefixtures("nobody")
def test_that_an_administrator_lets_a_person_and_a_program_in_and_out_again(people: People, site: Site) -> None:
    page = people.page("project_admin", "Ada", permissions=["clipboard-read", "clipboard-write"])
    page.goto(site.address())
    page.get_by_role("link", name="People and keys").click()
    page.locator('input[name="subject"][required]').fill("bob")
    page.get_by_role("button", name="Let them in").click()
    expect(row(page, "Members", "bob")).to_contain_text("Ada (ada)")
    page.get_by_label("Role of bob").select_option("operator")
    page.get_by_role("button", name="Change bob").click()
    expect(row(page, "History", "made bob operator, before viewer")).to_be_visible()
    # He had nothing here before, and is in at once.
    bob = people.page("none", "Bob")
    bob.goto(site.address())
    expect(bob.locator("#rows tr").first).to_be_visible()
    expect(bob.locator(".who")).to_contain_text("operator")

    page.locator('input[name="name"]').fill("historian")
    page.locator('input[value="export"]').check()
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator("#live")).to_contain_text("copied")
    assert page.evaluate("() => navigator.clipboard.readText()") == secret
    assert asked(site, secret) == 200
    assert asked(site, secret, "members") == 403
    page.get_by_role("link", name="I have kept it").click()
    expect(page.locator("#secret")).to_have_count(0)
    assert secret not in page.content()
    expect(row(page, "Keys", "historian")).to_contain_text("in force")
    expect(row(page, "Keys", "historian")).to_contain_text("read, export")
    expect(row(page, "Keys", "historian")).not_to_contain_text("never")
    page.set_viewport_size({"width": 1280, "height": 1460})
    picture(page, "people")

    page.get_by_role("button", name="Revoke historian").click()
    expect(page.get_by_role("heading", name="Revoke key historian?")).to_be_visible()
    page.get_by_role("link", name="No, leave it").click()
    assert asked(site, secret) == 200
    page.get_by_role("button", name="Revoke historian").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(row(page, "Keys", "historian")).to_contain_text("revoked")
    assert asked(site, secret) == 401
    page.get_by_role("button", name="Remove bob").click()
    expect(row(page, "Members", "bob")).to_have_count(0)
    told = page.get_by_role("region", name="History").locator("tbody tr").all_inner_texts()
    wanted = ("removed bob", "revoked key 'historian'", "made key 'historian'", "made bob operator", "made bob viewer")
    for line, said in zip(told, wanted, strict=False):
        assert said in line
        assert "Ada (ada)" in line
    people.expected.append("404")
    bob.goto(site.address())
    expect(bob.get_by_role("heading", name="There is nothing here for you")).to_be_visible()


@pytest.mark.usefixtures("nobody")
def test_that_an_administrator_is_told_before_they_shut_themselves_out(people: People, site: Site, axe: Axe) -> None:
    people.expected.append("409")
    with site.postgres.session("") as connection:
        members.set_role(connection, "ada", EMPTY, "project_admin", "tests")
    page = people.page("project_admin", "Ada")
    page.goto(site.address("people", EMPTY))
    expect(row(page, "Members", "ada")).to_contain_text("you")
    page.get_by_role("button", name="Remove ada").click()
    expect(page.get_by_role("alert")).to_contain_text("Make somebody else project_admin first")
    page.locator('input[name="subject"][required]').fill("bob")
    page.locator('select[name="role"]').first.select_option("project_admin")
    page.get_by_role("button", name="Let them in").click()
    page.get_by_label("Role of ada").select_option("viewer")
    page.get_by_role("button", name="Change ada").click()
    expect(page.get_by_text("You give up your own role")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="No, leave it").click()
    expect(page.get_by_label("Role of ada")).to_have_value("project_admin")
    page.get_by_role("button", name="Remove ada").click()
    page.get_by_role("button", name="Yes, I mean it").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


@pytest.mark.usefixtures("nobody")
def test_that_all_of_it_goes_without_script(people: People, site: Site) -> None:
    people.expected.append("422")
    page = people.page("project_admin", "Ada", java_script_enabled=False)
    page.goto(site.address("people"))
    page.locator('input[name="subject"][required]').fill("cid")
    page.get_by_role("button", name="Let them in").click()
    expect(row(page, "Members", "cid")).to_be_visible()
    page.locator('input[name="name"]').fill("no script")
    page.locator('input[value="read"]').uncheck()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("alert")).to_contain_text("scopes: must be one at least")
    expect(page.locator('input[name="name"]')).to_have_value("no script")
    page.locator('input[value="read"]').check()
    page.get_by_role("button", name="Make the key").click()
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    assert asked(site, page.locator("#secret").inner_text()) == 200


def test_that_the_platform_makes_a_key_for_every_project(people: People, site: Site) -> None:
    page = platform(people, site)
    page.goto(f"{site.origin}/projects")
    page.get_by_role("link", name="Keys of the platform").click()
    page.locator('input[name="name"]').fill("report of all fields")
    page.get_by_role("button", name="Make the key").click()
    secret = page.locator("#secret").inner_text()
    assert asked(site, secret) == 200
    page.get_by_role("link", name="I have kept it").click()
    expect(row(page, "Keys", "report of all fields")).to_contain_text("every project")
    page.get_by_role("button", name="Revoke report of all fields").click()
    page.get_by_role("button", name="Revoke it").click()
    expect(row(page, "History", "revoked key 'report of all fields'")).to_contain_text("Pam (pam)")
    assert asked(site, secret) == 401


def test_that_a_canonical_profile_is_changed_previewed_proposed_and_activated(people: People, site: Site) -> None:
    people.expected.append("422")
    page = platform(people, site)
    page.goto(f"{site.origin}/projects")
    page.get_by_role("link", name="Canonical profiles").click()
    versions = page.get_by_role("region", name="Versions").locator("tbody tr")
    first = versions.filter(has_text="active").locator("code").inner_text()
    expect(page.get_by_role("region", name="Defaults")).to_contain_text(first)
    page.get_by_role("link", name="Change it").first.click()
    page.locator('input[name="weights/static"]').fill("0.5")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert")).to_contain_text("1")
    page.locator('input[name="weights/static"]').fill("0.30")
    page.locator('input[name="weights/confidence"]').fill("0.20")
    page.locator('select[name="project"]').select_option(PROJECT)
    page.get_by_role("button", name="Preview the ranking").click(timeout=_RANKED_WITHIN_MS)
    expect(page.locator("#preview tbody tr").first).to_be_visible(timeout=_RANKED_WITHIN_MS)
    expect(page.locator('select[name="project"]')).to_have_value(PROJECT)
    page.locator('input[name="reason"]').fill("Confidence counts more.")
    page.get_by_role("button", name="Propose it").click()
    # It is drawn out, with what it changes, and not active yet.
    expect(page.get_by_role("region", name="Changes")).to_contain_text("weights.confidence")
    expect(page.locator(".component svg").first).to_be_visible()
    second = page.locator("h1 code").inner_text()
    page.get_by_label("Reason").fill("Agreed in March.")
    page.get_by_role("button", name="Activate").click()
    expect(versions.filter(has_text="active").locator("code")).to_have_text(second)
    told = page.get_by_role("region", name="History").locator("tbody tr")
    expect(told.first).to_contain_text("Agreed in March.")
    expect(told.first).to_contain_text("Pam (pam)")
    picture(page, "canonical")
    # And back again: the version before is still there, unchanged.
    versions.filter(has_text=first).get_by_role("link").first.click()
    page.get_by_label("Reason").fill("Not yet.")
    page.get_by_role("button", name="Activate").click()
    expect(versions.filter(has_text="active").locator("code")).to_have_text(first)


def test_that_these_pages_are_offered_and_opened_to_those_alone_who_may(people: People, site: Site, axe: Axe) -> None:
    people.expected.append("403")
    page = people.page("operator", "Ann")
    page.goto(site.address())
    assert page.get_by_role("link", name="People and keys").count() == 0
    for path in (site.address("people"), f"{site.origin}/platform/keys", f"{site.origin}/profiles"):
        page.goto(path)
        expect(page.get_by_role("heading", name="Your role does not allow this")).to_be_visible()
        assert axe(page) == []
    page.goto(f"{site.origin}/projects")
    assert page.get_by_role("link", name="Canonical profiles").count() == 0
    nil = people.page("none", "Nil")
    nil.goto(f"{site.origin}/projects")
    expect(nil.get_by_text("tell them that you are nil")).to_be_visible()
    admin = people.page("project_admin", "Ada")
    admin.goto(f"{site.origin}/projects")
    admin.get_by_role("listitem").filter(has_text=EMPTY).get_by_role("link", name="People and keys").click()
    expect(admin.get_by_text("Nobody was let in here")).to_be_visible()
    expect(admin.get_by_text("No key yet")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [1280, 390])
@pytest.mark.usefixtures("nobody")
def test_that_axe_finds_nothing_and_nothing_scrolls_sideways(
    people: People, site: Site, axe: Axe, wide: int, scheme: str
) -> None:
    people.expected.append("422")
    with site.postgres.session("") as connection:
        members.set_role(connection, "7d6f4c1e-0f3b-4a39-9f9b-2f1f8c9be1a7", PROJECT, "operator", "Pam (pam)")
        members.set_role(connection, "pam", "*", "platform_admin", "tests")
    page, found = platform(people, site, wide=wide, color_scheme=scheme), dict[str, list[str]]()

    def look(name: str) -> None:
        expect(page.locator("#content")).to_be_visible()
        found[name] = axe(page)
        if page.evaluate("() => document.documentElement.scrollWidth") > wide:
            found[name].append("it scrolls sideways")

    def make_key(name: str) -> None:
        page.locator('input[name="name"]').fill("historian")
        page.locator('input[name="days"]').fill("7")
        page.get_by_role("button", name="Make the key").click()
        look(name)
        page.get_by_role("link", name="I have kept it").click()

    page.goto(f"{site.origin}/projects")
    look("projects")
    page.goto(site.address("people", EMPTY))
    look("people, empty")
    page.goto(site.address("people"))
    make_key("secret")
    look("people")
    for box in page.locator(".scopes input:checked").all():
        box.uncheck()
    page.locator('input[name="name"]').fill("historian")
    page.get_by_role("button", name="Make the key").click()
    look("people, faults")
    page.goto(site.address("people"))
    page.get_by_role("button", name="Revoke historian").first.click()
    look("sure")
    page.goto(f"{site.origin}/platform/keys")
    look("keys of the platform")
    make_key("secret of the platform")
    page.goto(f"{site.origin}/profiles")
    look("canonical")
    page.get_by_role("link", name="Change it").first.click()
    look("canonical, draft")
    page.goto(f"{site.origin}/profiles")
    page.locator("tbody tr a").first.click()
    look("canonical, drawn")
    page.goto(f"{site.origin}/profiles/defaults/earthbond_reopen_v1")
    look("default, drawn")
    assert {name: one for name, one in found.items() if one} == {}
