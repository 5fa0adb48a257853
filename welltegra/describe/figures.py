"""The figures that describe a tag: pure, from arrays to numbers. Times are microseconds since the epoch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from rules.rule_set import MICROSECONDS
from rules.sample import BAD, QUALITIES
from welltegra.describe.outside import rest
from welltegra.readings import Growing, by_tag, joined, readable

_UNCERTAIN: Final = QUALITIES.index("uncertain")
# Steps that differ by no more than this part are the same step: clocks jitter.
_ALIKE: Final = 0.1
# What makes a step a period: it comes again and again, and is no rarity either among the steps or in the time.
_LEAST_SHARE: Final = 0.01
_LEAST_REPEATS: Final = 10
_MOST_PERIODS: Final = 4
GAP_PERIODS: Final = 3


@dataclass(frozen=True, slots=True)
class Period:
    """A step between readings that is common, alone or beside others.

    share_of_steps, share_of_time: [0, 1]; of all the steps, and of the time from the first reading to the last.
    longest_run_rows: most readings that followed each other at this step, from longest_run_from on.
    """

    seconds: float
    share_of_steps: float
    share_of_time: float
    longest_run_rows: int
    longest_run_from: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """Steps longer than `longer_than_s`, which is three periods, the longest common one taken.

    longest_s, longest_from: None if there are none. total_s: their lengths together.
    """

    longer_than_s: float
    count: int
    total_s: float
    longest_s: float | None
    longest_from: int | None


@dataclass(frozen=True, slots=True)
class Clock:
    """When a tag's rows came. Tags written together have the same; everything but rows and ends is of readings.

    median_step_s, gaps: None with fewer than two different times. steady: the share of the steps alike with the median.
    periods: the common steps, the longest first; none if the steps are irregular.
    repeated: readings at a time that had been before. earlier: readings at a time before the latest so far.
    """

    rows: int
    first: int
    last: int
    median_step_s: float | None
    steady: float | None
    periods: tuple[Period, ...]
    gaps: Gaps | None
    repeated: int
    earlier: int

    @property
    def period_s(self) -> float | None:
        """Return the period to write into a rule file: the longest that is common, so that its parts are not stale."""
        return self.periods[0].seconds if self.periods else self.median_step_s


@dataclass(frozen=True, slots=True)
class Spread:
    """How the readings are distributed [unit]; each number is one of them."""

    lowest: float
    p1: float
    median: float
    p99: float
    highest: float
    zeros: int


@dataclass(frozen=True, slots=True)
class Outside:
    """Readings far outside the rest: how many, and the one furthest out; between which two readings the rest lies."""

    count: int
    furthest: float
    furthest_at: int
    rest_low: float
    rest_high: float


@dataclass(frozen=True, slots=True)
class TagDescription:
    """One tag of one well in one unit. A row is a reading (`uncertain` counts some of these), bad, or without reading.

    spread: None without readings. repeated_otherwise: readings at a time that had been before with another value.
    outside: None if no reading is far outside the rest.
    """

    well_id: str
    tag: str
    unit: str | None
    clock: Clock
    readings: int
    uncertain: int
    bad: int
    without_reading: int
    repeated_otherwise: int
    spread: Spread | None
    outside: Outside | None

    @property
    def is_constant(self) -> bool:
        """Return whether every reading is the same, of more than one."""
        return self.spread is not None and self.readings > 1 and self.spread.lowest == self.spread.highest


class _Tag:
    """All that has come of one tag so far: 16 bytes a reading, and up to a quarter more as room to grow."""

    def __init__(self) -> None:
        self.times = Growing(np.int64)
        self.values = Growing(np.float64)
        self.rows = self.bad = self.uncertain = 0
        self.first, self.last = np.iinfo(np.int64).max, 0


def describe(batches: Iterable[pa.RecordBatch]) -> list[TagDescription]:
    """Return what the tags are like: one entry for each well, tag and unit, by well, in order of first appearance.

    batches: of SAMPLE_COLUMNS, in the order of arrival. Held at once are 16 bytes a reading, up to 20 where there is
    room to grow; a batch; and of the one tag that is being counted, up to 45 bytes a reading more.
    """
    tags: dict[tuple[str, str, str | None], _Tag] = {}
    for batch in joined(batches):
        for rows in by_tag(batch):
            tag = tags.setdefault((rows.well_id, rows.tag, rows.unit), _Tag())
            good = readable(rows)
            tag.times.extend(rows.times[good])
            tag.values.extend(rows.values[good])
            tag.rows += len(rows.times)
            tag.bad += int(np.count_nonzero(rows.quality == BAD))
            tag.uncertain += int(np.count_nonzero(good & (rows.quality == _UNCERTAIN)))
            tag.first = min(tag.first, int(rows.times.min()))
            tag.last = max(tag.last, int(rows.times.max()))
    wells = list(dict.fromkeys(well for well, _, _ in tags))
    names = sorted(tags, key=lambda name: wells.index(name[0]))
    # Each is let go as soon as it is counted.
    return [_describe(name, tags.pop(name)) for name in names]


def _describe(name: tuple[str, str, str | None], tag: _Tag) -> TagDescription:
    times, values = tag.times.values, tag.values.values
    well_id, tag_name, unit = name
    return TagDescription(
        well_id,
        tag_name,
        unit,
        _clock(times, tag.rows, tag.first, tag.last),
        readings=len(times),
        uncertain=tag.uncertain,
        bad=tag.bad,
        without_reading=tag.rows - tag.bad - len(times),
        repeated_otherwise=_contradictions(times, values),
        spread=_spread(values),
        outside=_outside(times, values),
    )


def _contradictions(times: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> int:
    """Return how many readings differ from one before at the same time, each further value counted once."""
    order = np.argsort(times, kind="stable")
    same = np.flatnonzero(np.diff(times[order]) == 0)
    # Of most readings there is but one at a time.
    shared = order[np.union1d(same, same + 1)]
    shared = shared[np.lexsort((values[shared], times[shared]))]
    return int(np.count_nonzero((np.diff(times[shared]) == 0) & (values[shared][1:] != values[shared][:-1])))


def _clock(times: npt.NDArray[np.int64], rows: int, first: int, last: int) -> Clock:
    earlier = int(np.count_nonzero(times < np.maximum.accumulate(times)))
    # Sorting what is in order already is quick; numpy's own unique would hash, and take three times the memory.
    ordered = np.sort(times, kind="stable")
    different = ordered[np.diff(ordered, prepend=ordered[:1] - 1) > 0]
    repeated = len(times) - len(different)
    if len(different) < 2:
        return Clock(rows, first, last, None, None, (), None, repeated, earlier)
    steps = np.diff(different) / MICROSECONDS
    median = float(np.quantile(steps, 0.5, method="inverted_cdf"))
    periods = _periods(steps, different, median)
    longest_common = periods[0].seconds if periods else median
    long = steps > GAP_PERIODS * longest_common
    longest = int(np.argmax(steps))
    any_long = bool(long.any())
    gaps = Gaps(
        GAP_PERIODS * longest_common,
        int(np.count_nonzero(long)),
        float(steps[long].sum()),
        float(steps[longest]) if any_long else None,
        int(different[longest]) if any_long else None,
    )
    steady = float(np.count_nonzero(_alike(steps, median)) / len(steps))
    return Clock(rows, first, last, median, steady, periods, gaps, repeated, earlier)


def _periods(steps: npt.NDArray[np.float64], times: npt.NDArray[np.int64], median: float) -> tuple[Period, ...]:
    """Return the steps that are common, longest first: the median if it is, then the most frequent of the others."""
    found: list[Period] = []
    left = np.ones(len(steps), dtype=np.bool_)
    candidate: float = median
    for _ in range(3 * _MOST_PERIODS):
        members = left & _alike(steps, candidate)
        seconds = float(np.quantile(steps[members], 0.5, method="inverted_cdf"))
        period = _period(steps, times, members, seconds)
        if period is not None:
            found.append(period)
        left &= ~members
        if not left.any() or len(found) == _MOST_PERIODS:
            break
        rounded, counts = np.unique(_two_digits(steps[left]), return_counts=True)
        candidate = float(rounded[np.argmax(counts)])
        if not (left & _alike(steps, candidate)).any():
            break
    return tuple(sorted(found, key=lambda period: -period.seconds))


def _period(
    steps: npt.NDArray[np.float64], times: npt.NDArray[np.int64], members: npt.NDArray[np.bool_], seconds: float
) -> Period | None:
    count = int(np.count_nonzero(members))
    share, of_time = count / len(steps), float(steps[members].sum() / steps.sum())
    edges = np.flatnonzero(np.diff(members, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    repeats = count - len(starts)
    # A nightly stop is a long time and no period: after one of its steps comes another.
    few = len(steps) < 2 * _LEAST_REPEATS and share > 0.5
    if not few and (repeats < max(_LEAST_REPEATS, count / 2) or max(share, of_time) < _LEAST_SHARE):
        return None
    longest = int(np.argmax(ends - starts))
    run = int(ends[longest] - starts[longest])
    return Period(seconds, share, of_time, run + 1, int(times[starts[longest]]))


def _alike(steps: npt.NDArray[np.float64], seconds: float) -> npt.NDArray[np.bool_]:
    alike: npt.NDArray[np.bool_] = np.abs(steps - seconds) <= _ALIKE * seconds
    return alike


def _two_digits(steps: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    size = 10.0 ** (np.floor(np.log10(steps)) - 1)
    rounded: npt.NDArray[np.float64] = np.round(steps / size) * size
    return rounded


def _spread(values: npt.NDArray[np.float64]) -> Spread | None:
    if not len(values):
        return None
    numbers = np.quantile(values, [0.0, 0.01, 0.5, 0.99, 1.0], method="inverted_cdf")
    lowest, p1, median, p99, highest = (float(number) for number in numbers)
    return Spread(lowest, p1, median, p99, highest, int(np.count_nonzero(values == 0.0)))


def _outside(times: npt.NDArray[np.int64], values: npt.NDArray[np.float64]) -> Outside | None:
    ends = rest(values)
    if ends is None:
        return None
    low, high = ends
    far = np.flatnonzero((values < low) | (values > high))
    if not len(far):
        return None
    distance = np.maximum(low - values[far], values[far] - high)
    furthest = far[int(np.argmax(distance))]
    return Outside(len(far), float(values[furthest]), int(times[furthest]), low, high)
