"""From judged samples to what a whole zone of a well holds."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from scoring.intervals import Array

SUMMARY_COLUMNS: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("well_id", "zone"), pl.String()),
    **dict.fromkeys(("gross_m", "net_m", "net_to_gross", "phie", "sw", "vsh", "evaluated_fraction"), pl.Float64()),
}


def zone_summary(samples: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each well and zone: gross, net, phie, sw and vsh of samples within the cutoffs.

    Before bed rules, and without what `exclude` removes; sw is weighted by pore volume. Thickness is true vertical [m],
    and null where TVD is not known; ratios and means are then by measured thickness.

    samples: as `scoring.evaluation.evaluate` returns them.
    """
    inside = samples.filter("in_zone") if not samples.is_empty() else samples
    if inside.is_empty():
        return pl.DataFrame(schema=SUMMARY_COLUMNS)
    stretches = inside.unique(["part", "stretch"], keep="first", maintain_order=True)
    parts, number = np.unique(inside["part"].to_numpy(), return_inverse=True)
    of_stretch = np.searchsorted(parts, stretches["part"].to_numpy())

    def total(values: Array, of: np.ndarray[tuple[int], np.dtype[np.intp]] = number) -> Array:
        # In the order of the samples, whichever other wells are beside them.
        return np.asarray(np.bincount(of, values, len(parts)), np.float64)

    unknown = total(_are_null(inside, "h_tv_m")) + total(_are_null(stretches, "stretch_tv_m"), of_stretch)
    is_vertical = unknown == 0
    gross_md = total(_array(stretches, "stretch_md_m"), of_stretch)
    gross = np.where(is_vertical, total(np.nan_to_num(_array(stretches, "stretch_tv_m")), of_stretch), gross_md)
    h_md, pay = _array(inside, "h_md_m"), inside["pay"].to_numpy()
    h = np.where(is_vertical[number], np.nan_to_num(_array(inside, "h_tv_m")), h_md)
    net = total(np.where(pay, h, 0.0))
    # A well that runs level has no vertical thickness to weigh by.
    weight = np.where(pay, np.where(net[number] > 0, h, h_md), 0.0)
    phie, sw, vsh = (np.nan_to_num(_array(inside, name)) for name in ("phie", "sw", "vsh"))
    thickness, pores = total(weight), total(weight * phie)
    vsh_known = total(np.where(pay, _are_null(inside, "vsh"), 0.0)) == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        numbers = {
            "gross_m": np.where(is_vertical, gross, np.nan),
            "net_m": np.where(is_vertical, np.minimum(net, gross), np.nan),
            "net_to_gross": np.where(gross > 0, np.minimum(net / gross, 1.0), np.nan),
            "phie": np.where(thickness > 0, pores / thickness, np.nan),
            "sw": np.where(pores > 0, total(weight * phie * sw) / pores, np.nan),
            "vsh": np.where((thickness > 0) & vsh_known, total(weight * vsh) / thickness, np.nan),
            "evaluated_fraction": np.where(
                gross_md > 0,
                np.minimum(total(np.where(inside["evaluated"].to_numpy(), h_md, 0.0)) / gross_md, 1.0),
                np.nan,
            ),
        }
    names = inside.unique("part", keep="first", maintain_order=True).sort("part").select("well_id", "zone")
    frame = pl.concat([names, pl.DataFrame(numbers).fill_nan(None)], how="horizontal")
    return frame.select(pl.col(name).cast(kind) for name, kind in SUMMARY_COLUMNS.items()).sort("well_id", "zone")


def _array(frame: pl.DataFrame, column: str) -> Array:
    """Return a column as floats, null as NaN."""
    return frame[column].cast(pl.Float64).to_numpy()


def _are_null(frame: pl.DataFrame, column: str) -> Array:
    """Return 1 where a column is null, else 0."""
    return frame[column].is_null().to_numpy().astype(np.float64)
