"""What each combination of well, tag and unit in some Arrow dictionaries means, looked up once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from rules.tag_index import UNWATCHED

_MOST_CODES = 1 << 20


class Unreadable(NamedTuple):
    """A tag's readings in a unit that is not the tag's kind: not judged, and said so."""

    reason: str


class CodeTable:
    """What each (well, tag, unit) of some dictionaries means; kept while batches bring the same dictionaries."""

    def __init__(self, columns: Sequence[Any]) -> None:
        self._dictionaries = [column.dictionary for column in columns]
        self._names = [[*dictionary.to_pylist(), None] for dictionary in self._dictionaries]
        size = 1
        for names in self._names:
            size *= len(names)
        # A table of every combination, where that is small; else only of the ones that occur.
        self.is_dense = size <= _MOST_CODES
        self._sorted = np.zeros(0, np.int64)
        size = size if self.is_dense else 0
        self.tag = np.full(size, UNWATCHED, np.int32)
        self._known = np.zeros(size, np.bool_)
        # Most sources send every tag in its own unit: no factors, no room for them.
        self.converts = False
        self.factor = np.ones(0)
        self.offset = np.zeros(0)
        self.reasons: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self.tag)

    def fits(self, columns: Sequence[Any]) -> bool:
        """Return whether the columns have the dictionaries that this table is of."""
        return self.is_dense and all(
            mine.equals(column.dictionary) for mine, column in zip(self._dictionaries, columns, strict=True)
        )

    def codes(self, columns: Sequence[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return each row's place in the table, and the places that occur."""
        code = np.zeros(len(columns[0]), np.int64)
        for column, names in zip(columns, self._names, strict=True):
            indices = column.indices
            missing = len(names) - 1
            own = indices.fill_null(missing) if indices.null_count else indices
            code = code * len(names) + own.to_numpy(zero_copy_only=False)
        if self.is_dense:
            seen = np.zeros(len(self.tag), np.bool_)
            seen[code] = True
            return code, np.flatnonzero(seen)
        self._sorted, places = np.unique(code, return_inverse=True)
        size = len(self._sorted)
        self.tag = np.full(size, UNWATCHED, np.int32)
        self._known = np.zeros(size, np.bool_)
        self.converts = False
        return places.astype(np.int64), np.arange(size)

    def new(self, places: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return which of `places` have not been looked up yet."""
        return places[~self._known[places]]

    def names(self, place: int) -> tuple[str | None, ...]:
        """Return well, tag and unit of a place."""
        code = place if self.is_dense else int(self._sorted[place])
        found: list[str | None] = []
        for names in reversed(self._names):
            code, at = divmod(code, len(names))
            found.append(names[at])
        return tuple(reversed(found))

    def learn(self, place: int, tag: int, factors: tuple[float, float] | Unreadable) -> None:
        """Remember what a place means."""
        self._known[place] = True
        self.tag[place] = tag
        if isinstance(factors, Unreadable):
            self.reasons[place] = factors.reason
            return
        if factors == (1.0, 0.0):
            return
        if not self.converts:
            self.converts = True
            self.factor, self.offset = np.ones(len(self)), np.zeros(len(self))
        self.factor[place], self.offset[place] = factors


class CodeTables:
    """The tables of the dictionaries seen last, as many as have room: each gateway sends dictionaries of its own."""

    def __init__(self) -> None:
        self._tables: list[CodeTable] = []

    def of(self, columns: Sequence[Any]) -> CodeTable:
        """Return the table of the columns' dictionaries."""
        for at, table in enumerate(self._tables):
            if table.fits(columns):
                self._tables.insert(0, self._tables.pop(at))
                return table
        made = CodeTable(columns)
        if made.is_dense:
            self._tables.insert(0, made)
        while sum(map(len, self._tables)) > _MOST_CODES:
            self._tables.pop()
        return made
