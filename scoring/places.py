"""Where wells and their intervals lie, and whether that is within their reservoir."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
import shapely

from scoring.trajectory import minimum_curvature

DEVIATED_OVER_DEG: Final = 5.0


def deviated() -> pl.Expr:
    """Return whether a well is known to be deviated. Needs: max_inc_deg."""
    return (pl.col("max_inc_deg") > DEVIATED_OVER_DEG).fill_null(value=False)


def positions(targets: pl.DataFrame, wells: pl.DataFrame, surveys: pl.DataFrame | None) -> pl.DataFrame:
    """Return row, x_at_m and y_at_m of each target: mid-interval along the survey, else below the wellhead.

    A row without an interval lies at the end of its survey: of a well from a platform, far from its wellhead.

    Null where the well has no location, and where it is deviated and no survey says where to. Azimuths are taken as
    they stand: between true and grid north lie a few degrees, which the gate on the azimuth reference is about.

    Needs: of targets row, well_id, top_md_m, base_md_m; of wells well_id, x_m, y_m, max_inc_deg; of surveys well_id,
        md_m, inc_deg, azi_deg.
    """
    at = targets.select("row", "well_id", mid_md_m=(pl.col("top_md_m") + pl.col("base_md_m")) / 2.0)
    at = at.join(wells.select("well_id", "x_m", "y_m", "max_inc_deg"), on="well_id", how="left")
    shifts = pl.DataFrame(schema={"row": pl.UInt32, "east_m": pl.Float64, "north_m": pl.Float64})
    if surveys is not None:
        shifts = _shifts(at.drop_nulls(["x_m", "y_m"]), surveys)
    at = at.join(shifts, on="row", how="left")
    lost = (deviated() & pl.col("east_m").is_null()) | pl.any_horizontal(pl.col("x_m", "y_m").is_null())
    return at.select(
        "row",
        x_at_m=pl.when(~lost).then(pl.col("x_m") + pl.col("east_m").fill_null(0.0)),
        y_at_m=pl.when(~lost).then(pl.col("y_m") + pl.col("north_m").fill_null(0.0)),
    ).sort("row")


def _shifts(at: pl.DataFrame, surveys: pl.DataFrame) -> pl.DataFrame:
    """Return row, east_m and north_m from the wellhead of what lies in a usable survey; below its end, at its end."""
    order = ["well_id", "md_m", "inc_deg", "azi_deg"]
    stations = surveys.select(order).drop_nulls(["md_m", "inc_deg"]).join(at, on="well_id", how="semi").sort(order)
    targets = at.join(stations, on="well_id", how="semi").sort("well_id", "row")
    parts = {str(key[0]): part for key, part in stations.group_by("well_id", maintain_order=True)}
    rows: list[tuple[int, float, float]] = []
    for (well_id,), its in targets.group_by("well_id", maintain_order=True):
        part = parts[str(well_id)]
        md, inc = part["md_m"].to_numpy(), part["inc_deg"].to_numpy()
        aimless = part.filter(pl.col("azi_deg").is_null() & (pl.col("inc_deg") > DEVIATED_OVER_DEG)).height > 0
        first_inclined = md[0] > 0.0 and inc[0] > DEVIATED_OVER_DEG
        if aimless or first_inclined or np.any(np.diff(md) <= 0.0):
            continue  # discovery says what is wrong with it
        north, east, _ = minimum_curvature(md, inc, part["azi_deg"].fill_null(0.0).to_numpy())
        mid = its["mid_md_m"].fill_null(float(md[-1])).to_numpy()
        rows += zip(its["row"].to_list(), np.interp(mid, md, east), np.interp(mid, md, north), strict=True)
    return pl.DataFrame(rows, schema={"row": pl.UInt32, "east_m": pl.Float64, "north_m": pl.Float64}, orient="row")


def ends(wells: pl.DataFrame, surveys: pl.DataFrame | None) -> pl.DataFrame:
    """Return well_id, reservoir, x_m, y_m of each wellhead and of the end of each survey."""
    heads = wells.select("well_id", "reservoir", "x_m", "y_m")
    nowhere = pl.lit(None, dtype=pl.Float64)
    whole = wells.select("well_id", top_md_m=nowhere, base_md_m=nowhere).with_row_index("row")
    feet = positions(whole, wells, surveys).join(whole, on="row").join(heads, on="well_id")
    return pl.concat([heads, feet.select("well_id", "reservoir", x_m="x_at_m", y_m="y_at_m")])


def outside_outline(places: pl.DataFrame, reservoirs: pl.DataFrame | None) -> pl.DataFrame:
    """Return well_id and outside (Boolean) of the wells whose reservoir has an outline that can be read.

    A well from a platform outside is inside where it ends: it is outside where neither end lies within.

    Needs: of places well_id, reservoir, x_m, y_m, one row for each end of a well; of reservoirs reservoir, outline (WKT
        in the project's CRS).
    """
    found = pl.DataFrame(schema={"well_id": pl.String, "outside": pl.Boolean})
    if reservoirs is None:
        return found
    for reservoir, wkt in reservoirs.select("reservoir", "outline").drop_nulls().iter_rows():
        outline = shapely.from_wkt(wkt, on_invalid="ignore")  # a fault of the table, which says nothing of the wells
        if outline is None or outline.is_empty:
            continue
        ends = places.filter(pl.col("reservoir") == reservoir).drop_nulls(["x_m", "y_m"])
        within = shapely.intersects_xy(outline, ends["x_m"].to_numpy(), ends["y_m"].to_numpy())
        rows = ends.select("well_id").with_columns(outside=pl.Series(~np.atleast_1d(within), dtype=pl.Boolean))
        found = pl.concat([found, rows])
    return found.group_by("well_id").agg(pl.col("outside").all())
