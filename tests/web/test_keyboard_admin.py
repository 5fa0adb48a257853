"""The whole way of an engineer and of an administrator, each in one go, by the keyboard of a browser and nothing else.

Nothing here clicks, fills or focuses: keys are pressed, and `expect` looks.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.web.conftest import People
from tests.web.keys import tab_to, typed_over
from tests.web.site import PROJECT, Site

pytestmark = pytest.mark.chromium
_RANKED_WITHIN_MS = 120_000


def test_that_an_engineer_goes_the_whole_way_by_keyboard_alone(people: People, site: Site) -> None:
    page = people.page("operator", "Ann")
    page.goto(site.origin)
    tab_to(page, page.get_by_role("link", name=PROJECT)).press("Enter")
    expect(page.locator("#rows tr").first).to_be_visible()
    # A filter: a box by its space bar.
    box = page.locator('#filters input[name="classification"][value="B"]')
    tab_to(page, box).press("Space")
    expect(page).to_have_url(re.compile("classification=B"))
    expect(page.locator("#rows .class").first).to_have_text("B")
    expect(page.locator("#worklist.htmx-request")).to_have_count(0)
    # Through the rest of the filters and the tools, by Tab alone, to the list; the first target opens.
    link = page.locator("#rows a.open").first
    well = link.inner_text().split(" ")[0]
    tab_to(page, link).press("Enter")
    expect(page.locator("#drawer-title")).to_contain_text(well)
    expect(page.locator(".tab.score")).to_be_visible()
    # Why: the breakdown, then each tab.
    for tab in ("interval", "gaps", "evidence", "production", "spatial"):
        page.keyboard.press("]")
        expect(page.locator(f".tab.{tab}")).to_be_visible()
    # The review is reached by Tab, too: the note, then a button. Others may have reviewed it before.
    entries = page.locator(".history summary")
    before = int(entries.inner_text().split()[0]) if entries.count() else 0
    keys = tab_to(page, page.locator("#note"))
    keys.type("Core data of W-1 first; by keyboard.")
    tab_to(page, page.get_by_role("button", name=re.compile("^Needs data"))).press("Enter")
    expect(page.locator(".review-state")).to_contain_text("needs data")
    expect(entries).to_contain_text(f"{before + 1} ")
    tab_to(page, entries).press("Enter")
    expect(page.locator(".history q", has_text="Core data of W-1 first; by keyboard.")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    # The file holds what the filter left.
    page.keyboard.press("e")
    expect(page.locator("details[data-export] a").first).to_be_focused()
    with page.expect_download() as found:
        page.keyboard.press("Enter")
    assert found.value.suggested_filename.endswith(".xlsx")


def test_that_an_administrator_goes_the_whole_way_by_keyboard_alone(people: People, site: Site) -> None:
    page = people.page("project_admin", "Ada")
    page.goto(site.origin)
    tab_to(page, page.get_by_role("link", name=PROJECT)).press("Enter")
    expect(page.locator("#rows tr").first).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Profiles", exact=True)).press("Enter")
    tab_to(page, page.get_by_role("link", name="Change it")).press("Enter")
    typed_over(page, page.locator('input[name="weights/static"]'), "0.30")
    typed_over(page, page.locator('input[name="weights/dynamic"]'), "0.35")
    tab_to(page, page.get_by_role("button", name="Preview the ranking")).press("Enter")
    expect(page.locator("#preview tbody tr").first).to_be_visible(timeout=_RANKED_WITHIN_MS)
    expect(page.get_by_role("region", name="Changes")).to_contain_text("weights.dynamic")
    typed_over(page, page.locator('input[name="reason"]'), "Proposed by keyboard.")
    tab_to(page, page.get_by_role("button", name="Propose it")).press("Enter")
    expect(page.get_by_role("heading", name="Activate it")).to_be_visible()
    typed_over(page, page.locator('input[name="reason"]'), "Activated by keyboard.")
    tab_to(page, page.get_by_role("button", name="Activate")).press("Enter")
    expect(page.get_by_role("region", name="History")).to_contain_text("Activated by keyboard.")
    # Rank again, and wait for it where it is shown.
    tab_to(page, page.get_by_role("link", name="Rankings", exact=True), "Shift+Tab").press("Enter")
    rankings = page.locator('[aria-label="Rankings so far"] tbody tr')
    expect(rankings.first).to_be_visible()
    page.wait_for_load_state()
    before = rankings.count()
    typed_over(page, page.get_by_label("Reason"), "By keyboard.")
    tab_to(page, page.get_by_role("button", name="Rank now")).press("Enter")
    asked = page.locator('[aria-label="What was asked for"] tbody tr').first
    expect(asked).to_contain_text("By keyboard.")
    expect(rankings).to_have_count(before + 1, timeout=_RANKED_WITHIN_MS)
    expect(asked).to_contain_text("succeeded")
    tab_to(page, page.get_by_role("link", name="Compare with the one before")).press("Enter")
    expect(page.locator(".panel").nth(1)).to_contain_text("different versions of the profile")
    expect(page.locator(".moved-row").first).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Compare the two versions")).press("Enter")
    expect(page).to_have_url(re.compile("of=profiles"))
    expect(page.locator("#content")).to_contain_text("dynamic")
