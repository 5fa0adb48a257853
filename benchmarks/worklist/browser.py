"""The worklist in Debian's Chromium: until one can work with it, and until a target that is clicked is there."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any, Final

import msgspec

from benchmarks.spread import Spread
from benchmarks.worklist.answers import percentile
from benchmarks.worklist.project import Project
from benchmarks.worklist.site import COOKIE, Failed, Site

if TYPE_CHECKING:
    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import Page

_PROGRAM: Final = "chromium"
_CLICKED: Final = 12
_WITHIN_MS: Final = 60_000
# By the page's own clock, from the start of the navigation. `interactive`: the list stands, deferred scripts and
# modules have run, so that a key or a click does what it should; `drawn`: the first content was on the screen.
_WHEN: Final = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const drawn = performance.getEntriesByName("first-contentful-paint")[0];
  return {
    interactive: page.domContentLoadedEventEnd,
    drawn: drawn ? drawn.startTime : 0,
    rows: document.querySelectorAll("#rows > tr[id]").length,
    scripted: document.documentElement.classList.contains("js"),
  };
}"""
# From the click until the drawer of that target is on the page and has been laid out.
_OPEN: Final = """async (place) => {
  const row = document.querySelectorAll("#rows > tr[id]")[place];
  const wanted = row.id.slice(2);
  const there = () => document.querySelector(`#drawer[data-target="${wanted}"] .tab`);
  const started = performance.now();
  await new Promise((found) => {
    const watch = new MutationObserver(() => { if (there()) { watch.disconnect(); found(); } });
    watch.observe(document.documentElement, {subtree: true, childList: true, attributes: true});
    row.querySelector("a.open").click();
  });
  there().getBoundingClientRect();
  return performance.now() - started;
}"""


class Opened(msgspec.Struct, frozen=True):
    """The page in a browser [ms]. cold: a browser that was never here. warm: one that keeps scripts and styles."""

    rounds: int
    rows: int
    cold_interactive: Spread
    cold_drawn: Spread
    warm_interactive: Spread
    warm_drawn: Spread
    click_median: float
    click_p95: float


def is_there() -> bool:
    """Return whether Debian's Chromium is on this machine."""
    return shutil.which(_PROGRAM) is not None


def opened(site: Site, project: Project, rounds: int) -> Opened:
    """Return how long the list takes to open, and a target that is clicked.

    Raises:
        Failed: The page does not come to stand, or its scripts do not run.
    """
    from playwright.sync_api import Error, sync_playwright

    cold, warm, clicks = list[Any](), list[Any](), list[float]()
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which(_PROGRAM), args=arguments)
            for _ in range(rounds):
                _round(browser, site, project, cold, warm, clicks)
            browser.close()
    except Error as error:
        raise Failed(f"the browser: must open the list; did not: {error.message[:1000]}") from None

    def spread(found: list[Any], what: str) -> Spread:
        return Spread.of([one[what] for one in found])

    return Opened(
        rounds=rounds,
        rows=cold[0]["rows"],
        cold_interactive=spread(cold, "interactive"),
        cold_drawn=spread(cold, "drawn"),
        warm_interactive=spread(warm, "interactive"),
        warm_drawn=spread(warm, "drawn"),
        click_median=percentile(clicks, 0.5),
        click_p95=percentile(clicks, 0.95),
    )


def _round(
    browser: Chromium, site: Site, project: Project, cold: list[Any], warm: list[Any], clicks: list[float]
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(_WITHIN_MS)
    context.add_cookies([{"name": COOKIE, "value": site.session, "url": site.origin}])
    page = context.new_page()
    for found in (cold, warm):
        found.append(_opened(page, f"{site.origin}/projects/{project.project_id}/worklist"))
    clicks += [page.evaluate(_OPEN, place) for place in range(_CLICKED)]
    context.close()


def _opened(page: Page, address: str) -> Any:
    # Not from where it was: a reload asks again for what a visit may keep.
    page.goto("about:blank")
    page.goto(address, wait_until="load")
    when = page.evaluate(_WHEN)
    if not when["rows"] or not when["scripted"]:
        raise Failed(f"the browser: {address} must stand with its scripts run; {when['rows']} rows, {when['scripted']}")
    return when
