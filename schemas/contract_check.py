"""Whether a document is one of the reopening contracts: its shape, and what JSON Schema cannot say of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schemas import bypassed_pay, reopening_target
from schemas.contract_rules import bypassed_pay_faults, reopening_faults
from schemas.contract_wording import ContractFault, path_of, said

_MODELS: Final[Mapping[str, type[BaseModel]]] = {
    reopening_target.EVENT_TYPE: reopening_target.ReopeningTargetRanked,
    bypassed_pay.EVENT_TYPE: bypassed_pay.BypassedPayRanked,
}
_RULES: Final = {
    reopening_target.EVENT_TYPE: reopening_faults,
    bypassed_pay.EVENT_TYPE: bypassed_pay_faults,
}


@dataclass(frozen=True, slots=True)
class Checked:
    """What a document was found to be. kind: its event_type; None where it is none of ours. count: of candidates."""

    kind: str | None
    count: int
    faults: tuple[ContractFault, ...]


def check(text: bytes) -> Checked:
    """Return what is wrong with a document, in the order of its paths: shape first, then what holds between values.

    Numbers that are compared are taken as printed: a total of 0.77 is the weighted sum 0.774 at two decimals.
    """
    try:
        # Decimals keep how many digits were printed.
        document = json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        return Checked(None, 0, (ContractFault("$", "must be JSON", str(error), "Correct the text."),))
    if not isinstance(document, dict):
        return Checked(None, 0, (ContractFault("$", "must be an object", said(document), "Correct it."),))
    kind = document.get("event_type")
    if not isinstance(kind, str) or kind not in _MODELS:
        known = " or ".join(repr(name) for name in _MODELS)
        return Checked(None, 0, (ContractFault("$.event_type", f"must be {known}", said(kind), "Correct it."),))
    found = [*_shape_faults(_MODELS[kind], text, document), *_RULES[kind](document)]
    candidates = document.get("candidates")
    return Checked(kind, len(candidates) if isinstance(candidates, list) else 0, tuple(found))


def _shape_faults(model: type[BaseModel], text: bytes, document: Any) -> Iterator[ContractFault]:
    try:
        model.model_validate_json(text)
    except ValidationError as error:
        seen = set()
        for detail in error.errors(include_url=False):
            fault = _worded(detail, document)
            # Each kind that a value might have been says that it is not.
            if fault.path not in seen:
                seen.add(fault.path)
                yield fault


def _worded(detail: ErrorDetails, document: Any) -> ContractFault:
    kind, context = detail["type"], detail.get("ctx", {})
    location = _within(detail["loc"], document)
    path = path_of(location)
    if kind == "missing":
        return ContractFault(path, "must be there", "absent", "Add it.")
    if kind == "extra_forbidden":
        return ContractFault(path, "must not be there: the contract does not name it", "there", "Remove it.")
    found = said(_at(document, location))
    must = {
        "uuid_parsing": "must be a UUID",
        "uuid_type": "must be a UUID",
        "literal_error": f"must be {context.get('expected')}",
        "greater_than_equal": f"must be at least {context.get('ge')}",
        "greater_than": f"must be above {context.get('gt')}",
        "less_than_equal": f"must be at most {context.get('le')}",
        "string_too_short": "must not be empty",
        "string_pattern_mismatch": f"must match {context.get('pattern')}",
        "list_type": "must be a list",
        "dict_type": "must be an object",
        "model_type": "must be an object",
        "string_type": "must be text",
        "int_type": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_type": "must be a number",
        "bool_type": "must be true or false",
        "finite_number": "must be a finite number",
    }.get(kind) or detail["msg"][:1].lower() + detail["msg"][1:]
    remedy = "Write the whole id." if kind == "uuid_parsing" and "..." in found else "Correct it."
    return ContractFault(path, must, found, remedy)


def _within(location: Sequence[int | str], document: Any) -> tuple[int | str, ...]:
    """Return as much of pydantic's location as is in the document: at its end it may name a kind that was tried."""
    found: list[int | str] = []
    value = document
    for number, step in enumerate(location):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            if isinstance(value, dict) and isinstance(step, str) and number == len(location) - 1:
                found.append(step)
            break
        found.append(step)
    return tuple(found)


def _at(document: Any, location: Sequence[int | str]) -> Any:
    value = document
    for step in location:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"key {twice!r} stands twice in one object")
    return made


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON number")
