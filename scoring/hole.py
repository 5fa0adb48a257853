"""The depths of one well: from measured depth to TVD and TVDSS, with or without a survey."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from scoring.parameters import PositionDefaults
from scoring.trajectory import Array, Trajectory, trajectory, tvd_at


@dataclass(frozen=True, slots=True, eq=False)
class Hole:
    """What is known of a well's course. kb_elevation_m: of the depth reference, above mean sea level.

    path: None where there is no survey that can be used. vertical: whether the well may then be taken as vertical.
    latitude_deg: for the magnetic field.
    """

    path: Trajectory | None
    vertical: bool
    kb_elevation_m: float | None
    beyond_survey_m: float
    latitude_deg: float | None = None

    def tvd_m(self, md_m: ArrayLike) -> Array:
        """Return TVD [m] below the depth reference; NaN where it is not known. md_m: [m], shape (n,)."""
        depth = np.asarray(md_m, np.float64)
        if self.path is not None:
            return tvd_at(self.path, depth, self.beyond_survey_m)
        return depth.copy() if self.vertical else np.full_like(depth, np.nan)

    def tvdss_m(self, md_m: ArrayLike) -> Array:
        """Return TVD [m] below mean sea level, positive down; NaN where it is not known. md_m: [m], shape (n,)."""
        return self.below_sea_m(self.tvd_m(md_m))

    def below_sea_m(self, tvd_m: Array) -> Array:
        """Return TVDSS [m] at depths of which the TVD is known; NaN where it, or the elevation, is not."""
        return np.full_like(tvd_m, np.nan) if self.kb_elevation_m is None else tvd_m - self.kb_elevation_m


def hole_of(
    of_well: pl.DataFrame | None, survey: pl.DataFrame | None, settings: PositionDefaults
) -> tuple[Hole, str | None]:
    """Return the course of a well, and a sentence where its survey cannot be used.

    Without one that can be used a well is vertical only where it is known to be inclined no more than
    `vertical_up_to_deg`: else losing a survey would make a deviated well's pay thicker.

    Args:
        of_well: The well's rows of the table of wells: several, where its location has several sources.
        survey: Its rows of the surveys.
        settings: The profile's.
    """
    path, fault = (
        (None, None) if survey is None or survey.is_empty() else trajectory(survey, settings.vertical_up_to_deg)
    )
    most = _first(of_well, "max_inc_deg", descending=True)
    vertical = path is None and most is not None and most <= settings.vertical_up_to_deg
    kb, latitude = _first(of_well, "kb_elevation_m"), _first(of_well, "latitude_deg")
    return Hole(path, vertical, kb, settings.beyond_survey_m, latitude), fault


def _first(rows: pl.DataFrame | None, column: str, descending: bool = False) -> float | None:
    if rows is None or column not in rows.columns:
        return None
    known = rows[column].drop_nulls().sort(descending=descending)
    return None if known.is_empty() else float(known[0])
