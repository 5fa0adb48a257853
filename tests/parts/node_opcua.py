"""An OPC UA server that is not of our library: node-opcua, as tests/node/opcua_server.mjs runs it, with its own log."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

import yaml

from tests.parts.apache_kafka import OUT_OF_REACH, free_ports
from tests.test_layers import REPO
from welltegra.embedded.broker import HOST

SCRIPT = REPO / "scripts" / "node.sh"
PROGRAM = REPO / "tests" / "node" / "opcua_server.mjs"
NAMESPACE = "urn:welltegra:node"
STARTS_WITHIN_S = 180.0
OBEYS_WITHIN_S = 60.0
ENDS_WITHIN_S = 10.0


class NoNode(Exception):
    """Node or node-opcua cannot be had here; the sentence says why. `out_of_reach`: a registry could not be reached."""

    def __init__(self, why: str, out_of_reach: bool) -> None:
        self.out_of_reach = out_of_reach
        super().__init__(why)


def bring() -> None:
    """Have Node and the packages.

    Raises:
        NoNode: They cannot be had.
    """
    done = subprocess.run(["sh", SCRIPT], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise NoNode(done.stderr.strip(), done.returncode == OUT_OF_REACH)


class Tick(NamedTuple):
    """What the server gave all its tags at a time [ms since epoch]. values: in the order of names(), None if bad."""

    time: int
    values: list[float | None]


class NodeOpcua:
    """A server on a port of this machine, from entering to leaving; it keeps its port and its log over restarts.

    folder: its log, its certificates and its output. wells, tags: so many wells, each with so many tags. history:
    values of a tag that it keeps, until it ends.
    """

    def __init__(self, folder: Path, wells: int, tags: int, history: int = 0) -> None:
        self._folder, self._wells, self._tags, self._history = folder, wells, tags, history
        (self.port,) = free_ports(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> NodeOpcua:
        bring()
        try:
            self.start()
        except BaseException:
            self.kill9()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def endpoint(self) -> str:
        return f"opc.tcp://{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None, "started"
        return self._process.pid

    def names(self) -> list[tuple[str, str]]:
        """Return well and tag of every node."""
        return [(f"W-{well}", f"t{tag}") for well in range(1, self._wells + 1) for tag in range(self._tags)]

    def tag_map(self) -> str:
        """Return the tag map of all nodes; their units the nodes say."""
        tags = [{"node": f"s={well}/{tag}", "well": well, "tag": tag} for well, tag in self.names()]
        return yaml.safe_dump({"namespace": NAMESPACE, "tags": tags})

    def start(self) -> None:
        """Start it, and return once it listens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        settings = {"port": self.port, "folder": str(self._folder), "period_ms": 1000}
        settings |= {"wells": self._wells, "tags": self._tags, "history": self._history}
        output = self._folder / "node.log"
        with output.open("wb") as stream:
            self._process = subprocess.Popen(
                ["node", PROGRAM, json.dumps(settings)],
                stdin=subprocess.PIPE, stdout=stream, stderr=subprocess.STDOUT, start_new_session=True,
            )  # fmt: skip
        until = time.monotonic() + STARTS_WITHIN_S
        while "listens on" not in (said := output.read_text(encoding="utf-8")):
            assert self._process.poll() is None, f"node-opcua ended: {said[-2000:]}"
            assert time.monotonic() < until, f"node-opcua must listen in {STARTS_WITHIN_S:.0f} s; said: {said[-2000:]}"
            time.sleep(0.05)

    def tell(self, **command: Any) -> None:
        """Have it do something, and return once it does; see the program."""
        assert self._process is not None, "started"
        assert self._process.stdin is not None, "a pipe"
        before = sum(1 for _ in self._commands())
        self._process.stdin.write(json.dumps(command).encode() + b"\n")
        self._process.stdin.flush()
        until = time.monotonic() + OBEYS_WITHIN_S
        while sum(1 for _ in self._commands()) == before:
            assert time.monotonic() < until, f"node-opcua must do {command} within {OBEYS_WITHIN_S:.0f} s"
            time.sleep(0.05)

    def sent(self) -> list[Tick]:
        """Return all that it gave its tags, from its first start on."""
        return [Tick(**json.loads(line)) for line in self._lines() if line.startswith('{"time"')]

    def stop(self) -> None:
        """End it as an operator would."""
        if self._process is None:
            return
        assert self._process.stdin is not None, "a pipe"
        try:
            self._process.stdin.close()
            self._process.wait(ENDS_WITHIN_S)
        except (OSError, subprocess.TimeoutExpired):
            pass
        self.kill9()

    def kill9(self) -> None:
        """End it as a power cut would."""
        if self._process is None:
            return
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process = None

    def _commands(self) -> Iterator[str]:
        return (line for line in self._lines() if not line.startswith('{"time"'))

    def _lines(self) -> Iterator[str]:
        for line in (self._folder / "sent.jsonl").read_text(encoding="utf-8").splitlines(keepends=True):
            if line.endswith("\n"):  # the last may not be written yet
                yield line
