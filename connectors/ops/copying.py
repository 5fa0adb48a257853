"""Frames as the text of COPY, a slice at a time, so that memory stays flat however many rows there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any, Final, TypeVar

import polars as pl
import psycopg
from psycopg import sql as pgsql

# Rows with 29 contributions are some 5 kB each: a slice is some 20 MB.
ROWS_AT_ONCE: Final = 4_000

_SPECIAL: Final = ["\\", "\n", "\t", "\r"]

Made = TypeVar("Made")
Rows = Callable[[pl.DataFrame], pl.DataFrame]


def copy_frame(
    connection: psycopg.Connection[Any],
    table: tuple[str, ...],
    frame: pl.DataFrame,
    rows: Rows,
    rows_at_once: int = ROWS_AT_ONCE,
) -> None:
    """Copy what `rows` makes of `frame` into a table; within a transaction that is open.

    table: its name, with its schema before it if need be. rows: makes of a slice the columns of the table, of plain
    types, as `rows_of_targets` does; a slice is made while the one before it is sent.
    """
    columns = rows(frame.head(0)).columns
    statement = pgsql.SQL("COPY {} ({}) FROM STDIN").format(
        pgsql.Identifier(*table), pgsql.SQL(", ").join(map(pgsql.Identifier, columns))
    )
    with connection.cursor().copy(statement) as copy:
        for text in ahead(copy_text(rows(part)) for part in frame.rechunk().iter_slices(rows_at_once) if part.height):
            copy.write(text)


def copy_text(frame: pl.DataFrame) -> bytes:
    r"""Return the rows of a frame as COPY reads them: tabs between columns, \N for null; NaN is null.

    Its columns are numbers, booleans, dates, times and text.
    """
    buffer = BytesIO()
    escaped = frame.select(_escaped(series) for series in frame)
    escaped.write_csv(buffer, separator="\t", quote_style="never", include_header=False, null_value="\\N")
    return buffer.getvalue()


def array_text(column: str) -> pl.Expr:
    """Return a list of numbers or dates as the text of an array."""
    elements = pl.element().cast(pl.String).fill_null("NULL")
    return pl.concat_str(pl.lit("{"), pl.col(column).list.eval(elements).list.join(","), pl.lit("}")).alias(column)


def ahead(made: Iterator[Made]) -> Iterator[Made]:
    """Yield what `made` does, and let it make the next meanwhile; ended early, it waits for that one."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, made, None)
        while (found := coming.result()) is not None:
            coming = maker.submit(next, made, None)
            yield found


def _escaped(series: pl.Series) -> pl.Series:
    if series.dtype.is_float():
        return series.fill_nan(None)
    # Most columns have nothing to escape, and looking is quicker than copying.
    if series.dtype != pl.String or not series.str.contains_any(_SPECIAL).any():
        return series
    # The backslash first: the others are written with one.
    series = series.str.replace_all("\\", "\\\\", literal=True)
    for character, letter in (("\n", "n"), ("\t", "t"), ("\r", "r")):
        series = series.str.replace_all(character, f"\\{letter}", literal=True)
    return series
