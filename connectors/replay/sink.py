"""Records as lines of a file, each once whatever happens; and records handed to a function."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from bytewax.outputs import (
    DynamicSink,
    FixedPartitionedSink,
    StatefulSinkPartition,
    StatelessSinkPartition,
)
from pydantic import BaseModel

from connectors.delivery import DeadLetter, Wake
from connectors.errors import Fault, FileFaults

X = TypeVar("X")


class NdjsonSink(FixedPartitionedSink[tuple[str, Any], int]):
    """Writes each record as a line of JSON, to the file of its part.

    A dead run's lines after its last snapshot are cut off before they come again; a pipe or device gets the lines only.
    paths: by name of the part. part_of: the part of a key. tell: called with each record written.
    """

    def __init__(
        self,
        paths: Mapping[str, Path],
        part_of: Callable[[str], str],
        tell: Callable[[Any], None] | None = None,
    ) -> None:
        self._paths = paths
        self._part_of = part_of
        self._tell = tell

    def list_parts(self) -> list[str]:
        """Return the parts."""
        return sorted(self._paths)

    def part_fn(self, item_key: str) -> int:
        """Return the index of a key's part."""
        return sorted(self._paths).index(self._part_of(item_key))

    def build_part(self, step_id: str, for_part: str, resume_state: int | None) -> NdjsonPart:
        """Return a part, its file cut to what the last snapshot held."""
        return NdjsonPart(self._paths[for_part], self._tell, resume_state or 0)


class NdjsonPart(StatefulSinkPartition[Any, int]):
    """An open file; see NdjsonSink."""

    def __init__(self, path: Path, tell: Callable[[Any], None] | None, size: int) -> None:
        self._path = path
        self._tell = tell
        self._stream = is_stream(path)
        self._size = size
        # Unbuffered: what is written is in the file, and what failed is not kept to be written later.
        if self._stream:
            self._file = path.open("ab", buffering=0)
        else:
            self._file = path.open("r+b" if path.exists() else "w+b", buffering=0)
            written = self._file.seek(0, os.SEEK_END)
            if written < size:
                self._file.close()
                must = f"must still hold the {size} bytes that were written before the stop"
                remedy = "Put the file back, or start anew with an empty recovery folder."
                raise FileFaults([Fault(str(path), None, must, f"{written} bytes long", remedy)])
            self._file.truncate(size)
            self._file.seek(size)

    def write_batch(self, values: list[Any]) -> None:
        """Write the records; whole lines, so that a reader may follow the file."""
        records = [value for value in values if not isinstance(value, Wake)]
        if not records:
            return
        self._write(b"".join(to_line(record) for record in records))
        if self._tell is not None:
            for record in records:
                self._tell(record)

    def _write(self, lines: bytes) -> None:
        rest = memoryview(lines)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except BaseException as error:
            if not self._stream:
                # Half a line is not a record: readers of the file could not tell it from a broken one.
                self._file.truncate(self._size)
            if isinstance(error, OSError):
                error.filename = str(self._path)
            raise
        self._size += len(lines)

    def snapshot(self) -> int:
        """Return the size of what is on disk for good."""
        if not self._stream:
            os.fsync(self._file.fileno())
        return self._size

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def is_stream(path: Path) -> bool:
    """Return whether what is written to `path` only goes by, and cannot be cut off: a pipe, or our standard output."""
    try:
        status = path.stat()
    except OSError:
        return False
    return not stat.S_ISREG(status.st_mode) or is_standard_output(path)


def is_standard_output(path: Path) -> bool:
    """Return whether `path` is another name of our standard output, such as /dev/stdout."""
    try:
        return os.path.samestat(path.stat(), os.fstat(1))
    except OSError:
        return False


def to_line(record: BaseModel | DeadLetter) -> bytes:
    """Return the record as a line of JSON, without the times of a live run."""
    if isinstance(record, BaseModel):
        return record.model_dump_json(exclude={"detected_at", "emitted_at"}).encode() + b"\n"
    fields = {
        "origin": record.origin,
        "line": record.line,
        "reason": record.reason,
        "count": record.count,
        "raw": record.raw.decode("utf-8", "replace"),
    }
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


class CallSink(DynamicSink[tuple[str, Any]], Generic[X]):
    """Hands each record to a function of this process."""

    def __init__(self, call: Callable[[X], None]) -> None:
        self._call = call

    def build(self, step_id: str, worker_index: int, worker_count: int) -> CallPart[X]:
        """Return the part."""
        return CallPart(self._call)


class CallPart(StatelessSinkPartition[tuple[str, Any]], Generic[X]):
    """See CallSink."""

    def __init__(self, call: Callable[[X], None]) -> None:
        self._call = call

    def write_batch(self, items: list[tuple[str, Any]]) -> None:
        """Hand over what is not a wake."""
        for _, record in items:
            if not isinstance(record, Wake):
                self._call(record)
