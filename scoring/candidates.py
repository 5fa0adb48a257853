"""From judged samples to intervals of pay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from scoring.background import background_rt
from scoring.intervals import Array, BedRules, Flags, Index, pay_intervals, segment_max, segment_sum
from scoring.parameters import PetrophysicsDefaults

CUTOFFS_APPLIED: Final = pl.Struct(
    dict.fromkeys(("vsh_max", "phie_min", "sw_max", "rt_min", "min_bed_m", "merge_gap_m", "min_net_m"), pl.Float64())
)
# What the samples alone say of an interval; discovery adds what the well says.
MEASURED_COLUMNS: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("well_id", "zone"), pl.String()),
    **dict.fromkeys(("top_md_m", "base_md_m", "gross_md_m", "net_md_m"), pl.Float64()),
    **dict.fromkeys(("vsh", "phie", "sw", "rt", "rt_contrast", "net_pay_m", "gross_m", "hcpt_m"), pl.Float64()),
    **dict.fromkeys(("permeability_md", "log_quality", "bad_hole_fraction", "evaluated_fraction"), pl.Float64()),
    **dict.fromkeys(("sampled_fraction", "max_step_m", "vsh_coverage", "porosity_coverage"), pl.Float64()),
    **dict.fromkeys(("resistivity_coverage", "rw_ohmm", "a_factor", "m_exponent", "n_exponent"), pl.Float64()),
    **dict.fromkeys(("rw_source", "sw_model", "porosity_method", "vsh_method", "sw_confidence"), pl.String()),
    "sw_conflict": pl.String(),
    "cutoffs_applied": CUTOFFS_APPLIED,
}


def candidates(samples: pl.DataFrame, defaults: PetrophysicsDefaults) -> pl.DataFrame:
    """Return one row for each interval, by well, zone and depth, with MEASURED_COLUMNS.

    Means over pay are weighted by true vertical thickness, by measured where TVD is not known in the well's zone;
    net_pay_m, gross_m and hcpt_m are then null, and the bed rules hold in measured depth. Coverages and
    evaluated_fraction are shares of the interval's length, so that a hole in the log counts; log_quality and
    bad_hole_fraction of what is sampled.

    Args:
        samples: As `scoring.evaluation.evaluate` returns them.
        defaults: The profile's.
    """
    if samples.is_empty():
        return pl.DataFrame(schema=MEASURED_COLUMNS)
    inside = samples.filter("in_zone")
    rules = BedRules(defaults.min_bed_m, defaults.merge_gap_m, defaults.min_net_m)
    pay = inside["pay"].to_numpy()
    v_top, v_base = _array(inside, "v_top_m"), _array(inside, "v_base_m")
    first, last = pay_intervals(pay, _blocks(inside), v_top, v_base, rules)
    if not len(first):
        return pl.DataFrame(schema=MEASURED_COLUMNS)
    cut = _Segments(inside, first, last)
    is_vertical = _has_tvd(inside)
    h_md = _array(inside, "h_md_m")
    h = np.where(is_vertical, _array(inside, "h_tv_m"), h_md)
    gross_md = cut.at("base_md_m", last) - cut.at("top_md_m", first)
    gross = v_base[last] - v_top[first]
    numbers = {
        "top_md_m": cut.at("top_md_m", first),
        "base_md_m": cut.at("base_md_m", last),
        "gross_md_m": gross_md,
        "net_md_m": np.minimum(cut.sum(np.where(pay, h_md, 0.0)), gross_md),
        "gross_m": np.where(is_vertical[first], gross, np.nan),
        "max_step_m": segment_max(_array(inside, "step_m"), first, last),
        **_means_over_pay(cut, np.where(pay, h, 0.0), gross, is_vertical[first]),
        **_shares(cut, h_md, gross_md, defaults.no_caliper_factor),
    }
    head = inside[first].select(
        "well_id",
        "zone",
        "part",
        "rw_source",
        "sw_confidence",
        "cutoffs_applied",
        pl.lit(None, pl.String).alias("sw_conflict"),
    )
    frame = pl.concat([head, pl.DataFrame(numbers).fill_nan(None), _texts_and_medians(cut)], how="horizontal")
    frame = frame.with_columns(rt_contrast=pl.col("rt") / background_rt(samples, frame, defaults))
    return _with_conflict(frame, defaults.sw_conflict_beyond).select(
        pl.col(name).cast(kind) for name, kind in MEASURED_COLUMNS.items()
    )


def _blocks(inside: pl.DataFrame) -> Index:
    """Return the number of the continuous stretch that each sample is in, one of its own for each well and zone."""
    part, block = inside["part"].to_numpy(), inside["block"].to_numpy()
    starts = (np.diff(part, prepend=-1) != 0) | (np.diff(block, prepend=-1) != 0)
    return np.cumsum(starts)


def _has_tvd(samples: pl.DataFrame) -> Flags:
    """Return of each sample whether all of its well and zone have a true vertical thickness."""
    part = samples["part"].to_numpy()
    unknown = np.bincount(part, weights=samples["h_tv_m"].is_null().to_numpy())
    return np.asarray(unknown[part] == 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Segments:
    """Intervals as first and last row of a zone's samples, and how to add up over them."""

    samples: pl.DataFrame
    first: Index
    last: Index

    def at(self, column: str, which: Index) -> Array:
        return _array(self.samples, column)[which]

    def sum(self, values: Array) -> Array:
        return segment_sum(values, self.first, self.last)

    def flagged(self, column: str, h: Array) -> Array:
        return self.sum(np.where(self.samples[column].to_numpy(), h, 0.0))


