"""Remaining hydrocarbon pore thickness: from a saturation log, else from what offsets have drained."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.unswept import unswept
from tests.scoring.project_of import AS_OF, table

SCHEMA = {"row": pl.UInt32, "well_id": pl.String, "own_injection": pl.String} | dict.fromkeys(
    ("top_md_m", "base_md_m", "net_pay_m", "phie", "sw", "offset_drained_fraction"), pl.Float64
)
LOG = {"well_id": "A", "date": date(2018, 1, 1), "top_md_m": 90.0, "base_md_m": 120.0, "sw": 0.6}


def left(logs: list[dict[str, Any]] | None, **target: Any) -> dict[str, Any]:
    row = {"row": 0, "well_id": "A", "top_md_m": 100.0, "base_md_m": 110.0, "net_pay_m": 10.0, "phie": 0.2, "sw": 0.3}
    frame = pl.DataFrame([row | {"offset_drained_fraction": 0.5} | target], schema=SCHEMA)
    its = None if logs is None else table("saturation_logs", [LOG | log for log in logs])
    return unswept(frame, its, AS_OF).to_dicts()[0]


def test_that_a_saturation_log_says_what_is_left() -> None:
    found = left([{}])
    assert found["unswept_hcpt_m"] == pytest.approx(10.0 * 0.2 * 0.4)
    assert (found["unswept_hcpt_m_status"], found["unswept_hcpt_m_source"]) == ("measured", "S-saturation_logs")
    assert found["saturation_age_years"] == pytest.approx(730 / 365.25)


def test_that_the_latest_run_counts_by_length_of_overlap() -> None:
    old = {"date": date(2015, 1, 1), "sw": 0.1}
    parts = [{"base_md_m": 104.0, "sw": 0.5}, {"top_md_m": 104.0, "sw": 0.75}]  # 4 m and 6 m
    assert left([old, *parts])["sw_now"] == pytest.approx(0.65)
    assert left([*parts[::-1], old, {"date": date(2021, 1, 1), "sw": 0.9}])["sw_now"] == pytest.approx(0.65)


def test_that_of_a_well_that_injected_only_a_saturation_log_says_what_is_left() -> None:
    said = "the well itself injected"
    unknown, logged = left(None, own_injection=said), left([{}], own_injection=said)
    assert (unknown["unswept_hcpt_m"], unknown["sw_now"], unknown["unswept_hcpt_m_status"]) == (None, None, "missing")
    assert unknown["unswept_hcpt_m_why"] == f"{said}, and no saturation log says what is left"
    assert logged["unswept_hcpt_m"] == left([{}])["unswept_hcpt_m"]


@pytest.mark.parametrize("logs", [None, [], [{"well_id": "B"}], [{"base_md_m": 100.0}], [{"date": date(2021, 1, 1)}]])
def test_that_offset_drainage_says_it_where_no_log_does(logs: list[dict[str, Any]] | None) -> None:
    found = left(logs)
    # Sw now 1 - .7 * .5 = .65; 10 * .2 * .35.
    assert (found["sw_now"], found["unswept_hcpt_m"]) == (pytest.approx(0.65), pytest.approx(0.7))
    assert (found["unswept_hcpt_m_status"], found["saturation_age_years"]) == ("derived", None)


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ({"net_pay_m": None}, "no net pay"),
        ({"sw": None}, "neither a saturation log nor an Sw"),
        ({"offset_drained_fraction": None}, "offset drainage is not known"),
    ],
)
def test_that_what_is_not_known_says_why(target: dict[str, Any], why: str) -> None:
    found = left(None, **target)
    assert (found["unswept_hcpt_m"], found["unswept_hcpt_m_status"]) == (None, "missing")
    assert why in found["unswept_hcpt_m_why"]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_that_more_drainage_never_leaves_more(sw: float, less: float, more: float) -> None:
    low, high = sorted([less, more])
    before = left(None, sw=sw, offset_drained_fraction=low)["unswept_hcpt_m"]
    after = left(None, sw=sw, offset_drained_fraction=high)["unswept_hcpt_m"]
    assert 0.0 <= after <= before + 1e-12


def test_that_a_run_that_does_not_say_its_saturation_is_not_replaced_by_an_estimate() -> None:
    found = left([{"date": date(2015, 1, 1)}, {"sw": None}])
    assert (found["unswept_hcpt_m"], found["saturation_age_years"]) == (None, None)
    assert found["unswept_hcpt_m_why"] == "the latest saturation log does not say its Sw all along the interval"
