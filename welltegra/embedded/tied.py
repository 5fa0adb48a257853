"""Run a program that ends when we do, however we end: `python tied.py PARENT PROGRAM ARGUMENT...` becomes PROGRAM.

Run as a file, by a Python without our packages. The kernel sends SIGKILL to what the thread that started us leaves
behind; only Linux can. That outlives becoming another program, which Python's own way of calling it before
(preexec_fn) cannot do safely once there are threads.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    # It may have gone before the kernel was told.
    if os.getppid() == int(sys.argv[1]):
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - a program by its path, as is meant
