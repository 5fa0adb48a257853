"""The contracts as others read them: committed JSON Schemas that say what the models say."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import BaseModel, ValidationError

from schemas.alert import Alert
from schemas.bypassed_pay import BypassedPayRanked
from schemas.control import ActivateRecord
from schemas.event import AlertEvent, ViolationEvent
from schemas.generate import CONTRACTS, json_schema
from schemas.ids import alert_id, condition_id, episode_id, violation_id
from schemas.reopening_target import ReopeningTargetRanked
from schemas.rule_set import RuleSetMessage
from schemas.scan import Scan
from schemas.times import time_us
from schemas.violation import Violation
from tests.schemas.test_scan import PLAIN, messages, with_field, with_value

FOLDER = Path(__file__).parents[2] / "schemas" / "json"
NEW_YEAR = 1_767_225_600_000_000
CONDITION = condition_id("15/9-F-7", "pump-rate", "pump_rate")
EPISODE = episode_id(CONDITION, 1, NEW_YEAR)
OF_CONDITION = {
    "episode_id": str(EPISODE),
    "condition_id": CONDITION,
    "well_id": "15/9-F-7",
    "tag": "pump_rate",
    "constraint_id": "pump-rate",
    "rule_version": 1,
    "mode": "shadow",
    "unit": "spm",
    "limit": 120.0,
    "limit_source": "rule",
}
ALERT = OF_CONDITION | {
    "alert_id": str(alert_id(EPISODE, CONDITION, "raised", NEW_YEAR)),
    "transition": "raised",
    "level": "red",
    "previous_level": "normal",
    "view": "live",
    "time": "2026-01-01T00:00:00.000Z",
    "value": 121.5,
    "percent_of_limit": 101.25,
    "severity": 900,
    "late": False,
    "suspect": False,
    "quality": "good",
    "cause": None,
    "onset_time": "2026-01-01T00:00:00.000Z",
    "breaching_samples": 1,
    "message": "RED pump-rate of 15/9-F-7: pump_rate 121.5 spm, 101.25 % of the high limit 120 spm.",
    "recommended_response": "Tell the drilling supervisor.",
}
VIOLATION = OF_CONDITION | {
    "violation_id": str(violation_id(EPISODE, NEW_YEAR)),
    "started_at": "2026-01-01T00:00:00.000Z",
    "ended_at": "2026-01-01T00:01:00.250Z",
    "end_reason": "cleared",
    "onset_time": "2026-01-01T00:00:00.000Z",
    "peak_value": 130.0,
    "peak_time": "2026-01-01T00:00:07.000001Z",
    "samples": 61,
    "breaching_samples": 30,
    "bad_samples": 0,
    "suspect_samples": 0,
    "suspect": False,
    "late": False,
}
LIVE = {"detected_at": "2026-01-01T00:00:00.400Z", "emitted_at": "2026-01-01T00:00:00.410Z"}
ENVELOPE = {
    "specversion": "1.0",
    "source": "/welltegra/sleipner/15/9-F-7",
    "subject": CONDITION,
    "time": "2026-01-01T00:00:00.000Z",
    "datacontenttype": "application/json",
}
ALERT_EVENT = ENVELOPE | {"id": ALERT["alert_id"], "type": "welltegra.alert.v1", "data": ALERT | LIVE}
VIOLATION_EVENT = ENVELOPE | {
    "id": VIOLATION["violation_id"],
    "type": "welltegra.violation.closed.v1",
    "data": VIOLATION | LIVE,
}
RULE_SET = {
    "well_id": "15/9-F-7",
    "version": 3,
    "effective_from": "2026-01-01T00:00:00.000Z",
    "author": "A. Author",
    "approver": "B. Approver",
    "sha256": 64 * "0",
    "rules": {
        "well": "15/9-F-7",
        "version": 3,
        "tags": {"pump_rate": {"unit": "spm", "range": None, "period": 1.0}},
        "constraints": [{"id": "pump-rate", "tag": "pump_rate", "limit": {"high": 120.0, "unit": "spm"}}],
    },
}
ACTIVATE = {"kind": "activate", "well_id": "15/9-F-7", "time": "2026-01-01T00:00:00.000Z", "rule_set": RULE_SET}
OPEN = {"ended_at": None, "end_reason": None}
DOCUMENTS = Path(__file__).parents[2] / "docs" / "examples"
BYPASSED_PAY = json.loads((DOCUMENTS / "bypassed-pay-ranked.json").read_text())
REOPENING_TARGETS = json.loads((DOCUMENTS / "reopening-target-ranked.json").read_text()) | {
    "generated_at": "2026-03-23T17:00:00.000Z"  # as we write it; the source leaves the milliseconds out
}

EXAMPLES: list[tuple[str, dict[str, Any]]] = [
    ("scan", json.loads(PLAIN)),
    ("scan", json.loads(with_value("null"))),
    *(("scan", example) for example in Scan.model_json_schema()["examples"]),
    ("alert", ALERT),
    ("alert", ALERT | LIVE),
    ("alert", ALERT | {"episode_id": None, "onset_time": None, "transition": "clock_skew", "severity": 700}),
    ("alert", ALERT | {"transition": "monitoring_lost", "cause": "transport", "recommended_response": None}),
    ("alert", ALERT | {"transition": "monitoring_lost", "value": None, "percent_of_limit": None}),
    ("violation", VIOLATION),
    ("violation", VIOLATION | LIVE),
    ("violation", VIOLATION | OPEN),
    ("violation", VIOLATION | {"episode_id": None, "onset_time": None, "late": True, "end_reason": "late"}),
    ("alert", ALERT | {"transition": "limit_changed", "recommended_response": None}),
    ("violation", VIOLATION | {"end_reason": "withdrawn"}),
    ("rule-set", RULE_SET),
    ("control-activate", ACTIVATE),
    ("well-bypassed-pay-ranked", BYPASSED_PAY),
    ("well-reopening-target-ranked", REOPENING_TARGETS),
    ("alert-event", ALERT_EVENT),
    ("violation-event", VIOLATION_EVENT),
    ("violation-event", VIOLATION_EVENT | {"type": "welltegra.violation.opened.v1", "data": VIOLATION | OPEN | LIVE}),
]
MODELS: list[type[BaseModel]] = [
    *(Scan, Alert, Violation, AlertEvent, ViolationEvent, RuleSetMessage, ActivateRecord),
    *(BypassedPayRanked, ReopeningTargetRanked),
]


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(json_schema(name)), format_checker=FormatChecker())


def model_accepts(name: str, message: bytes | str) -> bool:
    try:
        CONTRACTS[name].model_validate_json(message)
    except ValidationError:
        return False
    return True


def test_that_the_committed_schemas_are_those_of_the_models() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    assert committed == {f"{name}.schema.json": json_schema(name) for name in CONTRACTS}, "run `make schemas`"


@pytest.mark.parametrize("name", CONTRACTS)
def test_that_each_schema_is_one_of_draft_2020_12_and_forbids_what_it_does_not_name(name: str) -> None:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    for each in (schema, *schema.get("$defs", {}).values()):
        assert each["additionalProperties"] is False
        for field, said in each["properties"].items():
            assert said.get("description"), field


@pytest.mark.parametrize("model", MODELS)
def test_that_every_field_is_described_and_nothing_else_gets_in(model: type[BaseModel]) -> None:
    assert all(field.description for field in model.model_fields.values())
    assert model.model_config["extra"] == "forbid"
    assert model.model_config["frozen"]
    assert model.model_config["strict"]
    assert model in CONTRACTS.values()


@pytest.mark.parametrize("name, example", EXAMPLES)
def test_that_every_example_validates_and_comes_back_as_it_was(name: str, example: dict[str, Any]) -> None:
    validator(name).validate(example)
    model = CONTRACTS[name].model_validate_json(json.dumps(example))
    assert json.loads(model.model_dump_json(exclude_unset=True)) == example


FAULTS: list[tuple[str, Any]] = [
    ("colour", "red"),
    ("level", "orange"),
    ("level", None),
    ("transition", "shelved"),
    ("time", 1_767_225_600),
    ("time", "noon"),
    ("time", None),
    ("value", "121.5"),
    ("value", True),
    ("severity", 0),
    ("severity", 1001),
    ("severity", 900.5),
    ("severity", "900"),
    ("late", 0),
    ("late", "false"),
    ("limit", 0),
    ("limit", -1),
    ("mode", "disabled"),
    ("quality", "bad"),
    ("cause", "network"),
    ("breaching_samples", -1),
    ("alert_id", "1"),
    ("alert_id", 1),
    ("well_id", ""),
    ("rule_version", 0),
    ("onset_time", 0),
    ("message", None),
]


@pytest.mark.parametrize("field, value", FAULTS)
def test_that_schema_and_model_refuse_an_alert_with_a_field_out_of_its_bounds(field: str, value: Any) -> None:
    example = ALERT | {field: value}
    assert not validator("alert").is_valid(example)
    assert not model_accepts("alert", json.dumps(example))
    event = ALERT_EVENT | {"data": example}
    assert not validator("alert-event").is_valid(event)
    assert not model_accepts("alert-event", json.dumps(event))


@pytest.mark.parametrize("name, example", EXAMPLES)
def test_that_schema_and_model_require_the_same_fields(name: str, example: dict[str, Any]) -> None:
    for field in example:
        without = {key: value for key, value in example.items() if key != field}
        assert validator(name).is_valid(without) == model_accepts(name, json.dumps(without)), field


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00", "2026-01-01T01:00:00+01:00"])
def test_that_a_record_whose_times_are_not_utc_is_refused(time: str) -> None:
    for field in ("time", "onset_time", "detected_at"):
        assert not model_accepts("alert", json.dumps(ALERT | {field: time}))


@pytest.mark.parametrize(
    "field, value",
    [
        ("specversion", "0.3"),
        ("type", "welltegra.violation.v1"),
        ("source", "/welltegra/15"),
        ("source", "welltegra/sleipner/W-1"),
        ("source", "/welltegra//W-1"),
        ("id", "one"),
        ("datacontenttype", "text/plain"),
        ("data", VIOLATION),
        ("dataschema", "https://example.org"),
    ],
)
def test_that_schema_and_model_refuse_an_envelope_that_is_not_ours(field: str, value: Any) -> None:
    event = ALERT_EVENT | {field: value}
    assert not validator("alert-event").is_valid(event)
    assert not model_accepts("alert-event", json.dumps(event))


# The scan: what JSON Schema can say, it says; the rest is the calendar, and names that must match.


def beyond_json_schema(scan: dict[str, Any]) -> bool:
    """Return whether a scan that follows the schema has one of the faults that only the model can see."""
    names = {*(scan.get("units") or ()), *(scan.get("quality") or ())}
    try:
        time_us(scan["time"])
    except ValueError:
        return True
    # To JSON Schema 1.0 is an integer.
    return not names <= scan["values"].keys() or isinstance(scan.get("seq"), float)


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def assert_schema_and_model_agree(message: bytes) -> None:
    try:
        scan = json.loads(message.decode("utf-8"), object_pairs_hook=once, parse_constant=lambda _: "no number")
    except (ValueError, RecursionError):
        return
    text = json.dumps(scan, ensure_ascii=False)
    by_schema = validator("scan").is_valid(scan) and not re.search("[\ud800-\udfff]|Infinity", text)
    assert model_accepts("scan", message) == (by_schema and not beyond_json_schema(scan)), scan


@given(messages())
def test_that_schema_and_model_of_a_scan_agree(message: bytes) -> None:
    assert_schema_and_model_agree(message)


@pytest.mark.parametrize(
    "message",
    [
        with_field('"seq":9223372036854775808'),
        with_field('"seq":1.5'),
        with_field('"quality":{"pump_rate":"good"}'),
        with_field('"units":{"":"spm"}'),
        with_field('"x":1'),
        with_value('"1"'),
        with_value("true"),
        PLAIN.replace(b"pump_rate", b""),
        PLAIN.replace(b'{"pump_rate":119.5}', b"{}"),
        PLAIN.replace(b"W-1", b""),
        PLAIN.replace(b"Z", b"+01:00"),
        PLAIN.replace(b"Z", b""),
    ],
)
def test_that_the_schema_of_a_scan_refuses_what_it_can(message: bytes) -> None:
    assert_schema_and_model_agree(message)
    assert not validator("scan").is_valid(json.loads(message))
