"""How much of a circle others cover: known areas, a polygon oracle, and what must hold of any covering."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from scoring.circles import covered_fraction, union_area

CIRCLES = st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3), st.floats(0.05, 2.0)), max_size=7)


def covered(circles: list[tuple[float, float, float]], radius: float = 1.0) -> float:
    x, y, r = np.array(circles, dtype=float).reshape(-1, 3).T
    return covered_fraction(0.0, 0.0, radius, x, y, r)


def test_that_an_equal_circle_one_radius_apart_covers_391_thousandths() -> None:
    # The design's known answer; exactly 2/3 - sqrt(3) / (2 pi).
    assert covered([(1.0, 0.0, 1.0)]) == pytest.approx(0.39100, abs=5e-6)
    assert covered([(1.0, 0.0, 1.0)]) == pytest.approx(2.0 / 3.0 - math.sqrt(3.0) / (2.0 * math.pi), abs=1e-12)


@pytest.mark.parametrize(
    ("circles", "share"),
    [
        ([], 0.0),
        ([(2.0, 0.0, 1.0)], 0.0),  # it touches
        ([(5.0, 0.0, 1.0)], 0.0),
        ([(0.0, 0.0, 1.0)], 1.0),
        ([(0.5, 0.0, 2.0)], 1.0),
        ([(0.2, 0.1, 0.5)], 0.25),  # wholly within
        ([(0.2, 0.1, 0.5), (0.2, 0.1, 0.5)], 0.25),
        ([(0.5, 0.0, 0.2), (-0.5, 0.0, 0.2), (-0.5, 0.0, 0.1)], 0.08),
        ([(1.0, 0.0, 1.0), (-1.0, 0.0, 1.0)], 2.0 * 0.3910022189557706),
        ([(0.3, 0.0, 0.0)], 0.0),
    ],
)
def test_that_known_coverings_are_met(circles: list[tuple[float, float, float]], share: float) -> None:
    assert covered(circles) == pytest.approx(share, abs=1e-12)


def test_that_coordinates_of_a_map_cost_no_digits() -> None:
    x, y = 431_256.0, 6_478_123.0
    one = np.array([x + 200.0]), np.array([y]), np.array([200.0])
    assert covered_fraction(x, y, 200.0, *one) == pytest.approx(0.3910022189557706, abs=1e-12)


def test_that_a_hole_between_circles_is_not_covered() -> None:
    ring = [(2.0 * math.cos(a), 2.0 * math.sin(a), 1.2) for a in np.linspace(0.0, 2.0 * math.pi, 9)[:-1]]
    x, y, r = np.array(ring).T
    hole = shapely.union_all(shapely.buffer(shapely.points(x, y), r, quad_segs=500))
    assert len(hole.interiors) == 1
    assert union_area(x, y, r) == pytest.approx(hole.area, rel=1e-5)


@given(CIRCLES)
def test_that_polygons_of_many_corners_agree(circles: list[tuple[float, float, float]]) -> None:
    x, y, r = np.array(circles, dtype=float).reshape(-1, 3).T
    target = shapely.buffer(shapely.points(0.0, 0.0), 1.0, quad_segs=300)
    union = shapely.union_all(shapely.buffer(shapely.points(x, y), r, quad_segs=300))
    assert covered(circles) == pytest.approx(union.intersection(target).area / target.area, abs=5e-5)


@given(CIRCLES, st.floats(0.01, 2.0))
def test_that_more_circles_or_larger_ones_never_cover_less(
    circles: list[tuple[float, float, float]], more: float
) -> None:
    share = covered(circles)
    assert 0.0 <= share <= 1.0
    assert covered([*circles, (0.5, 0.5, more)]) >= share - 1e-9
    assert covered([(x, y, r + more) for x, y, r in circles]) >= share - 1e-9
    assert covered(circles[::-1]) == share
