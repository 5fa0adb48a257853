"""An alert: we told someone that a condition changed."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from schemas.record import Count, Level, OfCondition, Value, View
from schemas.times import UtcTime

Transition = Literal[
    "raised",
    "escalated",
    "deescalated",
    "cleared",
    "monitoring_lost",
    "monitoring_restored",
    "late_breach",
    "clock_skew",
    "clock_reset",
    "limit_changed",
]

SYSTEM_SEVERITY = 700
SEVERITY: dict[str, int] = {"normal": 100, "yellow": 500, "red": 900}


class Alert(OfCondition):
    """One change of one condition, on `well.alerts.v1` (key: well_id)."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="well.alerts.v1 alert")

    alert_id: Annotated[UUID, Field(description="From content: the same alert always has the same id.")]
    transition: Annotated[Transition, Field(description="What changed.")]
    level: Annotated[Level, Field(description="The level from now on; of system alerts and late_breach, as it stands.")]
    previous_level: Annotated[Level, Field(description="The level until now.")]
    view: Annotated[View, Field(description="Whether the value can be seen at all.")]
    time: Annotated[UtcTime, Field(description="Event time: of the sample, or when monitoring was lost.")]
    value: Annotated[
        Value | None, Field(description="The reading it was judged on [unit]; null if there never was one.")
    ]
    percent_of_limit: Annotated[
        Value | None, Field(description="100 value / limit [%], cut to two decimals: yellow never reads 100.")
    ]
    severity: Annotated[
        int, Field(ge=1, le=1000, description="100 cleared, 500 yellow, 700 system, 900 red (OPC UA scale).")
    ]
    late: Annotated[bool, Field(description="The sample came after a later one.")]
    suspect: Annotated[bool, Field(description="The reading is outside the instrument's range or pinned at its end.")]
    quality: Annotated[Literal["good", "uncertain"], Field(description="Quality of the reading.")]
    cause: Annotated[
        Literal["transport"] | None,
        Field(description="Of monitoring lost or restored: transport if only the delivery was silent."),
    ]
    onset_time: Annotated[UtcTime | None, Field(description="When the episode was raised; null outside one.")]
    breaching_samples: Annotated[Count, Field(description="Samples at or beyond the limit in the episode so far.")]
    message: Annotated[str, Field(description="The alert in one sentence.")]
    recommended_response: Annotated[str | None, Field(description="What the rules say to do; null if nothing.")]
    detected_at: Annotated[UtcTime | None, Field(description="When it was judged; absent in a dry run.")] = None
    emitted_at: Annotated[UtcTime | None, Field(description="When it was sent; absent in a dry run.")] = None
