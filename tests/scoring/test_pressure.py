"""Pressure left of the initial one: static pressures only, at one datum."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from scoring.gas import p_over_z
from scoring.pressure import pressure_ratios
from tests.scoring.project_of import AS_OF, table

WELLS = pl.DataFrame(
    {
        "well_id": ["A", "B"],
        "reservoir": ["R", "R"],
        "fluid": ["oil", "oil"],
        "gas_gravity": [0.7, 0.7],
        "temperature_degc": [90.0, 90.0],
    }
)
STATIC = {"well_id": "A", "kind": "static", "date": date(2018, 1, 1), "pressure_bar": 180.0, "initial_bar": 240.0}


def ratios(*rows: dict[str, Any], wells: pl.DataFrame = WELLS) -> list[dict[str, Any]]:
    return pressure_ratios(table("pressures", [STATIC | row for row in rows]), wells, AS_OF).to_dicts()


def test_that_oil_has_p_over_pi() -> None:
    well, other = ratios({})
    assert (well["pressure_ratio"], well["pressure_ratio_status"]) == (0.75, "measured")
    assert well["pressure_age_years"] == pytest.approx(730 / 365.25)
    assert well["pressure_ratio_source"] == "S-pressures"
    assert (other["pressure_ratio"], other["pressure_ratio_why"]) == (None, "no static pressure of the well")


def test_that_gas_has_p_over_z() -> None:
    well, _ = ratios({}, wells=WELLS.with_columns(fluid=pl.lit("gas")))
    expected = (p_over_z(180.0, 90.0, 0.7) or 0.0) / (p_over_z(240.0, 90.0, 0.7) or 1.0)
    assert (well["pressure_ratio"], well["pressure_ratio_status"]) == (pytest.approx(expected), "derived")
    cold, _ = ratios({}, wells=WELLS.with_columns(fluid=pl.lit("gas"), gas_gravity=pl.lit(None, dtype=pl.Float64)))
    assert cold["pressure_ratio"] is None
    assert "gas_gravity" in cold["pressure_ratio_why"]


def test_that_a_flowing_pressure_does_not_count() -> None:
    well, _ = ratios({"kind": "flowing"})
    assert (well["pressure_ratio"], well["pressure_ratio_status"]) == (None, "missing")


def test_that_the_latest_up_to_the_date_counts() -> None:
    rows = [{}, {"date": date(2019, 1, 1), "pressure_bar": 120.0}, {"date": date(2021, 1, 1), "pressure_bar": 60.0}]
    assert ratios(*rows)[0]["pressure_ratio"] == 0.5
    assert ratios(*rows[::-1])[0]["pressure_ratio"] == 0.5


def test_that_the_initial_pressure_is_of_the_same_datum() -> None:
    first = {"date": date(2010, 1, 1), "pressure_bar": 240.0, "datum_tvdss_m": 2000.0}
    later = {"initial_bar": None, "datum_tvdss_m": 2000.0}
    assert ratios(first, later)[0]["pressure_ratio"] == 0.75
    deeper = ratios(first, later | {"datum_tvdss_m": 2100.0})[0]
    assert (deeper["pressure_ratio"], deeper["pressure_ratio_why"]) == (None, "no initial pressure at the datum")


def test_that_a_neighbours_initial_pressure_is_borrowed_and_said_so() -> None:
    own = {"well_id": "B", "initial_bar": None, "pressure_bar": 120.0}
    other = ratios({}, own)[1]
    assert (other["pressure_ratio"], other["pressure_ratio_status"]) == (0.5, "derived")


def test_that_an_absent_table_is_missing() -> None:
    found = pressure_ratios(None, WELLS, AS_OF)
    assert found["pressure_ratio"].to_list() == [None, None]
    assert found["pressure_ratio_why"].to_list() == ["no pressures table"] * 2


def test_that_a_later_pressure_that_may_be_static_leaves_the_ratio_unknown() -> None:
    later = {"date": date(2019, 1, 1), "pressure_bar": 120.0, "kind": None}
    well, _ = ratios({}, later)
    assert (well["pressure_ratio"], well["pressure_ratio_status"]) == (None, "missing")
    assert well["pressure_ratio_why"] == "the pressure of 2019-01-01 does not say whether it is static"
    assert ratios({}, later | {"date": date(2017, 1, 1)})[0]["pressure_ratio"] == 0.75
