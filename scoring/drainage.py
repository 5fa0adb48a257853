"""How much of a target's circle its neighbours have drained already."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from scipy.spatial import KDTree

from scoring.circles import Floats, covered_fraction
from scoring.places import NOWHERE
from scoring.sums import summed

DRAINAGE: Final = {
    "row": pl.UInt32,
    "offset_drained_fraction": pl.Float64,
    "offset_drained_fraction_status": pl.String,
    "offset_drained_fraction_why": pl.String,
    "offsets": pl.String,
    "target_radius_m": pl.Float64,
}
# No well is taken to have drained farther than this: beyond its neighbours' places, drainage is not radial.
FARTHEST_SPACINGS: Final = 1.0
_NAMED: Final = 8  # of the offsets; a page has no room for more


def drained_radius() -> pl.Expr:
    """Return the radius [m] that oil was drawn from: r^2 = Np Bo / (pi h phi (1 - Sw) RF).

    Holds for even, radial drainage: a fault, a channel or a strong aquifer draws another shape.

    Needs: np_sm3 [Sm3], bo [rm3/Sm3], hcpt_m = h phi (1 - Sw) [m], recovery_factor [-].
    """
    area = pl.col("np_sm3") * pl.col("bo") / (math.pi * pl.col("hcpt_m") * pl.col("recovery_factor"))
    return area.sqrt()


def drained_circles(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the circle each well has drained in each zone, and the wells of which that is not known.

    A producer without a log in the zone has the zone's median pore thickness. One without any interval, of a reservoir
    with one zone, has produced from that zone; of a reservoir with several, or of none that is stated, its zone is not
    known.

    Needs: row, reservoir, well_id, zone, event_no, hcpt_m, np_sm3, gp_sm3, cumulative_known, never_produced,
        injects_only, x_at_m, y_at_m, x_m, y_m, deepest_m, spatial_problem, bo, recovery_factor, spacing_m.

    Returns:
        reservoir, zone (null: any of its zones), well_id, x_at_m, y_at_m (null: not known), head_x_m, head_y_m and
        deepest_m (null: not known; no interval of the well lies farther from its head), radius_m (null: not known).
        Wells that produced nothing are not in it.
    """
    zones = rows.drop_nulls("zone").group_by("reservoir").agg(pl.col("zone").unique().sort().alias("zones"))
    only = pl.when(pl.col("zones").list.len() == 1).then(pl.col("zones").list.first())
    rows = rows.join(zones, on="reservoir", how="left")
    rows = rows.with_columns(zone=pl.coalesce("zone", only))
    oil = (pl.col("np_sm3") > 0.0).fill_null(value=False)
    gas_only = ~oil & (pl.col("gp_sm3") > 0.0).fill_null(value=False)
    quiet = pl.col("never_produced").fill_null(value=False) | pl.col("injects_only")
    unknown = (pl.col("np_sm3").is_null() & ~quiet) | gas_only
    everyone = rows
    rows = rows.filter(oil | unknown).with_columns(unknown=unknown, pores_m=pl.when(oil).then("hcpt_m"))
    key = ["reservoir", "zone", "well_id"]
    constants = pl.col("bo", "recovery_factor").first()
    sure = pl.col("spatial_problem").is_null()
    rows = rows.with_columns(
        head_x_m=pl.when(sure).then("x_m"),
        head_y_m=pl.when(sure).then("y_m"),
    )
    about = rows.sort(*key, "row").group_by(key, maintain_order=True)
    where = pl.col("x_at_m", "y_at_m", "head_x_m", "head_y_m", "deepest_m").drop_nulls().first()
    circles = about.agg(constants, pl.col("spacing_m").first(), pl.col("unknown").any(), where)
    circles = circles.join(summed(rows, key, ["np_sm3", "pores_m"]), on=key, nulls_equal=True)
    # Of all wells that saw the zone, whether they produced or not.
    seen = summed(everyone.drop_nulls(["zone", "hcpt_m"]), key, ["hcpt_m"])
    usual = seen.group_by("reservoir", "zone").agg(pl.col("hcpt_m").median().alias("usual_m"))
    circles = circles.join(usual, on=["reservoir", "zone"], how="left", nulls_equal=True)
    circles = circles.with_columns(hcpt_m=pl.coalesce(pl.when(pl.col("pores_m") > 0.0).then("pores_m"), "usual_m"))
    known = ~pl.col("unknown") & pl.col("zone").is_not_null() & (pl.col("hcpt_m") > 0.0)
    # Else how far a well of unknown production may reach would have no bound.
    radius = drained_radius()
    farthest = pl.col("spacing_m") * FARTHEST_SPACINGS
    radius = pl.when(radius > farthest).then(farthest).otherwise(radius)
    places = ("x_at_m", "y_at_m", "head_x_m", "head_y_m", "deepest_m")
    return circles.select(*key, *places, radius_m=pl.when(known).then(radius)).sort(key)


