"""Columns of cells to columns of values: numbers, dates, truths, words. What cannot be read is null."""

from __future__ import annotations

from datetime import date
from typing import Final

import polars as pl

_NULLS: Final = ("", "null", "nan", "n/a", "#n/a", "#value!", "#ref!")
# Of a number, a date or a truth only: in a column of words, `none` is one.
_NO_VALUES: Final = (*_NULLS, "none", "na", "-", "--", "nil")
_TRUTHS: Final = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}
_FIRST_DAY: Final = date(1850, 1, 1)
_ISO: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([T ].*)?$"
_MONTH: Final = r"^[0-9]{4}-[0-9]{2}$"
# Each of them can be read in one way only; 03/04/2016 cannot, so it needs date_format.
_DATE_FORMATS: Final = ("%d.%m.%Y", "%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%Y/%m/%d", "%Y%m%d")


def texts(cells: pl.Series, null_values: tuple[str | float, ...]) -> pl.Series:
    """Return cells as text without blanks around them; null where they say nothing."""
    if cells.dtype != pl.String:
        cells = cells.cast(pl.String)
    nulls = {*_NULLS, *(str(value).strip().lower() for value in null_values)}
    stripped = cells.str.strip_chars()
    return without(stripped, stripped.str.to_lowercase().is_in(sorted(nulls)))


def numbers(cells: pl.Series, null_values: tuple[str | float, ...]) -> pl.Series:
    """Return cells as Float64. Null: nothing, no number, not finite, or one that stands for nothing."""
    if cells.dtype == pl.Boolean:
        return pl.Series(cells.name, [None] * len(cells), pl.Float64)
    read = texts(cells, null_values).cast(pl.Float64, strict=False) if cells.dtype == pl.String else cells
    read = read.cast(pl.Float64, strict=False)
    stand_ins = [number for value in null_values if (number := _number(value)) is not None]
    return without(read, ~read.is_finite() | (read.is_in(stand_ins) if stand_ins else False))


def _number(value: str | float) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def dates(cells: pl.Series, null_values: tuple[str | float, ...], date_format: str | None) -> pl.Series:
    """Return cells as dates; null where there is none, or the day could be read in two ways."""
    if cells.dtype == pl.Date:
        return cells
    if isinstance(cells.dtype, pl.Datetime):
        return cells.cast(pl.Date)
    text = texts(cells, null_values)
    if date_format is not None:
        return text.str.to_date(date_format, strict=False)
    column = pl.lit(text)
    ways = [
        pl.when(column.str.contains(_ISO)).then(column.str.slice(0, 10)).str.to_date("%Y-%m-%d", strict=False),
        pl.when(column.str.contains(_MONTH)).then(column + "-01").str.to_date("%Y-%m-%d", strict=False),
    ]
    read = pl.select(pl.coalesce(ways)).to_series()
    if (read.is_null() & text.is_not_null()).any():
        ways += [column.str.to_date(form, strict=False) for form in _DATE_FORMATS]
        read = pl.select(pl.coalesce(ways)).to_series()
    # A year of two digits read as one of four is Roman; such a day is told instead.
    return without(read.alias(cells.name), read < _FIRST_DAY)


def truths(cells: pl.Series, null_values: tuple[str | float, ...]) -> pl.Series:
    """Return cells as truths: yes and no, true and false, 1 and 0."""
    if cells.dtype == pl.Boolean:
        return cells
    text = texts(cells, null_values).str.to_lowercase()
    return text.replace_strict(_TRUTHS, default=None, return_dtype=pl.Boolean)


def words(cells: pl.Series, null_values: tuple[str | float, ...]) -> pl.Series:
    """Return cells as words written in one way: `Through-tubing` is through_tubing."""
    return texts(cells, null_values).str.to_lowercase().str.replace_all(r"[\s/-]+", "_")


def says_something(cells: pl.Series, null_values: tuple[str | float, ...]) -> pl.Series:
    """Return where a cell of a number, date or truth holds more than a word for nothing."""
    if cells.dtype != pl.String:
        return cells.is_not_nan().fill_null(False) if cells.dtype.is_float() else cells.is_not_null()
    text = texts(cells, null_values)
    return text.is_not_null() & ~text.str.to_lowercase().is_in(_NO_VALUES).fill_null(True)


def without(cells: pl.Series, left_out: pl.Series) -> pl.Series:
    """Return cells, null where `left_out` holds."""
    return pl.select(pl.when(~left_out.fill_null(False)).then(cells).alias(cells.name)).to_series()
