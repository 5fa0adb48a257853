"""Nothing is gained by leaving data out: a small field assessed, scored and classed with and without a piece of it."""

from __future__ import annotations

from functools import cache
from typing import Final

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.project import Project
from tests.scoring.deletions import Cell, cells, field, judged, rewarded, without

# An absent value that docs/scoring.md names an estimate, not an unknown: a month is then taken as whole, and what a
# saturation run would have said is derived.
ESTIMATED: Final = ("hours_on",)


@cache
def whole() -> tuple[Project, pl.DataFrame]:
    made = field()
    return made, judged(made)


def pieces() -> list[Cell]:
    return [one for one in cells(field()) if one.column not in ESTIMATED and one != Cell("saturation_logs")]


def gained(*missing: Cell) -> list[dict[str, object]]:
    made, before = whole()
    return rewarded(before, judged(without(made, *missing)))


def test_that_the_field_has_targets_of_class_a_and_b_that_all_data_reach() -> None:
    _, before = whole()
    assert set(before["classification"]) == {"A", "B"}
    made, _ = whole()
    # Each kind of reckoning is there: else nothing could be lost.
    assert judged(without(made, Cell("production")))["dynamic_score"].max() < before["dynamic_score"].min()  # type: ignore[operator]


@settings(max_examples=25, deadline=None)  # each a whole assessment
@given(st.sampled_from(pieces()))
def test_that_no_piece_of_data_left_out_raises_a_score_or_lifts_into_a_or_b(missing: Cell) -> None:
    assert gained(missing) == []


# What each of these once gained.
@pytest.mark.parametrize(
    "missing",
    [
        *(Cell("wells", row, column) for row in (3, 4) for column in ("x_m", "crs", "reservoir")),
        *(Cell("wells", row, "x_m") for row in (1, 2, 5, 6)),
        Cell("surveys"),
        Cell("completions", 3, "base_md_m"),
        Cell("production", 119, "oil_sm3"),
        Cell("production", 29, "water_sm3"),
        Cell("injection", 2, "water_sm3"),
        Cell("pressures", 3, "kind"),
        Cell("saturation_logs", 2, "sw"),
        Cell("contacts"),
        Cell("injection"),
    ],
    ids=str,
)
def test_that_what_is_not_known_of_wells_and_neighbours_gains_nothing(missing: Cell) -> None:
    assert gained(missing) == []


def test_that_of_a_well_of_unstated_inclination_a_lost_survey_gains_nothing() -> None:
    made, _ = whole()
    unsaid = without(made, Cell("wells", 4, "max_inc_deg"))
    assert rewarded(judged(unsaid), judged(without(unsaid, Cell("surveys")))) == []


def test_that_of_a_well_of_unstated_inclination_a_lost_elevation_gains_nothing() -> None:
    made, _ = whole()
    unsaid = without(made, Cell("wells", 0, "max_inc_deg"))
    assert rewarded(judged(unsaid), judged(without(unsaid, Cell("wells", 0, "kb_elevation_m")))) == []
