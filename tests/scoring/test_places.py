"""Where an interval lies: along its survey, and nowhere where no survey says."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest

from scoring.places import paths, positions
from scoring.trajectory import trajectory
from tests.scoring.project_of import Rows, table, well

EAST = [{"md_m": 0.0, "inc_deg": 90.0, "azi_deg": 90.0}, {"md_m": 1000.0, "inc_deg": 90.0, "azi_deg": 90.0}]


def place(surveys: Rows | None, top: float | None = 400.0, **change: Any) -> tuple[Any, ...]:
    frame = pl.DataFrame(
        {"row": [0], "well_id": ["A"], "top_md_m": [top], "base_md_m": [None if top is None else top + 200.0]},
        schema={"row": pl.UInt32, "well_id": pl.String, "top_md_m": pl.Float64, "base_md_m": pl.Float64},
    )
    its = None if surveys is None else table("surveys", [{"well_id": "A"} | s for s in surveys])
    return positions(frame, table("wells", [well("A") | change]), its, 100.0).row(0)[1:]


@pytest.mark.parametrize(
    ("surveys", "top", "at", "known"),
    [
        (EAST, 400.0, (1500.0, 1000.0), "interval"),
        (EAST, 950.0, (2050.0, 1000.0), "interval"),  # its middle 50 m below the last station: drawn out straight
        (EAST, 1000.0, (2100.0, 1000.0), "interval"),
        (EAST, 1001.0, (2000.0, 1000.0), "survey_end"),  # too far below: at its end
        (EAST, None, (2000.0, 1000.0), "survey_end"),  # no interval: at its end
        ([s | {"azi_deg": 0.0} for s in EAST], 400.0, (1000.0, 1500.0), "interval"),
        ([s | {"azi_deg": 0.0} for s in EAST], 950.0, (1000.0, 2050.0), "interval"),
    ],
)
def test_that_an_interval_lies_along_its_survey(
    surveys: Rows | None, top: float | None, at: tuple[Any, ...], known: str
) -> None:
    *found, said = place(surveys, top)
    assert found == pytest.approx(at, abs=1e-6)
    assert said == known


def test_that_nothing_says_where_an_interval_lies_in_a_well_of_unknown_inclination() -> None:
    assert place(None, max_inc_deg=None) == (1000.0, 1000.0, "wellhead")


@pytest.mark.parametrize(("top", "said"), [(400.0, "interval"), (None, "wellhead")])
def test_that_the_interval_of_a_well_stated_to_be_vertical_lies_below_its_head(top: float | None, said: str) -> None:
    assert place(None, top, max_inc_deg=5.0) == (1000.0, 1000.0, said)


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
    assert place(surveys, max_inc_deg=90.0) == (None, None, "wellhead")


def test_that_a_well_without_location_is_nowhere() -> None:
    assert place(EAST, x_m=None) == (None, None, None)


def way(surveys: Rows, **change: Any) -> list[tuple[Any, ...]]:
    its = table("surveys", [{"well_id": "A"} | s for s in surveys])
    return paths(table("wells", [well("A") | change, well("B")]), its).rows()


def test_that_the_way_of_a_well_is_kept_in_few_points() -> None:
    assert way(EAST) == [("A", [0.0, 1000.0], pytest.approx([1000.0, 2000.0]), pytest.approx([1000.0, 1000.0]))]
    # Straight down, then a quarter of a circle on the map: the arc is kept within 2 m.
    down = [{"md_m": 30.0 * k, "inc_deg": 0.0, "azi_deg": 0.0} for k in range(30)]
    turn = [{"md_m": 900.0 + 10.0 * k, "inc_deg": 90.0, "azi_deg": float(k)} for k in range(91)]
    ((_, md, x, y),) = way([*down, *turn])
    assert md[0] == 0.0
    assert md[-1] == 1800.0
    assert len(md) < 20
    radius = 10.0 / math.radians(1.0)
    off = [math.hypot(1000.0 + radius - one, 1000.0 - other) - radius for one, other in zip(x[1:], y[1:], strict=True)]
    assert max(abs(one) for one in off) < 25.0  # how far the build from vertical to level led first


def test_that_a_well_without_a_usable_survey_or_location_has_no_way() -> None:
    assert way([s | {"azi_deg": None} for s in EAST]) == []
    assert way(EAST, x_m=None) == []


def test_that_a_course_is_that_of_its_trajectory() -> None:
    """A survey that starts below the depth reference, in hole that has built a little on the way there."""
    late = [{"md_m": 300.0, "inc_deg": 4.9, "azi_deg": 90.0}, {"md_m": 1000.0, "inc_deg": 4.9, "azi_deg": 90.0}]
    path, _ = trajectory(table("surveys", [{"well_id": "A"} | s for s in late]), 5.0)
    assert path is not None
    x, y, _ = place(late, top=900.0)
    assert x == pytest.approx(1000.0 + path.east[-1], abs=1e-9)
    assert x == pytest.approx(1072.6, abs=0.1)  # 12.8 m of it above the first station
    assert y == pytest.approx(1000.0, abs=1e-9)


def test_that_a_station_said_twice_is_one() -> None:
    assert place([*EAST, EAST[1]]) == place(EAST)
