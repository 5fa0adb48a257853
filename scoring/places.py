"""Where wells and their intervals lie, and whether that is within their reservoir."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from scoring.trajectory import Array, Trajectory, of_stations, stations

DEVIATED_OVER_DEG: Final = 5.0
NOWHERE: Final = "where the interval lies is not known: the well is deviated and has no survey, or may be"
_SIMPLE_M: Final = 2.0  # less than a pen is wide on a map of a field
_PATHS: Final[dict[str, pl.DataType]] = {
    "well_id": pl.String(),
    **dict.fromkeys(("path_md_m", "path_x_m", "path_y_m"), pl.List(pl.Float64)),
}
_SHIFTS: Final = {"row": pl.UInt32, "east_m": pl.Float64, "north_m": pl.Float64, "reached": pl.Boolean}


def deviated() -> pl.Expr:
    """Return whether a well is known to be deviated. Needs: max_inc_deg."""
    return (pl.col("max_inc_deg") > DEVIATED_OVER_DEG).fill_null(value=False)


def placed() -> pl.Expr:
    """Return whether a place is known: by a survey, or below the head of a well that is stated to be vertical.

    Needs: place_at, max_inc_deg.
    """
    below_head = (pl.col("max_inc_deg") <= DEVIATED_OVER_DEG).fill_null(value=False)
    return (pl.col("place_at") != "wellhead").fill_null(value=False) | below_head


def positions(
    targets: pl.DataFrame, wells: pl.DataFrame, surveys: pl.DataFrame | None, beyond_m: float = 0.0
) -> pl.DataFrame:
    """Return row, x_at_m, y_at_m and place_at of each target: mid-interval along the survey, else below the wellhead.

    A survey may be drawn out straight below its last station, as for depths. A row without an interval, or with one
    farther below, lies at the end of its survey: of a well from a platform, far from its wellhead.

    Null where the well has no location, and where it is deviated and no survey says where to. Azimuths are taken as
    they stand: between true and grid north lie a few degrees, which the gate on the azimuth reference is about.

    place_at is what is known: `interval`, by its survey or as its well is stated to be vertical; `survey_end`; or
    `wellhead`, also where, for want of anything said, the interval is taken to lie below it.

    Needs: of targets row, well_id, top_md_m, base_md_m; of wells well_id, x_m, y_m, max_inc_deg; of surveys well_id,
        md_m, inc_deg, azi_deg. beyond_m: how far a survey may be drawn out [m].
    """
    at = targets.select("row", "well_id", mid_md_m=(pl.col("top_md_m") + pl.col("base_md_m")) / 2.0)
    at = at.join(wells.select("well_id", "x_m", "y_m", "max_inc_deg"), on="well_id", how="left")
    shifts = pl.DataFrame(schema=_SHIFTS)
    if surveys is not None:
        shifts = _shifts(at.drop_nulls(["x_m", "y_m"]), surveys, beyond_m)
    at = at.join(shifts, on="row", how="left")
    unplaced = pl.any_horizontal(pl.col("x_m", "y_m").is_null())
    lost = (deviated() & pl.col("east_m").is_null()) | unplaced
    straight = pl.col("max_inc_deg") <= DEVIATED_OVER_DEG
    below_head = pl.col("reached").is_null() & straight & pl.col("mid_md_m").is_not_null()
    place = (
        pl.when(pl.col("reached") | below_head)
        .then(pl.lit("interval"))
        .when(pl.col("reached").is_not_null())
        .then(pl.lit("survey_end"))
        .otherwise(pl.lit("wellhead"))
    )
    return at.select(
        "row",
        x_at_m=pl.when(~lost).then(pl.col("x_m") + pl.col("east_m").fill_null(0.0)),
        y_at_m=pl.when(~lost).then(pl.col("y_m") + pl.col("north_m").fill_null(0.0)),
        place_at=pl.when(~unplaced).then(place),
    ).sort("row")


def deepest(candidates: pl.DataFrame, completions: pl.DataFrame | None) -> pl.DataFrame:
    """Return well_id and deepest_m [m MD]: no interval that is known of the well lies farther from its wellhead.

    Null where a completion does not say its base: it may be the deepest.

    Needs: well_id, base_md_m of both.
    """
    parts = [frame.select("well_id", "base_md_m") for frame in (candidates, completions) if frame is not None]
    base = pl.col("base_md_m")
    return pl.concat(parts).group_by("well_id").agg(deepest_m=pl.when(base.is_not_null().all()).then(base.max()))


def _shifts(at: pl.DataFrame, surveys: pl.DataFrame, beyond_m: float) -> pl.DataFrame:
    """Return row, east_m and north_m from the wellhead of what lies in a usable survey, and whether it reaches there.

    What it does not reach lies at its end.
    """
    targets = at.sort("well_id", "row")
    rows: list[tuple[int, float, float, bool]] = []
    courses = _courses(at, surveys)
    for (well_id,), its in targets.group_by("well_id", maintain_order=True):
        course = courses.get(str(well_id))
        if course is None:
            continue
        mid = its["mid_md_m"].to_numpy()
        beyond = mid - course.md[-1]
        reached = beyond <= beyond_m  # False where there is no interval
        out = np.where(reached, np.maximum(beyond, 0.0), 0.0) * math.sin(math.radians(course.inc[-1]))
        mid = np.where(np.isnan(mid), course.md[-1], mid)
        east = np.interp(mid, course.md, course.east) + out * math.sin(math.radians(course.azi[-1]))
        north = np.interp(mid, course.md, course.north) + out * math.cos(math.radians(course.azi[-1]))
        rows += zip(its["row"].to_list(), east.tolist(), north.tolist(), reached.tolist(), strict=True)
    return pl.DataFrame(rows, schema=_SHIFTS, orient="row")


def _courses(wells: pl.DataFrame, surveys: pl.DataFrame) -> dict[str, Trajectory]:
    """Return the trajectories of the wells that have a usable survey, by well; discovery tells of others."""
    of_wells = stations(surveys.join(wells, on="well_id", how="semi"))
    md, inc, azi = (of_wells[name].to_numpy() for name in ("md_m", "inc_deg", "azi_deg"))
    found: dict[str, Trajectory] = {}
    first = 0
    for well_id, count in of_wells["well_id"].rle().struct.unnest().select("value", "len").iter_rows():
        its, first = slice(first, first + count), first + count
        course, _ = of_stations(md[its], inc[its], azi[its], DEVIATED_OVER_DEG)
        if course is not None and course.has_azimuth:
            found[well_id] = course
    return found


def paths(wells: pl.DataFrame, surveys: pl.DataFrame | None) -> pl.DataFrame:
    """Return well_id, path_md_m, path_x_m and path_y_m of the wells that have a location and a usable survey.

    The way on the map in the few points that keep within 2 m of it, the wellhead first and the survey's end last.

    Needs: of wells well_id, x_m, y_m; of surveys well_id, md_m, inc_deg, azi_deg.
    """
    rows: list[tuple[str, list[float], list[float], list[float]]] = []
    heads = wells.drop_nulls(["x_m", "y_m"]).unique("well_id", keep="first", maintain_order=True)
    if surveys is not None:
        courses = _courses(heads, surveys)
        for well_id, x_m, y_m in heads.select("well_id", "x_m", "y_m").iter_rows():
            if (course := courses.get(well_id)) is not None:
                kept = _kept(course.east, course.north)
                x, y = (x_m + course.east)[kept], (y_m + course.north)[kept]
                rows.append((well_id, course.md[kept].tolist(), x.tolist(), y.tolist()))
    return pl.DataFrame(rows, schema=_PATHS, orient="row")


def _kept(east: Array, north: Array) -> NDArray[np.int64]:
    """Return which stations of a way on the map keep within _SIMPLE_M of it, by Douglas and Peucker."""
    if len(east) == 1:
        return np.zeros(1, dtype=np.int64)
    # The third coordinate is carried along: the number of the station.
    line = shapely.LineString(np.column_stack([east, north, np.arange(len(east))]))
    simple = shapely.simplify(line, _SIMPLE_M, preserve_topology=False)
    return np.asarray(shapely.get_coordinates(simple, include_z=True)[:, 2], np.int64)


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
