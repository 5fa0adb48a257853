"""Numbers of the processes that answer, so that each has a port of its own for its metrics."""

from __future__ import annotations

import multiprocessing
import os


class Seats:
    """As many seats as there are processes; who comes takes the first that nobody who lives holds."""

    def __init__(self, count: int) -> None:
        self._held = multiprocessing.get_context("spawn").Array("q", count)

    def take(self, process: int) -> int | None:
        """Return the seat of a process, which is its own until it dies; None where all are held."""
        with self._held.get_lock():
            for number in range(len(self._held)):
                holder = int(self._held[number])
                if holder in (0, process) or not _lives(holder):
                    self._held[number] = process
                    return number
        return None


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, PermissionError):
        return False  # nobody, or by now somebody else's
    return True
