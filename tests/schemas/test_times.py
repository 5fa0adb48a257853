"""Times on the wire: one spelling, read alike by the careful way and the quick way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from rules.sample import NO_TIME
from schemas.times import PATTERN, UtcTime, WireTime, format_time, time_us, times_us, to_datetime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST = 253_402_300_799_999_999  # 9999-12-31T23:59:59.999999Z
TIMES = [
    *"""
    2026-01-01T00:00:00Z 2026-01-01T00:00:00.000Z 2026-01-01T00:00:00+00:00 2026-01-01T00:00:00.5+00:00
    2026-01-01T00:00:00.123456Z 2026-01-01T00:00:00.1234567Z 2026-01-01T00:00:00.123456789Z
    2026-01-01T00:00:00.1234567891Z
    2026-01-01T00:00:00.Z 2026-01-01T00:00:00,5Z 2026-01-01T00:00:00 2026-01-01T00:00:00.5 2026-01-01T00:00:00z
    2026-01-01t00:00:00Z 2026-01-01T00:00:00-00:00 2026-01-01T00:00:00+01:00 2026-01-01T00:00:00+0000
    2026-01-01T00:00:00+00
    2026-01-01T24:00:00Z 2026-01-01T23:60:00Z 2026-01-01T23:59:60Z 2016-12-31T23:59:60Z 2026-02-29T00:00:00Z
    2024-02-29T00:00:00Z 2026-02-30T00:00:00Z 2026-04-31T00:00:00Z 1900-02-29T00:00:00Z 2000-02-29T00:00:00Z
    2100-02-29T00:00:00Z 2026-00-01T00:00:00Z 2026-13-01T00:00:00Z 2026-01-00T00:00:00Z 2026-01-32T00:00:00Z
    1970-01-01T00:00:00Z 1970-01-01T00:00:00.000000Z 1970-01-01T00:00:00.0000009Z 1970-01-01T00:00:00.000001Z
    1969-12-31T23:59:59.999999Z 0000-01-01T00:00:00Z 0001-01-01T00:00:00Z 9999-12-31T23:59:59.999999999Z
    10000-01-01T00:00:00Z -2026-01-01T00:00:00Z +2026-01-01T00:00:00Z 2026-1-1T0:0:0Z 20260101T000000Z 2026-01-01
    2026-W01-1T00:00:00Z 2026-001T00:00:00Z 2026-01-01T00:00Z 2026-01-01T00Z 1767225600 1767225600000
    \uff12026-01-01T00:00:00Z 2026-01-01T00:00:0\u0663Z 2026-01-01T00:00:00.\u0661Z 2026\u201001\u201001T00:00:00Z
    2026-01-01T00:00:00ZZ 2026-01-01T00:00:00Z+00:00 2026-01-01T00:00:00+00:00Z 2026-01-01T00:00:00.5.5Z Z
    """.split(),
    *("2026-01-01 00:00:00Z", " 2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z ", "2026-01-01T00:00:00Z\n", ""),
]


def carefully(text: str) -> int:
    """Return what time_us says, NO_TIME where it refuses."""
    try:
        return time_us(text)
    except ValueError:
        return NO_TIME


def quickly(*texts: str) -> list[int]:
    return [int(time) for time in times_us(texts)]


def us(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, microsecond: int = 0) -> int:
    moment = datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC)
    return (moment - EPOCH) // timedelta(microseconds=1)


@pytest.mark.kernel
@pytest.mark.parametrize(
    "text, time",
    [
        ("2026-01-01T00:00:00Z", us(2026, 1, 1)),
        ("2026-01-01T00:00:00+00:00", us(2026, 1, 1)),
        ("2026-01-01T23:59:59.5Z", us(2026, 1, 1, 23, 59, 59, 500_000)),
        ("2026-01-01T00:00:00.05+00:00", us(2026, 1, 1, 0, 0, 0, 50_000)),
        ("2026-01-01T00:00:00.123456Z", us(2026, 1, 1, 0, 0, 0, 123_456)),
        ("2026-01-01T00:00:00.123456999Z", us(2026, 1, 1, 0, 0, 0, 123_456)),
        ("2024-02-29T12:00:00Z", us(2024, 2, 29, 12)),
        ("2000-02-29T12:00:00Z", us(2000, 2, 29, 12)),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("9999-12-31T23:59:59.999999999Z", LAST),
        ("1970-01-01T00:00:00Z", NO_TIME),
        ("1970-01-01T00:00:00.000000999Z", NO_TIME),
        ("1969-12-31T23:59:59.999999Z", NO_TIME),
        ("0000-01-01T00:00:00Z", NO_TIME),
        ("2026-01-01T00:00:00", NO_TIME),
        ("2026-01-01T00:00:00z", NO_TIME),
        ("2026-01-01t00:00:00Z", NO_TIME),
        ("2026-01-01 00:00:00Z", NO_TIME),
        ("2026-01-01T00:00:00+01:00", NO_TIME),
        ("2026-01-01T00:00:00-00:00", NO_TIME),
        ("2026-01-01T24:00:00Z", NO_TIME),
        ("2016-12-31T23:59:60Z", NO_TIME),
        ("2026-02-29T00:00:00Z", NO_TIME),
        ("2026-02-30T00:00:00Z", NO_TIME),
        ("1900-02-29T00:00:00Z", NO_TIME),
        ("2100-02-29T00:00:00Z", NO_TIME),
        ("2026-01-01T00:00:00.Z", NO_TIME),
        ("2026-01-01T00:00:00,5Z", NO_TIME),
        ("2026-01-01T00:00:00.1234567891Z", NO_TIME),
        ("2026-01-01T00:00:0\u0663Z", NO_TIME),
        ("2026-01-01T00:00:00Z\n", NO_TIME),
        ("", NO_TIME),
    ],
)
def test_that_a_time_is_rfc_3339_in_utc_after_1970_began(text: str, time: int) -> None:
    assert carefully(text) == time
    assert quickly(text) == [time]


@pytest.mark.kernel
@pytest.mark.parametrize("text", TIMES)
def test_that_both_ways_agree_on_every_spelling(text: str) -> None:
    assert quickly(text) == [carefully(text)]
    assert quickly(text, "2026-01-01T00:00:00Z", text) == [carefully(text), us(2026, 1, 1), carefully(text)]


moments = st.integers(1, LAST)


@st.composite
def spelled(draw: st.DrawFn) -> str:
    """Return a time, with any number of decimals that the wire may have."""
    time = draw(moments)
    decimals = draw(st.integers(0, 9))
    fraction = f".{time % 1_000_000:06d}789"[: decimals + 1] if decimals else ""
    return f"{to_datetime(time).isoformat()[:19]}{fraction}{draw(st.sampled_from(['Z', '+00:00']))}"


CHARACTERS = "0123456789-+:.,TtZz \n\r\x00\u0663\uff12\ud800é"


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """Return a time with up to three characters changed, put in or taken out."""
    text = draw(spelled())
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(["", *CHARACTERS])) + text[at + draw(st.integers(0, 1)) :]
    return text


@given(st.lists(st.one_of(mutated(), st.text(CHARACTERS, max_size=30), st.sampled_from(TIMES)), max_size=8))
@example([])
@example([""])
@example(["", ""])
@example(["2026-01-01T00:00:00Z\n2026-01-01T00:00:01Z"])
def test_that_both_ways_agree_on_any_text_and_beside_any_other(texts: list[str]) -> None:
    assert quickly(*texts) == [carefully(text) for text in texts]


@pytest.mark.kernel
def test_that_every_day_of_the_calendar_is_where_datetime_has_it() -> None:
    days = [date(1970, 1, 1) + timedelta(days=number) for number in range(157_054)]
    assert days[-1] == date(2399, 12, 31)
    chosen = [day for day in days if day.day in (1, 28, 29, 30, 31) or day.toordinal() % 7 == 0]
    found = times_us([f"{day}T00:00:01Z" for day in chosen])
    expected = np.array([day.toordinal() - date(1970, 1, 1).toordinal() for day in chosen]) * 86_400_000_000 + 1_000_000
    assert (found == expected).all()


@pytest.mark.kernel
@pytest.mark.parametrize("year", [1970, 1999, 2000, 2023, 2024, 2100, 2399, 2400, 9999])
def test_that_days_that_no_calendar_has_are_refused(year: int) -> None:
    texts = [f"{year}-{month:02d}-{day:02d}T00:00:01Z" for month in range(15) for day in range(34)]
    assert quickly(*texts) == [carefully(text) for text in texts]
    assert sum(time != NO_TIME for time in quickly(*texts)) == date(year, 12, 31).timetuple().tm_yday


@given(moments)
@example(1)
@example(LAST)
@example(us(2026, 1, 1))
def test_that_a_time_written_is_read_back(time: int) -> None:
    text = format_time(time)
    assert time_us(text) == time
    assert quickly(text) == [time]
    assert time_us(text.replace("Z", "+00:00")) == time


@pytest.mark.parametrize(
    "time, text",
    [
        (us(2026, 1, 1), "2026-01-01T00:00:00.000Z"),
        (us(2026, 1, 1) + 1_500_000, "2026-01-01T00:00:01.500Z"),
        (us(2026, 1, 1) + 1, "2026-01-01T00:00:00.000001Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
    ],
)
def test_that_a_time_is_written_with_milliseconds_or_with_microseconds_where_there_are_any(
    time: int, text: str
) -> None:
    assert format_time(time) == text


class Times(BaseModel):
    wire: WireTime = "2026-01-01T00:00:00Z"
    utc: UtcTime = EPOCH


@pytest.mark.parametrize("text", TIMES)
def test_that_a_time_in_a_model_is_what_time_us_reads(text: str) -> None:
    time = carefully(text)
    if time == NO_TIME:
        for name in ("wire", "utc"):
            with pytest.raises(ValidationError, match=r"time must|should match pattern"):
                Times.model_validate({name: text})
    else:
        assert Times(wire=text).wire == text
        assert Times.model_validate({"utc": text}).utc == to_datetime(time)


NAIVE = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@pytest.mark.parametrize("moment", [NAIVE, datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))])
def test_that_a_moment_that_is_not_utc_is_refused(moment: datetime) -> None:
    with pytest.raises(ValidationError, match="must be aware and UTC"):
        Times(utc=moment)


def test_that_a_moment_is_written_as_a_time_of_the_wire() -> None:
    dumped = Times(utc=to_datetime(us(2026, 1, 1) + 1_000)).model_dump_json()
    assert dumped == '{"wire":"2026-01-01T00:00:00Z","utc":"2026-01-01T00:00:00.001Z"}'
    assert Times.model_validate_json(dumped).utc == to_datetime(us(2026, 1, 1) + 1_000)


def test_that_the_pattern_is_of_ascii_digits_alone() -> None:
    assert "[0-9]" in PATTERN
    assert "\\d" not in PATTERN
