"""The memory of all processes of a session: how much they hold, and the most while something is done."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

_LOOK_S: Final = 0.02
_SESSION: Final = 3  # of /proc/PID/stat, counted after the name of the program


class Resident(msgspec.Struct):
    """What was held before, and the most since [MB]."""

    before_mb: float
    most_mb: float

    @property
    def above_mb(self) -> float:
        return self.most_mb - self.before_mb


def resident_mb(session: int) -> float:
    """Return what the processes of a session hold together [MB]."""
    held = 0
    for path in Path("/proc").glob("[0-9]*"):
        # One may end while we look.
        with suppress(OSError):
            if int((path / "stat").read_text().rpartition(")")[2].split()[_SESSION]) == session:
                status = dict(line.split(":", 1) for line in (path / "status").read_text().splitlines())
                held += int(status.get("VmRSS", "0 kB").split()[0])
    return held * 1024 / 1e6


@contextmanager
def watched(session: int) -> Iterator[Resident]:
    """Yield what notes the most that the processes of a session hold meanwhile, looking fifty times a second."""
    first = resident_mb(session)
    found = Resident(first, first)
    over = threading.Event()

    def look() -> None:
        while not over.wait(_LOOK_S):
            found.most_mb = max(found.most_mb, resident_mb(session))

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        over.set()
        looking.join()
