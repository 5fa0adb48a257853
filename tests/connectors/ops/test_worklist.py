"""The list: filters leave what they say, any order pages without a hole, facets are what filtering would leave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest

from connectors.ops import columns, worklist
from connectors.ops.facets import count, facets
from connectors.ops.filters import DEPLETION_RISKS, SORTABLE, Cursor, Filters, QueryFaults, Sort
from connectors.ops.profiles import StoredProfile, activate, propose
from connectors.ops.reading import Connection, acting_as, lay_roles
from connectors.ops.reviews import review
from connectors.ops.runs import Written
from connectors.ops.shapes import Header, TargetRow
from connectors.postgres.config import Postgres
from tests.connectors.ops.ranked import CLASSES, PROJECT, id_of, written
from tests.parts.roles import roles_laid


@pytest.fixture
def run(database: Postgres, profile: StoredProfile) -> Written:
    return written(database, profile)


@pytest.fixture
def connection(database: Postgres) -> Iterator[Connection]:
    with database.connect() as found:
        yield found


def header_of(connection: Connection) -> Header:
    found = worklist.header(connection, PROJECT)
    assert found is not None
    return found


def ranks(connection: Connection, filters: Filters, sort: Sort = Sort()) -> list[int]:  # noqa: B008  # frozen
    return [row.target_rank for row in pages(connection, filters, sort, 3)]


def pages(connection: Connection, filters: Filters, sort: Sort, most: int) -> list[TargetRow]:
    of, found, cursor = header_of(connection), list[TargetRow](), None
    while True:
        page = worklist.page(connection, of, filters, sort, cursor, most)
        found += page.rows
        if page.next_cursor is None:
            assert page.total == len(found)
            return found
        assert len(page.rows) == most
        cursor = Cursor.parse(page.next_cursor)


def test_that_the_header_counts_the_current_ranking(connection: Connection, run: Written) -> None:
    of = header_of(connection)
    assert (of.run_id, of.is_current, of.total) == (run.run_id, True, 10)
    assert of.class_counts == {"A": 2, "B": 3, "C": 3, "D": 1, "Q": 1}
    assert (of.blocked_count, of.review_ready_count, of.inputs_newer) == (4, 5, None)
    assert worklist.header(connection, "another") is None
    assert worklist.header(connection, "another", run.run_id) is None
    assert worklist.header(connection, "a\0") is None


def test_that_the_header_says_what_came_after(
    connection: Connection, run: Written, database: Postgres, profile: StoredProfile
) -> None:
    raw = profile.raw | {"display_name": "Another"}
    activate(database, propose(database, raw, PROJECT, "a", "New.").scoring_profile_id, "a", "New.")
    newer = header_of(connection).inputs_newer
    assert newer == "Another version of the profile is active now."


CASES: list[tuple[Filters, list[int]]] = [
    (Filters(), list(range(1, 11))),
    (Filters(field=("Kern",)), [1, 3, 5, 7, 9]),
    (Filters(reservoir=("R1", "R2")), [1, 2, 4, 5, 7, 8, 10]),
    (Filters(classification=("A", "Q")), [1, 2, 10]),
    (Filters(max_depletion_risk="moderate"), [1, 5, 6, 10]),
    (Filters(max_depletion_risk="moderate", depletion_unknown=True), [1, 4, 5, 6, 9, 10]),
    (Filters(depletion_unknown=True), list(range(1, 11))),
    (Filters(operability_status=("blocked",)), []),
    (Filters(data_confidence=("low",)), [6, 7, 8, 9, 10]),
    (Filters(evidence_min=0.9), [9, 10]),
    (Filters(evidence_min=0.0), [1, 2, 3, 5, 6, 7, 8, 9, 10]),
    (Filters(no_spatial_gap=True), [1, 2, 3, 5, 6, 7, 8, 9, 10]),
    (Filters(has_action=True), list(range(1, 9))),
    (Filters(review_state=("accepted",)), [2]),
    (Filters(review_state=("unreviewed", "rejected")), [1, 3, 4, 5, 6, 7, 8, 9, 10]),
    (Filters(text="w-1"), [1, 10]),
    (Filters(text="0%_"), [3]),
    (Filters(text="%"), [3]),
    (Filters(text="_"), [3]),
    (Filters(text="\\"), []),
    (Filters(field=("Kern",), classification=("A", "B"), text="kern"), [1, 5]),
]


def test_that_each_filter_leaves_what_it_says(connection: Connection, run: Written) -> None:
    review(connection, PROJECT, id_of(run, 2), 0, "accepted", None, "a")
    for filters, left in CASES:
        assert ranks(connection, filters) == left, filters
        assert count(connection, header_of(connection), filters) == len(left), filters
    least = worklist.page(connection, header_of(connection), Filters()).rows[4].total_score
    assert ranks(connection, Filters(min_total=least)) == [1, 2, 3, 4, 5]


def test_that_every_order_pages_through_all_with_nulls_last(connection: Connection, run: Written) -> None:
    review(connection, PROJECT, id_of(run, 2), 0, "accepted", None, "a")
    rows = {row.target_rank: row for row in worklist.page(connection, header_of(connection), Filters()).rows}

    def place(name: str, rank: int) -> Any:
        value, words = getattr(rows[rank], name), SORTABLE[name]
        return words.index(value) if isinstance(words, tuple) else value

    for name in SORTABLE:
        for minus in ("", "-"):
            found = ranks(connection, Filters(), Sort.parse(f"{minus}{name}"))
            known = [rank for rank in rows if place(name, rank) is not None]
            # Sorting is stable, so that ties stay by rank.
            expected = sorted(known, key=lambda rank: place(name, rank), reverse=False)
            if minus:
                expected = sorted(sorted(known), key=lambda rank: place(name, rank), reverse=True)
            assert found == expected + [rank for rank in rows if place(name, rank) is None], (minus, name)
    several = ranks(connection, Filters(), Sort.parse("field,-classification"))
    # Chanac: Q, C, C, B, A; Kern: D, C, B, B, A; among equals by rank.
    assert several == [10, 6, 8, 4, 2, 9, 7, 3, 5, 1]


def one(name: str, value: Any) -> dict[str, Any]:
    return {name: value}


def test_that_facets_are_what_each_filter_would_leave(connection: Connection, run: Written) -> None:
    review(connection, PROJECT, id_of(run, 2), 0, "accepted", None, "a")
    of = header_of(connection)
    for filters, left in CASES:
        found = facets(connection, of, filters)
        assert found.total == len(left)
        for name in ("field", "reservoir", "classification", "operability_status", "data_confidence", "review_state"):
            for value, targets in getattr(found, name).items():
                assert targets == count(connection, of, replace(filters, **one(name, (value,)))), (filters, name, value)
        for name in ("min_total", "evidence_min"):
            for value, targets in getattr(found, name).items():
                assert targets == count(connection, of, replace(filters, **one(name, value))), (filters, name, value)
        for risk in DEPLETION_RISKS:
            without = replace(filters, max_depletion_risk=risk, depletion_unknown=False)
            assert found.max_depletion_risk[risk] == count(connection, of, without)
            ticked = count(connection, of, replace(without, depletion_unknown=True))
            assert found.depletion_unknown == ticked - found.max_depletion_risk[risk]
        assert found.no_spatial_gap == count(connection, of, replace(filters, no_spatial_gap=True))
        assert found.has_action == count(connection, of, replace(filters, has_action=True))


def test_that_a_review_is_counted_at_once(connection: Connection, run: Written) -> None:
    of = header_of(connection)
    assert facets(connection, of, Filters()).review_state["accepted"] == 0
    version = worklist_version(connection)
    review(connection, PROJECT, id_of(run, 3), 0, "accepted", None, "a")
    assert facets(connection, of, Filters()).review_state["accepted"] == 1
    assert worklist_version(connection) > version


def worklist_version(connection: Connection) -> int:
    from connectors.ops.columns import review_version

    return review_version(connection, PROJECT)


HOSTILE = [
    "'",
    "';DROP TABLE audit;--",
    "%(run_id)s",
    "%s",
    "%",
    "\\",
    '"',
    "{0}",
    "\u202e",
    "<script>",
    "W-1' OR '1'='1",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_that_a_hostile_text_finds_what_bears_it_and_nothing_else(
    connection: Connection, run: Written, text: str
) -> None:
    for filters in (Filters(field=(text,)), Filters(reservoir=(text,))):
        assert ranks(connection, filters) == []
    assert ranks(connection, Filters(text=text)) in ([], [3])
    assert worklist.header(connection, text) is None
    assert worklist.list_runs(connection, text) == []
    cursor = Cursor(run.run_id, Sort.parse("-well_id"), (text, 1))
    page = worklist.page(connection, header_of(connection), Filters(), cursor.sort, Cursor.parse(str(cursor)))
    assert all(row.well_id < text or row.well_id == text for row in page.rows)
    assert connection.execute("SELECT count(*) FROM audit").fetchone() == (0,)


def test_that_a_cursor_of_another_order_or_ranking_is_refused(
    connection: Connection, run: Written, database: Postgres, profile: StoredProfile
) -> None:
    of = header_of(connection)
    cursor = worklist.page(connection, of, Filters(), most=3).next_cursor
    assert cursor is not None
    with pytest.raises(QueryFaults, match="same ranking and order"):
        worklist.page(connection, of, Filters(), Sort.parse("well_id"), Cursor.parse(cursor))
    written(database, profile, "b")
    with pytest.raises(QueryFaults, match="same ranking and order"):
        worklist.page(connection, header_of(connection), Filters(), cursor=Cursor.parse(cursor))


def test_that_a_rerun_knows_the_rank_before(
    connection: Connection, run: Written, database: Postgres, profile: StoredProfile
) -> None:
    first = worklist.page(connection, header_of(connection), Filters()).rows
    assert {row.previous_rank for row in first} == {None}
    review(connection, PROJECT, id_of(run, 1), 0, "accepted", None, "a")
    written(database, profile, "b", classes="BABBBCCCDQ")
    row, *others = worklist.page(connection, header_of(connection), Filters()).rows
    assert (row.previous_rank, row.review_state, row.review_version, row.changed_since_review) == (
        1,
        "accepted",
        1,
        True,
    )
    assert [other.previous_rank for other in others] == list(range(2, 11))
    runs = worklist.list_runs(connection, PROJECT)
    assert [one.is_current for one in runs] == [True, False]
    assert [one.runs for one in worklist.list_projects(connection)] == [2]


def test_that_reading_is_done_by_a_role_that_may_not_write(
    connection: Connection, run: Written, database: Postgres
) -> None:
    with roles_laid(database):
        lay_roles(database)
        with acting_as(connection, "welltegra_reader"):
            assert len(worklist.page(connection, header_of(connection), Filters()).rows) == len(CLASSES)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), acting_as(connection, "welltegra_reader"):
            review(connection, PROJECT, id_of(run, 1), 0, "accepted", None, "a")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), acting_as(connection, "welltegra_reader"):
            connection.execute("SELECT * FROM access.api_keys")
        with acting_as(connection, "welltegra_reviewer"):
            assert review(connection, PROJECT, id_of(run, 1), 0, "accepted", None, "a").done


def test_that_a_text_is_looked_for_once_in_a_ranking_and_anew_in_the_next(
    connection: Connection, database: Postgres, profile: StoredProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    places = columns._places

    def noted(on: Connection, run_id: UUID, pattern: str) -> list[int]:
        looked.append(pattern)
        return places(on, run_id, pattern)

    monkeypatch.setattr(columns, "_places", noted)
    written(database, profile)
    searched = Filters(text="kern 1")
    for _ in range(2):
        of = header_of(connection)
        assert (count(connection, of, searched), facets(connection, of, searched).total) == (2, 2)
    assert looked == ["%kern 1%"]
    written(database, profile, "b", change={1: {"well_name": "Chanac 1"}})
    assert count(connection, header_of(connection), searched) == 1
    assert looked == ["%kern 1%"] * 2
