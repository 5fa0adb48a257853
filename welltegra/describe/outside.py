"""Values far outside the rest: readings of 1e11 between readings of 1e6. A finding, never a reason to leave one out."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

# Of the readings that are not zero, the share at either end that may be anything without defining what the rest is.
_TAIL: Final = 0.05
# How many times its own spread the rest may reach further in one leap.
LEAP: Final = 10.0
# The rest is never taken as narrower than this part of its largest magnitude: a still sensor that moves is no outlier.
_LEAST_SPREAD: Final = 0.1


def rest(values: npt.NDArray[np.float64], leap: float = LEAP) -> tuple[float, float] | None:
    """Return the lowest and highest of the values that belong together; None if there are none.

    Begins with the middle 90 % of the values that are not zero, and zero if it occurs, and reaches out as long as the
    next value is no further away than `leap` times the spread so far. So a pump that mostly stands, or a pressure that
    is rarely high, is whole; what lies beyond an empty space that wide is not the rest.

    values: finite, shape (n,), any order.
    """
    ordered = np.sort(values)
    nonzero = ordered[ordered != 0.0]
    if not len(nonzero):
        return (0.0, 0.0) if len(ordered) else None
    tail = max(1, int(_TAIL * len(nonzero))) if len(nonzero) > 2 else 0
    low, high = float(nonzero[tail]), float(nonzero[len(nonzero) - 1 - tail])
    if len(nonzero) < len(ordered):
        low, high = min(low, 0.0), max(high, 0.0)
    while True:
        reach = leap * max(high - low, _LEAST_SPREAD * max(abs(low), abs(high)))
        # In this order: `ordered` holds low and high, so each side finds itself at least.
        wider_low = float(ordered[np.searchsorted(ordered, low - reach, side="left")])
        wider_high = float(ordered[np.searchsorted(ordered, high + reach, side="right") - 1])
        if (wider_low, wider_high) == (low, high):
            return low, high
        low, high = wider_low, wider_high
