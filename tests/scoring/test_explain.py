"""What would change a class, replayed: the closures are made in the targets, which are then scored anew."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import polars as pl
import pytest

from schemas.profiles import default_profile
from scoring.closures import CODES, closures
from scoring.explain import _class_of, _rules, _take, what_would_change
from scoring.gaps import OWNERS
from scoring.gates import judged
from scoring.scores import score
from scoring.vocabulary import CLASSES, ITEMS
from tests.scoring.targets import SCHEMA, random_targets, targets

PROFILE = default_profile()
TRUST = {one.name: 1.0 if one.table is None else "documented" for one in PROFILE.inputs if one.absent_is_zero}
BEST: dict[str, Any] = {
    "vsh": 0.1,
    "phie": 0.3,
    "rt_contrast": 9.0,
    "sw": 0.1,
    "net_pay_m": 11.0,
    "gross_m": 11.0,
    "height_above_contact_m": 31.0,
    "depletion_ratio": 0.0,
    "pressure_ratio": 1.0,
    "offset_drained_fraction": 0.0,
    "injector_mpvi": 0.3,
    "unswept_hcpt_m": 2.0,
    "integrity": "green",
    "workover_complexity": "rigless",
    "access": "road_and_permit",
    "cost_ratio": 0.1,
}
WORST: dict[str, Any] = {
    "vsh": 0.6,
    "phie": 0.05,
    "rt_contrast": 1.0,
    "sw": 0.75,
    "net_pay_m": 1.0,
    "gross_m": 2.0,
    "height_above_contact_m": 0.0,
    "depletion_ratio": 1.0,
    "pressure_ratio": 0.2,
    "offset_drained_fraction": 1.0,
    "injector_mpvi": 1.5,
    "unswept_hcpt_m": 0.1,
    "integrity": "red",
    "access": "none",
    "cost_ratio": 1.5,
}
GATE_FACTS: dict[str, dict[str, Any]] = {
    "G1.IDENTITY": {"identity_problem": None},
    "G1.DEPTH_TRACK": {"depth_problem": None, "sampled_fraction": 1.0, "max_step_m": 0.1},
    "G1.UNIT_CONFLICT": {"unit_conflict": None},
    "G1.CURVES": {
        "vsh_coverage": 1.0,
        "porosity_coverage": 1.0,
        "resistivity_coverage": 1.0,
        "top_md_m": 3000.0,
        "base_md_m": 3010.0,
    },
    "G1.PARAMS": {
        "rw_ohmm": 0.1,
        "a_factor": 1.0,
        "m_exponent": 2.0,
        "n_exponent": 2.0,
        "rw_source": "water_analysis",
        "sw_confidence": "high",
    },
    "G1.LOG_QUALITY": {"bad_hole_fraction": 0.0},
    "G2.CRS": {"crs_problem": None},
    "G2.CRS_CONFLICT": {"crs_conflict": None},
    "G2.VERTICAL_DATUM": {"vertical_datum_problem": None},
    "G2.TRANSFORM_CHAIN": {"transform_chain_problem": None},
    "G3.COMPLETION": {"completion_status": "never_perforated"},
    "G3.DEPLETION": {"cumulative_known": True, "series_months": 60, "pressure_age_years": 1.0},
    "G3.OPERABILITY": {},
    "G3.EVIDENCE": {"evidence_missing": None},
    "MANUAL.QUARANTINE": {"quarantine_reason": None},
}


def closed(
    row: dict[str, Any], scored: dict[str, Any], failing: set[str], codes: list[str], best: bool
) -> dict[str, Any]:
    """Return a target with some of its gaps closed; what is then found is all good, or all bad."""
    found = BEST if best else WORST
    row = dict(row)
    for code in codes:
        row |= GATE_FACTS.get(code, {})
        if code == "G3.OPERABILITY":
            put_right = {"integrity": ("red", "green"), "access": ("none", "road_and_permit")}
            for name, (bad, good) in put_right.items():
                row[name] = good if row[name] == bad else row[name]
            unknown = "none" if best else "permanent"
            row["abandoned"] = {"permanent": "none", None: unknown}.get(row["abandoned"], row["abandoned"])
        for one in PROFILE.inputs:
            owner = scored[f"{one.name}_gap"]
            if one.absent_is_zero:
                owner = next((gate for gate in OWNERS.get(one.name, ()) if gate in failing), one.gap_code)
            if owner != code:
                continue
            if one.absent_is_zero:
                row[one.name] = TRUST[one.name]
            elif one.items:
                row |= {item: best for item in ITEMS if row[item] is None}
            elif one.water_cut is not None:
                if row["water_cut_level"] is None:
                    row["water_cut_level"] = 0.0 if best else 0.98
                if row["water_cut_slope"] is None:
                    row["water_cut_slope"] = 0.0 if best else 0.30
            elif scored[f"{one.name}_status"] == "missing":
                row[one.name] = found[one.name]
                if one.name == "unswept_hcpt_m":
                    row["unswept_hcpt_m_status"] = "measured"
    return row


def replayed(given: pl.DataFrame, best: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return explained targets and the same scored with their closures made, both only where there are any."""
    scored = score(given, PROFILE)
    said = scored.targets.with_columns(what_would_change(scored.targets, PROFILE))
    failing: dict[Any, set[str]] = {}
    for gap in scored.gaps.filter(pl.col("input").is_null()).iter_rows(named=True):
        failing.setdefault((gap["well_id"], gap["event_no"], gap["candidate_id"]), set()).add(gap["gap_code"])
    made, kept = [], []
    for row, seen in zip(given.iter_rows(named=True), said.iter_rows(named=True), strict=True):
        codes = seen["closures"]
        if codes is not None and (best or "INPUT.WORKOVER_COMPLEXITY" not in codes):
            gates = failing.get((row["well_id"], row["event_no"], row["candidate_id"]), set())
            made.append(closed(row, seen, gates, codes, best))
            kept.append(True)
        else:
            kept.append(False)
    return said.filter(pl.Series(kept, dtype=pl.Boolean)), score(pl.DataFrame(made, schema=SCHEMA), PROFILE).targets