def offset_drainage(rows: pl.DataFrame, *, production_given: bool) -> pl.DataFrame:
    """Return DRAINAGE of each row: the share of its circle that offset wells have drained in its zone.

    An offset of which production or place is not known, and that could reach the circle, makes the share unknown, not
    smaller. One without a place lies no farther from its wellhead than its deepest interval is deep; without a
    wellhead it may be anywhere.

    Needs: what `drained_circles` needs; fluid.
    """
    rows = rows.sort("row")
    result = rows.select("row", target_radius_m=pl.col("spacing_m") / 2.0, why=_why_not(production_given))
    able = rows.filter(result["why"].is_null())
    fractions: dict[int, tuple[float | None, str, str | None]] = {}
    if not able.is_empty():
        circles = drained_circles(rows)
        for (reservoir,), targets in able.group_by("reservoir", maintain_order=True):
            # A well of which the reservoir is not stated may be of this one.
            its = circles.filter((pl.col("reservoir") == reservoir) | pl.col("reservoir").is_null())
            for (zone,), part in targets.group_by("zone", maintain_order=True):
                here = its.filter((pl.col("zone") == zone) | pl.col("zone").is_null())
                fractions |= _covered(part, here)
    found = pl.DataFrame(
        {
            "row": list(fractions),
            "offset_drained_fraction": [f[0] for f in fractions.values()],
            "offsets": [f[1] for f in fractions.values()],
            "doubt": [f[2] for f in fractions.values()],
        },
        schema={"row": pl.UInt32, "offset_drained_fraction": pl.Float64, "offsets": pl.String, "doubt": pl.String},
    )
    result = result.join(found, on="row", how="left", maintain_order="left")
    known = pl.col("offset_drained_fraction").is_not_null()
    return result.with_columns(
        offset_drained_fraction_status=pl.when(known).then(pl.lit("derived")).otherwise(pl.lit("missing")),
        offset_drained_fraction_why=pl.coalesce("why", "doubt"),
    ).select(*DRAINAGE)


def _why_not(production_given: bool) -> pl.Expr:
    lacking = pl.concat_str(
        (pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in ("bo", "recovery_factor", "spacing_m")),
        separator=", ",
        ignore_nulls=True,
    )
    return (
        pl.when(not production_given)
        .then(pl.lit("no production table"))
        .when(pl.col("spatial_problem").is_not_null())
        .then(pl.lit("not computed while the location is in doubt: ") + pl.col("spatial_problem"))
        .when(pl.col("zone").is_null())
        .then(pl.lit("the row has no interval"))
        .when(pl.col("reservoir").is_null())
        .then(pl.lit("the well's reservoir is not stated"))
        .when(lacking != "")
        .then(pl.lit("reservoirs does not state ") + lacking)
        .when(pl.col("fluid") == "gas")
        .then(pl.lit("the drainage radius is that of oil; this is a gas reservoir"))
        .when(pl.col("x_at_m").is_null())
        .then(pl.lit(NOWHERE))
    )


