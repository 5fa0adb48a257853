"""Offset drainage through the whole assessment: radii and shares by hand, and what leaves them unknown."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.circles import covered_fraction
from scoring.drainage import drained_radius
from tests.scoring.project_of import RESERVOIR, assessed, candidate, candidates, monthly_rows, project, well

PERFORATED = {"top_md_m": 2000.0, "base_md_m": 2010.0, "status": "perforated_producing"}
# Two circles of 200 m, 200 m apart: the Np that drains 200 m from 1.4 m of pore thickness.
NP = math.pi * 200.0**2 * 1.4 * 0.4 / 1.2


def field(
    *wells: tuple[str, float, float | None], reservoir: dict[str, Any] | None = None, **more: Any
) -> list[dict[str, Any]]:
    """Return the assessed rows of T and of other wells (name, metres east of T, oil or None for no rows)."""
    rows = [well("T"), *(well(name, x=1000.0 + east) for name, east, _ in wells)]
    changed = {row["well_id"]: row for row in more.pop("wells", [])}
    given_ = [candidate("T"), *(candidate(name) for name, _, _ in wells)]
    produced = [row for name, _, oil in wells if oil is not None for row in monthly_rows(name, [oil])]
    tables: dict[str, Any] = {
        "wells": [changed.get(row["well_id"], row) for row in rows],
        "reservoirs": [RESERVOIR | (reservoir or {})],
        "production": produced,
        "completions": [{"well_id": name} | PERFORATED for name, _, oil in wells if oil is not None],
    } | more
    its = tables.pop("candidates", candidates(*given_))
    return assessed(project(**{k: v for k, v in tables.items() if v is not None}), its).to_dicts()


def target(*wells: tuple[str, float, float | None], **more: Any) -> dict[str, Any]:
    (row,) = (row for row in field(*wells, **more) if row["well_id"] == "T")
    return row


def test_that_the_radius_is_that_of_the_drained_pore_volume() -> None:
    frame = pl.DataFrame({"np_sm3": [NP], "bo": [1.2], "hcpt_m": [1.4], "recovery_factor": [0.4]})
    assert frame.select(drained_radius()).item() == pytest.approx(200.0)


def test_that_equal_circles_one_radius_apart_cover_391_thousandths() -> None:
    row = target(("O", 200.0, NP))
    assert row["offset_drained_fraction"] == pytest.approx(0.39100, abs=5e-6)
    assert row["offset_drained_fraction_status"] == "derived"
    assert row["offset_drained_fraction_source"] == "S-completions;S-production;S-reservoirs;S-wells"
    assert (row["offsets"], row["target_radius_m"]) == ("O at 200 m drained 200 m", 200.0)


def test_that_what_two_offsets_both_drained_counts_once() -> None:
    assert target(("O", 200.0, NP), ("P", 200.0, NP))["offset_drained_fraction"] == pytest.approx(0.39100, abs=5e-6)
    both = target(("O", 200.0, NP), ("P", -200.0, NP))["offset_drained_fraction"]
    assert both == pytest.approx(0.78200, abs=1e-5)


@pytest.mark.parametrize("other", [("O", 5000.0, NP), ("O", 200.0, 0.0)])
def test_that_nothing_within_reach_is_a_known_nothing_where_it_is_stated(other: tuple[Any, ...]) -> None:
    row = target(other)
    assert (row["offset_drained_fraction"], row["offsets"]) == (0.0, "none within reach")


def test_that_another_zone_drains_nothing_of_this_one() -> None:
    its = candidates(candidate("T"), candidate("O", zone="Y"))
    assert target(("O", 200.0, NP), candidates=its)["offset_drained_fraction"] == 0.0


def test_that_an_offset_without_a_log_drains_the_usual_thickness_of_the_only_zone() -> None:
    its = candidates(candidate("T"), candidate("P"))
    row = target(("O", 200.0, NP), ("P", 5000.0, NP), candidates=its)
    assert row["offset_drained_fraction"] == pytest.approx(0.39100, abs=5e-6)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"production": None}, "no production table"),
        ({"reservoir": {"bo": None, "spacing_m": None}}, "reservoirs does not state bo, spacing_m"),
        ({"completions": []}, "what O (200 m away) produced from this zone is not known"),
        ({"wells": [well("T", transform_chain=None, x_m=None)]}, "location is in doubt"),
        ({"wells": [well("T", max_inc_deg=40.0)]}, "deviated and has no survey"),
        ({"wells": [well("T", reservoir=None)]}, "reservoir is not stated"),
        ({"candidates": candidates(candidate("O"))}, "no interval"),
        ({"production": monthly_rows("O", [0.0], gas_sm3=1e6)}, "gas reservoir"),
    ],
)
def test_that_an_unknown_share_says_why(more: dict[str, Any], why: str) -> None:
    row = target(("O", 200.0, NP), **more)
    assert (row["offset_drained_fraction"], row["offset_drained_fraction_status"]) == (None, "missing")
    assert why in row["offset_drained_fraction_why"]


def test_that_an_offset_whose_production_is_unknown_leaves_its_neighbours_unknown_and_no_others() -> None:
    near = target(("U", 300.0, None))
    assert "what U (300 m away)" in near["offset_drained_fraction_why"]
    assert near["offsets"] == "U at 300 m drained unknown"
    # It may have drained as far as the next well stands.
    assert target(("U", 599.0, None))["offset_drained_fraction"] is None
    assert target(("U", 600.0, None))["offset_drained_fraction"] == 0.0
    # An injector drains nothing.
    injects = [{"well_id": "U", "date": date(2012, 1, 1), "water_sm3": 1e4}]
    assert target(("U", 300.0, None), injection=injects)["offset_drained_fraction"] == 0.0
    # Completions that leave the zone out state that it gave nothing.
    left_out = [{"well_id": "U", "top_md_m": 1500.0, "base_md_m": 1510.0, "status": "perforated_producing"}]
    assert target(("U", 300.0, None), completions=left_out)["offset_drained_fraction"] == 0.0


def test_that_a_producer_without_a_place_leaves_the_share_unknown() -> None:
    row = target(("O", 200.0, NP), ("L", 100.0, NP), wells=[well("L", x_m=None)])
    assert row["offset_drained_fraction"] is None
    assert row["offset_drained_fraction_why"] == "where L produced from this zone is not known"
    assert row["offsets"] == "O at 200 m drained 200 m; 1 of unknown place"
    # One that gave nothing may be anywhere.
    idle = target(("O", 200.0, NP), ("L", 100.0, 0.0), wells=[well("L", x_m=None)])
    assert idle["offset_drained_fraction"] == pytest.approx(0.39100, abs=5e-6)


def test_that_a_well_without_a_survey_lies_no_farther_from_its_head_than_it_is_deep() -> None:
    def share(east: float, **more: Any) -> Any:
        wells = [well("L", x=1000.0 + east, max_inc_deg=40.0)]
        return target(("L", east, NP), wells=wells, **more)["offset_drained_fraction"]

    # 2010 m deep, both circles 200 m; of unknown production it may have drained 400 m.
    assert (share(2409.0), share(2411.0)) == (None, 0.0)
    assert (share(2609.0, production=[]), share(2611.0, production=[])) == (None, 0.0)
    deeper = [{"well_id": "L"} | PERFORATED, {"well_id": "L"} | PERFORATED | {"top_md_m": 2500.0, "base_md_m": 2600.0}]
    more = {"completions": deeper, "production": []}
    assert (share(3199.0, **more), share(3201.0, **more)) == (None, 0.0)
    unsaid = [deeper[0], deeper[1] | {"base_md_m": None}]
    assert share(9000.0, completions=unsaid) is None


def test_that_a_well_of_unstated_course_may_lie_elsewhere_than_below_its_head() -> None:
    wells = [well("L", x=2000.0, max_inc_deg=None)]
    assert target(("L", 1000.0, NP), wells=wells)["offset_drained_fraction"] is None
    its_own = target(("O", 200.0, NP), wells=[well("T", max_inc_deg=None)])
    assert "where the interval lies is not known" in its_own["offset_drained_fraction_why"]


def test_that_a_producer_of_unstated_reservoir_may_be_of_this_one() -> None:
    row = target(("O", 200.0, NP), wells=[well("O", x=1200.0, reservoir=None)])
    assert row["offset_drained_fraction_why"] == "what O (200 m away) produced from this zone is not known"


def test_that_no_well_has_drained_farther_than_the_spacing() -> None:
    # 400 m of radius, and at 420 m: the audit's pair. Known it counts, unknown it may.
    assert target(("O", 420.0, 4.0 * NP))["offset_drained_fraction"] == pytest.approx(0.386, abs=1e-3)
    assert target(("O", 420.0, None))["offset_drained_fraction"] is None
    assert target(("O", 601.0, 9.0 * NP))["offset_drained_fraction"] == 0.0
    assert target(("O", 420.0, 9.0 * NP))["offsets"] == "O at 420 m drained 400 m"


def test_that_oil_of_which_a_month_is_left_out_is_not_known() -> None:
    rows = monthly_rows("O", [0.5 * NP, None], water_sm3=1.0)
    assert "what O (200 m away) produced" in target(("O", 200.0, NP), production=rows)["offset_drained_fraction_why"]
    (own,) = (row for row in field(("O", 200.0, NP), production=rows) if row["well_id"] == "O")
    assert (own["np_sm3"], own["np_why"]) == (None, "rows of the well's production that do not say its oil: 1")
    # A month of no hours has given nothing.
    rows[1]["hours_on"] = 0.0
    assert target(("O", 200.0, NP), production=rows)["offset_drained_fraction"] is not None


def test_that_wells_of_a_platform_drain_where_they_lie_and_not_where_they_stand() -> None:
    east = [{"md_m": 0.0, "inc_deg": 90.0, "azi_deg": 90.0}, {"md_m": 4000.0, "inc_deg": 90.0, "azi_deg": 90.0}]
    surveys = [{"well_id": "O", "azimuth_reference": "grid"} | s for s in east]
    assert target(("O", 0.0, NP))["offset_drained_fraction"] == pytest.approx(1.0, abs=1e-12)
    assert target(("O", 0.0, NP), surveys=surveys)["offset_drained_fraction"] == 0.0


@settings(max_examples=15)  # each a whole assessment, twice
@given(st.lists(st.tuples(st.floats(-600, 600), st.floats(0, 3 * NP)), min_size=1, max_size=4), st.floats(0, NP))
def test_that_more_production_never_lowers_the_drained_share(wells: list[tuple[float, float]], more: float) -> None:
    def share(extra: float) -> float:
        named = [(f"O{i}", x, oil + extra) for i, (x, oil) in enumerate(wells)]
        return float(target(*named)["offset_drained_fraction"])

    before, after = share(0.0), share(more)
    assert 0.0 <= before <= after + 1e-9
    assert after <= 1.0


def test_that_the_share_is_that_of_the_circles() -> None:
    row = target(("O", 150.0, 0.5 * NP), ("P", -250.0, 1.5 * NP))
    xs, ys = pl.Series([150.0, -250.0]).to_numpy(), pl.Series([0.0, 0.0]).to_numpy()
    radii = pl.Series([200.0 * math.sqrt(0.5), 200.0 * math.sqrt(1.5)]).to_numpy()
    assert row["offset_drained_fraction"] == pytest.approx(covered_fraction(0.0, 0.0, 200.0, xs, ys, radii), abs=1e-9)
