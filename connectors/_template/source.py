"""The client: connects, waits, reconnects, remembers where it was. So short that reading it is the test.

A bad line is passed on as `Refused`; a broken connection is an exception, of the narrowest class. Nothing is opened at
import, nor before Bytewax builds the part.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice

from bytewax.inputs import FixedPartitionedSource, StatefulSourcePartition

from connectors._template.config import LineSettings
from connectors._template.parse import Reading, Refused, to_reading


class LineSource(FixedPartitionedSource[Reading | Refused, int]):
    """The lines of one file, from where a dead run left off."""

    def __init__(self, settings: LineSettings) -> None:
        self._settings = settings

    def list_parts(self) -> list[str]:
        """Return the one part. Its name is kept in recovery: change it like a column."""
        return ["lines"]

    def build_part(self, step_id: str, for_part: str, resume_state: int | None) -> LinePart:
        """Return the part, at the byte that a dead run left it at."""
        return LinePart(self._settings, resume_state or 0)


class LinePart(StatefulSourcePartition[Reading | Refused, int]):
    """Reads on from a byte of the file. Its state is that byte."""

    def __init__(self, settings: LineSettings, resume_at: int) -> None:
        self._settings = settings
        self._file = settings.path.open("rb")
        self._file.seek(resume_at)
        self._at = resume_at
        self._awake: datetime | None = None

    def next_batch(self) -> list[Reading | Refused]:
        """Return the lines that are complete; a line still being written waits."""
        lines = [line for line in islice(self._file, self._settings.batch_lines) if line.endswith(b"\n")]
        self._at += sum(map(len, lines))
        self._file.seek(self._at)
        wait = timedelta(seconds=0 if lines else self._settings.poll_interval_s)
        self._awake = datetime.now(UTC) + wait
        return [to_reading(line) for line in lines]

    def next_awake(self) -> datetime | None:
        """Return when to look again."""
        return self._awake

    def snapshot(self) -> int:
        """Return the byte to resume at."""
        return self._at

    def close(self) -> None:
        """Close the file when the flow ends."""
        self._file.close()
