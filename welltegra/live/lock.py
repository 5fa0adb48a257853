"""One process of a number at a time: the next begins only when the one before is proven dead.

The brokers do not fence writers off. A lock on an open file is let go by the kernel when its process ends, however it
ends, and not before.
"""

from __future__ import annotations

import fcntl
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from connectors.errors import Fault, FileFaults

_NAME: Final = re.compile(r"process-(\d+)\.lock")
_LOOK_AGAIN_S: Final = 0.01


class ProcessLock:
    """The lock of process `number` in `folder`, held until this process ends."""

    def __init__(self, folder: Path, number: int) -> None:
        self._folder, self._number = folder, number
        self._descriptor: int | None = None

    def take(self, processes: int, on_wait: Callable[[str], None] = lambda _who: None) -> None:
        """Wait until no process of this number runs, nor any of a number that a larger cluster had.

        processes: how many there are now. on_wait: told once whom is waited for.
        """
        path = self._folder / f"process-{self._number}.lock"
        try:
            self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            must, remedy = "the recovery folder must be writable", "Change its owner, or set constraints.recovery."
            raise FileFaults([Fault(str(path), None, must, error.strerror or repr(error), remedy)]) from None
        if not _try(self._descriptor):
            on_wait(os.pread(self._descriptor, 100, 0).decode(errors="replace").strip() or "an unknown process")
            fcntl.flock(self._descriptor, fcntl.LOCK_EX)
        # For whoever waits; on a full disk they are not told, and that is all.
        with suppress(OSError):
            os.pwrite(self._descriptor, f"pid {os.getpid():<12}\n".encode(), 0)
        for other in self._folder.glob("process-*.lock"):
            found = _NAME.fullmatch(other.name)
            if found and int(found[1]) >= processes:
                _wait_until_free(other, on_wait)

    def release(self) -> None:
        """Let the next one begin."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


class SupervisorLock:
    """Held by the one supervisor of the processes that begin with `first`, for as long as it lives.

    Raises (when taken):
        FileFaults: Another has it, and keeps it for longer than a stop takes.
    """

    def __init__(self, folder: Path, first: int) -> None:
        self._path = folder / f"supervisor-{first}.lock"
        self._descriptor = -1

    def take(self, wait_s: float, on_wait: Callable[[str], None]) -> None:
        """Take it; wait so long for one who has it and perhaps is stopping. on_wait: told once who that is."""
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        until = time.monotonic() + wait_s
        told = False
        while not _try(self._descriptor):
            holder = os.pread(self._descriptor, 100, 0).decode(errors="replace").strip() or "an unknown process"
            if time.monotonic() > until:
                must, remedy = (
                    "one flow at a time must use the recovery folder",
                    "Stop that one, or leave it to its work.",
                )
                raise FileFaults([Fault(str(self._path), None, must, f"{holder} uses it", remedy)])
            if not told:
                told = True
                on_wait(holder)
            time.sleep(_LOOK_AGAIN_S)
        with suppress(OSError):
            os.pwrite(self._descriptor, f"pid {os.getpid():<12}\n".encode(), 0)


def is_held(folder: Path, number: int) -> bool:
    """Return whether a process of this number has its lock."""
    try:
        descriptor = os.open(folder / f"process-{number}.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _try(descriptor)
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_until_free(path: Path, on_wait: Callable[[str], None]) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        told = False
        while not _try(descriptor):
            if not told:
                told = True
                on_wait(os.pread(descriptor, 100, 0).decode(errors="replace").strip())
            time.sleep(_LOOK_AGAIN_S)
    finally:
        os.close(descriptor)
