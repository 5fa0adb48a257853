"""Control records: what happens to a well between two of its samples, in its own partition of `well.samples.v1`.

They carry the Kafka header `kind` with the value `control`. Each kind is a model; `kind` says which.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.rule_file import Name
from schemas.rule_set import RuleSetMessage
from schemas.times import UtcTime


class ActivateRecord(BaseModel):
    """From here on the well is judged by these rules."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, title="well.samples.v1 control record: activate"
    )

    kind: Annotated[Literal["activate"], Field(description="What happens.")] = "activate"
    well_id: Annotated[Name, Field(description="The well, as in rule_set.")]
    time: Annotated[UtcTime, Field(description="When it was sent.")]
    rule_set: Annotated[RuleSetMessage, Field(description="The rules, as they also stand on well.rules.v1.")]

    @model_validator(mode="after")
    def _is_of_its_well(self) -> ActivateRecord:
        if self.well_id != self.rule_set.well_id:
            raise ValueError(f"well_id must be that of rule_set, {self.rule_set.well_id!r}; was {self.well_id!r}")
        return self
