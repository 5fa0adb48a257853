"""Runs a rig as a process, as the command line does, and looks at it with a client."""

from __future__ import annotations

import asyncio
import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from asyncua import ua
from asyncua.client.client import Client
from asyncua.common.node import Node
from asyncua.ua.attribute_ids import AttributeIds

from tests.test_layers import REPO
from tests.welltegra.live.asked import HOST
from welltegra.simulator.rig.names import NAMESPACE
from welltegra.simulator.rig.values import node_id

WITHIN_S = 120.0
PROGRAM = "from welltegra.cli import main; main()"
T = TypeVar("T")


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    folder: Path
    port: int

    @property
    def endpoint(self) -> str:
        return f"opc.tcp://{HOST}:{self.port}/welltegra/rig"

    def said(self) -> str:
        return (self.folder / "said").read_text()

    def sentences(self) -> list[str]:
        """Return what it said, but for the seconds that came too late: on a busy machine there are some."""
        return [line for line in self.said().splitlines() if "rig_seconds_skipped" not in line]

    def lines(self, name: str) -> list[dict[str, Any]]:
        """Return what stands in a file of the rig's, whole lines."""
        text = (self.folder / name).read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def end(self, number: int) -> int:
        """Return the exit code after a signal."""
        self.process.send_signal(number)
        return self.process.wait(WITHIN_S)


@contextmanager
def rig(folder: Path, *arguments: str, **environ: str) -> Iterator[Running]:
    """Yield a rig that listens; what it says goes to `said` in the folder, writes to `writes`, truth to `truth`."""
    running = _started(folder, arguments, environ)
    # Between looking for a port and listening there, somebody else may have come.
    while "must be free" in running.said():
        running = _started(folder, arguments, environ)
    try:
        assert running.process.poll() is None, running.said()
        yield running
    finally:
        _kill(running.process)


def _started(folder: Path, arguments: Sequence[str], environ: Mapping[str, str]) -> Running:
    """Return a rig that listens, or has ended."""
    files = ["--log", str(folder / "writes"), "--truth", str(folder / "truth")]
    port = free_port()
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "simulate", "rig", "--port", str(port), *files, *arguments],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(REPO), **environ},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
    running = Running(process, folder, port)
    try:
        until(lambda: "Ctrl-C stops it." in running.said() or process.poll() is not None, "it listens")
    except AssertionError:
        _kill(process)
        raise
    return running


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a port that is free now, below those that connections get; seldom the one that another test looks at."""
    while True:
        port = random.randrange(21_000, 30_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind((HOST, port))
            return port


def run(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Return a command that has ended by itself."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=REPO,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )


def until(condition: Callable[[], Any], what: str) -> None:
    """Return once `condition` holds."""
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, f"{what} within {WITHIN_S:.0f} s"
        time.sleep(0.02)


def lasted(of: Collection[int], served: Collection[int]) -> tuple[int, int]:
    """Return for how many seconds something was so at least and at most, by their numbers.

    The two differ where there are seconds about it that were not served: a busy rig skips what it comes too late for.
    """
    before = max(number for number in served if number < min(of))
    after = min(number for number in served if number > max(of))
    return max(of) - min(of) + 1, after - before - 1


class Seen:
    """What a subscription brought: (node, value), in the order in which it came."""

    def __init__(self) -> None:
        self.values: list[tuple[str, ua.DataValue]] = []

    def datachange_notification(self, node: Node, _value: object, data: Any) -> None:
        self.values.append((str(node.nodeid.Identifier), data.monitored_item.Value))

    def of(self, name: str) -> list[ua.DataValue]:
        return [value for node, value in list(self.values) if node == name]

    def plain(self, name: str) -> list[Any]:
        """Return the values of a node without status and times."""
        return [None if value.Value is None else value.Value.Value for value in self.of(name)]

    async def until_more(self, count: int) -> None:
        """Return once so many more have come."""
        before = len(self.values)
        await self.until(lambda: len(self.values) >= before + count)

    async def until(self, condition: Callable[[], Any]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():
                await asyncio.sleep(0.02)


class Site:
    """A client that is connected to a rig."""

    def __init__(self, client: Client, index: int) -> None:
        self.client, self.index = client, index

    def node(self, name: str) -> Node:
        return self.client.get_node(node_id(name, self.index))

    @asynccontextmanager
    async def watching(self, *names: str) -> AsyncIterator[Seen]:
        """Yield what comes of these nodes: all of it, steady values too."""
        seen = Seen()
        subscription = await self.client.create_subscription(50, seen)
        wanted = [
            ua.MonitoredItemCreateRequest(
                ItemToMonitor=ua.ReadValueId(NodeId=self.node(name).nodeid, AttributeId=AttributeIds.Value),
                MonitoringMode=ua.MonitoringMode.Reporting,
                RequestedParameters=ua.MonitoringParameters(
                    ClientHandle=number,
                    QueueSize=1_000,
                    Filter=ua.DataChangeFilter(Trigger=ua.DataChangeTrigger.StatusValueTimestamp),
                ),
            )
            for number, name in enumerate(names, 1)
        ]
        await subscription.create_monitored_items(wanted)
        yield seen
        await subscription.delete()


def look(running: Running, do: Callable[[Site], Awaitable[T]], user: str = "", password: str = "") -> T:
    """Return what `do` does with a connected client."""

    async def connected() -> T:
        client = Client(running.endpoint, timeout=WITHIN_S)
        if user:
            client.set_user(user)
            client.set_password(password)
        async with client:
            return await do(Site(client, await client.get_namespace_index(NAMESPACE)))

    return asyncio.run(connected())
