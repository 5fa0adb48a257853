"""Tables to samples. Pure: an open file in, batches and faults out; the same for any size of the pieces read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.cells import OnFault
from connectors.errors import Fault, FileFaults
from connectors.tables.columns import KNOWN, NAMES, header_faults, to_samples
from connectors.tables.comma import check_csv, lines_of, read_csv
from connectors.tables.config import USUAL, TableSettings
from schemas.columns import SAMPLE_COLUMNS
from schemas.scan import ScanFault, ScanStruct, decode_scans
from schemas.times import time_us, times_us

__all__ = ["check_csv", "check_ndjson", "check_parquet", "read_csv", "read_ndjson", "read_parquet"]


def check_parquet(stream: BinaryIO, where: str) -> None:
    """Raise FileFaults if a file is no Parquet table of samples, by what it says of itself."""
    _parquet(stream, where)


def read_parquet(
    stream: BinaryIO, where: str, on_fault: OnFault, settings: TableSettings = USUAL
) -> Iterator[pa.RecordBatch]:
    """Yield the samples of a Parquet file in long form; `line` is the row, from 1. Times may be text as in CSV.

    Raises:
        FileFaults: The file is no such table.
    """
    file = _parquet(stream, where)
    columns = [name for name in KNOWN if name in file.schema_arrow.names]
    row = 1
    try:
        for batch in file.iter_batches(settings.batch_rows, columns=columns):
            lines = np.arange(row, row + batch.num_rows, dtype=np.int64)
            row += batch.num_rows
            plain = {name: _plain(name, batch.column(name)) for name in columns}
            yield to_samples(where, plain, lines, on_fault)
    except (pa.ArrowInvalid, OSError) as error:
        must, remedy = "a .parquet must be whole", "What follows is not read; copy the file anew."
        on_fault(Fault(f"{where} row {row}", None, must, str(error), remedy))


def _parquet(stream: BinaryIO, where: str) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(stream)
    except (pa.ArrowInvalid, OSError) as error:
        found, remedy = str(error), "Is it another kind of file, or only a part of it?"
        raise FileFaults([Fault(where, None, "a .parquet must be a Parquet file", found, remedy)]) from None
    faults = header_faults(where, None, file.schema_arrow.names)
    faults += [fault for name in KNOWN if (fault := _type_fault(where, name, file.schema_arrow)) is not None]
    if faults:
        raise FileFaults(faults)
    return file


def _type_fault(where: str, name: str, schema: pa.Schema) -> Fault | None:
    if name not in schema.names:
        return None
    type_ = schema.field(name).type
    kind = type_.value_type if pa.types.is_dictionary(type_) else type_
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    must, good, remedy = "text", text, "Convert it when the table is written."
    if name in {"time", "received_at"}:
        must, good = (
            "a timestamp with time zone, or text",
            text or (pa.types.is_timestamp(kind) and kind.tz is not None),
        )
        remedy = "Say of which zone it is when the table is written; UTC is best."
    elif name == "value":
        good = text or pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)
        must = "numbers, or text"
    elif name == "backfill":
        must, good = "true or false, or text", text or pa.types.is_boolean(kind)
    if good or pa.types.is_null(kind):
        return None
    return Fault(where, None, f"column {name} must be {must}", str(type_), remedy)


def _plain(name: str, column: pa.Array) -> pa.Array:
    """Return the column as `to_samples` takes it, whatever the writer chose."""
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    is_typed = pa.types.is_timestamp(column.type) or pa.types.is_boolean(column.type)
    if name == "value" and not pa.types.is_null(column.type):
        is_typed = not (pa.types.is_large_string(column.type) or pa.types.is_string_view(column.type))
    column = column if is_typed else column.cast(pa.string())
    return column.dictionary_encode() if name in NAMES else column


def check_ndjson(stream: BinaryIO, where: str, settings: TableSettings = USUAL) -> None:
    """Raise FileFaults if a file begins with no JSON object."""
    start = stream.readline(settings.line_bytes).removeprefix(b"\xef\xbb\xbf")
    while start and not start.strip():
        start = stream.readline(settings.line_bytes)
    if not start.lstrip().startswith(b"{"):
        found = repr(start[:40].decode(errors="replace")) if start else "an empty file"
        remedy = "Write each scan as one JSON object on a line of its own."
        raise FileFaults([Fault(where, None, "a .ndjson must be lines of JSON objects", found, remedy)])


def read_ndjson(
    stream: BinaryIO, where: str, on_fault: OnFault, settings: TableSettings = USUAL
) -> Iterator[pa.RecordBatch]:
    """Yield the samples of scans, one a line; the tags of a scan in the order of its keys. Blank lines are skipped."""
    if stream.read(3) != b"\xef\xbb\xbf":
        stream.seek(0)
    numbered = enumerate(lines_of(stream, settings.line_bytes), 1)
    while some := [(line, text) for line, text in islice(numbered, 4096) if text.strip()]:
        scans: list[tuple[int, ScanStruct]] = []
        for (line, _), scan in zip(some, decode_scans([text.strip() for _, text in some]), strict=True):
            if isinstance(scan, ScanFault):
                on_fault(_scan_fault(where, line, scan.reason))
            else:
                scans.append((line, scan))
        batch = _scan_samples(scans, where, on_fault)
        for start in range(0, batch.num_rows, settings.batch_rows):
            yield batch.slice(start, settings.batch_rows)


def _scan_samples(scans: list[tuple[int, ScanStruct]], where: str, on_fault: OnFault) -> pa.RecordBatch:
    rows: list[tuple[str, str, int, float | None, str | None, str | None, None, bool, int]] = []
    moments = times_us([scan.time for _, scan in scans]).tolist() if scans else []
    for (line, scan), moment in zip(scans, moments, strict=True):
        if not moment:
            on_fault(_scan_fault(where, line, _refusal(scan.time)))
            continue
        units, quality = scan.units or {}, scan.quality or {}
        rows += [
            (scan.well_id, tag, moment, value, units.get(tag), quality.get(tag), None, scan.backfill, line)
            for tag, value in scan.values.items()
        ]
    columns = zip(*rows, strict=True) if rows else [[] for _ in SAMPLE_COLUMNS]
    arrays = [
        pa.array(column, field.type.value_type).dictionary_encode()
        if pa.types.is_dictionary(field.type)
        else pa.array(column, field.type)
        for field, column in zip(SAMPLE_COLUMNS, columns, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SAMPLE_COLUMNS)


def _scan_fault(where: str, line: int, reason: str) -> Fault:
    must, _, found = reason.partition("; ")
    return Fault(where, line, must, found.removeprefix("was "), "The scan is left out; correct its source.")


def _refusal(time: str) -> str:
    try:
        time_us(time)
    except ValueError as error:
        return str(error)
    raise AssertionError(time)
