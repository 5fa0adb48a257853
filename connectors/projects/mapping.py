"""Cells of a table's file to our columns, in our units, as project.toml maps them. What cannot be used is told.

A cell that is no number, date or known word, or a number outside of what there can be (a negative volume, 30 hours in a
day's report are kept only up to the 745 of the longest month), is null, and the problem says on which lines. A row
without a required cell is left out, and told too. Nothing is guessed, nothing is lost silently.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from connectors.errors import Fault, FileFaults, did_you_mean, nearest
from connectors.projects import cells as read
from connectors.projects.columns import TABLES, Column
from connectors.projects.config import Config, TableEntry
from connectors.projects.tables import LINE, Cells, at_lines
from connectors.projects.units import NoUnit, to_ours
from connectors.units import SAME, Conversion
from scoring.candidates import CUTOFFS_APPLIED

_ABANDONED: Final = {"yes": "permanent", "true": "permanent", "no": "none", "false": "none"}


@dataclass(slots=True)
class Mapped:
    """A table in our columns, and LINE. told: a sentence for each column in which something could not be used."""

    frame: pl.DataFrame
    told: list[str] = field(default_factory=list)


def to_columns(cells: Cells, table: str, entry: TableEntry, config: Config, well_id: str | None = None) -> Mapped:
    """Return the rows of one file as the columns of `table`; those that the file lacks are null.

    Args:
        cells: What the file holds.
        table: Its name among ours.
        entry: How project.toml maps it.
        config: Where that is written, for faults.
        well_id: What `filename_well_id` found in the file's name.

    Raises:
        FileFaults: The mapping does not fit the file: a column or unit it names is not there, or a required one is not.
    """
    return _Mapper(cells, table, entry, config, well_id).run()


class _Mapper:
    def __init__(self, cells: Cells, table: str, entry: TableEntry, config: Config, well_id: str | None) -> None:
        self.cells, self.table, self.entry, self.config = cells, table, entry, config
        self.columns: Mapping[str, Column] = TABLES[table]
        self.constants = {**entry.constants, **({} if well_id is None else {"well_id": well_id})}
        self.faults: list[Fault] = []
        self.told = list(cells.told)
        self.kept = pl.Series("kept", [], pl.Boolean)

    def run(self) -> Mapped:
        theirs = dict(self._their_columns())
        stated = dict(self._conversions())
        self._check_where()
        if self.faults:
            raise FileFaults(self.faults)
        frame = self._matching(self.cells.frame)
        frame, below = self._without_units_row(frame, theirs)
        conversions = {**self._conversions_below(below), **stated}
        self.kept = pl.repeat(True, frame.height, eager=True)
        columns = {
            name: self._column(name, column, frame, theirs.get(name), conversions.get(name, SAME))
            for name, column in self.columns.items()
        }
        mapped = pl.DataFrame({**columns, LINE: frame[LINE]})
        return Mapped(mapped.filter(self.kept), self.told)

    # How the mapping fits the file.

    def _their_columns(self) -> Iterator[tuple[str, str]]:
        """Yield ours and theirs of each column that the file has."""
        there = [name for name in self.cells.frame.columns if not name.startswith("\0")]
        for name, column in self.columns.items():
            asked = self.entry.columns.get(name)
            if asked is not None or name in there:
                if (asked or name) in there:
                    yield name, asked or name
                    continue
                found = f"{asked!r}, which stands twice" if asked in self.cells.twice else repr(asked)
                must = f"columns.{name} of tables.{self.table} must be a column of {self.cells.where}"
                near = nearest(asked or name, there, most=1)
                self._fault(("columns", name), must, found, did_you_mean(near) or f"It has {', '.join(there[:40])}.")
            elif column.required and name not in self.constants:
                must = f"{self.table} must have the column {name!r}"
                unread = [other for other in there if other not in self.entry.columns.values()]
                near = nearest(name, unread, most=1)
                remedy = f"Is it {near[0]!r}? " if near else ""
                remedy += f"Write columns = {{{name} = ...}} in [tables.{self.table}]."
                self._fault(("columns",), must, f"columns {', '.join(there[:40]) or 'none'}", remedy)
        if not self.entry.columns:
            self._tell_near_names(there)

    def _tell_near_names(self, there: list[str]) -> None:
        for other in there:
            if other in self.columns:
                continue
            near = [name for name in nearest(other, self.columns, most=1) if name not in there]
            if near:
                must = f"a column of {self.table} must be spelt {near[0]!r} if that is what it is"
                self._tell(None, must, repr(other), "It is not read; rename it, or map it.")

    def _conversions(self) -> Iterator[tuple[str, Conversion]]:
        """Yield how each column is converted whose unit project.toml states."""
        for name, spelling in self.entry.units.items():
            quantity = self.columns[name].quantity
            if quantity is None:
                must = f"units of tables.{self.table} must be of columns that have one"
                self._fault(("units", name), must, repr(name), "Remove it.")
                continue
            try:
                yield name, to_ours(quantity, spelling)
            except NoUnit as error:
                must = f"units.{name} of tables.{self.table}: {error.must}"
                self._fault(("units", name), must, repr(spelling), error.remedy)

    def _check_where(self) -> None:
        there = [name for name in self.cells.frame.columns if not name.startswith("\0")]
        for name in self.entry.where:
            if name not in there:
                must = f"where of tables.{self.table} must name columns of {self.cells.where}"
                remedy = did_you_mean(nearest(name, there, most=1)) or f"It has {', '.join(there[:40])}."
                self._fault(("where", name), must, repr(name), remedy)

    def _matching(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows that `where` asks for: a text matches in any case, a number by its value."""
        for name, asked in self.entry.where.items():
            wanted = asked if isinstance(asked, tuple) else (asked,)
            text = read.texts(frame[name], ()).str.to_lowercase()
            matches = text.is_in(sorted({str(value).strip().lower() for value in wanted})).fill_null(False)
            amounts = [float(value) for value in wanted if isinstance(value, int | float) and value is not True]
            if amounts:
                matches |= read.numbers(frame[name], ()).is_in(amounts).fill_null(False)
            frame = frame.filter(matches)
        return frame

    # A row of units under the header, as workbooks have it.

    def _without_units_row(
        self, frame: pl.DataFrame, theirs: Mapping[str, str]
    ) -> tuple[pl.DataFrame, Mapping[str, str]]:
        """Return the rows, and our columns' units where the first of them holds units: texts where numbers belong."""
        measured = {name: theirs[name] for name in theirs if self.columns[name].dtype == pl.Float64}
        if not measured or not frame.height or any(frame.schema[name] != pl.String for name in measured.values()):
            return frame, {}
        first = frame.head(1)
        spelled = {name: text for name in measured if (text := read.texts(first[measured[name]], ())[0]) is not None}
        keys = [theirs[name] for name, column in self.columns.items() if column.required and name in theirs]
        no_numbers = all(read.numbers(first[measured[name]], ())[0] is None for name in spelled)
        no_keys = all(read.texts(first[key], ())[0] is None or key in measured.values() for key in keys)
        if not spelled or not no_numbers or not no_keys:
            return frame, {}
        return frame.slice(1), spelled

    def _conversions_below(self, below: Mapping[str, str]) -> dict[str, Conversion]:
        found = {}
        for name, spelling in below.items():
            quantity = self.columns[name].quantity
            if quantity is None or name in self.entry.units:
                continue
            try:
                found[name] = to_ours(quantity, spelling)
            except NoUnit as error:
                remedy = f"It is read as if it were in ours; state units = {{{name} = ...}}. {error.remedy}"
                self._tell(None, f"the unit under {name}: {error.must}", repr(spelling), remedy)
        return found

    # Cells to values.

    def _column(
        self, name: str, column: Column, frame: pl.DataFrame, theirs: str | None, conversion: Conversion
    ) -> pl.Series:
        if theirs is not None:
            source = frame[theirs].alias(name)
        else:
            constant = self.constants.get(name)
            text = None if constant is None else str(constant).lower() if constant in (True, False) else str(constant)
            source = pl.Series(name, [text], pl.String).new_from_index(0, frame.height)
        values, unread = self._values(name, column, source, conversion)
        if column.low is not None or column.high is not None:
            values = self._within(name, column, values, frame)
        if unread.any():
            self._tell_cells(name, f"{name} must be {_meaning(column)}", source, unread, frame)
        if column.required:
            absent = values.is_null()
            empty = absent & ~unread
            if empty.any() and theirs is not None:
                lines = frame.filter(empty)[LINE]
                self._tell(lines, f"{name} must be given", "nothing", "The row is left out; fill it in.")
            self.kept &= ~absent
        return values

    def _values(
        self, name: str, column: Column, source: pl.Series, conversion: Conversion
    ) -> tuple[pl.Series, pl.Series]:
        """Return the values, and where a cell says something that is none."""
        nulls = self.entry.null_values
        if column.dtype in (pl.Float64, pl.Int32):
            values = read.numbers(source, nulls)
            unread = values.is_null() & read.says_something(source, nulls) & ~_is_stand_in(source, nulls)
            if conversion != SAME:
                values = values * conversion.factor + conversion.offset
            return values.cast(column.dtype, strict=False).alias(name), unread
        if column.dtype == pl.Date:
            values = read.dates(source, nulls, self.entry.date_format)
        elif column.dtype == pl.Boolean:
            values = read.truths(source, nulls)
        elif column.dtype == pl.Struct:
            return _cutoffs(source), pl.repeat(False, len(source), eager=True)
        elif column.choices or column.words:
            values = read.words(source, nulls)
            if name == "abandoned":
                values = values.replace(_ABANDONED)
            if not column.choices:
                return values, pl.repeat(False, len(source), eager=True)
            known = values.is_in(column.choices).fill_null(True)
            return read.without(values, ~known), ~known
        else:
            return read.texts(source, nulls), pl.repeat(False, len(source), eager=True)
        return values, values.is_null() & read.says_something(source, nulls)

    def _within(self, name: str, column: Column, values: pl.Series, frame: pl.DataFrame) -> pl.Series:
        outside = pl.repeat(False, len(values), eager=True)
        if column.low is not None:
            outside |= (values < column.low).fill_null(False)
        if column.high is not None:
            outside |= (values > column.high).fill_null(False)
        if outside.any():
            self._tell_cells(name, f"{name} must be {_meaning(column)}", values, outside, frame)
        return read.without(values, outside)

    def _tell_cells(self, name: str, must: str, source: pl.Series, wrong: pl.Series, frame: pl.DataFrame) -> None:
        shown = ", ".join(map(repr, source.filter(wrong).head(3).to_list()))
        consequence = "The row is left out" if self.columns[name].required else "It counts as not known"
        remedy = f"{consequence}; correct the file, or map its null_values or units."
        if self.columns[name].dtype == pl.Date and self.entry.date_format is None:
            remedy = f"{consequence}; write dates as 2016-12-31, or say date_format in the mapping."
        self._tell(frame.filter(wrong)[LINE], must, shown, remedy)

    def _tell(self, lines: pl.Series | None, must: str, found: str, remedy: str) -> None:
        where = self.cells.where if lines is None else at_lines(self.cells.where, self.cells.counted, lines.to_list())
        self.told.append(str(Fault(where, None, must, found, remedy)))

    def _fault(self, keys: tuple[str, ...], must: str, found: str, remedy: str) -> None:
        if self.table in self.config.file.tables:
            line = self.config.line(("tables", self.table, *keys))
            self.faults.append(Fault(self.config.where, line, must, found, remedy))
        else:
            self.faults.append(Fault(self.cells.where, None, must, found, remedy))


