"""Where a field's numbers come from: each subject has its own stream, so that one does not move the others."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, subject: str, number: int = 0) -> np.random.Generator:
    """Return the generator of a subject; the same seed, subject and number give the same values on every machine."""
    return np.random.default_rng([seed, zlib.crc32(subject.encode()), number])
