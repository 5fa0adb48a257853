"""A violation: red happened. A permanent record."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from schemas.record import Count, OfCondition, Value
from schemas.times import UtcTime


class Violation(OfCondition):
    """One red period of one condition, on `well.violations.v1` (key: well_id), when it opens and when it closes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="well.violations.v1 violation")

    violation_id: Annotated[UUID, Field(description="From content: of the red period, not of the message.")]
    started_at: Annotated[UtcTime, Field(description="Event time of the sample that made it red.")]
    ended_at: Annotated[UtcTime | None, Field(description="Event time of the sample that reset it; null while open.")]
    end_reason: Annotated[
        Literal["cleared", "deescalated", "withdrawn", "late"] | None,
        Field(description="How it ended; withdrawn if the limit is watched no longer; null while open."),
    ]
    onset_time: Annotated[UtcTime | None, Field(description="When the episode was raised; null outside one.")]
    peak_value: Annotated[Value, Field(description="The reading furthest beyond the limit [unit].")]
    peak_time: Annotated[UtcTime, Field(description="Event time of the peak, the first of equals.")]
    samples: Annotated[Count, Field(description="Judged samples, from the one that opened to the one that reset.")]
    breaching_samples: Annotated[Count, Field(description="Of these, at or beyond the limit.")]
    bad_samples: Annotated[Count, Field(description="Samples meanwhile that could not be judged.")]
    suspect_samples: Annotated[Count, Field(description="Breaching samples outside the instrument's range.")]
    suspect: Annotated[bool, Field(description="The sample that opened it was suspect.")]
    late: Annotated[bool, Field(description="A single sample that came after a later one.")]
    detected_at: Annotated[UtcTime | None, Field(description="When it was judged; absent in a dry run.")] = None
    emitted_at: Annotated[UtcTime | None, Field(description="When it was sent; absent in a dry run.")] = None
