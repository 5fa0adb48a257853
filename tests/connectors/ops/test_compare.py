"""Who moves between two rankings of the same targets, and what of an input it was."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import polars as pl

from connectors.ops.compare import compare_scored, moved_inputs
from connectors.ops.ids import ids_of
from schemas.profiles import canonical_profile
from scoring.profile import Profile
from scoring.rank import rank
from scoring.scores import score
from tests.scoring.targets import random_targets, targets

RAW = dict(canonical_profile().raw)
BEFORE = Profile.from_json(RAW)


def heavier(**weights: float) -> Profile:
    """Return the profile with other weights of static inputs."""
    raw: dict[str, Any] = copy.deepcopy(RAW)
    for name, weight in weights.items():
        raw["components"]["static"][name]["weight"] = weight
    return Profile.from_json(raw)


def ranked(given: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    keys = ids_of(("target",), given["candidate_id"])
    named = given.with_columns(
        pl.Series("target_key", keys), pl.Series("reopening_target_id", keys), well_name=pl.lit(None, pl.String)
    )
    return rank(score(named, profile).targets)


def said(value: float, utility: float, weight: float) -> dict[str, Any]:
    return {"value": value, "status": "measured", "utility": utility, "contribution": weight * utility}


def test_that_an_input_whose_weight_alone_changed_says_both_weights_and_that_its_curve_is_the_same() -> None:
    after = heavier(sw=0.20, phie=0.25)
    moved = moved_inputs({"sw": said(0.328, 0.8, 0.25)}, {"sw": said(0.328, 0.8, 0.20)}, BEFORE, after)
    (one,) = moved
    assert (one.input, one.before, one.after, one.curve_changed) == ("sw", 0.328, 0.328, False)
    assert (one.weight_before, one.weight_after) == (0.25, 0.20)
    assert one.moved == round(0.35 * 0.8 * (0.20 - 0.25), 6)


def test_that_an_input_on_another_curve_says_so() -> None:
    raw: dict[str, Any] = copy.deepcopy(RAW)
    raw["components"]["static"]["sw"]["curve"] = [[0.2, 1], [0.4, 0.5], [0.75, 0]]
    was, now = {"sw": said(0.3, 1.0, 0.25)}, {"sw": said(0.3, 0.75, 0.25)}
    (one,) = moved_inputs(was, now, BEFORE, Profile.from_json(raw))
    assert (one.curve_changed, one.utility_before, one.utility_after) == (True, 1.0, 0.75)


def test_that_an_input_that_gives_its_weight_away_says_the_weight_that_it_has_then() -> None:
    was = {"water_cut": said(0.5, 0.7, 0.20), "offset_drained_fraction": said(0.0, 1.0, 0.20)}
    now = {
        "water_cut": {"value": None, "status": "not_applicable", "utility": None, "contribution": 0.0},
        "offset_drained_fraction": said(0.0, 1.0, 0.40),
    }
    weights = {one.input: (one.weight_before, one.weight_after) for one in moved_inputs(was, now, BEFORE, BEFORE)}
    assert weights == {"offset_drained_fraction": (0.2, 0.4), "water_cut": (0.2, 0.0)}


def test_that_who_would_move_is_who_has_another_rank_or_class() -> None:
    given = random_targets(300, seed=11)
    by = BEFORE, heavier(vsh=0.35, sw=0.05)
    before, after = (ranked(given, profile) for profile in by)
    count, moves = compare_scored(before, after, by, most=1000)
    places = [dict(zip(one["target_key"], one["target_rank"], strict=True)) for one in (before, after)]
    letters = [dict(zip(one["target_key"], map(str, one["classification"]), strict=True)) for one in (before, after)]
    differ = {key for key in places[0] if places[0][key] != places[1][key] or letters[0][key] != letters[1][key]}
    assert count == len(differ) > 50
    assert {str(move.target_key) for move in moves} == differ
    for move in moves:
        key = str(move.target_key)
        assert (move.rank_before, move.rank_after) == (places[0][key], places[1][key])
        assert move.target_id_after == UUID(key)
        assert {one.input for one in move.moved_by} <= {"vsh", "sw"}
        total = sum(one.moved for one in move.moved_by)
        assert abs(total - ((move.total_after or 0) - (move.total_before or 0))) < 5e-6
    changed = [move.classification_before != move.classification_after for move in moves]
    assert changed == sorted(changed, reverse=True)
    assert len(compare_scored(before, after, by, most=7)[1]) == 7


def test_that_nobody_moves_between_a_profile_and_itself() -> None:
    one = ranked(targets({"candidate_id": "c-1"}, {"candidate_id": "c-2", "sw": 0.5}), BEFORE)
    assert compare_scored(one, one, (BEFORE, BEFORE)) == (0, ())
