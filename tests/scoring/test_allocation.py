"""Production split over what was open, with shares worked out by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.allocation import open_spans, streams
from scoring.production import monthly
from tests.scoring.project_of import AS_OF, monthly_rows, table

PRODUCING, SHUT, SQUEEZED = "perforated_producing", "perforated_shut_in", "squeezed"


def targets(*rows: tuple[Any, ...]) -> pl.DataFrame:
    """Return targets of well A from (zone, top, base, k)."""
    frame = pl.DataFrame(rows, schema=["zone", "top_md_m", "base_md_m", "permeability_md"], orient="row")
    frame = frame.cast({"zone": pl.String, "top_md_m": float, "base_md_m": float, "permeability_md": float})
    thick = pl.col("base_md_m") - pl.col("top_md_m")
    return frame.with_columns(well_id=pl.lit("A"), thickness_m=thick).with_row_index("row")


def split(its: pl.DataFrame, production: list[Any], completions: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return row, oil and method of each target."""
    names = ("top_md_m", "base_md_m", "status", "date")
    rows = [{"well_id": "A"} | dict(zip(names, row, strict=False)) for row in completions]
    found = streams(its, monthly(table("production", production), AS_OF), table("completions", rows))
    return found.group_by("row", maintain_order=True).agg(pl.col("oil_sm3").sum(), pl.col("method").first()).rows()


TWO = targets(("Z", 100, 110, None), ("Z", 200, 230, None))
BOTH = [(100, 110, PRODUCING), (200, 230, PRODUCING)]


def test_that_open_intervals_share_by_thickness_and_by_kh_where_k_is_known() -> None:
    year = monthly_rows("A", [10.0] * 12)
    assert split(TWO, year, BOTH) == [(0, 30.0, "h"), (1, 90.0, "h")]
    k = targets(("Z", 100, 110, 300.0), ("Z", 200, 230, 20.0))  # k h 3000 and 600
    assert split(k, year, BOTH) == [(0, pytest.approx(100.0), "kh"), (1, pytest.approx(20.0), "kh")]
    half = targets(("Z", 100, 110, 300.0), ("Z", 200, 230, None))
    assert split(half, year, BOTH) == [(0, 30.0, "h"), (1, 90.0, "h")]


def test_that_a_perforation_outside_every_target_takes_its_share_away() -> None:
    assert split(TWO, monthly_rows("A", [60.0]), [*BOTH, (300, 320, PRODUCING)]) == [(0, 10.0, "h"), (1, 30.0, "h")]


def test_that_an_interval_takes_production_from_its_opening_to_its_closing() -> None:
    completions = [
        (100, 110, PRODUCING, date(2010, 1, 1)),
        (100, 110, SQUEEZED, date(2010, 7, 1)),
        (200, 230, PRODUCING, date(2010, 7, 1)),
    ]
    assert split(TWO, monthly_rows("A", [10.0] * 12), completions) == [(0, 60.0, "h"), (1, 60.0, "h")]


def test_that_what_was_shut_in_was_open_before() -> None:
    row = {"well_id": "A", "top_md_m": 1.0, "base_md_m": 2.0, "status": SHUT, "date": date(2011, 1, 1)}
    spans = open_spans(table("completions", [row]))
    assert spans.select("opened", "closed").rows() == [(None, date(2011, 1, 1))]


def test_that_reopening_opens_a_second_span() -> None:
    where = {"well_id": "A", "top_md_m": 1.0, "base_md_m": 2.0}
    years = [(PRODUCING, 2010), (SHUT, 2011), (PRODUCING, 2012)]
    rows = [where | {"status": status, "date": date(year, 1, 1)} for status, year in years]
    spans = open_spans(table("completions", rows)).select("opened", "closed").rows()
    assert spans == [(date(2010, 1, 1), date(2011, 1, 1)), (date(2012, 1, 1), None)]


def test_that_production_before_any_opening_goes_to_all_that_were_ever_open() -> None:
    dated = [(100, 110, PRODUCING, date(2015, 1, 1)), (200, 230, PRODUCING, date(2015, 1, 1))]
    assert split(TWO, monthly_rows("A", [40.0]), dated) == [(0, 10.0, "h"), (1, 30.0, "h")]


def test_that_a_reported_zone_keeps_its_own() -> None:
    its = targets(("Z", 100, 110, None), ("Y", 200, 230, None))
    rows = monthly_rows("A", [10.0], zone="Z") + monthly_rows("A", [5.0], zone="Y")
    assert split(its, rows, BOTH) == [(0, 10.0, "reported_zone"), (1, 5.0, "reported_zone")]
    # Also where no completion says what was open.
    assert split(its, rows, []) == [(0, 10.0, "reported_zone"), (1, 5.0, "reported_zone")]
    assert split(TWO, monthly_rows("A", [40.0], zone="Z"), []) == [(0, 10.0, "h"), (1, 30.0, "h")]


def test_that_nothing_is_split_where_nothing_says_what_was_open() -> None:
    assert split(TWO, monthly_rows("A", [40.0]), []) == []


def test_that_a_row_without_interval_stands_for_its_well() -> None:
    its = targets((None, None, None, None))
    rows = monthly_rows("A", [10.0], zone="Z") + monthly_rows("A", [5.0])
    assert split(its, rows, []) == [(0, 15.0, "well")]


INTERVALS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.integers(1, 500)), min_size=1, max_size=5)


@given(INTERVALS, INTERVALS, st.lists(st.floats(0.0, 1e5), min_size=1, max_size=6))
def test_that_no_oil_is_made_and_none_goes_to_what_was_not_open(
    intervals: list[Any], perforations: list[Any], oil: list[Any]
) -> None:
    its = targets(*(("Z", 10 * i, 10 * i + h, k) for i, h, k in intervals))
    completions = [(10 * i, 10 * i + h, PRODUCING) for i, h, _ in perforations]
    found = split(its, monthly_rows("A", oil), completions)
    assert sum(volume for _, volume, _ in found) <= sum(oil) * (1.0 + 1e-9) + 1e-9
    hit = {n for n, (i, h, _) in enumerate(intervals) for j, g, _ in perforations if i == j and min(h, g) > 0}
    assert {row for row, _, _ in found} == hit
