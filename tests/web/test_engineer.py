"""An engineer at the worklist: open a link, filter, open a target, read why, review with a note, export."""

from __future__ import annotations

import re
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import openpyxl  # type: ignore[import-untyped]  # it comes without types
import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import People, picture
from tests.web.held import Held
from tests.web.site import PROJECT, Site

pytestmark = pytest.mark.chromium


def opened(people: People, site: Site, path: str = "worklist", **options: object) -> Page:
    page = people.page(**options)  # type: ignore[arg-type]  # its values are of several types
    page.goto(site.address(path))
    return page


def tick(page: Page, *places: int) -> list[str]:
    """Tick rows of the list; return the ids of their targets."""
    boxes = [page.locator('#rows input[name="target"]').nth(place) for place in places]
    for box in boxes:
        box.check()
    return [str(box.get_attribute("value")).partition(":")[0] for box in boxes]


def shown(page: Page) -> int:
    return int(page.locator("#shown").inner_text().split(" of ")[0].replace(",", ""))


def test_that_the_project_leads_to_its_worklist(people: People, site: Site) -> None:
    page = people.page()
    page.goto(site.origin)
    page.get_by_role("link", name=PROJECT).click()
    expect(page.locator("#rows tr").first).to_be_visible()
    picture(page, "list")


def test_that_a_filter_leaves_what_it_says_and_stands_in_the_address(people: People, site: Site) -> None:
    page = opened(people, site)
    label = page.locator("#filters label", has=page.locator('input[name="classification"][value="B"]'))
    count = int(label.locator("i").inner_text())
    label.click()
    expect(page.locator("#shown")).to_have_text(re.compile(rf"^{count} of "))
    expect(page).to_have_url(site.address("worklist?classification=B"))
    expect(page.locator("#rows .class").first).to_have_text("B")
    # The link opens exactly that for somebody else.
    other = people.page(name="Ben")
    other.goto(page.url)
    assert shown(other) == count
    expect(other.locator('#filters input[name="classification"][value="B"]')).to_be_checked()


def test_that_a_slider_says_how_many_remain_and_leaves_as_many(people: People, site: Site) -> None:
    page = opened(people, site)
    slider = page.locator("#f-min_total")
    slider.fill("0.6")
    remain = int(page.locator("fieldset", has=slider).locator("[data-remain]").inner_text())
    expect(page.locator("#shown")).to_have_text(re.compile(rf"^{remain} of "))


def test_that_a_well_is_found_by_its_name(people: People, site: Site) -> None:
    page = opened(people, site)
    page.locator("#f-text").fill("W-00")
    expect(page).to_have_url(re.compile("text=W-00"))
    expect(page.locator("#rows a.open").first).to_be_visible()
    expect(page.locator("#rows a.open").filter(has_not_text="W-00")).to_have_count(0)


def test_that_columns_sort_by_several_keys(people: People, site: Site) -> None:
    page = opened(people, site)
    page.locator("th.col-total a").click()
    expect(page.locator("th.col-total")).to_have_attribute("aria-sort", re.compile("ending"))
    page.locator("th.col-class a").click()
    expect(page.locator("th.col-class")).to_have_attribute("aria-sort", "ascending")
    assert parse_qs(urlsplit(page.url).query)["sort"] == ["classification,total_score"]
    page.locator("th.col-class a").click()
    expect(page.locator("th.col-class")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#rows .class").first).to_have_text("Q")


def test_that_columns_are_chosen_and_stay_chosen(people: People, site: Site) -> None:
    page = opened(people, site)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Unswept [m3]").check()
    page.get_by_label("Action", exact=True).uncheck()
    page.get_by_role("button", name="Show these").click()
    expect(page.locator("th.col-unswept")).to_be_visible()
    expect(page.locator("th.col-action")).to_have_count(0)
    page.locator("th.col-total a").click()
    expect(page.locator("th.col-unswept")).to_be_visible()


def test_that_more_rows_come_as_one_scrolls(people: People, site: Site) -> None:
    page = opened(people, site)
    before = page.locator("#rows tr[id]").count()
    page.locator("#rows tr").last.scroll_into_view_if_needed()
    expect(page.locator("#rows tr[id]")).not_to_have_count(before)
    ranks = [int(text) for text in page.locator("#rows .col-rank b").all_inner_texts()]
    assert ranks == list(range(1, len(ranks) + 1))


def test_that_a_target_opens_over_the_list_and_closes_again(people: People, site: Site) -> None:
    page = opened(people, site, "worklist?classification=B")
    first = page.locator("#rows a.open").first
    well = first.inner_text().split(" ")[0]
    first.click()
    expect(page.locator("#drawer-title")).to_contain_text(well)
    expect(page).to_have_url(re.compile(r"/worklist/.*\?.*classification=B"))
    picture(page, "score")
    page.locator("[data-close]").click()
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page).to_have_url(site.address("worklist?classification=B"))


