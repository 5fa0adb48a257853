"""Settings: frozen, checked when built, every field described with its unit. No secret has a default."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class LineSettings(BaseModel):
    """Where the lines are, and how often to look."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Annotated[Path, Field(description="The file that grows.")]
    poll_interval_s: Annotated[float, Field(gt=0, le=60, description="Time between looks at its end [s].")] = 1.0
    batch_lines: Annotated[int, Field(ge=1, le=65_536, description="Most lines handed on at once.")] = 1_000
