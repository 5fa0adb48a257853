"""From pay flags on samples to intervals: what each sample owns, which beds merge, which are too thin.

Arrays are of one well, one zone, in ascending depth. Thickness is true vertical: `v` is how far the well has gone up
and down so far [m], so that a well that turns upward gains thickness again. Where no TVD is known, v is the MD.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Flags = NDArray[np.bool_]

NEAR_M: Final = 1e-6  # depths and thicknesses closer than this are the same
_LONGEST_OWN_M: Final = 0.6  # the widest sampling that gate G1.DEPTH_TRACK passes


@dataclass(frozen=True, slots=True)
class BedRules:
    """What makes an interval [m]: gaps up to `merge_gap_m` join, then beds under `min_bed_m` go, then low net goes."""

    min_bed_m: float
    merge_gap_m: float
    min_net_m: float


def owned(md_m: Array) -> tuple[Array, Array]:
    """Return top and base MD [m] of what each sample owns: midpoint to midpoint.

    A hole in the log is nobody's: a sample reaches no farther than half of 0.6 m, or than 0.75 of the log's usual step
    where that is more. The first and last sample reach outward as far as inward.

    Args:
        md_m: Depths of the samples [m], shape (n,), strictly ascending.
    """
    if len(md_m) < 2:
        return md_m.copy(), md_m.copy()
    steps = np.diff(md_m)
    half = np.minimum(steps / 2, max(_LONGEST_OWN_M / 2, 0.75 * float(np.median(steps))))
    top = md_m - np.append(half[0], half)
    base = md_m + np.append(half, half[-1])
    # Neighbours that meet must meet in one number.
    meet = half * 2 >= steps - NEAR_M
    top[1:] = np.where(meet, base[:-1], top[1:])
    return top, base


def vertical_path(tvd_top_m: Array, tvd_base_m: Array, block: Index) -> tuple[Array, Array]:
    """Return v [m] at top and base of each sample: the sum of all vertical movement so far, within its block.

    Args:
        tvd_top_m: TVD [m] at the top of what each sample owns, shape (n,).
        tvd_base_m: TVD [m] at its base.
        block: Ascending number of the continuous stretch that each sample is in; between blocks nothing is gone.
    """
    edges = np.column_stack([tvd_top_m, tvd_base_m]).ravel()
    moved = np.abs(np.diff(edges, prepend=edges[:1]))
    starts = np.flatnonzero(np.diff(block, prepend=-1))
    moved[2 * starts] = 0.0
    v = np.cumsum(moved)
    return v[0::2], v[1::2]


def pay_intervals(pay: Flags, block: Index, v_top: Array, v_base: Array, rules: BedRules) -> tuple[Index, Index]:
    """Return the first and the last sample of each interval, by depth.

    Args:
        pay: Whether each sample is pay, shape (n,).
        block: Continuous stretch of each sample; nothing merges across blocks.
        v_top: Vertical path [m] at the top of what each sample owns.
        v_base: The same at its base.
        rules: What makes an interval.
    """
    if not len(pay):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    before = np.append(False, pay[:-1]) & np.append(False, block[1:] == block[:-1])
    # A hole in the log between two samples of pay is a gap like any other.
    before[1:] &= v_top[1:] - v_base[:-1] <= NEAR_M
    after = np.append(before[1:] & pay[1:], False)
    first, last = np.flatnonzero(pay & ~before), np.flatnonzero(pay & ~after)
    if not len(first):
        return first, last
    gap = v_top[first[1:]] - v_base[last[:-1]]
    joined = (gap <= rules.merge_gap_m + NEAR_M) & (block[first[1:]] == block[last[:-1]])
    first, last = first[np.append(True, ~joined)], last[np.append(~joined, True)]
    gross = v_base[last] - v_top[first]
    net = segment_sum(np.where(pay, v_base - v_top, 0.0), first, last)
    kept = (gross >= rules.min_bed_m - NEAR_M) & (net >= rules.min_net_m - NEAR_M)
    return first[kept], last[kept]


def segment_sum(values: Array, first: Index, last: Index) -> Array:
    """Return the sum of values from each first to its last sample, added in order of depth. Segments do not overlap."""
    return _reduced(np.add, values, first, last)


def segment_max(values: Array, first: Index, last: Index) -> Array:
    """Return the greatest value from each first to its last sample."""
    return _reduced(np.maximum, values, first, last)


def _reduced(how: np.ufunc, values: Array, first: Index, last: Index) -> Array:
    if not len(first):
        return np.zeros(0)
    bounds = np.column_stack([first, last + 1]).ravel()
    reduced: Array = how.reduceat(np.append(values, 0.0), bounds)[::2]
    return reduced
