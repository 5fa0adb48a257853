"""Control records: what happens to a well between two of its samples. No network, no clock."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import ValidationError

from connectors.errors import Fault, FileFaults
from connectors.rule_files.message import faults_of, read_object, read_rule_set
from rules.rule_set import RuleSet
from schemas.control import ActivateRecord
from schemas.times import time_us

_WHERE = "control record"
_KINDS = ("activate",)
_REMEDY = "Send it with the command of welltegra that makes it; is that newer than this?"


@dataclass(frozen=True, slots=True)
class Activate:
    """From here on the well is judged by these rules. time_us: when that was sent [us since epoch]."""

    well_id: str
    time_us: int
    rule_set: RuleSet
    sha256: str


def parse_control(raw: bytes) -> Activate | str:
    """Return what a control record says, or why it says nothing that we know."""
    try:
        content = read_object(raw, _WHERE)
        if (kind := content.get("kind")) not in _KINDS:
            return str(Fault(_WHERE, None, f"kind must be {' or '.join(_KINDS)}", repr(kind), _REMEDY))
        inner = content.get("rule_set")
        signed = read_rule_set(inner, _WHERE) if isinstance(inner, dict) else None
        record = ActivateRecord.model_validate(content)
    except FileFaults as error:
        return " ".join(map(str, error.faults))
    except ValidationError as error:
        return " ".join(map(str, faults_of(error, _WHERE, _REMEDY)))
    assert signed is not None, "the contract asks for a rule set"
    return Activate(record.well_id, time_us(content["time"]), signed.rule_set, record.rule_set.sha256)
