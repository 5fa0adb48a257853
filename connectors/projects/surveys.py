"""A text survey as it comes: a header block of `key: value`, a line of column names, one of units, then the stations.

What the header says of the well beside them - the rotary table's elevation, the datum, north, the map - is kept too: a
definitive survey is often where it is written down best.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from connectors.errors import Fault
from connectors.projects.config import SurveyEntry
from connectors.projects.crs import crs_in_words, crs_of, degrees_in
from connectors.projects.tables import at_lines
from connectors.projects.units import NoUnit, to_ours
from connectors.units import SAME, Conversion

_COLUMNS: Final[Mapping[str, re.Pattern[str]]] = {
    "md_m": re.compile(r"MD|M\.?D\.?|MEAS(URED)?\.? ?DEPTH|DEPTH_?MD|DEPT?H?", re.IGNORECASE),
    "inc_deg": re.compile(r"INCL?\.?|INCLINATION|DEVI?|DEVIATION|HOLE ANGLE", re.IGNORECASE),
    "azi_deg": re.compile(r"AZIM?\.?|AZIMUTH|AZI ?[GTM]|HAZI", re.IGNORECASE),
}
_UNIT_IN_NAME: Final = re.compile(r"^(.*?)\s*[\[(]\s*(.*?)\s*[\])]\s*$")
_AROUND_A_UNIT: Final = "()[] -=_*#"  # with a line that only rules off the stations
_PAIR: Final = re.compile(r"^\s*([^:]{2,40}?)\s*:\s*(.+?)\s*$")
_LENGTH: Final = re.compile(r"(-?\d+(?:\.\d+)?)\s*(m|ft|feet|metres?|meters?)\b", re.IGNORECASE)

_KB: Final = ("kb-msl", "kb elevation", "rkb elevation", "rt elevation", "rkb-msl", "rte", "kb", "datum name")
_DATUM: Final = ("system datum", "vertical datum", "permanent datum", "depth datum")
_NORTH: Final = ("north reference", "azimuth reference", "north ref", "azimuths")
_GEO_DATUM: Final = ("geo datum", "geodetic datum", "horizontal datum")
_ZONE: Final = ("map-zone", "map zone", "utm zone", "zone", "map projection")
_CRS: Final = ("crs", "coordinate system", "coordinate reference system", "map system")
_EAST: Final = ("surface ew", "surface easting", "surface e/w", "surface east")
_NORTHING: Final = ("surface ns", "surface northing", "surface n/s", "surface north")


@dataclass(frozen=True, slots=True)
class SurveyFacts:
    """What a survey's header says; None where it does not. x, y: of the wellhead, on the map `crs`, as written."""

    well_name: str | None = None
    kb_elevation_m: float | None = None
    vertical_datum: str | None = None
    azimuth_reference: str | None = None
    crs: str | None = None
    x: float | None = None
    y: float | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """One text survey. stations: MD [m], inclination and azimuth [deg]; empty where `faults` say why."""

    stations: tuple[tuple[float, float, float], ...]
    facts: SurveyFacts
    faults: tuple[Fault, ...]


def parse_survey(text: str, where: str, entry: SurveyEntry) -> Survey:
    """Return what a text survey holds; a station that cannot be read is left out, and told."""
    lines = text.splitlines()
    found = _header(lines, entry)
    if found is None:
        must = "a survey must have a line of column names with measured depth, inclination and azimuth"
        remedy = "Name them: columns = {md_m = ..., inc_deg = ..., azi_deg = ...}."
        return Survey((), _facts(lines), (Fault(where, None, must, "none", remedy),))
    at, places, names = found
    facts = _facts(lines[:at])
    if entry.azimuth_reference is not None:
        facts = replace(facts, azimuth_reference=entry.azimuth_reference)
    first = at + 1
    units = dict(_units_in(names, places))
    if first < len(lines) and not _are_numbers(_cells(lines[first], entry)):
        units = _units_below(lines[first], places, entry) | units
        first += 1
    conversions, faults = _conversions({**units, **entry.units}, where, at + 1)
    if faults:
        return Survey((), facts, tuple(faults))
    stations, unread = [], []
    for number, line in enumerate(lines[first:], first + 1):
        cells = _cells(line, entry)
        if not cells or set(line.strip()) <= set("-=_*#"):
            continue
        values = [_number(cells[place]) if place < len(cells) else None for place in places.values()]
        station = tuple(
            value * conversions[name].factor + conversions[name].offset
            for name, value in zip(places, values, strict=True)
            if value is not None
        )
        if len(station) == 3 and station[0] >= 0 and 0 <= station[1] <= 180:
            stations.append((station[0], station[1], station[2]))
        else:
            unread.append(number)
    if unread:
        must = "a station must be numbers, MD >= 0 m and an inclination of 0 to 180 deg"
        shown = repr(lines[unread[0] - 1].strip()[:60])
        faults.append(Fault(at_lines(where, "line", unread), None, must, shown, "Left out; correct the file."))
    return Survey(tuple(stations), facts, tuple(faults))


