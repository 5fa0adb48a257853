"""Every page in every state: axe finds nothing, light and dark, wide and narrow; nothing is blank, nothing inline."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.conftest import People, picture
from tests.web.held import Held
from tests.web.site import EMPTY, Site

pytestmark = pytest.mark.chromium

Axe = Callable[[Page], list[str]]
PAGES = ("worklist", "compare", "profiles", "stated", "rankings", "worklist?text=no-such-well")
TABS = ("score", "interval", "gaps", "evidence", "production", "spatial")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [1280, 390])
def test_that_axe_finds_nothing_on_any_page(people: People, site: Site, axe: Axe, wide: int, scheme: str) -> None:
    page = people.page("project_admin", "Ada", wide=wide, color_scheme=scheme)
    page.goto(f"{site.origin}/projects")
    found = {"projects": axe(page)}
    for path in PAGES:
        page.goto(site.address(path))
        expect(page.locator("#content")).to_be_visible()
        found[path] = axe(page)
        if path == "worklist" and (wide, scheme) != (1280, "light"):
            picture(page, f"list-{wide}-{scheme}")
    page.goto(site.address("profiles"))
    page.locator("tbody tr a").first.click()
    found["profile"] = axe(page)
    page.goto(site.address("profiles"))
    page.get_by_role("link", name="Change it").first.click()
    found["draft"] = axe(page)
    page.goto(site.address("rankings"))
    compare = page.get_by_role("link", name="Compare with the one before").first
    compare.click()
    found["compare two"] = axe(page)
    assert {name: one for name, one in found.items() if one} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [1280, 390])
def test_that_axe_finds_nothing_on_any_tab(people: People, site: Site, axe: Axe, wide: int, scheme: str) -> None:
    page = people.page("operator", "Ann", wide=wide, color_scheme=scheme)
    found = {}
    for letter in "BCQ":
        page.goto(site.address(f"worklist?classification={letter}"))
        href = page.locator("#rows a.open").first.get_attribute("href")
        for tab in TABS:
            page.goto(f"{site.origin}{href}&tab={tab}")
            expect(page.locator(f".tab.{tab}")).to_be_visible()
            found[f"{letter} {tab}"] = axe(page)
            if letter == "B" and tab == "interval" and (wide, scheme) != (1280, "light"):
                picture(page, f"interval-{wide}-{scheme}")
    assert {name: one for name, one in found.items() if one} == {}


def test_that_nobody_is_led_to_the_sign_in(people: People, site: Site, axe: Axe) -> None:
    page = people.page(None)
    page.goto(site.address())
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert "next=" in page.url
    assert axe(page) == []
    picture(page, "sign-in")


def test_that_who_has_no_role_sees_no_project_and_finds_nothing(people: People, site: Site, axe: Axe) -> None:
    people.expected.append("404")
    page = people.page("none", "Nil")
    page.goto(f"{site.origin}/projects")
    expect(page.get_by_role("heading", name="No project is yours to see")).to_be_visible()
    assert axe(page) == []
    page.goto(site.address())
    expect(page.get_by_role("heading", name="There is nothing here for you")).to_be_visible()
    assert axe(page) == []


def test_that_a_viewer_reads_and_is_offered_nothing_else(people: People, site: Site, axe: Axe) -> None:
    people.expected.append("403")
    page = people.page("viewer", "Vic")
    page.goto(site.address())
    page.locator("#rows a.open").first.click()
    expect(page.locator(".tab.score")).to_be_visible()
    assert page.locator("#review, #bulk, .pick").count() == 0
    page.goto(site.address("rankings"))
    assert page.get_by_role("button", name="Rank now").count() == 0
    page.goto(site.address("profiles/new?from=00000000-0000-0000-0000-000000000000"))
    expect(page.get_by_role("heading", name="Your role does not allow this")).to_be_visible()
    assert axe(page) == []
    picture(page, "forbidden")


def test_that_an_empty_list_says_which_way_back(people: People, site: Site) -> None:
    page = people.page()
    page.goto(site.address("worklist?text=no-such-well"))
    expect(page.get_by_role("heading", name="No target is left")).to_be_visible()
    page.get_by_role("link", name="Clear all filters").click()
    expect(page.locator("#rows tr").first).to_be_visible()


def test_that_a_project_without_a_ranking_says_so(people: People, site: Site, axe: Axe) -> None:
    page = people.page("project_admin", "Ada")
    for path in ("worklist", "rankings", "compare", "stated", "profiles"):
        page.goto(site.address(path, EMPTY))
        expect(page.locator("#content")).to_be_visible()
        assert axe(page) == []
    page.goto(site.address("worklist", EMPTY))
    expect(page.get_by_role("heading", name="Nothing is ranked yet")).to_be_visible()
    expect(page.get_by_role("button", name="Rank now")).to_be_visible()


def test_that_a_broken_address_is_told_what_is_wrong(people: People, site: Site, axe: Axe) -> None:
    people.expected.append("422")
    page = people.page()
    page.goto(site.address("worklist?min_total=much&classification=Z"))
    # The first stands above, the other below it; neither is said twice.
    expect(page.locator("main .empty p").nth(1)).to_contain_text("classification: must be one of")
    expect(page.locator("main li")).to_have_text(
        ["min_total: must be a number from 0 to 1; was 'much'. Write it like 0.45."]
    )
    assert axe(page) == []
    picture(page, "error")


def test_that_waiting_is_seen(people: People, site: Site) -> None:
    page = people.page()
    page.goto(site.address())
    held = Held(page, "**/worklist?*")
    page.locator('input[name="classification"][value="B"]').check()
    expect(page.locator("#worklist.htmx-request")).to_be_visible()
    held.next().continue_()
    expect(page.locator("#worklist.htmx-request")).to_have_count(0)


@pytest.mark.parametrize("wrong", ["no answer", "500", "503"])
def test_that_an_answer_that_does_not_come_is_told_and_what_is_shown_stays(
    people: People, site: Site, wrong: str
) -> None:
    people.expected += ["ERR_FAILED", "htmx:", "500", "503"]

    def refuse(route: Route) -> None:
        if wrong == "no answer":
            route.abort()
        else:
            # As a proxy says it, which knows nothing of our pages.
            route.fulfill(status=int(wrong), content_type="text/html", body="<h1>Bad day</h1>")

    page = people.page()
    page.goto(site.address("worklist?classification=B"))
    page.locator("#rows a.open").first.click()
    expect(page.locator(".tab.score")).to_be_visible()
    expect(page).to_have_url(re.compile("/worklist/"))
    title, rows, address = page.locator("#drawer-title").text_content(), page.locator("#rows tr[id]").count(), page.url
    said = "The server does not answer" if wrong == "no answer" else f"The server answered {wrong}"
    page.route("**/worklist/*-*-*", refuse)
    page.route("**/worklist?*", refuse)
    page.locator("#rows a.open").nth(1).click()
    expect(page.locator("#live")).to_contain_text(said)
    expect(page.locator("#drawer-title")).to_have_text(title or "none")
    expect(page.locator(".tab.score")).to_be_visible()
    assert page.url == address
    page.evaluate("() => document.querySelector('#live').replaceChildren()")
    page.locator("#drawer [data-close]").click()
    page.locator('input[name="classification"][value="C"]').check()
    expect(page.locator("#live")).to_contain_text(said)
    expect(page.locator("#worklist.htmx-request")).to_have_count(0)
    assert page.locator("#rows tr[id]").count() == rows
    expect(page).to_have_url(site.address("worklist?classification=B"))


def test_that_waiting_for_a_target_and_for_more_is_seen(people: People, site: Site) -> None:
    page = people.page()
    further = Held(page, "**/worklist?*after=*")
    page.goto(site.address())
    more = page.locator("#rows tr.more a")
    more.scroll_into_view_if_needed()
    expect(more).to_have_text("Loading more…")
    # One that comes to nothing can be asked for again.
    people.expected += ["ERR_FAILED", "htmx:"]
    further.next().abort()
    expect(more).to_have_text("Show more")
    target = Held(page, "**/worklist/*-*-*")
    page.locator("#rows a.open").first.click()
    expect(page.locator("#live")).to_have_text("Opening the target…")
    target.next().continue_()
    expect(page.locator(".tab.score")).to_be_visible()
    expect(page.locator("#live")).to_have_text("")


def test_that_nothing_scrolls_sideways_on_a_phone(people: People, site: Site) -> None:
    page = people.page(wide=390, high=844)
    for path in PAGES:
        page.goto(site.address(path))
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 390, path
    page.goto(site.address())
    page.locator("#rows a.open").first.click()
    expect(page.locator("#drawer")).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


def test_that_print_shows_the_target_and_not_the_tools(people: People, site: Site) -> None:
    page = people.page()
    page.goto(site.address())
    page.locator("#rows a.open").first.click()
    expect(page.locator("#drawer-title")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("#drawer-title")).to_be_visible()
    for hidden in (".rail", ".tools", "#review", ".top"):
        expect(page.locator(hidden)).to_be_hidden()
