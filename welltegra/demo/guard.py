"""End a process once we are gone, also when we are killed: `python guard.py PID` waits for the end of standard input.

For the database: as root it runs as another user, and on no account may it be killed like the programs that are tied to
us. Run as a file, by a Python without our packages; only Linux can.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def guarded(pid: int) -> Iterator[None]:
    """Have PostgreSQL stopped if we die meanwhile."""
    with subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, str(pid)],
        cwd="/",
        stdin=subprocess.PIPE,  # the kernel closes it with us
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as guard:
        try:
            yield
        finally:
            guard.kill()


if __name__ == "__main__" and sys.platform == "linux":
    with suppress(ProcessLookupError):
        # Its number may be another's by then; this is not.
        process = os.pidfd_open(int(sys.argv[1]))
        sys.stdin.buffer.read()
        signal.pidfd_send_signal(process, signal.SIGINT)  # its fast shutdown: nothing is left to be repaired
