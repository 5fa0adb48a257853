"""Where Tab leads: to what is wanted, with the focus in sight."""

from __future__ import annotations

from playwright.sync_api import Keyboard, Locator, Page, expect

_MOST_TABS = 200
# Whether what has the focus is the first of what a selector finds.
_IS_FOCUSED = "(one) => one === document.activeElement"


def tab_to(page: Page, wanted: Locator, key: str = "Tab") -> Keyboard:
    """Go on with Tab until something has the focus, as one does who sees where it is; return the keyboard."""
    wanted = wanted.first
    expect(wanted).to_be_visible()
    for _ in range(_MOST_TABS):
        page.keyboard.press(key)
        if wanted.evaluate(_IS_FOCUSED):
            # It must be seen that it is there.
            seen = wanted.evaluate("(one) => one.matches(':focus-visible') && getComputedStyle(one).outlineStyle")
            assert seen not in (False, "none"), f"{wanted}: the focus must be seen"
            return page.keyboard
    raise AssertionError(f"{_MOST_TABS} times {key} must reach {wanted}; does not, on {page.url}")


def typed_over(page: Page, field: Locator, text: str) -> None:
    keys = tab_to(page, field)
    keys.press("Control+a")
    keys.type(text)
