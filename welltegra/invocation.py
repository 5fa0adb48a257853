"""What one call of the command line shares with its commands."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from welltegra.settings.model import Settings
from welltegra.settings.sources import Loaded, load

_LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


@dataclass(frozen=True)
class Invocation:
    """One call. `config_path` is what `--config` named.

    Settings are read when first asked for: `--help` needs none.
    """

    config_path: Path | None = None

    @cached_property
    def loaded(self) -> Loaded[Settings]:
        """The settings and where each came from; raises FileFaults as `load` does."""
        return load(Settings, self.config_path)

    def settings(self) -> Settings:
        """The settings; logging goes by them from then on."""
        settings = self.loaded.settings
        log_as_told(settings)
        return settings


def log_as_told(settings: Settings) -> None:
    """Log by the settings from now on, to standard error."""
    logging.basicConfig(level=settings.log.level.upper(), format=_LOG_FORMAT)
