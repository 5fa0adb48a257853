"""What a process of a contender is told, and what it says back.

Needs nothing but msgspec: a peer has packages of its own.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import msgspec


class Orders(msgspec.Struct, frozen=True):
    """What one process is told.

    samples, alerts: names of the topics on the cluster, both with so many partitions. number: of this process among
    `ports`, which are those of a Bytewax cluster. folder: where the processes of a run say how far they are, and keep
    their state. warm_up: messages that it takes before its time counts.
    """

    bootstrap: str
    prefix: str
    samples: str
    alerts: str
    kind: str
    partitions: int
    number: int
    ports: tuple[int, ...]
    folder: str
    warm_up: int = 0
    snapshot_s: int = 1
    metrics_port: int = 0

    @property
    def processes(self) -> int:
        return len(self.ports)

    @property
    def addresses(self) -> list[str]:
        """Return where the processes of a cluster meet; nowhere if there is but one."""
        return [f"127.0.0.1:{port}" for port in self.ports] if self.processes > 1 else []

    @property
    def own_partitions(self) -> list[int]:
        """Return the partitions of this process, where no engine hands them out."""
        return [partition for partition in range(self.partitions) if partition % self.processes == self.number]

    def path(self, what: str) -> Path:
        """Return the file in which this process says `what`."""
        return Path(self.folder, f"{what}-{self.number}")

    def say(self, what: str) -> None:
        """Say when `what` came to be: now."""
        write_whole(self.path(what), repr(time.time()).encode())


class Start(msgspec.Struct):
    """When the time of a process began [s since epoch], and how many messages it had taken before."""

    time: float
    taken: int


class Clock:
    """Starts the time of a process when it has taken so many messages that its start-up is over."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._taken = 0
        self.runs = False

    def take(self, messages: int) -> None:
        """Note that so many messages are taken now."""
        if not self.runs and self._taken >= self._orders.warm_up:
            self.runs = True
            write_whole(self._orders.path("start"), msgspec.json.encode(Start(time.time(), self._taken)))
        self._taken += messages


def orders_given() -> Orders:
    """Return the orders on the command line."""
    return msgspec.json.decode(sys.argv[1], type=Orders)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all: someone waits for its name."""
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.rename(path)
