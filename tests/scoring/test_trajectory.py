from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.trajectory import Trajectory, minimum_curvature, trajectory, tvd_at


def survey(*stations: tuple[float, float | None, float | None]) -> pl.DataFrame:
    return pl.DataFrame(stations, schema=dict.fromkeys(("md_m", "inc_deg", "azi_deg"), pl.Float64), orient="row")


def path_of(*stations: tuple[float, float | None, float | None]) -> Trajectory:
    path, fault = trajectory(survey(*stations), 5.0)
    assert path is not None, fault
    return path


def test_that_the_design_s_two_stations_give_its_displacements() -> None:
    north, east, tvd = minimum_curvature([3500, 3600], [15, 25], [20, 45])
    assert (north[1], east[1], tvd[1]) == pytest.approx((27.22, 19.45, 94.01), abs=0.005)


def test_that_a_quarter_circle_is_a_quarter_circle() -> None:
    radius = 100.0
    length = radius * math.pi / 2
    path = path_of((0, 0, 90), (length, 90, 90))
    angles = np.linspace(0, math.pi / 2, 7)
    assert tvd_at(path, radius * angles, 0.0) == pytest.approx(radius * np.sin(angles), abs=1e-9)
    assert path.east[-1] == pytest.approx(radius)


def test_that_depth_between_stations_follows_the_arc_and_not_the_chord() -> None:
    path = path_of((0, 0, 0), (300, 60, 0))
    chord = path.tvd[1] / 2
    radius = 300 / math.radians(60)
    assert tvd_at(path, [150.0], 0.0)[0] == pytest.approx(radius * math.sin(math.radians(30)))
    assert tvd_at(path, [150.0], 0.0)[0] - chord > 15


def test_that_a_survey_drawn_out_is_straight_and_unknown_beyond() -> None:
    path = path_of((0, 0, 0), (1000, 60, 0))
    below, far, above = tvd_at(path, [1050.0, 1101.0, -1.0], 100.0)
    assert below == pytest.approx(path.tvd[-1] + 25.0)
    assert np.isnan([far, above]).all()


def test_that_hole_above_the_first_station_is_vertical() -> None:
    path = path_of((150, 2, 30), (1000, 10, 30))
    assert (path.md[0], path.inc[0], path.surveyed_from) == (0.0, 0.0, 150.0)
    assert tvd_at(path, [100.0], 0.0)[0] == pytest.approx(100.0, abs=0.02)


def test_that_rows_in_any_order_and_repeated_rows_give_the_same_path() -> None:
    rows = [(0.0, 0.0, 0.0), (500.0, 10.0, 40.0), (900.0, 30.0, 60.0)]
    first, second = path_of(*rows), path_of(rows[2], rows[0], rows[1], rows[1])
    assert np.array_equal(first.tvd, second.tvd)
    assert np.array_equal(first.md, second.md)


def test_that_inclinations_alone_give_tvd_but_no_azimuth() -> None:
    path = path_of((0, 0, None), (500, 30, None), (900, 30, 45))
    assert not path.has_azimuth
    assert path.tvd[-1] == pytest.approx(path.tvd[1] + 400 * math.cos(math.radians(30)))


def test_that_a_vertical_station_needs_no_azimuth() -> None:
    assert path_of((0, 0, None), (500, 30, 45)).has_azimuth


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "no station"),
        ([(100.0, None, 0.0)], "no station"),
        ([(0.0, 0.0, 0.0), (500.0, 10.0, 0.0), (500.0, 12.0, 0.0)], "two differ at 500 m"),
        ([(-5.0, 0.0, 0.0), (500.0, 10.0, 0.0)], "-5 m"),
        ([(0.0, 0.0, 0.0), (500.0, 190.0, 0.0)], "was 190 deg at 500 m"),
        ([(2000.0, 45.0, 0.0), (2500.0, 50.0, 0.0)], "must start in vertical hole"),
        ([(0.0, 0.0, 0.0), (500.0, 180.0, 0.0)], "turn back"),
    ],
)
def test_that_a_survey_that_cannot_be_used_says_why(
    rows: list[tuple[float, float | None, float | None]], said: str
) -> None:
    path, fault = trajectory(survey(*rows), 5.0)
    assert path is None
    assert fault is not None
    assert said in fault


STATIONS = st.lists(st.tuples(st.floats(1, 300), st.floats(0, 120), st.floats(0, 360)), min_size=1, max_size=8)


@given(STATIONS, st.lists(st.floats(0, 1), min_size=2, max_size=10))
def test_that_tvd_never_moves_farther_than_md(legs: list[tuple[float, float, float]], shares: list[float]) -> None:
    md = np.cumsum([leg[0] for leg in legs])
    path = path_of((0.0, 0.0, 0.0), *[(d, i, a) for d, (_, i, a) in zip(md, legs, strict=True)])
    wanted = np.sort(np.array(shares)) * md[-1]
    tvd = tvd_at(path, wanted, 0.0)
    assert (np.abs(np.diff(tvd)) <= np.diff(wanted) + 1e-6).all()
    assert tvd_at(path, path.md, 0.0) == pytest.approx(path.tvd, abs=1e-6)


@pytest.mark.realdata
@pytest.mark.parametrize("well", ["F-4", "F-9_A", "F-12", "F-15C"])
def test_that_tvd_of_a_definitive_survey_is_recomputed_within_a_centimetre(well: str, shared_data: Path) -> None:
    (file,) = (shared_data / "volve_trajectory").glob(f"*_{well}_{well}_ACTUAL.txt")
    lines = [line.split() for line in file.read_text(encoding="latin-1").splitlines()]
    rows = np.array([[float(word) for word in words] for words in lines if len(words) == 9 and "m" not in words])
    path = path_of(*[tuple(row) for row in rows[:, :3].tolist()])
    assert len(rows) > 20
    assert np.abs(tvd_at(path, rows[:, 0], 0.0) - rows[:, 3]).max() < 0.01
