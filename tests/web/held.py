"""Requests that are held back, so that one sees what a page shows meanwhile."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Route

_ASKED_WITHIN_MS = 60_000
_LOOK_EVERY_MS = 20


class Held:
    """Holds back what a page asks for at such addresses, until `next` gives it out to be answered."""

    def __init__(self, page: Page, address: str | re.Pattern[str]) -> None:
        self._page = page
        self._routes: list[Route] = []
        page.route(address, self.hold)

    def hold(self, route: Route) -> None:
        self._routes.append(route)

    def next(self) -> Route:
        """Return the oldest one held; wait for it, as a page says that it asks before it is heard here."""
        for _ in range(_ASKED_WITHIN_MS // _LOOK_EVERY_MS):
            if self._routes:
                return self._routes.pop(0)
            self._page.wait_for_timeout(_LOOK_EVERY_MS)
        raise AssertionError(f"{self._page.url} must have asked; it did not")
