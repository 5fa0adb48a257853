"""The readings a plot needs, collected while the samples go by, so that no file is read twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from connectors.errors import IncompatibleUnits, UnknownUnit
from connectors.units import conversion
from rules.rule_set import RuleSet
from rules.sample import MAX_CLOCK_LEAD_US
from welltegra.readings import JOINED_ROWS, Growing, TagRows, by_tag, join, readable


@dataclass(frozen=True, slots=True)
class Readings:
    """One tag's readings, by time. Times are in us since epoch.

    times, values: shape (n,); values in the tag's unit, finite. not_judged: times of samples that are bad, have no
    reading or come in a unit that is none of the tag's, shape (m,).
    """

    times: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    not_judged: npt.NDArray[np.int64]


class _Tag:
    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.times = Growing(np.int64)
        self.values = Growing(np.float64)
        self.not_judged = Growing(np.int64)


class Series:
    """Collects the readings of the tags that the rule sets declare: 16 bytes a reading, up to 20 with room to grow."""

    def __init__(self, rule_sets: Sequence[RuleSet]) -> None:
        self._tags = {
            (rule_set.well_id, tag.name): _Tag(tag.unit)
            for rule_set in rule_sets
            for tag in rule_set.tags
            if any(constraint.tag == tag.name for constraint in rule_set.constraints)
        }
        self._held: list[pa.RecordBatch] = []
        self._held_rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Take the samples of a batch of SAMPLE_COLUMNS; those of other tags are passed over."""
        self._held.append(batch)
        self._held_rows += batch.num_rows
        if self._held_rows >= JOINED_ROWS:
            self._take()

    def readings(self, well_id: str, tag: str) -> Readings:
        """Return what was collected of a tag; KeyError if no constraint of the rule sets watches it."""
        self._take()
        found = self._tags[well_id, tag]
        order = np.argsort(found.times.values, kind="stable")
        return Readings(found.times.values[order], found.values.values[order], np.sort(found.not_judged.values))

    def _take(self) -> None:
        held, self._held, self._held_rows = self._held, [], 0
        if held:
            for rows in by_tag(join(held)):
                tag = self._tags.get((rows.well_id, rows.tag))
                if tag is not None:
                    _collect(tag, rows)


# Garbage bits can say 1e308; beyond this the arithmetic of an axis would overflow, and no picture would come of it.
_LARGEST = 1e100


def _collect(tag: _Tag, rows: TagRows) -> None:
    # A sensor's clock that runs ahead is judged as of its arrival, so it is drawn there.
    ahead = rows.times > rows.arrivals + MAX_CLOCK_LEAD_US
    times = np.where(ahead, rows.arrivals, rows.times)
    good = readable(rows)
    try:
        factor, offset = conversion(rows.unit or tag.unit, tag.unit)
    except (UnknownUnit, IncompatibleUnits):
        tag.not_judged.extend(times)
        return
    tag.times.extend(times[good])
    with np.errstate(over="ignore"):
        tag.values.extend(np.clip(factor * rows.values[good] + offset, -_LARGEST, _LARGEST))
    tag.not_judged.extend(times[~good])