@pytest.mark.parametrize(
    ("tab", "drawn"),
    [
        ("score", ".comps svg"),
        ("interval", "svg.strip"),
        ("gaps", ".callout, .lack, .empty"),
        ("evidence", "table.sources"),
        ("production", ".uplot canvas"),
        ("spatial", "svg.map"),
    ],
)
def test_that_each_tab_is_an_address_and_shows_what_it_is_for(people: People, site: Site, tab: str, drawn: str) -> None:
    page = opened(people, site)
    page.locator("#rows a.open").nth(1).click()
    link = page.locator(f'.tabs a[href*="tab={tab}"]') if tab != "score" else page.locator(".tabs a").first
    link.click()
    expect(page.locator(f".tab.{tab} {drawn}").first).to_be_visible()
    page.reload()
    expect(page.locator(f".tab.{tab} {drawn}").first).to_be_visible()
    picture(page, f"tab-{tab}")


def test_that_back_and_forward_show_what_was_there(people: People, site: Site) -> None:
    page = opened(people, site)
    page.locator("#rows a.open").first.click()
    expect(page.locator("#drawer-title")).to_be_visible()
    page.locator('.tabs a[href*="tab=gaps"]').click()
    expect(page.locator(".tab.gaps")).to_be_visible()
    page.go_back()
    # Not before the scripts of that page hear of going back.
    expect(page.locator("html.js .tab.score")).to_be_visible()
    page.go_back()
    expect(page.locator("#drawer")).to_be_hidden()


def test_that_who_goes_back_twice_before_a_page_has_come_is_shown_where_they_are(people: People, site: Site) -> None:
    page = opened(people, site)
    page.locator("#rows a.open").first.click()
    expect(page.locator(".tab.score")).to_be_visible()
    page.locator('.tabs a[href*="tab=gaps"]').click()
    expect(page.locator(".tab.gaps")).to_be_visible()
    scripts = Held(page, "**/start.js*")
    page.evaluate("() => history.back()")
    first = scripts.next()
    page.evaluate("() => history.back()")
    expect(page).to_have_url(site.address())
    expect(page.locator(".tab.score")).to_be_visible()
    first.continue_()
    scripts.next().continue_()
    expect(page.locator("#drawer")).to_be_hidden()
    expect(page).to_have_url(site.address())


def test_that_a_review_with_a_note_stands_in_the_list_and_after_a_reload(people: People, site: Site) -> None:
    page = opened(people, site, "worklist?review_state=unreviewed")
    row = page.locator("#rows tr[id]").nth(2)
    target = row.get_attribute("id")
    row.locator("a.open").click()
    page.locator("#note").fill("Cement log of 2009 is needed first.")
    page.get_by_role("button", name="Needs data").click()
    expect(page.locator(".review-state")).to_contain_text("needs data")
    expect(page.locator(f"#{target} .col-review")).to_contain_text("needs data")
    page.reload()
    expect(page.locator(".review-state")).to_contain_text("Ann")
    page.locator(".history summary").click()
    expect(page.locator(".history q").first).to_have_text("Cement log of 2009 is needed first.")


def test_that_a_rejection_without_a_note_is_refused_and_says_so(people: People, site: Site) -> None:
    people.expected.append("422")
    page = opened(people, site, "worklist?review_state=unreviewed")
    page.locator("#rows a.open").nth(4).click()
    page.get_by_role("button", name="Reject").click()
    expect(page.locator("#drawer .notice.bad")).to_contain_text("note")
    expect(page.locator(".review-state")).to_contain_text("unreviewed")


def test_that_several_are_reviewed_together(people: People, site: Site) -> None:
    page = opened(people, site, "worklist?review_state=unreviewed&sort=-target_rank")
    boxes = page.locator('input[name="target"]')
    boxes.nth(0).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-selected]")).to_have_text("4")
    picture(page, "bulk")
    page.locator("#bulk select").select_option("deferred")
    page.locator('#bulk input[name="note"]').fill("After the summer campaign.")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#worklist .notice").first).to_contain_text("4 targets deferred")


@pytest.mark.parametrize("script", [True, False])
def test_that_what_is_ticked_is_exported_as_a_workbook(people: People, site: Site, script: bool) -> None:
    page = opened(people, site, "worklist?sort=-total_score", java_script_enabled=script)
    ticked = tick(page, 1, 4)
    page.locator('#bulk input[name="note"]').fill("Between us.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/events" not in request.url else None)
    with page.expect_download() as found:
        page.get_by_role("button", name="Export xlsx").click()
    with found.value.path().open("rb") as file:
        head, *lines = openpyxl.load_workbook(BytesIO(file.read())).worksheets[0].iter_rows(values_only=True)
    assert [line[head.index("reopening_target_id")] for line in lines] == ticked
    assert len(asked) == 1
    assert parse_qs(urlsplit(asked[0]).query) == {"format": ["xlsx"]}, "nothing of the form stands in the address"


