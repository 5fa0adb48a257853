"""The period of each tag, as the data has it: what the rule file's `period` is to be compared with."""

from __future__ import annotations

from collections import Counter

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from welltegra.readings import JOINED_ROWS, join

# Steps are counted to the millisecond, and those of 10 s or more to four digits: few different ones in any recording,
# whatever its length.
_STEP_US = 1000
_EXACT_BELOW = 10_000


class PeriodMeter:
    """Counts the steps between samples of each tag."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], int] = {}
        self._steps: dict[tuple[str, str], Counter[int]] = {}
        self._held: list[pa.RecordBatch] = []
        self._held_rows = 0

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a batch of schemas.columns.SAMPLE_COLUMNS, in arrival order."""
        self._held.append(batch)
        self._held_rows += batch.num_rows
        if self._held_rows >= JOINED_ROWS:
            self._count()

    def _count(self) -> None:
        held, self._held, self._held_rows = self._held, [], 0
        if not held:
            return
        batch = join(held)
        wells, tags = batch.column("well_id"), batch.column("tag")
        width = len(tags.dictionary)
        codes = wells.indices.to_numpy(zero_copy_only=False).astype(np.int64) * width
        codes += tags.indices.to_numpy(zero_copy_only=False)
        times = batch.column("time").cast(pa.int64()).to_numpy(zero_copy_only=False)
        there, first = np.unique(codes, return_index=True)
        for code in there[np.argsort(first)].tolist():
            name = (wells.dictionary[code // width].as_py(), tags.dictionary[code % width].as_py())
            own = times[codes == code]
            before = self._last.get(name)
            steps = np.diff(own if before is None else np.concatenate([[before], own]))
            self._last[name] = int(own[-1])
            found, counts = np.unique(_rounded(steps[steps > 0] // _STEP_US), return_counts=True)
            into = self._steps.setdefault(name, Counter())
            for step, count in zip(found.tolist(), counts.tolist(), strict=True):
                into[step] += count

    def seen(self) -> list[tuple[str, str]]:
        """Return the wells and tags that samples came of, in the order of their first sample."""
        self._count()
        return list(self._last)

    def median_s(self, well_id: str, tag: str) -> float | None:
        """Return the median step forward [s] between samples of a tag; None if there are not two."""
        return self._step_s(well_id, tag, 0.5)

    def usual_longest_s(self, well_id: str, tag: str) -> float | None:
        """Return the step [s] that nineteen of twenty do not exceed; None if there are not twenty."""
        return self._step_s(well_id, tag, 0.95, at_least=20)

    def _step_s(self, well_id: str, tag: str, share: float, at_least: int = 1) -> float | None:
        self._count()
        steps = self._steps.get((well_id, tag))
        total = sum(steps.values()) if steps else 0
        if not steps or total < at_least:
            return None
        passed = 0
        for step in sorted(steps):
            passed += steps[step]
            if passed >= share * total:
                return step * _STEP_US / 1e6
        raise AssertionError("the last step is at or above any share of them")


def _rounded(steps: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    digits = np.log10(np.maximum(steps, _EXACT_BELOW)).astype(np.int64)
    unit = 10 ** (digits - 3)
    unit[steps < _EXACT_BELOW] = 1
    return (steps + unit // 2) // unit * unit
