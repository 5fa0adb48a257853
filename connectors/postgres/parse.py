"""Pure: messages and captures to what is recorded of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

import rfc8785
from pydantic import ValidationError

from connectors.postgres.chain import Entry, Json, canonical, in_us, samples_sha256
from connectors.recorded import Captured, Message, Rewound
from schemas.event import AlertEvent, ViolationEvent
from schemas.times import format_time

_MODELS: Final[dict[str, type[AlertEvent] | type[ViolationEvent]]] = {"alert": AlertEvent, "violation": ViolationEvent}
# What a reason quotes may be anything; PostgreSQL takes all of it but this character.
_NUL: Final = {0: "\N{SYMBOL FOR NULL}"}
_LONGEST_REASON: Final = 1_000


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message that is no event, and why."""

    message: Message
    reason: str


def to_entry(message: Message) -> Entry | Unreadable:
    """Return what to record of a message, or why it cannot be read."""
    if message.value is None:
        return Unreadable(message, "a message must have a value; had none")
    try:
        event = _MODELS[message.about].model_validate_json(message.value)
        record = json.loads(message.value)
        canonical(record)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(map(str, first["loc"]))
        return Unreadable(message, f"an event must follow its contract; {place + ': ' if place else ''}{first['msg']}")
    except (rfc8785.CanonicalizationError, RecursionError, ValueError) as error:
        return Unreadable(message, f"an event must be JSON that can be written exactly; {error}")
    if isinstance(event, AlertEvent) and event.id != event.data.alert_id:
        return Unreadable(message, f"id must be the alert's, {event.data.alert_id}; was {event.id}")
    return Entry(message.about, str(event.id), record, origin(message))


def origin(message: Message) -> Json:
    """Return where a message stands."""
    return {"topic": message.topic, "partition": message.partition, "offset": message.offset}


def place(topic: str, partition: int, offset: int) -> str:
    """Return where something stands, as the id of a record about it."""
    return f"{topic}/{partition}/{offset}"


def conflict(entry: Entry) -> Entry:
    """Return the record of an event that says something else than one of the same id did before."""
    return Entry("conflict", entry.record_id, entry.record, entry.origin)


def dead_letter(letter: Unreadable) -> Entry:
    """Return the record of a message that cannot be read."""
    message = letter.message
    raw = message.value or b""
    reason = letter.reason[:_LONGEST_REASON].translate(_NUL)
    record = {"reason": reason, "raw_bytes": len(raw), "raw_sha256": sha256(raw).hexdigest()}
    return Entry("dead_letter", place(message.topic, message.partition, message.offset), record, origin(message))


def gap(message: Message, recorded_to: int) -> Entry:
    """Return the record of messages that were not there to be recorded: those before `message`."""
    record = {
        "topic": message.topic,
        "partition": message.partition,
        "first_missing": recorded_to,
        "next": message.offset,
    }
    return Entry("gap", place(message.topic, message.partition, recorded_to), record)


def rewound(found: Rewound) -> Entry:
    """Return the record of a topic that was made anew."""
    record = {
        "topic": found.topic,
        "topic_id": found.topic_id,
        "partition": found.partition,
        "recorded_to": found.recorded_to,
        "read_again_from": found.offset,
    }
    return Entry("new_topic", place(found.topic, found.partition, found.offset), record)


def capture(captured: Captured) -> Entry:
    """Return the record of the samples around a violation message."""
    record = {
        "message_id": str(captured.message_id),
        "around": format_time(in_us(captured.around)),
        "outcome": captured.outcome,
        "reason": captured.reason,
        "samples": len(captured.samples),
        "samples_sha256": samples_sha256(captured.samples),
    }
    return Entry("capture", str(captured.message_id), record)


def content(record: Json) -> Any:
    """Return what two events of one id must have in common; not when they were judged and sent, nor where to look."""
    data = {key: value for key, value in record["data"].items() if key not in ("detected_at", "emitted_at")}
    return {**{key: value for key, value in record.items() if key != "samplesfrom"}, "data": data}
