"""Capacitance-resistance: known gains come back, and noise is not taken for a connection."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from scoring.connectivity import CRM_MONTHS, crm_gains, fit_crm
from scoring.injectors import monthly_injection
from scoring.production import monthly
from tests.scoring.project_of import AS_OF, monthly_rows, table

MONTH = 30.4375
TIME = np.arange(60, dtype=np.float64) * MONTH


def steps(seed: int, n: int, injectors: int) -> NDArray[np.float64]:
    """Return injection rates [rm3/d] that change every fourth month, as field rates do."""
    rng = np.random.default_rng(seed)
    return np.column_stack([np.repeat(rng.uniform(200.0, 900.0, n // 4), 4) for _ in range(injectors)])


def answer(rates: NDArray[np.float64], gains: list[float], delay_days: float) -> NDArray[np.float64]:
    """Return the liquid rate: each injector's rate, delayed exponentially, times its gain."""
    held = rates[0].copy()
    kept = np.exp(-MONTH / delay_days)
    out = [held @ gains]
    for rate in rates[1:]:
        held = held * kept + rate * (1.0 - kept)
        out.append(held @ gains)
    return np.array(out)


@pytest.mark.parametrize("gains", [[0.6, 0.2], [0.1, 0.8], [0.5, 0.5], [0.0, 0.4]])
@pytest.mark.parametrize("delay", [20.0, 90.0])
def test_that_two_injectors_gains_come_back_within_five_hundredths(gains: list[float], delay: float) -> None:
    rates = steps(1, 60, 2)
    noisy = answer(rates, gains, delay) * (1.0 + np.random.default_rng(2).normal(0.0, 0.02, 60))
    found = fit_crm(noisy, rates, TIME)
    assert found is not None
    assert found == pytest.approx(gains, abs=0.05)


def test_that_a_decline_that_injection_does_not_explain_has_no_gains() -> None:
    noise = np.random.default_rng(3).normal(1.0, 0.05, 60)
    assert fit_crm(500.0 * np.exp(-TIME / 1200.0) * noise, steps(4, 60, 3), TIME) is None


def test_that_steady_rates_tell_nothing() -> None:
    assert fit_crm(np.full(60, 300.0), steps(4, 60, 2), TIME) is None
    assert fit_crm(answer(steps(4, 60, 1), [0.5], 30.0), np.full((60, 2), 400.0), TIME) is None


def gains_of(months: int, gains: list[float], unreported: Collection[int] = ()) -> dict[str, list[float]]:
    """Return what is fitted to so many months; unreported: of which injector J has no row."""
    rates = steps(5, 60, 2)
    liquid = answer(rates, gains, 40.0)[:months]
    production = monthly_rows("P", list(liquid * MONTH), water_sm3=0.0)
    rows = [*monthly_rows("I", [0.0] * 60), *monthly_rows("J", [0.0] * 60)]
    volumes = [*(rates[:, 0] * MONTH), *(rates[:, 1] * MONTH)]
    its = [
        {k: v for k, v in row.items() if k != "oil_sm3"} | {"water_sm3": v}
        for at, (row, v) in enumerate(zip(rows, volumes, strict=True))
        if at - 60 not in unreported
    ]
    place = {"x_m": [0.0, 500.0], "y_m": [400.0, 0.0]}
    found = crm_gains(
        pl.DataFrame({"well_id": ["P"], "x_m": [0.0], "y_m": [0.0]}),
        pl.DataFrame({"well_id": ["I", "J"]} | place),
        monthly(table("production", production), AS_OF),
        monthly_injection(table("injection", its), AS_OF),
        1.0,
    )
    return {name: list(values) for name, values in found.items()}


def test_that_tables_of_months_give_the_gains() -> None:
    found = gains_of(60, [0.3, 0.6])
    assert found["P"] == pytest.approx([0.3, 0.6], abs=0.05)  # months are not all of one length


def test_that_less_than_24_months_are_not_fitted() -> None:
    assert gains_of(CRM_MONTHS - 1, [0.3, 0.6]) == {}
    assert set(gains_of(CRM_MONTHS, [0.3, 0.6])) <= {"P"}


def test_that_a_month_that_an_injector_did_not_report_is_not_one_without_injection() -> None:
    found = gains_of(60, [0.3, 0.6], unreported=range(20, 28))
    assert found["P"] == pytest.approx([0.3, 0.6], abs=0.07)
    assert gains_of(60, [0.3, 0.6], unreported=range(11, 50)) == {}  # 21 months are left


def test_that_injection_of_a_month_is_added_up() -> None:
    rows = [{"well_id": "I", "date": date(2012, 1, d), "water_sm3": 5.0} for d in (1, 15, 31)]
    assert monthly_injection(table("injection", rows), AS_OF).select("month", "water_sm3").rows() == [
        (date(2012, 1, 1), 15.0)
    ]
