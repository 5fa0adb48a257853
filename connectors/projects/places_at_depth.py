"""The place of each target on Earth: where its interval lies at depth, not where its well begins."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from connectors.projects.crs import crs_of, on_earth

_DEGREES: Final = ("latitude_deg", "longitude_deg")
_ECEF: Final = ("ecef_x_m", "ecef_y_m", "ecef_z_m")


def at_depth(targets: pl.DataFrame, project_crs: str | None) -> pl.DataFrame:
    """Return `targets` with x_m, y_m, degrees and ECEF of the place at depth, in place of the wellhead's.

    ECEF is that of the middle of the interval, and null where its place or its depth is not known: TVDSS is taken as
    depth below the ellipsoid, since the height of the geoid over it (some 45 m in the North Sea) needs a grid.

    Args:
        targets: x_m, y_m, LOCATED's degrees and ECEF of the wellhead; place_x_m, place_y_m, place_at as assessment
            returns them; top_tvdss_m, base_tvdss_m.
        project_crs: The map of x_m, y_m; where it is not known, so are degrees and ECEF.
    """
    crs = crs_of(project_crs) if project_crs else None
    nowhere = pl.lit(None, dtype=pl.Float64)
    moved = targets.with_columns(x_m="place_x_m", y_m="place_y_m").drop("place_x_m", "place_y_m")
    # A well whose place cannot be on its map has no degrees either; see `locate`.
    sound = moved["latitude_deg"].is_not_null() & moved["x_m"].is_not_null() & moved["y_m"].is_not_null()
    if crs is None or not sound.any():
        return moved.with_columns(nowhere.alias(name) for name in (*_DEGREES, *_ECEF))
    x, y = (np.where(sound, moved[name].fill_null(np.nan), np.nan) for name in ("x_m", "y_m"))
    known = np.flatnonzero(sound.to_numpy())
    depth = ((moved["top_tvdss_m"] + moved["base_tvdss_m"]) / 2.0).fill_null(np.nan).to_numpy()
    found = np.full((5, len(moved)), np.nan)
    latitude, longitude, centred = on_earth(x[known], y[known], crs, -depth[known])
    found[:, known] = [latitude, longitude, *centred]
    at_interval = (moved["place_at"] == "interval").fill_null(value=False).to_numpy()
    found[2:, ~at_interval] = np.nan
    columns = [pl.Series(name, values) for name, values in zip((*_DEGREES, *_ECEF), found, strict=True)]
    return moved.with_columns(pl.when(one.is_finite()).then(one).alias(one.name) for one in columns)
