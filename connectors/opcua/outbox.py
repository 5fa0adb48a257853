"""Scans on their way to the flow: never waits for it, never outgrows its room, and keeps the newest."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from connectors.kafka.scan_sink import ScanMessage
from connectors.opcua.observer import NOBODY, IngestObserver

log = logging.getLogger(__name__)

# What a message takes beside its bytes: the tuple, the object of the bytes, its place in the queue.
_OVERHEAD: Final = 200
# So much history may wait; then it is not asked for more.
_MOST_BACKFILL: Final = 500
_TELL_EVERY_S: Final = 10.0


class Outbox:
    """Live scans first, then history. keep_s: of the newest, by arrival; most_bytes: whatever that comes to.

    on_dropped: called with what was given up, on the thread that put something.
    """

    def __init__(
        self,
        keep_s: float,
        most_bytes: float,
        on_dropped: Callable[[Sequence[ScanMessage]], None] = lambda _messages: None,
        observer: IngestObserver = NOBODY,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._keep_s, self._most_bytes = keep_s, most_bytes
        self._on_dropped, self._observer, self._ticks = on_dropped, observer, ticks
        self._lock = threading.Lock()
        self._live: deque[tuple[float, ScanMessage]] = deque()
        self._backfill: deque[ScanMessage] = deque()
        self._bytes = 0
        self._dropping_since: float | None = None
        self._dropped = 0
        self._told_at = 0.0
        self._failed: Exception | None = None

    def put(self, messages: Iterable[ScanMessage]) -> None:
        """Take live scans; give up the eldest where there is no room."""
        now = self._ticks()
        with self._lock:
            for message in messages:
                self._live.append((now, message))
                self._bytes += _size(message)
            dropped = self._make_room(now)
            waiting, size = len(self._live), self._bytes
        self._observer.waiting(waiting, size)
        if dropped:
            self._observer.given_up(len(dropped))
            self._tell(len(dropped), now)
            self._on_dropped(dropped)

    def put_backfill(self, messages: Iterable[ScanMessage]) -> None:
        """Take scans of history; to be asked for only while `has_room`."""
        with self._lock:
            for message in messages:
                self._backfill.append(message)
                self._bytes += _size(message)

    def has_room(self) -> bool:
        """Return whether history may be asked for: live scans are taken as they come."""
        with self._lock:
            waits_s = self._ticks() - self._live[0][0] if self._live else 0.0
            return len(self._backfill) < _MOST_BACKFILL and waits_s < 1.0 and self._bytes < self._most_bytes / 4

    def take(self, most: int) -> list[ScanMessage]:
        """Return what is next, live scans before history.

        Raises:
            ConnectorError: What `fail` was told, once all before it was taken.
        """
        with self._lock:
            found = [self._live.popleft()[1] for _ in range(min(most, len(self._live)))]
            found += [self._backfill.popleft() for _ in range(min(most - len(found), len(self._backfill)))]
            self._bytes -= sum(map(_size, found))
            waiting, size, failed = len(self._live), self._bytes, self._failed
        if found:
            self._observer.waiting(waiting, size)
        elif failed is not None:
            raise failed
        return found

    def fail(self, error: Exception) -> None:
        """Have whoever takes next know that nothing will come any more, and why."""
        with self._lock:
            self._failed = error

    def _make_room(self, now: float) -> list[ScanMessage]:
        dropped = []
        while self._live and (now - self._live[0][0] > self._keep_s or self._bytes > self._most_bytes):
            message = self._live.popleft()[1]
            self._bytes -= _size(message)
            dropped.append(message)
        return dropped

    def _tell(self, dropped: int, now: float) -> None:
        if self._dropping_since is None or now - self._told_at > 2 * _TELL_EVERY_S:
            self._dropping_since, self._dropped, self._told_at = now, 0, now - _TELL_EVERY_S
        self._dropped += dropped
        if now - self._told_at >= _TELL_EVERY_S:
            self._told_at = now
            log.error(
                "scans_dropped scans=%d since_s=%.0f keep_s=%.0f: the flow takes none; history is asked for them later",
                self._dropped,
                now - self._dropping_since,
                self._keep_s,
            )


def _size(message: ScanMessage) -> int:
    return len(message.value) + _OVERHEAD
