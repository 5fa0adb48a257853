"""A link to a server, and what came of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from connectors.kafka.scan_sink import ScanMessage
from connectors.opcua.config import OpcUa
from connectors.opcua.link import Link
from connectors.opcua.observer import IngestObserver
from schemas.scan import Scan

PATIENCE_S = 60.0


class Seen(IngestObserver):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.connections = 0
        self.losses: list[tuple[str, str]] = []
        self.tags = (0, 0)
        self.qualities = [0, 0, 0]
        self.differences: list[float] = []
        self.untimed_samples = self.overflows = self.filled_samples = self.unfilled_tags = self.dropped_scans = 0
        self.gaps: list[tuple[int, float]] = []

    def connected(self) -> None:
        self.connections += 1

    def disconnected(self, kind: str, reason: str) -> None:
        self.losses.append((kind, reason))

    def served(self, wanted: int, served: int) -> None:
        self.tags = (wanted, served)

    def sampled(self, good: int, uncertain: int, bad: int) -> None:
        self.qualities = [was + more for was, more in zip(self.qualities, (good, uncertain, bad), strict=True)]

    def clock_differs(self, seconds: float) -> None:
        self.differences.append(seconds)

    def untimed(self, samples: int) -> None:
        self.untimed_samples += samples

    def overflowed(self, samples: int) -> None:
        self.overflows += samples

    def gap(self, tags: int, seconds: float) -> None:
        self.gaps.append((tags, seconds))

    def filled(self, samples: int) -> None:
        self.filled_samples += samples

    def unfilled(self, tags: int) -> None:
        self.unfilled_tags += tags

    def given_up(self, scans: int) -> None:
        self.dropped_scans += scans


class Listening:
    """A link while it is entered. Scans are taken from it whenever they are looked for, unless `takes` is false."""

    def __init__(self, settings: OpcUa) -> None:
        self.seen = Seen()
        self.link = Link(settings, self.seen)
        self.scans: list[dict[str, Any]] = []
        self.takes = True

    def __enter__(self) -> Listening:
        self.link.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.link.stop()

    def until(self, holds: Callable[[], Any], what: str) -> None:
        """Return once `holds`; every scan that comes must follow the contract."""
        deadline = time.monotonic() + PATIENCE_S
        while True:
            if self.takes:
                self.scans += map(_checked, self.link.outbox.take(10_000))
            if holds():
                return
            assert time.monotonic() < deadline, f"within {PATIENCE_S:g} s: {what}; {self.seen.losses} {self.scans[-3:]}"
            time.sleep(0.01)

    def until_served(self, tags: int) -> None:
        self.until(lambda: self.seen.connections and self.seen.tags[1] == tags, f"{tags} tags served")

    def samples(self, well: str, tag: str, backfill: bool = False) -> list[tuple[str, float | None]]:
        """Return time and value of a tag's samples, in the order in which they came."""
        return [
            (scan["time"], scan["values"][tag])
            for scan in self.scans
            if scan["well_id"] == well and tag in scan["values"] and scan.get("backfill", False) is backfill
        ]

    def values(self, well: str, tag: str, backfill: bool = False) -> list[float | None]:
        return [value for _, value in self.samples(well, tag, backfill)]


def _checked(message: ScanMessage) -> dict[str, Any]:
    scan = Scan.model_validate_json(message.value)
    assert (message.well, message.samples) == (scan.well_id, len(scan.values))
    assert message.backfill is scan.backfill
    found: dict[str, Any] = json.loads(message.value)
    return found
