"""Processes of a run: each in a session of its own, with its output in a file, ended by its id when its block ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import msgspec

REPO = Path(__file__).resolve().parents[2]
PEERS_PYTHON = REPO / ".venv-peers" / "bin" / "python"
PATIENCE_S = 600.0
_STOPS_WITHIN_S = 30.0
_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


class Failed(Exception):
    """A process did not do what it was there for; says which, and the last that it said."""


class Child:
    """A module of this package as a program, on its orders. python: whose packages it runs on."""

    def __init__(self, module: str, orders: msgspec.Struct, log: Path, python: Path = Path(sys.executable)) -> None:
        self.module = module
        self._log = log
        command = [str(python), "-m", f"benchmarks.kafka.{module}", msgspec.json.encode(orders).decode()]
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=REPO,
                # Settings of the shell that runs us are not the flow's.
                env={name: value for name, value in os.environ.items() if not name.startswith("WELLTEGRA_")},
                start_new_session=True,
            )

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    @property
    def pid(self) -> int:
        return self.process.pid

    def has_ended(self) -> bool:
        """Return whether it has ended well. Raise Failed if it failed."""
        code = self.process.poll()
        if code:
            raise Failed(f"{self.module}: must end well; ended with {code}:\n{self.tail()}")
        return code == 0

    def wait_for(self, path: Path, within_s: float = PATIENCE_S) -> None:
        """Return when `path` is there. Raise Failed if the process ends without it."""
        until = time.monotonic() + within_s
        while not path.exists():
            if self.has_ended() and not path.exists():
                raise Failed(f"{self.module}: must write {path.name}; ended without:\n{self.tail()}")
            if time.monotonic() > until:
                raise Failed(f"{self.module}: must write {path.name} in {within_s:.0f} s; was silent:\n{self.tail()}")
            time.sleep(0.02)

    def join(self, within_s: float = PATIENCE_S) -> None:
        """Return when it has ended well."""
        try:
            self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.module}: must end in {within_s:.0f} s; runs on:\n{self.tail()}") from None
        self.has_ended()

    def tail(self) -> str:
        """Return the last that it said."""
        return self._log.read_text(encoding="utf-8", errors="replace")[-4000:]


def cpu_s(pid: int) -> float:
    """Return the processor time of a process so far [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS_A_SECOND


def resident_mb(pid: int) -> float:
    """Return the resident memory of a process [MB]."""
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def stop_all(children: Sequence[Child]) -> None:
    """End them as an operator would, all at once; who does not obey is killed: what it did is done."""
    for child in children:
        child.process.send_signal(signal.SIGTERM)
    until = time.monotonic() + _STOPS_WITHIN_S
    for child in children:
        try:
            child.process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.process.kill()
            child.process.wait()


class Meter:
    """How many cores each part is busy on, from the first reading to the last at which all of its processes lived."""

    def __init__(self, parts: Mapping[str, Sequence[int]]) -> None:
        self._parts = parts
        self._first: dict[str, tuple[float, float]] = {}
        self._last: dict[str, tuple[float, float]] = {}

    def read(self) -> None:
        """Note how much each part has used."""
        for part, pids in self._parts.items():
            with suppress(OSError):  # it has ended
                self._last[part] = (time.monotonic(), sum(map(cpu_s, pids)))
                self._first.setdefault(part, self._last[part])

    def cores(self, part: str) -> float:
        """Return how many cores; 0 if it was not read twice."""
        (began, before), (ended, after) = self._first.get(part, (0.0, 0.0)), self._last.get(part, (0.0, 0.0))
        return (after - before) / (ended - began) if ended > began else 0.0
