"""Values and units as OPC UA has them."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Final

from asyncua import ua
from asyncua.ua.status_codes import StatusCodes

_EPOCH: Final = ua.DateTime(1970, 1, 1, tzinfo=UTC)
_CODES: Final = "http://www.opcfoundation.org/UA/units/un/cefact"
# UNECE Recommendation 20. There is none for strokes per minute.
_COMMON_CODE: Final = {
    "psi": "PS",
    "bar": "BAR",
    "L/min": "L2",
    "gal[US]/min": "G2",
    "degC": "CEL",
    "degF": "FAH",
    "m": "MTR",
    "ft": "FOT",
    "Hz": "HTZ",
}


def code_of(status: str) -> int:
    """Return the number of a status by its name."""
    return int(getattr(StatusCodes, status))


def status_of(code: int) -> ua.StatusCode:
    return ua.StatusCode(ua.UInt32(code))


def node_id(name: str, index: int) -> ua.NodeId:
    return ua.NodeId(ua.String(name), ua.Int16(index))


def data_value(value: float | str | bool, status: int, time_us: int, served_us: int) -> ua.DataValue:
    """Return a value with both of its times. With a bad status there is none, as OPC UA wants it."""
    code = status_of(status)
    variant = ua.Variant(None, ua.VariantType.Null) if code.is_bad() else _variant(value)
    return ua.DataValue(
        Value=variant, StatusCode=code, SourceTimestamp=time_of(time_us), ServerTimestamp=time_of(served_us)
    )


def time_of(time_us: int) -> ua.DateTime:
    return _EPOCH + timedelta(microseconds=time_us)


def engineering_units(symbol: str) -> ua.EUInformation:
    """Return a unit of the unit table as EUInformation: its symbol is the display name."""
    code = _COMMON_CODE.get(symbol)
    return ua.EUInformation(
        NamespaceUri=_CODES,
        UnitId=-1 if code is None else int.from_bytes(code.encode(), "big"),
        DisplayName=ua.LocalizedText(symbol),
        Description=ua.LocalizedText(symbol),
    )


def _variant(value: float | str | bool) -> ua.Variant:
    if isinstance(value, bool):
        return ua.Variant(value, ua.VariantType.Boolean)
    return ua.Variant(value, ua.VariantType.String if isinstance(value, str) else ua.VariantType.Double)
