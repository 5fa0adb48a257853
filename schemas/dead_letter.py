"""A dead letter: a message of samples that could not be read, or not in whole, and so was not judged."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field

from schemas.event import Event
from schemas.times import UtcTime


class DeadLetterData(BaseModel):
    """What could not be read, where it stood, and why."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    source: Annotated[str, Field(min_length=1, description="Where it stood: topic/partition/offset.")]
    reason: Annotated[str, Field(min_length=1, description="What must hold, what was found, what to do.")]
    count: Annotated[int, Field(ge=1, description="Samples or messages that are not judged because of it.")]
    raw: Annotated[Base64Bytes, Field(description="Its bytes, base64; the first of them where cut is true.")]
    cut: Annotated[bool, Field(description="It was longer than what is kept in raw.")]
    received_at: Annotated[UtcTime | None, Field(description="When the broker had it; null where it does not say.")]


class DeadLetterEvent(Event):
    """A dead letter on `well.deadletter.v1` (key: its source)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="well.deadletter.v1")

    type: Annotated[Literal["welltegra.dead_letter.v1"], Field(description="What data is.")] = (
        "welltegra.dead_letter.v1"
    )
    data: Annotated[DeadLetterData, Field(description="What could not be read.")]
