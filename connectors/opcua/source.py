"""Scans of a server as a Bytewax source."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Final

from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from connectors.kafka.scan_sink import ScanMessage
from connectors.opcua.config import OpcUa
from connectors.opcua.link import Link
from connectors.opcua.observer import NOBODY, IngestObserver

_MOST: Final = 1_000
_IDLE: Final = timedelta(milliseconds=5)


class ScanSource(FixedPartitionedSource[ScanMessage, None]):
    """The scans of one server. stop: once set, the connection is ended, and the flow when all that came is read."""

    def __init__(self, settings: OpcUa, stop: Event, observer: IngestObserver = NOBODY) -> None:
        self._settings, self._stop, self._observer = settings, stop, observer
        self._link: Link | None = None

    def open(self) -> None:
        """Connect, also before the flow runs: what comes meanwhile waits."""
        if self._link is None:
            self._link = Link(self._settings, self._observer)
            self._link.start()

    def close(self) -> None:
        """End the connection."""
        if self._link is not None:
            self._link.stop()

    def list_parts(self) -> list[str]:
        """Return the one part."""
        return ["opcua"]

    def build_part(self, _step_id: str, _for_part: str, _resume_state: None) -> ScanSourcePart:
        """Return the part. It resumes nothing: what a server sent to a dead run is in its history, not with us."""
        self.open()
        assert self._link is not None, "it was opened"
        return ScanSourcePart(self._link, self._stop, self._observer)


class ScanSourcePart(StatefulSourcePartition[ScanMessage, None]):
    """See ScanSource."""

    def __init__(self, link: Link, stop: Event, observer: IngestObserver) -> None:
        self._link, self._stop, self._observer = link, stop, observer
        self._awake: datetime | None = None

    def next_batch(self) -> list[ScanMessage]:
        """Return what has come; never waits.

        Raises:
            Refused: The server would not take us at the first start.
        """
        self._observer.turned()
        is_over = self._stop.is_set()
        if is_over:
            self._link.stop()
        found = self._link.outbox.take(_MOST)
        if is_over and not found:
            raise StopIteration
        self._awake = None if found else datetime.now(UTC) + _IDLE
        return found

    def next_awake(self) -> datetime | None:
        """Return when to look again."""
        return self._awake

    def snapshot(self) -> None:
        """Return nothing: there is no place in a subscription to go on from."""

    def close(self) -> None:
        """End the connection when the flow ends."""
        self._link.stop()
