"""A log file as it is: its writer's names, units and numbers, and what its header says of the depth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RawCurve:
    """One curve; the first of a log is its index. values: shape (n,), NaN where the file has its declared null."""

    mnemonic: str
    unit: str
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class RawLog:
    """One log file. start, stop: as the header has them, in span_unit; None where it does not. null: as declared."""

    curves: tuple[RawCurve, ...]
    start: float | None = None
    stop: float | None = None
    span_unit: str = ""
    null: float | None = None
    told: tuple[str, ...] = ()
