"""Text cells to values: how every text format says a time, a number, a quality. Whole columns at once.

What a file may write is decided here once: RFC 3339 times with a zone, numbers with a decimal point. A cell that is
neither is never guessed at.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.errors import Fault

TIME: Final = pa.timestamp("us", tz="UTC")
OnFault = Callable[[Fault], None]
Mask = npt.NDArray[np.bool_]

# The shape of RFC 3339, with a space for the T as databases write it. Days like 30 February are left to the conversion.
_TIME_WITHOUT_ZONE: Final = (
    r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[T ]([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?"
)
_TIME: Final = _TIME_WITHOUT_ZONE + r"(Z|[+-]([01][0-9]|2[0-3]):?[0-5][0-9])$"
_TIME_PATTERN: Final = re.compile(_TIME, re.ASCII)
_NAIVE_PATTERN: Final = re.compile(_TIME_WITHOUT_ZONE + "$", re.ASCII)
_NUMBER: Final = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
_NO_READING: Final = r"^(?i:null|nan)?$"
_DECIMAL_COMMA: Final = re.compile(r"[+-]?[0-9]+,[0-9]+", re.ASCII)

QUALITIES: Final = ("good", "uncertain", "bad")


def times(cells: pa.StringArray) -> pa.TimestampArray:
    """Return the times [us, UTC]; null where the cell is not an RFC 3339 time with a zone. Finer than 1 us is cut."""
    cells = pc.ascii_upper(pc.ascii_trim_whitespace(cells))
    shaped = pc.match_substring_regex(cells, _TIME)
    if not pc.all(shaped, min_count=0).as_py():
        cells = pc.if_else(shaped, cells, None)
    finer = pc.match_substring_regex(cells, r"\.[0-9]{7}")
    if pc.any(finer, min_count=0).as_py():
        cells = pc.replace_substring_regex(cells, r"(\.[0-9]{6})[0-9]+", r"\1")
    try:
        return pc.cast(cells, TIME)
    except pa.ArrowInvalid:  # a day that the calendar does not have: find it one by one
        return pa.array([_microseconds(cell) for cell in cells.to_pylist()], pa.int64()).cast(TIME)


def _microseconds(cell: str | None) -> int | None:
    if cell is None:
        return None
    try:
        moment = datetime.fromisoformat(cell)
        since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def time_fault(where: str, line: int | None, column: str, cell: str | None, consequence: str) -> Fault:
    """Return what is wrong with a time that `times` could not read, or that is not after 1970 began."""
    text = "" if cell is None else cell.strip()
    if not text:
        return Fault(where, line, f"{column} must be given", "empty", f"{consequence}; write when it was.")
    if _NAIVE_PATTERN.match(text.upper()):
        must, remedy = f"{column} must say its zone", "write UTC as '...Z', or the offset as '+02:00'."
    elif _TIME_PATTERN.match(text.upper()) and _microseconds(text.upper()) is not None:
        must, remedy = f"{column} must be after 1970-01-01T00:00:00Z", "is the clock of the source set?"
    else:
        must, remedy = f"{column} must be an RFC 3339 time like 2016-07-28T10:57:30.000Z", "correct the export."
    return Fault(where, line, must, repr(text), f"{consequence}; {remedy}")


def values(cells: pa.StringArray) -> tuple[pa.DoubleArray, Mask]:
    """Return the numbers, and where a cell is unreadable: neither a finite number nor empty, `null` or `NaN`.

    A number is the double nearest to its text, as Python's `float` reads it. Decimal comma, digit groups and infinity
    are no numbers. What is no number is null.
    """
    cells = pc.ascii_trim_whitespace(cells)
    numeric = pc.fill_null(pc.match_substring_regex(cells, _NUMBER), False)
    clean = pc.all(numeric, min_count=0).as_py()
    numbers = pc.cast(cells if clean else pc.if_else(numeric, cells, None), pa.float64())
    finite = pc.fill_null(pc.is_finite(numbers), False)
    if clean and pc.all(finite, min_count=0).as_py():
        return numbers, np.zeros(len(cells), dtype=np.bool_)
    empty = pc.fill_null(pc.match_substring_regex(cells, _NO_READING), True)
    unreadable = pc.invert(pc.or_(finite, empty))
    return pc.if_else(finite, numbers, None), as_mask(unreadable)


def value_fault(where: str, line: int | None, column: str, cell: str) -> Fault:
    """Return what is wrong with a cell that `values` could not read."""
    text = cell.strip()
    must, remedy = f"{column} must be a finite number, or empty", "It counts as a bad reading; correct the export."
    if _DECIMAL_COMMA.fullmatch(text):
        must = f"{column} must have a decimal point"
        remedy = f"It counts as a bad reading; write {text.replace(',', '.')!r} if the comma is the decimal mark."
    return Fault(where, line, must, repr(text), remedy)


def as_mask(array: pa.BooleanArray) -> Mask:
    """Return a boolean array without nulls as numpy."""
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=np.bool_)


def as_dictionary(words: list[str], indices: npt.NDArray[np.int32], missing: Mask | None = None) -> pa.DictionaryArray:
    """Return the names `words[indices]` as a dictionary column, null where missing."""
    return pa.DictionaryArray.from_arrays(pa.array(indices, pa.int32(), mask=missing), pa.array(words, pa.string()))
