"""What the checks of a profile ask of any value of its parsed JSON, and how they show it."""

from __future__ import annotations

import reprlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeGuard

Found = tuple[str, str, str, str]  # path, must, found, remedy

# JSON knows integers that no float holds.
_LARGEST: Final = sys.float_info.max
_LONGEST: Final = 80


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a value is a finite number, and no truth."""
    return isinstance(value, int | float) and not isinstance(value, bool) and -_LARGEST <= value <= _LARGEST


def is_whole(value: object, least: int) -> TypeGuard[float]:
    """Return whether a value is a whole number of `least` or more, however it is written: 6 or 6.0."""
    return is_number(value) and value == int(value) and value >= least


def are_words(value: object) -> TypeGuard[list[str]]:
    """Return whether a value is a list of texts."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def said(value: object) -> str:
    """Return a value as a sentence shows it, in one short line, however deep or long it is."""
    shown = _SHORT.repr(value)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."


def shown(key: str) -> str:
    """Return a key as a path shows it: half a character cannot be printed."""
    return key.encode("utf-8", "backslashreplace").decode("utf-8")


def all_said(path: str, raw: Mapping[str, object], must: Sequence[str], may: Sequence[str] = ()) -> Iterator[Found]:
    """Yield the keys that an object lacks, and those that nobody knows."""
    for key in must:
        if key not in raw:
            yield path, f"must hold {key!r}", "absent", "Add it."
    for key in raw:
        if key not in must and key not in may:
            known = ", ".join((*must, *may))
            yield f"{path}.{shown(key)}", "must be a known key", said(key), f"Known are {known}."


def _short() -> reprlib.Repr:
    short = reprlib.Repr()
    short.maxlevel, short.maxstring, short.maxlong, short.maxother = 4, _LONGEST, _LONGEST, _LONGEST
    short.maxlist = short.maxdict = 10
    return short


_SHORT: Final = _short()
