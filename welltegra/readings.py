"""Samples of many tags taken apart into compact arrays, one tag at a time: for what looks back over whole files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from rules.sample import BAD, QUALITIES

# Files that are merged come in batches of few rows, each of which costs as much as one of this many.
JOINED_ROWS: Final = 65_536

N = TypeVar("N", bound=np.generic)


class Growing(Generic[N]):
    """An array that grows at its end. Views of it stay good, and keep the length they were taken at."""

    def __init__(self, dtype: type[N]) -> None:
        self._room: npt.NDArray[N] = np.empty(256, dtype)
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def extend(self, values: npt.NDArray[N]) -> None:
        length = self._length + len(values)
        if length > len(self._room):
            room = np.empty(max(length, len(self._room) * 5 // 4), self._room.dtype)
            room[: self._length] = self._room[: self._length]
            self._room = room
        self._room[self._length : length] = values
        self._length = length

    @property
    def values(self) -> npt.NDArray[N]:
        """Return what is in it, shape (n,), as a view."""
        return self._room[: self._length]


@dataclass(frozen=True, slots=True)
class TagRows:
    """The rows of one tag in one unit out of a batch, in order; all arrays have shape (n,).

    times, arrivals: [us since epoch]. values: [unit], NaN where there is no reading. quality: codes of rules.sample.
    unit: None if the rows do not state it.
    """

    well_id: str
    tag: str
    unit: str | None
    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    quality: npt.NDArray[np.int8]
    arrivals: npt.NDArray[np.int64]


def joined(batches: Iterable[pa.RecordBatch], rows: int = JOINED_ROWS) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in batches of `rows` or more; the last may have fewer."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        if count >= rows:
            yield join(held)
            held, count = [], 0
    if count:
        yield join(held)


def join(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    """Return the rows of one batch or more as one."""
    if len(batches) == 1:
        return batches[0]
    return pa.Table.from_batches(batches).unify_dictionaries().combine_chunks().to_batches()[0]


def by_tag(batch: pa.RecordBatch) -> Iterator[TagRows]:
    """Yield the rows of each well, tag and unit of a batch of SAMPLE_COLUMNS; in order of first appearance."""
    if not batch.num_rows:
        return
    wells, well = _codes(batch.column("well_id"))
    tags, tag = _codes(batch.column("tag"))
    units, unit = _codes(batch.column("unit"))
    words, word = _codes(batch.column("quality"))
    grade = np.array([0 if each is None else QUALITIES.index(each) for each in words], np.int8)[word]
    times = _microseconds(batch.column("time"))
    arrivals = _microseconds(pc.coalesce(batch.column("received_at"), batch.column("time")))
    values = pc.fill_null(batch.column("value"), float("nan")).to_numpy(zero_copy_only=False)
    key = (well * len(tags) + tag) * len(units) + unit
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    for rows in sorted(np.split(order, starts[1:]), key=lambda rows: int(rows[0])):
        first = rows[0]
        well_id, name = wells[well[first]], tags[tag[first]]
        assert well_id is not None, "SAMPLE_COLUMNS has no rows without a well"
        assert name is not None, "SAMPLE_COLUMNS has no rows without a tag"
        stated = units[unit[first]]
        yield TagRows(well_id, name, stated, times[rows], values[rows], grade[rows], arrivals[rows])


def readable(rows: TagRows) -> npt.NDArray[np.bool_]:
    """Return which rows can be judged, shape (n,): a finite value, not of bad quality."""
    good: npt.NDArray[np.bool_] = np.isfinite(rows.values) & (rows.quality != BAD)
    return good


def _codes(column: Any) -> tuple[list[str | None], npt.NDArray[np.int64]]:
    """Return the different words of a dictionary column, null among them as None, and for each row which it is."""
    words: dict[str | None, int] = {None: 0}
    code = np.array([words.setdefault(word, len(words)) for word in column.dictionary.to_pylist()] or [0], np.int64)
    index = pc.fill_null(column.indices, -1).to_numpy(zero_copy_only=False)
    return list(words), np.where(index < 0, 0, code[index])


def _microseconds(column: Any) -> npt.NDArray[np.int64]:
    return np.asarray(column.cast(pa.int64()).to_numpy(zero_copy_only=False), dtype=np.int64)
