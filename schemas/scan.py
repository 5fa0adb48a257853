"""A scan: readings of one well at one instant. `Scan` is the contract, `decode_scans` the way through it at speed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, final

import msgspec
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from schemas.times import WireTime

TagName = Annotated[str, Field(min_length=1)]
Reading = Annotated[float, Field(allow_inf_nan=False)]


class Scan(BaseModel):
    """Readings of one well at one instant, as one JSON message on `well.samples.v1` (key: well_id)."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        title="well.samples.v1 scan",
        json_schema_extra={
            "examples": [
                {"well_id": "15/9-F-7", "time": "2026-01-01T12:00:00.000Z", "values": {"pump_rate": 57.5}},
                {
                    "well_id": "15/9-F-7",
                    "time": "2026-01-01T12:00:01.000Z",
                    "values": {"pump_rate": 0.9583333, "wellhead_pressure": 4210, "flow_in": None},
                    "units": {"pump_rate": "Hz"},
                    "quality": {"wellhead_pressure": "uncertain"},
                    "source": "rig-7",
                    "seq": 86401,
                    "backfill": False,
                },
            ]
        },
    )

    well_id: Annotated[str, Field(min_length=1, description="The well, as the operator names it.")]
    time: Annotated[
        WireTime, Field(description="When it was measured: RFC 3339, UTC (Z or +00:00), later than 1970-01-01.")
    ]
    values: Annotated[
        dict[TagName, Reading | None],
        Field(min_length=1, description="Reading of each tag, in its unit; null where the source has none."),
    ]
    units: Annotated[
        dict[TagName, str] | None,
        Field(description="Unit of a tag's reading, where it is not the one its rule file declares."),
    ] = None
    quality: Annotated[
        dict[TagName, Literal["uncertain", "bad"]] | None, Field(description="Quality of a reading that is not good.")
    ] = None
    source: Annotated[str | None, Field(description="The system that sent it.")] = None
    seq: Annotated[
        int | None, Field(ge=0, lt=2**63, description="Counts the scans of the source, to show that one is missing.")
    ] = None
    backfill: Annotated[bool, Field(description="Sent as history: a late breach in it is recorded, not alerted.")] = (
        False
    )

    @model_validator(mode="after")
    def _names_only_its_tags(self) -> Scan:
        for name, of in (("units", self.units), ("quality", self.quality)):
            strangers = [tag for tag in of or () if tag not in self.values]
            if strangers:
                raise ValueError(f"{name} must name tags that values has; was {strangers[0]!r}")
        return self


class ScanStruct(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    """`Scan` on the hot path; see there.

    A test holds the two to accepting the same messages. One exception: a number of over 4,300 digits before its point
    is read here, and pydantic does not look at it.
    """

    well_id: Annotated[str, msgspec.Meta(min_length=1)]
    time: str
    values: Annotated[dict[Annotated[str, msgspec.Meta(min_length=1)], float | None], msgspec.Meta(min_length=1)]
    units: dict[Annotated[str, msgspec.Meta(min_length=1)], str] | None = None
    quality: dict[Annotated[str, msgspec.Meta(min_length=1)], Literal["uncertain", "bad"]] | None = None
    source: str | None = None
    seq: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] | None = None
    backfill: bool = False


@final
class ScanFault(msgspec.Struct, frozen=True):
    """Why a message is no scan."""

    reason: str


_DECODER = msgspec.json.Decoder(ScanStruct)


def decode_scans(messages: Sequence[bytes]) -> list[ScanStruct | ScanFault]:
    """Return each message's scan, or why it is none, in their order. Its `time` is not looked at here: see times_us."""
    # One call for all costs a third less than one each.
    lines = b"\n".join(messages)
    if _is_object_a_line(lines, len(messages)):
        try:
            scans = _DECODER.decode_lines(lines)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass
        else:
            with_names = [scan for scan in scans if scan.units is not None or scan.quality is not None]
            if len(scans) == len(messages) and all(map(_names_only_its_tags, with_names)):
                return scans  # type: ignore[return-value]  # a list is not covariant; this one is fresh
    return [_decode(message) for message in messages]


def _is_object_a_line(lines: bytes, number: int) -> bool:
    """Return whether each of `number` lines begins with { and ends with }.

    The decoder sees no lines, only documents: of two halves and of two in one message it would make two scans of the
    wrong messages. But } and { with only a line feed between are never inside one document, so none crosses a line
    here, and if it finds `number` of them, each line is one.
    """
    text = np.frombuffer(lines, np.uint8)
    feeds = np.flatnonzero(text == ord("\n"))
    return (
        len(feeds) == number - 1
        and lines[:1] == b"{"
        and lines[-1:] == b"}"
        and bool((text[feeds - 1] == ord("}")).all() and (text[feeds + 1] == ord("{")).all())
    )


def _names_only_its_tags(scan: ScanStruct) -> bool:
    return (scan.units is None or scan.units.keys() <= scan.values.keys()) and (
        scan.quality is None or scan.quality.keys() <= scan.values.keys()
    )


def _decode(message: bytes) -> ScanStruct | ScanFault:
    try:
        scan = _DECODER.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _decode_by_contract(message, str(error))
    if not _names_only_its_tags(scan):
        stranger = next(tag for names in (scan.units, scan.quality) for tag in names or () if tag not in scan.values)
        return ScanFault(f"units and quality must name tags that values has; was {stranger!r}")
    return scan


def _decode_by_contract(message: bytes, fault: str) -> ScanStruct | ScanFault:
    # Of a key given twice msgspec looks at both values, the contract at the last, as JSON is mostly read.
    try:
        scan = Scan.model_validate_json(message)
    except ValidationError:
        return ScanFault(f"a scan must follow the contract well.samples.v1; {fault}")
    return ScanStruct(**dict(scan))
