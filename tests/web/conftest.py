"""A browser at the worklist, and people in it; nobody's console may complain, and no request may leave the machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect, sync_playwright

from tests.parts.node_opcua import bring
from tests.parts.postgres import open_folder
from tests.web.contrast import too_faint
from tests.web.site import COOKIE, PROJECT, Site, axe_of, served

CHROMIUM = "chromium"
# Whatever is waited for comes at once; a machine that does many things at once may take its time.
_WAITS_MS = 60_000
DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="session")
def site(postgres_server: str) -> Iterator[Site]:
    folder = open_folder()
    try:
        with served(postgres_server, folder) as found:
            yield found
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield Debian's Chromium. It may not sandbox itself as root."""
    program = shutil.which(CHROMIUM)
    assert program is not None, "sh scripts/parts.sh chromium brings it"
    expect.set_options(timeout=_WAITS_MS)
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=program, args=arguments)
        yield found
        found.close()


class People:
    """Opens browsers for people, and keeps what went wrong in them."""

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser, self._site = browser, site
        self._contexts: list[BrowserContext] = []
        self.wrong: list[str] = []
        # What a page is told when it asks for what is not there, or may not be: a browser says so in its console.
        self.expected: list[str] = []

    def page(
        self, role: str | None = "operator", name: str = "Ann", wide: int = 1280, high: int = 900, **options: Any
    ) -> Page:
        """Return a page of somebody with a role; None for nobody signed in."""
        context = self._browser.new_context(
            viewport={"width": wide, "height": high}, reduced_motion="reduce", **options
        )
        context.set_default_timeout(_WAITS_MS)
        self._contexts.append(context)
        if role is not None:
            cookie = self._site.sign_in(name, None if role == "none" else role)
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": self._site.origin}])
        page = context.new_page()
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("request", self._asked)
        return page

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(one in text for one in self.expected):
            self.wrong.append(f"console {kind}: {text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self._site.origin, "data:", "blob:")):
            self.wrong.append(f"request left the machine: {request.url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()


def go_live(page: Page, address: str) -> None:
    """Open a page and wait for its stream of events: what happens before is on the page, or is told by none."""
    with page.expect_response("**/events"):
        page.goto(address)


@pytest.fixture
def people(browser: Browser, site: Site) -> Iterator[People]:
    found = People(browser, site)
    yield found
    found.close()
    assert not found.wrong, "\n".join(found.wrong)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Return what says what axe finds on a page: each rule with the first element that breaks it."""
    bring()
    script = axe_of()

    def found(page: Page) -> list[str]:
        # One that a click has led to may still be on its way.
        page.wait_for_load_state()
        # Through the debugger: a page of ours lets no script in that is not ours.
        page.evaluate(script)
        result = page.evaluate("() => axe.run(document, {resultTypes: ['violations', 'incomplete']})")
        return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in result["violations"]]

    return found


@pytest.fixture(scope="session")
def axe_and_contrast(axe: Callable[[Page], list[str]]) -> Callable[[Page], list[str]]:
    """Return what says what axe finds, and of the contrasts that it leaves open each that is too low."""

    def found(page: Page) -> list[str]:
        broken = axe(page)
        result = page.evaluate("() => axe.run(document, {runOnly: ['color-contrast'], resultTypes: ['incomplete']})")
        return [*broken, *too_faint(page, [node for one in result["incomplete"] for node in one["nodes"]])]

    return found


def picture(page: Page, name: str) -> None:
    """Keep docs/images/worklist-<name>.png where docs/worklist.md shows it, and WELLTEGRA_PICTURES asks for it."""
    file = f"images/worklist-{name}.png"
    if os.environ.get("WELLTEGRA_PICTURES") == "1" and file in (DOCS / "worklist.md").read_text():
        page.screenshot(path=DOCS / file)


__all__ = ["PROJECT", "People", "go_live", "picture"]