def _covered(targets: pl.DataFrame, circles: pl.DataFrame) -> dict[int, tuple[float | None, str, str | None]]:
    """Return fraction, offsets and doubt by row, of targets in one zone of one reservoir."""
    placed = circles.drop_nulls(["x_at_m", "y_at_m"])
    adrift = _adrift(circles)
    wells = placed["well_id"].to_numpy()
    xs, ys = placed["x_at_m"].to_numpy(), placed["y_at_m"].to_numpy()
    radii = placed["radius_m"].fill_null(np.nan).to_numpy()
    tree = KDTree(np.column_stack([xs, ys])) if len(xs) else None
    found: dict[int, tuple[float | None, str, str | None]] = {}
    columns = ("row", "well_id", "x_at_m", "y_at_m", "spacing_m")
    for row, well_id, x, y, spacing in targets.select(columns).iter_rows():  # as many as have offsets to reckon with
        radius, farthest = spacing / 2.0, spacing * FARTHEST_SPACINGS
        near = [] if tree is None else sorted(tree.query_ball_point((x, y), radius + farthest))
        near = [i for i in near if wells[i] != well_id]
        apart = {i: math.hypot(xs[i] - x, ys[i] - y) for i in near}
        doubtful = [i for i in near if math.isnan(radii[i]) and apart[i] < radius + farthest]
        counted = [i for i in near if not math.isnan(radii[i]) and apart[i] < radius + radii[i]]
        lost = adrift.within_reach(well_id, x, y, radius, farthest)
        said = _said(wells, radii, apart, counted + doubtful, lost)
        doubts = []
        if doubtful:
            names = ", ".join(f"{wells[i]} ({apart[i]:.0f} m away)" for i in doubtful[:_NAMED])
            doubts.append(f"what {names} produced from this zone is not known")
        if lost:
            doubts.append(f"where {_first(lost)} produced from this zone is not known")
        fraction = None if doubts else covered_fraction(x, y, radius, xs[counted], ys[counted], radii[counted])
        found[row] = (fraction, said, "; ".join(doubts) or None)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Adrift:
    """Wells that produced from a zone, by id, and whose place in it is not known; NaN for what is not known of them."""

    wells: list[str]
    head_x_m: Floats
    head_y_m: Floats
    deepest_m: Floats
    radius_m: Floats

    def within_reach(self, well_id: str, x: float, y: float, radius: float, farthest: float) -> list[str]:
        """Return those that may have drained some of the circle of a well."""
        if not self.wells:
            return []
        away = np.hypot(self.head_x_m - x, self.head_y_m - y)
        reach = radius + np.where(np.isnan(self.radius_m), farthest, self.radius_m) + self.deepest_m
        too_far = away >= reach  # not so where either is not known
        return sorted({self.wells[i] for i in np.flatnonzero(~too_far)} - {well_id})


def _adrift(circles: pl.DataFrame) -> _Adrift:
    lost = circles.filter(pl.any_horizontal(pl.col("x_at_m", "y_at_m").is_null()))
    columns = ("head_x_m", "head_y_m", "deepest_m", "radius_m")
    return _Adrift(lost["well_id"].to_list(), *(lost[name].fill_null(np.nan).to_numpy() for name in columns))


def _first(wells: list[str]) -> str:
    more = f" and {len(wells) - _NAMED} more" if len(wells) > _NAMED else ""
    return ", ".join(wells[:_NAMED]) + more


def _said(
    wells: np.ndarray[tuple[int], np.dtype[np.object_]],
    radii: np.ndarray[tuple[int], np.dtype[np.float64]],
    apart: dict[int, float],
    counted: list[int],
    lost: list[str],
) -> str:
    nearest = sorted(counted, key=lambda i: (apart[i], wells[i]))
    drained = {i: "unknown" if math.isnan(radii[i]) else f"{radii[i]:.0f} m" for i in nearest}
    said = [f"{wells[i]} at {apart[i]:.0f} m drained {drained[i]}" for i in nearest[:_NAMED]]
    if len(nearest) > _NAMED:
        said.append(f"{len(nearest) - _NAMED} more")
    if lost:
        said.append(f"{len(lost)} of unknown place")
    return "; ".join(said) or "none within reach"
