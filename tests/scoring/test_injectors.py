"""Injected movable pore volumes through the whole assessment, by hand."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.scoring.project_of import RESERVOIR, Rows, assessed, candidate, candidates, monthly_rows, project, well

# 200 m circle, 10 m, porosity .2, 1 - .3 - .25 movable.
PORES = math.pi * 200.0**2 * 10.0 * 0.2 * 0.45


def row(injection: Rows | None, **more: Any) -> dict[str, Any]:
    """Return the row of T's first candidate; I lies 500 m east of T."""
    tables: dict[str, Any] = {
        "wells": [well("T"), well("I", x=1500.0)],
        "reservoirs": [RESERVOIR],
        "injection": None if injection is None else [{"date": date(2012, 1, 1)} | i for i in injection],
    } | more
    its = tables.pop("candidates", candidates(candidate("T")))
    given = {name: rows for name, rows in tables.items() if rows is not None}
    return next(r for r in assessed(project(**given), its).to_dicts() if r["well_id"] == "T")


def test_that_an_only_target_gets_all_the_water() -> None:
    found = row([{"well_id": "I", "water_sm3": 0.5 * PORES}, {"well_id": "I", "water_sm3": 0.25 * PORES}])
    assert found["injector_mpvi"] == pytest.approx(0.75)
    assert (found["injector_mpvi_status"], found["injectors_method"]) == (
        "derived",
        "inverse distance over 1 injector",
    )
    assert (found["injectors"], found["injector_mpvi_source"]) == ("I at 500 m", "S-injection;S-reservoirs;S-wells")


def test_that_producers_draw_their_share_by_inverse_distance() -> None:
    wells = [well("T"), well("I", x=1500.0), well("P", x=1500.0, y=1250.0)]  # P 250 m from I, T 500 m
    found = row([{"well_id": "I", "water_sm3": PORES}], wells=wells, production=monthly_rows("P", [5.0], water_sm3=1.0))
    assert found["injector_mpvi"] == pytest.approx((1 / 500) / (1 / 500 + 1 / 250))


def test_that_a_targets_intervals_share_by_pore_thickness() -> None:
    its = candidates(candidate("T"), candidate("T", top=2100.0, base=2130.0, event_no=2))
    assert row([{"well_id": "I", "water_sm3": PORES}], candidates=its)["injector_mpvi"] == pytest.approx(0.25)
    other = candidates(candidate("T"), candidate("T", zone="Y", top=2100.0, base=2130.0, event_no=2))
    zoned = [{"well_id": "I", "water_sm3": PORES, "zone": "Z"}]
    assert row(zoned, candidates=other)["injector_mpvi"] == pytest.approx(1.0)


@pytest.mark.parametrize("injection", [[], [{"well_id": "I", "water_sm3": 0.0}], [{"well_id": "X", "water_sm3": 9.0}]])
def test_that_no_injection_is_known_where_the_table_is_there_and_has_none(injection: Rows) -> None:
    wells = [well("T"), well("I", x=1500.0), well("X", reservoir="other")]
    found = row(injection, wells=wells)
    assert (found["injector_mpvi"], found["injector_mpvi_status"]) == (0.0, "not_applicable")
    assert found["injectors_method"] == "no injection in the reservoir"


@pytest.mark.parametrize(
    ("injection", "more", "why"),
    [
        (None, {}, "no injection table"),
        ([{"well_id": "I", "gas_sm3": 1e6}], {}, "no water injector"),
        ([{"well_id": "I", "water_sm3": 1.0}], {"reservoirs": [RESERVOIR | {"sor": None}]}, "needs sor"),
        ([{"well_id": "I", "water_sm3": 1.0}], {"reservoirs": [RESERVOIR | {"sor": 0.8}]}, "no movable oil"),
        ([{"well_id": "I", "water_sm3": 1.0}], {"wells": [well("T", x_m=None), well("I")]}, "location is in doubt"),
        ([{"well_id": "I", "water_sm3": 1.0}], {"wells": [well("T"), well("I", x_m=None)]}, "no place"),
        ([{"well_id": "I", "water_sm3": 1.0}], {"wells": [well("T", reservoir=None), well("I")]}, "not stated"),
    ],
)
def test_that_an_unknown_influence_says_why(injection: Rows | None, more: dict[str, Any], why: str) -> None:
    found = row(injection, **more)
    assert (found["injector_mpvi"], found["injector_mpvi_status"]) == (None, "missing")
    assert why in found["injector_mpvi_why"]


def test_that_water_after_the_date_of_the_ranking_has_not_come() -> None:
    assert (
        row([{"well_id": "I", "water_sm3": 9.0, "date": date(2020, 1, 2)}])["injector_mpvi_status"] == "not_applicable"
    )


# The well itself as an injector

VOLUME = {"well_id": "T", "date": date(2012, 1, 1), "water_sm3": 2.0 * PORES}


