"""A process that ends when the one that started it does, however that ends; only Linux can."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

from welltegra.embedded.tied import PR_SET_PDEATHSIG


def end_with(parent: int) -> None:
    """Have the kernel end this process with its parent, whose id it is; at once if that has gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
