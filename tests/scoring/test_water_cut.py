"""Water-cut level and trend: known slopes come back, and a slope that could be chance is 0."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from schemas.profiles import default_profile
from scoring.profile_assessment import Assessment
from scoring.water_cut import WaterCut, water_cut
from tests.scoring.project_of import assessed, candidate, candidates, monthly_rows, profile_with, project, well

RULES = default_profile().assessment


def cut(values: ArrayLike, months: list[int] | None = None, rules: Assessment = RULES) -> WaterCut:
    at = np.arange(np.size(values)) if months is None else np.array(months)
    found = water_cut(at, np.asarray(values, dtype=float), rules)
    assert found is not None
    return found


def test_that_the_level_is_the_median_of_the_last_six_months() -> None:
    assert cut([0.9, 0.9, 0.1, 0.2, 0.3, 0.4, 0.5, 0.9]).level == pytest.approx(0.35)
    assert cut([0.2, 0.4]).level == pytest.approx(0.3)


def test_that_eleven_months_have_no_trend_and_twelve_have_one() -> None:
    few = cut(0.1 + 0.01 * np.arange(11))
    assert few.level == pytest.approx(0.175)
    assert (few.slope, few.p, few.months) == (None, None, 11)
    assert cut(0.1 + 0.01 * np.arange(12)).slope == pytest.approx(0.12)


@given(st.floats(0.03, 0.25), st.integers(0, 2**32 - 1))
def test_that_a_noisy_rise_comes_back_within_two_hundredths_a_year(slope: float, seed: int) -> None:
    noise = np.random.default_rng(seed).normal(0.0, 0.01, 60)
    assert cut(0.1 + slope * np.arange(60) / 12.0 + noise).slope == pytest.approx(slope, abs=0.02)


def test_that_only_the_last_36_months_make_the_trend() -> None:
    early, late = np.linspace(0.0, 0.4, 40), np.full(36, 0.5)
    found = cut(np.concatenate([early, late]))
    assert (found.slope, found.p, found.months) == (0.0, 1.0, 36)


def test_that_a_slope_of_chance_is_zero() -> None:
    # 12 values up and down: Kendall's S is 6 of 66 pairs, far from telling.
    found = cut([0.5, 0.52] * 6)
    assert found.slope == 0.0
    assert found.p is not None
    assert found.p >= 0.10


def test_that_a_fall_has_a_negative_slope() -> None:
    assert cut(0.6 - 0.01 * np.arange(24)).slope == pytest.approx(-0.12)


def test_that_a_shut_in_year_counts_as_a_year() -> None:
    months = [*range(12), *range(24, 36)]
    assert cut([0.1 + 0.005 * m for m in months], months).slope == pytest.approx(0.06)


def test_that_a_dry_history_is_known_and_flat() -> None:
    assert cut(np.zeros(36)) == WaterCut(0.0, 0.0, 1.0, 36)


def test_that_no_month_tells_nothing() -> None:
    assert water_cut(np.zeros(0, dtype=int), np.zeros(0), RULES) is None


def test_that_the_profile_says_how_many_months_and_which_p() -> None:
    last = replace(RULES, water_cut_level_months=2)
    assert cut([0.1, 0.2, 0.3, 0.4], rules=last).level == pytest.approx(0.35)
    rising = 0.1 + 0.01 * np.arange(11)
    assert cut(rising, rules=replace(RULES, water_cut_trend_least_months=11)).slope == pytest.approx(0.12)
    turned = np.concatenate([np.linspace(0.0, 0.4, 40), np.full(12, 0.4)])
    assert cut(turned, rules=replace(RULES, water_cut_trend_months=12)).slope == 0.0
    assert cut(turned).slope != 0.0
    assert cut(0.1 + 0.01 * np.arange(12), rules=replace(RULES, water_cut_trend_p=1e-12)).slope == 0.0


def test_that_assessment_takes_the_profile_s_months() -> None:
    history = monthly_rows("A", [50.0] * 8, water_sm3=[90.0] * 6 + [10.0] * 2)
    opened = {"well_id": "A", "top_md_m": 2000.0, "base_md_m": 2010.0, "status": "perforated_producing"}
    made = project(wells=[well("A")], production=history, completions=[opened | {"date": date(2009, 1, 1)}])
    found = [
        assessed(made, candidates(candidate("A")), profile=profile)["water_cut_level"].to_list()
        for profile in (default_profile(), profile_with(water_cut_level_months=2))
    ]
    assert found == [[pytest.approx(90 / 140)], [pytest.approx(10 / 60)]]


def test_that_a_month_that_leaves_out_its_water_leaves_the_level_or_the_trend_unknown() -> None:
    values = [0.1 + 0.01 * month for month in range(20)]
    assert water_cut(np.arange(20), np.array([*values[:-3], math.nan, *values[-2:]]), RULES) is None
    early = cut([*values[:5], math.nan, *values[6:]])
    assert early.level == pytest.approx(0.265)
    assert early.slope is None
