"""Many faults of a file, told so that a screen can hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from connectors.errors import Fault

SHOWN: Final = 50


def first_of(faults: Sequence[Fault]) -> tuple[Sequence[Fault], str | None]:
    """Return the first faults, and what to say of the rest; None where there is no rest."""
    more = len(faults) - SHOWN
    if more <= 0:
        return faults, None
    return faults[:SHOWN], f"... and {more:,} more."
