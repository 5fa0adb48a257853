"""A table's file to its cells as they are, each row with the line it stands on. Nothing is converted here."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Final

import fastexcel
import polars as pl

from connectors.errors import Fault, FileFaults
from connectors.projects.config import TableEntry

LINE: Final = "\0line"  # no file can have a column of this name
_TEXTS: Final = (".csv", ".txt", ".tsv")


@dataclass(frozen=True, slots=True)
class Cells:
    """The rows of one file. frame: its columns, as text or as typed by the file, and LINE, Int64.

    counted: what LINE counts, "line" of a text or "row" of a sheet, a Parquet file, or a text whose cells span lines.
    twice: column names that stand twice, which nobody can ask for. told: what was left out already, and why.
    """

    where: str
    frame: pl.DataFrame
    counted: str
    twice: frozenset[str] = frozenset()
    told: tuple[str, ...] = ()


def read_cells(raw: bytes, where: str, table: str, entry: TableEntry) -> Cells:
    """Return the cells of a table's file, by the end of its name.

    Raises:
        FileFaults: It is no such table.
    """
    suffix = where[where.rfind(".") :].lower()
    if suffix == ".parquet":
        return _parquet(raw, where)
    if suffix in {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}:
        return _sheet(raw, where, table, entry)
    if suffix in _TEXTS:
        return _text(raw, where, entry)
    must, remedy = "a table must be a .csv, a .parquet or an .xlsx", "Save it as one of them."
    raise FileFaults([Fault(where, None, must, repr(suffix or "no ending"), remedy)])


def rows_in_toml(rows: Sequence[Mapping[str, object]], lines: Sequence[int], where: str) -> Cells:
    """Return the cells of rows that project.toml itself holds."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: pl.Series(name, [_as_text(row.get(name)) for row in rows], pl.String) for name in names}
    return Cells(where, pl.DataFrame({**columns, LINE: pl.Series(LINE, lines, pl.Int64)}), "line")


def _as_text(cell: object) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _parquet(raw: bytes, where: str) -> Cells:
    try:
        frame = pl.read_parquet(BytesIO(raw))
    except (pl.exceptions.PolarsError, OSError) as error:
        found = str(error).partition("\n")[0]
        raise FileFaults(
            [Fault(where, None, "a .parquet must be a Parquet file", found, "Export it again.")]
        ) from error
    return Cells(where, frame.with_row_index(LINE, 1).cast({LINE: pl.Int64}), "row")


def _sheet(raw: bytes, where: str, table: str, entry: TableEntry) -> Cells:
    try:
        book = fastexcel.read_excel(raw)
        name = entry.sheet or (table if table in book.sheet_names else book.sheet_names[0])
        if name not in book.sheet_names:
            must = f"sheet must be one of {', '.join(map(repr, book.sheet_names))}"
            raise FileFaults([Fault(where, None, must, repr(name), "Correct its name in project.toml.")])
        # skip_rows=0: it would pass over empty rows at the top, and its count of rows would not be the sheet's.
        frame = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        found = str(error).partition("\n")[0]
        raise FileFaults([Fault(where, None, "an .xlsx must be a workbook", found, "Save it again.")]) from error
    where = f"{where} sheet {name!r}"
    if frame.height <= entry.skip_rows:
        raise FileFaults([Fault(where, None, "a table must have a header row", "an empty sheet", "Is it this sheet?")])
    return _headed(frame, where, "row", entry.skip_rows + 1, entry.skip_rows)


def _text(raw: bytes, where: str, entry: TableEntry) -> Cells:
    if raw[:3] == b"\xef\xbb\xbf":
        raw = raw[3:]
    try:
        text = raw.decode(entry.encoding)
    except (UnicodeDecodeError, LookupError) as error:
        line = raw.count(b"\n", 0, error.start) + 1 if isinstance(error, UnicodeDecodeError) else None
        must = f"a text must be in the encoding that project.toml says, {entry.encoding!r}"
        remedy = "Write encoding = 'latin-1', or 'cp1252', in its mapping; or save it as UTF-8."
        raise FileFaults([Fault(where, line, must, str(error), remedy)]) from error
    if entry.skip_rows:
        text = "".join(text.splitlines(keepends=True)[entry.skip_rows :])
    if not text.strip():
        raise FileFaults([Fault(where, None, "a table must have a header line", "an empty file", "Is it all there?")])
    first = entry.skip_rows + 1
    try:
        frame = pl.read_csv(
            BytesIO(text.encode()), separator=entry.delimiter, has_header=False, infer_schema=False, eol_char="\n"
        )
    except pl.exceptions.PolarsError:
        return _uneven(text, where, entry, first)
    lines = text.count("\n") + (not text.endswith("\n"))
    counted = "line" if lines == frame.height else "row"
    return _headed(frame, where, counted, first, 0)


def _uneven(text: str, where: str, entry: TableEntry, first: int) -> Cells:
    """Return the rows that have no more cells than the header has; tell of the others, which no reader may guess at."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=entry.delimiter)
    names = next(reader)
    rows: list[list[str | None]] = []
    lines, wide = [], []
    for row in reader:
        line = reader.line_num + entry.skip_rows
        if len(row) > len(names):
            wide.append((line, len(row)))
        elif any(row):
            rows.append([cell or None for cell in row] + [None] * (len(names) - len(row)))
            lines.append(line)
    columns = {name: [row[place] for row in rows] for place, name in enumerate(_unlike(names))}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))
    frame = frame.with_columns(pl.Series(LINE, lines, pl.Int64))
    must, remedy = (
        f"a row must have no more cells than the header, {len(names)}",
        "Put quotes around what holds a comma.",
    )
    place, remedy = (
        at_lines(where, "line", [line for line, _ in wide]),
        "Left out; put quotes around what holds a comma.",
    )
    told = (str(Fault(place, None, must, str(wide[0][1]), remedy)),) if wide else ()
    return Cells(where, frame, "line", _twice(names), told)


def _headed(frame: pl.DataFrame, where: str, counted: str, first: int, header: int) -> Cells:
    """Return the rows below a header, without those that have nothing in them. first: the header's line."""
    names = ["" if cell is None else cell.strip() for cell in frame.row(header)]
    frame = frame.slice(header + 1)
    frame.columns = _unlike(names)
    used = frame.columns
    frame = frame.with_row_index(LINE, first + 1).cast({LINE: pl.Int64})
    return Cells(where, frame.filter(pl.any_horizontal(pl.col(used).is_not_null())), counted, _twice(names))


def _unlike(names: Sequence[str]) -> list[str]:
    """Return names that differ: an empty or repeated one gets its place, so that nobody can ask for it."""
    twice = _twice(names)
    return [name if name and name not in twice else f"\0{place}" for place, name in enumerate(names)]


def _twice(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name for name in names if name and names.count(name) > 1)


def at_lines(where: str, counted: str, lines: Sequence[int]) -> str:
    """Return where several rows are: the first three, and how many more."""
    shown = ", ".join(map(str, lines[:3]))
    more = f" and {len(lines) - 3} more" if len(lines) > 3 else ""
    return f"{where} {counted}{'s' if len(lines) > 1 else ''} {shown}{more}"
