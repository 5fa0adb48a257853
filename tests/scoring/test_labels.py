"""Labels say what is known; the weak end needs a potential below its threshold."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.profiles import default_profile
from scoring.scores import score
from scoring.vocabulary import LABELS
from tests.scoring.targets import targets

PROFILE = default_profile()
OF_DYNAMIC = ("depletion_ratio", "water_cut_level", "pressure_ratio", "offset_drained_fraction", "unswept_hcpt_m")
NOTHING_KNOWN = dict.fromkeys((*OF_DYNAMIC, "injector_mpvi", "water_cut_slope"))
SPENT = {"depletion_ratio": 1.0, "pressure_ratio": 0.2, "offset_drained_fraction": 1.0, "unswept_hcpt_m": 0.0}
NO_STATIC = dict.fromkeys(("vsh", "phie", "rt_contrast", "sw", "net_pay_m", "gross_m", "height_above_contact_m"))
BAD_ROCK = {"vsh": 0.6, "phie": 0.05, "sw": 0.75, "net_pay_m": 12.0}
UNREADY = dict.fromkeys(("integrity", "workover_complexity", "access", "cost_ratio", "tubing_access", "cement_bond"))
HARD = {"integrity": "orange", "workover_complexity": "re_entry", "access": "restricted", "cost_ratio": 1.4}


@pytest.mark.parametrize(
    "row, label, word",
    [
        ({}, "historic_payload_class", "strong_bypassed_pay"),
        ({"sw": None}, "historic_payload_class", "strong_bypassed_pay"),
        ({"sw": None, "phie": None}, "historic_payload_class", "moderate_bypassed_pay"),
        (BAD_ROCK, "historic_payload_class", "weak_bypassed_pay"),
        (NO_STATIC, "historic_payload_class", "unknown"),
        ({}, "remaining_payload_class", "high_remaining_potential"),
        ({"water_cut_level": 0.98, "pressure_ratio": 0.2}, "remaining_payload_class", "moderate_remaining_potential"),
        ({**SPENT, "pressure_ratio": 1.0}, "remaining_payload_class", "moderate_remaining_potential"),
        ({**SPENT, "injector_mpvi": 0.0, "pressure_ratio": 0.5}, "remaining_payload_class", "depleted"),
        (SPENT, "remaining_payload_class", "depleted"),
        (NOTHING_KNOWN, "remaining_payload_class", "unknown"),
        ({}, "depletion_risk", "low"),
        ({"pressure_ratio": None}, "depletion_risk", "moderate"),
        ({"pressure_ratio": None, "depletion_ratio": None}, "depletion_risk", "unknown"),
        ({"pressure_ratio": None, "offset_drained_fraction": 1.0}, "depletion_risk", "high"),
        (SPENT, "depletion_risk", "severe"),
        ({}, "operability_status", "ready"),
        ({"integrity": None, "access": None}, "operability_status", "workover_feasible"),
        (HARD, "operability_status", "difficult"),
        (UNREADY, "operability_status", "unknown"),
        ({"access": "none"}, "operability_status", "blocked"),
        ({}, "data_confidence", "high"),
        ({"log_quality": None, "evidence_completeness": None}, "data_confidence", "medium"),
        ({"log_quality": 0.0, "evidence_completeness": 0.0, "crs_confidence": None}, "data_confidence", "low"),
    ],
)
def test_that_a_label_says_what_is_known(row: dict[str, Any], label: str, word: str) -> None:
    assert score(targets(row), PROFILE).targets[label].to_list() == [word]


def test_that_the_values_of_the_source_are_labels() -> None:
    source = {"strong_bypassed_pay", "high_remaining_potential", "moderate", "workover_feasible", "high"}
    assert [len(source & set(words)) > 0 for words in LABELS.values()] == [True] * 5