def test_that_an_injectors_own_water_has_all_passed_its_interval() -> None:
    found = row([VOLUME, VOLUME | {"date": date(2013, 5, 1)}])
    assert found["injector_mpvi"] == pytest.approx(4.0)
    assert found["injectors_method"] == (
        "inverse distance over 1 injector; months without a report counted as none: 15 of T; "
        f"the well itself injected {4 * PORES / 1e3:.1f} thousand Sm3 of water "
        "from 2012-01 to 2013-05: the Sw of an older log is not that of today"
    )
    assert (found["unswept_hcpt_m"], found["unswept_hcpt_m_status"]) == (None, "missing")
    assert found["unswept_hcpt_m_why"].startswith("the well itself injected")


def test_that_own_water_goes_where_the_well_was_opened() -> None:
    shut = candidate("T", top=2100.0, base=2130.0, event_no=2, completion_status="never_perforated")
    (opened, closed) = (
        one
        for one in assessed(
            project(wells=[well("T")], reservoirs=[RESERVOIR], injection=[VOLUME]), candidates(candidate("T"), shut)
        ).to_dicts()
    )
    assert opened["injector_mpvi"] == pytest.approx(2.0)
    assert closed["injector_mpvi"] == 0.0
    assert "itself" in opened["injectors_method"]
    assert "itself" not in closed["injectors_method"]


def test_that_injection_into_another_zone_is_not_the_interval_s_own() -> None:
    found = row([VOLUME | {"zone": "Y"}])
    assert found["injector_mpvi"] == 0.0
    assert "itself" not in found["injectors_method"]


@pytest.mark.parametrize("injection", [None, [], [{"well_id": "I", "water_sm3": 1.0}]])
def test_that_a_status_says_it_where_no_volume_does(injection: Rows | None) -> None:
    wells = [well("T", status="Water INJECTOR, then producer"), well("I", x=1500.0)]
    found = row(injection, wells=wells)
    assert "by its status, Water INJECTOR, then producer, the well itself injected: the Sw" in found["injectors_method"]
    assert found["unswept_hcpt_m"] is None
    producing = row(injection, wells=[well("T", status="producer"), well("I", x=1500.0)])
    assert "itself" not in (producing["injectors_method"] or "")


def test_that_injected_gas_is_told_too_and_is_no_water() -> None:
    found = row([{"well_id": "T", "gas_sm3": 5e6}])
    assert found["injector_mpvi"] is None
    assert "injected 5000.0 thousand Sm3 of gas from 2012-01 to 2012-01" in found["injectors_method"]


# What is not known of the water

TWO = [well("T"), well("I", x=1500.0), well("P", x=1500.0, y=1250.0)]
OF_P = monthly_rows("P", [5.0, 5.0], water_sm3=1.0)


@pytest.mark.parametrize(
    ("injection", "more", "why"),
    [
        ([{}, {"water_sm3": None, "gas_sm3": 0.0}], {}, "do not say how much water I injected"),
        ([{"zone": "Z"}, {}], {}, "or into which zone"),
        ([{}], {"wells": [*TWO[:2], well("P", x_m=None)]}, "no place that can be relied on, or no reservoir, of P"),
        ([{}], {"wells": [*TWO[:2], well("P", reservoir=None)]}, "no reservoir, of P"),
        ([{}], {"wells": [TWO[0], well("I", reservoir=None), TWO[2]]}, "I injected, and of which reservoir"),
        (
            [{}],
            {"wells": [TWO[0], well("I", x=1500.0, max_inc_deg=None), TWO[2]]},
            "no place that can be relied on of I",
        ),
    ],
)
def test_that_water_of_unknown_volume_or_way_is_missing(injection: Rows, more: dict[str, Any], why: str) -> None:
    its = [{"well_id": "I", "water_sm3": PORES, "date": date(2012, 1 + i, 1)} | one for i, one in enumerate(injection)]
    found = row(its, **{"wells": TWO, "production": OF_P} | more)
    assert (found["injector_mpvi"], found["injector_mpvi_status"]) == (None, "missing")
    assert why in found["injector_mpvi_why"]


def test_that_months_without_a_report_are_told() -> None:
    its = [{"well_id": "I", "water_sm3": PORES, "date": date(2012, month, 1)} for month in (1, 2, 6)]
    assert row(its)["injectors_method"] == (
        "inverse distance over 1 injector; months without a report counted as none: 3 of I"
    )


def test_that_wells_without_a_model_share_what_the_models_leave(monkeypatch: pytest.MonkeyPatch) -> None:
    def gains(*_: object) -> dict[str, NDArray[np.float64]]:
        return {"P": np.array([0.7])}

    monkeypatch.setattr("scoring.injectors.crm_gains", gains)
    wells = [*TWO, well("O", x=1000.0, y=1001.0)]
    found = row(
        [{"well_id": "I", "water_sm3": PORES}],
        wells=wells,
        production=[*OF_P, *monthly_rows("O", [5.0], water_sm3=1.0)],
    )
    # T and O are 500 m away both: half each of what P, which the model says has 70 %, leaves.
    assert found["injector_mpvi"] == pytest.approx(0.15, abs=1e-6)
    assert found["injectors_method"] == "inverse distance over 1 injector, of what crm leaves"
