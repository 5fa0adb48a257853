"""Two clocks compared through a wire: what can be said for certain, and no more."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from welltegra.doctor.result import Result, not_asked, ok, warning, wrong

OURS: Final = "clock: this machine"

# docs/judging.md: a sample that is ahead of its arrival by more than 2 s is judged as of its arrival.
WRONG_FROM_S: Final = 2.0
WARN_FROM_S: Final = 0.5

_KEEP: Final = (
    "Have NTP keep both clocks (chrony, systemd-timesyncd); samples more than 2 s ahead are judged as of arrival."
)
_TIMESYNC: Final = Path("/run/systemd/timesync/synchronized")
_ROOM_FOR_TIMEX: Final = 512
_TIME_ERROR: Final = 5


@dataclass(frozen=True, slots=True)
class Ahead:
    """How far another clock is ahead of ours: for certain from `least` to `most` [s]; negative is behind."""

    least: float
    most: float

    @classmethod
    def of(cls, theirs: float, asked: float, answered: float, resolution: float = 0.0) -> Ahead:
        """Return what follows from a clock that was read between our `asked` and our `answered` [s since epoch].

        resolution: by how much `theirs` may have been cut off [s].
        """
        return cls(theirs - answered, theirs + resolution - asked)

    def __and__(self, other: Ahead) -> Ahead:
        """Return what both say together."""
        return Ahead(max(self.least, other.least), min(self.most, other.most))

    @property
    def at_least_off(self) -> float:
        """By how much the clocks differ at the least [s]."""
        return max(self.least, -self.most, 0.0)

    def __str__(self) -> str:
        if math.isinf(self.most):
            return f"at least {self.least:.3f} s ahead"
        middle, doubt = (self.least + self.most) / 2, (self.most - self.least) / 2
        return f"{abs(middle):.3f} s {'behind' if middle < 0 else 'ahead'}, give or take {doubt:.3f} s"


def judged(name: str, whose: str, ahead: Ahead) -> Result:
    """Return how another clock stands against ours. whose: what to call it."""
    off = ahead.at_least_off
    if off < WARN_FROM_S:
        if math.isinf(ahead.most):
            return not_asked(name, f"{whose} gave no time while we looked; its last is not ahead of ours.")
        return ok(name, f"{whose} is {ahead}.")
    must = WRONG_FROM_S if off >= WRONG_FROM_S else WARN_FROM_S
    found = f"{whose} must be within {must:g} s of this machine's clock; is {ahead}."
    return (wrong if off >= WRONG_FROM_S else warning)(name, found, _KEEP)


def look_at_ours(timesync: Path = _TIMESYNC, kernel: Callable[[], int | None] | None = None) -> Iterator[Result]:
    """Yield whether something keeps this machine's clock. kernel: what adjtimex returns; None where it does not."""
    if timesync.exists():
        yield ok(OURS, "kept by NTP, as systemd-timesyncd says.")
        return
    state = (kernel or _kernel_state)()
    if state is None:
        yield not_asked(OURS, "neither systemd nor the kernel says whether the clock is kept.")
    elif state == _TIME_ERROR:
        found = "must be kept by NTP; the kernel says that nothing keeps it, and systemd says nothing."
        remedy = "Start chrony or systemd-timesyncd, unless the host of this virtual machine keeps the clock."
        yield warning(OURS, found, remedy)
    else:
        yield ok(OURS, "kept by NTP, as the kernel says.")


def _kernel_state() -> int | None:
    """Return the state of the kernel's clock; nothing is changed by asking with no modes. None where it is not told."""
    try:
        state = int(ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_ROOM_FOR_TIMEX)))
    except (OSError, AttributeError):
        return None
    return state if state >= 0 else None
