"""From columns of samples to the messages of the samples topic: JSON scans, or Arrow streams. No network, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.kafka.partition import partition_of
from schemas.columns import SAMPLE_COLUMNS, WIRE_COLUMNS
from schemas.scan import Scan, ScanStruct
from schemas.times import format_time

# Where it stays below the 1 MB that a broker takes if nobody said otherwise.
ROWS_OF_A_STREAM: Final = 10_000
_DOUBTFUL: Final = {"good": None, None: None, "uncertain": "uncertain"}


class Outgoing(NamedTuple):
    """A message for the samples topic. key: its well; None where it holds several, of one partition."""

    partition: int
    key: str | None
    value: bytes
    samples: int
    arrow: bool = False


def encode_scan(scan: Scan | ScanStruct) -> bytes:
    """Return a scan as the contract writes it: numbers as they are, to the last bit, and nothing that is absent."""
    said: dict[str, Any] = {"well_id": scan.well_id, "time": scan.time, "values": scan.values}
    for name in ("units", "quality", "source", "seq"):
        if (value := getattr(scan, name)) is not None:
            said[name] = value
    if scan.backfill:
        said["backfill"] = True
    return _JSON.encode(said)


_JSON: Final = msgspec.json.Encoder()


@dataclass(slots=True)
class _Open:
    """The scan that further rows may belong to, and what these must agree on."""

    time: int
    scan: ScanStruct


class ScanMaker:
    """Makes JSON scans of rows: consecutive ones of a well and a time are one scan.

    A tag that comes again begins another scan, and so does a row sent as history among others. So the readings are in
    the order of the rows, and what comes out does not depend on the batches that they came in.
    """

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self._open: _Open | None = None

    def add(self, batch: pa.RecordBatch) -> Iterator[Outgoing]:
        """Yield the scans that rows of SAMPLE_COLUMNS complete, in order."""
        for well_id, tag, time, value, unit, quality, backfill in _rows(batch):
            current = self._open
            if (
                current is None
                or current.time != time
                or current.scan.well_id != well_id
                or current.scan.backfill != backfill
                or tag in current.scan.values
            ):
                yield from self.rest()
                current = self._open = _Open(time, ScanStruct(well_id, format_time(time), {}, backfill=backfill))
            scan = current.scan
            scan.values[tag] = value
            if unit is not None:
                scan.units = {**(scan.units or {}), tag: unit}
            # A word that nobody knows is no reason to trust the reading.
            doubt = _DOUBTFUL.get(quality, "bad")
            if doubt is not None:
                scan.quality = {**(scan.quality or {}), tag: doubt}  # type: ignore[dict-item]  # one of the words

    def rest(self) -> Iterator[Outgoing]:
        """Yield the scan that was not yet complete, if any; further rows begin another."""
        if self._open is not None:
            scan, self._open = self._open.scan, None
            partition = partition_of(scan.well_id, self._partitions)
            yield Outgoing(partition, scan.well_id, encode_scan(scan), len(scan.values))


class StreamMaker:
    """Makes Arrow streams of rows, each of wells of one partition, in the order of the rows.

    rows: in one stream, at most.
    """

    def __init__(self, partitions: int, rows: int = ROWS_OF_A_STREAM) -> None:
        self._partitions, self._rows = partitions, rows
        self._waiting: dict[int, list[pa.RecordBatch]] = {}
        self._counts: dict[int, int] = {}

    def add(self, batch: pa.RecordBatch) -> Iterator[Outgoing]:
        """Yield the streams that rows of SAMPLE_COLUMNS fill."""
        of_row = _partitions_of(batch, self._partitions)
        for partition in np.unique(of_row).tolist():
            own = batch if (of_row == partition).all() else batch.filter(pa.array(of_row == partition))
            while own.num_rows:
                part = own.slice(0, self._rows - self._counts.get(partition, 0))
                own = own.slice(part.num_rows)
                self._waiting.setdefault(partition, []).append(part)
                self._counts[partition] = self._counts.get(partition, 0) + part.num_rows
                if self._counts[partition] == self._rows:
                    yield self._take(partition)

    def rest(self) -> Iterator[Outgoing]:
        """Yield what did not yet fill a stream."""
        for partition in sorted(self._waiting):
            yield self._take(partition)

    def _take(self, partition: int) -> Outgoing:
        batches, count = self._waiting.pop(partition), self._counts.pop(partition)
        return Outgoing(partition, None, encode_stream(batches), count, arrow=True)


def encode_stream(batches: list[pa.RecordBatch]) -> bytes:
    """Return rows of SAMPLE_COLUMNS as one Arrow IPC stream with the columns of the contract."""
    table = pa.Table.from_batches(batches)
    columns = []
    fields = list(WIRE_COLUMNS)
    if table.column("backfill").null_count < table.num_rows and pc.any(table.column("backfill")).as_py():
        fields.append(SAMPLE_COLUMNS.field("backfill"))
    for field in fields:
        column = table.column(field.name)
        if pa.types.is_dictionary(field.type):
            # Batches bring dictionaries of all that their file names; a message says only what it holds.
            column = column.cast(pa.string()).combine_chunks().dictionary_encode()
        columns.append(column)
    schema = pa.schema(fields)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        stream.write_table(pa.Table.from_arrays(columns, schema=schema).combine_chunks())
    return bytes(sink.getvalue())


def _rows(batch: pa.RecordBatch) -> Iterator[tuple[str, str, int, float | None, str | None, str | None, bool]]:
    values = batch.column("value").to_numpy(zero_copy_only=False).astype(np.float64, copy=False)
    # JSON has no word for what is not finite; none of it is a reading.
    readings = [value if finite else None for value, finite in zip(values.tolist(), np.isfinite(values), strict=True)]
    return zip(
        _words(batch, "well_id"),
        _words(batch, "tag"),
        batch.column("time").cast(pa.int64()).to_pylist(),
        readings,
        _words(batch, "unit"),
        _words(batch, "quality"),
        pc.fill_null(batch.column("backfill"), False).to_pylist(),
        strict=True,
    )


def _words(batch: pa.RecordBatch, name: str) -> list[Any]:
    column = batch.column(name)
    if column.null_count == len(column):
        return [None] * len(column)
    words = [*column.dictionary.to_pylist(), None]
    return [words[at] for at in column.indices.fill_null(len(words) - 1).to_pylist()]


def _partitions_of(batch: pa.RecordBatch, partitions: int) -> npt.NDArray[np.int64]:
    """Return the partition of each row, shape (n,)."""
    column = batch.column("well_id")
    used = np.unique(column.indices.to_numpy())
    of_word = np.zeros(len(column.dictionary), np.int64)
    for at in used.tolist():
        of_word[at] = partition_of(column.dictionary[at].as_py(), partitions)
    found: npt.NDArray[np.int64] = of_word[column.indices.to_numpy()]
    return found
