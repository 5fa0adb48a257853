"""Keeps the processes of the flow running: one at work and one ready for each number, restarted when one ends.

When a process of a cluster dies, the engine ends them all. A spare of each has by then imported everything and loaded
the kernel; it waits for the lock that the dead one held, and begins as soon as the kernel lets go of it.
"""

from __future__ import annotations

import logging
import os
import pickle
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

from welltegra.live.child import MISTAKE
from welltegra.live.job import Job
from welltegra.live.process import GRACE_S
from welltegra.live.recovery import Recovery

log = logging.getLogger(__name__)

_LONGEST_PAUSE_S: Final = 30.0
# A restart in which some process never comes to run is begun again, and given twice as long: a large field is no fault.
_RESTART_WITHIN_S: Final = 60.0
_LONGEST_RESTART_S: Final = 3_600.0
_TURN_S: Final = 0.2


@dataclass(eq=False)
class Child:
    """A process: which job, and the last word that it said."""

    job: Job
    process: subprocess.Popen[bytes]
    said: str = ""
    placed: bool = False

    @property
    def is_at_work(self) -> bool:
        """Whether it has the lock of its number."""
        return self.said in ("active", "placed", "joining", "running")


@dataclass
class Supervisor:
    """Runs `jobs` of one cluster on this machine until SIGTERM or SIGINT. say: told what people are to know."""

    jobs: Sequence[Job]
    recovery: Recovery
    say: Callable[[str], None]
    _children: list[Child] = field(default_factory=list)
    _stopping: bool = False
    _ever_ran: bool = False
    _failures: int = 0
    _died_at: float | None = None
    _start_after: float = 0.0
    _restart_within_s: float = _RESTART_WITHIN_S
    _selector: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)

    def run(self) -> int:
        """Return the exit code: 0 after a stop with a last snapshot, else that of what failed."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            # nohup has SIGHUP ignored: it is to outlive its terminal. A shell does so with SIGINT for its background.
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._on_signal)
        self._died_at = time.monotonic()
        try:
            while not self._stopping:
                self._fill()
                self._listen(_TURN_S)
                code = self._bury()
                if code is not None:
                    return code
            return self._stop()
        finally:
            self._kill()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _fill(self) -> None:
        """Start what is missing: those at work first, a spare of each once all of them run."""
        if time.monotonic() < self._start_after:
            return
        for job in self.jobs:
            if not any(child.job is job for child in self._children):
                self._start(job)
        if self._died_at is not None:
            return
        for job in self.jobs:
            if sum(child.job is job for child in self._children) < 2:
                self._start(job)

    def _start(self, job: Job) -> None:
        try:
            process = subprocess.Popen(
                [sys.executable, "-m", "welltegra.live.child"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,  # a Ctrl-C is for us; we stop them in order
            )
        except OSError as error:
            # What runs goes on without a spare.
            log.error("start_failed number=%d reason=%r", job.number, error.strerror)
            self._pause()
            return
        assert process.stdin is not None, "asked for"
        assert process.stdout is not None, "asked for"
        with suppress(BrokenPipeError):  # it has died already; that is noticed below
            process.stdin.write(pickle.dumps(job))
            process.stdin.flush()
        child = Child(job, process)
        os.set_blocking(process.stdout.fileno(), False)
        self._selector.register(process.stdout, selectors.EVENT_READ, child)
        self._children.append(child)

    def _listen(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            self._hear(key.data)

    def _hear(self, child: Child) -> None:
        stream = child.process.stdout
        assert stream is not None, "asked for"
        said = stream.read()
        if not said:
            with suppress(KeyError):
                self._selector.unregister(stream)
            return
        for word in said.decode().split():
            child.said = word
            if word == "ready" and self._died_at is None:
                log.info("spare_ready number=%d", child.job.number)
            if word == "ready":
                self._failures = 0
        self._send_place()
        if self._died_at is not None and self._all_run():
            took = time.monotonic() - self._died_at
            of = f"{len(self.jobs)} processes" if len(self.jobs) > 1 else "1 process"
            self.say(f"{'judging again' if self._ever_ran else 'judging'} with {of}, after {took:.1f} s")
            self._died_at, self._ever_ran, self._failures = None, True, 0
            self._restart_within_s = _RESTART_WITHIN_S

    def _send_place(self) -> None:
        """Say where the state is, once there is a process of each number that waits for it: then none of old runs."""
        waiting = [child for child in self._children if child.said == "active" and child.process.poll() is None]
        if not waiting or {child.job.number for child in waiting} != {job.number for job in self.jobs}:
            return
        try:
            place = self.recovery.place()
        except OSError as error:
            self.say(f"the recovery folder {self.recovery.folder} cannot be used ({error.strerror}); trying again")
            for child in waiting:
                child.process.kill()
            self._pause()
            return
        if not self.recovery.is_on_disk(place):
            self.say(f"the disk of {self.recovery.folder} is full: the state is kept in {place}")
        for child in waiting:
            assert child.process.stdin is not None, "asked for"
            child.placed, child.said = True, "placed"
            with suppress(BrokenPipeError):
                child.process.stdin.write(os.fsencode(place) + b"\n")
                child.process.stdin.flush()

    def _all_run(self) -> bool:
        return all(any(child.job is job and child.said == "running" for child in self._children) for job in self.jobs)

    def _bury(self) -> int | None:
        """Take note of who has ended; return an exit code if there is no going on."""
        for child in [child for child in self._children if child.process.poll() is not None]:
            self._hear(child)  # its last words: whether it was at work
            self._close(child)
            self._children.remove(child)
            code = child.process.returncode
            how = f"signal {-code}" if code < 0 else f"code {code}"
            if code == MISTAKE and not self._ever_ran:
                return MISTAKE
            if not child.is_at_work:
                log.warning("spare_ended number=%d how=%s", child.job.number, how.replace(" ", "_"))
                self._pause()
                continue
            if self._died_at is None:
                self._died_at = time.monotonic()
                self.say(f"process {child.job.number} ended ({how}); starting again")
            else:
                self._pause()
        if self._died_at is not None and self._ever_ran and time.monotonic() - self._died_at > self._restart_within_s:
            self.say(f"not all processes came to run within {self._restart_within_s:.0f} s; starting again")
            self._kill()
            self._died_at = time.monotonic()
            self._restart_within_s = min(_LONGEST_RESTART_S, 2 * self._restart_within_s)
        return None

    def _pause(self) -> None:
        # What fails at once would fail as fast as the machine can start it.
        pause = min(_LONGEST_PAUSE_S, 0.25 * 2**self._failures)
        self._failures = min(self._failures + 1, 16)
        self._start_after = time.monotonic() + pause

    def _stop(self) -> int:
        """Let those at work take a last snapshot; return 0 if all did."""
        self.say("stopping")
        at_work = [child for child in self._children if child.placed]
        for child in self._children:
            child.process.send_signal(signal.SIGTERM if child in at_work else signal.SIGKILL)
        deadline = time.monotonic() + GRACE_S + 5.0
        for child in at_work:
            with suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
        codes = [child.process.poll() for child in at_work]
        if all(code == 0 for code in codes):
            self.say("stopped, with a last snapshot" if at_work else "stopped")
            return 0
        self.say("stopped without a last snapshot; what followed the one before is judged again at the next start")
        return next((code for code in codes if code is not None and code > 0), 1)

    def _kill(self) -> None:
        for child in self._children:
            child.process.kill()
            child.process.wait()
            self._close(child)
        self._children.clear()

    def _close(self, child: Child) -> None:
        assert child.process.stdin is not None, "asked for"
        assert child.process.stdout is not None, "asked for"
        with suppress(KeyError, ValueError):  # its end was heard before
            self._selector.unregister(child.process.stdout)
        child.process.stdout.close()
        with suppress(BrokenPipeError):
            child.process.stdin.close()