def _is_stand_in(source: pl.Series, nulls: tuple[str | float, ...]) -> pl.Series:
    """Return where a cell is a number that stands for nothing, however it is written: -999.0 for -999."""
    if not nulls:
        return pl.repeat(False, len(source), eager=True)
    return read.numbers(source, ()).is_not_null() & read.numbers(source, nulls).is_null()


def _cutoffs(source: pl.Series) -> pl.Series:
    """Return the cutoffs of candidates: typed already, or JSON where the file is text. An absent key is no cutoff."""
    if not isinstance(source.dtype, pl.Struct):
        return read.texts(source, ()).str.json_decode(CUTOFFS_APPLIED)
    known = source.struct.fields
    fields = [
        source.struct.field(field.name) if field.name in known else pl.lit(None).alias(field.name)
        for field in CUTOFFS_APPLIED.fields
    ]
    return pl.select(pl.struct(fields).cast(CUTOFFS_APPLIED).alias(source.name)).to_series()


def _meaning(column: Column) -> str:
    if column.choices:
        return f"one of {', '.join(column.choices)}"
    if column.dtype == pl.Date:
        return "a date"
    if column.dtype == pl.Boolean:
        return "yes or no"
    if column.low is not None and column.high is not None:
        return f"a number from {column.low:g} to {column.high:g}"
    return "a number" if column.low is None else f"a number >= {column.low:g}"


def in_order(frames: list[pl.DataFrame], table: str) -> pl.DataFrame:
    """Return the rows of all files of a table, with their source_id, sorted by every column."""
    names = [*TABLES[table], "source_id"]
    whole = pl.concat([frame.select(names) for frame in frames], how="vertical_relaxed")
    keys = [name for name in names if not isinstance(whole.schema[name], pl.Struct)]
    return whole.sort(keys, nulls_last=True)
