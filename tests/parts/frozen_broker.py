"""A broker that can be made to say nothing for a while, as one behind a broken network."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from connectors.kafka.config import Kafka
from tests.system.site import children_of
from welltegra.embedded.broker import EmbeddedBroker


class FrozenBroker:
    """An embedded broker while it is entered. It keeps what it has, which one that was restarted does not."""

    def __init__(self, folder: Path) -> None:
        self._broker = EmbeddedBroker(folder)

    def __enter__(self) -> FrozenBroker:
        self._broker.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._broker.__exit__(kind, error, trace)

    @property
    def kafka(self) -> Kafka:
        return Kafka({"bootstrap.servers": self._broker.bootstrap})

    @contextmanager
    def still(self) -> Iterator[None]:
        """Have it answer nobody meanwhile; its connections stay."""
        self._send(signal.SIGSTOP)
        try:
            yield
        finally:
            self._send(signal.SIGCONT)

    def _send(self, what: signal.Signals) -> None:
        for pid in (self._broker.pid, *children_of(self._broker.pid)):
            os.kill(pid, what)
