"""Numbers of a profile are fields: each says its value, each changes it, and what is no number is told."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from connectors.ops.profiles import differences
from schemas.profiles import canonical_profile
from schemas.scoring_profile import document
from welltegra.web.pages.profile_fields import Field, Group, groups_of, with_typed

RAW: Mapping[str, Any] = canonical_profile().raw


def fields(groups: tuple[Group, ...]) -> Iterator[Field]:
    return (field for group in groups for row in group.rows for field in row.fields)


def numbers_in(raw: Any) -> Iterator[float]:
    if isinstance(raw, Mapping):
        raw = list(raw.values())
    if isinstance(raw, list):
        for one in raw:
            yield from numbers_in(one)
    elif isinstance(raw, int | float) and not isinstance(raw, bool):
        yield raw


def test_that_every_number_of_a_profile_is_in_a_field_once() -> None:
    found = list(fields(groups_of(RAW)))
    assert len({field.name for field in found}) == len(found)
    shown = [float(one) for field in found for one in field.value.replace(";", ":").split(":")]
    assert sorted(shown) == sorted(numbers_in(RAW))


def test_that_fields_sent_back_as_they_are_change_nothing() -> None:
    typed = {field.name: field.value for field in fields(groups_of(RAW))}
    assert with_typed(RAW, typed) == (RAW, [])
    assert with_typed(RAW, {"nothing/of/it": "1", "display_name": "x"}) == (RAW, [])


@pytest.mark.parametrize(
    ("name", "said", "path", "value"),
    [
        ("weights/static", "0,25", "$.weights.static", 0.25),
        ("weights/static", " .5 ", "$.weights.static", 0.5),
        ("components/static/vsh/weight", "1e-1", "$.components.static.vsh.weight", 0.1),
        ("components/static/vsh/curve", "0,1: 1; 0.3: 0", "$.components.static.vsh.curve", [[0.1, 1], [0.3, 0]]),
        ("components/dynamic/water_cut/water_cut/trend", "0: 1; 1: 0;", None, [[0, 1], [1, 0]]),
        ("components/operability/integrity/table/orange", "0.4", None, 0.4),
        ("petrophysics/cutoffs/vsh_max", "0.45", "$.petrophysics.cutoffs.vsh_max", 0.45),
        ("class_rules/A/total", "0.7", "$.class_rules.A.total", 0.7),
        ("gating_rules/G1.CURVES/limits/coverage_min", "0.7", None, 0.7),
        ("assessment/location_agreement_m", "60", "$.assessment.location_agreement_m", 60),
    ],
)
def test_that_what_is_typed_is_what_changes(name: str, said: str, path: str | None, value: Any) -> None:
    new, faults = with_typed(RAW, {name: said})
    assert faults == []
    [change] = differences(RAW, new)
    assert change.after == value
    assert path is None or change.path == path
    document(with_typed(RAW, {"class_rules/A/total": "0.7"})[0])


@pytest.mark.parametrize("said", ["", "much", "nan", "inf", "1:2", "0.3 0.4", "1e999"])
def test_that_what_is_no_number_is_told_with_its_place_and_changes_nothing(said: str) -> None:
    new, faults = with_typed(RAW, {"class_rules/A/total": said})
    assert new == RAW
    assert faults == [f"class_rules.A.total: must be a number, like 0.35; was {said!r}. Correct it."]


@pytest.mark.parametrize("said", ["", "0.1", "0.1: 1, 0.3", "0.1: 1; 0.3", "0.1: 1: 2", "a: b", "0: nan"])
def test_that_what_is_no_curve_is_told(said: str) -> None:
    new, [fault] = with_typed(RAW, {"components/static/vsh/curve": said})
    assert new == RAW
    assert fault.startswith("components.static.vsh.curve: must be points, like 0.15: 1; 0.3: 0.7; was")


def test_that_what_was_typed_stands_in_its_field_and_is_opened() -> None:
    typed = {"class_rules/A/total": "much"}
    groups = groups_of(RAW, typed, RAW)
    assert [one.title for one in groups if one.opened] == ["Weights of the total", "Thresholds of the classes"]
    assert next(field.value for field in fields(groups) if field.name == "class_rules/A/total") == "much"
    assert [one.title for one in groups_of(RAW) if one.opened] == ["Weights of the total"]


def test_that_weights_are_summed_as_they_stand() -> None:
    new, _ = with_typed(RAW, {"weights/static": "0.5", "components/static/vsh/weight": "0.1"})
    sums = {one.title: one.sums for one in groups_of(new)}
    assert (sums["Weights of the total"], sums["Inputs of static"], sums["Inputs of dynamic"]) == ("1.15", "0.95", "1")


@pytest.mark.parametrize(
    "raw", [{}, {"weights": 1, "components": [], "class_rules": None}, {"components": {"static": {"vsh": 3}}}]
)
def test_that_a_profile_that_is_not_whole_has_the_fields_that_it_has(raw: dict[str, Any]) -> None:
    assert list(fields(groups_of(raw))) == []
    assert with_typed(raw, {"weights/static": "1"}) == (raw, [])


def test_that_numbers_that_json_can_hold_and_nobody_means_break_nothing() -> None:
    raw = json.loads(
        '{"weights": {"static": 1e308, "dynamic": 1e308, "operability": Infinity, "confidence": -Infinity}}'
    )
    raw["labels"] = {"far": {"high": 10**400, "low": 1}}
    assert [field.name for field in fields(groups_of(raw))][-1] == "labels/far/low"
    assert with_typed(raw, {"labels/far/high": "2"}) == (raw, [])