def test_that_what_is_ticked_is_copied_as_text(people: People, site: Site) -> None:
    page = opened(people, site, "worklist?sort=-total_score", permissions=["clipboard-read", "clipboard-write"])
    tick(page, 0, 2)
    ranks = [page.locator("#rows .col-rank b").nth(k).inner_text() for k in (0, 2)]
    with page.expect_request("**/worklist/text") as found:
        page.get_by_role("button", name="Copy as text").click()
    assert (found.value.method, urlsplit(found.value.url).query) == ("POST", "")
    expect(page.locator("#live")).to_contain_text("2 targets copied")
    _, *lines = page.evaluate("() => navigator.clipboard.readText()").splitlines()
    assert [line.split("\t")[0] for line in lines] == ranks


@pytest.mark.parametrize("script", [True, False])
def test_that_what_may_not_be_copied_is_shown_as_text(people: People, site: Site, script: bool) -> None:
    # A text has no icon of its own, and a browser asks for one.
    people.expected.append("404")
    page = opened(people, site, java_script_enabled=script)
    missing: list[str] = []
    page.on("response", lambda answer: missing.append(answer.url) if answer.status >= 400 else None)
    if script:
        page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no leave')); }")
    tick(page, 0, 2)
    page.get_by_role("button", name="Copy as text").click()
    page.wait_for_url("**/worklist/text")
    assert len(page.locator("body").inner_text().splitlines()) == 3
    assert set(missing) <= {f"{site.origin}/favicon.ico"}


def test_that_the_list_is_copied_as_text(people: People, site: Site) -> None:
    page = opened(people, site, "worklist?classification=A", permissions=["clipboard-read", "clipboard-write"])
    count = shown(page)
    page.locator("#copy").click()
    expect(page.locator("#live")).to_contain_text(f"{count} targets copied")
    lines = page.evaluate("() => navigator.clipboard.readText()").splitlines()
    assert len(lines) == count + 1
    assert lines[0].startswith("target_rank\twell_id")


def test_that_a_list_that_was_copied_in_part_says_so(people: People, site: Site) -> None:
    page = opened(people, site, permissions=["clipboard-read", "clipboard-write"])
    said = {"X-Copied": "the first 2,000 of 12,345 targets"}
    page.route("**/worklist/text", lambda route: route.fulfill(body="target_rank\n1\n", headers=said))
    page.locator("#copy").click()
    expect(page.locator("#live")).to_contain_text("The first 2,000 of 12,345 targets copied")


def test_that_a_gap_gets_an_owner_and_a_day(people: People, site: Site) -> None:
    page = opened(people, site, "worklist?classification=C")
    page.locator("#rows a.open").first.click()
    page.locator('.tabs a[href*="tab=gaps"]').click()
    page.locator(".lack summary").first.click()
    page.locator('.lack input[name="owner"]').first.fill("Ann Reed")
    page.locator('.lack input[name="due"]').first.fill("2026-12-24")
    page.locator(".lack button").first.click()
    expect(page.locator(".lack").first).to_contain_text("Owner Ann Reed · due 24 Dec 2026")


def test_that_an_input_is_stated_with_its_reason_and_withdrawn(people: People, site: Site) -> None:
    page = opened(people, site, "worklist?classification=C")
    page.locator("#rows a.open").first.click()
    page.locator(".review .menu summary").click()
    page.get_by_role("link", name="State an input").click()
    page.get_by_label("Input").select_option("access")
    page.get_by_label("Value").fill("restricted")
    page.get_by_label("Reason").fill("The road was washed out in May.")
    page.get_by_role("button", name="State it").click()
    row = page.locator("tbody tr").first
    expect(row).to_contain_text("The road was washed out in May.")
    expect(row).to_contain_text("for the next ranking")
    row.get_by_role("button", name="Withdraw").click()
    expect(page.locator("tbody tr").first).to_contain_text("withdrawn")


def test_that_what_cannot_be_stated_is_given_back_with_why(people: People, site: Site) -> None:
    people.expected.append("422")
    page = opened(people, site, "stated")
    page.get_by_label("Well", exact=True).fill("no such well")
    page.get_by_label("Input").select_option("access")
    page.get_by_label("Value").fill("by balloon")
    page.get_by_label("Reason").fill("It floats.")
    page.get_by_role("button", name="State it").click()
    expect(page.get_by_role("alert")).to_contain_text("well_id")
    expect(page.get_by_label("Value")).to_have_value("by balloon")


def test_that_all_of_it_works_without_script(people: People, site: Site) -> None:
    page = people.page(java_script_enabled=False)
    page.goto(site.address())
    page.locator('input[name="classification"][value="B"]').check()
    page.get_by_role("button", name="Apply").click()
    expect(page).to_have_url(re.compile("classification=B"))
    page.locator("#rows a.open").first.click()
    page.locator('.tabs a[href*="tab=production"]').click()
    expect(page.locator("svg.rates").first).to_be_visible()
    page.locator("#note").fill("Read without script.")
    page.get_by_role("button", name="Accept").click()
    expect(page.locator(".review-state")).to_contain_text("accepted")
    page.locator('input[name="target"]').nth(1).check()
    page.locator("#bulk select").select_option("in_review")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#worklist .notice").first).to_contain_text("1 target in review")
