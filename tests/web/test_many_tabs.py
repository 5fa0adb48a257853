"""Many tabs of one browser: they share one stream of events, so that the seventh still loads, and all are live."""

from __future__ import annotations

from functools import partial

import pytest
from playwright.sync_api import Page, Request, expect

from tests.web.conftest import People
from tests.web.site import Site

pytestmark = pytest.mark.chromium

# A browser has six connections to an origin over HTTP/1.1.
TABS = 8


def test_that_eight_tabs_load_are_live_and_have_one_stream(people: People, site: Site) -> None:
    first, other = people.page(name="Ann"), people.page(name="Ben")
    tabs = [first, *(first.context.new_page() for _ in range(TABS - 1))]
    streams: list[Page] = []

    def asked(of: Page, request: Request) -> None:
        if request.url.endswith("/events"):
            streams.append(of)

    for tab in tabs:
        tab.on("request", partial(asked, tab))
        tab.goto(site.address("worklist"))
        expect(tab.locator("#rows tr").first).to_be_visible()
    # Of the tabs whose scripts have begun one has the stream, and the others wait for its lock.
    held = (
        "async () => { const { held, pending } = await navigator.locks.query(); return [held.length, pending.length]; }"
    )
    until(tabs[-1], held, [1, TABS - 1])
    assert streams == [first]

    row = first.locator("#rows tr[id]", has_text="unreviewed").first
    target = row.get_attribute("id")
    review(other, site, target)
    for tab in tabs:
        expect(tab.locator(f"#{target} .col-review")).to_contain_text("in review")

    # The one that has the stream goes: the next one takes it, and the others hear from that.
    first.close()
    until(tabs[-1], held, [1, TABS - 2])
    for _ in range(400):
        if len(streams) == 2:
            break
        tabs[-1].wait_for_timeout(50)
    assert len(streams) == 2
    row = tabs[1].locator("#rows tr[id]", has_text="unreviewed").first
    target = row.get_attribute("id")
    review(other, site, target)
    for tab in tabs[1:]:
        expect(tab.locator(f"#{target} .col-review")).to_contain_text("in review")


def review(page: Page, site: Site, target: str | None) -> None:
    """Have somebody else take up a target."""
    assert target is not None
    page.goto(site.address("worklist"))
    page.locator(f"#{target} .pick input").check()
    page.locator("#bulk select").select_option("in_review")
    page.get_by_role("button", name="Review", exact=True).click()
    expect(page.locator("#worklist .notice").first).to_contain_text("1 target in review")


def until(page: Page, script: str, wanted: list[int]) -> None:
    """Wait until a script says what is wanted."""
    found = None
    for _ in range(400):
        found = page.evaluate(script)
        if found == wanted:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"{script} must come to {wanted}; came to {found}")
