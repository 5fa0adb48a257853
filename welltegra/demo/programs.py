"""The programs of the demo's site: each in a session of its own, with a log of its own; they end when we do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from welltegra.embedded import tied

# A last snapshot and a last record take less; a program that takes longer is ended.
_ENDS_WITHIN_S: Final = 10.0
_LOOK_AGAIN_S: Final = 0.05


class Programs:
    """Programs of ours in a folder. logs: where each writes what it says."""

    def __init__(self, folder: Path, logs: Path) -> None:
        self._folder, self._logs = folder, logs
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *arguments: str) -> None:
        """Start `welltegra` with `arguments`."""
        # What an operator has set for another site does not hold here; the settings file of the folder does.
        environment = {key: value for key, value in os.environ.items() if not key.startswith("WELLTEGRA_")}
        command = [sys.executable, "-m", "welltegra.cli", *arguments]
        with self.log(name).open("wb") as output:
            self._running[name] = subprocess.Popen(
                [sys.executable, "-I", "-S", tied.__file__, str(os.getpid()), *command],
                cwd=self._folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C is for us; we stop them in order
            )

    def log(self, name: str) -> Path:
        """Return where a program writes what it says."""
        return self._logs / f"{name}.log"

    def ended(self) -> dict[str, int]:
        """Return the exit code of each program that has ended by itself."""
        codes = {name: process.poll() for name, process in self._running.items()}
        return {name: code for name, code in codes.items() if code is not None}

    def stop(self) -> None:
        """End them all, as an operator would; whoever takes too long is killed."""
        running = [process for process in self._running.values() if process.poll() is None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + _ENDS_WITHIN_S
        while time.monotonic() < until and any(process.poll() is None for process in running):
            time.sleep(_LOOK_AGAIN_S)
        for process in running:
            if process.poll() is None:
                process.kill()
            process.wait()


@contextmanager
def programs(folder: Path, logs: Path) -> Iterator[Programs]:
    """Have programs of a folder; none is left at the end."""
    found = Programs(folder, logs)
    try:
        yield found
    finally:
        found.stop()
