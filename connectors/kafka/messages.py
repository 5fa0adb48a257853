"""From records to the events that stand on Kafka. No network, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote
from uuid import UUID

from connectors.delivery import DeadLetter, Located
from schemas.alert import Alert
from schemas.dead_letter import DeadLetterData, DeadLetterEvent
from schemas.event import AlertEvent, Event, ViolationEvent
from schemas.ids import dead_letter_id, violation_message_id
from schemas.times import to_datetime
from schemas.violation import Violation

# A broker takes a message of 1 MB if nobody said otherwise, and base64 makes four bytes of three.
MOST_RAW: Final = 512 * 1024

Record = Alert | Located | DeadLetter


@dataclass(frozen=True, slots=True)
class Events:
    """Makes events of what a site has to say. site: its name in their source."""

    site: str

    def key(self, record: Record) -> str:
        """Return the key that `record` stands under."""
        if isinstance(record, DeadLetter):
            return record.origin
        return _of(record).well_id

    def event(self, record: Record, emitted_at: datetime) -> Event:
        """Return the event of `record`."""
        if isinstance(record, DeadLetter):
            return self._dead_letter(record, emitted_at)
        of = _of(record)
        source = f"/welltegra/{self.site}/{quote(of.well_id, safe='/')}"
        if isinstance(record, Alert):
            data = record.model_copy(update={"emitted_at": emitted_at})
            return AlertEvent(
                id=record.alert_id, source=source, subject=record.condition_id, time=record.time, data=data
            )
        violation = record.violation
        closed = violation.ended_at is not None
        return ViolationEvent(
            id=event_id(record),
            source=source,
            subject=violation.condition_id,
            time=violation.ended_at or violation.started_at,
            type="welltegra.violation.closed.v1" if closed else "welltegra.violation.opened.v1",
            data=violation.model_copy(update={"emitted_at": emitted_at}),
            samplestopic=record.topic,
            samplespartition=record.partition,
            samplesfrom=record.samples_from,
            samplesat=record.samples_at,
        )

    def _dead_letter(self, letter: DeadLetter, emitted_at: datetime) -> DeadLetterEvent:
        received_at = to_datetime(letter.arrived) if letter.arrived else None
        return DeadLetterEvent(
            id=event_id(letter),
            source=f"/welltegra/{self.site}/{letter.origin}",
            subject=_place(letter),
            time=received_at or emitted_at,
            data=DeadLetterData.model_construct(
                source=_place(letter),
                reason=letter.reason,
                count=letter.count,
                raw=letter.raw[:MOST_RAW],
                cut=len(letter.raw) > MOST_RAW,
                received_at=received_at,
            ),
        )


def event_id(record: Record) -> UUID:
    """Return the id of the event of `record`, from its content."""
    if isinstance(record, Alert):
        return record.alert_id
    if isinstance(record, DeadLetter):
        return dead_letter_id(_place(record), record.reason)
    closed = record.violation.ended_at is not None
    return violation_message_id(record.violation.violation_id, "closed" if closed else "opened")


def event_time(record: Record) -> datetime | None:
    """Return when what `record` tells of happened; None where that is not known."""
    if isinstance(record, DeadLetter):
        return None
    if isinstance(record, Alert):
        return record.time
    return record.violation.ended_at or record.violation.started_at


def _of(record: Alert | Located) -> Alert | Violation:
    return record if isinstance(record, Alert) else record.violation


def _place(letter: DeadLetter) -> str:
    return f"{letter.origin}/{letter.offset}"
