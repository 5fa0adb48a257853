"""What the resistivity of pay stands against: the zone's wet samples, else shale nearby."""

from __future__ import annotations

import numpy as np
import polars as pl

from scoring.parameters import PetrophysicsDefaults


def background_rt(samples: pl.DataFrame, intervals: pl.DataFrame, defaults: PetrophysicsDefaults) -> pl.Series:
    """Return the median Rt [ohm.m] that each interval's stands against; null where there is nothing to compare with.

    Wet samples count where their zone has `wet_thickness_min_m` of them in this well; shale within `shale_within_m` of
    the interval. Wet is rock that would be pay with hydrocarbon in it: evaluated, within the cutoffs of Vsh and
    porosity. Neither shale nor a tight streak is, whatever Sw comes out of them.

    Args:
        samples: As `scoring.evaluation.evaluate` returns them.
        intervals: part, top_md_m, base_md_m.
        defaults: The profile's.
    """
    is_shale = pl.col("vsh") >= defaults.shale_vsh_min
    is_wet = pl.col("in_zone") & pl.col("evaluated") & (pl.col("sw") >= defaults.wet_sw_min) & ~is_shale & _is_sand()
    read = samples.filter(pl.col("rt").is_not_null() & (is_wet | is_shale)).select(
        "part", "md_m", "rt", "h_tv_m", "h_md_m", is_wet=is_wet.fill_null(value=False)
    )
    wet = _of_wet(read.filter("is_wet"), defaults.wet_thickness_min_m)
    near = _of_shale_near(read.filter(~pl.col("is_wet")).sort("part", "md_m"), intervals, defaults.shale_within_m)
    both = intervals.select("part").with_columns(near).join(wet, on="part", how="left", maintain_order="left")
    return both.select(rt=pl.when(pl.col("is_enough").fill_null(value=False)).then("wet").otherwise("shale"))["rt"]


def _is_sand() -> pl.Expr:
    """Return whether a sample has the porosity, and no more shale than, pay must have; an absent cutoff is none."""
    cutoffs = pl.col("cutoffs_applied").struct
    porous = (pl.col("phie") >= cutoffs.field("phie_min")) | cutoffs.field("phie_min").is_null()
    clean = (pl.col("vsh") <= cutoffs.field("vsh_max")) | cutoffs.field("vsh_max").is_null()
    return porous & clean


def _of_wet(wet: pl.DataFrame, least_m: float) -> pl.DataFrame:
    """Return part, wet (its median Rt) and is_enough."""
    part = wet["part"].to_numpy()
    count = int(part.max(initial=-1)) + 1
    unknown = np.bincount(part, wet["h_tv_m"].is_null().to_numpy(), count)[part] > 0
    h = np.where(unknown, wet["h_md_m"].to_numpy(), wet["h_tv_m"].fill_null(0.0).to_numpy())
    # Added in the order of the samples, whichever other wells are beside them.
    thickness = pl.DataFrame({"part": np.arange(count, dtype=np.int32), "thickness": np.bincount(part, h, count)})
    return (
        wet.group_by("part")
        .agg(wet=pl.col("rt").median())
        .join(thickness, on="part")
        .select("part", "wet", is_enough=pl.col("thickness") >= least_m)
    )


def _of_shale_near(shale: pl.DataFrame, intervals: pl.DataFrame, within_m: float) -> pl.Series:
    """Return the median Rt of the shale near each interval. shale: by part and depth."""
    part, depth = shale["part"].to_numpy(), shale["md_m"].to_numpy()
    first, past = np.zeros(len(intervals), np.int64), np.zeros(len(intervals), np.int64)
    of = intervals["part"].to_numpy()
    tops, bases = intervals["top_md_m"].to_numpy() - within_m, intervals["base_md_m"].to_numpy() + within_m
    for one in np.unique(of):
        start, end = np.searchsorted(part, [one, one + 1])
        its = of == one
        first[its] = start + np.searchsorted(depth[start:end], tops[its], side="left")
        past[its] = start + np.searchsorted(depth[start:end], bases[its], side="right")
    number = np.repeat(np.arange(len(intervals)), past - first)
    sample = np.arange(len(number)) - np.repeat(np.cumsum(past - first) - past, past - first)
    near = pl.DataFrame({"interval": number, "shale": shale["rt"].to_numpy()[sample]})
    order = pl.DataFrame({"interval": np.arange(len(intervals))})
    return order.join(
        near.group_by("interval").agg(pl.col("shale").median()), on="interval", how="left", maintain_order="left"
    )["shale"]
