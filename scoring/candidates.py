"""From judged samples to intervals of pay, and to what a whole zone holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from scoring.intervals import Array, BedRules, Index, pay_intervals, segment_max, segment_sum
from scoring.parameters import PetrophysicsDefaults

CUTOFFS_APPLIED: Final = pl.Struct(
    dict.fromkeys(("vsh_max", "phie_min", "sw_max", "rt_min", "min_bed_m", "merge_gap_m", "min_net_m"), pl.Float64())
)
# What the samples alone say of an interval; discovery adds what the well says.
MEASURED_COLUMNS: Final[dict[str, pl.DataType]] = {
    "zone": pl.String(),
    **dict.fromkeys(("top_md_m", "base_md_m", "gross_md_m", "net_md_m"), pl.Float64()),
    **dict.fromkeys(("vsh", "phie", "sw", "rt", "rt_contrast", "net_pay_m", "gross_m", "hcpt_m"), pl.Float64()),
    **dict.fromkeys(("permeability_md", "log_quality", "bad_hole_fraction", "evaluated_fraction"), pl.Float64()),
    **dict.fromkeys(("sampled_fraction", "max_step_m", "vsh_coverage", "porosity_coverage"), pl.Float64()),
    **dict.fromkeys(("resistivity_coverage", "rw_ohmm", "a_factor", "m_exponent", "n_exponent"), pl.Float64()),
    **dict.fromkeys(("rw_source", "sw_model", "porosity_method", "vsh_method", "sw_confidence"), pl.String()),
    "sw_conflict": pl.String(),
    "cutoffs_applied": CUTOFFS_APPLIED,
}
SUMMARY_COLUMNS: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("well_id", "zone"), pl.String()),
    **dict.fromkeys(("gross_m", "net_m", "net_to_gross", "phie", "sw", "vsh", "evaluated_fraction"), pl.Float64()),
}


def candidates(samples: pl.DataFrame, defaults: PetrophysicsDefaults) -> pl.DataFrame:
    """Return one row for each interval of one well, by zone and depth, with MEASURED_COLUMNS.

    Means over pay are weighted by true vertical thickness, by measured where TVD is not known; net_pay_m, gross_m and
    hcpt_m are then null, and the bed rules hold in measured depth. Coverages and evaluated_fraction are shares of the
    interval's length, so that a hole in the log counts; log_quality and bad_hole_fraction of what is sampled.

    Args:
        samples: Of one well, as `scoring.evaluation.evaluate` returns them.
        defaults: The profile's.
    """
    found = [pl.DataFrame(schema=MEASURED_COLUMNS)]
    if not samples.is_empty():
        found += [_of_zone(zone, defaults) for _, zone in samples.group_by("zone", maintain_order=True)]
    return pl.concat(found)


def zone_summary(samples: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each well and zone: gross, net, phie, sw and vsh of samples within the cutoffs.

    Before bed rules, and without what `exclude` removes; sw is weighted by pore volume. Thickness is true vertical [m],
    and null where TVD is not known; ratios and means are then by measured thickness.

    Args:
        samples: Of any number of wells, as `scoring.evaluation.evaluate` returns them, one after the other.
    """
    rows = []
    if not samples.is_empty():
        inside = samples.filter("in_zone")
        for (well_id, zone), of_zone in inside.group_by("well_id", "zone", maintain_order=True):
            rows.append((well_id, zone, *_summed(of_zone)))
    return pl.DataFrame(rows, schema=SUMMARY_COLUMNS, orient="row").sort("well_id", "zone")


def _summed(samples: pl.DataFrame) -> Sequence[float | None]:
    """Return gross, net, net to gross, phie, sw, vsh and evaluated fraction of one zone of one well."""
    parts = samples.unique("stretch", maintain_order=True)
    vertical = _known(parts["stretch_tv_m"]) and _known(samples["h_tv_m"])
    gross = float(parts["stretch_tv_m" if vertical else "stretch_md_m"].to_numpy().sum())
    h = _array(samples, "h_tv_m" if vertical else "h_md_m")
    net = float(h[samples["pay"].to_numpy()].sum())
    h_md, gross_md = _array(samples, "h_md_m"), float(parts["stretch_md_m"].to_numpy().sum())
    # A well that runs level has no vertical thickness to weigh by.
    weight = np.where(samples["pay"].to_numpy(), h if net > 0 else h_md, 0.0)
    phie, sw, vsh = (np.nan_to_num(_array(samples, name)) for name in ("phie", "sw", "vsh"))
    total, pores = float(weight.sum()), float((weight * phie).sum())
    evaluated = float(h_md[samples["evaluated"].to_numpy()].sum())
    vsh_known = samples.filter("pay")["vsh"].null_count() == 0
    return (
        gross if vertical else None,
        min(net, gross) if vertical else None,
        min(net / gross, 1.0) if gross > 0 else None,
        pores / total if total > 0 else None,
        float((weight * phie * sw).sum()) / pores if pores > 0 else None,
        float((weight * vsh).sum()) / total if total > 0 and vsh_known else None,
        min(evaluated / gross_md, 1.0) if gross_md > 0 else None,
    )


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


