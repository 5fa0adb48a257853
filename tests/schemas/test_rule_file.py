"""The rule file's contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from pydantic import BaseModel, ValidationError

from schemas.rule_file import REFUSED_KEYS, REFUSED_MODES, ConstraintEntry, LimitEntry, RuleFile, TagEntry

FILES = Path(__file__).parents[1] / "data" / "rules"
MODELS: list[type[BaseModel]] = [RuleFile, TagEntry, ConstraintEntry, LimitEntry]


def pilot() -> Any:
    return yaml.safe_load((FILES / "pilot.yaml").read_text())


def test_that_the_files_of_the_pilot_validate_and_lose_nothing() -> None:
    content = pilot()
    model = RuleFile.model_validate(content)
    assert model.model_dump(exclude_unset=True) == content
    jsonschema.validate(content, RuleFile.model_json_schema())
    assert RuleFile.model_validate_json(model.model_dump_json()) == model


@pytest.mark.parametrize("model", MODELS)
def test_that_every_field_is_described_and_its_examples_validate(model: type[BaseModel]) -> None:
    for name, field in model.model_fields.items():
        assert field.description, name
        assert field.examples, name
        for example in field.examples:
            schema = model.model_json_schema()
            jsonschema.validate(example, {**schema["properties"][name], "$defs": schema.get("$defs", {})})


@pytest.mark.parametrize("model", MODELS)
def test_that_unknown_keys_are_refused_and_an_entry_cannot_change(model: type[BaseModel]) -> None:
    assert model.model_config["extra"] == "forbid"
    assert model.model_config["frozen"]


@pytest.mark.parametrize(
    "path, value",
    [
        ("well", 15),
        ("well", ""),
        ("well", " F-7"),
        ("well", "F\t7"),
        ("version", 0),
        ("version", True),
        ("version", 1.0),
        ("tags", {}),
        ("tags.pump_rate.period", 0),
        ("tags.pump_rate.period", "1"),
        ("tags.pump_rate.period", True),
        ("tags.pump_rate.period", 1e9),
        ("tags.pump_rate.range", [0]),
        ("tags.pump_rate.range", [0, float("inf")]),
        ("constraints", []),
        ("constraints.0.id", 7),
        ("constraints.0.limit.high", 0),
        ("constraints.0.limit.high", float("nan")),
        ("constraints.0.limit.high", True),
        ("constraints.0.yellow_from", 0),
        ("constraints.0.yellow_from", 1),
        ("constraints.0.deadband", -0.01),
        ("constraints.0.off_delay", -1),
        ("constraints.0.off_delay", 1e300),
        ("constraints.0.on_red", "notify"),
        ("constraints.0.on_red", ["shout"]),
        ("constraints.0.mode", "enforce"),
        ("constraints.0.colour", "red"),
    ],
)
def test_that_a_field_out_of_its_bounds_is_refused(path: str, value: object) -> None:
    content = pilot()
    *way, last = path.split(".")
    place = content
    for part in way:
        place = place[int(part) if part.isdigit() else part]
    place[last] = value
    with pytest.raises(ValidationError):
        RuleFile.model_validate(content)


def test_that_zero_is_a_delay_and_a_deadband_and_an_empty_list_is_no_action() -> None:
    entry = {
        "id": "a",
        "tag": "b",
        "limit": {"high": 1, "unit": "m"},
        "deadband": 0,
        "yellow_on_delay": 0,
        "off_delay": 0,
        "on_yellow": [],
    }
    constraint = ConstraintEntry.model_validate(entry)
    assert (constraint.deadband, constraint.yellow_on_delay, constraint.off_delay) == (0.0, 0.0, 0.0)
    assert constraint.on_yellow == []


def test_that_what_is_refused_by_name_is_not_in_the_contract() -> None:
    schema = json.dumps(RuleFile.model_json_schema())
    assert not [word for word in (*REFUSED_MODES, *REFUSED_KEYS) if f'"{word}"' in schema]
