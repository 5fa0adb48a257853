"""Pure: bytes or vendor objects to our types. No network, no clock, no file. Convert units and quality here.

One bad message is a value, not an exception: the flow sends it to the dead-letter topic with its bytes and the reason.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from connectors.cells import times, values


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of one tag. time: [us since epoch, UTC]. value: None where the source has none."""

    tag: str
    time: int
    value: float | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that is no reading: its bytes, and why."""

    raw: bytes
    reason: str


def to_reading(raw: bytes) -> Reading | Refused:
    """Return the reading in a line `tag time value`, or why it is none."""
    cells = raw.decode(errors="replace").split()
    if len(cells) != 3:
        return Refused(
            raw, f"a line must be 'tag time value'; was {len(cells)} words. Is the gateway set to that form?"
        )
    tag, time_text, value_text = cells
    time = times(pa.array([time_text])).cast(pa.int64())[0].as_py()
    if time is None:
        return Refused(raw, f"time must be RFC 3339 with its zone; was {time_text!r}. Correct the gateway's form.")
    value, unreadable = values(pa.array([value_text]))
    if unreadable[0]:
        return Refused(raw, f"value must be a finite number, or null; was {value_text!r}. Correct the gateway's form.")
    return Reading(tag, time, value[0].as_py())
