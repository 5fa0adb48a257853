from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from scoring.completion_overlap import completion_status

AS_OF = date(2020, 1, 1)
Row = tuple[float | None, float | None, str | None, date | None]


def statuses(
    rows: list[Row] | None, *intervals: tuple[float, float], well: str = "W-1", asked: str = "W-1"
) -> list[str | None]:
    table = None
    if rows is not None:
        kinds = {
            "well_id": pl.String,
            "top_md_m": pl.Float64,
            "base_md_m": pl.Float64,
            "status": pl.String,
            "date": pl.Date,
        }
        table = pl.DataFrame([(well, *row) for row in rows], schema=kinds, orient="row")
    top, base = (pl.Series([interval[end] for interval in intervals], dtype=pl.Float64) for end in (0, 1))
    return completion_status(table, asked, top, base, AS_OF).to_list()


OPEN: Row = (1000.0, 1010.0, "perforated_producing", date(2005, 1, 1))


def test_that_without_a_table_or_a_record_of_the_well_nothing_is_known() -> None:
    assert statuses(None, (1000.0, 1005.0)) == [None]
    assert statuses([OPEN], (1000.0, 1005.0), asked="W-2") == [None]


def test_that_an_interval_has_the_status_it_overlaps_and_else_was_never_perforated() -> None:
    found = statuses([OPEN], (990.0, 1000.0), (990.0, 1000.1), (1009.9, 1020.0), (1010.0, 1020.0))
    assert found == ["never_perforated", "perforated_producing", "perforated_producing", "never_perforated"]


def test_that_the_latest_record_holds_where_records_overlap() -> None:
    squeezed: Row = (1000.0, 1006.0, "squeezed", date(2015, 1, 1))
    for rows in ([OPEN, squeezed], [squeezed, OPEN]):
        assert statuses(rows, (1000.0, 1010.0), (1007.0, 1010.0)) == ["squeezed", "perforated_producing"]


def test_that_a_record_without_date_is_the_oldest_and_a_later_one_than_today_is_not_known_yet() -> None:
    undated: Row = (1000.0, 1010.0, "isolated_plug", None)
    future: Row = (1000.0, 1010.0, "squeezed", date(2020, 1, 2))
    assert statuses([undated, OPEN, future], (1000.0, 1010.0)) == ["perforated_producing"]


@pytest.mark.parametrize("row", [(None, 900.0, "squeezed", None), (800.0, 900.0, None, None)])
def test_that_a_record_that_does_not_say_where_or_what_leaves_open_whether_any_covers(row: Row) -> None:
    assert statuses([OPEN, row], (1020.0, 1030.0), (1000.0, 1005.0)) == [None, "perforated_producing"]


def test_that_the_greater_part_decides() -> None:
    shut: Row = (1010.0, 1030.0, "perforated_shut_in", date(2004, 1, 1))
    assert statuses([OPEN, shut], (1005.0, 1020.0), (1002.0, 1015.0)) == ["perforated_shut_in", "perforated_producing"]


def test_that_no_interval_has_no_status() -> None:
    assert statuses([OPEN]) == []
