"""What the record flow carries: messages about alerts and violations, and the samples around a violation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

# A violation is kept with the samples of its well up to so long before and after.
AROUND = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a topic as it stands there. about: what its topic is for. topic_id: the broker's own."""

    about: Literal["alert", "violation"]
    topic: str
    topic_id: str
    partition: int
    offset: int
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Rewound:
    """A topic is no longer the one that was recorded up to `recorded_to`; it is read again from `offset`."""

    topic: str
    topic_id: str
    partition: int
    recorded_to: int
    offset: int


@dataclass(frozen=True, slots=True)
class Pending:
    """A violation message whose samples are still to be captured.

    around: event time that they are to lie around. topic to at: where to look, None where the message does not say.
    """

    message_id: UUID
    well_id: str
    around: datetime
    topic: str | None
    partition: int | None
    first: int | None
    at: int | None


@dataclass(frozen=True, slots=True)
class CapturedSample:
    """One sample as it was read. value: digit for digit; None where the source had none."""

    tag: str
    time: datetime
    value: str | None
    unit: str | None
    quality: str | None
    offset: int
    arrived_at: datetime


@dataclass(frozen=True, slots=True)
class Captured:
    """What became of a pending capture. reason: of an outcome that is not whole."""

    message_id: UUID
    around: datetime
    outcome: Literal["whole", "partial", "cut", "gone"]
    reason: str | None
    samples: Sequence[CapturedSample]


Item = Message | Rewound | Captured
