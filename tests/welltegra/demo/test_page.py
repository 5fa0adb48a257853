"""The page of the ranked field is found by its link, and opened once, where somebody can see it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.system.site import wait_until
from welltegra.demo.page import Page, has_desktop

FIRST, SECOND = (f"http://127.0.0.1:8080/sign-in/local?token={letter * 32}" for letter in "ab")


def test_that_the_link_is_the_last_one_that_was_said(tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    page = Page(log, opens=False)
    assert page.link is None
    log.write_text("The worklist is at http://127.0.0.1:8080 until Ctrl-C.\n")
    assert page.link is None
    log.write_text(f"{log.read_text()}Sign in, once: {FIRST}\nSign in, once: {SECOND}\n")
    assert page.link == SECOND


@pytest.mark.parametrize("opens", [True, False])
def test_that_a_browser_is_opened_once_if_at_all(opens: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$@" >> "{opened}"\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", str(browser))
    log = tmp_path / "serve.log"
    page = Page(log, opens=opens)
    page.open_once()  # there is no link yet
    log.write_text(f"Sign in, once: {FIRST}\n")
    page.open_once()
    if not opens:
        assert page.link == FIRST
        return
    wait_until(lambda: opened.exists() and opened.read_text().endswith("\n"), "it is opened")
    wait_until(lambda: not [one for one in threading.enumerate() if one.name == "browser"], "that has ended")
    log.write_text(f"Sign in, once: {SECOND}\n")
    page.open_once()
    assert opened.read_text() == f"{FIRST}\n"


@pytest.mark.parametrize(
    ("environment", "seen"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":10", "SSH_CONNECTION": "192.0.2.1 1 192.0.2.2 22"}, False),
    ],
)
def test_that_a_browser_is_seen_on_a_desktop_alone(environment: Mapping[str, str], seen: bool) -> None:
    assert has_desktop(environment) is seen


def test_that_nobody_sees_one_where_there_is_no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert not has_desktop({})
    monkeypatch.setattr("sys.platform", "darwin")
    assert has_desktop({})
