"""The filter rail and the heads of the table: whatever can be filtered or sorted by can be reached on the page."""

from __future__ import annotations

import re
from dataclasses import replace

from connectors.ops.shapes import SORTABLE, Filters
from tests.web import fakes
from welltegra.web.asked import Asked
from welltegra.web.columns import COLUMNS, TITLES_BY_SORT
from welltegra.web.pages.rail import Group, rail
from welltegra.web.pages.worklist import worklist_page
from welltegra.web.rendering import render

MANY = {f"Zone {k}": 900 - k for k in range(30)}


def reservoirs(counts: dict[str, int], *chosen: str) -> Group:
    facets = replace(fakes.facets(fakes.rows(5)), reservoir=counts)
    asked = replace(Asked("kern"), filters=Filters(reservoir=chosen))
    return next(one for one in rail(asked, facets).above if one.name == "reservoir")


def html_of(counts: dict[str, int], *chosen: str) -> str:
    rows = fakes.rows(5)
    asked = replace(Asked(fakes.PROJECT), filters=Filters(reservoir=chosen))
    facets = replace(fakes.facets(rows), reservoir=counts)
    return render(worklist_page(asked, fakes.VIEWER, fakes.header(rows), fakes.page_of(rows), facets, [], folder=True))


def test_that_what_a_head_sorts_by_is_what_the_list_can_be_sorted_by() -> None:
    assert {column.sort for column in COLUMNS.values() if column.sort is not None} <= SORTABLE.keys()
    assert TITLES_BY_SORT.keys() <= SORTABLE.keys()


def test_that_every_reservoir_can_be_ticked_on_the_page_also_the_smallest() -> None:
    html = html_of(MANY)
    for name in MANY:
        assert f'name="reservoir" value="{name}"' in html
    assert '<details><summary class="soft">18 more</summary>' in html
    ids = re.findall(r'id="(f-reservoir-[^"]+)"', html)
    assert len(ids) == len(set(ids)) == len(MANY)


def test_that_a_value_that_is_folded_away_and_chosen_is_seen_at_its_place() -> None:
    before, after = reservoirs(MANY), reservoirs(MANY, "Zone 20")
    assert [one.value for one in after.choices + after.rest] == [one.value for one in before.choices + before.rest]
    assert (before.opened, after.opened) == (False, True)
    html = html_of(MANY, "Zone 20")
    assert '<details open><summary class="soft">18 more</summary>' in html
    assert re.search(r'value="Zone 20" checked>', html)


def test_that_a_chosen_value_that_nothing_would_remain_of_stays() -> None:
    assert reservoirs(MANY, "Nowhere").rest[-1].value == "Nowhere"


def test_that_a_page_carries_some_hundreds_of_values_and_says_how_many_more_there_are() -> None:
    found = reservoirs({f"Zone {k}": 1 for k in range(700)}, "Zone 650")
    assert len(found.choices) + len(found.rest) == 501
    assert found.rest[-1].value == "Zone 650"
    assert found.extra == 199
    assert "and 199 more" in html_of({f"Zone {k}": 1 for k in range(700)}, "Zone 650")


def test_that_few_values_are_all_shown_and_nothing_is_folded_away() -> None:
    found = reservoirs({"Upper": 3, "Lower": 1})
    assert (len(found.choices), found.rest, found.opened) == (2, (), False)
