"""Logs in, judged samples out: what each sample owns, its Vsh, porosity and Sw, and whether it is pay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from scoring.hole import Hole
from scoring.intervals import Array, Index, owned, vertical_path
from scoring.models import log_models
from scoring.parameters import PetrophysicsDefaults, ZoneParameters, settled
from scoring.project import WellLog
from scoring.rock import Temperature


def evaluate(
    log: WellLog,
    stretches: pl.DataFrame,
    hole: Hole,
    parameters: Mapping[str, ZoneParameters],
    defaults: PetrophysicsDefaults,
    reservoir_degc: float | None = None,
) -> pl.DataFrame:
    """Return the samples of one well in its zones, by zone, stretch and depth; no columns where there is no stretch.

    Where they are: well_id, zone, stretch, block (touching stretches share one), in_zone, md_m, top_md_m and base_md_m
    of what the sample owns, tvd_m, tvdss_m, h_md_m, h_tv_m, v_top_m, v_base_m (vertical path, `scoring.intervals`),
    step_m, stretch_md_m, stretch_tv_m (of the whole stretch). What they read: see `scoring.models.log_models`. Judged:
    bad_hole, has_caliper, evaluated, passes (evaluated and within the cutoffs), pay (and not excluded). Samples near a
    zone, for its shale, have in_zone false and stretch null, and own nothing.

    Args:
        log: The well's log.
        stretches: zone, stretch, top_md_m, base_md_m, as `scoring.zones.stretches` gives them.
        hole: The well's course.
        parameters: By zone; a zone without has the defaults.
        defaults: The profile's.
        reservoir_degc: Formation temperature where the parameters give none [degC].
    """
    frames = []
    for (zone,), of_zone in stretches.group_by("zone", maintain_order=True):
        said = settled(parameters.get(str(zone)), defaults)
        temperature = said.temperature or (None if reservoir_degc is None else Temperature(reservoir_degc))
        placed = _placed(log, str(zone), of_zone, hole, defaults.shale_within_m)
        frames.append(_judged(log_models(placed, said, temperature), said, defaults))
    return pl.concat(frames) if frames else pl.DataFrame()


@dataclass(frozen=True, slots=True)
class _Rows:
    """Which sample of the log each row is, and what it owns of which stretch."""

    sample: Index
    stretch: Index
    block: Index
    top: Array
    base: Array


def _placed(log: WellLog, zone: str, of_zone: pl.DataFrame, hole: Hole, near_m: float) -> pl.DataFrame:
    """Return the log's rows in and near a zone, with their places."""
    curves = log.frame.sort("md_m")
    md = curves["md_m"].to_numpy()
    own_top, own_base = owned(md)
    bounds = [
        (number, own_top[0] if top is None else top, own_base[-1] if base is None else base)
        for number, top, base in of_zone.select("stretch", "top_md_m", "base_md_m").iter_rows()
        if len(md)
    ]
    rows = _rows_inside(bounds, own_top, own_base)
    near = np.zeros(len(md), dtype=bool)
    for _, top, base in bounds:
        near |= (md >= top - near_m) & (md <= base + near_m)
    near[rows.sample] = False
    beside = np.flatnonzero(near)
    inside = _with_depths(rows, bounds, md, hole)
    frame = curves[np.append(rows.sample, beside)]
    places = pl.concat([inside, _beside(md[beside], hole)], how="diagonal")
    where = [pl.lit(log.well_id).alias("well_id"), pl.lit(zone).alias("zone")]
    return pl.concat([frame, places], how="horizontal").with_columns(where)


def _rows_inside(bounds: list[tuple[int, float, float]], own_top: Array, own_base: Array) -> _Rows:
    sample, stretch, block, top, base = [], [], [], [], []
    blocks, reached = -1, -np.inf
    for number, upper, lower in bounds:
        blocks += upper > reached
        reached = lower
        first, past = np.searchsorted(own_base, upper, side="right"), np.searchsorted(own_top, lower, side="left")
        here = np.arange(first, max(first, past))
        sample.append(here)
        stretch.append(np.full(len(here), number))
        block.append(np.full(len(here), blocks))
        top.append(np.maximum(own_top[here], upper))
        base.append(np.minimum(own_base[here], lower))
    if not bounds:
        none, nowhere = np.zeros(0, dtype=np.int64), np.zeros(0)
        return _Rows(none, none, none, nowhere, nowhere)
    return _Rows(*map(np.concatenate, (sample, stretch, block)), *map(np.concatenate, (top, base)))


