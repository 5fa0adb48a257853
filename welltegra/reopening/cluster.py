"""The further processes of a batch: each does its share of the parts; all come to their end, or nothing is written."""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from welltegra.embedded import tied
from welltegra.errors import WelltegraError
from welltegra.reopening.job import Job

HOST = "127.0.0.1"


class ProcessEnded(WelltegraError):
    """A process of the batch ended before its work was done."""


def addresses(processes: int) -> tuple[str, ...]:
    """Return an address for each process of a batch on this machine; none for one alone."""
    if processes == 1:
        return ()
    with ExitStack() as held:
        probes = [held.enter_context(socket.create_server((HOST, 0))) for _ in range(processes)]
        return tuple(f"{HOST}:{probe.getsockname()[1]}" for probe in probes)


@contextmanager
def others(job: Job) -> Iterator[None]:
    """Have the other processes of a job run beside this one; they end with it, however it ends.

    Raises:
        ProcessEnded: One of them failed; what it said stands on standard error.
    """
    running: list[subprocess.Popen[bytes]] = []
    try:
        # One by one, so that what was started is ended also where the next cannot be.
        running.extend(_start(replace(job, number=number)) for number in range(1, len(job.addresses)))
        yield
        for number, process in enumerate(running, 1):
            if process.wait() != 0:
                raise _ended(number, process.returncode)
    except BaseException as error:
        # The engine's own panic, of a class that cannot be imported: a process it was connected to has gone.
        if type(error).__name__ == "PanicException":
            for number, process in enumerate(running, 1):
                if code := process.wait():
                    raise _ended(number, code) from None
        raise
    finally:
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            process.wait()


def _start(job: Job) -> subprocess.Popen[bytes]:
    program = [sys.executable, "-m", "welltegra.reopening.worker"]
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", tied.__file__, str(os.getpid()), *program],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    with process.stdin as told:
        pickle.dump(job, told)
    return process


def _ended(number: int, code: int) -> ProcessEnded:
    return ProcessEnded(
        f"process {number} of the batch: must come to its end; ended with {code}. Nothing was written. What it said"
        " stands above; without a word it was killed, for memory perhaps: run with fewer --processes."
    )
