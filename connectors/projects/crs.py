"""Coordinate reference systems: names to pyproj's, and places from one to another, with the chain that was used."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt
import pyproj
from pyproj.enums import TransformDirection
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import AreaOfInterest, Transformer, TransformerGroup

Floats = npt.NDArray[np.float64]

VERSIONS: Final = f"pyproj {pyproj.__version__}, PROJ {pyproj.proj_version_str}"
IDENTITY: Final = "identity"
_MARGIN_DEG: Final = 3.0  # fields near the edge of a zone are mapped on their neighbours' zone

_WGS84, _WGS84_3D, _ECEF = "EPSG:4326", "EPSG:4979", "EPSG:4978"
# Geodetic datums as headers of surveys write them, and the EPSG code of their UTM zone 0 north.
_UTM_OF_DATUM: Final = (
    (re.compile(r"european.*(19)?50|\bED[ -]?(19)?50\b", re.IGNORECASE), 23000, range(28, 39)),
    (re.compile(r"etrs|\bEUREF", re.IGNORECASE), 25800, range(28, 38)),
    (re.compile(r"WGS[ -]?(19)?84|world geodetic.*84", re.IGNORECASE), 32600, range(1, 61)),
    (re.compile(r"NAD[ -]?(19)?27|north american.*27", re.IGNORECASE), 26700, range(1, 23)),
    (re.compile(r"NAD[ -]?(19)?83|north american.*83", re.IGNORECASE), 26900, range(1, 24)),
)
_ZONE: Final = re.compile(r"\bzone\s*(\d{1,2})\s*([NS])?", re.IGNORECASE)
_DMS: Final = re.compile(r"(\d+)\D+(\d+)\D+([\d.]+)\D*?([NSEW])", re.IGNORECASE)


@lru_cache(maxsize=512)
def crs_of(name: str) -> pyproj.CRS | None:
    """Return the CRS of a code such as `EPSG:23031`, a name or WKT; None if pyproj knows none."""
    try:
        return pyproj.CRS.from_user_input(name.strip())
    except CRSError:
        return None


def is_metric_map(crs: pyproj.CRS) -> bool:
    """Return whether its places are eastings and northings in metres."""
    return crs.is_projected and all(axis.unit_conversion_factor == 1.0 for axis in crs.axis_info[:2])


def is_used_at(latitude: float, longitude: float, name: str) -> bool:
    """Return whether a place is in, or near, the area that a CRS is meant for; True where that is not known."""
    crs = crs_of(name)
    area = crs.area_of_use if crs is not None else None
    if area is None or area.west > area.east:  # an area across the date line is not looked at
        return True
    is_between = area.west - _MARGIN_DEG <= longitude <= area.east + _MARGIN_DEG
    return is_between and area.south - _MARGIN_DEG <= latitude <= area.north + _MARGIN_DEG


def crs_in_words(datum: str | None, zone: str | None) -> str | None:
    """Return the EPSG code of a header's words: `European 1950 - Mean` in `Zone 31N` is EPSG:23031."""
    found = _ZONE.search(zone or "")
    if datum is None or found is None or (found[2] or "N").upper() != "N":
        return None
    for pattern, base, zones in _UTM_OF_DATUM:
        if pattern.search(datum) and int(found[1]) in zones:
            return f"EPSG:{base + int(found[1])}"
    return None


