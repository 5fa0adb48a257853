"""A series of any length as a line of few points that looks the same: no spike is lost, a gap is a break."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Line(NamedTuple):
    """Points of a line, shape (n,): times [us], and values, NaN between the parts. alone: parts of a single point."""

    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    alone: npt.NDArray[np.bool_]


def thin(times: npt.NDArray[np.int64], values: npt.NDArray[np.float64], column_us: float, gap_us: int) -> Line:
    """Return the first, lowest, highest and last reading of each column of `column_us`, in the order of time.

    Readings further apart than `gap_us` are not joined; gaps narrower than a column cannot be seen, and are.

    times, values: shape (n,), times ascending, values finite. column_us: width of a column of pixels [us], above 0.
    """
    if not len(times):
        return Line(times, values, np.zeros(0, dtype=np.bool_))
    part = np.cumsum(np.diff(times, prepend=times[0]) > max(gap_us, column_us))
    column = ((times - times[0]) / column_us).astype(np.int64)
    starts = np.flatnonzero((np.diff(column, prepend=-1) != 0) | (np.diff(part, prepend=-1) != 0))
    ends = np.append(starts[1:], len(times))
    group = np.repeat(np.arange(len(starts)), ends - starts)
    extremes = [
        _first(values == extreme.reduceat(values, starts)[group], group) for extreme in (np.minimum, np.maximum)
    ]
    kept = np.unique(np.concatenate([starts, ends - 1, *extremes]))
    breaks = np.flatnonzero(np.diff(part[kept])) + 1
    size = np.bincount(part)
    return Line(
        np.insert(times[kept], breaks, times[kept[breaks]]),
        np.insert(values[kept], breaks, np.nan),
        np.insert(size[part[kept]] == 1, breaks, False),
    )


def _first(wanted: npt.NDArray[np.bool_], group: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return where the first wanted reading of each group is. group: ascending; each has one at least."""
    at = np.flatnonzero(wanted)
    first: npt.NDArray[np.int64] = at[np.diff(group[at], prepend=-1) != 0]
    return first
