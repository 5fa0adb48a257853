"""The JSON Schemas of the contracts, as text. `make schemas` writes them, a test compares them."""

from __future__ import annotations

import json

from pydantic import BaseModel

from schemas.alert import Alert
from schemas.bypassed_pay import BypassedPayRanked
from schemas.control import ActivateRecord
from schemas.dead_letter import DeadLetterEvent
from schemas.event import AlertEvent, ViolationEvent
from schemas.reopening_target import ReopeningTargetRanked
from schemas.rule_set import RuleSetMessage
from schemas.scan import Scan
from schemas.violation import Violation

CONTRACTS: dict[str, type[BaseModel]] = {
    "scan": Scan,
    "alert": Alert,
    "alert-event": AlertEvent,
    "violation": Violation,
    "violation-event": ViolationEvent,
    "dead-letter-event": DeadLetterEvent,
    "rule-set": RuleSetMessage,
    "control-activate": ActivateRecord,
    "well-bypassed-pay-ranked": BypassedPayRanked,
    "well-reopening-target-ranked": ReopeningTargetRanked,
}


def json_schema(name: str) -> str:
    """Return the JSON Schema (draft 2020-12) of the contract called `name`, as it is committed."""
    schema = CONTRACTS[name].model_json_schema(mode="validation")
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return json.dumps(dialect | schema, indent=2, ensure_ascii=False) + "\n"
