"""Shares of what is there of what should be."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from schemas.profiles import default_profile
from scoring.profile import Profile
from tests.scoring.project_of import AS_OF, assessed, candidate, candidates, monthly_rows, profile_with, project, well

OPEN = {"well_id": "A", "top_md_m": 2000.0, "base_md_m": 2010.0, "status": "squeezed", "date": date(2011, 1, 1)}
ELSEWHERE = OPEN | {"top_md_m": 2100.0, "base_md_m": 2110.0, "status": None}


def row(as_of: date = AS_OF, profile: Profile | None = None, **tables: Any) -> dict[str, Any]:
    wells = tables.pop("wells", [well("A")])
    its = project(as_of=as_of, wells=wells, **tables)
    return assessed(its, candidates(candidate("A")), profile=profile).to_dicts()[0]


@pytest.mark.parametrize(
    ("tables", "share"),
    [
        ({}, 0.0),
        ({"completions": []}, 0.0),
        ({"completions": [OPEN]}, 4 / 6),
        ({"completions": [OPEN | {"date": None}]}, 3 / 6),
        ({"completions": [OPEN], "operability": [{"well_id": "A", "tubing_access": False, "cement_bond": True}]}, 1.0),
        ({"operability": [{"well_id": "A", "cement_bond": True}]}, 1 / 6),
        # Two that overlap, and one that does not and so does not count.
        ({"completions": [OPEN, OPEN | {"date": None}, ELSEWHERE]}, 3.5 / 6),
        # None overlaps: those of the well.
        ({"completions": [ELSEWHERE]}, 3 / 6),
    ],
)
def test_that_completion_completeness_counts_six_fields(tables: dict[str, Any], share: float) -> None:
    found = row(**tables)
    assert (found["completion_completeness"], found["completion_completeness_status"]) == (
        pytest.approx(share),
        "measured",
    )


def test_that_months_are_expected_until_the_reservoir_ends_reporting() -> None:
    production = monthly_rows("A", [1.0] * 12) + monthly_rows("B", [1.0] * 24)
    found = row(wells=[well("A"), well("B")], production=production)
    assert (found["months_present"], found["months_expected"], found["production_completeness"]) == (12, 24, 0.5)
    gone = row(
        wells=[well("A"), well("B")], production=production, operability=[{"well_id": "A", "abandoned": "permanent"}]
    )
    assert gone["production_completeness"] == 1.0


def test_that_a_month_of_injection_is_a_month() -> None:
    injection = [{"well_id": "A", "date": date(2010, 3, 1), "water_sm3": 5.0}]
    found = row(production=monthly_rows("A", [1.0, 1.0]), injection=injection)
    assert (found["months_present"], found["months_expected"]) == (3, 3)


def test_that_a_missing_month_shows() -> None:
    rows = monthly_rows("A", [1.0] * 10)
    assert row(production=rows[:4] + rows[5:])["production_completeness"] == 0.9
    assert row(as_of=date(2010, 4, 30), production=rows)["months_expected"] == 4


def test_that_a_well_that_never_reports_has_nothing() -> None:
    assert row()["production_completeness"] == 0.0
    assert row(production=monthly_rows("B", [1.0]))["production_completeness"] == 0.0


def test_that_a_register_of_evidence_is_what_counts() -> None:
    register = [{"well_id": "A", "kind": kind} for kind in default_profile().assessment.required_evidence]
    assert (row(evidence=register)["evidence_completeness"], row(evidence=register)["evidence_missing"]) == (1.0, None)
    less = row(evidence=[{"well_id": "A", "kind": " Log "}, {"well_id": "A", "kind": "photograph"}], completions=[OPEN])
    assert less["evidence_completeness"] == pytest.approx(0.2)
    assert less["evidence_missing"] == "location, survey, completion, production"
    assert row(evidence=[])["evidence_completeness"] == 0.0


def test_that_without_a_register_the_files_read_are_the_evidence() -> None:
    survey = [{"well_id": "A", "md_m": 0.0, "inc_deg": 0.0}]
    found = row(completions=[OPEN], surveys=survey)
    assert (found["evidence_completeness"], found["evidence_missing"]) == (pytest.approx(0.8), "production")


def test_that_the_profile_says_what_is_required() -> None:
    fields = profile_with(required_completion_fields=["status", "single_casing"])
    assert row(completions=[OPEN], profile=fields)["completion_completeness"] == 0.5
    known = [{"well_id": "A", "single_casing": False}]
    assert row(completions=[OPEN], operability=known, profile=fields)["completion_completeness"] == 1.0
    assert (
        row(completions=[OPEN], profile=profile_with(required_completion_fields=["cement_bond"]))[
            "completion_completeness"
        ]
        == 0.0
    )
    core = profile_with(required_evidence=["core", "completion"])
    # No file is of kind core: only a register can have it.
    assert row(completions=[OPEN], profile=core)["evidence_missing"] == "core"
    register = [{"well_id": "A", "kind": "Core"}]
    assert row(evidence=register, profile=core)["evidence_missing"] == "completion"
