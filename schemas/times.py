"""Times on the wire: RFC 3339, UTC, one spelling. Inside, microseconds since the epoch."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
from pydantic import AfterValidator, BeforeValidator, PlainSerializer, StringConstraints, WithJsonSchema

from rules.compiled import compiled
from rules.sample import NO_TIME

# Nine decimals come from clocks that count 100 ns ticks; what is finer than a microsecond is cut.
PATTERN = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|\+00:00)$"
_TIME = re.compile(PATTERN)
# The last microsecond of the last year that the wire can write.
LAST_TIME = 253_402_300_799_999_999
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def time_us(text: str) -> int:
    """Return the time in `text` [us since epoch]. Raise ValueError unless it is RFC 3339, UTC, after 1970 began."""
    if not _TIME.fullmatch(text):
        raise ValueError(f"time must be RFC 3339 in UTC, such as 2026-01-01T00:00:00.000Z; was {text!r}")
    whole, _, rest = text.rstrip("Z").removesuffix("+00:00").partition(".")
    try:
        moment = datetime.fromisoformat(whole).replace(tzinfo=UTC)
    except ValueError as error:
        raise ValueError(f"time must be a date and time of the calendar; was {text!r} ({error})") from None
    time = (moment - _EPOCH) // _MICROSECOND + int((rest + "000000")[:6])
    if time <= NO_TIME:
        raise ValueError(f"time must be after 1970-01-01T00:00:00Z; was {text!r}")
    return time


def times_us(texts: Sequence[str]) -> npt.NDArray[np.int64]:
    """Return the times in `texts` [us since epoch], shape (n,); 0 where `time_us` would refuse."""
    lines = "\n".join(texts).encode("utf-8", "surrogatepass")
    if line_feeds(lines) != len(texts) - 1:
        return np.array([_time_or_none(text) for text in texts], np.int64)
    times = np.zeros(len(texts), np.int64)
    _parse_lines(np.frombuffer(lines, np.uint8), times)
    return times


def line_feeds(text: bytes) -> int:
    """Return how many line feeds `text` has; where it has many, several times quicker than `text.count`."""
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == ord("\n")))


def _time_or_none(text: str) -> int:
    try:
        return time_us(text)
    except ValueError:
        return NO_TIME


def format_time(time: int) -> str:
    """Return `time` [us since epoch] as RFC 3339 UTC, milliseconds, or microseconds where there are any."""
    moment = to_datetime(time)
    spec = "microseconds" if time % 1000 else "milliseconds"
    return moment.isoformat(timespec=spec).replace("+00:00", "Z")


def to_datetime(time: int) -> datetime:
    """Return `time` [us since epoch] as an aware datetime, UTC."""
    return _EPOCH + timedelta(microseconds=time)


def _is_time(text: str) -> str:
    time_us(text)
    return text


# Pydantic: a string of the pattern that is a real time.
WireTime = Annotated[str, StringConstraints(pattern=PATTERN), AfterValidator(_is_time)]


def _to_wire(moment: datetime) -> str:
    return format_time((moment - _EPOCH) // _MICROSECOND)


def _is_utc(moment: datetime) -> datetime:
    if moment.utcoffset() != timedelta(0):
        raise ValueError(f"time must be aware and UTC; was {moment.isoformat()}")
    return moment


def _from_wire(moment: Any) -> Any:
    return to_datetime(time_us(moment)) if isinstance(moment, str) else moment


# Pydantic: an aware UTC datetime, read as WireTime, written with milliseconds or microseconds and Z.
UtcTime = Annotated[
    datetime,
    BeforeValidator(_from_wire),
    AfterValidator(_is_utc),
    PlainSerializer(_to_wire, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": PATTERN}),
]


@compiled
def _digits(text: Any, at: int, number: int) -> int:
    """Return the number in `number` decimal digits at `at`, -1 if one is not a digit."""
    value = 0
    for i in range(at, at + number):
        digit = int(text[i]) - 48
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@compiled
def _days(year: int, month: int, day: int) -> int:
    """Return days since 1970-01-01 of a Gregorian date, -1 if the calendar has no such day.

    Source: the days-from-civil method over 400-year eras (146,097 days) with years that start in March.
    """
    if month < 1 or month > 12 or day < 1 or year < 1970:
        return -1
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if month == 2:
        length = 29 if leap else 28
    elif month in (4, 6, 9, 11):
        length = 30
    else:
        length = 31
    if day > length:
        return -1
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    year_of_era = shifted - era * 400
    day_of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    day_of_era = year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year
    return era * 146_097 + day_of_era - 719_468


@compiled
def _parse_lines(text: Any, times: Any) -> None:
    """Parse one time a line of `text`, shape (bytes,), into `times`, shape (n,); leave 0 where a line is no time."""
    start = 0
    for i in range(len(times)):
        end = start
        while end < len(text) and text[end] != 10:
            end += 1
        times[i] = _parse(text, start, end)
        start = end + 1


@compiled
def _parse(text: Any, start: int, end: int) -> int:
    """Return the time in text[start:end] [us since epoch], 0 if it is none."""
    if end - start < 20:
        return 0
    year, month, day = _digits(text, start, 4), _digits(text, start + 5, 2), _digits(text, start + 8, 2)
    hour, minute, second = _digits(text, start + 11, 2), _digits(text, start + 14, 2), _digits(text, start + 17, 2)
    if min(year, month, day, hour, minute, second) < 0 or hour > 23 or minute > 59 or second > 59:
        return 0
    if text[start + 4] != 45 or text[start + 7] != 45 or text[start + 10] != 84:  # - - T
        return 0
    if text[start + 13] != 58 or text[start + 16] != 58:  # : :
        return 0
    days = _days(year, month, day)
    if days < 0:
        return 0
    at = start + 19
    fraction = 0
    if text[at] == 46:  # .
        at += 1
        scale = 100_000
        first = at
        while at < end and at - first < 9 and 48 <= text[at] <= 57:
            fraction += _digits(text, at, 1) * scale
            scale //= 10
            at += 1
        if at == first:
            return 0
    if not (
        (end - at == 1 and text[at] == 90)  # Z
        or (
            end - at == 6
            and text[at] == 43  # +00:00
            and text[at + 1] == 48
            and text[at + 2] == 48
            and text[at + 3] == 58
            and text[at + 4] == 48
            and text[at + 5] == 48
        )
    ):
        return 0
    return ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + fraction
