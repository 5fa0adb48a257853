"""Inputs that people state."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from schemas.profiles import default_profile
from scoring.overrides import override_faults, with_overrides
from scoring.scores import score
from tests.scoring.targets import targets

PROFILE = default_profile()
SAID = {"well_id": "W-1", "zone": None, "reason": "seen in the file", "author": "Ada", "date": date(2026, 1, 1)}


def overrides(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = dict.fromkeys(("well_id", "zone", "input", "value", "reason", "author"), pl.String) | {"date": pl.Date}
    return pl.DataFrame([{**SAID, **row} for row in rows], schema=schema)


@pytest.mark.parametrize(
    "name, value, column, stated, owner",
    [
        ("pressure_ratio", "0.8", "pressure_ratio", 0.8, "pressure_ratio"),
        ("integrity", "yellow", "integrity", "yellow", "integrity"),
        ("cement_bond", "No", "cement_bond", False, "completion_readiness"),
        ("water_cut_level", "0.5", "water_cut_level", 0.5, "water_cut"),
    ],
)
def test_that_a_stated_value_stands_with_who_stated_it(
    name: str, value: str, column: str, stated: object, owner: str
) -> None:
    given = targets({}, {})
    made = score(with_overrides(given, overrides({"input": name, "value": value}), PROFILE), PROFILE).targets
    assert made[column].to_list() == [stated, given[column][1]]
    assert made[f"{owner}_status"][0] == "stated"
    assert made[f"{owner}_status"][1] != "stated"
    assert made[f"{owner}_why"].to_list() == ["stated by Ada on 2026-01-01: seen in the file", None]


def test_that_the_zone_goes_before_the_well_and_the_later_before_the_earlier() -> None:
    rows = overrides(
        {"input": "vsh", "value": "0.4", "date": date(2026, 2, 1)},
        {"input": "vsh", "value": "0.3", "date": date(2026, 3, 1)},
        {"input": "vsh", "value": "0.2", "zone": "Hugin"},
    )
    given = targets({"zone": "Hugin"}, {"zone": "Skagerrak", "well_id": "W-1"}, {"zone": None, "well_id": "W-1"})
    assert with_overrides(given, rows, PROFILE)["vsh"].to_list() == [0.2, 0.3, 0.3]
    assert with_overrides(given, rows[::-1], PROFILE)["vsh"].to_list() == [0.2, 0.3, 0.3]


def test_that_a_quarantine_is_put_on_and_released() -> None:
    on = with_overrides(targets({}), overrides({"input": "quarantine", "value": "yes"}), PROFILE)
    assert score(on, PROFILE).targets["class_rule"].to_list() == ["R1"]
    off = with_overrides(on, overrides({"input": "quarantine", "value": "no"}), PROFILE)
    assert off["quarantine_reason"].to_list() == [None]


@pytest.mark.parametrize(
    "row, says",
    [
        ({"input": "porosity", "value": "0.2"}, "input must be one of"),
        ({"input": "phie", "value": "high"}, "value must be a finite number; was 'high'"),
        ({"input": "phie", "value": "nan"}, "value must be a finite number; was 'nan'"),
        ({"input": "integrity", "value": "mauve"}, "value must be one of green, yellow, orange, red; was 'mauve'"),
        ({"input": "cement_bond", "value": "perhaps"}, "value must be yes or no; was 'perhaps'"),
        ({"input": "phie", "value": "0.2", "author": None}, "author must be given"),
    ],
)
def test_that_an_override_that_cannot_be_applied_is_said_and_left_out(row: dict[str, Any], says: str) -> None:
    (fault,) = override_faults(overrides(row), PROFILE)
    assert says in fault
    assert fault.startswith(f"override of {row['input']!r} for well 'W-1': ")
    assert with_overrides(targets({}), overrides(row), PROFILE).equals(targets({}))
