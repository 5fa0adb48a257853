"""The whole review by keyboard alone, and where the focus is meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import People, picture
from tests.web.site import Site

pytestmark = pytest.mark.chromium


def listed(people: People, site: Site, query: str = "review_state=unreviewed") -> Page:
    page = people.page()
    page.goto(site.address(f"worklist?{query}"))
    return page


def focused(page: Page) -> str:
    found: str = page.evaluate("() => document.activeElement.textContent.trim()")
    return found


def test_that_j_and_k_go_from_target_to_target_and_enter_opens(people: People, site: Site) -> None:
    page = listed(people, site)
    wells = page.locator("#rows a.open").all_inner_texts()
    for key, k in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        assert focused(page) == wells[k]
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-title")).to_contain_text(wells[1].split(" ")[0])
    # With the drawer open the next one opens in it.
    page.keyboard.press("j")
    expect(page.locator("#drawer-title")).to_contain_text(wells[2].split(" ")[0])


def test_that_1_accepts(people: People, site: Site) -> None:
    page = listed(people, site)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".review-state")).to_contain_text("accepted")
    expect(page.locator("#rows tr[aria-current] .col-review")).to_contain_text("accepted")


@pytest.mark.parametrize(
    ("key", "said"), [("2", "needs data"), ("3", "rejected"), ("h", "deferred"), ("H", "deferred")]
)
def test_that_the_others_ask_for_a_note_first(people: People, site: Site, key: str, said: str) -> None:
    page = listed(people, site)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_be_visible()
    page.keyboard.press(key)
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("j is a letter here, and so is 1.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".review-state")).to_contain_text(said)


def test_that_brackets_go_through_the_tabs_and_escape_goes_back_to_the_row(people: People, site: Site) -> None:
    page = listed(people, site, "classification=B")
    page.keyboard.press("j")
    well = focused(page)
    page.keyboard.press("Enter")
    expect(page.locator(".tab.score")).to_be_visible()
    for tab in ("interval", "gaps", "evidence", "production", "spatial", "score"):
        page.keyboard.press("]")
        expect(page.locator(f".tab.{tab}")).to_be_visible()
    page.keyboard.press("[")
    expect(page.locator(".tab.spatial")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    assert focused(page) == well


def test_that_x_selects_and_the_bar_says_so(people: People, site: Site) -> None:
    page = listed(people, site)
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_text("2")
    page.keyboard.press("x")
    expect(page.locator("[data-selected]")).to_have_text("1")


def test_that_a_question_mark_shows_the_keys_and_a_slash_finds(people: People, site: Site) -> None:
    page = listed(people, site)
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    picture(page, "keys")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.locator("#f-text")).to_be_focused()
    page.keyboard.type("W-0")
    expect(page.locator("#f-text")).to_be_focused()
    assert page.locator("#f-text").input_value() == "W-0"


def test_that_tab_alone_reaches_filter_row_and_review(people: People, site: Site) -> None:
    page = listed(people, site)
    reached = set()
    for _ in range(140):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate("() => (document.activeElement.closest('#filters, #rows, .tools, .counts') ?? {}).id ?? ''")
        )
        if "rows" in reached:
            break
    assert {"filters", "rows"} <= reached
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-title")).to_be_visible()
