"""Several targets at once: what is ticked and chosen is kept until it is said, and a note is asked for before."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.web.conftest import People
from tests.web.site import Site

pytestmark = pytest.mark.chromium


def ticked(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        "() => [...document.querySelectorAll('#rows input[name=target]:checked')].map((box) => box.value)"
    )
    return found


def test_that_a_note_is_asked_for_before_it_is_sent_and_nothing_is_lost(people: People, site: Site) -> None:
    page = people.page()
    page.goto(site.address("worklist?review_state=unreviewed&sort=-total_score"))
    boxes = page.locator('#rows input[name="target"]')
    boxes.nth(0).check()
    boxes.nth(5).click(modifiers=["Shift"])
    chosen = ticked(page)
    assert len(chosen) == 6
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.url.endswith("/review") else None)
    page.locator("#bulk select").select_option("deferred")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator('#bulk input[name="note"]')).to_be_focused()
    assert page.locator('#bulk input[name="note"]').evaluate("(field) => field.validity.valueMissing")
    assert (sent, ticked(page)) == ([], chosen)
    # What needs no note asks for none.
    page.locator("#bulk select").select_option("in_review")
    assert page.locator('#bulk input[name="note"]').evaluate("(field) => field.checkValidity()")
    page.locator("#bulk select").select_option("deferred")
    # An export says nothing of anybody, and asks for no note.
    with page.expect_download():
        page.get_by_role("button", name="Export xlsx").click()
    page.locator('#bulk input[name="note"]').fill("After the summer.")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#worklist .notice").first).to_contain_text("6 targets deferred")
    assert len(sent) == 1


def test_that_what_the_server_refuses_keeps_the_ticks_further_down_as_well(people: People, site: Site) -> None:
    people.expected.append("422")
    page = people.page()
    page.goto(site.address("worklist"))
    page.locator("#rows tr").last.scroll_into_view_if_needed()
    expect(page.locator("#rows tr[id]")).not_to_have_count(50)
    page.locator('#rows input[name="target"]').nth(1).check()
    page.locator('#rows input[name="target"]').last.check()
    chosen = ticked(page)
    address = page.url
    page.locator("#bulk select").select_option("rejected")
    # As if the browser had not asked.
    page.locator('#bulk input[name="note"]').evaluate("(field) => { field.required = false; }")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#bulk .fault")).to_contain_text("note: must be given to say rejected; was nothing.")
    assert "None" not in page.locator("#bulk").inner_text()
    assert (ticked(page), page.url) == (chosen, address)
    expect(page.locator("[data-selected]")).to_have_text("2")
    expect(page.locator("#bulk select")).to_have_value("rejected")
    page.locator('#bulk input[name="note"]').fill("Collapsed casing.")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#worklist .notice").first).to_contain_text("2 targets rejected")


def test_that_without_script_the_ticks_and_the_choice_come_back(people: People, site: Site) -> None:
    people.expected.append("422")
    page = people.page(java_script_enabled=False)
    page.goto(site.address("worklist?sort=-target_rank"))
    boxes = page.locator('#rows input[name="target"]')
    values = [boxes.nth(k).get_attribute("value") for k in (0, 2)]
    boxes.nth(0).check()
    boxes.nth(2).check()
    page.locator("#bulk select").select_option("needs_data")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#bulk .fault")).to_contain_text("was nothing")
    assert [box.get_attribute("value") for box in page.locator("#rows input[name=target][checked]").all()] == values
    expect(page.locator("#bulk select")).to_have_value("needs_data")
    page.locator('#bulk input[name="note"]').fill("Logs first.")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#worklist .notice").first).to_contain_text("2 targets needs data")


def test_that_those_of_a_page_before_stay_selected_without_script(people: People, site: Site) -> None:
    people.expected.append("422")
    page = people.page(java_script_enabled=False)
    page.goto(site.address("worklist"))
    page.locator("#rows .more a").click()
    expect(page).to_have_url(re.compile("after="))
    page.locator('#rows input[name="target"]').first.check()
    page.locator("#bulk select").select_option("deferred")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#bulk .fault")).to_contain_text("1 target of those selected is further down")
    page.locator('#bulk input[name="note"]').fill("Later.")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#worklist .notice").first).to_contain_text("1 target deferred")
