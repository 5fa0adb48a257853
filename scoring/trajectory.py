"""Where a well runs: minimum curvature between survey stations, and along the arc to any measured depth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

_STRAIGHT_RAD: Final = 1e-6  # below it the arc and its chord agree to 1e-13


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """A surveyed well from the depth reference down, all in one order: md strictly ascending, from 0.

    md, north, east, tvd [m], from the wellhead and the depth reference; inc, azi [deg]. has_azimuth: False where some
    deviated station has none: TVD still holds, north and east do not. surveyed_from: MD of the survey's first station.
    """

    md: Array
    inc: Array
    azi: Array
    north: Array
    east: Array
    tvd: Array
    has_azimuth: bool
    surveyed_from: float


def minimum_curvature(md: ArrayLike, inc_deg: ArrayLike, azi_deg: ArrayLike) -> tuple[Array, Array, Array]:
    """Return north, east and TVD [m] of each station, from the first, which is 0.

    Args:
        md: Measured depth [m], shape (n,), ascending.
        inc_deg: Inclination [deg], shape (n,).
        azi_deg: Azimuth [deg], shape (n,).
    """
    depth, tangents = np.asarray(md, np.float64), _tangents(np.asarray(inc_deg), np.asarray(azi_deg))
    legs = _along(np.diff(depth), tangents[:-1], tangents[1:], _angle(tangents[:-1], tangents[1:]))
    places = np.vstack([np.zeros(3), np.cumsum(legs, axis=0)])
    return places[:, 0], places[:, 1], places[:, 2]


def trajectory(survey: pl.DataFrame, vertical_up_to_deg: float) -> tuple[Trajectory | None, str | None]:
    """Return the trajectory of one well's survey, or None and a sentence that says why there is none.

    Args:
        survey: md_m, inc_deg, azi_deg; rows in any order. A row without depth or inclination is no station.
        vertical_up_to_deg: A survey that starts below the depth reference must start in hole no more inclined than
            this; the hole above it is taken as vertical.
    """
    md, inc, azi = stations(survey).select("md_m", "inc_deg", "azi_deg").to_numpy().T
    return of_stations(md, inc, azi, vertical_up_to_deg)


def stations(surveys: pl.DataFrame) -> pl.DataFrame:
    """Return the stations of surveys, each once, by their other columns and depth.

    What has no depth or inclination is no station. Needs: md_m, inc_deg, azi_deg, and well_id where there are several.
    """
    columns = [name for name in ("well_id", "md_m", "inc_deg", "azi_deg") if name in surveys.columns]
    return surveys.select(columns).drop_nulls(["md_m", "inc_deg"]).unique().sort(columns)


def of_stations(md: Array, inc: Array, azi: Array, vertical_up_to_deg: float) -> tuple[Trajectory | None, str | None]:
    """Return the trajectory through stations by depth, each once, or None and a sentence that says why there is none.

    Args:
        md: Measured depth [m], shape (n,), ascending.
        inc: Inclination [deg], shape (n,).
        azi: Azimuth [deg], shape (n,); NaN where it is not known.
        vertical_up_to_deg: As for `trajectory`.
    """
    if not len(md):
        return None, "the survey has no station with depth and inclination"
    fault = _fault(md, inc, vertical_up_to_deg)
    if fault:
        return None, fault
    has_azimuth = not bool(np.any(np.isnan(azi) & (inc > 0)))
    azi = _filled(azi) if has_azimuth else np.zeros_like(azi)
    first = float(md[0])
    if first > 0:
        md, inc, azi = np.append(0.0, md), np.append(0.0, inc), np.append(azi[0], azi)
    north, east, tvd = minimum_curvature(md, inc, azi)
    return Trajectory(md, inc, azi, north, east, tvd, has_azimuth, first), None


def tvd_at(path: Trajectory, md: ArrayLike, beyond_m: float) -> Array:
    """Return TVD [m] below the depth reference at measured depths, along the arcs between stations.

    Below the last station the hole is drawn out straight for `beyond_m`; farther down, and above 0, it is NaN.

    Args:
        path: The well.
        md: Measured depths [m], shape (k,), any order.
        beyond_m: How far a survey may be drawn out [m].
    """
    wanted = np.asarray(md, np.float64)
    tangents = _tangents(path.inc, path.azi)
    if len(path.md) == 1:
        inside = path.tvd[0] + (wanted - path.md[0]) * tangents[0, 2]
    else:
        leg = np.clip(np.searchsorted(path.md, wanted, side="right") - 1, 0, len(path.md) - 2)
        length, run = path.md[leg + 1] - path.md[leg], np.minimum(wanted, path.md[-1]) - path.md[leg]
        start, end = tangents[leg], tangents[leg + 1]
        angle = _angle(start, end)
        there = _turned(start, end, angle, run / length)
        inside = path.tvd[leg] + _along(run, start, there, angle * run / length)[:, 2]
        inside = inside + np.maximum(wanted - path.md[-1], 0.0) * tangents[-1, 2]
    known = (wanted >= 0.0) & (wanted <= path.md[-1] + beyond_m)
    return np.where(known, inside, np.nan)


def _fault(md: Array, inc: Array, vertical_up_to_deg: float) -> str | None:
    same = np.flatnonzero(np.diff(md) == 0)
    outside = np.flatnonzero(~((inc >= 0) & (inc <= 180)))
    turns = np.flatnonzero(np.abs(np.diff(inc)) >= 180)
    if len(same):
        return f"survey stations must not contradict each other; two differ at {md[same[0]]:g} m MD"
    if md[0] < 0:
        return f"survey stations must lie at or below the depth reference; one is at {md[0]:g} m MD"
    if len(outside):
        return f"an inclination must be from 0 to 180 deg; was {inc[outside[0]]:g} deg at {md[outside[0]]:g} m MD"
    if md[0] > 0 and inc[0] > vertical_up_to_deg:
        return (
            f"a survey must start in vertical hole; its first station, {md[0]:g} m MD, is inclined {inc[0]:g} deg, "
            "and how the well came there is not known"
        )
    return "a well must not turn back on itself between two stations" if len(turns) else None


def _filled(azi: Array) -> Array:
    """Return azimuths [deg] with that of the next station, else of the last, where one has none.

    A vertical station's azimuth means nothing; its neighbour's keeps a survey of one azimuth in one plane.
    """
    known = np.flatnonzero(~np.isnan(azi))
    if not len(known):
        return np.zeros_like(azi)
    after = np.searchsorted(known, np.arange(len(azi)))
    return azi[known[np.minimum(after, len(known) - 1)]]


def _tangents(inc_deg: Array, azi_deg: Array) -> Array:
    """Return unit vectors north, east, down; shape (n, 3)."""
    inc, azi = np.radians(inc_deg), np.radians(azi_deg)
    return np.column_stack([np.sin(inc) * np.cos(azi), np.sin(inc) * np.sin(azi), np.cos(inc)])


def _angle(start: Array, end: Array) -> Array:
    """Return the angle [rad] between unit vectors; exact also where it is small, as arccos is not."""
    angle: Array = 2 * np.arctan2(np.linalg.norm(end - start, axis=1), np.linalg.norm(end + start, axis=1))
    return angle


def _along(length: Array, start: Array, end: Array, angle: Array) -> Array:
    """Return the displacement [m] along circular arcs of these lengths, end tangents and dog legs [rad]."""
    bent = angle > _STRAIGHT_RAD
    ratio = np.ones_like(angle)
    ratio[bent] = 2 / angle[bent] * np.tan(angle[bent] / 2)
    displaced: Array = (length / 2 * ratio)[:, None] * (start + end)
    return displaced


def _turned(start: Array, end: Array, angle: Array, share: Array) -> Array:
    """Return the tangent after a share of each arc."""
    bent = angle > _STRAIGHT_RAD
    sine = np.where(bent, np.sin(angle), 1.0)
    of_start = np.where(bent, np.sin((1 - share) * angle) / sine, 1 - share)
    of_end = np.where(bent, np.sin(share * angle) / sine, share)
    turned: Array = of_start[:, None] * start + of_end[:, None] * end
    return turned