@pytest.mark.parametrize("gaps", [0.05, 0.25, 0.6])
def test_that_the_closures_lift_the_class_when_they_are_made(gaps: float) -> None:
    said, after = replayed(random_targets(700, seed=21, gaps=gaps), best=True)
    assert said.height > 300
    assert (after["classification"] < said["classification"]).all()
    assert after["classification"].to_list() == said["best_class"].to_list()


@pytest.mark.parametrize("gaps", [0.05, 0.25, 0.6])
def test_that_the_worst_class_is_that_of_closures_that_find_nothing_good(gaps: float) -> None:
    said, after = replayed(random_targets(700, seed=22, gaps=gaps), best=False)
    assert after["classification"].to_list() == said["worst_class"].to_list()


@pytest.mark.parametrize("gaps", [0.05, 0.25])
def test_that_no_smaller_set_would_lift_it(gaps: float) -> None:
    scored = score(random_targets(120, seed=23, gaps=gaps), PROFILE).targets
    said = what_would_change(scored, PROFILE)
    facts = closures(judged(scored, PROFILE), PROFILE)
    now = scored["classification"].to_physical().to_numpy()
    for at, chosen in enumerate(said["closures"]):
        if now[at] == 0:
            continue
        most = 3 if chosen is None else min(len(chosen) - 1, 3)
        able = np.flatnonzero(facts.open[:, at])
        smaller = [subset for size in range(most + 1) for subset in combinations(able, size)]
        tried = np.zeros((len(CODES), len(smaller)), np.bool_)
        for column, subset in enumerate(smaller):
            tried[list(subset), column] = True
        alone = _take(facts, np.full(len(smaller), at))
        best = _class_of(alone, _rules(PROFILE), tried, at_best=True)
        assert (best >= now[at]).all(), (chosen, [CODES[i] for i in smaller[int(best.argmin())]])


def test_that_a_target_of_class_a_needs_nothing() -> None:
    said = what_would_change(score(targets({}), PROFILE).targets, PROFILE)
    assert said.row(0) == (None, None, None, None)


@pytest.mark.parametrize(
    ("row", "closures_", "best"),
    [
        ({"depth_problem": "depths fall"}, ["G1.DEPTH_TRACK"], "A"),
        ({"quarantine_reason": "disputed"}, ["MANUAL.QUARANTINE"], "A"),
        ({"depth_problem": "x", "unit_conflict": "y"}, ["G1.DEPTH_TRACK", "G1.UNIT_CONFLICT"], "A"),
        ({"integrity": "red"}, ["G3.OPERABILITY"], "A"),
        ({"cumulative_known": None}, ["G3.DEPLETION"], "A"),
        ({"crs_problem": "no CRS"}, ["G2.CRS"], "A"),
        ({"evidence_completeness": 0.8}, ["G3.EVIDENCE"], "A"),
        ({"event_no": 0, "top_md_m": None, "vsh": None, "phie": None, "sw": None}, ["G1.CURVES"], "A"),
        # One witness of depletion is there; offset drainage is the other, and waits for the location.
        ({"crs_problem": "no CRS", "series_months": 0}, ["G2.CRS"], "A"),
        ({"offset_drained_fraction": None, "series_months": 0}, ["INPUT.OFFSET_DRAINED_FRACTION"], "A"),
    ],
)
def test_that_the_set_is_what_an_engineer_would_name(row: dict[str, Any], closures_: list[str], best: str) -> None:
    said = what_would_change(score(targets(row), PROFILE).targets, PROFILE).row(0, named=True)
    assert (said["closures"], said["best_class"]) == (closures_, best)
    assert said["would_change"].startswith(f"Closing {', '.join(closures_)} would lift it from ")


def test_that_a_target_weak_in_what_is_known_has_no_such_set() -> None:
    weak = {"pressure_ratio": 0.2, "depletion_ratio": 1.0, "offset_drained_fraction": 1.0, "unswept_hcpt_m": 0.0}
    said = what_would_change(score(targets(weak), PROFILE).targets, PROFILE).row(0, named=True)
    assert said["closures"] is None
    assert said["would_change"] == "Closing gaps cannot lift it from D: it is weak in what is known."


def test_that_slices_of_targets_are_explained_like_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    scored = score(random_targets(500, seed=24), PROFILE).targets
    whole = what_would_change(scored, PROFILE)
    monkeypatch.setattr("scoring.explain.TARGETS_AT_ONCE", 37)
    assert what_would_change(scored, PROFILE).equals(whole)
    assert set(whole["best_class"].drop_nulls()) <= set(CLASSES)
