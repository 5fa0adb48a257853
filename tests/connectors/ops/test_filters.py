"""Filters, orders and cursors are read from a query string, and what cannot be is told, all at once."""

from __future__ import annotations

import base64
import contextlib
import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.ops.filters import Cursor, Filters, QueryFaults, Sort

RUN = UUID("00000000-0000-5000-8000-000000000001")


def test_that_a_query_becomes_filters_and_back() -> None:
    query = {
        "field": ["Kern", "Chanac", "Kern"],
        "classification": ["C", "A"],
        "min_total": "0.45",
        "max_depletion_risk": "moderate",
        "depletion_unknown": "on",
        "evidence_min": "",
        "no_spatial_gap": "1",
        "has_action": "0",
        "text": " W-1 ",
        "tab": "gaps",
    }
    found = Filters.from_query(query)
    assert found == Filters(
        field=("Kern", "Chanac"),
        classification=("A", "C"),
        min_total=0.45,
        max_depletion_risk="moderate",
        depletion_unknown=True,
        no_spatial_gap=True,
        text="W-1",
    )
    pairs = found.to_query()
    again: dict[str, list[str]] = {}
    for name, value in pairs:
        again.setdefault(name, []).append(value)
    assert Filters.from_query(again) == found
    assert found.any
    assert not Filters().any


@pytest.mark.parametrize("number", [10**400, -(10**400), 1e999])
def test_that_a_number_no_column_holds_is_no_place_in_a_list(number: float) -> None:
    raw = json.dumps([str(RUN), "-total_score", number, 3]).encode()
    with pytest.raises(QueryFaults, match="cursor must be one that this list has given"):
        Cursor.parse(base64.urlsafe_b64encode(raw).decode().rstrip("="))


def test_that_zero_is_a_least_score() -> None:
    assert Filters.from_query({"min_total": "0"}) == Filters(min_total=0.0)
    assert Filters(min_total=0.0).to_query() == [("min_total", "0")]


def test_that_every_fault_of_a_query_is_told_at_once() -> None:
    with pytest.raises(QueryFaults) as told:
        Filters.from_query(
            {
                "classification": "E",
                "min_total": "nan",
                "evidence_min": "1.1",
                "max_depletion_risk": ["low", "unknown"],
                "has_action": "perhaps",
                "data_confidence": "hihg",
                "field": "a\0b",
                "text": "x" * 201,
                "reservoir": ["r"] * 101,
            }
        )
    places = {fault.where for fault in told.value.faults}
    assert places == {
        f"query: {name}"
        for name in (
            *("classification", "min_total", "evidence_min", "max_depletion_risk", "has_action", "data_confidence"),
            *("field", "text", "reservoir"),
        )
    }
    assert "Did you mean 'high'?" in str(told.value)


@pytest.mark.parametrize(
    "text", ["drop", "total_score;--", "total_score,total_score", "-", "a" * 500, "_", "-well_id,-well_id"]
)
def test_that_only_columns_of_the_table_are_an_order(text: str) -> None:
    with pytest.raises(QueryFaults):
        Sort.parse(text)


def test_that_an_order_reads_as_it_is_written_and_ends_with_the_rank() -> None:
    sort = Sort.parse("classification,-total_score")
    assert str(sort) == "classification,-total_score"
    assert sort.whole == (("classification", False), ("total_score", True), ("target_rank", False))
    assert Sort.parse(None) == Sort.parse("") == Sort()
    assert Sort.parse("-target_rank,well_id").whole == (("target_rank", True),)


def test_that_a_cursor_reads_as_it_is_written() -> None:
    cursor = Cursor(RUN, Sort.parse("well_name,-total_score"), ("Brønn 'x'", None, 3))
    assert Cursor.parse(str(cursor)) == cursor


def encoded(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "ø",
        encoded(),
        encoded(str(RUN), "target_rank"),
        encoded(str(RUN), "target_rank", None),
        encoded(str(RUN), "target_rank", "1"),
        encoded(str(RUN), "target_rank", True),
        encoded(str(RUN), "target_rank", 2**40),
        encoded(str(RUN), "target_rank; DROP TABLE audit", 1),
        encoded(str(RUN), "well_id", "a\0", 1),
        encoded(str(RUN), "well_id", "\ud800", 1),
        encoded(str(RUN), "total_score", float("nan"), 1),
        encoded(str(RUN), "classification", "A", 1),
        encoded("'", "target_rank", 1),
        encoded(str(RUN), ["target_rank"], 1),
        encoded({"a": 1}),
        base64.urlsafe_b64encode(b"[" * 100_000).decode(),
    ],
)
def test_that_a_cursor_of_another_make_is_refused(text: str) -> None:
    with pytest.raises(QueryFaults, match="cursor"):
        Cursor.parse(text)


@given(st.text(max_size=300))
def test_that_no_text_gets_through_but_as_what_it_says(text: str) -> None:
    for read in (Cursor.parse, Sort.parse, lambda value: Filters.from_query({"min_total": value, "text": value})):
        with contextlib.suppress(QueryFaults):
            read(text)
