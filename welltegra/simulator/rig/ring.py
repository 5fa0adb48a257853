"""The last readings of one tag, in bounded memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_FIRST_ROOM = 1_024
_ROW = np.dtype([("time_us", "i8"), ("served_us", "i8"), ("value", "f8"), ("status", "u4")])
BYTES_A_ROW = _ROW.itemsize

# A place between two rows, by time and then by the order served: what a reader that comes again goes on behind.
Place = tuple[int, int]


class Row(NamedTuple):
    """time_us: by the well's clock. served_us: by the server's. place: where it stands among the rows."""

    time_us: int
    served_us: int
    value: float
    status: int
    place: Place


class Ring:
    """At most `room` rows: the newest. It takes memory as it fills."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._rows = np.zeros(min(room, _FIRST_ROOM), dtype=_ROW)
        self._count = 0  # of rows ever kept

    def keep(self, time_us: int, served_us: int, value: float, status: int) -> None:
        size = len(self._rows)
        if self._count == size < self._room:
            grown = np.zeros(min(2 * size, self._room), dtype=_ROW)
            grown[:size] = self._rows
            self._rows, size = grown, len(grown)
        self._rows[self._count % size] = (time_us, served_us, value, status)
        self._count += 1

    def __len__(self) -> int:
        return min(self._count, len(self._rows))

    def between(
        self, first_us: int | None, last_us: int | None, backwards: bool, after: Place | None, most: int
    ) -> tuple[list[Row], bool]:
        """Return at most `most` rows with first_us <= time <= last_us, by time, and whether there are more.

        after: go on behind this place. A clock that was set back gave times twice: such rows stand as they were served.
        """
        size = len(self._rows)
        number = np.arange(self._count - len(self), self._count)
        rows = self._rows[number % size]
        chosen = np.ones(len(rows), dtype=bool)
        if first_us is not None:
            chosen &= rows["time_us"] >= first_us
        if last_us is not None:
            chosen &= rows["time_us"] <= last_us
        if after is not None:
            chosen &= _behind(rows["time_us"], number, after, backwards)
        rows, number = rows[chosen], number[chosen]
        order = np.lexsort((number, rows["time_us"]))
        if backwards:
            order = order[::-1]
        found = [
            Row(time_us, served_us, value, status, (time_us, place))
            for (time_us, served_us, value, status), place in zip(
                rows[order[:most]].tolist(), number[order[:most]].tolist(), strict=True
            )
        ]
        return found, len(order) > most


def _behind(
    times: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64], place: Place, backwards: bool
) -> npt.NDArray[np.bool_]:
    time_us, number = place
    same = times == time_us
    if backwards:
        return np.asarray((times < time_us) | (same & (numbers < number)))
    return np.asarray((times > time_us) | (same & (numbers > number)))
