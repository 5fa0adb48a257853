"""What a rule file may be at most. Beyond it something else was given to us than a rule file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of one rule file."""

    max_bytes: int = 1_000_000
    max_depth: int = 12

    def __post_init__(self) -> None:
        """Refuse bounds under which no rule file could be read."""
        for name, least in (("max_bytes", 1), ("max_depth", 6)):
            if getattr(self, name) < least:
                raise ValueError(f"rule file bounds: {name} must be {least} or more; was {getattr(self, name)!r}.")


BOUNDS = Bounds()
