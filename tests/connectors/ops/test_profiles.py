"""A version of a profile is checked before it is stored and never changes; one is active, and it is said why."""

from __future__ import annotations

import copy
from typing import Any
from uuid import UUID

import pytest

from connectors.ops import profiles
from connectors.ops.errors import ProfileMissing
from connectors.ops.profiles import Difference, StoredProfile, activate, differences, ensure_canonical, propose
from connectors.postgres.config import Postgres
from schemas.profiles import canonical_profile
from scoring.profile_checks import ProfileFaults

KEY = "earthbond_reopen_v1"


def edited(**weights: float) -> dict[str, Any]:
    raw: dict[str, Any] = copy.deepcopy(dict(canonical_profile().raw))
    raw["weights"] = raw["weights"] | weights
    return raw


HEAVY = {"static": 0.40, "dynamic": 0.25}


def test_that_the_canonical_profile_is_stored_and_active_once(database: Postgres, profile: StoredProfile) -> None:
    assert ensure_canonical(database, canonical_profile()) == profile
    assert (profile.is_active, profile.project_id, profile.sha256) == (True, None, canonical_profile().sha256)
    assert profile.raw == canonical_profile().raw
    assert profiles.profiles(database, None) == [profile]
    assert [one.action for one in profiles.history(database, None, KEY)] == ["proposed", "activated"]


def test_that_a_profile_that_does_not_hold_is_not_stored(database: Postgres) -> None:
    with pytest.raises(ProfileFaults, match=r"\$\.weights"):
        propose(database, edited(static=0.5), "kern", "a.b", "More rock.")
    assert profiles.profiles(database, "kern") == []


def test_that_a_proposal_waits_until_it_is_activated(database: Postgres, profile: StoredProfile) -> None:
    first = propose(database, edited(**HEAVY), "kern", "a.b", "More rock.")
    assert (first.is_active, first.parent_id, first.author, first.change_reason) == (False, None, "a.b", "More rock.")
    assert profiles.active_profile(database, "kern", KEY) == profile
    assert activate(database, first.scoring_profile_id, "c.d", "Agreed on Monday.").is_active
    assert profiles.active_profile(database, "kern", KEY).scoring_profile_id == first.scoring_profile_id
    assert profiles.active_profile(database, "another", KEY) == profile
    second = propose(database, edited(), "kern", "a.b", "Back.")
    assert second.parent_id == first.scoring_profile_id
    activate(database, second.scoring_profile_id, "c.d", "It was too much.")
    done = [(one.action, one.scoring_profile_id, one.actor) for one in profiles.history(database, "kern", KEY)]
    ids = first.scoring_profile_id, second.scoring_profile_id
    assert done == [
        ("proposed", ids[0], "a.b"),
        ("activated", ids[0], "c.d"),
        ("proposed", ids[1], "a.b"),
        ("deactivated", ids[0], "c.d"),
        ("activated", ids[1], "c.d"),
    ]
    assert [one.is_active for one in profiles.profiles(database, "kern", KEY)] == [True, False, True]


def test_that_the_same_content_is_the_same_version(database: Postgres) -> None:
    first = propose(database, edited(), "kern", "a.b", "One.")
    assert propose(database, edited(), "kern", "c.d", "Two.") == first
    assert propose(database, edited(), "another", "c.d", "Three.").scoring_profile_id != first.scoring_profile_id
    assert len(profiles.history(database, "kern", KEY)) == 1


def test_that_what_is_active_is_not_activated_again(database: Postgres, profile: StoredProfile) -> None:
    assert activate(database, profile.scoring_profile_id, "c.d", "Again.") == profile
    assert len(profiles.history(database, None, KEY)) == 2


def test_that_an_absent_profile_ends_in_a_sentence(database: Postgres) -> None:
    said = "See what there is: welltegra profile list"
    with pytest.raises(ProfileMissing, match=said):
        activate(database, UUID(int=1), "c.d", "Why not.")
    with pytest.raises(ProfileMissing, match=said):
        profiles.profile(database, UUID(int=1))
    with pytest.raises(ProfileMissing, match=said):
        profiles.active_profile(database, "kern", "nosuch")


def test_that_differences_name_their_paths() -> None:
    before, after = edited(), edited(**HEAVY)
    after["components"]["static"]["vsh"]["curve"] = [[0.1, 1], [0.6, 0]]
    del after["display_name"]
    assert list(differences(before, before)) == []
    assert list(differences(before, after)) == [
        Difference("$.display_name", before["display_name"], None),
        Difference("$.weights.static", 0.35, 0.40),
        Difference("$.weights.dynamic", 0.30, 0.25),
        Difference(
            "$.components.static.vsh.curve",
            before["components"]["static"]["vsh"]["curve"],
            [[0.1, 1], [0.6, 0]],
        ),
    ]
