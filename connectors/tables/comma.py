"""CSV in long form to samples, as fast as Arrow reads where a line is a row, and as exact as Python's csv elsewhere."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import BinaryIO, Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.csv

from connectors.cells import OnFault
from connectors.errors import Fault, FileFaults
from connectors.tables.columns import KNOWN, NAMES, header_faults, to_samples
from connectors.tables.config import USUAL, TableSettings

_NAME: Final = pa.dictionary(pa.int32(), pa.string())
_OTHER_DELIMITERS: Final = {";": "semicolon", "\t": "tab", "|": "bar"}
_MARKS: Final = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"\x1f\x8b": "gzip", b"PK\x03": "a zip or workbook"}

_NO_ROW: Final = (b"\n", b"\r\n", b"#")
_NO_TEXT: Final = "bytes that are no UTF-8"
_ROW_OR_COMMENT: Final = "a comment with as many cells as a row"
_REMEDIES: Final = {
    _NO_TEXT: "save the file as UTF-8.",
    _ROW_OR_COMMENT: "put the well in quotes if it is a row, and a blank line in its place if it is none.",
}


class _Record(NamedTuple):
    """One record of a CSV file: its lines, and its cells or why there are none."""

    first: int
    last: int
    cells: list[str]
    error: str | None


def read_csv(
    stream: BinaryIO, where: str, on_fault: OnFault, settings: TableSettings = USUAL
) -> Iterator[pa.RecordBatch]:
    """Yield the samples of a CSV file in long form: comma, UTF-8 (with or without a mark), one header.

    Lines are counted as an editor counts them: a quoted line feed counts, a blank line or a comment (`#`) counts and is
    skipped. A row with too many or too few cells is left out.

    Raises:
        FileFaults: The file is no such table. It is raised before the first row.
    """
    names, line = _header(stream, where, settings)
    return _rows(stream, where, names, line, on_fault, settings)


def check_csv(stream: BinaryIO, where: str, settings: TableSettings = USUAL) -> None:
    """Raise FileFaults if a file is no CSV table of samples, by its header."""
    _header(stream, where, settings)


def _header(stream: BinaryIO, where: str, settings: TableSettings) -> tuple[list[str], int]:
    """Return the column names and the last line of the header."""
    start = stream.read(3)
    for mark, what in _MARKS.items():
        if start.startswith(mark):
            remedy = "Save it as CSV in UTF-8."
            raise FileFaults([Fault(where, None, "a .csv must be text in UTF-8", what, remedy)])
    if start != b"\xef\xbb\xbf":
        stream.seek(0)
    header = next(_records(lines_of(stream, settings.line_bytes), 0, 0), None)
    if header is None:
        must, remedy = "a table must have a header line", "Was the export stopped?"
        raise FileFaults([Fault(where, None, must, "an empty file", remedy)])
    if header.error is not None or "\0" in "".join(header.cells):
        found = header.error or "bytes that are no text"
        raise FileFaults([Fault(where, header.first, "the header must be a line of CSV", found, "Is it a CSV file?")])
    names = [cell.strip() for cell in header.cells]
    for delimiter, name in _OTHER_DELIMITERS.items():
        if len(names) < len(header.cells[0].split(delimiter)):
            found, remedy = f"{delimiter!r} ({name})", "Export it with commas between cells and a point in numbers."
            raise FileFaults([Fault(where, header.first, "cells must be divided by commas", found, remedy)])
    faults = header_faults(where, header.first, names)
    if faults:
        raise FileFaults(faults)
    return names, header.last


def _rows(
    stream: BinaryIO, where: str, names: list[str], line: int, on_fault: OnFault, settings: TableSettings
) -> Iterator[pa.RecordBatch]:
    # Nearly all blocks go through Arrow's reader. It cannot tell the line of a row where lines and rows differ, so such
    # a block takes the slow way; and if there are quotes in it, all that follows, as a cell may reach into the next.
    while block := stream.read(settings.block_bytes):
        block += stream.readline(settings.line_bytes)
        cells = _plain(block, names)
        if cells is None:
            lines = lines_of(io.BytesIO(block), settings.line_bytes)
            if b'"' in block or not block.endswith(b"\n"):
                stream.seek(-len(block), io.SEEK_CUR)
                lines = lines_of(stream, settings.line_bytes)
            yield from _record_batches(_records(lines, line, len(names)), where, names, on_fault, settings)
            line += block.count(b"\n")
            continue
        for start in range(0, cells.num_rows, settings.batch_rows):
            part = cells.slice(start, settings.batch_rows)
            numbers = np.arange(line + start + 1, line + start + part.num_rows + 1, dtype=np.int64)
            yield to_samples(where, dict(zip(part.schema.names, part.columns, strict=True)), numbers, on_fault)
        line += cells.num_rows


def _plain(block: bytes, names: list[str]) -> pa.RecordBatch | None:
    """Return the cells of a block in which each line is a row; None if one is not."""
    if block.startswith(_NO_ROW) or any(b"\n" + start in block for start in _NO_ROW):
        return None
    if block.count(b"\r") != block.count(b"\r\n"):
        return None
    quotes = block.count(b'"')
    if quotes:
        opening = block.startswith(b'"') + block.count(b',"') + block.count(b'\n"')
        closing = block.endswith(b'"') + block.count(b'",') + block.count(b'"\n') + block.count(b'"\r\n')
        if not opening == closing == quotes - opening:
            return None
    read = pa.csv.ReadOptions(column_names=names, block_size=len(block) + 1)
    split = pa.csv.ParseOptions(quote_char='"' if quotes else False, ignore_empty_lines=False, newlines_in_values=True)
    types = {name: _NAME if name in NAMES else pa.string() for name in KNOWN if name in names}
    convert = pa.csv.ConvertOptions(
        column_types=types, include_columns=list(types), null_values=[], strings_can_be_null=False
    )
    try:
        table = pa.csv.read_csv(pa.BufferReader(block), read, split, convert)
    except pa.ArrowInvalid:
        return None
    lines = block.count(b"\n") + (not block.endswith(b"\n"))
    if table.num_rows != lines:
        return None
    return table.combine_chunks().to_batches()[0]


def lines_of(stream: BinaryIO, most: int) -> Iterator[bytes]:
    """Yield the lines of a stream; of one longer than `most` bytes only the beginning."""
    while line := stream.readline(most):
        whole = line.endswith(b"\n") or len(line) < most
        yield line if whole else line + b"\n"
        while not whole:
            rest = stream.readline(most)
            whole = rest.endswith(b"\n") or len(rest) < most


def _records(lines: Iterable[bytes], line: int, cells: int) -> Iterator[_Record]:
    """Yield the records of lines that follow `line`; blank lines and comments are none.

    A line that begins with `#` and has as many `cells` as the header may be a row of a well so named: it is no record,
    but it is not passed over either.
    """
    comments, undecodable = set(), set()

    def texts() -> Iterator[str]:
        for number, raw in enumerate(lines, line + 1):
            if raw.startswith(b"#"):
                comments.add(number)
            try:
                yield raw.decode()
            except UnicodeDecodeError:
                undecodable.add(number)
                yield raw.decode(errors="backslashreplace")

    reader = csv.reader(texts(), strict=True)
    last = line
    while True:
        first, row, error = last + 1, [], None
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            error = str(fault)
        last = line + reader.line_num
        if undecodable and not undecodable.isdisjoint(range(first, last + 1)):
            error = _NO_TEXT
        if first in comments:
            if len(row) != cells or error:
                continue
            error = _ROW_OR_COMMENT
        if error or len(row) > 1 or (row and row[0].strip()):
            yield _Record(first, last, row, error)


def _record_batches(
    records: Iterator[_Record], where: str, names: Sequence[str], on_fault: OnFault, settings: TableSettings
) -> Iterator[pa.RecordBatch]:
    places = {name: names.index(name) for name in KNOWN if name in names}
    while some := list(itertools.islice(records, settings.batch_rows)):
        faults = [fault for record in some if (fault := _record_fault(where, record, len(names))) is not None]
        rows = [record for record in some if record.error is None and len(record.cells) == len(names)]
        if rows:
            cells = list(zip(*(record.cells for record in rows), strict=True))
            columns = {name: pa.array(cells[place], pa.string()) for name, place in places.items()}
            columns |= {name: columns[name].dictionary_encode() for name in NAMES if name in columns}
            lines = np.array([record.first for record in rows], np.int64)
            yield to_samples(where, columns, lines, faults.append)
        for fault in sorted(faults, key=lambda fault: fault.line or 0):
            on_fault(fault)


def _record_fault(where: str, record: _Record, cells: int) -> Fault | None:
    if record.error is not None:
        found = record.error if record.last == record.first else f"{record.error}, up to line {record.last}"
        remedy = _REMEDIES.get(record.error, "is there a quote that does not open or close a cell?")
        return Fault(where, record.first, "a row must be CSV in UTF-8", found, f"The row is left out; {remedy}")
    if len(record.cells) != cells:
        must, remedy = f"a row must have {cells} cells, as the header", "a decimal comma, or was it cut off?"
        return Fault(where, record.first, must, str(len(record.cells)), f"The row is left out; {remedy}")
    return None