def _of_zone(zone: pl.DataFrame, defaults: PetrophysicsDefaults) -> pl.DataFrame:
    inside = zone.filter("in_zone")
    rules = BedRules(defaults.min_bed_m, defaults.merge_gap_m, defaults.min_net_m)
    pay = inside["pay"].to_numpy()
    v_top, v_base = _array(inside, "v_top_m"), _array(inside, "v_base_m")
    first, last = pay_intervals(pay, inside["block"].to_numpy(), v_top, v_base, rules)
    if not len(first):
        return pl.DataFrame(schema=MEASURED_COLUMNS)
    cut = _Segments(inside, first, last)
    vertical = _known(inside["h_tv_m"])
    h_md = _array(inside, "h_md_m")
    h = _array(inside, "h_tv_m") if vertical else h_md
    gross_md = cut.at("base_md_m", last) - cut.at("top_md_m", first)
    gross = v_base[last] - v_top[first]
    numbers = {
        "top_md_m": cut.at("top_md_m", first),
        "base_md_m": cut.at("base_md_m", last),
        "gross_md_m": gross_md,
        "net_md_m": np.minimum(cut.sum(np.where(pay, h_md, 0.0)), gross_md),
        "gross_m": gross if vertical else np.full_like(gross, np.nan),
        "max_step_m": segment_max(_array(inside, "step_m"), first, last),
        **_means_over_pay(cut, np.where(pay, h, 0.0), gross, vertical),
        **_shares(cut, h_md, gross_md, defaults.no_caliper_factor),
    }
    head = inside[first].select(
        "zone", "rw_source", "sw_confidence", "cutoffs_applied", pl.lit(None, pl.String).alias("sw_conflict")
    )
    frame = pl.concat([head, pl.DataFrame(numbers).fill_nan(None)], how="horizontal")
    frame = pl.concat([frame, _texts_and_medians(cut)], how="horizontal")
    frame = frame.with_columns(rt_contrast=pl.col("rt") / _background(zone, frame, defaults))
    return _with_conflict(frame, defaults.sw_conflict_beyond).select(
        pl.col(name).cast(kind) for name, kind in MEASURED_COLUMNS.items()
    )


def _means_over_pay(cut: _Segments, weight: Array, gross: Array, vertical: bool) -> dict[str, Array]:
    """Return what is weighted by the thickness of pay. weight: of each sample [m], 0 where it is not pay."""
    net = cut.sum(weight)
    phie, sw = (np.nan_to_num(_array(cut.samples, name)) for name in ("phie", "sw"))
    pores = cut.sum(weight * phie)
    unknown = np.full_like(net, np.nan)
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
            "net_pay_m": np.minimum(net, gross) if vertical else unknown,
            "hcpt_m": cut.sum(weight * phie * (1 - sw)) if vertical else unknown,
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


def _background(zone: pl.DataFrame, intervals: pl.DataFrame, defaults: PetrophysicsDefaults) -> pl.Series:
    """Return what each interval's Rt stands against [ohm.m]: the zone's wet samples, else shale nearby, else null.

    Shale is not wet sand, whatever Sw comes out of it.
    """
    is_shale = pl.col("vsh") >= defaults.shale_vsh_min
    is_wet = pl.col("in_zone") & pl.col("evaluated") & (pl.col("sw") >= defaults.wet_sw_min) & ~is_shale
    read = zone.filter(pl.col("rt").is_not_null())
    wet, shale = read.filter(is_wet), read.filter(is_shale).sort("md_m")
    thickness = wet["h_tv_m" if _known(wet["h_tv_m"]) else "h_md_m"].to_numpy().sum()
    if thickness >= defaults.wet_thickness_min_m:
        return pl.repeat(wet["rt"].median(), len(intervals), dtype=pl.Float64, eager=True)
    depth = shale["md_m"].to_numpy()
    first = np.searchsorted(depth, intervals["top_md_m"].to_numpy() - defaults.shale_within_m, side="left")
    past = np.searchsorted(depth, intervals["base_md_m"].to_numpy() + defaults.shale_within_m, side="right")
    number = np.repeat(np.arange(len(intervals)), past - first)
    sample = np.arange(len(number)) - np.repeat(np.cumsum(past - first) - past, past - first)
    near = pl.DataFrame({"interval": number, "rt": shale["rt"].to_numpy()[sample]})
    order = pl.DataFrame({"interval": np.arange(len(intervals))})
    return order.join(
        near.group_by("interval").agg(pl.col("rt").median()), on="interval", how="left", maintain_order="left"
    )["rt"]


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


def _known(column: pl.Series) -> bool:
    return column.null_count() == 0
