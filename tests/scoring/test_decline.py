"""Arps and p/z: known declines come back from what they would have produced, and bad ones are refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from scoring.decline import Arps, Refused, fit_arps, fit_p_over_z, remaining_sm3

MONTH = 365.25 / 12.0


def produced(qi: float, di: float, b: float, months: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return days and volumes [Sm3] of each month: the exact area under the curve."""
    edges = np.arange(months + 1) / 12.0
    if b == 0.0:
        area = qi / di * (1.0 - np.exp(-di * edges))
    elif b == 1.0:
        area = qi / di * np.log1p(di * edges)
    else:
        area = qi / (di * (1.0 - b)) * (1.0 - (1.0 + b * di * edges) ** (1.0 - 1.0 / b))
    return np.full(months, MONTH), np.diff(area) * 365.25


def fitted(days: NDArray[np.float64], volume: NDArray[np.float64]) -> Arps:
    fit = fit_arps(days, volume)
    assert isinstance(fit, Arps), fit
    return fit


def refusal(days: NDArray[np.float64], volume: NDArray[np.float64]) -> str:
    fit = fit_arps(days, volume)
    assert isinstance(fit, Refused)
    return fit.why


@pytest.mark.parametrize(("b", "method"), [(0.0, "exponential"), (0.5, "hyperbolic"), (1.0, "harmonic")])
@pytest.mark.parametrize("di", [0.15, 0.6])
def test_that_a_clean_decline_comes_back(di: float, b: float, method: str) -> None:
    fit = fitted(*produced(120.0, di, b, 72))
    assert fit.method == f"arps_{method}"
    assert fit.qi_sm3d == pytest.approx(120.0, rel=0.002)
    assert fit.di_per_year == pytest.approx(di, rel=0.005)
    assert fit.b == pytest.approx(b, abs=0.02)
    assert fit.r2 > 0.9999
    assert fit.months == 72
    assert fit.end_years == pytest.approx(6.0)


@pytest.mark.parametrize(
    ("b", "left"),
    [
        # By hand, from 20 Sm3/d at 0.3 a year down to 5: days of a year times the closed forms.
        (0.0, 365.25 * 15.0 / 0.3),
        (0.5, 365.25 * 20.0**0.5 / (0.5 * 0.3) * (20.0**0.5 - 5.0**0.5)),
        (1.0, 365.25 * 20.0 / 0.3 * math.log(4.0)),
    ],
)
def test_that_what_remains_is_the_area_down_to_the_economic_rate(b: float, left: float) -> None:
    assert remaining_sm3(Arps(20.0, 0.3, b, 1.0, 12, 0.0), 5.0) == pytest.approx(left)


def test_that_nothing_remains_below_the_economic_rate() -> None:
    assert remaining_sm3(Arps(20.0, 0.3, 0.5, 1.0, 12, 0.0), 20.0) == 0.0
    assert remaining_sm3(Arps(20.0, 0.3, 0.5, 1.0, 12, 9.0), 19.0) == 0.0


def test_that_a_forecast_ends_after_fifty_years() -> None:
    decline = Arps(20.0, 0.05, 1.0, 1.0, 12, 0.0)
    assert remaining_sm3(decline, 1e-9) == pytest.approx(365.25 * 20.0 / 0.05 * math.log(1.0 + 0.05 * 50.0))


@pytest.mark.parametrize("b", [0.0, 0.4, 0.7, 1.0])
@pytest.mark.parametrize("di", [0.3, 0.6])
def test_that_a_decline_with_three_percent_of_noise_yields_within_fifteen_percent(di: float, b: float) -> None:
    days, volume = produced(120.0, di, b, 84)
    truth = Arps(120.0, di, b, 1.0, 84, 7.0)
    limit = 0.3 * float(truth.rate_sm3d(7.0))
    eur = volume.sum() + remaining_sm3(truth, limit)
    for seed in range(10):
        noisy = volume * np.exp(np.random.default_rng(seed).normal(0.0, 0.03, len(volume)))
        fit = fitted(days, noisy)
        assert noisy.sum() + remaining_sm3(fit, limit) == pytest.approx(eur, rel=0.15)
        assert fit.qi_sm3d == pytest.approx(120.0, rel=0.10)


def test_that_a_shut_in_year_is_not_a_decline() -> None:
    days, volume = produced(120.0, 0.3, 0.0, 48)
    idle = np.zeros(12)
    whole = fitted(days, volume)
    gapped = fitted(np.concatenate([days[:24], idle, days[24:]]), np.concatenate([volume[:24], idle, volume[24:]]))
    assert gapped == whole


def test_that_half_a_month_on_stream_is_the_same_rate() -> None:
    days, volume = produced(120.0, 0.3, 0.0, 48)
    halved = np.where(np.arange(48) % 5 == 3, 0.5, 1.0)
    assert fitted(days * halved, volume * halved).r2 > 0.98


def test_that_the_decline_begins_at_the_peak() -> None:
    days, volume = produced(120.0, 0.3, 0.0, 36)
    rise = np.linspace(0.1, 0.9, 9) * volume[0]
    fit = fitted(np.concatenate([days[:9], days]), np.concatenate([rise, volume]))
    assert fit.months == 36
    assert fit.di_per_year == pytest.approx(0.3, rel=0.005)


@pytest.mark.parametrize(
    ("volume", "said"),
    [
        (np.full(11, 100.0), "11 producing months"),
        (np.concatenate([np.linspace(10, 100, 20), [90.0, 80.0]]), "producing months since the peak"),
        (np.full(40, 100.0), "does not decline"),
        ((100.0 + 60.0 * np.cos(np.arange(60))) * np.exp(-0.01 * np.arange(60)), "fits badly"),
        (np.zeros(40), "0 producing months"),
    ],
)
def test_that_what_is_no_decline_is_refused_with_the_reason(volume: NDArray[np.float64], said: str) -> None:
    assert said in refusal(np.full(len(volume), MONTH), volume)


def test_that_a_straight_p_over_z_line_meets_the_gas_in_place() -> None:
    gp = np.array([0.0, 1e8, 2.5e8, 4e8])
    line = fit_p_over_z(300.0 * (1.0 - gp / 1e9), gp)
    assert not isinstance(line, Refused)
    assert (line.g_sm3, line.initial_bar, line.r2) == pytest.approx((1e9, 300.0, 1.0))


@pytest.mark.parametrize(
    ("p_over_z", "gp", "said"),
    [
        ([300.0, 250.0], [0.0, 1e8], "2 static pressures"),
        ([300.0, 299.0, 298.0], [1e8, 1e8, 1e8], "no gas was produced"),
        ([280.0, 290.0, 300.0], [0.0, 1e8, 2e8], "does not fall"),
        ([300.0, 100.0, 290.0, 110.0], [0.0, 1e8, 2e8, 3e8], "not a straight line"),
    ],
)
def test_that_no_line_is_drawn_through_pressures_that_do_not_bear_it(
    p_over_z: list[float], gp: list[float], said: str
) -> None:
    line = fit_p_over_z(np.array(p_over_z), np.array(gp))
    assert isinstance(line, Refused)
    assert said in line.why
