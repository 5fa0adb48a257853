"""Addresses that people share, mistype and come back to: clean, redirected, and answered in words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.web.conftest import People
from tests.web.site import COOKIE, EMPTY, PROJECT, Site

pytestmark = pytest.mark.chromium


def test_that_a_filter_leaves_an_address_with_what_was_said_in_it_alone(people: People, site: Site) -> None:
    page = people.page()
    page.goto(site.address())
    page.locator('#filters input[name="classification"][value="A"]').check()
    expect(page).to_have_url(f"{site.address()}?classification=A")
    page.locator("#f-min_total").fill("0.6")
    expect(page).to_have_url(re.compile(r"\?classification=A&min_total=0\.6$"))
    page.locator("#f-min_total").fill("0")
    expect(page).to_have_url(f"{site.address()}?classification=A")


def test_that_the_server_cleans_the_address_of_a_form_without_script(people: People, site: Site) -> None:
    page = people.page(java_script_enabled=False)
    page.goto(site.address())
    page.locator('#filters input[name="classification"][value="A"]').check()
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(f"{site.address()}?classification=A")


def test_that_the_address_of_a_project_leads_to_its_worklist(people: People, site: Site) -> None:
    page = people.page()
    page.goto(f"{site.origin}/projects/{PROJECT}")
    expect(page).to_have_url(site.address())
    expect(page.locator("#rows tr").first).to_be_visible()


def test_that_one_goes_to_another_project_with_the_filters_that_make_sense_there(people: People, site: Site) -> None:
    page = people.page()
    page.goto(site.address("worklist?classification=A&text=W-0"))
    here = page.locator("#rail .projects a[aria-current]")
    expect(here).to_have_text(PROJECT)
    page.locator("#rail .projects").get_by_role("link", name=EMPTY).click()
    expect(page).to_have_url(f"{site.address(project=EMPTY)}?classification=A")


def test_that_a_project_that_was_never_ranked_is_listed_and_ranked_by_who_may(people: People, site: Site) -> None:
    for role, may in (("viewer", 0), ("project_admin", 1)):
        page = people.page(role)
        page.goto(f"{site.origin}/projects")
        card = page.locator(".cards li", has=page.get_by_role("link", name=EMPTY))
        expect(card).to_contain_text("not ranked yet")
        form = card.locator("form")
        expect(form).to_have_count(may)
        if may:
            assert (form.get_attribute("action") or "").endswith(f"/projects/{EMPTY}/rankings")


def test_that_every_fault_of_an_address_is_said_once(people: People, site: Site) -> None:
    people.expected.append("422")
    page = people.page()
    page.goto(site.address("worklist?min_total=abc&sort=foo"))
    said = page.locator("main").inner_text()
    assert said.count("min_total: must be a number from 0 to 1; was 'abc'.") == 1
    assert said.count("sort: a column must be one") == 1
    assert "query:" not in said


def test_that_a_session_that_is_over_says_so_in_words(people: People, site: Site) -> None:
    people.expected.append("401")
    page = people.page()
    page.goto(site.address("worklist?review_state=unreviewed"))
    page.context.clear_cookies(name=COOKIE)
    page.locator("#rows a.open").first.click()
    live = page.locator("#live")
    expect(live).to_contain_text("the session is over")
    assert "token" not in live.inner_text()
    expect(live.get_by_role("link", name="Sign in")).to_be_visible()
