"""Where in its topic a shard was, second by second: so that what surrounds a violation can be read again."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

_SECOND: Final = 1_000_000
AROUND_S: Final = 60
_KEPT_S: Final = AROUND_S + 15


class Trail:
    """The first offset of each second of arrival, for as long back as anybody asks."""

    def __init__(self, saved: list[tuple[int, int]] | None = None) -> None:
        self._seconds: list[tuple[int, int]] = saved or []

    def add(self, arrivals: npt.NDArray[np.int64], first_offset: int) -> None:
        """Take in messages. arrivals: of each [us since epoch], shape (n,), n > 0, 0 where unknown."""
        seconds = np.maximum.accumulate(arrivals) // _SECOND
        newest = self._seconds[-1][0] if self._seconds else -1
        if seconds[-1] <= newest:
            return
        new, places = np.unique(seconds, return_index=True)
        self._seconds += [
            (second, first_offset + place)
            for second, place in zip(new.tolist(), places.tolist(), strict=True)
            if second > newest
        ]
        oldest = self._seconds[-1][0] - _KEPT_S
        while len(self._seconds) > 1 and self._seconds[1][0] <= oldest:
            self._seconds.pop(0)

    def before(self, arrival: int, offset: int) -> int:
        """Return the first offset of the minute before `arrival` [us], or the earliest known; never after `offset`."""
        wanted = arrival // _SECOND - AROUND_S
        early_enough = [first for second, first in self._seconds if second <= wanted]
        earliest = self._seconds[0][1] if self._seconds else offset
        return min(offset, early_enough[-1] if early_enough else earliest)

    def save(self) -> list[tuple[int, int]]:
        """Return what a later run needs to go on."""
        return list(self._seconds)
