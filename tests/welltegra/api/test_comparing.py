"""Two versions of a profile side by side, over the API."""

from __future__ import annotations

import copy
from typing import Any
from uuid import uuid4

import pytest

from connectors.ops import profiles as stored
from schemas.profiles import canonical_profile
from tests.welltegra.api.conftest import As, Site
from welltegra.api.comparing import ProfileComparisonBody


@pytest.fixture(scope="module")
def versions(site: Site) -> tuple[str, str]:
    """Return the ids of the version that ranked our project, and of one of its own that weighs static less."""
    raw: dict[str, Any] = copy.deepcopy(dict(canonical_profile().raw))
    raw["weights"] = {"static": 0.10, "dynamic": 0.55, "operability": 0.20, "confidence": 0.15}
    own = stored.propose(site.postgres, raw, site.ours, "ann", "Depletion decides.")
    before = stored.active_profile(site.postgres, site.ours, raw["profile_key"])
    return str(before.scoring_profile_id), str(own.scoring_profile_id)


def compared(site: Site, as_: As, before: str, after: str, who: str = "viewer", project: str | None = None) -> Any:
    place = f"/projects/{project or site.ours}/scoring-profiles/compare"
    return as_(who).get(place, params={"before": before, "after": after})


def test_that_two_versions_say_what_differs_and_who_would_move(site: Site, as_: As, versions: tuple[str, str]) -> None:
    answer = compared(site, as_, *versions)
    assert answer.status_code == 200, answer.text
    body = ProfileComparisonBody.model_validate_json(answer.content)
    assert {one.path: (one.before, one.after) for one in body.differences} == {
        "$.weights.static": (0.35, 0.10),
        "$.weights.dynamic": (0.30, 0.55),
    }
    assert (body.made_by, body.moved > 0) == ([], True)
    assert len(body.moves) == min(body.moved, 200)
    named = {one.component for move in body.moves for one in move.moved_by}
    assert named <= {"static", "dynamic"}


def test_that_the_side_that_ranked_is_the_ranking_that_stands(site: Site, as_: As, versions: tuple[str, str]) -> None:
    body = compared(site, as_, *versions).json()
    listed = as_("viewer").get(f"/projects/{site.ours}/portfolio/reopening-targets", params={"limit": 500}).json()
    summary, rows = listed["summary"], {row["reopening_target_id"]: row for row in listed["targets"]}
    assert (body["run_id"], body["counts_before"]) == (summary["run_id"], summary["class_counts"])
    for move in body["moves"]:
        row = rows[move["target_id_before"]]
        place = (move["rank_before"], move["classification_before"], move["total_before"])
        assert place == (row["target_rank"], row["classification"], row["total_score"])


def test_that_a_version_and_itself_differ_in_nothing(site: Site, as_: As, versions: tuple[str, str]) -> None:
    body = compared(site, as_, versions[1], versions[1]).json()
    assert (body["differences"], body["moved"], body["moves"]) == ([], 0, [])


def test_that_a_version_of_another_project_is_not_found(site: Site, as_: As, versions: tuple[str, str]) -> None:
    raw: dict[str, Any] = {**dict(canonical_profile().raw), "display_name": "Theirs"}
    theirs = stored.propose(site.postgres, raw, site.theirs, "tim", "Theirs.")
    for other in (str(theirs.scoring_profile_id), str(uuid4())):
        for pair in ((versions[0], other), (other, versions[0])):
            answer = compared(site, as_, *pair)
            assert (answer.status_code, other in answer.json()["detail"]) == (404, True)


def test_that_what_makes_the_inputs_is_said_and_not_guessed(site: Site, as_: As, versions: tuple[str, str]) -> None:
    raw: dict[str, Any] = copy.deepcopy(dict(canonical_profile().raw))
    raw["assessment"]["water_cut_trend_months"] = 24
    own = stored.propose(site.postgres, raw, site.ours, "ann", "A shorter trend.")
    body = compared(site, as_, versions[0], str(own.scoring_profile_id)).json()
    assert (body["made_by"], body["moved"]) == (["assessment"], 0)


def test_that_the_example_is_one() -> None:
    (example,) = ProfileComparisonBody.model_json_schema()["examples"]
    ProfileComparisonBody.model_validate(example)


def test_that_the_page_shows_both_curves_and_says_why_each_moved(
    site: Site, as_: As, versions: tuple[str, str]
) -> None:
    raw: dict[str, Any] = copy.deepcopy(dict(canonical_profile().raw))
    raw["weights"] = {"static": 0.60, "dynamic": 0.05, "operability": 0.20, "confidence": 0.15}
    raw["components"]["static"]["sw"]["curve"] = [[0.2, 1], [0.4, 0.2], [0.75, 0]]
    own = stored.propose(site.postgres, raw, site.ours, "ann", "Sw decides, and earlier.")
    place = f"/projects/{site.ours}/compare"
    asked = {"of": "profiles", "before": versions[0], "after": str(own.scoring_profile_id)}
    page = as_("viewer").get(place, params=asked, headers={"accept": "text/html"})
    assert page.status_code == 200, page.text
    assert "Utility curve of Water saturation, before and after" in page.text
    assert "dynamic 0.3 → 0.05 of the total" in page.text
    empty = as_("viewer").get(place, params={"of": "profiles"}, headers={"accept": "text/html"})
    assert (empty.status_code, "What differs" in empty.text) == (200, False)
