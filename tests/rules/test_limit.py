"""Thresholds against exact fractions: at every limit red, at every tier yellow, in whatever unit the reading came."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connectors.units import conversion
from rules.conditions import Conditions
from rules.limit import HIGH, LIMIT, LOW, TOLERANCE, excess, is_breaching, limit_row, percent_of_limit, side
from rules.memory import LEVELS
from rules.rule_set import Constraint, RuleSet, Tag

pytestmark = pytest.mark.kernel

START = 1_767_225_600_000_000


def levels(constraint: Constraint, values: Sequence[float], tag: Tag | None = None) -> str:
    """Return the first letter of each value's level, each judged by itself: "nyr"."""
    found = ""
    tag = tag or Tag("t", "spm")
    conditions = Conditions([RuleSet("W-1", 1, (tag,), (constraint,))])
    for value in values:
        conditions.memory[:] = 0
        one = np.array([START], np.int64)
        list(conditions.judge(np.zeros(1, np.int32), one, one, np.array([value]), np.zeros(1, np.uint8)))
        found += LEVELS[conditions.state(0)[0]][0]
    return found


def high(limit: float, yellow_from: float = 0.9, factor: float = 1.0, offset: float = 0.0) -> Constraint:
    return Constraint("c", "t", "spm", limit, None, yellow_from, 0.0, 0.0, factor=factor, offset=offset)


def low(limit: float, yellow_from: float = 0.9, factor: float = 1.0, offset: float = 0.0) -> Constraint:
    return Constraint("c", "t", "spm", None, limit, yellow_from, 0.0, 0.0, factor=factor, offset=offset)


def nearest(exact: Fraction) -> float:
    return float(exact)


# Limits as people write them, and as conversions leave them.
written = st.one_of(
    st.integers(1, 100_000).map(float),
    st.decimals("0.001", "99999", places=3).map(float),
    st.floats(1e-6, 1e12, allow_nan=False),
)
tiers = st.integers(1, 99).map(lambda percent: percent / 100)


@given(written, tiers)
def test_that_the_tier_of_every_limit_is_yellow_and_the_limit_itself_red(limit: float, yellow_from: float) -> None:
    exact, tier = Fraction(limit), Fraction(str(yellow_from))
    assert levels(high(limit, yellow_from), [nearest(tier * exact), limit, nearest(exact * 2)]) == "yrr"
    assert levels(low(limit, yellow_from), [nearest((2 - tier) * exact), limit, 0.0, -limit]) == "yrrr"


@given(written, tiers)
def test_that_what_is_further_off_than_the_tolerance_is_not(limit: float, yellow_from: float) -> None:
    exact, tier, near = Fraction(limit), Fraction(str(yellow_from)), Fraction(2 * TOLERANCE)
    below = [nearest(tier * exact * (1 - near)), nearest(exact * (1 - near))]
    assert levels(high(limit, yellow_from), below) == "ny"
    above = [nearest((2 - tier) * exact * (1 + near)), nearest(exact * (1 + near))]
    assert levels(low(limit, yellow_from), above) == "ny"


@given(written)
def test_that_the_tolerance_is_a_millionth_towards_the_more_severe(limit: float) -> None:
    exact, hair = Fraction(limit), Fraction(TOLERANCE)
    tolerated = [nearest(exact * (1 - hair * Fraction(99, 100))), nearest(exact * (1 - hair * Fraction(101, 100)))]
    assert levels(high(limit), tolerated) == "ry"
    tolerated = [nearest(exact * (1 + hair * Fraction(99, 100))), nearest(exact * (1 + hair * Fraction(101, 100)))]
    assert levels(low(limit), tolerated) == "ry"


def test_that_ninety_per_cent_of_every_whole_limit_is_yellow_computed_or_typed() -> None:
    # 0.9 * L as a source computes it in floating point, and the decimals a person types.
    for limit in range(1, 1001):
        assert levels(high(float(limit)), [0.9 * limit, float(f"{0.9 * limit:.4f}"), float(limit)]) == "yyr", limit


PAIRS = [
    ("Hz", "spm"),
    ("Pa", "psi"),
    ("kPa", "psi"),
    ("bar", "psi"),
    ("m3/h", "gal[US]/min"),
    ("m", "ft"),
    ("lbf", "kN"),
]


