"""axe over what opens on a page only when somebody does something, in both schemes; and contrasts that it leaves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import People
from tests.web.site import Site

pytestmark = pytest.mark.chromium

Axe = Callable[[Page], list[str]]
_RANKED_WITHIN_MS = 120_000
schemes = pytest.mark.parametrize("scheme", ["light", "dark"])


@schemes
def test_that_axe_finds_nothing_in_the_bar_of_many_and_in_the_keys(
    people: People, site: Site, axe_and_contrast: Axe, scheme: str
) -> None:
    page = people.page("operator", "Ann", color_scheme=scheme)
    page.goto(site.address())
    page.locator("#rows .pick input").first.check()
    expect(page.locator("#bulk")).to_be_visible()
    assert axe_and_contrast(page) == []
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("[data-letters]").uncheck()
    expect(page.locator("[data-letters-off]")).to_be_visible()
    assert axe_and_contrast(page) == []
    page.locator("[data-letters]").check()


@schemes
def test_that_axe_finds_nothing_where_two_reviews_met(
    people: People, site: Site, axe_and_contrast: Axe, scheme: str
) -> None:
    people.expected.append("409")
    page = people.page("operator", "Ann", color_scheme=scheme)
    # Here nothing is heard of it meanwhile, as on a line that was lost.
    page.route("**/events", lambda route: route.fulfill(status=204))
    page.goto(site.address("worklist?sort=total_score"))
    page.locator("#rows a.open").first.click()
    expect(page.locator("#review")).to_be_visible()
    other = people.page("operator", "Ben")
    expect(page).to_have_url(re.compile("/worklist/"))
    other.goto(page.url)
    other.locator("#note").fill("Not before the summer.")
    other.get_by_role("button", name="Defer").click()
    expect(other.locator(".history q").first).to_have_text("Not before the summer.")
    page.locator("#note").fill("No.")
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#drawer .review .notice.warn")).to_contain_text("Not before the summer.")
    assert axe_and_contrast(page) == []


@schemes
def test_that_axe_finds_nothing_in_a_draft_with_faults_in_its_preview_and_between_two_profiles(
    people: People, site: Site, axe_and_contrast: Axe, scheme: str
) -> None:
    people.expected.append("422")
    page = people.page("project_admin", "Ada", color_scheme=scheme)
    page.goto(site.address("profiles"))
    page.get_by_role("link", name="Change it").first.click()
    weight = page.locator('input[name="weights/static"]')
    was = weight.input_value()
    weight.fill("0.9")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert axe_and_contrast(page) == []
    weight.fill(was)
    # Another curve than the one before, in either scheme.
    page.locator("summary", has_text="Inputs of static").click()
    page.get_by_role("group", name="Shale volume").get_by_label("curve").fill(f"0.2: 1; 0.4{len(scheme)}: 0")
    page.get_by_role("button", name="Preview the ranking").click(timeout=_RANKED_WITHIN_MS)
    expect(page.locator("#preview tbody tr").first).to_be_visible(timeout=_RANKED_WITHIN_MS)
    assert axe_and_contrast(page) == []
    page.locator('input[name="reason"]').fill(f"For the comparison, {scheme}.")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_role("heading", name="Activate it")).to_be_visible()
    assert axe_and_contrast(page) == []
    page.goto(site.address("profiles"))
    page.get_by_role("link", name="Compare with the active one").first.click()
    expect(page.locator("#content svg.curve").first).to_be_visible()
    expect(page).to_have_url(re.compile("of=profiles"))
    assert axe_and_contrast(page) == []


def test_that_text_in_a_drawing_that_is_too_faint_is_found(people: People, site: Site, axe_and_contrast: Axe) -> None:
    page = people.page()
    page.goto(site.address())
    said = page.locator("#rows svg text").nth(1)
    expect(said).to_be_visible()
    # Through the model of styles: the page lets no attribute in.
    said.evaluate("(one) => { one.style.fill = '#bbb'; }")
    (found,) = axe_and_contrast(page)
    assert found.startswith("color-contrast, left open by axe: 1.")
