"""Two people at one target: the second sees what the first said, and nothing of either is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.web.conftest import People, go_live, picture
from tests.web.site import Site

pytestmark = pytest.mark.chromium


def test_that_the_second_is_told_what_the_first_said_and_keeps_their_note(people: People, site: Site) -> None:
    people.expected.append("409")
    ann, ben = people.page(name="Ann"), people.page(name="Ben")
    # Ben's page hears nothing of it meanwhile: as on a line that was lost.
    ben.route("**/events", lambda route: route.fulfill(status=204))
    ann.goto(site.address("worklist?review_state=unreviewed&sort=-target_rank"))
    ann.locator("#rows a.open").nth(6).click()
    expect(ann.locator("#review")).to_be_visible()
    expect(ann).to_have_url(re.compile("/worklist/"))
    ben.goto(ann.url)
    ann.locator("#note").fill("The casing leaks at 400 m.")
    ann.get_by_role("button", name="Reject").click()
    expect(ann.locator(".review-state")).to_contain_text("rejected")
    ben.locator("#note").fill("I would take it.")
    ben.get_by_role("button", name="Accept").click()
    notice = ben.locator("#drawer .review .notice")
    expect(notice).to_contain_text("Ann")
    expect(notice).to_contain_text("The casing leaks at 400 m.")
    expect(ben.locator("#note")).to_have_value("I would take it.")
    expect(ben.locator(".review-state")).to_contain_text("rejected")
    picture(ben, "conflict")
    # Having read it, Ben says so all the same; both stand in the history.
    ben.get_by_role("button", name="Accept").click()
    expect(ben.locator(".review-state")).to_contain_text("accepted")
    ben.locator(".history summary").click()
    expect(ben.locator(".history li")).to_have_count(2)


def test_that_a_review_appears_for_others_without_reloading(people: People, site: Site) -> None:
    ann, ben = people.page(name="Ann"), people.page(name="Ben")
    ann.goto(site.address("worklist?classification=B"))
    row = ann.locator("#rows tr[id]", has_text="unreviewed").first
    target = row.get_attribute("id")
    go_live(ben, ann.url)
    ben.locator(f"#{target} a.open").click()
    expect(ben.locator("#review")).to_be_visible()
    row.locator("a.open").click()
    ann.get_by_role("button", name="Accept").click()
    expect(ben.locator(f"#{target} .col-review")).to_contain_text("accepted")
    expect(ben.locator("#live")).to_contain_text("accepted")
    expect(ben.locator(".review-state")).to_contain_text("Ann")


def test_that_of_many_those_already_reviewed_are_left_and_named(people: People, site: Site) -> None:
    ann, ben = people.page(name="Ann"), people.page(name="Ben")
    ben.route("**/events", lambda route: route.fulfill(status=204))
    ann.goto(site.address("worklist?review_state=unreviewed&sort=-target_rank"))
    ben.goto(ann.url)
    first = ann.locator('input[name="target"]').nth(1)
    first.check()
    ann.locator("#bulk select").select_option("in_review")
    ann.get_by_role("button", name="Review", exact=True).click()
    expect(ann.locator("#worklist .notice").first).to_contain_text("1 target in review")
    for k in range(3):
        ben.locator('input[name="target"]').nth(k).check()
    ben.locator("#bulk select").select_option("accepted")
    ben.get_by_role("button", name="Review", exact=True).click()
    expect(ben.locator("#worklist .notice").first).to_contain_text("2 targets accepted")
    expect(ben.locator("#worklist .notice").first).to_contain_text("Ann")
