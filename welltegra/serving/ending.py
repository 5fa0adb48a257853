"""How processes end together: with the one that started them, however that ends; and at its word, before it ends."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import Connection
from typing import Any

from welltegra.embedded.tied import PR_SET_PDEATHSIG


def end_with(parent: int) -> None:
    """Have the kernel end this process with its parent, whose id it is; at once if that has gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class Ending:
    """The word that all is to end: told once by the first process, heard by those that it is handed to.

    A pipe, not a lock or an event of multiprocessing: telling is safe in a signal handler, and one who was killed while
    he listened keeps nobody waiting.
    """

    def __init__(self) -> None:
        self._heard, self._told = multiprocessing.get_context("spawn").Pipe(duplex=False)

    def tell(self) -> None:
        """Say it; a second time says nothing more."""
        if isinstance(self._told, Connection):
            self._told.close()

    def wait(self) -> None:
        """Return once it is said, or the one who could say it has died."""
        try:
            self._heard.recv_bytes()
        except (EOFError, OSError):
            return

    def __getstate__(self) -> dict[str, Any]:
        # Whoever had the other end as well would never hear that it was closed.
        return {"_heard": self._heard, "_told": None}
