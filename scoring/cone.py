"""How far from where it is drawn a well may be: the radius of its cone of uncertainty, 95 %."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from scoring.hole import Hole
from scoring.parameters import PositionDefaults
from scoring.trajectory import Array, Trajectory

# Of a bivariate normal: sqrt(chi2 with 2 degrees of freedom at 0.95) = sqrt(-2 ln 0.05). Of equal axes it is exact, of
# unequal ones the circle around the longer axis holds more than 95 %.
SIGMAS_95: Final = 2.4477

_STEP_M: Final = 30.0  # between stations put into the vertical hole above a survey, as a survey would have them
_EQUATOR_NT: Final = 30_000.0  # of the geocentric axial dipole


def cone_radius_m(hole: Hole, md_m: ArrayLike, settings: PositionDefaults) -> Array:
    """Return the horizontal radius [m] that holds the well with 95 % at each measured depth; NaN where unknown.

    With a survey it is the ISCWSA model's, plus the error of the surface location; from inclinations alone, how far the
    well may have gone in any direction; without a survey, a cone around the vertical.

    Args:
        hole: The well.
        md_m: Measured depths [m], shape (n,).
        settings: The error model and its numbers.
    """
    depth = np.asarray(md_m, np.float64)
    tvd, path = hole.tvd_m(depth), hole.path
    if path is None or not len(depth):
        return tvd * math.tan(math.radians(settings.unsurveyed_deg))
    if not path.has_azimuth:
        drift = np.append(0.0, np.cumsum(np.diff(path.md) * _mean_sine(path)))
        beyond = np.maximum(depth - path.md[-1], 0.0) * math.sin(math.radians(float(path.inc[-1])))
        return np.where(np.isnan(tvd), np.nan, np.interp(depth, path.md, drift) + beyond)
    latitude = settings.latitude_deg if hole.latitude_deg is None else hole.latitude_deg
    stations, radii = iscwsa_radii_m(path, latitude, settings.error_model)
    beyond = np.maximum(depth - path.md[-1], 0.0) * math.tan(math.radians(settings.unsurveyed_deg))
    return np.where(np.isnan(tvd), np.nan, np.interp(depth, stations, radii) + beyond + settings.surface_error_m)


def iscwsa_radii_m(path: Trajectory, latitude_deg: float, error_model: str) -> tuple[Array, Array]:
    """Return measured depths of stations and the 95 % radius [m] at each, of an ISCWSA error model, wellhead exact.

    The magnetic field is that of the geocentric axial dipole at this latitude: within some degrees and some percent of
    the true one, which moves a radius by a few percent. Looking it up would need a date and a network.
    """
    # It takes a second to import, and only a well with a survey needs it.
    from welleng.survey import Survey, SurveyHeader

    latitude = math.radians(latitude_deg)
    header = SurveyHeader(
        latitude=latitude_deg,
        longitude=0.0,
        survey_date="2000-01-01",  # unused with the field given; without it, today would be taken
        b_total=_EQUATOR_NT * math.sqrt(1 + 3 * math.sin(latitude) ** 2),
        dip=math.degrees(math.atan(2 * math.tan(latitude))),
        declination=0.0,
        convergence=0.0,
        azi_reference="grid",
    )
    md, inc, azi = _with_stations(path)
    survey = Survey(md, inc, azi, header=header, error_model=error_model)
    covariance = np.asarray(survey.cov_nev, np.float64)
    widest = np.linalg.eigvalsh(covariance[:, :2, :2])[:, -1]
    return md, SIGMAS_95 * np.sqrt(np.maximum(widest, 0.0))


def position_confidence(radius_m: pl.Expr, gate_2_holds: pl.Expr, settings: PositionDefaults) -> pl.Expr:
    """Return "high", "medium", "low" or "unknown", of the cone's radius [m] and whether the spatial gate is passed."""
    return (
        pl.when(radius_m.is_null() | radius_m.is_nan())
        .then(pl.lit("unknown"))
        .when((radius_m <= settings.high_within_m) & gate_2_holds.fill_null(value=False))
        .then(pl.lit("high"))
        .when(radius_m <= settings.medium_within_m)
        .then(pl.lit("medium"))
        .otherwise(pl.lit("low"))
    )


def _mean_sine(path: Trajectory) -> Array:
    sine = np.sin(np.radians(path.inc))
    return (sine[:-1] + sine[1:]) / 2


def _with_stations(path: Trajectory) -> tuple[Array, Array, Array]:
    """Return the survey with vertical stations above it as if surveyed, and the three in all that the model needs."""
    md, inc, azi = path.md, path.inc, path.azi
    if path.surveyed_from > 0:
        count = max(2, math.ceil(path.surveyed_from / _STEP_M))
        above = np.linspace(0.0, path.surveyed_from, count, endpoint=False)
        md, inc, azi = (
            np.append(above, md[1:]),
            np.append(np.zeros(count), inc[1:]),
            np.append(np.full(count, azi[0]), azi[1:]),
        )
    if len(md) < 3:
        middle = (md[0] + md[-1]) / 2
        md, inc, azi = np.insert(md, 1, middle), np.insert(inc, 1, inc.mean()), np.insert(azi, 1, azi[-1])
    return md, inc, azi
