"""Pure: what stands in a link of the chain, and what follows from it in the tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Final, NamedTuple, cast
from uuid import UUID

import rfc8785

from connectors.recorded import CapturedSample
from schemas.times import format_time, time_us, to_datetime

NO_HASH: Final = bytes(32)
_MICROSECOND: Final = to_datetime(1) - to_datetime(0)

Json = dict[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be recorded. origin: topic, partition and offset of the message it comes from; None for none."""

    kind: str
    record_id: str
    record: Json
    origin: Json | None = None


class Head(NamedTuple):
    """Where a chain ends; how it is written down elsewhere, as SEQ:HASH."""

    seq: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.seq}:{self.hash.hex()}"


START: Final = Head(0, NO_HASH)


@dataclass(frozen=True, slots=True)
class Link:
    """A row of audit."""

    seq: int
    kind: str
    record_id: str
    body: str
    previous: bytes
    hash: bytes


def linked(head: Head, entry: Entry, at: datetime) -> Link:
    """Return the link that `entry` makes behind `head`. at: when it is recorded.

    Raises:
        rfc8785.CanonicalizationError: There is something in it that JSON cannot say exactly.
    """
    seq = head.seq + 1
    told = {
        "at": format_time(in_us(at)),
        "id": entry.record_id,
        "kind": entry.kind,
        "origin": entry.origin,
        "record": entry.record,
        "seq": seq,
    }
    body = canonical(told)
    return Link(seq, entry.kind, entry.record_id, body.decode(), head.hash, hashed(head.hash, body))


def hashed(previous: bytes, body: bytes) -> bytes:
    """Return the hash of a link."""
    return sha256(previous + body).digest()


def canonical(value: Any) -> bytes:
    """Return `value` as canonical JSON (RFC 8785).

    Raises:
        rfc8785.CanonicalizationError: It holds an integer beyond 2**53, NaN, or an infinity.
    """
    return rfc8785.dumps(value)


def samples_sha256(samples: Iterable[CapturedSample]) -> str:
    """Return the hash over samples in their order."""
    total = sha256()
    for sample in samples:
        said = [
            sample.tag,
            in_us(sample.time),
            sample.value,
            sample.unit,
            sample.quality,
            sample.offset,
            in_us(sample.arrived_at),
        ]
        total.update(canonical(said) + b"\n")
    return total.hexdigest()


def in_us(moment: datetime) -> int:
    """Return an aware time [us since epoch]."""
    return (moment - to_datetime(0)) // _MICROSECOND


def _moment(text: str) -> datetime:
    return to_datetime(time_us(text))


# Of each column what it is read from and how; absent and null become null.
Columns = dict[str, tuple[str, Callable[[Any], Any]]]
_OF_CONDITION: Final[Columns] = {
    "episode_id": ("episode_id", UUID),
    "condition_id": ("condition_id", str),
    "well_id": ("well_id", str),
    "tag": ("tag", str),
    "constraint_id": ("constraint_id", str),
    "rule_version": ("rule_version", int),
    "mode": ("mode", str),
    "unit": ("unit", str),
    "limit_value": ("limit", float),
    "onset_time": ("onset_time", _moment),
    "breaching_samples": ("breaching_samples", int),
    "suspect": ("suspect", bool),
    "late": ("late", bool),
    "detected_at": ("detected_at", _moment),
    "emitted_at": ("emitted_at", _moment),
}
_ALERT: Final[Columns] = _OF_CONDITION | {
    "alert_id": ("alert_id", UUID),
    "transition": ("transition", str),
    "level": ("level", str),
    "previous_level": ("previous_level", str),
    "view": ("view", str),
    "severity": ("severity", int),
    "time": ("time", _moment),
    "value": ("value", float),
    "percent_of_limit": ("percent_of_limit", float),
    "message": ("message", str),
}
_VIOLATION: Final[Columns] = _OF_CONDITION | {
    "violation_id": ("violation_id", UUID),
    "started_at": ("started_at", _moment),
    "ended_at": ("ended_at", _moment),
    "end_reason": ("end_reason", str),
    "peak_value": ("peak_value", float),
    "peak_time": ("peak_time", _moment),
    "samples": ("samples", int),
    "bad_samples": ("bad_samples", int),
    "suspect_samples": ("suspect_samples", int),
}
_EVENT_OF_VIOLATION: Final[Columns] = {
    "message_id": ("id", UUID),
    "samples_topic": ("samplestopic", str),
    "samples_partition": ("samplespartition", int),
    "samples_from": ("samplesfrom", int),
    "samples_at": ("samplesat", int),
}
_CAPTURE: Final[Columns] = {
    "message_id": ("message_id", UUID),
    "outcome": ("outcome", str),
    "reason": ("reason", str),
    "around": ("around", _moment),
    "samples": ("samples", int),
    "samples_sha256": ("samples_sha256", str),
}

# Where the rows of each kind stand; the other kinds stand in the chain alone.
TABLES: Final = {
    "alert": "alerts",
    "violation": "violation_messages",
    "capture": "captures",
    "dead_letter": "dead_letters",
}


def state_row(told: Json) -> Row | None:
    """Return the row that a link's body comes to in its table, without what only a hash of stands there; None for none.

    Raises:
        KeyError, TypeError, ValueError: The body is none of ours.
    """
    record = told["record"]
    if told["kind"] == "alert":
        row = _columns(_ALERT, record["data"])
    elif told["kind"] == "violation":
        row = _columns(_VIOLATION, record["data"]) | _columns(_EVENT_OF_VIOLATION, record)
        row["what"] = "closed" if record["type"].startswith("welltegra.violation.closed.") else "opened"
    elif told["kind"] == "capture":
        row = _columns(_CAPTURE, record)
    elif told["kind"] == "dead_letter":
        origin = told["origin"]
        row = {
            "topic": origin["topic"],
            "kafka_partition": origin["partition"],
            "kafka_offset": origin["offset"],
            "reason": record["reason"],
        }
    else:
        return None
    return {"seq": told["seq"], "recorded_at": _moment(told["at"]), **row}


def _columns(columns: Columns, said: Json) -> Row:
    return {column: None if said.get(key) is None else read(said[key]) for column, (key, read) in columns.items()}


def told(body: str) -> Json:
    """Return what the body of a link says.

    Raises:
        ValueError: It is no JSON object.
    """
    value = json.loads(body)
    if not isinstance(value, dict):
        raise TypeError("a body must be an object")
    return cast(Json, value)
