"""Utilities at the points of the design, between them, and beyond them."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.profiles import default_profile
from scoring.profile import Curve
from scoring.scores import score
from scoring.utility import curve_utility, table_utility
from tests.scoring import oracle
from tests.scoring.targets import targets

PROFILE = default_profile()


@pytest.mark.parametrize("name", sorted(oracle.CURVES))
def test_that_a_curve_goes_through_the_points_of_the_design_and_is_clamped(name: str) -> None:
    points = oracle.CURVES[name]
    curve = PROFILE.input(name).curve
    assert curve is not None
    xs = [points[0][0] - 1, *(x for x, _ in points), points[-1][0] + 1]
    us = [points[0][1], *(u for _, u in points), points[-1][1]]
    found = pl.DataFrame({"x": xs}, schema={"x": pl.Float64}).select(curve_utility(pl.col("x"), curve)).to_series()
    assert found.to_list() == us


@given(
    xs=st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=6, unique=True),
    us=st.lists(st.floats(0, 1), min_size=6, max_size=6),
    at=st.lists(st.one_of(st.none(), st.floats(-2e3, 2e3)), min_size=1, max_size=20),
)
def test_that_a_curve_is_what_numpy_interpolates(xs: list[float], us: list[float], at: list[float | None]) -> None:
    points = tuple(zip(sorted(xs), us, strict=False))
    # Closer points have no slope that is a number, and numpy no answer.
    assume(all(after - before > 1e-300 for (before, _), (after, _) in pairwise(points)))
    found = _found(points, at)
    for x, u in zip(at, found, strict=True):
        wanted = None if x is None else np.interp(x, [x for x, _ in points], [u for _, u in points])
        assert u == pytest.approx(wanted, abs=1e-9)
        assert u is None or 0 <= u <= 1


@given(x0=st.sampled_from([0.0, 1e-310, -7.5]), steps=st.integers(1, 3), us=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_that_points_next_to_each_other_are_a_step(x0: float, steps: int, us: tuple[float, float]) -> None:
    xs = [x0]
    for _ in range(steps):
        xs.append(math.nextafter(xs[-1], math.inf))
    found = _found(((x0, us[0]), (xs[-1], us[1])), [x0 - 1.0, *xs, x0 + 1.0])
    assert found[:2] == [us[0], us[0]]
    assert found[-2:] == [us[1], us[1]]
    assert all(min(us) <= u <= max(us) for u in found if u is not None)
    assert None not in found


def _found(points: tuple[tuple[float, float], ...], at: list[float | None]) -> list[float | None]:
    curve = curve_utility(pl.col("x"), Curve(points))
    return pl.DataFrame({"x": at}, schema={"x": pl.Float64}).select(curve).to_series().to_list()


@pytest.mark.parametrize(
    "x, u", [(-1.0, 0.0), (0.0, 0.0), (1.0, 0.0), (2.0, 0.3), (math.sqrt(8), 0.5), (4.0, 0.7), (9.0, 1.0)]
)
def test_that_resistivity_contrast_counts_in_doublings(x: float, u: float) -> None:
    found = score(targets({"rt_contrast": x}), PROFILE).targets["rt_contrast_utility"].to_list()
    assert found == pytest.approx([u], abs=1e-12)


def test_that_a_category_not_in_the_table_is_not_known() -> None:
    frame = pl.DataFrame({"x": ["green", "mauve", None]})
    assert frame.select(table_utility(pl.col("x"), {"green": 1.0})).to_series().to_list() == [1.0, None, None]


@pytest.mark.parametrize(
    "level, slope, status, low, high",
    [
        (0.5, 0.05, None, 0.7 * 0.88, 0.7 * 0.88),
        (0.5, None, None, 0.7 * 0.6, 0.7),
        (None, None, None, 0.0, 1.0),
        (0.98, None, None, 0.0, 0.0),
    ],
)
def test_that_water_cut_is_its_level_less_what_its_trend_takes(
    level: float | None, slope: float | None, status: str | None, low: float, high: float
) -> None:
    row = {"water_cut_level": level, "water_cut_slope": slope, "water_cut_status": status}
    target = score(targets(row), PROFILE).targets.row(0, named=True)
    assert target["dynamic_score"] == pytest.approx(0.8 + 0.2 * low, abs=1e-6)
    assert target["dynamic_potential"] == pytest.approx(0.8 + 0.2 * high, abs=1e-6)
    assert target["dynamic_coverage"] == (0.8 if level is None else 1.0)


def test_that_water_cut_of_an_interval_that_never_produced_gives_its_weight_to_offset_drainage() -> None:
    row = {"water_cut_level": None, "water_cut_slope": None, "water_cut_status": "not_applicable"}
    target = score(targets({**row, "offset_drained_fraction": 0.5}), PROFILE).targets.row(0, named=True)
    assert target["dynamic_score"] == target["dynamic_potential"] == 0.6 + 0.4 * 0.45
    assert (target["offset_drained_fraction_contribution"], target["water_cut_contribution"]) == (0.4 * 0.45, 0.0)
    unknown = score(targets({**row, "offset_drained_fraction": None}), PROFILE).targets.row(0, named=True)
    assert (unknown["dynamic_score"], unknown["dynamic_coverage"]) == (0.6, 0.6)


def test_that_no_injection_in_the_reservoir_is_known() -> None:
    row = {"injector_mpvi": None, "injector_mpvi_status": "not_applicable"}
    target = score(targets(row), PROFILE).targets.row(0, named=True)
    assert (target["injector_mpvi_utility"], target["injector_mpvi_status"]) == (0.4, "not_applicable")
    assert (target["dynamic_coverage"], target["injector_mpvi_gap"]) == (1.0, None)


def test_that_each_readiness_item_weighs_a_quarter() -> None:
    row = {"tubing_access": None, "cement_bond": False}
    target = score(targets(row), PROFILE).targets.row(0, named=True)
    found = [target[f"operability_{of}"] for of in ("score", "potential", "coverage")]
    assert found == [0.925, 0.9625, 0.9625]


def test_that_absent_evidence_is_a_measured_nothing() -> None:
    target = score(targets({"log_quality": None}), PROFILE).targets.row(0, named=True)
    assert (target["log_quality_status"], target["log_quality_utility"], target["log_quality_gap"]) == (
        *("measured", 0.0),
        "INPUT.LOG_QUALITY",
    )
    assert target["confidence_score"] == target["confidence_potential"] == 0.75
