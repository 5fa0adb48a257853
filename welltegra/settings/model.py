"""What an operator may set, and what holds when nothing is set.

A description says what the value must be, a colon, and what it means. Faults quote the first half, and
docs/configuration.md both.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat

from welltegra.settings.sources import load


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReplaySettings(Section):
    batch: int = Field(
        default=10_000,
        ge=1,
        le=1_000_000,
        description="a whole number from 1 to 1000000: how many samples the flow is handed at a time",
    )
    max_faults_shown: int = Field(
        default=20,
        ge=0,
        description="a whole number, 0 or more: how many unreadable rows a replay shows; all of them are counted",
    )


class DemoSettings(Section):
    folder: Path = Field(
        default=Path("welltegra-demo"),
        description="a folder: where the demo writes its well day and what came of it, from the working directory",
    )
    seed: int = Field(default=7, ge=0, description="a whole number, 0 or more: the same seed gives the same well day")
    speed: FiniteFloat = Field(
        default=10.0, gt=0, description="a number above 0: how many times as fast as life it runs"
    )
    paced_minutes: FiniteFloat = Field(
        default=15.0,
        ge=0,
        description="a number, 0 or more: minutes of the well day that keep to that speed; the rest runs unpaced",
    )


class LogSettings(Section):
    level: Literal["debug", "info", "warning", "error"] = Field(
        default="warning", description="one of debug, info, warning, error: the least that is logged"
    )


class Settings(Section):
    """All settings. `Settings()` are the defaults: nothing is read from the environment but by `load_settings`."""

    replay: ReplaySettings = ReplaySettings()
    demo: DemoSettings = DemoSettings()
    log: LogSettings = LogSettings()


def load_settings(
    path: Path | None = None, environ: Mapping[str, str] = os.environ, cwd: Path | None = None
) -> Settings:
    """Return the settings that hold; `settings.sources.load` says from where, and which faults it raises."""
    return load(Settings, path, environ, cwd).settings