def _means_over_pay(cut: _Segments, weight: Array, gross: Array, is_vertical: Flags) -> dict[str, Array]:
    """Return what is weighted by the thickness of pay. weight: of each sample [m], 0 where it is not pay."""
    net = cut.sum(weight)
    phie, sw = (np.nan_to_num(_array(cut.samples, name)) for name in ("phie", "sw"))
    pores = cut.sum(weight * phie)
    with np.errstate(divide="ignore", invalid="ignore"):
        stated = np.where(weight > 0, weight * phie * _array(cut.samples, "sw_stated"), 0.0)
        means = {
            name: cut.sum(np.where(weight > 0, weight * _array(cut.samples, name), 0.0)) / net
            for name in ("vsh", "rw_ohmm", "a_factor", "m_exponent", "n_exponent", "permeability_md")
        }
        return {
            **means,
            "phie": pores / net,
            "sw": np.where(pores > 0, cut.sum(weight * phie * sw) / pores, np.nan),
            "sw_stated": np.where(pores > 0, cut.sum(stated) / pores, np.nan),
            "net_pay_m": np.where(is_vertical, np.minimum(net, gross), np.nan),
            "hcpt_m": np.where(is_vertical, cut.sum(weight * phie * (1 - sw)), np.nan),
        }


def _shares(cut: _Segments, h_md: Array, gross_md: Array, no_caliper_factor: float) -> dict[str, Array]:
    sampled = cut.sum(h_md)
    read = {name: cut.samples[name].is_not_null().to_numpy() for name in ("vsh", "phie", "sw", "rt")}
    good = read["vsh"] & read["phie"] & read["sw"] & ~cut.samples["bad_hole"].to_numpy()
    measured = cut.flagged("has_caliper", h_md) > 0
    shares = {
        "log_quality": cut.sum(np.where(good, h_md, 0.0)) / sampled * np.where(measured, 1.0, no_caliper_factor),
        "bad_hole_fraction": cut.flagged("bad_hole", h_md) / sampled,
        "evaluated_fraction": cut.flagged("evaluated", h_md) / gross_md,
        "sampled_fraction": sampled / gross_md,
        "vsh_coverage": cut.sum(np.where(read["vsh"], h_md, 0.0)) / gross_md,
        "porosity_coverage": cut.sum(np.where(read["phie"], h_md, 0.0)) / gross_md,
        "resistivity_coverage": cut.sum(np.where(read["rt"], h_md, 0.0)) / gross_md,
    }
    return {name: np.clip(share, 0.0, 1.0) for name, share in shares.items()}


def _texts_and_medians(cut: _Segments) -> pl.DataFrame:
    """Return the median Rt over pay, and the methods that gave its samples, several joined by "+"."""
    count = len(cut.first)
    inside = np.zeros(len(cut.samples) + 1, dtype=np.int64)
    inside[cut.first] += 1
    started = np.cumsum(inside)[:-1] - 1
    number = np.where(np.arange(len(cut.samples)) <= cut.last[np.maximum(started, 0)], started, -1)
    methods = [
        pl.col(name).drop_nulls().unique().sort().str.join("+").alias(name)
        for name in ("porosity_method", "vsh_method", "sw_model")
    ]
    pay = cut.samples.with_columns(pl.Series("_interval", number)).filter(pl.col("pay") & (pl.col("_interval") >= 0))
    found = pay.group_by("_interval").agg(pl.col("rt").median(), *methods)
    order = pl.DataFrame({"_interval": np.arange(count)})
    return order.join(found, on="_interval", how="left", maintain_order="left").drop("_interval")


def _with_conflict(frame: pl.DataFrame, beyond: float) -> pl.DataFrame:
    """Return the intervals with a sentence where the log's own Sw contradicts the computed one."""
    said = pl.format(
        "Sw of the log must be what {} gives of its own inputs: {}; was {}. Check Rw, a, m and n, or the log's Sw",
        "sw_model",
        pl.col("sw").round(3),
        pl.col("sw_stated").round(3),
    )
    return frame.with_columns(sw_conflict=pl.when((pl.col("sw") - pl.col("sw_stated")).abs() > beyond).then(said))


def _array(frame: pl.DataFrame, column: str) -> Array:
    """Return a column as floats, null as NaN."""
    return frame[column].cast(pl.Float64).to_numpy()
