"""The unswept pore volume: known answers by hand, what it needs, and what it must never be."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.unswept import unswept
from scoring.unswept_volume import with_unswept_volume

SCHEMA = {"unswept_hcpt_m": pl.Float64, "unswept_hcpt_m_why": pl.String, "spacing_m": pl.Float64}


def volume(**said: Any) -> dict[str, Any]:
    return with_unswept_volume(pl.DataFrame([said], schema=SCHEMA)).to_dicts()[0]


def test_that_it_is_the_thickness_over_the_drainage_circle() -> None:
    # 500 m apart, 250 m of radius: 62 500 pi = 196 349.54 m2; 0.8 m of oil on it.
    found = volume(unswept_hcpt_m=0.8, spacing_m=500.0)
    assert found["unswept_volume_m3"] == pytest.approx(157_079.632679, rel=1e-9)
    assert found["unswept_volume_m3_why"] is None


def test_that_what_offsets_have_drained_is_taken_off_once() -> None:
    # 12 m net, 0.25 porosity, Sw 0.2: 2.4 m of oil at first. A quarter of a circle of 200 m is drained:
    # 40 000 pi m2 x 2.4 m x 0.75 = 226 194.671 m3.
    row = {"row": 0, "well_id": "A", "own_injection": None, "top_md_m": 100.0, "base_md_m": 112.0}
    row |= {"net_pay_m": 12.0, "phie": 0.25, "sw": 0.2, "offset_drained_fraction": 0.25, "spacing_m": 400.0}
    types = {"row": pl.UInt32, "well_id": pl.String, "own_injection": pl.String}
    targets = unswept(pl.DataFrame([row], schema_overrides=types), None, date(2020, 1, 1))
    (found,) = with_unswept_volume(targets).to_dicts()
    assert found["unswept_volume_m3"] == pytest.approx(226_194.671058, rel=1e-9)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"spacing_m": 500.0, "unswept_hcpt_m_why": "no saturation log"}, "no saturation log"),
        ({"spacing_m": 500.0}, "the unswept thickness is not known"),
        ({"unswept_hcpt_m": 0.8}, "spacing_m of the reservoir is not stated"),
        ({"unswept_hcpt_m_why": "no saturation log"}, "no saturation log"),
    ],
)
def test_that_what_is_missing_is_said(said: dict[str, Any], why: str) -> None:
    found = volume(**said)
    assert (found["unswept_volume_m3"], found["unswept_volume_m3_why"]) == (None, why)


@given(
    st.none() | st.floats(0, 300, allow_subnormal=False),
    st.none() | st.floats(1, 20_000),
    st.none() | st.floats(0, 300, allow_subnormal=False),
)
def test_that_it_is_never_negative_and_null_only_without_an_input(
    thickness: float | None, spacing: float | None, other: float | None
) -> None:
    found = volume(unswept_hcpt_m=thickness, spacing_m=spacing)["unswept_volume_m3"]
    assert (found is None) == (thickness is None or spacing is None)
    assert found is None or (found >= 0.0 and math.isfinite(found))
    more = volume(unswept_hcpt_m=other, spacing_m=spacing)["unswept_volume_m3"]
    if found is not None and more is not None and thickness is not None and other is not None:
        assert (found <= more) == (thickness <= other) or found == pytest.approx(more)


def test_that_a_thickness_stated_below_nothing_leaves_nothing() -> None:
    assert volume(unswept_hcpt_m=-1.0, spacing_m=500.0)["unswept_volume_m3"] == 0.0
