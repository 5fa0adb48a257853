"""What alerts and violations have in common: which condition, under which rules."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

Level = Literal["normal", "yellow", "red"]
View = Literal["live", "stale", "bad"]
Mode = Literal["shadow", "advisory", "confirm", "enforce"]
Count = Annotated[int, Field(ge=0)]
Value = Annotated[float, Field(allow_inf_nan=False)]


class OfCondition(BaseModel):
    """Which condition a record is about."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    episode_id: Annotated[UUID | None, Field(description="The excursion it belongs to; null outside one.")]
    condition_id: Annotated[str, Field(description="JSON array [well_id, constraint_id, tag].")]
    well_id: Annotated[str, Field(min_length=1, description="The well.")]
    tag: Annotated[str, Field(min_length=1, description="The sensor's name in the source system.")]
    constraint_id: Annotated[str, Field(min_length=1, description="The constraint, as its rule file names it.")]
    rule_version: Annotated[int, Field(ge=1, description="Version of the rule set it was judged by.")]
    mode: Annotated[Mode, Field(description="What the constraint may do; in shadow nothing is sent on.")]
    unit: Annotated[str, Field(description="Unit of the values and of the limit: the constraint's.")]
    limit: Annotated[Value, Field(gt=0, description="The limit on the side concerned [unit].")]
    limit_source: Annotated[Literal["rule"], Field(description="Where the limit comes from.")]
