"""Text cells: the times and numbers we read, against Python's own reading of them."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.cells import times, values

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.builds(
    lambda us, offset: (EPOCH + timedelta(microseconds=us)).astimezone(offset),
    st.integers(-(10**15), 10**17),
    OFFSETS,
)


def microseconds(cells: list[str | None]) -> list[int | None]:
    read: list[int | None] = times(pa.array(cells, pa.string())).cast(pa.int64()).to_pylist()
    return read


@given(st.lists(MOMENTS, min_size=1), st.sampled_from(["T", " "]))
def test_that_a_time_of_any_zone_is_the_same_instant_in_utc(moments: list[datetime], between: str) -> None:
    cells = [moment.isoformat(between) for moment in moments]
    expected = [(moment - EPOCH) // timedelta(microseconds=1) for moment in moments]
    assert microseconds(list(cells)) == expected
    # A day that the calendar does not have sends the column another way, to the same answer.
    assert microseconds([*cells, "2026-02-30T00:00:00Z"]) == [*expected, None]


@pytest.mark.parametrize(
    "cell",
    [
        "",
        None,
        "2026-01-01T00:00:00",
        "2026-01-01",
        "2026-01-01T00:00Z",
        "2026-02-30T00:00:00Z",
        "2025-02-29T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00+25:00",
        "2026-01-01T00:00:00+02",
        "2026-01-01T00:00:00 UTC",
        "2026-01-01T00:00:00,5Z",
        "01/02/2026 00:00:00Z",
        "1767225600",
        "\u0662\u0660\u0662\u0666-01-01T00:00:00Z",
    ],
)
def test_that_what_is_no_aware_rfc_3339_time_is_null(cell: str | None) -> None:
    assert microseconds([cell, "2026-01-01T00:00:00Z"]) == [None, 1_767_225_600_000_000]


@pytest.mark.parametrize("cell", ["2026-01-01t00:00:00z", " 2026-01-01T00:00:00Z\t", "2026-01-01T00:00:00.0000009Z"])
def test_that_small_letters_blanks_and_finer_decimals_do_not_matter(cell: str) -> None:
    assert microseconds([cell]) == [1_767_225_600_000_000]


@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1),
    st.sampled_from(["{!r}", "{:.17e}", "{:.40g}"]),
)
def test_that_every_number_is_the_double_that_python_reads(numbers: list[float], form: str) -> None:
    cells = [form.format(number) for number in numbers]
    read, unreadable = values(pa.array(cells))
    assert read.to_pylist() == [float(cell) for cell in cells]
    assert not unreadable.any()


@given(st.lists(st.text("0123456789.eE+-_ ,xinfa", max_size=12), min_size=1))
def test_that_text_is_a_number_only_if_python_agrees(cells: list[str]) -> None:
    read, unreadable = values(pa.array(cells, pa.string()))
    for cell, value, wrong in zip(cells, read.to_pylist(), unreadable, strict=True):
        if value is not None:
            assert value == float(cell)
            assert math.isfinite(value)
            assert not wrong
        else:
            assert wrong == (cell.strip().lower() not in {"", "null", "nan"})


@pytest.mark.parametrize(
    "cell", ["1,5", "1_000", "0x10", "inf", "-Infinity", "1e999", "1.2.3", "--1", "1 2", "\u0661", "."]
)
def test_that_what_is_no_plain_finite_number_is_unreadable(cell: str) -> None:
    read, unreadable = values(pa.array(["0", cell]))
    assert read.to_pylist() == [0.0, None]
    assert unreadable.tolist() == [False, True]


@pytest.mark.parametrize("cell", ["", " ", "null", "NULL", "NaN", "nan", None])
def test_that_no_reading_is_null_and_no_fault(cell: str | None) -> None:
    read, unreadable = values(pa.array([cell], pa.string()))
    assert read.to_pylist() == [None]
    assert not unreadable.any()
