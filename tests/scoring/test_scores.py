"""Whole scores against the plain scorer of oracle.py, and what must hold of every score."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.profiles import default_profile
from scoring.facts import TargetsFault
from scoring.rank import rank
from scoring.scores import score
from scoring.vocabulary import COMPONENTS, ITEMS, LABELS
from tests.scoring import oracle
from tests.scoring.targets import random_targets, targets

PROFILE = default_profile()
SEEDS = st.integers(0, 2**32 - 1)
INPUT_COLUMNS = [
    *(one.name for one in PROFILE.inputs if one.water_cut is None and not one.items),
    *("water_cut_level", "water_cut_slope", *ITEMS),
]


@pytest.mark.parametrize("gaps", [0.0, 0.1, 0.3, 0.7, 1.0])
def test_that_scores_are_those_of_the_plain_scorer(gaps: float) -> None:
    given_rows = random_targets(400, seed=7, gaps=gaps)
    scored = score(given_rows, PROFILE).targets
    for row, got in zip(given_rows.iter_rows(named=True), scored.iter_rows(named=True), strict=True):
        seen = oracle.masked(row)
        wanted = oracle.scores(seen)
        failed = oracle.gates(seen, wanted)
        assert {name: got[name] for name in wanted} == pytest.approx(wanted, abs=2e-6)
        assert got["class_rule"] == oracle.rule(seen, wanted, failed)
        assert {name: got[name] for name in LABELS} == oracle.labels(seen, wanted)


def test_that_gaps_are_those_of_the_plain_scorer() -> None:
    given_rows = random_targets(600, seed=8)
    found: dict[str, dict[str, tuple[str, str]]] = {key: {} for key in given_rows["candidate_id"]}
    for gap in score(given_rows, PROFILE).gaps.filter(pl.col("input").is_null()).iter_rows(named=True):
        found[gap["candidate_id"]][gap["gap_code"]] = (gap["severity"], gap["promotion_action"])
    for row in given_rows.iter_rows(named=True):
        seen = oracle.masked(row)
        assert found[row["candidate_id"]] == oracle.gates(seen, oracle.scores(seen))


def test_that_the_worked_example_of_the_source_is_0_774() -> None:
    from scoring.blend import total

    parts = pl.DataFrame(
        {"static_score": 0.82, "dynamic_score": 0.73, "operability_score": 0.68, "confidence_score": 0.88}
    )
    assert parts.select(total(PROFILE, "score")).item() == 0.774


def test_that_a_perfect_target_is_worth_1_and_is_class_a() -> None:
    best = score(targets({}), PROFILE).targets.row(0, named=True)
    assert [best[f"{name}_score"] for name in (*COMPONENTS, "total")] == [1.0] * 5
    assert (best["classification"], best["class_rule"], best["blocking_reason"]) == ("A", "R4", None)
    assert best["recommended_action"] == "Prioritize cased-hole review and recompletion planning."


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS)
def test_that_complete_data_give_the_formula_of_the_source(seed: int) -> None:
    complete = random_targets(50, seed, gaps=0.0).drop("water_cut_status", "injector_mpvi_status")
    complete = complete.with_columns(
        pl.lit(None, pl.String).alias("crs_problem"),
        pl.lit(None, pl.String).alias("crs_conflict"),
        pl.lit(None, pl.String).alias("vertical_datum_problem"),
        pl.lit("documented").alias("depth_reference"),
        pl.lit("documented").alias("crs_confidence"),
        *(pl.col(name).fill_null(0.2) for name in ("vsh", "phie", "sw", "net_pay_m", "gross_m")),
        *(pl.col(name).fill_null(0.2) for name in ("water_cut_level", "injector_mpvi")),
    )
    for row in score(complete, PROFILE).targets.iter_rows(named=True):
        s, d, o, c = (row[f"{name}_score"] for name in COMPONENTS)
        assert row["total_score"] == np.round(0.35 * s + 0.30 * d + 0.20 * o + 0.15 * c, 6)
        assert [row[f"{name}_potential"] for name in COMPONENTS] == [s, d, o, c]
        assert [row[f"{name}_coverage"] for name in COMPONENTS] == [1.0] * 4


@settings(max_examples=20, deadline=None)
@given(seed=SEEDS, gaps=st.floats(0, 1))
def test_that_scores_lie_between_0_and_their_potential_and_that_below_1(seed: int, gaps: float) -> None:
    scored = score(random_targets(200, seed, gaps), PROFILE).targets
    for name in (*COMPONENTS, "total"):
        low, high = pl.col(f"{name}_score"), pl.col(f"{name}_potential")
        assert scored.filter(~((low >= 0) & (low <= high) & (high <= 1))).is_empty()


@settings(max_examples=30, deadline=None)
@given(
    seed=SEEDS,
    gaps=st.sampled_from([0.0, 0.05, 0.25]),
    deleted=st.lists(st.sampled_from(INPUT_COLUMNS), min_size=1, max_size=4, unique=True),
)
def test_that_deleting_inputs_never_raises_a_score_nor_lifts_into_a_or_b(
    seed: int, gaps: float, deleted: list[str]
) -> None:
    given_rows = random_targets(300, seed, gaps)
    before = score(given_rows, PROFILE).targets
    after = score(
        given_rows.with_columns(pl.lit(None, given_rows.schema[name]).alias(name) for name in deleted), PROFILE
    )
    for name in (*COMPONENTS, "total"):
        assert (after.targets[f"{name}_score"] <= before[f"{name}_score"]).all()
    lifted = (after.targets["classification"] < before["classification"]) & after.targets["classification"].is_in(
        ["A", "B"]
    )
    assert not lifted.any()


FACTS = ["sampled_fraction", "max_step_m", "bad_hole_fraction", "vsh_coverage", "rw_ohmm", "rw_source", "sw_confidence"]
FACTS += ["completion_status", "cumulative_known", "series_months", "pressure_age_years", "abandoned", "top_md_m"]


@pytest.mark.parametrize("deleted", FACTS)
def test_that_deleting_a_fact_of_a_gate_never_lifts_into_a_or_b(deleted: str) -> None:
    given_rows = random_targets(3000, seed=11, gaps=0.05)
    before = score(given_rows, PROFILE).targets["classification"]
    nothing = pl.lit(None, given_rows.schema[deleted]).alias(deleted)
    after = score(given_rows.with_columns(nothing), PROFILE).targets["classification"]
    assert not ((after < before) & after.is_in(["A", "B"])).any()


def test_that_contributions_add_up_to_their_component() -> None:
    scored = score(random_targets(500, seed=3), PROFILE).targets
    for component in PROFILE.components:
        parts = pl.sum_horizontal(f"{one.name}_contribution" for one in component.inputs)
        off = scored.select((parts - pl.col(f"{component.name}_score")).abs().max()).item()
        assert off <= 0.5e-6 + 1e-12


def test_that_ranks_follow_class_total_potential_and_key_without_holes() -> None:
    scored = score(random_targets(2000, seed=5), PROFILE).targets
    ranked = rank(scored)
    assert ranked["target_rank"].to_list() == list(range(1, 2001))
    rows = list(
        ranked.select("classification", "total_score", "total_potential", "net_pay_m", *KEY).iter_rows(named=True)
    )
    assert all(oracle.rank_key(one) < oracle.rank_key(other) for one, other in pairwise(rows))


KEY = ("well_id", "event_no", "candidate_id")


def test_that_equal_scores_rank_by_net_thickness_then_by_the_bytes_of_their_ids() -> None:
    same: list[dict[str, Any]] = [
        {"well_id": "b", "candidate_id": "x"},
        {"well_id": "B", "candidate_id": None},
        {"well_id": "B", "candidate_id": "z"},
        {"well_id": "é", "net_pay_m": 20.0},
        {"well_id": "b", "candidate_id": "x", "event_no": 0},
    ]
    ranked = rank(score(targets(*same), PROFILE).targets)
    assert ranked.select(KEY).rows() == [("é", 1, "c-1"), ("B", 1, "z"), ("B", 1, None), ("b", 0, "x"), ("b", 1, "x")]


def test_that_two_targets_of_one_key_are_refused() -> None:
    with pytest.raises(TargetsFault, match="well 'W-1' event 1 candidate 'c-1' stands twice"):
        rank(score(targets({"well_id": "W-1"}, {"well_id": "W-1"}), PROFILE).targets)


def test_that_targets_in_which_nobody_looked_for_problems_are_refused() -> None:
    with pytest.raises(TargetsFault, match="crs_problem absent"):
        score(targets({}).drop("crs_problem"), PROFILE)


def test_that_an_absent_column_is_a_column_of_nulls() -> None:
    given_rows = random_targets(200, seed=4)
    nulls = given_rows.with_columns(pl.lit(None, pl.Float64).alias("pressure_ratio"))
    absent = given_rows.drop("pressure_ratio")
    common = score(absent, PROFILE).targets.columns
    assert score(absent, PROFILE).targets.select(common).equals(score(nulls, PROFILE).targets.select(common))


def test_that_a_number_that_is_not_finite_is_not_known() -> None:
    odd = score(targets({"pressure_ratio": float("nan")}, {"pressure_ratio": float("inf")}), PROFILE).targets
    assert odd["pressure_ratio_status"].to_list() == ["missing", "missing"]
    assert odd["dynamic_score"].to_list() == [0.8, 0.8]


def test_that_no_targets_give_no_targets() -> None:
    scored = score(targets({}).clear(), PROFILE)
    assert rank(scored.targets).height == scored.gaps.height == 0


def test_that_random_wells_with_typical_gaps_reach_a_seldom_and_b_about_a_quarter_of_the_time() -> None:
    classes = score(random_targets(20_000, seed=1, gaps=0.1), PROFILE).targets["classification"]
    shares = dict(classes.cast(pl.String).value_counts(normalize=True).rows())
    assert 0.002 <= shares["A"] <= 0.10
    assert 0.10 <= shares["B"] <= 0.40
    assert shares["C"] == max(shares.values())
