"""Months from daily and monthly rows, and what is known of an interval's part in them."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from scoring.production import facts, monthly, water_cut_of
from tests.scoring.project_of import AS_OF, Rows, table


def months(*rows: dict[str, Any], as_of: date = AS_OF) -> Rows:
    return monthly(table("production", [{"well_id": "A"} | row for row in rows]), as_of).to_dicts()


def test_that_days_of_a_month_are_added_up() -> None:
    rows = [{"date": date(2012, 2, d), "oil_sm3": 10.0, "water_sm3": 5.0, "hours_on": 12.0} for d in range(1, 11)]
    (month,) = months(*rows)
    assert (month["month"], month["oil_sm3"], month["days_on"]) == (date(2012, 2, 1), 100.0, 5.0)
    assert month["gas_sm3"] is None


def test_that_a_month_in_one_row_is_a_whole_month_unless_its_hours_say_less() -> None:
    whole, less = months(
        {"date": date(2012, 2, 29), "oil_sm3": 290.0}, {"date": date(2012, 3, 1), "oil_sm3": 290.0, "hours_on": 240.0}
    )
    assert (whole["days_on"], less["days_on"]) == (29.0, 10.0)


@pytest.mark.parametrize(
    ("row", "days"),
    [
        ({"oil_sm3": 5.0, "hours_on": 25.0}, 1.0),  # the day the clocks went back
        ({"oil_sm3": 5.0, "hours_on": 0.0}, 1.0),  # oil at no hours: the hours are wrong
        ({"oil_sm3": 0.0, "hours_on": 0.0}, 0.0),
        ({"oil_sm3": 0.0}, 0.0),
        ({"oil_sm3": 5.0, "hours_on": 6.0}, 0.25),
    ],
)
def test_that_a_day_has_at_most_24_hours_and_oil_takes_time(row: dict[str, Any], days: float) -> None:
    other = {"date": date(2012, 1, 2), "oil_sm3": 1.0, "hours_on": 24.0}
    (month,) = months({"date": date(2012, 1, 1)} | row, other)
    assert month["days_on"] == days + 1.0


def test_that_what_comes_after_the_date_of_the_ranking_is_not_known_yet() -> None:
    found = months({"date": date(2020, 1, 1), "oil_sm3": 1.0}, {"date": date(2020, 1, 2), "oil_sm3": 2.0})
    assert [m["oil_sm3"] for m in found] == [1.0]


def test_that_a_water_cut_mixes_no_day_of_which_half_is_unknown() -> None:
    rows = [
        {"date": date(2012, 1, 1), "oil_sm3": 30.0, "water_sm3": 10.0},
        {"date": date(2012, 1, 2), "oil_sm3": 1000.0},
        {"date": date(2012, 1, 3), "water_sm3": 1000.0},
    ]
    frame = pl.DataFrame(months(*rows)).with_columns(water_cut_of())
    assert frame["water_cut"].to_list() == [0.25]
    assert frame["oil_sm3"].to_list() == [1030.0]


@pytest.mark.parametrize(
    ("oil", "water", "cut"), [(10.0, -1.0, 0.0), (0.0, 5.0, 1.0), (0.0, 0.0, None), (5.0, 0.0, 0.0)]
)
def test_that_a_water_cut_lies_between_nothing_and_all(oil: float, water: float, cut: float | None) -> None:
    frame = pl.DataFrame({"wet_oil_sm3": [oil], "wet_water_sm3": [water]}).with_columns(water_cut_of())
    assert frame["water_cut"].to_list() == [cut]


TARGETS = pl.DataFrame(
    {"row": [0, 1], "well_id": ["A", "A"], "zone": ["Z", "Y"], "top_md_m": [10.0, 50.0], "base_md_m": [20.0, 60.0]}
).with_columns(
    pl.col("row").cast(pl.UInt32),
    completion_status=pl.lit(None, dtype=pl.String),
    thickness_m=pl.lit(10.0),
    permeability_md=pl.lit(None, dtype=pl.Float64),
)


def known(production: Rows | None, completions: Rows | None, status: str | None = None) -> list[tuple[Any, ...]]:
    """Return np_sm3 and never_produced of the two targets."""
    from scoring.allocation import streams

    targets = TARGETS.with_columns(completion_status=pl.lit(status, dtype=pl.String))
    rows = [{"well_id": "A", "date": date(2012, 1, 1)} | row for row in production or []]
    series = monthly(table("production", rows), AS_OF)
    its = None if completions is None else table("completions", [{"well_id": "A"} | row for row in completions])
    stream = streams(targets, series, table("completions", []) if its is None else its)
    found = facts(targets, None if production is None else series, its, stream)
    return found.select("np_sm3", "never_produced").rows()


OPEN = {"top_md_m": 12.0, "base_md_m": 18.0, "status": "perforated_producing"}
UNKNOWN = (None, None)


@pytest.mark.parametrize(
    ("production", "completions", "status", "said"),
    [
        (None, None, None, [UNKNOWN, UNKNOWN]),
        # A table without the well says nothing of it.
        ([], None, None, [UNKNOWN, UNKNOWN]),
        # The well produced, and nothing says from where.
        ([{"oil_sm3": 9.0}], None, None, [UNKNOWN, UNKNOWN]),
        ([{"oil_sm3": 9.0}], [], None, [UNKNOWN, UNKNOWN]),
        ([{"oil_sm3": 9.0}], [{"status": "perforated_producing"}], None, [UNKNOWN, UNKNOWN]),
        # Completions say: here, and not there.
        ([{"oil_sm3": 9.0}], [OPEN], None, [(9.0, False), (0.0, True)]),
        (None, [OPEN], None, [UNKNOWN, (0.0, True)]),
        # Zones say.
        ([{"oil_sm3": 9.0, "zone": "Z"}], None, None, [(9.0, False), (0.0, True)]),
        # Months reported, all of them 0.
        ([{"oil_sm3": 0.0}], None, None, [(0.0, True), (0.0, True)]),
        # A candidate that comes as never perforated, where no completions could contradict it.
        (None, None, "never_perforated", [(0.0, True), (0.0, True)]),
        # Opened after the last production.
        ([{"oil_sm3": 9.0}], [OPEN, {**OPEN, "top_md_m": 50.0, "base_md_m": 55.0, "date": date(2015, 1, 1)}], None,
         [(9.0, False), (0.0, True)]),
    ],
)  # fmt: skip
def test_that_never_produced_needs_a_statement(
    production: Rows | None,
    completions: Rows | None,
    status: str | None,
    said: list[Any],
) -> None:
    assert known(production, completions, status) == said


def test_that_a_row_that_leaves_out_what_its_well_reports_elsewhere_is_counted() -> None:
    rows = [{"date": date(2012, m, 1), "oil_sm3": 1.0, "water_sm3": 1.0, "hours_on": 24.0} for m in (1, 2, 3, 4)]
    rows[1]["oil_sm3"] = rows[2]["water_sm3"] = None
    rows[3] |= {"oil_sm3": None, "hours_on": 0.0}
    found = months(*rows)
    assert [month["oil_unsaid"] for month in found] == [0.0, 1.0, 0.0, 0.0]
    assert [month["wet_unsaid"] for month in found] == [0.0, 1.0, 1.0, 0.0]
    assert {month["gas_unsaid"] for month in found} == {0.0}  # it never reports gas


def test_that_a_well_with_a_month_left_out_is_not_known_to_have_produced_nothing() -> None:
    silent = [{"well_id": "A", "date": date(2012, m, 1), "oil_sm3": 0.0, "water_sm3": 0.0} for m in (1, 2)]
    assert known(silent, None)[0][1] is True
    assert known([silent[0], silent[1] | {"oil_sm3": None}], None)[0][1] is None
