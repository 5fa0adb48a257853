"""Well paths: vertical to the kick-off, built at a constant rate, held to the end; and positions by minimum curvature.

Minimum curvature with its ratio factor: Sawaryn and Thorogood, SPE 84246, 2005. All wells at once, stations along
axis 1. Positions are from the wellhead at the kelly bushing: north, east, TVD [m].
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from welltegra.simulator.field.chance import Floats, Integers

_BUILD_STATIONS, _HOLD_STATIONS = 8, 14
_BUILD_RAD_PER_M: Final = np.radians(2.5) / 30.0
_SMALL_DOGLEG_RAD = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Paths:
    """Stations of all wells, shape (wells, stations): measured md [m], inc, azi [deg], and position [m] of each."""

    md_m: Floats
    inc_deg: Floats
    azi_deg: Floats
    north_m: Floats
    east_m: Floats
    tvd_m: Floats

    def of(self, wells: slice) -> Paths:
        """Return the paths of some of the wells."""
        return Paths(
            self.md_m[wells],
            self.inc_deg[wells],
            self.azi_deg[wells],
            self.north_m[wells],
            self.east_m[wells],
            self.tvd_m[wells],
        )

    def md_at(self, tvd_m: Floats) -> Floats:
        """Return the MD [m] at which each well reaches each of its depths, shape (wells, depths); all wells go down."""
        before = (self.tvd_m[:, None, :] <= tvd_m[:, :, None]).sum(axis=2) - 1
        before = np.clip(before, 0, self.md_m.shape[1] - 2)
        start, end = (np.take_along_axis(self.md_m, before + step, axis=1) for step in (0, 1))
        top, base = (np.take_along_axis(self.tvd_m, before + step, axis=1) for step in (0, 1))
        fraction = (tvd_m - top) / (base - top)
        for _ in range(6):  # Newton: the slope of TVD over MD is the cosine of the inclination
            reached, cosine = self._along(before, fraction)
            fraction -= (reached[2] + top - tvd_m) / (cosine * (end - start))
        return start + fraction * (end - start)

    def position_at(self, md_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Return north, east and TVD [m] at depths MD [m], shape (wells, depths)."""
        before = (self.md_m[:, None, :] <= md_m[:, :, None]).sum(axis=2) - 1
        before = np.clip(before, 0, self.md_m.shape[1] - 2)
        start, end = (np.take_along_axis(self.md_m, before + step, axis=1) for step in (0, 1))
        moved, _ = self._along(before, (md_m - start) / (end - start))
        north, east, tvd = (
            np.take_along_axis(values, before, axis=1) + moved[axis]
            for axis, values in enumerate((self.north_m, self.east_m, self.tvd_m))
        )
        return north, east, tvd

    def _along(self, before: Integers, fraction: Floats) -> tuple[Floats, Floats]:
        """Return how far a part of an arc goes, (3, wells, depths), and the cosine of the inclination at its end."""
        first, second = (
            tangents(
                np.take_along_axis(self.inc_deg, before + step, axis=1),
                np.take_along_axis(self.azi_deg, before + step, axis=1),
            )
            for step in (0, 1)
        )
        length = np.take_along_axis(self.md_m, before + 1, axis=1) - np.take_along_axis(self.md_m, before, axis=1)
        dogleg = _angle(first, second)
        bends = dogleg > _SMALL_DOGLEG_RAD
        sine = np.where(bends, np.sin(dogleg), 1.0)
        one = np.where(bends, np.sin((1.0 - fraction) * dogleg) / sine, 1.0 - fraction)
        other = np.where(bends, np.sin(fraction * dogleg) / sine, fraction)
        here = one * first + other * second
        return _advance(first, here, fraction * length, fraction * dogleg), here[2]


def tangents(inc_deg: Floats, azi_deg: Floats) -> Floats:
    """Return unit vectors north, east, down along axis 0."""
    inc, azi = np.radians(inc_deg), np.radians(azi_deg)
    return np.stack([np.sin(inc) * np.cos(azi), np.sin(inc) * np.sin(azi), np.cos(inc)])


def _angle(first: Floats, second: Floats) -> Floats:
    # By the chord: an arc cosine would lose the small angles.
    angle: Floats = 2.0 * np.arcsin(np.minimum(1.0, 0.5 * np.sqrt(((second - first) ** 2).sum(axis=0))))
    return angle


def _advance(first: Floats, second: Floats, length_m: Floats, dogleg_rad: Floats) -> Floats:
    half = 0.5 * dogleg_rad
    bends = np.abs(dogleg_rad) > _SMALL_DOGLEG_RAD
    ratio = np.where(bends, np.tan(half) / np.where(bends, half, 1.0), 1.0)
    moved: Floats = 0.5 * length_m * ratio * (first + second)
    return moved


def surveyed(md_m: Floats, inc_deg: Floats, azi_deg: Floats) -> Paths:
    """Return the paths through stations, shape (wells, stations), the first of them at the kelly bushing."""
    direction = tangents(inc_deg, azi_deg)
    first, second = direction[:, :, :-1], direction[:, :, 1:]
    moved = _advance(first, second, np.diff(md_m, axis=1), _angle(first, second))
    north, east, tvd = np.concatenate([np.zeros((3, len(md_m), 1)), moved.cumsum(axis=2)], axis=2)
    return Paths(md_m, inc_deg, azi_deg, north, east, tvd)


def drilled(target_tvd_m: Floats, inclination_deg: Floats, azimuth_deg: Floats, kick_off_m: Floats) -> Paths:
    """Return paths that reach these TVDs [m] or a little more, measured as surveys are: MD, angles to 0.01.

    All arguments have shape (wells,).
    """
    inc = np.radians(inclination_deg)
    build_m = np.maximum(inc / _BUILD_RAD_PER_M, 100.0)
    built_tvd_m = np.where(inc > 0.0, build_m * np.sin(inc) / np.where(inc > 0.0, inc, 1.0), build_m)
    hold_m = (target_tvd_m + 5.0 - kick_off_m - built_tvd_m) / np.cos(inc)
    build = np.linspace(0.0, 1.0, _BUILD_STATIONS + 1)
    hold = np.linspace(0.0, 1.0, _HOLD_STATIONS + 1)[1:]
    md_m = np.concatenate(
        [
            np.zeros((len(inc), 1)),
            kick_off_m[:, None] + build_m[:, None] * build,
            (kick_off_m + build_m)[:, None] + hold_m[:, None] * hold,
        ],
        axis=1,
    )
    shape = np.concatenate([[0.0], build, np.ones(_HOLD_STATIONS)])
    walk_deg = np.concatenate([np.zeros(_BUILD_STATIONS + 2), 3.0 * hold])  # bits walk to the right
    inc_deg: Floats = np.round(inclination_deg[:, None] * shape, 2)
    slanted = (inclination_deg > 0.0)[:, None]
    azi_deg: Floats = np.where(slanted, (azimuth_deg[:, None] + walk_deg) % 360.0, 0.0)
    azi_deg = np.round(azi_deg, 2) % 360.0  # 360 is 0
    return surveyed(np.round(md_m, 2), inc_deg, azi_deg)
