"""CloudEvents 1.0 around alerts and violations, as they stand on Kafka (structured mode, JSON)."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from schemas.alert import Alert
from schemas.times import UtcTime
from schemas.violation import Violation


class Event(BaseModel):
    """The attributes that every event has."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    specversion: Annotated[Literal["1.0"], Field(description="Version of CloudEvents.")] = "1.0"
    id: Annotated[UUID, Field(description="Of this message, from content; also in the Kafka header ce_id.")]
    source: Annotated[str, Field(pattern=r"^/welltegra/[^/]+/.+$", description="/welltegra/<site>/<well_id>.")]
    subject: Annotated[str, Field(description="The condition id.")]
    time: Annotated[UtcTime, Field(description="Event time.")]
    datacontenttype: Annotated[Literal["application/json"], Field(description="Of data.")] = "application/json"


class AlertEvent(Event):
    """An alert on `well.alerts.v1`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="well.alerts.v1")

    type: Annotated[Literal["welltegra.alert.v1"], Field(description="What data is.")] = "welltegra.alert.v1"
    data: Annotated[Alert, Field(description="The alert.")]


class ViolationEvent(Event):
    """A violation on `well.violations.v1`, when it opens or when it closes."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="well.violations.v1")

    type: Annotated[
        Literal["welltegra.violation.opened.v1", "welltegra.violation.closed.v1"], Field(description="What happened.")
    ]
    data: Annotated[Violation, Field(description="The violation, as it stands.")]
    samplestopic: Annotated[
        str | None, Field(description="The topic its samples came by; absent where they came by no topic.")
    ] = None
    samplespartition: Annotated[int | None, Field(ge=0, description="The partition of samplestopic.")] = None
    samplesfrom: Annotated[
        int | None, Field(ge=0, description="An offset from before the 60 s ahead of the message at samplesat.")
    ] = None
    samplesat: Annotated[
        int | None, Field(ge=0, description="Offset of the message whose sample opened or closed it.")
    ] = None
