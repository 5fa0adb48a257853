"""Where wells are, how deep their depths can be trusted, and what contradicts it."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from scoring.locations import PROBLEM_FACTS, location_facts, one_row_a_well
from tests.scoring.project_of import Rows, project, table, well


def facts(
    *wells: dict[str, Any],
    surveys: Rows | None = None,
    outline: str | None = None,
    problems: Rows = (),
    agree_within_m: float = 50.0,
) -> dict[str, Any]:
    rows = table("wells", wells)
    its = None if surveys is None else table("surveys", [{"well_id": "A"} | s for s in surveys])
    reservoirs = table("reservoirs", [{"reservoir": "R", "outline": outline}])
    said = project(wells=[], problems=problems).problems
    found = location_facts(rows, one_row_a_well(rows), reservoirs, its, said, agree_within_m)
    assert found.height == 1
    return found.to_dicts()[0]


STRAIGHT = [{"md_m": 0.0, "inc_deg": 0.0, "azi_deg": 0.0}, {"md_m": 1000.0, "inc_deg": 2.0, "azi_deg": 0.0}]
DEVIATED = [{"md_m": 0.0, "inc_deg": 0.0, "azi_deg": 0.0}, {"md_m": 1000.0, "inc_deg": 60.0, "azi_deg": 90.0}]


def test_that_a_documented_well_has_no_problem() -> None:
    found = facts(well("A"))
    assert [found[kind] for kind in PROBLEM_FACTS] == [None] * len(PROBLEM_FACTS)
    assert (found["crs_confidence"], found["depth_reference"]) == ("documented", "documented")


@pytest.mark.parametrize(("apart", "conflict"), [(50.0, False), (50.1, True)])
def test_that_sources_of_a_location_must_agree_within_50_m(apart: float, conflict: bool) -> None:
    found = facts(well("A", location_source="gps"), well("A", x=1000.0 + apart, location_source="map"))
    assert found["location_spread_m"] == pytest.approx(apart)
    assert (found["crs_conflict"] is not None) == conflict
    assert found["crs_confidence"] == ("conflict" if conflict else "documented")
    assert found["identity_problem"] is None


def test_that_one_id_at_two_places_is_two_wells() -> None:
    found = facts(well("A"), well("A", y=1400.0))
    assert found["identity_problem"] == "Two wells share this id: its rows in wells lie 400 m apart. Tell them apart."
    assert found["crs_conflict"] is None


def test_that_the_profile_says_how_far_sources_may_lie_apart() -> None:
    # The reader of a project leaves one row a well, with how far the others were off.
    read = [well("A", sources_m=30.0), well("A", identity_m=30.0)]
    assert [facts(one)["location_spread_m"] for one in read] == [30.0, 30.0]
    strict = [facts(one, agree_within_m=25.0) for one in read]
    assert strict[0]["crs_conflict"] == "Its location sources lie 30 m apart; 25 m are allowed."
    assert strict[0]["crs_confidence"] == "conflict"
    assert strict[1]["identity_problem"].startswith("Two wells share this id: its rows in wells lie 30 m apart.")
    assert [facts(one)["crs_conflict"] for one in read] == [None, None]


SQUARE = "POLYGON ((0 0, 2000 0, 2000 2000, 0 2000, 0 0))"


def test_that_a_well_outside_its_reservoir_is_a_conflict() -> None:
    assert facts(well("A"), outline=SQUARE)["crs_conflict"] is None
    assert "outside the outline" in facts(well("A", x=2500.0), outline=SQUARE)["crs_conflict"]
    assert facts(well("A", x=2500.0), outline="POLYGON ((nonsense")["crs_conflict"] is None


def test_that_a_platform_outside_drills_to_a_target_inside() -> None:
    west = [{"md_m": 0.0, "inc_deg": 90.0, "azi_deg": 270.0}, {"md_m": 1000.0, "inc_deg": 90.0, "azi_deg": 270.0}]
    assert facts(well("A", x=2500.0, max_inc_deg=90.0), surveys=west, outline=SQUARE)["crs_conflict"] is None


@pytest.mark.parametrize(
    ("change", "kind", "said"),
    [
        ({"x_m": None}, "crs_problem", "no location"),
        ({"kb_elevation_m": None}, "vertical_datum_problem", "kelly bushing"),
        ({"vertical_datum": None}, "vertical_datum_problem", "vertical datum"),
        ({"max_inc_deg": 30.0}, "vertical_datum_problem", "deviated (to 30.0 deg) and has no survey"),
        ({"transform_chain": None}, "transform_chain_problem", "not recorded"),
    ],
)
def test_that_what_is_missing_is_said(change: dict[str, Any], kind: str, said: str) -> None:
    assert said in facts(well("A") | change)[kind]


def test_that_an_azimuth_needs_a_reference_only_where_the_well_is_inclined() -> None:
    assert facts(well("A"), surveys=STRAIGHT)["azimuth_problem"] is None
    assert "north" in facts(well("A"), surveys=DEVIATED)["azimuth_problem"]
    assert facts(well("A"), surveys=[s | {"azimuth_reference": "grid"} for s in DEVIATED])["azimuth_problem"] is None


@pytest.mark.parametrize(
    ("change", "surveys", "reference"),
    [
        ({}, STRAIGHT, "documented"),
        ({"max_inc_deg": None}, STRAIGHT, "documented"),
        ({"max_inc_deg": None}, None, "no_survey"),
        ({"max_inc_deg": 30.0}, None, "no_survey"),
        ({"max_inc_deg": 30.0}, DEVIATED, "documented"),
        ({"kb_elevation_m": None}, None, "datum_unknown"),
        ({"vertical_datum": None}, None, "datum_unknown"),
        ({"vertical_datum": "MSL (inferred)"}, None, "kb_inferred"),
    ],
)
def test_that_a_depth_stands_on_kb_datum_and_survey(
    change: dict[str, Any], surveys: Rows | None, reference: str
) -> None:
    assert facts(well("A") | change, surveys=surveys)["depth_reference"] == reference


def test_that_what_the_reader_said_stands() -> None:
    said: Rows = [
        {"well_id": "A", "kind": "unit_conflict", "detail": "Header says m."},
        {"well_id": "A", "kind": "unit_conflict", "detail": "Curve says ft."},
        {"well_id": None, "kind": "crs_problem", "detail": "No CRS at all."},
        {"well_id": "B", "kind": "depth_problem", "detail": "Not ours."},
        {"well_id": "A", "kind": "row_fault", "detail": "No gate."},
    ]
    found = facts(well("A", x_m=None), problems=said)
    assert found["unit_conflict"] == "Curve says ft. Header says m."
    assert found["crs_problem"] == "No CRS at all."
    assert found["depth_problem"] is None


def test_that_the_best_documented_location_is_taken_whatever_the_order() -> None:
    rows = [
        well("A", x=1.0, crs_confidence="inferred", field=None),
        well("A", x=2.0, crs_confidence="documented"),
        well("A", x_m=None, crs_confidence="documented", name=None),
    ]
    for order in (rows, rows[::-1]):
        one = one_row_a_well(table("wells", order))
        assert one.select("x_m", "field", "name").rows() == [(2.0, "F", "A")]
        assert isinstance(one, pl.DataFrame)
