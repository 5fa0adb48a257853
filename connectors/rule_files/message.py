"""Rules as messages: a rule file into the message that stands on Kafka, and such a message into a rule set.

No network, no clock. What is wrong with a message is told as faults, like those of a file.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import rfc8785
from pydantic import ValidationError

from connectors.errors import Fault, FileFaults
from connectors.rule_files.parse import parse, parse_value
from rules.rule_set import RuleSet
from schemas.rule_file import RuleFile
from schemas.rule_set import RuleSetMessage

_MOST_SHOWN = 80
_NAMES = {"author", "approver", "well_id"}
_AGAIN = "Activate its rule file again, with welltegra rules activate."


@dataclass(frozen=True, slots=True)
class Signature:
    """Who answers for a version of the rules, and since when it holds."""

    author: str
    approver: str
    effective_from: datetime


class Signed(NamedTuple):
    """A message, and the rule set that it stands for."""

    message: RuleSetMessage
    rule_set: RuleSet


def sign(text: str, where: str, signature: Signature) -> Signed:
    """Return the message of a rule file. text: the whole of it. where: what to call it in faults.

    Raises:
        FileFaults: With every fault in the file; or in the signature.
    """
    parsed = parse(text, where)
    if parsed.rule_set is None:
        raise FileFaults(parsed.tree.faults)
    rules = RuleFile.model_validate(parsed.tree.value)
    content = {
        "well_id": rules.well,
        "version": rules.version,
        "effective_from": signature.effective_from,
        "author": signature.author,
        "approver": signature.approver,
        # With every default written out: what was signed stays what is judged, whatever defaults become.
        "sha256": sha256_of(rules.model_dump(mode="json")),
        "rules": rules,
    }
    try:
        return Signed(RuleSetMessage.model_validate(content), parsed.rule_set)
    except ValidationError as error:
        raise FileFaults(faults_of(error, "signature", "Give the names of two people.")) from None


def read_message(raw: bytes, where: str) -> Signed:
    """Return what `raw`, a message of well.rules.v1, says. where: what to call it in faults.

    Raises:
        FileFaults: It is none, or not whole: of another well, version or sha256 than its rules.
    """
    return read_rule_set(read_object(raw, where), where)


def read_object(raw: bytes, where: str) -> dict[str, Any]:
    """Return the JSON object in `raw`; FileFaults if it is none."""
    try:
        content = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise FileFaults([Fault(where, None, "a message must be JSON", str(error), "Is it ours?")]) from None
    if not isinstance(content, dict):
        raise FileFaults([Fault(where, None, "a message must be a JSON object", type(content).__name__, "Is it ours?")])
    return content


def read_rule_set(content: dict[str, Any], where: str) -> Signed:
    """Return what a message says that was read as JSON; raise as `read_message`."""
    rules = content.get("rules")
    parsed = parse_value(rules, where) if isinstance(rules, dict) else None
    if parsed is not None and parsed.tree.faults:
        raise FileFaults(parsed.tree.faults)
    try:
        message = RuleSetMessage.model_validate(content)
    except ValidationError as error:
        raise FileFaults(faults_of(error, where, _AGAIN)) from None
    assert parsed is not None, "the contract asks for rules"
    assert parsed.rule_set is not None, "they have no faults"
    if (found := sha256_of(rules)) != message.sha256:
        must = f"sha256 must be that of its rules, {found}, or they are not what was approved"
        raise FileFaults([Fault(where, None, must, message.sha256, _AGAIN)])
    return Signed(message, parsed.rule_set)


def sha256_of(rules: Any) -> str:
    """Return the hash of rules as canonical JSON (RFC 8785), in hexadecimal."""
    return hashlib.sha256(rfc8785.dumps(rules)).hexdigest()


def faults_of(error: ValidationError, where: str, remedy: str) -> list[Fault]:
    """Return what pydantic found wrong with a message."""
    faults = []
    for detail in error.errors(include_url=False):
        path = ".".join(map(str, detail["loc"]))
        if detail["type"] == "value_error" and "; was " in detail["msg"]:
            must, _, found = detail["msg"].removeprefix("Value error, ").partition("; was ")
        elif detail["type"].startswith("string_") and detail["loc"][-1:] and detail["loc"][-1] in _NAMES:
            must, found = f"{path} must be a name of 1 to 200 characters without outer blanks", _shown(detail["input"])
        else:
            must = f"{path}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
            found = "absent" if detail["type"] == "missing" else _shown(detail["input"])
        faults.append(Fault(where, None, must, found, remedy))
    return faults


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + " ..."
