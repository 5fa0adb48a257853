"""Pure: what a person may say in a field: text that a database can hold, of a length that others will read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

from connectors.errors import Fault
from connectors.ops.errors import InputFaults
from connectors.ops.filters import is_storable

LONGEST_NOTE: Final = 4000
LONGEST_NAME: Final = 200
# Letters and symbols by their category that are drawn as nothing: fillers of Hangul, and Braille without a dot.
_BLANK: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
# What stands where bytes were no UTF-8: nobody is called so.
_LOST: Final = "\ufffd"


def fault(field: str, must: str, found: object, remedy: str) -> Fault:
    """Return what is wrong with a field. found: None where nothing was given."""
    return Fault(field, None, must, "nothing" if found is None else repr(found), remedy)


def text_faults(field: str, text: str | None, longest: int, *, needed: bool = True) -> list[Fault]:
    """Return what is wrong with a text."""
    if text is None or not says_something(text):
        return [fault(field, "must be given", None, "Write it.")] if needed else []
    if not is_storable(text, longest):
        shown = text if len(text) <= LONGEST_NAME else text[:LONGEST_NAME] + "..."
        return [fault(field, f"must be text of at most {longest} characters without NUL", shown, "Shorten it.")]
    return []


def says_something(text: str) -> bool:
    """Return whether something of a text can be seen: a letter, a digit or a sign."""
    return any(unicodedata.category(one)[0] in "LNPS" and one not in _BLANK for one in text)


def is_subject(text: str) -> bool:
    """Return whether somebody can be known by a text: it can be read, no two look alike, and it stands in a record."""
    return is_storable(text, LONGEST_NAME) and text.isprintable() and says_something(text) and _LOST not in text


def subject_faults(field: str, text: str) -> list[Fault]:
    """Return what is wrong with what somebody is to be known by."""
    if faults := text_faults(field, text, LONGEST_NAME):
        return faults
    if is_subject(text):
        return []
    must = "must be what the provider calls them, without characters that cannot be seen or read"
    return [fault(field, must, text, "Copy it from the provider.")]


def refuse(faults: Iterable[Fault]) -> None:
    """Raise InputFaults if there are any."""
    if found := list(faults):
        raise InputFaults(found)
