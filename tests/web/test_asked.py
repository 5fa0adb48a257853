"""Addresses: what they say, and that each leads back to the same."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ops.shapes import SORTABLE, Filters, QueryFaults, Sort
from scoring.vocabulary import CLASSES
from tests.web import fakes
from welltegra.web.as_text import as_text, safe
from welltegra.web.asked import TABS, Asked, is_clean
from welltegra.web.columns import COLUMNS

ASKED = st.builds(
    Asked,
    st.just("kern / demo?"),
    st.none() | st.uuids().map(str),
    st.builds(
        Filters,
        classification=st.sets(st.sampled_from(CLASSES)).map(
            lambda found: tuple(one for one in CLASSES if one in found)
        ),
        min_total=st.none() | st.sampled_from((0.05, 0.45, 1.0)),
        text=st.none() | st.text("abc &=#%", min_size=1).map(str.strip).filter(bool),
        has_action=st.booleans(),
    ),
    st.lists(st.sampled_from(sorted(SORTABLE)), max_size=3, unique=True).map(
        lambda names: Sort(tuple((name, True) for name in names)) if names else Sort()
    ),
    st.lists(st.sampled_from(sorted(COLUMNS)), unique=True).map(tuple),
)


@given(asked=ASKED, tab=st.sampled_from(sorted(TABS)))
def test_that_an_address_says_what_was_asked(asked: Asked, tab: str) -> None:
    parts = urlsplit(asked.target_href("some-id", tab))
    again = Asked.from_query(asked.project_id, parse_qsl(parts.query, keep_blank_values=True))
    assert again.list_href() == asked.list_href()
    assert again.tab == tab


def test_that_a_slider_at_zero_is_no_filter() -> None:
    assert Asked.from_query("p", [("min_total", "0"), ("evidence_min", "0.0")]).filters == Filters()


@pytest.mark.parametrize("pair", [("column", "no-such"), ("tab", "no-such"), ("sort", "no-such"), ("min_total", "2")])
def test_that_what_cannot_be_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(QueryFaults):
        Asked.from_query("p", [pair])


def test_that_every_fault_of_an_address_is_said_at_once() -> None:
    pairs = [("min_total", "abc"), ("sort", "foo"), ("tab", "bar"), ("column", "baz"), ("classification", "X")]
    with pytest.raises(QueryFaults) as found:
        Asked.from_query("p", pairs)
    said = sorted(fault.where for fault in found.value.faults)
    assert said == [f"query: {name}" for name in ("classification", "column", "min_total", "sort", "tab")]


@pytest.mark.parametrize(
    ("pairs", "clean"),
    [
        *(([("text", "")], False), ([("min_total", "0")], False), ([("max_depletion_risk", "")], False)),
        *(([("text", "W")], True), ([("min_total", "0.05")], True), ([("column", "0")], True), ([], True)),
    ],
)
def test_that_an_address_is_clean_where_everything_in_it_says_something(
    pairs: list[tuple[str, str]], clean: bool
) -> None:
    assert is_clean(pairs) == clean


def test_that_another_project_is_seen_by_the_filters_that_make_sense_there() -> None:
    pairs = [("classification", "A"), ("field", "F"), ("reservoir", "R"), ("text", "W-1"), ("min_total", "0.5")]
    here = Asked.from_query("p", [*pairs, ("sort", "-total_score"), ("run", "some run"), ("after", "somewhere")])
    there = here.in_project("other project")
    assert there.list_href() == ("/projects/other%20project/worklist?classification=A&min_total=0.5&sort=-total_score")
    assert there.after is None


def test_that_a_head_turns_its_own_order_and_comes_before_the_others() -> None:
    once = Asked("p").sorted_by("total_score")
    assert once.sort.keys == (("total_score", False),)
    assert once.sorted_by("total_score").sort.keys == (("total_score", True),)
    assert once.sorted_by("well_id").sort.keys == (("well_id", False), ("total_score", False))


def test_that_a_class_is_chosen_and_let_go_again() -> None:
    chosen = Asked("p").with_class("B")
    assert chosen.filters.classification == ("B",)
    assert chosen.with_class("B").filters.classification == ()


@given(asked=ASKED)
def test_that_an_export_has_the_filters_the_order_and_the_ranking_of_the_list(asked: Asked) -> None:
    parts = urlsplit(asked.export_href("csv"))
    query: dict[str, list[str]] = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        query.setdefault(name, []).append(value)
    assert Filters.from_query(query) == Filters.from_query(_query(asked.filters))
    assert Sort.parse(query.get("sort", [None])[-1]) == asked.sort
    assert (query.get("run_id"), query["format"]) == (asked.run and [asked.run], ["csv"])


def _query(filters: Filters) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in filters.to_query():
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1"])
def test_that_no_text_is_a_formula_or_ends_its_cell(text: str) -> None:
    assert safe(text).startswith("'")
    assert not set("\t\r\n") & set(safe(text))


@pytest.mark.parametrize(
    ("volume", "said"),
    [
        *((1_234_567.0, "1234567"), (1_234_567.125, "1234567.125"), (2e16, "20000000000000000"), (0.0, "0")),
        *((0.00001, "0.00001"), (999_999.96, "999999.96"), (100.0, "100"), (None, "")),
    ],
)
def test_that_a_number_is_plain_decimals(volume: float | None, said: str) -> None:
    head, line = as_text([replace(fakes.rows()[0], unswept_volume_m3=volume)]).splitlines()
    assert line.split("\t")[head.split("\t").index("unswept_volume_m3")] == said


@pytest.mark.parametrize(("of", "last"), [(48, None), (None, None), (12_345, "the first 48 of 12,345 targets")])
def test_that_a_text_that_is_cut_says_so(of: int | None, last: str | None) -> None:
    rows = fakes.rows()
    assert len(rows) == 48
    assert as_text(rows, of).splitlines()[49:] == ([] if last is None else [last])


def test_that_a_target_is_a_line() -> None:
    lines = as_text(fakes.rows()).splitlines()
    heads = lines[0].split("\t")
    assert len(lines) == 49
    assert all(len(line.split("\t")) == len(heads) for line in lines)
    first = dict(zip(heads, lines[1].split("\t"), strict=True))
    assert (first["target_rank"], first["classification"], first["review_state"]) == ("1", "A", "unreviewed")
