"""Where an interval lies: along its survey, and nowhere where no survey says."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from scoring.places import positions
from tests.scoring.project_of import Rows, table, well

EAST = [{"md_m": 0.0, "inc_deg": 90.0, "azi_deg": 90.0}, {"md_m": 1000.0, "inc_deg": 90.0, "azi_deg": 90.0}]


def place(surveys: Rows | None, top: float | None = 400.0, **change: Any) -> tuple[Any, ...]:
    frame = pl.DataFrame(
        {"row": [0], "well_id": ["A"], "top_md_m": [top], "base_md_m": [None if top is None else top + 200.0]},
        schema={"row": pl.UInt32, "well_id": pl.String, "top_md_m": pl.Float64, "base_md_m": pl.Float64},
    )
    its = None if surveys is None else table("surveys", [{"well_id": "A"} | s for s in surveys])
    return positions(frame, table("wells", [well("A") | change]), its).row(0)[1:]


@pytest.mark.parametrize(
    ("surveys", "top", "at"),
    [
        (None, 400.0, (1000.0, 1000.0)),
        (EAST, 400.0, (1500.0, 1000.0)),
        (EAST, 2000.0, (2000.0, 1000.0)),  # below the survey: at its end
        (EAST, None, (2000.0, 1000.0)),  # no interval: at its end
        ([s | {"azi_deg": 0.0} for s in EAST], 400.0, (1000.0, 1500.0)),
    ],
)
def test_that_an_interval_lies_along_its_survey(surveys: Rows | None, top: float | None, at: tuple[Any, ...]) -> None:
    assert place(surveys, top) == pytest.approx(at, abs=1e-6)


@pytest.mark.parametrize(
    "surveys",
    [
        None,
        [s | {"azi_deg": None} for s in EAST],
        [EAST[0], EAST[0] | {"inc_deg": 0.0}, EAST[1]],  # two stations contradict each other
        [s | {"md_m": s["md_m"] + 500.0} for s in EAST],  # it starts in inclined hole
    ],
)
def test_that_a_deviated_well_without_a_usable_survey_is_nowhere(surveys: Rows | None) -> None:
    assert place(surveys, max_inc_deg=90.0) == (None, None)


def test_that_a_well_without_location_is_nowhere() -> None:
    assert place(EAST, x_m=None) == (None, None)
