"""Pure: values as a server sends them, to readings. No network, no clock."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, NamedTuple

from asyncua import ua

from rules.sample import NO_TIME
from schemas.times import LAST_TIME

Quality = Literal["uncertain", "bad"] | None

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NUMBERS: Final = {
    ua.VariantType.SByte,
    ua.VariantType.Byte,
    ua.VariantType.Int16,
    ua.VariantType.UInt16,
    ua.VariantType.Int32,
    ua.VariantType.UInt32,
    ua.VariantType.Int64,
    ua.VariantType.UInt64,
    ua.VariantType.Float,
    ua.VariantType.Double,
}
# Part 4, 7.39: the low sixteen bits are about a value where bits 10 and 11 say so, and bit 7 that the queue was full.
_INFO_TYPE: Final = 0x0C00
_ABOUT_A_VALUE: Final = 0x0400
_OVERFLOW: Final = 0x0080


class Reading(NamedTuple):
    """One sample of a tag. tag: its position in the tag map. time: when it was measured [us since epoch].

    value: None where quality is "bad". timed_by: whose clock `time` is of. server_lag_us: the server's time less the
    source's, None unless both are known. overflow: others before it did not fit into the server's queue.
    """

    tag: int
    time: int
    value: float | None
    quality: Quality
    timed_by: Literal["source", "server", "arrival"] = "source"
    server_lag_us: int | None = None
    overflow: bool = False


class NotANumber(NamedTuple):
    """A node's value is of another kind than numbers. kind: of what, as OPC UA calls it."""

    kind: str


def to_reading(tag: int, sample: ua.DataValue, arrived: int) -> Reading | NotANumber:
    """Return the reading in a sample, or of what kind it is instead. arrived: when it came [us since epoch].

    The value of a bad sample, of NaN, of infinity, and of nothing at all is None: none of them is a reading, whatever
    the status says beside it.
    """
    kind = not_a_number(sample)
    if kind is not None:
        return kind
    status = 0 if sample.StatusCode is None else int(sample.StatusCode.value)
    value, quality = _judged(sample, status)
    source, server = time_of(sample.SourceTimestamp), time_of(sample.ServerTimestamp)
    if source is not None:
        time, timed_by = source, "source"
    elif server is not None:
        time, timed_by = server, "server"
    else:
        time, timed_by = arrived, "arrival"
    lag = None if source is None or server is None else server - source
    overflow = status & _INFO_TYPE == _ABOUT_A_VALUE and bool(status & _OVERFLOW)
    return Reading(tag, time, value, quality, timed_by, lag, overflow)  # type: ignore[arg-type]  # one of the words


def not_a_number(sample: ua.DataValue) -> NotANumber | None:
    """Return of what kind a sample's value is, None if it is a number, or if there is no value at all."""
    variant = sample.Value
    if variant is None or variant.Value is None:
        return None
    if isinstance(variant.Value, list):
        return NotANumber(f"array of {variant.VariantType.name}")
    return None if variant.VariantType in _NUMBERS else NotANumber(str(variant.VariantType.name))


def _judged(sample: ua.DataValue, status: int) -> tuple[float | None, Quality]:
    severity = status >> 30
    given = None if sample.Value is None else sample.Value.Value
    if severity >= 2 or given is None:
        return None, "bad"
    value = float(given)
    if not math.isfinite(value):
        return None, "bad"
    return value, "uncertain" if severity == 1 else None


def time_of(moment: datetime | None) -> int | None:
    """Return a time of a server [us since epoch]; None where it has none, or one that no clock shows."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    time = (moment - _EPOCH) // _MICROSECOND
    return time if NO_TIME < time <= LAST_TIME else None
