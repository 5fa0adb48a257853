"""What there is room for: every tab in sight, a phone that shows targets, and a menu that says what is left out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import People
from tests.web.site import Site

pytestmark = pytest.mark.chromium


def within(page: Page, inner: str, outer: str) -> list[str]:
    """Return the texts of those that stand out of what should hold them."""
    found: list[str] = page.evaluate(
        """([inner, outer]) => {
          const around = document.querySelector(outer).getBoundingClientRect();
          return [...document.querySelectorAll(inner)]
            .filter((one) => one.getBoundingClientRect().width > 1)
            .filter((one) => {
              const box = one.getBoundingClientRect();
              return box.left < around.left - 0.5 || box.right > around.right + 0.5 || box.right > innerWidth + 0.5;
            })
            .map((one) => one.textContent.trim());
        }""",
        [inner, outer],
    )
    return found


@pytest.mark.parametrize("wide", [1280, 1600, 390, 360])
def test_that_every_tab_is_in_sight_and_has_its_whole_name(people: People, site: Site, wide: int) -> None:
    page = people.page(wide=wide)
    page.goto(site.address("worklist?classification=C"))
    page.locator("#rows a.open").first.click()
    for name in ("Spatial", "Production / Depletion", "Score Breakdown"):
        page.get_by_role("link", name=name).click()
        expect(page.locator("#drawer .tabs [aria-current]")).to_contain_text(name.split(" ")[0])
        assert page.locator("#drawer .tabs a").count() == 6
        assert within(page, "#drawer .tabs a", "#drawer") == []
    assert within(page, "#review button:not(.menu *), #review summary", "#drawer") == []


def test_that_a_phone_shows_targets_with_their_evidence_and_review(people: People, site: Site) -> None:
    page = people.page(wide=390, high=844)
    page.goto(site.address("worklist?classification=C"))
    first = page.locator("#rows tr[id]").first
    box = page.locator(".summary").bounding_box()
    assert box is not None
    # The head leaves four fifths of the screen to the list.
    assert box["y"] + box["height"] <= 844 / 5
    expect(first.locator(".phone").first).to_be_visible()
    expect(first.locator(".phone").first).to_contain_text(":")
    expect(first.locator(".phone .state")).to_be_visible()
    # No line of the action is cut through.
    heights = first.locator(".narrow").evaluate(
        "(one) => [one.clientHeight, parseFloat(getComputedStyle(one).lineHeight)]"
    )
    assert heights[0] / heights[1] == pytest.approx(round(heights[0] / heights[1]), abs=0.15)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize("wide", [1700, 1280, 1000, 700, 390])
def test_that_the_menu_of_columns_says_which_have_no_room(people: People, site: Site, wide: int) -> None:
    page = people.page(wide=wide)
    page.goto(site.address("worklist"))
    page.locator("summary", has_text="Columns").click()
    expect(page.get_by_role("button", name="Show these")).to_be_visible()
    hidden = {
        key
        for key in ("operability", "depletion", "remaining", "components", "action", "evidence", "review")
        if not page.locator(f"th.col-{key}").is_visible()
    }
    said = {
        name.removeprefix("for-")
        for one in page.locator(".no-room:visible").all()
        for name in (one.get_attribute("class") or "").split()
        if name.startswith("for-")
    }
    assert said == hidden
    assert ("operability" in hidden) == (wide <= 1280)
    # Who asks for them has them all, and scrolls.
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("th.col-operability")).to_be_visible()
    expect(page.locator(".no-room")).to_have_count(0)


def test_that_the_class_has_its_words_at_1280(people: People, site: Site) -> None:
    page = people.page()
    page.goto(site.address("worklist?classification=Q"))
    expect(page.locator("#rows .col-class small").first).to_be_visible()
    expect(page.locator("#rows .col-class").first).to_contain_text("quarantine")
    assert page.locator(".scroll").evaluate("(one) => one.scrollWidth <= one.clientWidth")
