"""What a run has stored of its inputs gives, scored again by its own profile, the run again."""

from __future__ import annotations

import copy
from typing import Any

import polars as pl
import pytest

from connectors.ops.ids import ids_of
from connectors.ops.profiles import StoredProfile
from connectors.ops.rescoring import made_by, scored_targets
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from schemas.profiles import canonical_profile, default_profile
from scoring.profile import Profile
from scoring.rank import rank
from scoring.scores import score
from tests.connectors.ops.frames import candidate, discovery, ranking, snapshot
from tests.scoring.targets import random_targets

# A table holds no more net than gross.
FITTING = pl.col("net_pay_m") + 1
PLACED = ("target_rank", "well_id", "event_no", "total_score", "total_potential", "classification", "class_rule")


def ranked(targets: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    return rank(score(targets, profile).targets)


def stored_again(database: Postgres, profile: StoredProfile, given: pl.DataFrame) -> pl.DataFrame:
    """Return targets as a run that ranked them has stored them."""
    given = given.with_columns(pl.Series("candidate_id", ids_of(("candidate",), given["candidate_id"])))
    scored = score(given, default_profile())
    run = ranking(profile.scoring_profile_id, rank(scored.targets), scored.gaps)
    written = write_ranking(database, snapshot(), discovery([candidate("W-1", 1, 2134.0)]), run)
    with database.connect() as connection:
        return scored_targets(connection, written.run_id, default_profile())


def changed(**parts: Any) -> Profile:
    raw: dict[str, Any] = copy.deepcopy(dict(canonical_profile().raw))
    for path, value in parts.items():
        place, names = raw, path.split("__")
        for name in names[:-1]:
            place = place[name]
        place[names[-1]] = value
    return Profile.from_json(raw)


@pytest.mark.parametrize("seed", [3, 4])
def test_that_a_run_scored_again_by_its_own_profile_is_the_run(
    database: Postgres, profile: StoredProfile, seed: int
) -> None:
    given = random_targets(500, seed=seed).with_columns(gross_m=FITTING)
    again = ranked(stored_again(database, profile, given), default_profile())
    assert again.select(PLACED).rows() == ranked(given, default_profile()).select(PLACED).rows()


def test_that_a_run_scored_by_another_profile_is_what_that_profile_makes_of_the_inputs(
    database: Postgres, profile: StoredProfile
) -> None:
    given = random_targets(500, seed=5).with_columns(gross_m=FITTING)
    other = changed(
        weights={"static": 0.2, "dynamic": 0.4, "operability": 0.2, "confidence": 0.2},
        components__dynamic__pressure_ratio__curve=[[0.1, 0], [0.5, 0.9], [0.9, 1]],
        components__operability__completion_readiness__weight=0.25,
        components__operability__cost_ratio__weight=0.10,
        class_rules__A__total=0.6,
    )
    stored = stored_again(database, profile, given)
    assert ranked(stored, other).select(PLACED).rows() == ranked(given, other).select(PLACED).rows()
    assert ranked(stored, other)["total_score"].to_list() != ranked(stored, default_profile())["total_score"].to_list()


def test_that_the_sections_by_which_inputs_are_made_are_named() -> None:
    raw = copy.deepcopy(dict(canonical_profile().raw))
    assert made_by(raw, raw) == ()
    other = copy.deepcopy(raw)
    other["weights"]["static"] = 0.9
    assert made_by(raw, other) == ()
    other["assessment"]["water_cut_trend_months"] = 24
    other["archie_defaults"]["a"] = 0.81
    assert made_by(raw, other) == ("archie_defaults", "assessment")
