"""The whole review by keyboard alone, and where the focus is meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import People, go_live, picture
from tests.web.held import Held
from tests.web.keys import tab_to
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


def test_that_after_a_note_the_keys_go_on_at_the_row(people: People, site: Site) -> None:
    page = listed(people, site)
    wells = page.locator("#rows a.open").all_inner_texts()
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_be_visible()
    for k, key in enumerate(("2", "3", "h")):
        title = page.locator("#drawer-title").inner_text()
        page.keyboard.press(key)
        expect(page.locator("#note")).to_be_focused()
        page.keyboard.type(f"Note {k}.")
        page.keyboard.press("Control+Enter")
        # Written, sent, and the next key is a key again.
        expect(page.locator(".history summary")).to_have_text("1 entry")
        expect(page.locator("#rows tr[aria-current] a.open")).to_be_focused()
        assert focused(page) == wells[k]
        page.keyboard.press("n")
        expect(page.locator("#drawer-title")).not_to_have_text(title)
        expect(page.locator("#note")).to_have_value("")
    page.keyboard.press("1")
    expect(page.locator(".review-state")).to_contain_text("accepted")
    expect(page.locator("#rows tr[aria-current] a.open")).to_be_focused()


def test_that_news_of_one_target_do_not_come_into_the_drawer_of_the_next(people: People, site: Site) -> None:
    page = people.page()
    go_live(page, site.address("worklist?review_state=unreviewed"))
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_be_visible()
    title = page.locator("#drawer-title").inner_text()
    target = page.locator("#drawer").get_attribute("data-target") or "none"
    held = Held(page, re.compile(f"/worklist/{target}(?!/review)"))
    page.keyboard.press("1")
    expect(page.locator(".review-state")).to_contain_text("accepted")
    news = held.next()
    page.keyboard.press("n")
    expect(page.locator("#drawer-title")).not_to_have_text(title)
    with page.expect_response(lambda response: response.request == news.request):
        news.continue_()
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")
    target = page.locator("#drawer").get_attribute("data-target") or "none"
    assert f"/{target}/review" in (page.locator("#review").get_attribute("action") or "")
    expect(page.locator(".review-state")).to_contain_text("unreviewed")


def test_that_n_passes_over_what_somebody_reviewed(people: People, site: Site) -> None:
    page = listed(people, site, "sort=-target_rank")
    rows = page.locator("#rows tr[id]")
    page.keyboard.press("j")
    states = [("unreviewed" in (row.get_attribute("class") or "")) for row in rows.all()]
    wanted = next(k for k, unreviewed in enumerate(states) if unreviewed and k > 0)
    page.keyboard.press("n")
    expect(rows.nth(wanted).locator("a.open")).to_be_focused()
    # One is accepted, and is passed over from then on.
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".review-state")).to_contain_text("accepted")
    page.keyboard.press("k")
    expect(rows.nth(wanted - 1)).to_have_attribute("aria-current", "true")
    page.keyboard.press("n")
    expect(page.locator("#rows tr[aria-current].unreviewed")).to_be_visible()
    expect(rows.nth(wanted)).not_to_have_class(re.compile("unreviewed"))


def test_that_u_takes_the_last_review_back_and_both_stand_in_the_history(people: People, site: Site) -> None:
    page = listed(people, site, "review_state=unreviewed&sort=-total_score")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_be_visible()
    page.keyboard.press("u")
    expect(page.locator("#live")).to_contain_text("Nothing was reviewed")
    page.keyboard.press("1")
    expect(page.locator(".review-state")).to_contain_text("accepted")
    page.keyboard.press("u")
    expect(page.locator(".review-state")).to_contain_text("unreviewed")
    expect(page.locator("#rows tr[aria-current] .col-review")).to_contain_text("unreviewed")
    expect(page.locator(".history summary")).to_have_text("2 entries")
    expect(page.locator("#live")).to_contain_text("Taken back")
    # Once is enough: there is nothing further to take back.
    page.keyboard.press("u")
    expect(page.locator("#live")).to_contain_text("Nothing was reviewed")


def test_that_a_review_is_taken_back_only_as_it_was_left(people: People, site: Site) -> None:
    people.expected.append("409")
    page = listed(people, site, "review_state=unreviewed&sort=-total_score")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#review")).to_be_visible()
    page.keyboard.press("1")
    expect(page.locator(".review-state")).to_contain_text("accepted")
    ben = people.page(name="Ben")
    expect(page).to_have_url(re.compile("/worklist/"))
    ben.goto(page.url)
    ben.locator("#note").fill("Not before the summer.")
    ben.get_by_role("button", name="Defer").click()
    expect(ben.locator(".review-state")).to_contain_text("deferred")
    page.keyboard.press("u")
    expect(page.locator("#drawer .review .notice")).to_contain_text("Not before the summer.")
    expect(page.locator(".review-state")).to_contain_text("deferred")


def test_that_e_opens_the_exports_and_escape_leads_back(people: People, site: Site) -> None:
    page = listed(people, site)
    page.keyboard.press("j")
    well = focused(page)
    page.keyboard.press("e")
    links = page.locator("details[data-export] a")
    expect(links.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(links.last).to_be_focused()
    page.keyboard.press("Escape")
    expect(links.first).to_be_hidden()
    assert focused(page) == well
    page.keyboard.press("e")
    with page.expect_download() as found:
        page.keyboard.press("Enter")
    assert found.value.suggested_filename.endswith(".xlsx")
    expect(links.first).to_be_hidden()
    assert focused(page) == well


def test_that_escape_in_the_menu_leaves_the_drawer_open(people: People, site: Site) -> None:
    page = listed(people, site)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#drawer-title")).to_be_visible()
    page.keyboard.press("e")
    page.keyboard.press("Escape")
    expect(page.locator("details[data-export]")).not_to_have_attribute("open", "")
    expect(page.locator("#drawer-title")).to_be_visible()


def test_that_escape_leaves_the_search_and_the_filter_stands(people: People, site: Site) -> None:
    page = listed(people, site, "")
    page.keyboard.press("/")
    page.keyboard.type("W-00")
    expect(page).to_have_url(re.compile("text=W-00$"))
    found = page.locator("#shown").inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#f-text")).not_to_be_focused()
    page.keyboard.press("j")
    assert focused(page).startswith("W-00")
    expect(page.locator("#f-text")).to_have_value("W-00")
    expect(page.locator("#shown")).to_have_text(found)


def test_that_tab_alone_reaches_filter_row_and_review(people: People, site: Site) -> None:
    page = listed(people, site)
    tab_to(page, page.locator("#f-text"))
    tab_to(page, page.locator("#rows a.open")).press("Enter")
    expect(page.locator("#drawer-title")).to_be_visible()
    tab_to(page, page.locator("#note")).type("Reached by Tab.")
    tab_to(page, page.get_by_role("button", name=re.compile("^Defer"))).press("Enter")
    expect(page.locator(".review-state")).to_contain_text("deferred")
    expect(page.locator(".history q")).to_have_text("Reached by Tab.")


def test_that_keys_of_one_letter_can_be_had_off_and_stay_so(people: People, site: Site) -> None:
    page = listed(people, site)
    page.keyboard.press("?")
    box = page.get_by_label("Keys of one letter, digit or sign act")
    expect(box).to_be_checked()
    tab_to(page, box, "Shift+Tab").press("Space")
    expect(page.locator("#keys [data-letters-off]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()

    def acts() -> bool:
        page.keyboard.press("j")
        return page.locator("#rows tr.at").count() == 1

    assert not acts()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()
    page.reload()
    expect(page.locator("[data-keys]").first).to_be_visible()
    assert not acts()
    # Enter and Escape act as before, and so does the button, which leads to the switch.
    tab_to(page, page.locator("#rows a.open")).press("Enter")
    expect(page.locator("#drawer-title")).to_be_visible()
    page.keyboard.press("]")
    page.keyboard.press("1")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page.locator("#rows .col-review").first).to_contain_text("unreviewed")
    tab_to(page, page.locator("[data-keys]"), "Shift+Tab").press("Enter")
    expect(box).not_to_be_checked()
    tab_to(page, box, "Shift+Tab").press("Space")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    assert acts()
