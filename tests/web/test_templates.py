"""Each template uses what its dataclass has, all of it and nothing else; nothing is inline; every string is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import pytest
from jinja2 import nodes

from connectors.ops.leading import LeadingGap
from connectors.ops.shapes import ProjectRow
from scoring.vocabulary import BLOCK, HOLD, WARNING
from tests.web import fakes, fakes_detail
from welltegra.web.asked import TABS, Asked
from welltegra.web.pages.compare import ComparePage
from welltegra.web.pages.compare_profiles import CompareProfilesPage
from welltegra.web.pages.profiles import ProfileDraftPage, ProfilePage, ProfilesPage
from welltegra.web.pages.rankings import RankingsPage
from welltegra.web.pages.simple import ErrorPage, ProjectsPage, SignInPage, error_page, projects_page, sign_in_page
from welltegra.web.pages.stated import StatedPage
from welltegra.web.pages.target import Draft, TargetPage, target_page
from welltegra.web.pages.worklist import (
    EmptyWorklistPage,
    WorklistPage,
    empty_worklist_page,
    evidence_of,
    reviewed_page,
    worklist_page,
)
from welltegra.web.rendering import environment, render

PAGES: tuple[Any, ...] = (
    *(
        WorklistPage,
        EmptyWorklistPage,
        TargetPage,
        ComparePage,
        CompareProfilesPage,
        ProfilesPage,
        ProfilePage,
        ProfileDraftPage,
    ),
    *(RankingsPage, StatedPage, ErrorPage, ProjectsPage, SignInPage),
)
# Of these every part stands in a tab of its own.
_BY_TAB = {f"tab_{key}.html" for key in TABS}


def used(template: str, seen: set[str] | None = None) -> Iterator[str]:
    """Yield what a template, and those that it is made of, reads of `page`; not what a drawer inside it reads."""
    seen = set() if seen is None else seen
    seen.add(template)
    environment_ = environment()
    assert environment_.loader is not None
    source, _, _ = environment_.loader.get_source(environment_, template)
    tree = environment_.parse(source)
    # Inside `with page = page.target` it is another page.
    inner = {
        id(node)
        for block in tree.find_all(nodes.With)
        if any(isinstance(target, nodes.Name) and target.name == "page" for target in block.targets)
        for part in block.body
        for node in (part, *part.find_all(nodes.Node))
    }
    for node in tree.find_all(nodes.Getattr):
        if id(node) not in inner and isinstance(node.node, nodes.Name) and node.node.name == "page":
            yield node.attr
    others: list[Any] = [*tree.find_all(nodes.Include), *tree.find_all(nodes.Extends)]
    for other in others:
        if id(other) in inner:
            continue
        for name in [other.template.value] if isinstance(other.template, nodes.Const) else sorted(_BY_TAB):
            if name not in seen:
                yield from used(name, seen)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.__name__)
def test_that_a_template_uses_what_its_page_has_and_nothing_else(page: Any) -> None:
    assert set(used(page.template)) == {field.name for field in fields(page)}


def worklist(
    tab: str | None = None,
    k: int = 12,
    who: Any = fakes.ENGINEER,
    draft: Draft | None = None,
    *,
    folder: bool = True,
) -> str:
    rows = fakes.rows()
    asked = Asked(fakes.PROJECT, tab=tab or "score")
    target = None if tab is None else target_page(asked, who, fakes_detail.detail(rows[k]), draft)
    page = fakes.page_of(rows, more=True)
    runs = (fakes.run(0), fakes.run(1))
    newer = "1 input was stated after this ranking."
    header, facets = fakes.header(rows, newer=newer), fakes.facets(rows)
    return render(worklist_page(asked, who, header, page, facets, runs, target, folder=folder))


def test_that_ranking_is_offered_where_the_server_knows_the_folder_and_to_who_may() -> None:
    waiting = [ProjectRow(fakes.PROJECT, 0, None, None, None, 0, {})]
    for who, folder in ((fakes.ADMIN, True), (fakes.ADMIN, False), (fakes.ENGINEER, True)):
        offered = who is fakes.ADMIN and folder
        assert ("Rank again" in worklist(who=who, folder=folder)) == offered
        empty = render(empty_worklist_page(fakes.PROJECT, who, folder=folder))
        assert ("Rank now" in empty) == offered
        assert ("name its folder under" in empty) == (who is fakes.ADMIN and not folder)
        assert ("Rank now" in render(projects_page(waiting, who, [fakes.PROJECT] if folder else []))) == offered


def rendered() -> Iterator[str]:
    """Yield pages of every kind, with what would do harm in every text that comes from elsewhere."""
    for who in (fakes.ENGINEER, fakes.ADMIN, fakes.VIEWER):
        yield worklist(who=who)
    for tab in TABS:
        for k in (3, 4, 12, 20, 44, 47):
            yield worklist(tab, k)
    conflict = fakes_detail.detail(fakes.rows()[3]).reviews[0]
    yield worklist("score", 3, draft=Draft(fakes.HOSTILE, "rejected", conflict=conflict))
    yield worklist("score", 3, draft=Draft(fakes.HOSTILE, "rejected", fault=fakes.HOSTILE))
    yield render(error_page(422, fakes.HOSTILE, [fakes.HOSTILE], fakes.VIEWER))
    yield render(sign_in_page(None, fakes.HOSTILE))
    yield render(sign_in_page("/sign-in/begin"))
    for folder in (True, False):
        yield render(empty_worklist_page(fakes.PROJECT, fakes.ADMIN, folder=folder))
    yield render(projects_page([ProjectRow(fakes.PROJECT, 0, None, None, None, 0, {})], fakes.ENGINEER))


class Inline(HTMLParser):
    """Collects what a strict content policy would not let be."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        names = dict(attrs)
        if tag == "style" or "style" in names or any(name.startswith("on") for name in names):
            self.found.append(f"<{tag} {names}>")
        if tag == "script" and not names.get("src"):
            self.found.append("<script> without src")
        for name in ("src", "href", "action", "hx-get", "hx-post"):
            if re.match(r"\s*(javascript|https?|//)", names.get(name) or "", re.IGNORECASE):
                self.found.append(f"{name}={names[name]}")