def degrees_in(text: str) -> float | None:
    """Return degrees, minutes and seconds such as `58° 26' 29.7195 N` as decimal degrees; None if it is none."""
    found = _DMS.search(text)
    if found is None:
        return None
    size = int(found[1]) + int(found[2]) / 60 + float(found[3]) / 3600
    return -size if found[4].upper() in "SW" else size


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Places in another CRS. weak: why the chain is not to be relied on, or None."""

    x: Floats
    y: Floats
    chain: str
    weak: str | None


def move(x: Floats, y: Floats, source: pyproj.CRS, target: pyproj.CRS) -> Moved:
    """Return eastings and northings, or longitudes and latitudes, in `target`, by the chain best for the area."""
    if source.equals(target, ignore_axis_order=True):
        return Moved(x, y, IDENTITY, None)
    group = TransformerGroup(source, target, always_xy=True, area_of_interest=_area(x, y, source))
    best = group.transformers[0]
    there_x, there_y = best.transform(x, y)
    chain = f"{_name(source)} -> {_name(target)}: {best.description}, accuracy {best.accuracy:g} m ({VERSIONS})"
    weak = None
    if best.accuracy < 0 or "ballpark" in best.description.lower():
        chain = chain.replace(f"accuracy {best.accuracy:g} m", "accuracy not known")
        weak = "no transformation of known accuracy between the two is installed"
    elif not group.best_available:
        weak = f"the best transformation, {group.unavailable_operations[0].name}, needs a grid that is not installed"
    return Moved(_finite(there_x), _finite(there_y), chain, weak)


def on_earth(
    x: Floats, y: Floats, source: pyproj.CRS, height_m: Floats | None = None
) -> tuple[Floats, Floats, tuple[Floats, Floats, Floats]]:
    """Return latitude and longitude [deg, WGS 84], and geocentric x, y, z [m, EPSG:4978].

    The geocentric place is that on the ellipsoid where no height above it is given; what is NaN there stays so.
    """
    moved = move(x, y, source, _known(_WGS84))
    to_centre = Transformer.from_crs(_WGS84_3D, _ECEF, always_xy=True)
    height = np.zeros_like(moved.x) if height_m is None else height_m
    x_m, y_m, z_m = to_centre.transform(moved.x, moved.y, height)
    return moved.y, moved.x, (_finite(x_m), _finite(y_m), _finite(z_m))


def convergence_deg(x: float, y: float, crs: pyproj.CRS) -> float | None:
    """Return the grid convergence at a place of a map [deg]: a true azimuth less it is the grid's."""
    if not crs.is_projected or crs.geodetic_crs is None:
        return None
    projection = pyproj.Proj(crs)
    longitude, latitude = projection(x, y, inverse=True)
    try:
        found = float(projection.get_factors(longitude, latitude, errcheck=True).meridian_convergence)
    except ProjError:
        return None
    return found if np.isfinite(found) else None


def geodetic(x: float, y: float, crs: pyproj.CRS) -> tuple[float, float] | None:
    """Return latitude and longitude [deg] of a place of a map on the map's own datum."""
    if crs.geodetic_crs is None:
        return None
    longitude, latitude = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(x, y)
    return (latitude, longitude) if np.isfinite(latitude) and np.isfinite(longitude) else None


def _area(x: Floats, y: Floats, source: pyproj.CRS) -> AreaOfInterest | None:
    base = source.geodetic_crs
    if base is None or not len(x):
        return None
    to_degrees = Transformer.from_crs(source, base, always_xy=True)
    longitude, latitude = to_degrees.transform(x, y, direction=TransformDirection.FORWARD)
    known = np.isfinite(longitude) & np.isfinite(latitude)
    if not known.any():
        return None
    west, east = float(longitude[known].min()), float(longitude[known].max())
    south, north = float(latitude[known].min()), float(latitude[known].max())
    return AreaOfInterest(west, south, east, north)


def _known(name: str) -> pyproj.CRS:
    crs = crs_of(name)
    assert crs is not None, f"PROJ's database has no {name}"
    return crs


def _name(crs: pyproj.CRS) -> str:
    # At less than full confidence pyproj would name the one that it is most like.
    authority = crs.to_authority(min_confidence=100)
    return ":".join(authority) if authority else str(crs.srs)


def _finite(values: object) -> Floats:
    array = np.asarray(values, np.float64)
    return np.where(np.isfinite(array), array, np.nan)
