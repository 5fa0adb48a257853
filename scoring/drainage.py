"""How much of a target's circle its neighbours have drained already."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import polars as pl
from scipy.spatial import KDTree

from scoring.circles import covered_fraction
from scoring.sums import summed

DRAINAGE: Final = {
    "row": pl.UInt32,
    "offset_drained_fraction": pl.Float64,
    "offset_drained_fraction_status": pl.String,
    "offset_drained_fraction_why": pl.String,
    "offsets": pl.String,
    "target_radius_m": pl.Float64,
}
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
    with one zone, has produced from that zone; of a reservoir with several, its zone is not known.

    Needs: row, reservoir, well_id, zone, event_no, hcpt_m, np_sm3, gp_sm3, cumulative_known, never_produced,
        injects_only, x_at_m, y_at_m, bo, recovery_factor.

    Returns:
        reservoir, zone (null: any of its zones), well_id, x, y, radius_m (null: not known). Wells that produced
        nothing are not in it.
    """
    zones = rows.drop_nulls("zone").group_by("reservoir").agg(pl.col("zone").unique().sort().alias("zones"))
    only = pl.when(pl.col("zones").list.len() == 1).then(pl.col("zones").list.first())
    rows = rows.join(zones, on="reservoir", how="left", nulls_equal=True)
    rows = rows.with_columns(zone=pl.coalesce("zone", only))
    oil = (pl.col("np_sm3") > 0.0).fill_null(value=False)
    gas_only = ~oil & (pl.col("gp_sm3") > 0.0).fill_null(value=False)
    quiet = pl.col("never_produced").fill_null(value=False) | pl.col("injects_only")
    unknown = (~pl.col("cumulative_known") & ~quiet) | gas_only
    everyone = rows
    rows = rows.filter(oil | unknown).with_columns(unknown=unknown, pores_m=pl.when(oil).then("hcpt_m"))
    key = ["reservoir", "zone", "well_id"]
    constants = pl.col("bo", "recovery_factor").first()
    about = rows.sort(*key, "row").group_by(key, maintain_order=True)
    circles = about.agg(constants, pl.col("unknown").any(), pl.col("x_at_m", "y_at_m").drop_nulls().first())
    circles = circles.join(summed(rows, key, ["np_sm3", "pores_m"]), on=key, nulls_equal=True)
    # Of all wells that saw the zone, whether they produced or not.
    seen = summed(everyone.drop_nulls(["zone", "hcpt_m"]), key, ["hcpt_m"])
    usual = seen.group_by("reservoir", "zone").agg(pl.col("hcpt_m").median().alias("usual_m"))
    circles = circles.join(usual, on=["reservoir", "zone"], how="left", nulls_equal=True)
    radius = drained_radius()
    circles = circles.with_columns(hcpt_m=pl.coalesce(pl.when(pl.col("pores_m") > 0.0).then("pores_m"), "usual_m"))
    known = ~pl.col("unknown") & pl.col("zone").is_not_null() & (pl.col("hcpt_m") > 0.0)
    return circles.select(*key, "x_at_m", "y_at_m", radius_m=pl.when(known).then(radius)).sort(key)


def offset_drainage(rows: pl.DataFrame, *, production_given: bool) -> pl.DataFrame:
    """Return DRAINAGE of each row: the share of its circle that offset wells have drained in its zone.

    An offset whose drainage is not known and that could reach the circle makes the share unknown, not smaller. Offsets
    without a position cannot be placed: they are left out, and `offsets` says how many.

    Needs: what `drained_circles` needs; spacing_m, fluid, spatial_problem (null: none).
    """
    rows = rows.sort("row")
    result = rows.select("row", target_radius_m=pl.col("spacing_m") / 2.0, why=_why_not(production_given))
    able = rows.filter(result["why"].is_null())
    fractions: dict[int, tuple[float | None, str, str | None]] = {}
    if not able.is_empty():
        circles = drained_circles(rows)
        for (reservoir,), targets in able.group_by("reservoir", maintain_order=True):
            its = circles.filter(pl.col("reservoir").eq_missing(pl.lit(reservoir, dtype=pl.String)))
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
        .then(pl.lit("where the interval lies is not known: the well is deviated and has no survey"))
    )


def _covered(targets: pl.DataFrame, circles: pl.DataFrame) -> dict[int, tuple[float | None, str, str | None]]:
    """Return fraction, offsets and doubt by row, of targets in one zone of one reservoir."""
    placed = circles.drop_nulls(["x_at_m", "y_at_m"])
    adrift = circles.join(placed, on="well_id", how="anti")
    wells = placed["well_id"].to_numpy()
    xs, ys = placed["x_at_m"].to_numpy(), placed["y_at_m"].to_numpy()
    radii = placed["radius_m"].fill_null(np.nan).to_numpy()
    largest = float(np.nanmax(radii, initial=0.0))
    tree = KDTree(np.column_stack([xs, ys])) if len(xs) else None
    found: dict[int, tuple[float | None, str, str | None]] = {}
    columns = ("row", "well_id", "x_at_m", "y_at_m", "spacing_m")
    for row, well_id, x, y, spacing in targets.select(columns).iter_rows():  # as many as have offsets to reckon with
        radius = spacing / 2.0
        near = [] if tree is None else sorted(tree.query_ball_point((x, y), radius + max(largest, radius)))
        near = [i for i in near if wells[i] != well_id]
        apart = {i: math.hypot(xs[i] - x, ys[i] - y) for i in near}
        # Of an unknown offset no more is assumed than the spacing allows it.
        doubtful = [i for i in near if math.isnan(radii[i]) and apart[i] < spacing]
        counted = [i for i in near if not math.isnan(radii[i]) and apart[i] < radius + radii[i]]
        said = _said(wells, radii, apart, counted + doubtful, adrift.filter(pl.col("well_id") != well_id).height)
        if doubtful:
            names = ", ".join(f"{wells[i]} ({apart[i]:.0f} m away)" for i in doubtful[:_NAMED])
            found[row] = (None, said, f"what {names} produced from this zone is not known")
        else:
            found[row] = (covered_fraction(x, y, radius, xs[counted], ys[counted], radii[counted]), said, None)
    return found


def _said(
    wells: np.ndarray[tuple[int], np.dtype[np.object_]],
    radii: np.ndarray[tuple[int], np.dtype[np.float64]],
    apart: dict[int, float],
    counted: list[int],
    adrift: int,
) -> str:
    nearest = sorted(counted, key=lambda i: (apart[i], wells[i]))
    drained = {i: "unknown" if math.isnan(radii[i]) else f"{radii[i]:.0f} m" for i in nearest}
    said = [f"{wells[i]} at {apart[i]:.0f} m drained {drained[i]}" for i in nearest[:_NAMED]]
    if len(nearest) > _NAMED:
        said.append(f"{len(nearest) - _NAMED} more")
    if adrift:
        said.append(f"{adrift} left out, their place not known")
    return "; ".join(said) or "none within reach"
