"""Depletion ratio and water cut of intervals, from tables to columns."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest

from scoring.gas import z_factor
from tests.scoring.project_of import RESERVOIR, assessed, candidate, candidates, monthly_rows, project, well

OPEN = {"well_id": "A", "top_md_m": 2000.0, "base_md_m": 2010.0, "status": "perforated_producing"}
# 100 Sm3/d falling by .3 a year for 8 years; economic rate 2 Sm3/d.
RATES = 100.0 * np.exp(-0.3 * (np.arange(96) + 0.5) / 12.0)
DECLINE = [float(rate) * 30.4375 for rate in RATES]
LEFT = 365.25 * (100.0 * math.exp(-2.4) - 2.0) / 0.3


def rows(*extra: dict[str, Any], **tables: Any) -> list[dict[str, Any]]:
    given: dict[str, Any] = {
        "wells": [well("A")],
        "reservoirs": [RESERVOIR],
        "production": monthly_rows("A", DECLINE, water_sm3=100.0),
        "completions": [OPEN],
    } | tables
    its = candidates(candidate("A"), *extra)
    return assessed(project(**{k: v for k, v in given.items() if v is not None}), its).to_dicts()


def test_that_depletion_is_what_came_of_what_will_come() -> None:
    (row,) = rows()
    assert row["np_sm3"] == pytest.approx(sum(DECLINE))
    assert row["eur_sm3"] == pytest.approx(sum(DECLINE) + LEFT, rel=0.02)
    assert row["depletion_ratio"] == pytest.approx(sum(DECLINE) / (sum(DECLINE) + LEFT), rel=0.02)
    assert (row["eur_method"], row["depletion_ratio_status"]) == ("arps_exponential", "derived")
    assert row["depletion_ratio_source"] == "S-completions;S-production"
    assert row["eur_fit_r2"] > 0.99
    assert (row["series_months"], row["cumulative_known"], row["never_produced"]) == (96, True, False)


def test_that_intervals_of_one_well_are_depleted_alike_and_never_perforated_ones_not_at_all() -> None:
    second = candidate("A", top=2100.0, base=2130.0, event_no=2)
    third = candidate("A", top=2200.0, base=2210.0, event_no=3)
    both = [OPEN, OPEN | {"top_md_m": 2100.0, "base_md_m": 2130.0}]
    one, two, three = rows(second, third, completions=both)
    assert two["np_sm3"] == pytest.approx(3.0 * one["np_sm3"])
    assert one["depletion_ratio"] == pytest.approx(two["depletion_ratio"])
    assert one["depletion_ratio"] == pytest.approx(rows()[0]["depletion_ratio"])
    assert (three["depletion_ratio"], three["depletion_ratio_status"], three["never_produced"]) == (
        0.0,
        "derived",
        True,
    )
    assert (three["water_cut_level"], three["water_cut_status"]) == (None, "not_applicable")


@pytest.mark.parametrize(
    ("tables", "why"),
    [
        ({"production": None}, "no production table"),
        ({"completions": None}, "neither its completions nor its zones say from where"),
        ({"reservoirs": [RESERVOIR | {"economic_oil_sm3d": None}]}, "economic_oil_sm3d"),
        ({"production": monthly_rows("A", DECLINE[:6])}, "6 producing months"),
        ({"production": monthly_rows("A", [50.0] * 40)}, "does not decline"),
        ({"production": monthly_rows("A", [None] * 24, water_sm3=10.0)}, "no oil is reported"),
    ],
)
def test_that_an_unknown_depletion_says_why(tables: dict[str, Any], why: str) -> None:
    (row,) = rows(**tables)
    assert (row["depletion_ratio"], row["depletion_ratio_status"]) == (None, "missing")
    assert why in row["depletion_ratio_why"]


def test_that_more_production_to_come_is_less_depletion() -> None:
    ratio = [rows(reservoirs=[RESERVOIR | {"economic_oil_sm3d": q}])[0]["depletion_ratio"] for q in (1.0, 4.0, 50.0)]
    assert ratio == sorted(ratio)
    assert ratio[2] == 1.0  # already below the economic rate


def test_that_a_gas_well_is_depleted_by_its_p_over_z_line() -> None:
    monthly, in_place, recovery = 1e6, 2e8, RESERVOIR["recovery_factor"]
    z_initial = z_factor(250.0, 90.0, 0.7) or 0.0
    points = [(250.0, 0)]
    for months in (12, 24, 36):
        # The static pressure whose p/z lies on the line after so many months.
        wanted = 250.0 / z_initial * (1.0 - months * monthly / in_place)
        low, high = 1.0, 250.0
        for _ in range(60):
            middle = (low + high) / 2.0
            low, high = (middle, high) if middle / (z_factor(middle, 90.0, 0.7) or 1.0) < wanted else (low, middle)
        points.append((low, months))
    pressures = [
        {"well_id": "A", "kind": "static", "date": date(2010 + m // 12, 1, 1), "pressure_bar": p, "initial_bar": 250.0}
        for p, m in points
    ]
    production = monthly_rows("A", [None] * 36, gas_sm3=monthly)
    (row,) = rows(production=production, pressures=pressures, reservoirs=[RESERVOIR | {"economic_oil_sm3d": None}])
    assert (row["fluid"], row["eur_method"], row["eur_fit_r2"]) == ("gas", "p_over_z", pytest.approx(1.0))
    assert row["eur_sm3"] == pytest.approx(in_place * recovery, rel=1e-6)
    assert row["depletion_ratio"] == pytest.approx(36e6 / (in_place * recovery), rel=1e-6)
    assert row["pressure_ratio"] == pytest.approx(1.0 - 36e6 / in_place)
    (bare,) = rows(production=production)
    assert "static pressures" in bare["depletion_ratio_why"]


def test_that_the_water_cut_is_that_of_the_months_in_which_the_interval_was_open() -> None:
    water = [10.0] * 48 + [DECLINE[48 + i] for i in range(48)]  # half water from the fifth year on
    production = monthly_rows("A", DECLINE, water_sm3=water)
    closed = [OPEN | {"date": date(2010, 1, 1)}, OPEN | {"date": date(2014, 1, 1), "status": "squeezed"}]
    deeper = OPEN | {"top_md_m": 2100.0, "base_md_m": 2130.0, "date": date(2014, 1, 1)}
    one, two = rows(
        candidate("A", top=2100.0, base=2130.0, event_no=2), production=production, completions=[*closed, deeper]
    )
    assert one["water_cut_level"] < 0.02
    assert two["water_cut_level"] == pytest.approx(0.5)
    assert (two["water_cut_slope"], two["water_cut_p"]) == (0.0, 1.0)
    assert one["water_cut_status"] == "derived"


def test_that_a_water_cut_without_water_reported_is_unknown_and_a_dry_one_is_zero() -> None:
    (unknown,) = rows(production=monthly_rows("A", DECLINE))
    assert (unknown["water_cut_level"], unknown["water_cut_status"]) == (None, "missing")
    assert "water" in unknown["water_cut_why"]
    (dry,) = rows(production=monthly_rows("A", DECLINE, water_sm3=0.0))
    assert (dry["water_cut_level"], dry["water_cut_slope"]) == (0.0, 0.0)
