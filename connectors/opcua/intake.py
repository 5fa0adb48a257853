"""What a server publishes, taken in: readings to scans, units, gaps. On the thread of the connection; never waits."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from typing import Any, Final

from asyncua import ua

from connectors.kafka.scan_sink import ScanMessage
from connectors.opcua.gaps import Gaps
from connectors.opcua.mapped import Mapped, TagState
from connectors.opcua.observer import IngestObserver
from connectors.opcua.outbox import Outbox
from connectors.opcua.parse import NotANumber, Reading, to_reading
from connectors.opcua.scan_maker import TagName, to_scans

log = logging.getLogger(__name__)

_LAST_SEQUENCE: Final = 2**32 - 1
_TELL_EVERY_S: Final = 10.0


class Intake:
    """Takes what one connection's subscription publishes. ended: what the server said when it ended that, else None."""

    def __init__(self, source: str, mapped: Mapped, outbox: Outbox, gaps: Gaps, observer: IngestObserver) -> None:
        self._source, self._mapped, self._outbox, self._gaps, self._observer = source, mapped, outbox, gaps, observer
        self._sequence: int | None = None
        self.ended: str | None = None
        self._is_muted = False
        self._told_at: float | None = None

    def mute(self) -> None:
        """Take nothing any more: another connection does."""
        self._is_muted = True

    def take(self, result: ua.PublishResult, arrived: int) -> None:
        """Take one publish. arrived: when it came [us since epoch]."""
        message = result.NotificationMessage
        if self._is_muted or not message.NotificationData:
            return  # a keep-alive
        self._check_sequence(int(message.SequenceNumber))
        readings: list[Reading] = []
        for notification in message.NotificationData:
            if isinstance(notification, ua.DataChangeNotification):
                items = notification.MonitoredItems
                for item in items:
                    if item.ClientHandle % 2:
                        self.take_unit(self._mapped.states[item.ClientHandle // 2], item.Value)
                readings += self._readings([item for item in items if not item.ClientHandle % 2], arrived)
            elif isinstance(notification, ua.StatusChangeNotification) and not notification.Status.is_good():
                self.ended = notification.Status.name
        if readings:
            self._outbox.put(self.scans(readings))

    def scans(self, readings: Iterable[Reading], backfill: bool = False) -> list[ScanMessage]:
        """Return the scans of readings, in the units that hold now."""
        return to_scans(map(self._usable, readings), self._names(), self._source, backfill)

    def take_unit(self, state: TagState, sample: ua.DataValue) -> None:
        """Take a node's EngineeringUnits."""
        information = None if sample.Value is None else sample.Value.Value
        name = getattr(getattr(information, "DisplayName", None), "Text", None)
        if sample.StatusCode is None or sample.StatusCode.is_good():
            self._mapped.set_unit(state, name or None)

    def refuse_kind(self, state: TagState, kind: NotANumber) -> None:
        """Leave a node out whose values are no numbers."""
        remedy = "It is left out: scans carry numbers. Take it out of the tag map."
        self._mapped.refuse(state, "must be a node of numbers", kind.kind, remedy)

    def _names(self) -> list[TagName]:
        return [TagName(state.mapped.well, state.mapped.tag, state.unit) for state in self._mapped.states]

    def _check_sequence(self, sequence: int) -> None:
        expected = None if self._sequence is None else self._sequence % _LAST_SEQUENCE + 1
        if expected is not None and sequence != expected:
            log.warning("notifications_lost expected=%d came=%d", expected, sequence)
            for state in self._mapped.states:
                state.is_fresh = True
        self._sequence = sequence

    def _readings(self, items: Iterable[Any], arrived: int) -> list[Reading]:
        """Return the readings that are news, and tell of them what is to be told."""
        found: list[Reading] = []
        counts = {None: 0, "uncertain": 0, "bad": 0}
        untimed = overflowed = 0
        for item in items:
            state = self._mapped.states[item.ClientHandle // 2]
            reading = to_reading(state.number, item.Value, arrived)
            if isinstance(reading, NotANumber):
                self.refuse_kind(state, reading)
                continue
            state.refused = None
            counts[reading.quality] += 1
            if reading.timed_by != "source":
                untimed += 1
                self._mapped.tell_untimed(state, reading.timed_by)
            if reading.server_lag_us is not None:
                self._observer.clock_differs(reading.server_lag_us / 1e6)
            overflowed += reading.overflow
            if self._is_news(state, reading):
                found.append(reading)
        self._observer.sampled(counts[None], counts["uncertain"], counts["bad"])
        if untimed:
            self._observer.untimed(untimed)
        if overflowed:
            self._observer.overflowed(overflowed)
            self._tell_overflow(overflowed)
        return found

    def _tell_overflow(self, tags: int) -> None:
        now = time.monotonic()
        if self._told_at is None or now - self._told_at > _TELL_EVERY_S:
            self._told_at = now
            log.warning("queue_overflowed tags=%d: the server dropped samples; raise opcua.queue", tags)

    def _is_news(self, state: TagState, reading: Reading) -> bool:
        last = state.last
        if state.is_fresh and last == reading.time and reading.quality != "bad":
            # What a new subscription begins with had come by the one before.
            state.is_fresh = False
            return False
        if last is not None and (
            (state.is_fresh and state.missed_before(reading.time)) or (reading.overflow and reading.time > last)
        ):
            self._gaps.add(state.number, last, reading.time, time.monotonic())
        if reading.timed_by != "arrival":
            state.came(reading.time)
        return True

    def _usable(self, reading: Reading) -> Reading:
        if self._mapped.states[reading.tag].is_unit_known:
            return reading
        return reading._replace(value=None, quality="bad")
