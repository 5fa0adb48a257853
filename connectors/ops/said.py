"""Pure: what a person may say in a field: text that a database can hold, of a length that others will read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from connectors.errors import Fault
from connectors.ops.errors import InputFaults
from connectors.ops.filters import is_storable

LONGEST_NOTE: Final = 4000
LONGEST_NAME: Final = 200


def fault(field: str, must: str, found: object, remedy: str) -> Fault:
    """Return what is wrong with a field."""
    return Fault(field, None, must, repr(found), remedy)


def text_faults(field: str, text: str | None, longest: int, *, needed: bool = True) -> list[Fault]:
    """Return what is wrong with a text."""
    if text is None or not text.strip():
        return [fault(field, "must be given", text, "Write it.")] if needed else []
    if not is_storable(text, longest):
        shown = text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME] + "..."
        return [fault(field, f"must be text of at most {longest} characters without NUL", shown, "Shorten it.")]
    return []


def refuse(faults: Iterable[Fault]) -> None:
    """Raise InputFaults if there are any."""
    if found := list(faults):
        raise InputFaults(found)
