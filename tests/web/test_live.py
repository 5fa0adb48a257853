"""What happens appears by itself: far down, past a filter, after a stream that was cut, and where nothing changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Page, Route, expect

from connectors.ops import reviews
from connectors.ops import worklist as reading
from connectors.ops.reading import acting_as
from tests.web.conftest import People, go_live
from tests.web.site import PROJECT, Site, worsen

pytestmark = pytest.mark.chromium
_RANKED_WITHIN_MS = 120_000
# Whoever loads the page again has another window.
MARK = "() => { window.kept = true; }"
KEPT = "() => window.kept === true"


def review(site: Site, row: str) -> None:
    """Have somebody else take up the target of a row."""
    target = UUID(row.removeprefix("t-"))
    with site.postgres.session("") as connection, acting_as(connection, "welltegra_reviewer"):
        (found,) = reading.rows(connection, run_of(site), [target])
        version = found.review_version
        assert reviews.review(connection, PROJECT, target, version, "in_review", None, "oidc:ben").done


def run_of(site: Site) -> UUID:
    with site.postgres.session("") as connection:
        header = reading.header(connection, PROJECT)
    assert header is not None
    return header.run_id


def test_that_a_review_appears_in_a_row_that_came_later(people: People, site: Site) -> None:
    page = people.page()
    go_live(page, site.address("worklist"))
    rows = page.locator("#rows tr[id]")
    first = rows.count()
    rows.last.scroll_into_view_if_needed()  # what is further down comes as it is come to
    expect(rows.nth(first)).to_be_attached()
    shown = rows.count()
    # Others have reviewed some of them before.
    later = [rows.nth(place) for place in range(first, shown)]
    row = next(one for one in later if "in review" not in one.inner_text())
    _is_reviewed(page, site, row.get_attribute("id"))
    assert rows.count() == shown


def test_that_a_review_appears_in_a_row_that_the_filter_leaves_no_more(people: People, site: Site) -> None:
    page = people.page()
    go_live(page, site.address("worklist?review_state=unreviewed"))
    rows = page.locator("#rows tr[id]")
    shown = rows.count()
    _is_reviewed(page, site, rows.nth(3).get_attribute("id"))
    assert rows.count() == shown


def _is_reviewed(page: Page, site: Site, row: str | None) -> None:
    """Have somebody else review the target of a row, and wait until the page shows it by itself."""
    assert row is not None
    page.evaluate(MARK)
    review(site, row)
    expect(page.locator(f"#{row} .col-review")).to_contain_text("in review")
    assert page.evaluate(KEPT)


def test_that_a_ranking_that_ended_while_the_stream_was_cut_appears(people: People, site: Site) -> None:
    people.expected.append("ERR_FAILED")
    page = people.page("viewer", "Vic")
    page.route("**/events", lambda route: route.abort())
    page.goto(site.address())
    ranked = page.locator(".facts time").get_attribute("datetime")
    assert ranked is not None
    # It is told in words, and not before it has lasted.
    expect(page.locator("#line")).to_contain_text("interrupted")
    worsen(site.folder, every=5)
    site.rank()
    page.evaluate(MARK)
    page.unroute("**/events")
    expect(page.locator("#live")).to_contain_text("A new ranking is shown", timeout=_RANKED_WITHIN_MS)
    expect(page.locator("#line")).to_have_text("")
    expect(page.locator(".facts time")).not_to_have_attribute("datetime", ranked)
    assert page.evaluate(KEPT)


def test_that_a_ranking_of_what_has_not_changed_ends_and_a_reason_being_written_stays(
    people: People, site: Site
) -> None:
    site.rank()
    current = run_of(site)
    ada, eve = people.page("project_admin", "Ada"), people.page("project_admin", "Eve")
    go_live(eve, site.address("rankings"))
    eve.get_by_label("Reason").fill("Not sent yet")
    eve.evaluate(MARK)
    asked = eve.locator('[aria-label="What was asked for"] tbody tr')
    before = asked.count()
    ada.goto(site.address("rankings"))
    with ada.expect_event("load"):
        ada.get_by_role("button", name="Rank now").click()
    ada.evaluate(MARK)
    for page in (ada, eve):
        expect(page.locator("#live")).to_contain_text("nothing has changed", timeout=_RANKED_WITHIN_MS)
        assert page.evaluate(KEPT)
    expect(ada.locator("#job h2")).to_have_text("No ranking runs")
    expect(ada.locator("#job progress")).to_have_count(0)
    expect(eve.get_by_label("Reason")).to_have_value("Not sent yet")
    expect(asked).to_have_count(before + 1)
    expect(asked.first).to_contain_text("succeeded")
    assert run_of(site) == current


def told() -> Iterator[dict[str, object]]:
    """Yield what a ranking of forty wells says."""
    said = {"kind": "job", "project_id": PROJECT, "job_id": "j", "run_id": None, "error": None, "total": 40}
    for done in range(40):
        yield {**said, "state": "running", "stage": "reading logs", "done": done}
    for _ in range(5):
        yield {**said, "state": "running", "stage": "assessing, ranking, writing", "done": 40}


def test_that_only_another_stage_is_read_out_while_the_bar_moves_on(people: People, site: Site) -> None:
    people.expected.append("ERR_FAILED")
    page = people.page("viewer", "Vic")
    body = "".join(f"event: job\ndata: {json.dumps(one)}\n\n" for one in told())
    answers = [body]

    def answer(route: Route) -> None:
        if not answers:
            return route.abort()
        return route.fulfill(status=200, content_type="text/event-stream", body=answers.pop())

    page.route("**/events", answer)
    page.add_init_script(
        """window.said = [];
        const live = ({ target, type }) => type === "childList" && target.id === "live";
        new MutationObserver((records) => {
          for (const { target } of records.filter(live)) window.said.push(target.textContent);
        }).observe(document, { childList: true, subtree: true });"""
    )
    page.goto(site.address())
    expect(page.locator("#live")).to_have_text("Ranking: assessing, ranking, writing")
    expect(page.locator("#live progress")).to_have_attribute("value", "40")
    # Each of the two is written once; the parser of the page itself may write the empty place.
    assert [one for one in page.evaluate("() => window.said") if one] == _words(page)


def _words(page: Page) -> list[str]:
    """Return what was said, each once: a text that is written again stands here once."""
    return list(dict.fromkeys(one for one in page.evaluate("() => window.said") if one))
