"""WITSML logs to samples. Pure: an open document in, batches and faults out; the same for any size of the pieces read.

What stands for "no reading", and what we make of it:

- An empty cell (1.x) or `null` (2.0) gives no row. Rows are merged from curves that are sampled at different instants:
  the cell is empty because this curve was not sampled then. As a bad reading it would turn the view of every slow curve
  bad between its samples, and no reset would ever come. A curve that falls silent is found out by its silence.
- The curve's nullValue, or NaN, gives a row without value, which is a bad reading: the source says that it looked and
  has none. The curve's own nullValue comes before that of its log; it is compared as a number.
- A cell that is no number is reported, and gives a bad reading too.

Rows of a log with decreasing direction come out in reverse, oldest first; they are held in memory until the last is
read.
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from connectors.cells import QUALITIES, OnFault, as_dictionary, as_mask, time_fault, times, value_fault, values
from connectors.errors import Fault
from connectors.witsml.config import TagMap
from connectors.witsml.document import DocumentFault, Row, events
from connectors.witsml.header import Block, Curve
from schemas.columns import SAMPLE_COLUMNS

_LEFT_OUT: Final = "The row is left out"
_BAD: Final = QUALITIES.index("bad")


@dataclass(frozen=True, slots=True)
class Chunk:
    """One body of data, after a first look: how many rows it has, and the earliest time [us] at its ends, if any."""

    block: Block
    rows: int
    start_us: int | None
    by_line: bool


@dataclass(frozen=True, slots=True)
class Contents:
    """What a document holds: its bodies of data, and where it breaks off, if it does."""

    chunks: tuple[Chunk, ...]
    broken: Fault | None


def survey(stream: BinaryIO, where: str) -> Contents:
    """Return what is in a document, all of it looked through once, no value read."""
    looks: list[_Look] = []
    broken = None
    try:
        for event in events(stream, where):
            if isinstance(event, Block):
                looks.append(_Look(event))
            else:
                looks[-1].rows += 1
                looks[-1].first = looks[-1].first or event
                looks[-1].last = event
    except DocumentFault as fault:
        broken = fault.fault
    return Contents(tuple(look.chunk() for look in looks), broken)


@dataclass(slots=True)
class _Look:
    """What a first look at a body of data has seen so far."""

    block: Block
    rows: int = 0
    first: Row | None = None
    last: Row | None = None

    def chunk(self) -> Chunk:
        ends = [row for row in (self.first, self.last) if row is not None]
        read = times(pa.array([_split(self.block, row)[0] for row in ends], pa.string())).drop_null()
        start_us = min(read.cast(pa.int64()).to_pylist(), default=None)
        # On a line of its own each, or all on one? The first row tells.
        by_line = self.first is None or self.first.line > self.block.line
        return Chunk(self.block, self.rows, start_us, by_line)


def readable(block: Block, tag_map: TagMap | None) -> list[tuple[str, Curve]]:
    """Return the tags to read and their curves: those of the map, in its order; without one all that are numbers."""
    if tag_map is None:
        return [(curve.mnemonic, curve) for curve in block.curves if curve.numeric and curve.unusable is None]
    curves = {curve.mnemonic: curve for curve in block.curves}
    wanted = [(tag, curves.get(source.mnemonic)) for tag, source in tag_map.tags.items()]
    return [(tag, curve) for tag, curve in wanted if curve is not None and curve.numeric and curve.unusable is None]


def curve_faults(block: Block, where: str, tag_map: TagMap | None) -> list[Fault]:
    """Return why curves of this body of data that were asked for are not read."""
    wanted = None if tag_map is None else {source.mnemonic for source in tag_map.tags.values()}
    reasons: dict[str, str] = {}
    for curve in block.curves:
        if wanted is None or curve.mnemonic in wanted:
            if curve.unusable is not None:
                reasons[curve.mnemonic] = curve.unusable
            elif wanted is not None and not curve.numeric:
                reasons[curve.mnemonic] = "its values are no numbers"
    return [
        Fault(
            where, block.line, f"curve {mnemonic} must be numbers of one unit in one column", reason, "It is not read."
        )
        for mnemonic, reason in reasons.items()
    ]


def unknown_mnemonics(tag_map: TagMap, blocks: Sequence[Block]) -> list[Fault]:
    """Return a fault for each mnemonic of the map that no log has, with those there are, near ones first."""
    known = sorted({curve.mnemonic for block in blocks for curve in block.curves})
    faults = []
    for tag, source in tag_map.tags.items():
        if source.mnemonic not in known:
            near = difflib.get_close_matches(source.mnemonic, known, n=5, cutoff=0.5)
            rest = [mnemonic for mnemonic in known if mnemonic not in near]
            must = f"tags.{tag}.mnemonic must be a curve of a log"
            remedy = f"There are {', '.join(near + rest)}."
            faults.append(Fault(tag_map.where, tag_map.lines.get(tag), must, repr(source.mnemonic), remedy))
    return faults


def read_chunk(
    stream: BinaryIO, where: str, chunk: Chunk, well_id: str, tag_map: TagMap | None, on_fault: OnFault, batch_rows: int
) -> Iterator[pa.RecordBatch]:
    """Yield the samples of one body of data, row by row, in each row the tags as `readable` orders them.

    `line` is the line of the row, or where rows share lines its number among the data rows of the file; faults then say
    "data row".
    """
    reader = _ChunkReader(where, chunk, well_id, readable(chunk.block, tag_map), on_fault)
    if not reader.tags:
        return
    batches = reader.batches(_rows_of(stream, where, chunk.block.number, on_fault), batch_rows)
    # A decreasing log holds the newest row first: all must be there before the oldest can go.
    for batch in reversed(list(batches)) if chunk.block.decreasing else batches:
        for start in range(0, batch.num_rows, batch_rows):  # a row of very many curves is more than a batch
            yield batch.slice(start, batch_rows)


def _rows_of(stream: BinaryIO, where: str, number: int, on_fault: OnFault) -> Iterator[Row]:
    mine = False
    try:
        for event in events(stream, where):
            if isinstance(event, Block):
                if mine:
                    return
                mine = event.number == number
            elif mine:
                yield event
    except DocumentFault as fault:
        on_fault(fault.fault)


class _ChunkReader:
    """Turns rows of one body of data into batches."""

    def __init__(
        self, where: str, chunk: Chunk, well_id: str, tags: list[tuple[str, Curve]], on_fault: OnFault
    ) -> None:
        self.tags = [tag for tag, _ in tags]
        self._where = where
        self._chunk = chunk
        self._block = chunk.block
        self._curves = [curve for _, curve in tags]
        self._on_fault = on_fault
        self._faults: list[tuple[int, Fault]] = []
        self._well_id = well_id
        units = list(dict.fromkeys(curve.unit for curve in self._curves if curve.unit is not None))
        self._units = units
        self._unit_of = np.array([units.index(c.unit) if c.unit is not None else -1 for c in self._curves], np.int32)
        nulls = values(pa.array([curve.null for curve in self._curves], pa.string()))[0]
        self._null_number = pc.fill_null(nulls, float("nan")).to_numpy(zero_copy_only=False)
        self._null_text = [
            None if np.isfinite(number) or not curve.null else curve.null
            for curve, number in zip(self._curves, self._null_number, strict=True)
        ]
        places = [curve.column for curve in self._curves]
        self._pick = itemgetter(*places) if len(places) > 1 else lambda cells: (cells[places[0]],)

    def batches(self, rows: Iterator[Row], batch_rows: int) -> Iterator[pa.RecordBatch]:
        most = max(1, batch_rows // len(self.tags))
        some: list[Row] = []
        for row in rows:
            some.append(row)
            if len(some) == most:
                yield self._batch(some)
                some = []
        if some:
            yield self._batch(some)

    def _batch(self, rows: list[Row]) -> pa.RecordBatch:
        batch = self._read(rows)
        for _, fault in sorted(self._faults, key=lambda numbered: numbered[0]):
            self._on_fault(fault)
        self._faults.clear()
        return batch

    def _tell(self, row: Row, fault: Fault) -> None:
        self._faults.append((row.number, fault))

    def _place(self, row: Row) -> tuple[str, int | None]:
        return (self._where, row.line) if self._chunk.by_line else (f"{self._where} data row {row.number}", None)

    def _read(self, rows: list[Row]) -> pa.RecordBatch:
        index, cells, kept = self._split_all(rows)
        moments = times(pa.array(index, pa.string()))
        after = as_mask(pc.fill_null(pc.greater(moments.cast(pa.int64()), 0), False))
        if not after.all():
            for at in np.flatnonzero(~after):
                self._tell(kept[at], time_fault(*self._place(kept[at]), "the index", index[at], _LEFT_OUT))
            cells = [row for row, good in zip(cells, after, strict=True) if good]
            kept = [row for row, good in zip(kept, after, strict=True) if good]
            moments = moments.filter(pa.array(after))
        return self._long(moments, cells, kept)

    def _split_all(self, rows: list[Row]) -> tuple[list[str | None], list[Sequence[Any]], list[Row]]:
        index, cells, kept = [], [], []
        for row in rows:
            moment, all_cells = _split(self._block, row)
            if all_cells is None or len(all_cells) != self._block.width:
                self._tell(row, self._shape_fault(row, all_cells))
                continue
            index.append(moment)
            cells.append(self._pick(all_cells))
            kept.append(row)
        return index, cells, kept

    def _shape_fault(self, row: Row, cells: Sequence[Any] | None) -> Fault:
        if cells is None:
            must, found = "a data row must be [[index], [values]]", "something else"
        else:
            must, found = f"a data row must have {self._block.width} cells, one for each curve", str(len(cells))
        return Fault(*self._place(row), must, found, f"{_LEFT_OUT}; ask the source.")

    def _long(self, moments: pa.TimestampArray, cells: list[Sequence[Any]], rows: list[Row]) -> pa.RecordBatch:
        """Return the cells, shape (rows, tags), one below the other, without the empty ones."""
        tags = len(self.tags)
        flat = list(chain.from_iterable(cells))
        words: dict[int, int] = {}
        if self._block.json:
            self._take_points(flat, rows, words)
        text = pa.array(flat, pa.string())
        value, unreadable = values(text)
        present = as_mask(pc.fill_null(pc.greater(pc.utf8_length(pc.ascii_trim_whitespace(text)), 0), False))
        numbers = pc.fill_null(value, float("nan")).to_numpy(zero_copy_only=False).reshape(-1, tags)
        null = (numbers == self._null_number).ravel()
        for tag, null_text in enumerate(self._null_text):
            if null_text is not None:
                same = pc.equal(pc.ascii_trim_whitespace(text[tag::tags]), null_text)
                null[tag::tags] |= as_mask(pc.fill_null(same, False))
        unreadable &= ~null
        for at in np.flatnonzero(unreadable):
            row, curve = rows[at // tags], self._curves[at % tags]
            self._tell(row, value_fault(*self._place(row), f"curve {curve.mnemonic}", str(flat[at])))
        quality = np.where(unreadable, _BAD, -1).astype(np.int32)
        for cell, word in words.items():
            quality[cell] = max(int(quality[cell]), word)
        return self._assemble(moments, rows, numbers.ravel(), ~np.isfinite(numbers.ravel()) | null, quality, present)

    def _assemble(
        self,
        moments: pa.TimestampArray,
        rows: list[Row],
        numbers: npt.NDArray[np.float64],
        missing: npt.NDArray[np.bool_],
        quality: npt.NDArray[np.int32],
        present: npt.NDArray[np.bool_],
    ) -> pa.RecordBatch:
        tags = len(self.tags)
        cells = np.arange(len(numbers)).reshape(-1, tags)
        at = (cells[::-1] if self._block.decreasing else cells).ravel()
        at = at[present[at]]
        row, tag = at // tags, (at % tags).astype(np.int32)
        lines = np.array([row.line if self._chunk.by_line else row.number for row in rows], np.int64)
        unit = self._unit_of[tag]
        return pa.RecordBatch.from_arrays(
            [
                as_dictionary([self._well_id], np.zeros(len(at), np.int32)),
                as_dictionary(self.tags, tag),
                moments.take(pa.array(row)),
                pa.array(numbers[at], pa.float64(), mask=missing[at]),
                as_dictionary(self._units, unit, unit < 0),
                as_dictionary(list(QUALITIES), quality[at], quality[at] < 0),
                pa.nulls(len(at), SAMPLE_COLUMNS.field("received_at").type),
                pa.nulls(len(at), pa.bool_()),
                pa.array(lines[row]),
            ],
            schema=SAMPLE_COLUMNS,
        )

    def _take_points(self, flat: list[Any], rows: list[Row], words: dict[int, int]) -> None:
        """Make text of the cells of 2.0, in place; note in `words` the quality that point metadata gives."""
        tags = len(self.tags)
        for at, cell in enumerate(flat):
            if cell is None or isinstance(cell, str):
                continue
            curve = self._curves[at % tags]
            if not isinstance(cell, list) or not curve.point_metadata or not cell or isinstance(cell[0], list):
                flat[at] = repr(cell)
                continue
            flat[at] = cell[0] if cell[0] is None else str(cell[0])
            # The standard names no point metadata; "quality" with our words is the one we can be sure of.
            for name, word in zip(curve.point_metadata, cell[1:], strict=False):
                if name.lower() == "quality" and word is not None:
                    words[at] = self._quality(str(word), curve, rows[at // tags])

    def _quality(self, word: str, curve: Curve, row: Row) -> int:
        if word.lower() in QUALITIES:
            return QUALITIES.index(word.lower())
        must = f"quality of curve {curve.mnemonic} must be one of {', '.join(QUALITIES)}"
        remedy = "It counts as a bad reading; ask the source what its words mean."
        self._tell(row, Fault(*self._place(row), must, repr(word), remedy))
        return _BAD


def _split(block: Block, row: Row) -> tuple[str | None, Sequence[Any] | None]:
    """Return index and cells of a row; no cells if it is none."""
    if block.json:
        if row.cells is None:
            return None, None
        # The standard lets a row end early: the rest is null.
        short = block.width - len(row.cells)
        return row.index, row.cells + [None] * short if short > 0 else row.cells
    text = row.cells.strip("\r\n") if block.delimiter.isspace() else row.cells.strip()
    if '"' in text and len(block.delimiter) == 1:
        cells = next(csv.reader([text], delimiter=block.delimiter))
    else:
        cells = text.split(block.delimiter)
    return (cells[block.index_column] if block.index_column < len(cells) else None), cells
