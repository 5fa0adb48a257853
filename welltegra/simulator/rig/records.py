"""What a rig leaves behind for tests and people: a line for each value served, a line for each write received."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from welltegra.simulator.rig.wires import Reading

log = logging.getLogger(__name__)


class Write(NamedTuple):
    """One value of a write that a client sent. user: None for nobody in particular. result: the answer's name."""

    node: str
    attribute: str
    value: Any
    user: str | None
    session: str
    client: str
    result: str


class Records:
    """Writes and truth, each in a file of lines; a context. None is no file."""

    def __init__(self, writes: Path | None, truth: Path | None) -> None:
        self._stack = ExitStack()
        # What was written before this start stays; what was served before it would be another run's truth.
        self._writes = None if writes is None else self._stack.enter_context(writes.open("a", encoding="utf-8"))
        try:
            self._truth = None if truth is None else self._stack.enter_context(truth.open("w", encoding="utf-8"))
        except OSError:
            self._stack.close()
            raise

    def __enter__(self) -> Records:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def received(self, write: Write) -> None:
        """Write down one value that was received, taken or not."""
        line = json.dumps({"time": text_of(now_us()), **write._asdict()}, default=repr, allow_nan=False)
        log.info("write_received %s", line)
        if self._writes is not None:
            self._writes.write(line + "\n")
            self._writes.flush()

    def served(self, well: str, readings: Iterable[Reading]) -> None:
        """Write down what a well's tags showed; it is on its way to the disk after `flush`."""
        if self._truth is None:
            return
        for reading in readings:
            line = {
                "node": f"{well}/{reading.tag}",
                "time": text_of(reading.time_us),
                "value": None if reading.status.startswith("Bad") else plain(reading.value),
                "status": reading.status,
                "unit": reading.unit,
            }
            self._truth.write(json.dumps(line) + "\n")

    def flush(self) -> None:
        if self._truth is not None:
            self._truth.flush()


def plain(value: Any) -> Any:
    """Return a value as JSON has it; what JSON has not, as NaN and bytes, in words."""
    if isinstance(value, float) and not math.isfinite(value):
        return {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")
    return value if value is None or isinstance(value, bool | int | float | str) else repr(value)


def now_us() -> int:
    return round(datetime.now(UTC).timestamp() * 1e6)


def text_of(time_us: int) -> str:
    """Return a time as RFC 3339 in UTC, to the microsecond."""
    seconds, microseconds = divmod(time_us, 1_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{microseconds:06d}Z"
