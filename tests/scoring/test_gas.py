"""z and p/z: against the published solution of the same equation, and against the chart that it was fitted to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.gas import p_over_z, pseudo_criticals, reduced_z, z_factor

PPR = (0.5, 1.5, 2.5, 3.5, 4.5, 5.5, 6.5)
# Reyes, zFactor (R package, CRAN), README: z.DranchukAbuKassem.
PUBLISHED = {
    1.05: (0.8300683, 0.2837318, 0.3868282, 0.5063005, 0.6239783, 0.7392097, 0.8521762),
    1.10: (0.8570452, 0.4463987, 0.4125200, 0.5178068, 0.6281858, 0.7378206, 0.8458725),
    1.30: (0.9203019, 0.7543694, 0.6377871, 0.6339357, 0.6898314, 0.7663247, 0.8499523),
    1.70: (0.9681353, 0.9128087, 0.8753784, 0.8619509, 0.8721085, 0.9003962, 0.9409634),
    2.00: (0.9824731, 0.9551087, 0.9400752, 0.9385273, 0.9497137, 0.9715388, 1.0015560),
}
# The same package: the chart of Standing and Katz (1942), digitized.
CHART = {
    1.30: (0.916, 0.756, 0.638, 0.633, 0.684, 0.759),
    1.50: (0.948, 0.859, 0.794, 0.770, 0.790, 0.836),
    2.00: (0.982, 0.956, 0.941, 0.937, 0.945, 0.969),
    3.00: (1.002, 1.009, 1.018, 1.029, 1.041, 1.056),
}


@pytest.mark.parametrize("tpr", PUBLISHED)
def test_that_z_is_the_published_solution(tpr: float) -> None:
    assert [reduced_z(ppr, tpr) for ppr in PPR] == pytest.approx(PUBLISHED[tpr], abs=2e-7)


@pytest.mark.parametrize("tpr", CHART)
def test_that_z_is_within_one_and_a_half_percent_of_the_chart(tpr: float) -> None:
    assert [reduced_z(ppr, tpr) for ppr in PPR[:-1]] == pytest.approx(CHART[tpr], rel=0.015)


def test_that_pseudo_criticals_are_those_of_sutton() -> None:
    # By hand: 169.2 + 349.5 * .7 - 74 * .49 and 756.8 - 131 * .7 - 3.6 * .49.
    assert pseudo_criticals(0.7) == pytest.approx((377.59, 663.336))


def test_that_z_in_field_units_is_that_of_its_reduced_state() -> None:
    # 200 bar and 90 degC: 2900.755 psi / 663.336 and 653.67 degR / 377.59.
    assert z_factor(200.0, 90.0, 0.7) == reduced_z(200.0 * 14.503773773 / 663.336, 363.15 * 1.8 / 377.59)
    assert p_over_z(200.0, 90.0, 0.7) == 200.0 / (z_factor(200.0, 90.0, 0.7) or 0.0)


@pytest.mark.parametrize(
    ("pressure", "degc", "gravity"),
    [(200.0, 90.0, 0.5), (200.0, 90.0, 1.7), (3000.0, 90.0, 0.7), (200.0, 500.0, 0.6), (-1.0, 90.0, 0.7)],
)
def test_that_z_is_not_known_outside_the_correlations(pressure: float, degc: float, gravity: float) -> None:
    assert z_factor(pressure, degc, gravity) is None


def test_that_a_gas_without_pressure_is_ideal() -> None:
    assert reduced_z(0.0, 1.5) == 1.0
    assert reduced_z(1e-6, 1.5) == pytest.approx(1.0, abs=1e-5)


@given(st.floats(0.0, 29.9), st.floats(1.01, 3.0))
def test_that_density_rises_with_pressure(ppr: float, tpr: float) -> None:
    low, high = reduced_z(ppr, tpr), reduced_z(ppr + 0.05, tpr)
    assert low is not None
    assert low > 0.0
    if high is not None:
        assert (ppr + 0.05) / high > ppr / low * (1.0 - 1e-9)
