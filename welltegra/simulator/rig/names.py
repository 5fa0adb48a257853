"""What the rig's nodes are called, and what a well may be called."""

from __future__ import annotations

from typing import Final

NAMESPACE: Final = "urn:welltegra:rig"
FAULTS: Final = "rig/faults"
ASK: Final = f"{FAULTS}/ask"
ON: Final = f"{FAULTS}/on"
_RESERVED: Final = "rig"


def tag_name(well: str, tag: str) -> str:
    return f"{well}/{tag}"


def request_name(well: str, tag: str = "pump_rate") -> str:
    return f"{well}/request/{tag}"


def name_fault(name: str) -> str | None:
    """Return why a well cannot have this name, None if it can."""
    if not name or name != name.strip() or "/" in name or not name.isprintable() or len(name) > 64:
        return f"--well: a name must have 1 to 64 printable characters, no '/', no blank at its ends; was {name!r}."
    if name == _RESERVED:
        return f"--well: {_RESERVED!r} must not name a well, it names the rig's own nodes."
    return None
