"""Events and messages to record, made up; the same number always gives the same event."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid5

from connectors.recorded import Captured, CapturedSample, Message
from schemas.ids import NAMESPACE, violation_message_id
from schemas.times import format_time, to_datetime

ALERTS, VIOLATIONS = "well.alerts.v1", "well.violations.v1"
START_US = 1_767_225_600_000_000  # 2026-01-01
WELL = "15/9-F-7"


def uuid(*of: object) -> UUID:
    return uuid5(NAMESPACE, " ".join(map(str, of)))


def at(seconds: float) -> str:
    return format_time(START_US + round(seconds * 1_000_000))


def _common(number: int, well: str) -> dict[str, Any]:
    return {
        "episode_id": str(uuid("episode", number)),
        "condition_id": json.dumps([well, "pump-rate", "pump_rate"]),
        "well_id": well,
        "tag": "pump_rate",
        "constraint_id": "pump-rate",
        "rule_version": 1,
        "mode": "shadow",
        "unit": "spm",
        "limit": 120.0,
        "limit_source": "rule",
        "onset_time": at(number),
        "suspect": False,
        "late": False,
        "breaching_samples": 1,
        "detected_at": at(number + 0.001),
        "emitted_at": at(number + 0.0015),
    }


def alert(number: int, well: str = WELL, **changes: Any) -> dict[str, Any]:
    """Return alert event `number`; changes: of its data."""
    own = str(uuid("alert", number))
    data = {
        **_common(number, well),
        "alert_id": own,
        "transition": "raised",
        "level": "red",
        "previous_level": "normal",
        "view": "live",
        "time": at(number),
        "value": 121.5 + number / 7,
        "percent_of_limit": 101.25,
        "severity": 900,
        "quality": "good",
        "cause": None,
        "message": f"RED pump-rate of {well}",
        "recommended_response": None,
        **changes,
    }
    return {
        "specversion": "1.0",
        "id": own,
        "source": f"/welltegra/site/{well}",
        "subject": data["condition_id"],
        "time": at(number),
        "datacontenttype": "application/json",
        "type": "welltegra.alert.v1",
        "data": data,
    }


def violation(number: int, what: str = "opened", well: str = WELL, **changes: Any) -> dict[str, Any]:
    """Return the event that violation `number` opened or closed; changes: of the event, not its data."""
    own = uuid("violation", number)
    closed = what == "closed"
    data = {
        **_common(number, well),
        "violation_id": str(own),
        "started_at": at(number),
        "ended_at": at(number + 10) if closed else None,
        "end_reason": "cleared" if closed else None,
        "peak_value": 125.0,
        "peak_time": at(number + 1),
        "samples": 10,
        "bad_samples": 0,
        "suspect_samples": 0,
    }
    return {
        "specversion": "1.0",
        "id": str(violation_message_id(own, what)),
        "source": f"/welltegra/site/{well}",
        "subject": data["condition_id"],
        "time": at(number),
        "datacontenttype": "application/json",
        "type": f"welltegra.violation.{what}.v1",
        "data": data,
        "samplestopic": "well.samples.v1",
        "samplespartition": 0,
        "samplesfrom": 0,
        "samplesat": 60,
        **changes,
    }


def message(event: dict[str, Any] | bytes | None, offset: int, partition: int = 0, topic_id: str = "one") -> Message:
    """Return a message with an event; bytes are an alert that cannot be read."""
    is_violation = isinstance(event, dict) and "violation" in event["type"]
    value = json.dumps(event).encode() if isinstance(event, dict) else event
    return Message(
        "violation" if is_violation else "alert",
        VIOLATIONS if is_violation else ALERTS,
        topic_id,
        partition,
        offset,
        value,
    )


def alerts(count: int, first: int = 0) -> list[Message]:
    """Return messages with the alerts numbered from `first` on, each at the offset of its number."""
    return [message(alert(number), number) for number in range(first, first + count)]


def captured(number: int, samples: int = 3, what: str = "opened") -> Captured:
    """Return what was captured for violation `number`."""
    return Captured(
        violation_message_id(uuid("violation", number), what),
        to_datetime(START_US + number * 1_000_000),
        "whole",
        None,
        [
            CapturedSample(
                "pump_rate",
                to_datetime(START_US + row * 1_000_000),
                ["57.50", "nan", None, "1e3"][row % 4],
                [None, "Hz"][row % 2],
                [None, "bad"][row % 2],
                row,
                to_datetime(START_US + row * 1_000_000 + 2_000),
            )
            for row in range(samples)
        ],
    )
