from __future__ import annotations

import numpy as np
import pytest

from welltegra.simulator.field.trajectories import drilled, surveyed


def test_that_minimum_curvature_gives_the_known_answer() -> None:
    paths = surveyed(np.array([[3500.0, 3600.0]]), np.array([[15.0, 25.0]]), np.array([[20.0, 45.0]]))
    found = [values[0, 1] for values in (paths.north_m, paths.east_m, paths.tvd_m)]
    assert found == pytest.approx([27.22, 19.45, 94.01], abs=0.005)


def test_that_a_vertical_well_is_as_deep_as_it_is_long() -> None:
    paths = drilled(np.array([1_800.0]), np.zeros(1), np.zeros(1), np.array([400.0]))
    assert paths.tvd_m == pytest.approx(paths.md_m, abs=1e-9)
    assert paths.north_m == pytest.approx(0.0)
    assert paths.tvd_m[0, -1] >= 1_800.0


def test_that_depths_along_and_down_the_hole_go_into_each_other() -> None:
    paths = drilled(
        np.array([1_800.0, 2_100.0]), np.array([34.0, 0.0]), np.array([200.0, 0.0]), np.array([400.0, 500.0])
    )
    assert (paths.tvd_m[:, -1] >= [1_800.0, 2_100.0]).all()
    tvd_m = np.array([[450.0, 600.0, 900.0, 1_799.9], [3.0, 499.0, 501.0, 2_100.0]])
    md_m = paths.md_at(tvd_m)
    assert paths.position_at(md_m)[2] == pytest.approx(tvd_m, abs=1e-6)
    assert (md_m[0] > tvd_m[0]).all()


def test_that_a_place_between_stations_is_on_their_arc() -> None:
    every_30_m = surveyed(np.array([[0.0, 30.0, 60.0]]), np.array([[0.0, 5.0, 10.0]]), np.zeros((1, 3)))
    halfway = surveyed(np.array([[0.0, 60.0]]), np.array([[0.0, 10.0]]), np.zeros((1, 2)))
    found = np.array(halfway.position_at(np.array([[30.0]])))[:, 0, 0]
    expected = [every_30_m.north_m[0, 1], every_30_m.east_m[0, 1], every_30_m.tvd_m[0, 1]]
    assert found == pytest.approx(expected, abs=1e-9)
