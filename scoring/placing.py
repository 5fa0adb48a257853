"""Which samples of a log lie in and near a zone of its well, and what each owns of it. Arrays, by depth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from scoring.hole import Hole
from scoring.intervals import Array, Index, owned, vertical_path

PLACES: Final[dict[str, pl.DataType]] = {
    "in_zone": pl.Boolean(),
    "stretch": pl.Int32(),
    "block": pl.Int64(),
    **dict.fromkeys(("top_md_m", "base_md_m", "tvd_m", "tvdss_m", "h_md_m", "h_tv_m"), pl.Float64()),
    **dict.fromkeys(("v_top_m", "v_base_m", "step_m", "stretch_md_m", "stretch_tv_m"), pl.Float64()),
}
_OF_STRETCHES: Final = tuple(name for name in PLACES if name not in {"in_zone", "tvd_m", "tvdss_m", "h_md_m", "h_tv_m"})


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Samples of one zone of one well: those inside by stretch and depth, then those beside it by depth.

    sample: which row of the log each is. columns: PLACES; what is not known is NaN, and what a sample beside the zone
    has none of is a number without meaning (`as_null`).
    """

    sample: Index
    columns: dict[str, NDArray[np.generic]]


def placed(md_m: Array, of_zone: pl.DataFrame, hole: Hole, near_m: float) -> Placed:
    """Return a log's samples in and near a zone.

    Args:
        md_m: Depths of the log's samples [m], strictly ascending.
        of_zone: stretch, top_md_m, base_md_m of the zone's stretches; null where the log begins or ends.
        hole: The well's course.
        near_m: How far beside a stretch its neighbours reach [m].
    """
    own_top, own_base = owned(md_m)
    bounds = [
        (number, own_top[0] if top is None else top, own_base[-1] if base is None else base)
        for number, top, base in of_zone.select("stretch", "top_md_m", "base_md_m").iter_rows()
        if len(md_m)
    ]
    rows = _rows_inside(bounds, own_top, own_base)
    near = np.zeros(len(md_m), dtype=bool)
    for _, top, base in bounds:
        near |= (md_m >= top - near_m) & (md_m <= base + near_m)
    near[rows.sample] = False
    beside = np.flatnonzero(near)
    return Placed(np.append(rows.sample, beside), _columns(rows, beside, bounds, md_m, hole))


def as_null(column: str) -> pl.Expr:
    """Return one of PLACES, null where it is not known or a sample has none."""
    value = pl.col(column)
    if column in _OF_STRETCHES:
        value = pl.when("in_zone").then(value)
    return value.fill_nan(None) if PLACES[column] == pl.Float64() else value


@dataclass(frozen=True, slots=True)
class _Rows:
    """Which sample of the log each row is, and what it owns of which stretch: its number, and the place it has."""

    sample: Index
    stretch: Index
    place: Index
    block: Index
    top: Array
    base: Array


def _rows_inside(bounds: Sequence[tuple[int, float, float]], own_top: Array, own_base: Array) -> _Rows:
    sample, stretch, place, block, top, base = [], [], [], [], [], []
    blocks, reached = -1, -np.inf
    for number, (name, upper, lower) in enumerate(bounds):
        blocks += upper > reached
        reached = lower
        first, past = np.searchsorted(own_base, upper, side="right"), np.searchsorted(own_top, lower, side="left")
        here = np.arange(first, max(first, past))
        sample.append(here)
        stretch.append(np.full(len(here), name))
        place.append(np.full(len(here), number))
        block.append(np.full(len(here), blocks))
        top.append(np.maximum(own_top[here], upper))
        base.append(np.minimum(own_base[here], lower))
    if not bounds:
        none, nowhere = np.zeros(0, dtype=np.int64), np.zeros(0)
        return _Rows(none, none, none, none, nowhere, nowhere)
    return _Rows(*map(np.concatenate, (sample, stretch, place, block)), *map(np.concatenate, (top, base)))


def _columns(
    rows: _Rows, beside: Index, bounds: Sequence[tuple[int, float, float]], md: Array, hole: Hole
) -> dict[str, NDArray[np.generic]]:
    inside, others = len(rows.sample), len(beside)
    tvd_top, tvd_base = hole.tvd_m(rows.top), hole.tvd_m(rows.base)
    known = bool(np.isfinite(tvd_top).all() and np.isfinite(tvd_base).all())
    v_top, v_base = vertical_path(tvd_top, tvd_base, rows.block) if known else (rows.top, rows.base)
    steps = np.diff(md)
    step = np.maximum(np.append(0.0, steps), np.append(steps, 0.0))[rows.sample] if len(md) else np.zeros(0)
    whole_md = np.array([base - top for _, top, base in bounds])
    whole_tv = np.array([_vertical_m(hole, top, base, md) for _, top, base in bounds])
    of_stretches = {
        "stretch": rows.stretch,
        "block": rows.block,
        "top_md_m": rows.top,
        "base_md_m": rows.base,
        "v_top_m": v_top,
        "v_base_m": v_base,
        "step_m": step,
        "stretch_md_m": whole_md[rows.place],
        "stretch_tv_m": whole_tv[rows.place],
    }
    tvd = hole.tvd_m(md[np.append(rows.sample, beside)])
    nothing = np.zeros(others)
    return {
        "in_zone": np.append(np.ones(inside, dtype=bool), np.zeros(others, dtype=bool)),
        "tvd_m": tvd,
        "tvdss_m": hole.below_sea_m(tvd),
        "h_md_m": np.append(rows.base - rows.top, nothing),
        "h_tv_m": np.append(np.abs(tvd_base - tvd_top), nothing),
        **{name: np.append(values, np.zeros(others, values.dtype)) for name, values in of_stretches.items()},
    }


def _vertical_m(hole: Hole, top: float, base: float, md: Array) -> float:
    """Return how far the well goes up and down between two measured depths [m]; NaN where TVD is not known."""
    edges = np.concatenate([[top], md[(md > top) & (md < base)], [base]])
    return float(np.abs(np.diff(hole.tvd_m(edges))).sum())
