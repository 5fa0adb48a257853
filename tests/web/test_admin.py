"""An administrator: propose a profile, preview it, activate it, rank again, compare; and what appears by itself."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import People, go_live, picture
from tests.web.site import Site, worsen

pytestmark = pytest.mark.chromium
_RANKED_WITHIN_MS = 120_000
_RANKINGS = '[aria-label="Rankings so far"] tbody tr'


def test_that_a_profile_goes_from_change_to_comparison(people: People, site: Site) -> None:
    people.expected.append("422")
    page = people.page("project_admin", "Ada")
    page.goto(site.address("profiles"))
    page.get_by_role("link", name="Change it").first.click()
    # Weights that do not sum to 1 are told so, and what was typed is given back.
    page.locator('input[name="weights/static"]').fill("0.5")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert")).to_contain_text("1")
    expect(page.locator('input[name="weights/static"]')).to_have_value("0.5")
    page.locator('input[name="weights/static"]').fill("0.25")
    page.locator('input[name="weights/dynamic"]').fill("0.40")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("status").filter(has_text="It holds")).to_be_visible()
    expect(page.get_by_role("region", name="Changes")).to_contain_text("weights.dynamic")
    page.get_by_role("button", name="Preview the ranking").click(timeout=_RANKED_WITHIN_MS)
    expect(page.locator("#preview tbody tr").first).to_be_visible(timeout=_RANKED_WITHIN_MS)
    picture(page, "profile-preview")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_role("alert")).to_contain_text("reason")
    page.locator('input[name="reason"]').fill("Depletion decides more here than rock.")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_role("heading", name="Activate it")).to_be_visible()
    picture(page, "profile")
    page.locator('input[name="reason"]').fill("Agreed in the March review.")
    page.get_by_role("button", name="Activate").click()
    expect(page.get_by_role("region", name="History")).to_contain_text("Agreed in the March review.")
    page.goto(site.address("rankings"))
    before = page.locator(_RANKINGS).count()
    # The ranking that stands is older than that, and says so.
    page.goto(site.address())
    page.get_by_role("button", name="Rank again").click()
    expect(page.locator("#job")).to_contain_text(re.compile("Ranking|Waiting|No ranking runs"))
    expect(page.get_by_role("link", name="Compare with the one before").first).to_be_visible()
    _wait_for_runs(page, before + 1)
    page.get_by_role("link", name="Compare with the one before").first.click()
    expect(page.locator(".panel").nth(1)).to_contain_text("different versions of the profile")
    expect(page.locator(".moved-row").first).to_be_visible()
    picture(page, "compare")


def test_that_progress_and_a_finished_ranking_appear_by_themselves(people: People, site: Site) -> None:
    reader = people.page("viewer", "Vic")
    go_live(reader, site.address())
    ranked = reader.locator(".facts time").get_attribute("datetime")
    assert ranked is not None
    worsen(site.folder, every=3)
    admin = people.page("project_admin", "Ada")
    admin.goto(site.address("rankings"))
    admin.get_by_label("Reason").fill("New integrity tests.")
    admin.get_by_role("button", name="Rank now").click()
    expect(reader.locator("#live")).to_contain_text(re.compile("Ranking|waits|new ranking"), timeout=_RANKED_WITHIN_MS)
    expect(reader.locator("#live")).to_contain_text("A new ranking is shown", timeout=_RANKED_WITHIN_MS)
    expect(reader.locator(".facts time")).not_to_have_attribute("datetime", ranked)


def test_that_two_rankings_of_other_data_say_which_input_moved_what(people: People, site: Site) -> None:
    page = people.page("viewer", "Vic")
    page.goto(site.address("compare"))
    options = page.locator('select[name="before"] option')
    page.locator('select[name="before"]').select_option(index=options.count() - 1)
    page.locator('select[name="after"]').select_option(index=options.count() - 2)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".panel").nth(1)).to_contain_text("what changed is the data")
    expect(page.locator(".moved-row").first).to_contain_text(re.compile("Workover|Integrity"))


def test_that_an_older_ranking_says_that_it_is_one(people: People, site: Site) -> None:
    page = people.page("viewer", "Vic")
    page.goto(site.address("rankings"))
    page.get_by_role("link", name="Open", exact=True).last.click()
    expect(page.locator("#worklist .notice").first).to_contain_text("older ranking")
    page.locator("#rows a.open").first.click()
    expect(page.locator("#drawer .notice").first).to_contain_text("older ranking")


def test_that_a_broken_profile_is_told_each_fault(people: People, site: Site) -> None:
    people.expected.append("422")
    page = people.page("project_admin", "Ada")
    page.goto(site.address("profiles"))
    page.get_by_role("link", name="Change it").first.click()
    page.locator("summary", has_text="Inputs of static").click()
    curve = page.get_by_role("group", name="Shale volume").get_by_label("curve")
    was = curve.input_value()
    curve.fill("0.3: 1, 0.1")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert")).to_contain_text("components.static.vsh.curve: must be points")
    # What was typed is given back, and where it stands is open.
    expect(curve).to_have_value("0.3: 1, 0.1")
    curve.fill("0.3: 1; 0.1: 2")
    # What the page before said holds of this one, too.
    with page.expect_event("load"):
        page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert").locator("li")).not_to_have_count(0)
    expect(page.get_by_role("alert")).to_contain_text("vsh")
    expect(curve).to_be_visible()
    curve.fill(was)
    page.get_by_role("button", name="Change it as JSON").click()
    text = page.locator('textarea[name="text"]')
    raw = json.loads(text.input_value())
    raw["components"]["static"]["vsh"]["definition"] = "as I say"
    text.fill(json.dumps(raw))
    page.get_by_role("button", name="Change it in fields").click()
    expect(page.locator("summary", has_text="Inputs of static")).to_be_visible()
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("region", name="Changes")).to_contain_text("as I say")
    expect(page.get_by_role("region", name="Changes").locator("tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Change it as JSON").click()
    text.fill("{not json")
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_role("alert")).to_contain_text("must be JSON")


def _wait_for_runs(page: Page, count: int) -> None:
    """Look at the page of rankings until there are that many. It comes by itself, too; that is another test."""
    for _ in range(240):
        if page.locator(_RANKINGS).count() >= count:
            return
        page.wait_for_timeout(500)
    raise AssertionError(page.locator("main").inner_text())