def _with_depths(rows: _Rows, bounds: list[tuple[int, float, float]], md: Array, hole: Hole) -> pl.DataFrame:
    tvd_top, tvd_base = hole.tvd_m(rows.top), hole.tvd_m(rows.base)
    known = bool(np.isfinite(tvd_top).all() and np.isfinite(tvd_base).all())
    v_top, v_base = vertical_path(tvd_top, tvd_base, rows.block) if known else (rows.top, rows.base)
    steps = np.diff(md)
    step = np.maximum(np.append(0.0, steps), np.append(steps, 0.0))[rows.sample]
    whole = pl.DataFrame(
        [(number, base - top, _vertical_m(hole, top, base, md)) for number, top, base in bounds],
        schema={"stretch": pl.Int32, "stretch_md_m": pl.Float64, "stretch_tv_m": pl.Float64},
        orient="row",
    )
    places = pl.DataFrame(
        {
            "in_zone": np.ones(len(rows.sample), dtype=bool),
            "stretch": rows.stretch.astype(np.int32),
            "block": rows.block.astype(np.int64),
            "top_md_m": rows.top,
            "base_md_m": rows.base,
            "tvd_m": hole.tvd_m(md[rows.sample]),
            "tvdss_m": hole.tvdss_m(md[rows.sample]),
            "h_md_m": rows.base - rows.top,
            "h_tv_m": np.abs(tvd_base - tvd_top),
            "v_top_m": v_top,
            "v_base_m": v_base,
            "step_m": step,
        }
    )
    return places.join(whole, on="stretch", how="left", maintain_order="left").with_columns(
        pl.col("tvd_m", "tvdss_m", "h_tv_m", "stretch_tv_m").fill_nan(None)
    )


def _vertical_m(hole: Hole, top: float, base: float, md: Array) -> float:
    """Return how far the well goes up and down between two measured depths [m]; NaN where TVD is not known."""
    edges = np.concatenate([[top], md[(md > top) & (md < base)], [base]])
    return float(np.abs(np.diff(hole.tvd_m(edges))).sum())


def _beside(md: Array, hole: Hole) -> pl.DataFrame:
    nothing = np.zeros(len(md))
    return pl.DataFrame(
        {
            "in_zone": np.zeros(len(md), dtype=bool),
            "tvd_m": hole.tvd_m(md),
            "tvdss_m": hole.tvdss_m(md),
            "h_md_m": nothing,
            "h_tv_m": nothing,
        }
    ).with_columns(pl.col("tvd_m", "tvdss_m").fill_nan(None))


def _judged(samples: pl.DataFrame, said: ZoneParameters, defaults: PetrophysicsDefaults) -> pl.DataFrame:
    """Return the samples with what bad hole, gaps and cutoffs make of them. Null is never pay."""
    assert said.cutoffs is not None
    cutoffs = said.cutoffs
    met = [
        pl.col(name) <= limit if at_most else pl.col(name) >= limit
        for name, limit, at_most in (
            ("vsh", cutoffs.vsh_max, True),
            ("phie", cutoffs.phie_min, False),
            ("sw", cutoffs.sw_max, True),
            ("rt", cutoffs.rt_min, False),
        )
        if limit is not None
    ]
    enlarged = pl.col("caliper") - pl.col("bit_size") > defaults.caliper_excess_max_in
    rugose = pl.col("drho").abs() > defaults.drho_max
    needed = ["vsh", "phie", "sw"] + (["rt"] if cutoffs.rt_min is not None else [])
    read = pl.all_horizontal(pl.col(name).is_not_null() for name in needed)
    return (
        samples.with_columns(
            bad_hole=enlarged.fill_null(value=False) | rugose.fill_null(value=False),
            has_caliper=pl.col("caliper").is_not_null() & pl.col("bit_size").is_not_null(),
        )
        .with_columns(evaluated=read & ~pl.col("bad_hole"))
        .with_columns(
            passes=pl.all_horizontal(pl.col("in_zone"), pl.col("evaluated"), *met).fill_null(value=False),
            cutoffs_applied=pl.struct(
                vsh_max=pl.lit(cutoffs.vsh_max, pl.Float64),
                phie_min=pl.lit(cutoffs.phie_min, pl.Float64),
                sw_max=pl.lit(cutoffs.sw_max, pl.Float64),
                rt_min=pl.lit(cutoffs.rt_min, pl.Float64),
                min_bed_m=pl.lit(defaults.min_bed_m, pl.Float64),
                merge_gap_m=pl.lit(defaults.merge_gap_m, pl.Float64),
                min_net_m=pl.lit(defaults.min_net_m, pl.Float64),
            ),
        )
        .with_columns(pay=pl.col("passes") & ~pl.col("excluded"))
    )
