"""What one process of the flow is to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from welltegra.settings.model import Settings


@dataclass(frozen=True)
class Job:
    """Process `number` of a cluster. addresses: host:port of every process in order; empty for one process alone."""

    settings: Settings
    number: int = 0
    addresses: Sequence[str] = ()

    @property
    def processes(self) -> int:
        """How many processes the cluster has."""
        return max(1, len(self.addresses))