@given(st.sampled_from(PAIRS), written, st.sampled_from([7, 8]), st.sampled_from([0.9, 0.8, 0.99]))
def test_that_a_reading_printed_in_another_unit_is_judged_as_what_it_means(
    pair: tuple[str, str], limit: float, digits: int, yellow_from: float
) -> None:
    source, target = pair
    to = conversion(source, target)
    exact, tier = Fraction(limit), Fraction(str(yellow_from))
    printed = [
        float(f"{nearest(value / Fraction(to.factor)):.{digits}g}")
        for value in (tier * exact, exact, tier * exact * Fraction(99999, 100_000))
    ]
    assert levels(high(limit, yellow_from, to.factor, to.offset), printed) == "yrn"
    printed = [
        float(f"{nearest(value / Fraction(to.factor)):.{digits}g}")
        for value in ((2 - tier) * exact, exact, (2 - tier) * exact * Fraction(100_001, 100_000))
    ]
    assert levels(low(limit, yellow_from, to.factor, to.offset), printed) == "yrn"


@given(st.sampled_from([("degC", "degF"), ("K", "degC"), ("degF", "degC")]), st.integers(50, 500))
def test_that_a_temperature_in_another_scale_is_judged_as_what_it_means(pair: tuple[str, str], limit: int) -> None:
    # Eight digits: where zero lies elsewhere the seventh of a kelvin may be more than a millionth of a limit in degC.
    to = conversion(*pair)
    printed = float(f"{nearest((limit - Fraction(to.offset)) / Fraction(to.factor)):.8g}")
    assert levels(high(float(limit), 0.9, to.factor, to.offset), [printed]) == "r"
    assert levels(low(float(limit), 0.9, to.factor, to.offset), [printed]) == "r"


def test_that_65_spm_arrive_as_hertz_with_eight_digits() -> None:
    assert levels(high(65.0, factor=60.0), [1.0833333, 1.083333, 1.08333]) == "rry"
    assert levels(high(65.0, factor=60.0), [0.975, 0.97499999, 0.9749]) == "yyn"


def test_that_a_band_has_both_sides() -> None:
    band = Constraint("c", "t", "spm", 120.0, 20.0, 0.9, 0.0, 0.0)
    assert levels(band, [0.0, 20.0, 20.1, 22.0, 22.1, 60.0, 107.9, 108.0, 119.9, 120.0, 1e300]) == "rryynnnyyrr"


def test_that_zero_and_less_are_readings() -> None:
    assert levels(high(120.0), [0.0, -0.0, -500.0, -1e308]) == "nnnn"
    assert levels(low(20.0), [0.0, -0.0, -500.0, -1e308]) == "rrrr"


# Suspect


def suspect(tag: Tag, values: Sequence[float]) -> str:
    """Return "s" for each value that is suspect, else "."."""
    found = ""
    conditions = Conditions([RuleSet("W-1", 1, (tag,), (high(1e-9),))])
    for value in values:
        conditions.tally[:] = 0
        conditions.memory[:] = 0
        one = np.array([START], np.int64)
        list(conditions.judge(np.zeros(1, np.int32), one, one, np.array([value]), np.zeros(1, np.uint8)))
        found += "s" if conditions.tally[0]["suspect"] else "."
    return found


@pytest.mark.parametrize(
    "ends, values, expected",
    [
        ((0.0, 300.0), [0.0, -0.0, 1e-9, 299.9, 299.9999, 300.0, 301.0, 1e11, -1e-300, -1.0], "....sssss" + "s"),
        ((10.0, 300.0), [0.0, 9.0, 10.0, 10.000001, 10.0001, 300.0], "ssss.s"),
        ((-50.0, 50.0), [-50.0, -49.9999, -49.99996, 0.0, 49.9, 50.0], "s.s..s"),
        ((None, 300.0), [-1e300, 0.0, 300.0], "..s"),
        ((0.0, None), [-1.0, 0.0, 1e300], "s.."),
        ((None, None), [-1e300, 0.0, 1e300], "..."),
    ],
)
def test_that_a_reading_outside_the_range_or_pinned_at_its_end_is_suspect_but_zero_is_not_pinned(
    ends: tuple[float | None, float | None], values: list[float], expected: str
) -> None:
    assert suspect(Tag("t", "spm", *ends), values) == expected


# What is compared, and what is shown


def row(constraint: Constraint) -> np.void:
    found: np.void = np.array([limit_row(constraint, Tag("t", "spm"))], LIMIT).view(np.recarray)[0]
    return found


