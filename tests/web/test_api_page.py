"""The page of the API: made of the same description as /openapi.json, readable without script, axe finds nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from connectors.postgres.config import Postgres
from tests.web import fakes
from tests.web.conftest import People
from tests.web.site import Site
from tests.web.test_templates import Inline, used
from welltegra.api.app import create_app
from welltegra.serving.plan import Plan, state_of
from welltegra.settings.model import Settings
from welltegra.web.pages.api import ApiPage, api_page
from welltegra.web.rendering import render


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    plan = Plan(Settings(), Postgres("postgresql://127.0.0.1:1/x"), "http://127.0.0.1:80", 80, True, None, os.getpid())
    return create_app(state_of(plan), None, 80, True).openapi()


def test_that_the_template_uses_what_the_page_has() -> None:
    assert set(used(ApiPage.template)) == {field.name for field in fields(ApiPage)}


def test_that_every_operation_is_on_the_page_once_with_its_examples(described: dict[str, Any]) -> None:
    page = api_page(described, fakes.ENGINEER)
    shown = [one.name for group in page.groups for one in group.operations]
    assert sorted(shown) == sorted(one["operationId"] for ways in described["paths"].values() for one in ways.values())
    by_name = {one.name: one for group in page.groups for one in group.operations}
    assert by_name["review"].least == "operator"
    assert [one.title for one in by_name["review"].examples] == [
        "Body, application/json",
        "Answer 200, application/json",
    ]
    assert by_name["me"].least is None
    html = render(page)
    parser = Inline()
    parser.feed(html)
    assert parser.found == []
    assert html.count('class="panel operation"') == len(shown)
    assert "If-Match" in html


@pytest.mark.chromium
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("wide", [1280, 390])
def test_that_axe_finds_nothing_closed_and_open(
    people: People, site: Site, axe: Callable[[Page], list[str]], wide: int, scheme: str
) -> None:
    page = people.page("viewer", "Vic", wide=wide, color_scheme=scheme)
    page.goto(f"{site.origin}/api")
    expect(page.get_by_role("heading", name="API", exact=True)).to_be_visible()
    assert axe(page) == []
    for name in ("portfolio", "review"):
        page.locator(f"#{name} > summary").click()
        expect(page.locator(f"#{name} .example").first).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= wide
