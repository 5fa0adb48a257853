"""The processes of a batch: each does its share of the parts; all come to their end, or what they do is undone."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from random import SystemRandom
from typing import Final

from connectors.errors import ConnectorError
from welltegra.embedded import tied
from welltegra.errors import WelltegraError
from welltegra.reopening.job import Job
from welltegra.reopening.worker import CLUSTER_ENDED, FAILED, MISTAKE, said_by

HOST = "127.0.0.1"
# The processes listen seconds later: none of these is given to whoever connects meanwhile, as the system's own are.
_PORTS: Final = range(20_000, 32_768)
_LOOK_S: Final = 0.05
# So long others have to say why they ended, when one ended because another did.
_TO_SPEAK_S: Final = 5.0

Process = subprocess.Popen[bytes]


class ProcessEnded(WelltegraError):
    """A process of the batch ended before its work was done."""


def addresses(processes: int) -> tuple[str, ...]:
    """Return an address for each process of a batch on this machine; none for one alone.

    Raises:
        WelltegraError: So many ports are not free.
    """
    if processes == 1:
        return ()
    found: list[str] = []
    for port in SystemRandom().sample(_PORTS, len(_PORTS)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            found.append(f"{HOST}:{port}")
        if len(found) == processes:
            return tuple(found)
    must = f"{processes} ports of {HOST} from {_PORTS.start} to {_PORTS.stop - 1} must be free"
    raise WelltegraError(f"{must}; {len(found)} are. Run with fewer --processes.")


def run_all(job: Job) -> None:
    """Have a process for each address of a job do its share; they end with this call, however it ends.

    This one does nothing but wait: an engine that waits for another hears neither Ctrl-C nor that the other has gone.

    Raises:
        ConnectorError, WelltegraError: What one of them said.
        ProcessEnded: One of them ended without a word.
    """
    running: list[Process] = []
    # Ctrl-C reaches all processes of a terminal; it is for us to end the others.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        # One by one, so that what was started is ended also where the next cannot be.
        running.extend(_start(replace(job, number=number)) for number in range(len(job.addresses)))
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        _wait(job, running)
    finally:
        for process in running:
            if process.poll() is None:
                process.terminate()
        for process in running:
            process.wait()
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start(job: Job) -> Process:
    program = [sys.executable, "-m", "welltegra.reopening.worker"]
    with said_by(job).open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", tied.__file__, str(os.getpid()), *program],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
    assert process.stdin is not None
    try:
        with process.stdin as told:
            pickle.dump(job, told)
    except BrokenPipeError:
        pass  # it ended at once; `_wait` finds out
    except BaseException:
        process.kill()
        process.wait()
        raise
    return process


def _wait(job: Job, running: Sequence[Process]) -> None:
    """Return when all have come to their end; raise as soon as one has failed."""
    while True:
        codes = [process.poll() for process in running]
        if any(codes):
            raise _failure(job, running)
        if None not in codes:
            return
        time.sleep(_LOOK_S)


def _failure(job: Job, running: Sequence[Process]) -> ConnectorError | WelltegraError:
    """Return why a batch failed: what was said by the process that failed first of itself."""
    until = time.monotonic() + _TO_SPEAK_S
    while True:
        codes = {number: code for number, process in enumerate(running) if (code := process.poll())}
        of_itself = {number: code for number, code in codes.items() if code != CLUSTER_ENDED}
        if of_itself or time.monotonic() > until or None not in [process.poll() for process in running]:
            break
        time.sleep(_LOOK_S)
    number, code = min((of_itself or codes).items())
    path = said_by(replace(job, number=number))
    if code in (FAILED, MISTAKE) and (said := path.read_text(encoding="utf-8").strip()):
        return ConnectorError(said) if code == MISTAKE else WelltegraError(said)
    if code > 0:
        with path.open("rb") as file:
            shutil.copyfileobj(file, sys.stderr.buffer)
    return ProcessEnded(
        f"process {number} of the batch: must come to its end; ended with {code}. The database has the run whole or not"
        " at all: run it again. A process that says nothing was killed, for memory perhaps: run with fewer --processes."
    )