def test_that_a_row_has_every_number_in_its_place() -> None:
    constraint = Constraint("c", "t", "psi", 100.0, 50.0, 0.9, 0.02, 3.0, 7.0, factor=2.0, offset=5.0)
    tag = Tag("t", "x", -10.0, 40.0, 0.5)
    found = dict(zip(LIMIT.names or (), limit_row(constraint, tag), strict=True))
    hair = TOLERANCE
    assert found == {
        "factor": 2.0,
        "offset": 5.0,
        "high": 100.0,
        "low": 50.0,
        "red_high": 100.0 - 100 * hair,
        "yellow_high": 90.0 - 90 * hair,
        "red_high_reset": 98.0 - 98 * hair,
        "yellow_high_reset": 88.0 - 88 * hair,
        "red_low": 50.0 + 50 * hair,
        "yellow_low": pytest.approx(55.0 + 55 * hair, rel=1e-15),
        "red_low_reset": 51.0 + 51 * hair,
        "yellow_low_reset": pytest.approx(56.0 + 56 * hair, rel=1e-15),
        "suspect_high": 40.0 - 40 * hair,
        "suspect_low": -10.0 + 10 * hair,
        "yellow_on_delay": 3_000_000,
        "off_delay": 7_000_000,
        "stale_after": 5_000_000,
        "gap": 1_500_000,
    }


def test_that_the_side_named_is_the_one_further_beyond_or_nearer_and_high_if_equal() -> None:
    band = row(Constraint("c", "t", "spm", 100.0, 50.0))
    values = (0.0, 50.0, 66.0, 200 / 3, 67.0, 100.0, 300.0)
    assert [side(band, value) for value in values] == [LOW, LOW, LOW, HIGH, HIGH, HIGH, HIGH]
    assert {side(row(high(5.0)), value) for value in (-1e9, 0.0, 1e9)} == {HIGH}
    assert {side(row(low(5.0)), value) for value in (-1e9, 0.0, 1e9)} == {LOW}


@given(st.floats(-1e300, 1e300), st.floats(1e-3, 1e6), st.floats(1e-3, 1e6))
def test_that_the_excess_of_a_band_is_that_of_its_worse_side(value: float, one: float, two: float) -> None:
    assume(one != two)
    bottom, top = sorted((one, two))
    above, below = (value - top) / top, (bottom - value) / bottom
    assert excess(row(high(top)), value) == above
    assert excess(row(low(bottom)), value) == below
    assert excess(row(Constraint("c", "t", "spm", top, bottom)), value) == max(above, below)


@given(written, st.one_of(st.floats(0, 3), st.floats(0.999_99, 1.000_01)))
def test_that_a_percentage_is_cut_and_reads_100_for_red_alone(limit: float, ratio: float) -> None:
    value = ratio * limit
    exact = Fraction(value) / Fraction(limit) * 100
    for constraint, at, way in ((high(limit), HIGH, 1), (low(limit), LOW, -1)):
        red = bool(is_breaching(row(constraint), value))
        percent = percent_of_limit(value, limit, at, red)
        assert (way * percent >= way * 100.0) == red
        assert percent == round(percent, 2)
        # Cut, never rounded further than the tolerance of the comparison.
        cut = way * (exact - Fraction(percent))
        assert Fraction(-11, 100_000) <= cut <= Fraction(1, 100) + Fraction(1, 10**9)


@pytest.mark.parametrize(
    "value, limit, at, breaching, percent",
    [
        (119.9998, 120.0, HIGH, False, 99.99),
        (119.99999, 120.0, HIGH, True, 100.0),
        (120.0, 120.0, HIGH, True, 100.0),
        (108.0, 120.0, HIGH, False, 90.0),
        (107.99999, 120.0, HIGH, False, 90.0),
        (0.0, 120.0, HIGH, False, 0.0),
        (-12.0, 120.0, HIGH, False, -10.0),
        (20.0001, 20.0, LOW, False, 100.01),
        (20.0, 20.0, LOW, True, 100.0),
        (20.00001, 20.0, LOW, True, 100.0),
        (0.0, 20.0, LOW, True, 0.0),
        (-20.0, 20.0, LOW, True, -100.0),
        (1e308, 1e-6, HIGH, True, 1.7976931348623157e308),
        (-1e308, 1e-6, LOW, True, -1.7976931348623157e308),
        (1e308, 1.0, HIGH, True, 1.7976931348623157e308),
    ],
)
def test_that_a_percentage_is_a_number_whatever_the_reading(
    value: float, limit: float, at: int, breaching: bool, percent: float
) -> None:
    found = percent_of_limit(value, limit, at, breaching)
    assert found == percent
    assert math.copysign(1, found) == math.copysign(1, percent)
