"""Comparisons in words: what of an input changed, and what two profiles say differently, part by part."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import pytest

from connectors.ops.profiles import StoredProfile
from connectors.ops.shapes import Comparison, Move, MovedInput
from schemas.profiles import canonical_profile
from schemas.scoring_profile import canonical, document
from tests.web import fakes
from welltegra.api.comparing import DifferenceBody, ProfileComparisonBody, VersionBody
from welltegra.web.pages.compare import compare_page
from welltegra.web.pages.compare_profiles import compare_profiles_page, parts_of
from welltegra.web.pages.moves import why_words
from welltegra.web.rendering import render

RAW: dict[str, Any] = dict(canonical_profile().raw)


def moved(**said: Any) -> MovedInput:
    given: dict[str, Any] = {
        "component": "static",
        "input": "sw",
        "before": 0.328,
        "after": 0.328,
        "utility_before": 0.8,
        "utility_after": 0.8,
        "curve_changed": False,
        "weight_before": 0.25,
        "weight_after": 0.25,
        "component_weight_before": 0.35,
        "component_weight_after": 0.35,
        "moved": -0.024,
    }
    return MovedInput(**given | said)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"weight_after": 0.2}, "weight 0.25 → 0.2"),
        ({"component_weight_after": 0.3}, "static 0.35 → 0.3 of the total"),
        ({"utility_after": 0.66, "curve_changed": True}, "its curve changed: 0.328 counts 0.80 → 0.66"),
        ({"utility_after": 0.66}, "another part of it: 0.328 counts 0.80 → 0.66"),
        ({"after": 0.41, "utility_after": 0.6, "weight_after": 0.2}, "0.328 → 0.41; weight 0.25 → 0.2"),
        ({"after": None, "utility_after": None}, "0.328 → missing"),
        ({"after": 0.32812}, "0.328 → 0.32812"),
        ({"before": "green", "after": "yellow"}, "green → yellow"),
    ],
)
def test_that_what_changed_of_an_input_is_said_and_nothing_else(changed: dict[str, Any], said: str) -> None:
    assert why_words(moved(**changed)) == said


def version(name: str, **parts: Any) -> StoredProfile:
    raw = copy.deepcopy(RAW) | {"display_name": name}
    for path, value in parts.items():
        place, names = raw, path.split("__")
        for one in names[:-1]:
            place = place[one]
        place[names[-1]] = value
    found = document(raw)
    at = datetime(2026, 3, 1, tzinfo=UTC)
    content = canonical(raw).decode()
    key = ("earthbond_reopen_v1", name, "1", name == "before", found.sha256)
    return StoredProfile(uuid5(fakes.NS, name), None, *key, None, "a reason", "Ada", at, content)


CHANGES: dict[str, Any] = {
    "components__static__sw__weight": 0.20,
    "components__static__phie__weight": 0.25,
    "components__static__vsh__curve": [[0.1, 1], [0.6, 0]],
    "components__dynamic__water_cut__water_cut__level": [[0, 1], [0.6, 0.7], [0.98, 0]],
    "class_rules__A__total": 0.7,
    "assessment__water_cut_trend_months": 24,
}


def move(k: int) -> Move:
    key = uuid5(fakes.NS, f"key {k}")
    return Move(
        key, fakes.HOSTILE, fakes.HOSTILE, k, 3, 5, -2, "A", "B", 0.7, 0.65, key, key, (moved(weight_after=0.2),)
    )


def compared(before: StoredProfile, after: StoredProfile, run: UUID | None = fakes.RUN) -> ProfileComparisonBody:
    bodies = [VersionBody(**{name: getattr(one, name) for name in VersionBody.model_fields}) for one in (before, after)]
    differs = before.content != after.content
    return ProfileComparisonBody(
        before=bodies[0],
        after=bodies[1],
        differences=[DifferenceBody(path="$.a", before=1, after=2)] if differs else [],
        made_by=["assessment"] if differs else [],
        run_id=run,
        counts_before={"A": 2},
        counts_after={"A": 1, "B": 1},
        moved=2 if differs else 0,
        moves=[move(1), move(2)] if differs else [],
    )


def page(before: StoredProfile, after: StoredProfile, run: UUID | None = fakes.RUN) -> str:
    found = compared(before, after, run)
    return render(compare_profiles_page(fakes.PROJECT, fakes.VIEWER, [before, after], found))


def test_that_what_differs_stands_part_by_part_in_words() -> None:
    parts = {part.title: part.changes for part in parts_of(RAW, version("after", **CHANGES).raw)}
    assert list(parts) == [
        "Weights and curves of inputs",
        "Thresholds of the classes",
        "Assessment",
        "Names and versions",
    ]
    said = {one.what: (one.before, one.after) for one in parts["Weights and curves of inputs"]}
    assert said["Water saturation, weight"] == ("0.25", "0.2")
    assert [(one.what, one.before, one.after) for one in parts["Thresholds of the classes"]] == [
        ("Class A, total", "0.65", "0.7")
    ]


def test_that_a_changed_curve_is_drawn_over_the_one_before() -> None:
    html = page(version("before"), version("after", **CHANGES))
    assert html.count(', before and after"') == 2
    assert 'aria-label="Utility curve of Water cut, level, before and after"' in html
    assert html.count('class="line was"') >= 2


def test_that_a_comparison_says_why_each_moved_and_what_it_leaves_out() -> None:
    html = page(version("before"), version("after", **CHANGES))
    assert "weight 0.25 → 0.2" in html
    assert "2 targets would move" in html
    assert "inputs are made by: assessment" in html
    assert fakes.HOSTILE not in html


def test_that_two_versions_that_say_the_same_are_told_to() -> None:
    one = version("before")
    assert "The two say the same." in page(one, one)


def test_that_without_a_ranking_what_differs_still_stands() -> None:
    html = page(version("before"), version("after", **CHANGES), None)
    assert "has no ranking yet" in html
    assert "Class A, total" in html


def test_that_one_version_alone_cannot_be_compared() -> None:
    html = render(compare_profiles_page(fakes.PROJECT, fakes.VIEWER, [version("before")], None))
    assert "There is nothing to compare yet" in html


def test_that_rankings_by_two_versions_lead_to_the_two_side_by_side() -> None:
    runs = fakes.run(1), fakes.run(0)
    other = uuid5(fakes.NS, "another profile")
    by_two = Comparison(runs[0], replace(runs[1], scoring_profile_id=other), (move(1),), 1, 0, 0, 3, 250)
    html = render(compare_page(fakes.PROJECT, fakes.VIEWER, list(runs), by_two))
    assert f"of=profiles&amp;before={runs[0].scoring_profile_id}&amp;after={other}" in html
    assert "1 target moved in rank, 3 changed in score or class, 0 new, 0 gone" in html
    assert "The first 1 of 250:" in html
    same = render(compare_page(fakes.PROJECT, fakes.VIEWER, list(runs), Comparison(*runs, (), 0, 0, 0, 0, 0)))
    assert "what changed is the data" in same
    assert "Compare the two versions" not in same
    assert "The first" not in same
