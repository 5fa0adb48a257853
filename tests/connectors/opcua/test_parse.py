from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.status_codes import StatusCodes

from connectors.opcua.parse import NotANumber, Reading, time_of, to_reading

MEASURED = datetime(2026, 1, 1, 12, 0, 0, 250_001, tzinfo=UTC)
SENT = datetime(2026, 1, 1, 12, 0, 1, tzinfo=UTC)
US = 1_767_268_800_250_001
ARRIVED = 1_800_000_000_000_000
DOUBLE = ua.VariantType.Double


def sample(
    value: Any, kind: ua.VariantType = DOUBLE, status: int = 0, source: Any = MEASURED, server: Any = SENT
) -> Any:
    found: Any = ua.DataValue(ua.Variant(value, kind) if value is not None else ua.Variant())
    found.StatusCode = ua.StatusCode(ua.UInt32(status))
    found.SourceTimestamp, found.ServerTimestamp = source, server
    return found


@pytest.mark.parametrize(
    "value, status, expected",
    [
        (119.5, StatusCodes.Good, (119.5, None)),
        (0.0, StatusCodes.Good, (0.0, None)),
        (119.5, StatusCodes.GoodClamped, (119.5, None)),
        (119.5, StatusCodes.UncertainLastUsableValue, (119.5, "uncertain")),
        (119.5, StatusCodes.BadSensorFailure, (None, "bad")),
        (None, StatusCodes.BadNoCommunication, (None, "bad")),
        (None, StatusCodes.Good, (None, "bad")),
        (math.nan, StatusCodes.Good, (None, "bad")),
        (math.inf, StatusCodes.UncertainSubNormal, (None, "bad")),
        # The severity that is reserved is to be taken for bad.
        (119.5, 0xC0000000, (None, "bad")),
    ],
)
def test_that_status_and_value_become_value_and_quality(value: Any, status: int, expected: tuple[Any, Any]) -> None:
    reading = to_reading(3, sample(value, status=status), ARRIVED)
    assert isinstance(reading, Reading)
    assert (reading.tag, reading.time, reading.value, reading.quality) == (3, US, *expected)


@pytest.mark.parametrize(
    "kind",
    ["SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32", "Int64", "UInt64", "Float", "Double"],
)
def test_that_every_kind_of_number_is_read(kind: str) -> None:
    reading = to_reading(0, sample(7, ua.VariantType[kind]), ARRIVED)
    assert isinstance(reading, Reading)
    assert (reading.value, type(reading.value)) == (7.0, float)


@pytest.mark.parametrize(
    "value, kind, said",
    [
        ("pumping", ua.VariantType.String, "String"),
        (True, ua.VariantType.Boolean, "Boolean"),
        (MEASURED, ua.VariantType.DateTime, "DateTime"),
        ([1.0, 2.0], DOUBLE, "array of Double"),
    ],
)
def test_that_what_is_no_number_is_told_by_its_kind(value: Any, kind: ua.VariantType, said: str) -> None:
    assert to_reading(0, sample(value, kind), ARRIVED) == NotANumber(said)


@pytest.mark.parametrize(
    "source, server, expected",
    [
        (MEASURED, SENT, (US, "source", 749_999)),
        (MEASURED, None, (US, "source", None)),
        (None, SENT, (1_767_268_801_000_000, "server", None)),
        (None, None, (ARRIVED, "arrival", None)),
        # What OPC UA writes for no time at all.
        (datetime(1601, 1, 1, tzinfo=UTC), SENT, (1_767_268_801_000_000, "server", None)),
    ],
)
def test_that_time_is_the_sources_and_else_the_next_best(source: Any, server: Any, expected: tuple[Any, ...]) -> None:
    reading = to_reading(0, sample(1.0, source=source, server=server), ARRIVED)
    assert isinstance(reading, Reading)
    assert (reading.time, reading.timed_by, reading.server_lag_us) == expected


@pytest.mark.parametrize(
    "status, overflow",
    [(0x0480, True), (0x40000480, True), (0x80, False), (0x0400, False), (0, False)],
)
def test_that_the_overflow_bit_is_read_where_the_status_is_about_a_value(status: int, overflow: bool) -> None:
    reading = to_reading(0, sample(1.0, status=status), ARRIVED)
    assert isinstance(reading, Reading)
    assert reading.overflow is overflow
    assert reading.value == 1.0


def test_that_a_time_without_a_zone_is_utc() -> None:
    assert time_of(MEASURED.replace(tzinfo=None)) == US