def test_that_nothing_is_inline_and_nothing_leads_elsewhere() -> None:
    for html in rendered():
        parser = Inline()
        parser.feed(html)
        assert parser.found == []


def test_that_every_string_is_escaped() -> None:
    for html in rendered():
        parser = Inline()
        parser.feed(html)
        assert "img" not in parser.tags
        assert fakes.HOSTILE not in html


def test_that_the_class_is_said_in_a_letter_and_in_words() -> None:
    assert "high-confidence reopening target" in worklist("score", 0)
    assert "needs data" in worklist()


def test_that_a_missing_input_says_what_it_is_worth_and_how_to_get_it() -> None:
    html = worklist("score", 20)
    assert "Worth up to 0.20 of dynamic" in html
    assert "Measure a static pressure" in html


def test_that_a_viewer_is_given_no_form_to_review_with() -> None:
    html = worklist("score", 12, who=fakes.VIEWER)
    assert "/review" not in html
    assert 'name="target"' not in html


def test_that_the_well_heads_its_row() -> None:
    html = worklist()
    (head,) = set(re.findall(r'<(\w+)[^>]* class="col-well">', html.partition("<tbody")[2]))
    assert head == "th"
    rows = re.findall(r'<tr id="t-.*?</tr>', html, re.DOTALL)
    assert rows
    assert all(row.count('<th scope="row"') == 1 for row in rows)


def test_that_a_place_that_is_not_for_publication_is_not_led_to_a_map_program() -> None:
    rows = fakes.rows()

    def spatial(k: int, gap: bool) -> str:
        detail = fakes_detail.detail(rows[k])
        detail = replace(detail, row=replace(detail.row, has_spatial_gap=gap))
        return render(target_page(Asked(fakes.PROJECT, tab="spatial"), fakes.ENGINEER, detail))

    assert 'href="geo:' in spatial(12, gap=False)
    blocked = spatial(12, gap=True)
    assert "not for publication" in blocked
    assert "geo:" not in blocked


def test_that_the_evidence_pack_is_to_be_had_as_json() -> None:
    row = fakes.rows()[12]
    html = worklist("evidence")
    detail = fakes_detail.detail(row)
    assert f'href="/projects/{quote(fakes.PROJECT)}/reopening-targets/{row.reopening_target_id}" download=' in html
    assert f'download="evidence-{detail.evidence_pack_id}.json"' in html


def test_that_the_leading_gap_stands_in_the_way_first() -> None:
    rows = {row.classification: row for row in fakes.rows()}
    said = evidence_of(rows["A"], None)
    assert (said.tone, said.words) == ("ok", "complete")
    said = evidence_of(rows["B"], LeadingGap("G1.PARAMS", HOLD))
    assert (said.tone, said.words, said.more) == ("gap", "hold: Archie parameters", 1)
    assert evidence_of(rows["C"], LeadingGap("G3.DEPLETION", BLOCK)).words == "blocked: depletion unknown"
    # A class C by its scores alone is not blocked by what only warns.
    said = evidence_of(rows["C"], LeadingGap("INPUT.WATER_CUT", WARNING))
    assert (said.tone, said.words) == ("", "open: water cut unknown")
    said = evidence_of(rows["Q"], LeadingGap("G2.CRS_CONFLICT", BLOCK))
    assert (said.tone, said.words) == ("q", "quarantined: location conflict")


def test_that_a_review_brings_its_row_along_for_the_list() -> None:
    row = fakes.rows()[12]
    asked = Asked(fakes.PROJECT, columns=("rank", "review"))
    html = render(reviewed_page(asked, fakes.ENGINEER, target_page(asked, fakes.ENGINEER, fakes_detail.detail(row))))
    _, _, beside = html.partition("<template>")
    assert f'<tr id="t-{row.reopening_target_id}"' in beside
    assert 'hx-swap-oob="true"' in beside
    assert "col-review" in beside
    assert "col-action" not in beside