def _header(lines: list[str], entry: SurveyEntry) -> tuple[int, dict[str, int], list[str]] | None:
    """Return the place of the line of names, that of each of our columns in it, and the names."""
    for at, line in enumerate(lines):
        names = _columns_of(line, entry)
        if len(names) < 3:
            names = _cells(line, entry)
        plain = [_plain(name) for name in names]
        places: dict[str, int] = {}
        for ours, pattern in _COLUMNS.items():
            asked = entry.columns.get(ours)
            for place, name in enumerate(names):
                if name == asked if asked is not None else pattern.fullmatch(plain[place]):
                    places.setdefault(ours, place)
        if len(places) == 3:
            return at, places, names
    return None


def _columns_of(line: str, entry: SurveyEntry) -> list[str]:
    """Return the cells of a line of names or units, which may hold single blanks."""
    if entry.delimiter is not None:
        return [cell.strip() for cell in line.split(entry.delimiter)]
    return [cell for cell in re.split(r"\t|\s{2,}", line.strip()) if cell]


def _cells(line: str, entry: SurveyEntry) -> list[str]:
    if entry.delimiter is not None:
        return [cell.strip() for cell in line.split(entry.delimiter)] if line.strip() else []
    return line.split()


def _plain(name: str) -> str:
    found = _UNIT_IN_NAME.match(name)
    return (found[1] if found else name).strip()


def _units_in(names: list[str], places: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for ours, place in places.items():
        found = _UNIT_IN_NAME.match(names[place])
        if found:
            yield ours, found[2]


def _units_below(line: str, places: Mapping[str, int], entry: SurveyEntry) -> dict[str, str]:
    """Return the units that a line below the names states, in brackets or not."""
    cells = _columns_of(line, entry)
    if len(cells) < 3:
        cells = _cells(line, entry)
    stated = {name: cells[place].strip(_AROUND_A_UNIT) for name, place in places.items() if place < len(cells)}
    return {name: said.split()[0] for name, said in stated.items() if said}


def _conversions(units: Mapping[str, str], where: str, line: int) -> tuple[dict[str, Conversion], list[Fault]]:
    conversions, faults = {"inc_deg": SAME, "azi_deg": SAME}, []
    if "md_m" not in units:
        remedy = 'Write units = {md_m = "m"}, or "ft".'
        faults.append(Fault(where, line, "the unit of measured depth must be stated", "absent", remedy))
    for name, spelling in units.items():
        try:
            conversions[name] = to_ours("length" if name == "md_m" else "angle", spelling)
        except NoUnit as error:
            remedy = f"{error.remedy} Or write units = {{{name} = ...}}."
            faults.append(Fault(where, line, f"{name}: {error.must}", repr(spelling), remedy))
    return conversions, faults


def _facts(lines: list[str]) -> SurveyFacts:
    said: dict[str, str] = {}
    for line in lines:
        pair = _PAIR.match(line)
        if pair:
            said.setdefault(pair[1].strip().lower(), pair[2])

    def first(names: tuple[str, ...]) -> str | None:
        return next((said[name] for name in names if name in said), None)

    north = (first(_NORTH) or "").split(maxsplit=1)[:1]
    named = first(_CRS)
    return SurveyFacts(
        well_name=first(("wellbore name", "wellbore", "well name", "well")),
        kb_elevation_m=next((size for name in _KB if (size := _length(said.get(name))) is not None), None),
        vertical_datum=_vertical(first(_DATUM)),
        azimuth_reference=north[0].lower() if north and north[0].lower() in {"grid", "true", "magnetic"} else None,
        crs=named if named and crs_of(named) is not None else crs_in_words(first(_GEO_DATUM), first(_ZONE)),
        x=_length(first(_EAST)),
        y=_length(first(_NORTHING)),
        latitude_deg=degrees_in(said.get("surface latitude", "")),
        longitude_deg=degrees_in(said.get("surface longitude", "")),
    )


def _vertical(datum: str | None) -> str | None:
    if datum is None:
        return None
    return "MSL" if re.search(r"mean sea level|\bMSL\b", datum, re.IGNORECASE) else datum


def _length(text: str | None) -> float | None:
    """Return the length [m] in a text such as `Rotary Table(54.90m)`; None without a unit."""
    found = _LENGTH.search(text or "")
    if found is None:
        return None
    return to_ours("length", "ft" if found[2].lower().startswith("f") else "m").factor * float(found[1])


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _are_numbers(cells: list[str]) -> bool:
    return bool(cells) and _number(cells[0]) is not None
