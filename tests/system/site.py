"""A site for tests: settings, topics, rules, and the programs of WellTegra that run on them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from unittest.mock import patch

import yaml

from connectors.kafka.config import Kafka
from tests.test_layers import REPO
from welltegra.cli import DONE, run

# Programs start side by side with those of other tests.
PATIENCE_S = 120.0
# What an operator does not set for these runs must not come from the shell that runs them.
_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("WELLTEGRA_")}


class Site:
    """A folder with a welltegra.toml on a broker, its topics made and its rules active once `prepare` is done.

    more: further tables of the settings, as TOML.
    """

    def __init__(self, folder: Path, bootstrap: str, prefix: str, partitions: int = 4, more: str = "") -> None:
        self.folder = folder
        self.partitions = partitions
        self.kafka = Kafka({"bootstrap.servers": bootstrap}, prefix)
        folder.mkdir(parents=True, exist_ok=True)
        settings = (
            f'[kafka]\nbootstrap_servers = "{bootstrap}"\ntopic_prefix = "{prefix}"\n'
            f"[topics]\npartitions = {partitions}\nreplication = 1\n"
            '[log]\nlevel = "info"\n'
        )
        if "[metrics]" not in more:
            settings += "[metrics]\nport = 0\n"
        (folder / "welltegra.toml").write_text(settings + more, encoding="utf-8")

    @property
    def recovery(self) -> Path:
        return self.folder / "welltegra-recovery"

    def welltegra(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        done = subprocess.run(
            [sys.executable, "-m", "welltegra.cli", *arguments],
            cwd=self.folder, env=self._environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0 or not check, f"{arguments}: {done.stdout}\n{done.stderr}"
        return done

    def prepare(self, rules: Mapping[str, Mapping[str, object]]) -> None:
        """Make the topics, and activate rules. rules: rule file of each well, as what its YAML would say."""
        self._here("topics", "create")
        folder = self.folder / "rules"
        folder.mkdir()
        for number, (well, content) in enumerate(rules.items()):
            path = folder / f"{number}.yaml"
            path.write_text(yaml.safe_dump({"well": well, **content}, sort_keys=False), encoding="utf-8")
        files = [str(path) for path in sorted(folder.iterdir())]
        self._here("rules", "activate", *files, "--author", "A. Author", "--approver", "B. Approver")

    def _here(self, *arguments: str) -> None:
        """Run a command as `welltegra` does, in this process: what it imports is there already."""
        settings = self.folder / "welltegra.toml"
        with patch.dict(os.environ, self._environment(), clear=True):
            assert run(["--config", str(settings), *arguments]) == DONE, f"{arguments}: see what it said"

    def _environment(self) -> dict[str, str]:
        return _ENVIRONMENT | {"PYTHONPATH": str(REPO), "PYTHONUNBUFFERED": "1"}

    def at_work(self, number: int = 0) -> int:
        """Return the process of the flow that has the lock of a number."""
        return int((self.recovery / f"process-{number}.lock").read_text(encoding="utf-8").split()[1])

    @contextmanager
    def running(self, *arguments: str, name: str) -> Iterator[Program]:
        """Have a command running in a session of its own; what is left of it at the end is killed."""
        program = Program(self, arguments, name)
        try:
            yield program
        finally:
            program.kill()

    def start(self, arguments: tuple[str, ...], output: Path) -> subprocess.Popen[bytes]:
        """Start a command."""
        with output.open("ab") as stream:
            return subprocess.Popen(
                [sys.executable, "-m", "welltegra.cli", *arguments],
                cwd=self.folder, env=self._environment(), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT,
            )  # fmt: skip


class Program:
    """A command that runs on, with its output in a file."""

    def __init__(self, site: Site, arguments: tuple[str, ...], name: str) -> None:
        self.output = site.folder / f"{name}.log"
        self.process = site.start(arguments, self.output)

    @property
    def said(self) -> str:
        return self.output.read_text(encoding="utf-8", errors="replace")

    def wait_for(self, words: str, times: int = 1) -> None:
        """Return once it has said `words` so many times."""

        def has_said() -> bool:
            ended = self.process.poll()
            assert ended is None or self.said.count(words) >= times, f"ended with {ended}: {self.said[-3000:]}"
            return self.said.count(words) >= times

        wait_until(has_said, f"{words!r}, {times} times; said: {self.said[-3000:]}")

    def stop(self) -> int:
        """Stop it as an operator would; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)

    def kill(self) -> None:
        """End it and all its children at once, as a power cut would."""
        if self.process.poll() is None:
            for pid in (self.process.pid, *children_of(self.process.pid)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()


def children_of(parent: int) -> list[int]:
    """Return the processes that `parent` started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
            if int(fields[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def resident_mb(pid: int) -> float:
    """Return the memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    (line,) = (line for line in lines if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def wait_until(holds: Callable[[], bool], what: str, within_s: float = PATIENCE_S) -> None:
    """Return once `holds` does."""
    until = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.02)
