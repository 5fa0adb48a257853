"""Every gate: a row that fails it and one, as near as can be, that passes."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from schemas.profiles import default_profile
from scoring.scores import score
from scoring.vocabulary import GATES
from tests.scoring.targets import targets

PROFILE = default_profile()
BLOCK, HOLD, SPATIAL, WARNING = (
    *("decision_grade_block", "review_hold", "spatial_only_quarantine"),
    "non_blocking_warning",
)
NO_LOG = {"event_no": 0, "top_md_m": None, "base_md_m": None, "candidate_id": None, "sampled_fraction": None}
NO_LOG |= {"max_step_m": None, "vsh_coverage": None, "bad_hole_fraction": None, "rw_ohmm": None}
NO_STATIC = {"sw": None, "phie": None}
NO_DYNAMIC = dict.fromkeys(("pressure_ratio", "offset_drained_fraction", "unswept_hcpt_m", "injector_mpvi"))

CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("G1.IDENTITY", {"identity_problem": "two wells are W-1"}, {}, "critical", BLOCK),
    ("G1.DEPTH_TRACK", {"depth_problem": "depths fall"}, {}, "critical", BLOCK),
    ("G1.DEPTH_TRACK", {"sampled_fraction": 0.949}, {"sampled_fraction": 0.95}, "critical", BLOCK),
    ("G1.DEPTH_TRACK", {"max_step_m": 0.61}, {"max_step_m": 0.6}, "critical", BLOCK),
    ("G1.DEPTH_TRACK", {"max_step_m": None}, NO_LOG, "critical", BLOCK),
    ("G1.UNIT_CONFLICT", {"unit_conflict": "feet and metres"}, {}, "critical", BLOCK),
    ("G1.UNIT_ALIAS", {"unit_alias": "OHMM"}, {}, "info", WARNING),
    ("G1.CURVES", {"resistivity_coverage": 0.79}, {"resistivity_coverage": 0.8}, "major", BLOCK),
    ("G1.CURVES", {"vsh_coverage": None}, {"vsh_coverage": None, "interpretation_id": "I-1"}, "major", BLOCK),
    ("G1.CURVES", {"vsh_coverage": 0.5, "interpretation_id": "I-1", "sw": None}, {"sw": None}, "major", BLOCK),
    ("G1.CURVES", NO_LOG, {}, "major", BLOCK),
    ("G1.PARAMS", {"rw_ohmm": 0.0}, {"rw_ohmm": 0.001}, "major", BLOCK),
    ("G1.PARAMS", {"rw_source": None}, NO_LOG, "major", BLOCK),
    ("G1.PARAMS", {"m_exponent": None}, {}, "major", BLOCK),
    ("G1.PARAMS", {"rw_source": "project_default"}, {"rw_source": "offset_analog"}, "major", HOLD),
    ("G1.PARAMS", {"sw_confidence": "low"}, {"sw_confidence": "medium"}, "major", HOLD),
    ("G1.PARAMS", {"sw_confidence": None}, {"sw_confidence": "high"}, "major", HOLD),
    ("G1.LOG_QUALITY", {"bad_hole_fraction": 0.31}, {"bad_hole_fraction": 0.30}, "minor", HOLD),
    ("G1.LOG_QUALITY", {"bad_hole_fraction": None}, NO_LOG, "minor", HOLD),
    ("G2.CRS", {"crs_problem": "no CRS is stated"}, {}, "major", SPATIAL),
    ("G2.CRS", {"crs_confidence": "none"}, {"crs_confidence": "inferred"}, "major", SPATIAL),
    ("G2.CRS", {"crs_confidence": None}, {}, "major", SPATIAL),
    ("G2.CRS_CONFLICT", {"crs_conflict": "two locations 96 m apart"}, {}, "critical", BLOCK),
    ("G2.VERTICAL_DATUM", {"vertical_datum_problem": "no KB elevation"}, {}, "major", SPATIAL),
    ("G2.VERTICAL_DATUM", {"depth_reference": "no_survey"}, {"depth_reference": "kb_inferred"}, "major", SPATIAL),
    ("G2.TRANSFORM_CHAIN", {"transform_chain_problem": "not recorded"}, {}, "minor", SPATIAL),
    ("G2.AZIMUTH_REFERENCE", {"azimuth_problem": "not stated"}, {}, "minor", WARNING),
    ("G3.COMPLETION", {"completion_status": None}, {}, "major", BLOCK),
    ("G3.COMPLETION", {"completion_completeness": 0.39}, {}, "major", BLOCK),
    ("G3.COMPLETION", {"completion_completeness": 0.40}, {"completion_completeness": 0.60}, "minor", HOLD),
    ("G3.DEPLETION", {"cumulative_known": False}, {}, "major", BLOCK),
    ("G3.DEPLETION", {"series_months": 11, "pressure_age_years": 5.0}, {"series_months": 11}, "major", BLOCK),
    (
        "G3.DEPLETION",
        {"series_months": 11, "pressure_age_years": None},
        {"series_months": 0, "never_produced": True, "pressure_age_years": None},
        *("major", BLOCK),
    ),
    (
        "G3.DEPLETION",
        {"offset_drained_fraction": None, "pressure_age_years": None, "saturation_age_years": 5.0},
        {"offset_drained_fraction": None, "pressure_age_years": None, "saturation_age_years": 4.9},
        *("major", BLOCK),
    ),
    # While the location is not resolved there is no offset drainage to witness depletion.
    ("G3.DEPLETION", {"crs_problem": "x", "pressure_age_years": None}, {"pressure_age_years": None}, "major", BLOCK),
    ("G3.OPERABILITY", {"integrity": "red"}, {"integrity": "orange"}, "major", BLOCK),
    ("G3.OPERABILITY", {"integrity": "purple"}, {}, "major", BLOCK),
    ("G3.OPERABILITY", {"access": None}, {"access": "restricted"}, "major", BLOCK),
    ("G3.OPERABILITY", {"access": "none"}, {}, "major", BLOCK),
    ("G3.OPERABILITY", {"abandoned": None}, {"abandoned": "temporary"}, "major", BLOCK),
    ("G3.OPERABILITY", {"abandoned": "permanent"}, {}, "major", BLOCK),
    ("G3.EVIDENCE", {"evidence_completeness": 0.79}, {}, "major", BLOCK),
    ("G3.EVIDENCE", {"evidence_completeness": 0.8}, {"evidence_completeness": 1.0}, "minor", HOLD),
    ("COVERAGE.STATIC", NO_STATIC, {"sw": None}, "major", BLOCK),
    ("COVERAGE.DYNAMIC", NO_DYNAMIC, {**NO_DYNAMIC, "injector_mpvi": 0.1}, "major", BLOCK),
    (
        "COVERAGE.OPERABILITY",
        {"integrity": None, "workover_complexity": None, "access": None},
        {"integrity": None, "workover_complexity": None},
        *("major", BLOCK),
    ),
]


@pytest.mark.parametrize("code, fails, holds, severity, action", CASES)
def test_that_a_gate_fails_and_holds(
    code: str, fails: dict[str, Any], holds: dict[str, Any], severity: str, action: str
) -> None:
    gaps = score(targets(fails, holds), PROFILE).gaps.filter(pl.col("gap_code") == code)
    assert gaps.select("well_id", "severity", "promotion_action").rows() == [("W-1", severity, action)]


def test_that_every_gate_has_a_case() -> None:
    assert {case[0] for case in CASES} == set(GATES)


@pytest.mark.parametrize("code, fails", [case[:2] for case in CASES])
def test_that_a_gap_says_where_what_must_hold_what_was_found_and_what_to_do(code: str, fails: dict[str, Any]) -> None:
    gap = score(targets(fails), PROFILE).gaps.filter(pl.col("gap_code") == code).row(0, named=True)
    assert gap["detail"].startswith("W-1 Hugin" if code != "G1.CURVES" or "top_md_m" not in fails else "W-1")
    must, _, found = gap["detail"].partition("; was ")
    assert " must " in must
    assert found.rstrip().endswith(".")
    sentence = next((said for said in fails.values() if isinstance(said, str) and " " in said), "")
    assert sentence in gap["detail"] or code == "G3.DEPLETION"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("was on two rows. Give each an id.", "was was on two rows. Give each an id. Correct the ids"),
        ("96 m apart. Which is right?", "was 96 m apart. Which is right? Correct the ids"),
        ("two wells are W-1", "was two wells are W-1. Correct the ids"),
    ],
)
def test_that_a_sentence_within_another_has_one_stop(problem: str, said: str) -> None:
    gaps = score(targets({"identity_problem": problem}), PROFILE).gaps
    (detail,) = gaps.filter(pl.col("gap_code") == "G1.IDENTITY")["detail"]
    assert said in detail


def test_that_no_gap_has_two_stops_where_reasons_are_sentences() -> None:
    reasons = dict.fromkeys(("depth_problem", "crs_problem", "vertical_datum_problem"), "It is so. See to it.")
    details = score(targets(reasons), PROFILE).gaps["detail"]
    assert details.str.contains("See to it", literal=True).sum() == 3
    assert not details.str.contains(r"\.\)?\.").any()


@pytest.mark.parametrize(
    ("code", "fact", "words"),
    [
        ("G1.DEPTH_TRACK", {"max_step_m": 0.60004}, "longest step 0.60004 m"),
        ("G1.DEPTH_TRACK", {"sampled_fraction": 0.9499}, "was 94.99 % sampled"),
        ("G1.LOG_QUALITY", {"bad_hole_fraction": 0.30004}, "was 30.004 %"),
        ("G1.LOG_QUALITY", {"bad_hole_fraction": 0.31}, "was 31.0 %"),
        ("G1.CURVES", {"vsh_coverage": 0.79996}, "was 79.996 %, 100.0 %"),
        ("G3.EVIDENCE", {"evidence_completeness": 0.99999}, "was 99.999 %"),
    ],
)
def test_that_what_was_found_reads_apart_from_what_must_hold(code: str, fact: dict[str, Any], words: str) -> None:
    gaps = score(targets(fact), PROFILE).gaps
    (detail,) = gaps.filter(pl.col("gap_code") == code)["detail"]
    assert words in detail


def test_that_a_well_without_a_log_lacks_its_log_and_not_what_a_log_would_tell() -> None:
    nothing = dict.fromkeys(("vsh", "phie", "rt_contrast", "sw", "net_pay_m", "gross_m", "height_above_contact_m"))
    scored = score(targets({**NO_LOG, **nothing}), PROFILE)
    assert scored.targets["class_rule"].to_list() == ["R3"]
    assert scored.gaps.filter(pl.col("promotion_action") != WARNING)["gap_code"].to_list() == [
        "G1.CURVES",
        "COVERAGE.STATIC",
    ]


@pytest.mark.parametrize(
    "row, missing, code",
    [
        ({"crs_problem": "x"}, ["injector_mpvi", "offset_drained_fraction"], "G2.CRS"),
        ({"crs_conflict": "x"}, ["injector_mpvi", "offset_drained_fraction"], "G2.CRS_CONFLICT"),
        (
            {"crs_problem": "x", "unswept_hcpt_m_status": "derived"},
            ["injector_mpvi", "offset_drained_fraction", "unswept_hcpt_m"],
            "G2.CRS",
        ),
        ({"vertical_datum_problem": "x"}, ["height_above_contact_m"], "G2.VERTICAL_DATUM"),
    ],
)
def test_that_what_needs_a_place_is_missing_while_there_is_none(
    row: dict[str, Any], missing: list[str], code: str
) -> None:
    target = score(targets(row), PROFILE).targets.row(0, named=True)
    inputs = [one.name for one in PROFILE.inputs]
    assert sorted(name for name in inputs if target[f"{name}_status"] == "missing") == missing
    assert {target[f"{name}_gap"] for name in missing} == {code}
    assert all("is not resolved" in target[f"{name}_why"] for name in missing)
    assert [target[name] for name in missing] == [None] * len(missing)


def test_that_what_a_person_stated_stands_without_a_place() -> None:
    row = {"crs_problem": "x", "offset_drained_fraction": 0.25}
    frame = targets(row).with_columns(pl.lit("stated").alias("offset_drained_fraction_status"))
    target = score(frame, PROFILE).targets.row(0, named=True)
    assert (target["offset_drained_fraction_status"], target["offset_drained_fraction_utility"]) == ("stated", 0.8)


def test_that_a_missing_input_is_a_gap_with_its_reason() -> None:
    frame = targets({"pressure_ratio": None}).with_columns(pl.lit("no static pressure").alias("pressure_ratio_why"))
    (gap,) = score(frame, PROFILE).gaps.to_dicts()
    assert (gap["gap_code"], gap["input"], gap["promotion_action"]) == (
        "INPUT.PRESSURE_RATIO",
        "pressure_ratio",
        WARNING,
    )
    assert "was unknown (no static pressure). Measure a static pressure" in gap["detail"]
