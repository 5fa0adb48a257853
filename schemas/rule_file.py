"""The rule file: what a field engineer writes about one well. Each field's description completes "must be ...".

The models hold what each field must be alone; what must hold between numbers is in `rules/checks.py`.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

Action = Literal["notify", "log", "escalate", "throttle_pump", "stop_pump", "request_shut_in"]
Mode = Literal["disabled", "shadow", "advisory"]

# Known to the design, and not to this version. The reason, and what to do.
REFUSED_MODES: Final = {
    mode: (
        f"{mode!r} needs two signatures and the actuator gate, which this version does not have",
        "Write 'shadow' to record only, or 'advisory' to tell people.",
    )
    for mode in ("confirm", "enforce")
}
_NO_STATES = (
    "limit_by_state is not available: operating states are not read yet, and a limit that ignored them silently"
    " would be less safe than it reads"
)
REFUSED_KEYS: Final = {"limit_by_state": (_NO_STATES, "Remove it, and set `limit` to the strictest of the limits.")}

# Outer blanks and control characters are invisible in a list of wells, and would make two of one.
Name = Annotated[
    str, Field(min_length=1, max_length=200, pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$")
]
LimitNumber = Annotated[FiniteFloat, Field(gt=0)]
Delay = Annotated[FiniteFloat, Field(ge=0, le=604_800)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class TagEntry(_Entry):
    """A tag of the well: a sensor's name in the source system."""

    unit: str = Field(description="a unit of the closed table, in quotes if it begins with a sign", examples=["spm"])
    range: list[FiniteFloat] | None = Field(
        None,
        description="the ends of the instrument's range [lowest, highest], in the tag's unit",
        examples=[[0, 300]],
        min_length=2,
        max_length=2,
    )
    period: FiniteFloat = Field(
        1.0,
        description="the time between two samples, a number of seconds from 0.001 to 86400",
        examples=[1],
        ge=0.001,
        le=86_400,
    )


class LimitEntry(_Entry):
    """The limit watched: a high side, a low side, or both."""

    high: LimitNumber | None = Field(None, description="a finite number above 0, red from there up", examples=[120])
    low: LimitNumber | None = Field(None, description="a finite number above 0, red from there down", examples=[20])
    unit: str = Field(description="a unit into which the tag's unit can be converted", examples=["spm"])


class ConstraintEntry(_Entry):
    """A limit on one tag, and what to do when it is near and when it is passed."""

    id: Name = Field(
        description="a name of its own in this file, 1 to 200 characters without outer blanks", examples=["pump-rate"]
    )
    tag: Name = Field(description="the name of one of the tags", examples=["pump_rate"])
    limit: LimitEntry = Field(
        description="a mapping with high, low or both, and unit", examples=[{"high": 120, "unit": "spm"}]
    )
    yellow_from: FiniteFloat = Field(
        0.90,
        description="the part of the limit where yellow begins, above 0 and below 1",
        examples=[0.90],
        gt=0,
        lt=1,
    )
    deadband: FiniteFloat = Field(
        0.01,
        description="the distance to fall before a level clears, as a part of the limit, from 0 to below 1",
        examples=[0.01],
        ge=0,
        lt=1,
    )
    yellow_on_delay: Delay = Field(
        2.0,
        description="how long yellow must persist before it is raised, a number of seconds from 0 to 604800",
        examples=[2],
    )
    off_delay: Delay = Field(
        10.0,
        description="how long a value must stay back before a level clears, a number of seconds from 0 to 604800",
        examples=[10],
    )
    on_yellow: list[Action] = Field(
        ["notify"],
        description="a list of notify, log, escalate, throttle_pump, stop_pump, request_shut_in",
        examples=[["notify"]],
    )
    on_red: list[Action] = Field(
        ["notify"],
        description="a list of notify, log, escalate, throttle_pump, stop_pump, request_shut_in",
        examples=[["notify", "escalate"]],
    )
    mode: Mode = Field("shadow", description="disabled, shadow or advisory", examples=["shadow"])


class RuleFile(_Entry):
    """The rules of one well."""

    well: Name = Field(
        description="the name of the well, text of 1 to 200 characters without outer blanks", examples=["15/9-F-7"]
    )
    version: int = Field(1, description="a whole number from 1", examples=[1], ge=1, le=2**31 - 1)
    tags: dict[Name, TagEntry] = Field(
        description="a mapping from each tag's name to its unit, range and period",
        examples=[{"pump_rate": {"unit": "spm", "range": [0, 300], "period": 1}}],
        min_length=1,
    )
    constraints: list[ConstraintEntry] = Field(
        description="a list of constraints, one or more, each beginning with '- id:'",
        examples=[[{"id": "pump-rate", "tag": "pump_rate", "limit": {"high": 120, "unit": "spm"}}]],
        min_length=1,
    )
