"""Recorded samples as a Bytewax source: as fast as the flow takes them, or at a multiple of life."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from connectors.delivery import Delivery

# Rows delivered, and whether the end was.
Position = tuple[int, bool]
Batches = Iterator[tuple[Path, pa.RecordBatch]]

_LONGEST_WAIT_S = 3_600.0


@dataclass(frozen=True, slots=True)
class Recording:
    """What one part delivers: the shard it is, the key its state stands under, and its samples in order of arrival."""

    shard: int
    key: str
    open_batches: Callable[[], Batches]


class FileSource(FixedPartitionedSource[tuple[str, Delivery], Position]):
    """Delivers recordings, one a part.

    recordings: by name of the part. rows: at most so many samples at a time. speed: times life, by arrival; None for
    as fast as it goes. unpaced_after_s: from so long after the first sample on, speed no longer holds. on_progress:
    told the rows a part has delivered and the arrival of the last [us].
    """

    def __init__(
        self,
        recordings: Mapping[str, Recording],
        *,
        rows: int = 10_000,
        speed: float | None = None,
        unpaced_after_s: float | None = None,
        on_progress: Callable[[int, int], None] | None = None,
    ) -> None:
        self._recordings = recordings
        self._rows = rows
        self._pace = None if speed is None else Pace(speed, unpaced_after_s)
        self._on_progress = on_progress

    def list_parts(self) -> list[str]:
        """Return the parts."""
        return sorted(self._recordings)

    def build_part(self, step_id: str, for_part: str, resume_state: Position | None) -> FilePart:
        """Return a part, where a dead run left it."""
        return FilePart(
            self._recordings[for_part], self._rows, self._pace, self._on_progress, resume_state or (0, False)
        )


class FilePart(StatefulSourcePartition[tuple[str, Delivery], Position]):
    """Delivers rows in order; see FileSource."""

    def __init__(
        self,
        recording: Recording,
        rows: int,
        pace: Pace | None,
        on_progress: Callable[[int, int], None] | None,
        resume: Position,
    ) -> None:
        self._key, self._shard, self._rows = recording.key, recording.shard, rows
        self._batches = recording.open_batches()
        self._pace = pace
        self._on_progress = on_progress
        self._delivered, self._ended = 0, resume[1]
        self._origin = ""
        self._held: pa.RecordBatch | None = None
        self._due: npt.NDArray[np.int64] = np.zeros(0, np.int64)
        self._latest = 0
        self._wake = True
        self._awake_at: datetime | None = None
        while self._delivered < resume[0] and self._hold():
            self._take(resume[0] - self._delivered)

    def next_batch(self) -> list[tuple[str, Delivery]]:
        """Return the next rows, a delivery a piece of a file; after a start or a snapshot one even if it is empty."""
        if self._ended:
            raise StopIteration
        self._awake_at = None
        found: list[tuple[str, Delivery]] = []
        room = self._rows
        # Files that are merged come in pieces of a few rows, and each turn of the engine costs as much as many rows.
        while room and self._hold():
            due = room if self._pace is None else min(room, self._pace.due(self._due))
            if due == 0:
                break
            start = self._delivered
            batch = self._take(due)
            found.append(self._deliver(start, [batch]))
            room -= batch.num_rows
        if found:
            if self._on_progress is not None:
                self._on_progress(self._delivered, self._latest)
            return found
        if self._held is None:
            self._ended = True
            return [self._deliver(self._delivered, [], ended=True)]
        assert self._pace is not None, "only what is paced is held and not taken"
        self._awake_at = self._pace.when(int(self._due[0]))
        return [self._deliver(self._delivered, [])] if self._wake else []

    def _deliver(self, start: int, batches: list[pa.RecordBatch], ended: bool = False) -> tuple[str, Delivery]:
        wake, self._wake = self._wake, False
        return (
            self._key,
            Delivery(
                self._shard,
                "columns",
                batches,
                position=start,
                next_position=self._delivered,
                origin=self._origin,
                wake=wake,
                ended=ended,
            ),
        )

    def _hold(self) -> bool:
        """Have rows at hand; return False at the end, with none held."""
        while self._held is None or self._held.num_rows == 0:
            self._held = None
            try:
                path, self._held = next(self._batches)
            except StopIteration:
                return False
            self._origin = str(path)
            if self._pace is not None:
                self._due = np.maximum(np.maximum.accumulate(_arrivals(self._held)), self._latest)
        return True

    def _take(self, rows: int) -> pa.RecordBatch:
        assert self._held is not None, "rows are held before they are taken"
        taken = self._held.slice(0, rows)
        self._held = self._held.slice(rows)
        self._delivered += taken.num_rows
        if self._pace is not None:
            self._latest = int(self._due[taken.num_rows - 1])
            self._due = self._due[taken.num_rows :]
        elif self._on_progress is not None:
            self._latest = max(self._latest, int(_arrivals(taken.slice(taken.num_rows - 1))[0]))
        return taken

    def next_awake(self) -> datetime | None:
        """Return when the next row is due."""
        return self._awake_at

    def snapshot(self) -> Position:
        """Return how far it has delivered."""
        self._wake = True
        return self._delivered, self._ended


class Pace:
    """Holds recorded time to a multiple of the clock's, from the first row asked about.

    monotonic: the clock [s].
    """

    def __init__(
        self, speed: float, unpaced_after_s: float | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._speed = speed
        self._unpaced_after_us = None if unpaced_after_s is None else round(unpaced_after_s * 1e6)
        self._monotonic = monotonic
        self._first = 0
        self._started: float | None = None

    def due(self, arrivals: npt.NDArray[np.int64]) -> int:
        """Return how many of `arrivals` [us], shape (n,), ascending, are due now."""
        if self._started is None:
            self._started, self._first = self._monotonic(), int(arrivals[0])
        now = self._first + (self._monotonic() - self._started) * self._speed * 1e6
        if self._unpaced_after_us is not None and now >= self._first + self._unpaced_after_us:
            return len(arrivals)
        return int(np.searchsorted(arrivals, now, side="right"))

    def when(self, arrival: int) -> datetime:
        """Return when `arrival` [us] is due, by the wall clock that Bytewax waits by."""
        assert self._started is not None, "due() comes first"
        ahead_us = arrival - self._first
        if self._unpaced_after_us is not None:
            ahead_us = min(ahead_us, self._unpaced_after_us)
        wait_s = ahead_us / self._speed / 1e6 - (self._monotonic() - self._started)
        # Who wakes too early asks again; a date thousands of years ahead does not exist.
        return datetime.now(UTC) + timedelta(seconds=min(max(0.0, wait_s), _LONGEST_WAIT_S))


def _arrivals(batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
    """Return when each row arrived [us], or was measured where the file does not say."""
    measured: npt.NDArray[np.int64] = batch.column("time").cast(pa.int64()).to_numpy(zero_copy_only=False)
    received = batch.column("received_at").cast(pa.int64())
    if received.null_count == len(received):
        return measured
    known = received.is_valid().to_numpy(zero_copy_only=False)
    arrivals: npt.NDArray[np.int64] = np.where(known, received.fill_null(0).to_numpy(zero_copy_only=False), measured)
    return arrivals
