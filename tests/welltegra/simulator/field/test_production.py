from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from scoring.gas import z_factor
from welltegra.simulator.field.gas_law import deviation, pressure_of
from welltegra.simulator.field.production import DAYS_PER_YEAR, cumulative_sm3


def test_that_the_cumulative_is_the_integral_of_the_rate() -> None:
    qi, di, b, days = 80.0, 0.4, 0.6, 1_500.0
    by_steps, _ = quad(lambda day: qi / (1.0 + b * di / DAYS_PER_YEAR * day) ** (1.0 / b), 0.0, days)
    found = cumulative_sm3(np.array([qi]), np.array([di]), np.array([b]), np.array([days]))
    assert found[0] == pytest.approx(by_steps, rel=1e-9)


# Two correlations of one chart, Standing and Katz's: whoever takes this one's pressures finds that one's p/z.
def test_that_z_is_that_of_the_other_correlation_within_a_hundredth() -> None:
    pressure = np.array([5.0, 60.0, 120.0, 205.0])
    other = [z_factor(bar, 80.0, 0.70) for bar in pressure.tolist()]
    assert deviation(pressure, 80.0, 0.70) == pytest.approx(other, abs=0.01)
    assert deviation(np.array([0.01]), 80.0, 0.70)[0] == pytest.approx(1.0, abs=1e-3)


def test_that_pressure_and_p_over_z_go_into_each_other() -> None:
    pressure = np.array([20.0, 100.0, 205.0])
    p_over_z = pressure / deviation(pressure, 80.0, 0.70)
    assert pressure_of(p_over_z, 80.0, 0.70) == pytest.approx(pressure, abs=1e-6)
