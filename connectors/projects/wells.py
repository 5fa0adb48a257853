"""Where each well is: its coordinates on the project's map and on Earth, its depth reference, and how sure that is.

crs_confidence: documented - the reference system is stated, and so is where the location comes from; unverified -
stated, but not from where; inferred - only a survey's header tells in which system the numbers of `wells` are;
conflict - two sources are more than 50 m apart; none - no location, or no system. What a survey's header says fills
what `wells` does not, never the other way round.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from connectors.projects.crs import Floats, crs_of, geodetic, is_used_at, move, on_earth
from connectors.projects.problems import Problems
from connectors.projects.surveys import SurveyFacts

APART_M: Final = 50.0  # [m], scoring design, G2.CRS_CONFLICT
KB_APART_M: Final = 0.5  # [m], more than rounding, less than the step from one rig's floor to another's
DEVIATED_DEG: Final = 5.0  # [deg], beyond it a well without survey has no vertical depth
_DEGREE_M: Final = 111_320.0  # [m], one degree along a meridian, near enough to tell 50 m

LOCATED: Final = {
    "x_m": pl.Float64,
    "y_m": pl.Float64,
    "latitude_deg": pl.Float64,
    "longitude_deg": pl.Float64,
    "ecef_x_m": pl.Float64,
    "ecef_y_m": pl.Float64,
    "ecef_z_m": pl.Float64,
    "crs_confidence": pl.String,
    # How far off other rows, and other sources, place the well: what is too far is the profile's to say, too.
    "identity_m": pl.Float64,
    "sources_m": pl.Float64,
}


@dataclass(frozen=True, slots=True)
class SurveyHeader:
    """What the header of one well's survey says, and which file that was."""

    facts: SurveyFacts
    path: str
    source_id: str


def locate(
    wells: pl.DataFrame,
    headers: Mapping[str, SurveyHeader],
    surveyed: frozenset[str],
    project_crs: str | None,
    problems: Problems,
) -> pl.DataFrame:
    """Return the wells, one row each, with LOCATED and what survey headers add; every doubt is a problem.

    Of several rows of one well the first counts. Others more than 50 m off are another source's word on the location,
    where they name one, and another well's where they do not.

    Args:
        wells: As the table was read, with one spelling of each id.
        headers: By well.
        surveyed: Wells that have a survey, of text or table.
        project_crs: The map that x_m, y_m are on: projected, in metres.
        problems: Gets what is in doubt.
    """
    rows: dict[str, dict[str, Any]] = {}
    others = []
    for said in wells.iter_rows(named=True):
        row = _filled(said, headers.get(said["well_id"]) if said["well_id"] not in rows else None, project_crs)
        if rows.setdefault(row["well_id"], row) is not row:
            others.append(row)
    for row in rows.values():
        _judge_datum(row, headers.get(row["well_id"]), row["well_id"] in surveyed, problems)
    _place_all(list(rows.values()), project_crs, problems)
    _place_all(others, project_crs, Problems())
    for row in others:
        _compare_rows(rows[row["well_id"]], row, problems)
    for row in rows.values():
        _compare(row, headers.get(row["well_id"]), project_crs, problems)
    return pl.DataFrame(list(rows.values()), {**wells.schema, **LOCATED}, orient="row", strict=False)


def _filled(row: dict[str, Any], header: SurveyHeader | None, project_crs: str | None) -> dict[str, Any]:
    """Return the row with what the header adds, and the reference system its x, y are taken to be in."""
    facts = header.facts if header else SurveyFacts()
    stated = row["crs"] or project_crs
    confidence = "documented" if row["location_source"] else "unverified"
    if row["x"] is None or row["y"] is None:
        row |= {"x": facts.x, "y": facts.y, "crs": facts.crs}
        confidence = "documented"
        if header is not None and facts.x is not None:
            row["location_source"] = row["location_source"] or f"survey header, {header.path}"
    elif stated is None:
        row["crs"], confidence = facts.crs, "inferred"
    else:
        row["crs"] = stated
    if row["kb_elevation_m"] is None:
        row["kb_elevation_m"] = facts.kb_elevation_m
    row["vertical_datum"] = row["vertical_datum"] or facts.vertical_datum
    return {**row, **dict.fromkeys(LOCATED), "crs_confidence": confidence}


def _judge_datum(row: dict[str, Any], header: SurveyHeader | None, is_surveyed: bool, problems: Problems) -> None:
    def note(detail: str) -> None:
        problems.add("vertical_datum_problem", detail, well_id=well_id, source_id=row["source_id"])

    well_id, elevation, inclination = row["well_id"], row["kb_elevation_m"], row["max_inc_deg"]
    said = header.facts.kb_elevation_m if header else None
    if elevation is None:
        note(f"well {well_id!r}: kb_elevation_m must be known; was not given. Take it from the drilling report.")
    elif said is not None and header is not None and abs(said - elevation) > KB_APART_M:
        must = f"well {well_id!r}: kb_elevation_m must agree with the header of {header.path}, {said} m"
        note(f"{must}; was {elevation} m. Which rig's floor do the depths begin at?")
    if row["vertical_datum"] is None:
        note(f"well {well_id!r}: vertical_datum must be known; was not given. Is it MSL?")
    if inclination is not None and inclination > DEVIATED_DEG and not is_surveyed:
        must = f"well {well_id!r}: a well deviated beyond {DEVIATED_DEG:g} deg must have a survey"
        note(f"{must}; was none, at {inclination} deg. Add its survey.")


def _place_all(rows: list[dict[str, Any]], project_crs: str | None, problems: Problems) -> None:
    """Fill LOCATED: all wells of one reference system at once."""
    target = crs_of(project_crs) if project_crs else None
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        well_id, name = row["well_id"], row["crs"]
        found, must = None, f"well {well_id!r}: a location in a known reference system must be given"
        if row["x"] is None or row["y"] is None:
            found, remedy = "no x, y", "Give x and y in the wells table, or a survey whose header has them."
        elif name is None:
            found, remedy = "x, y without crs", "Write crs = 'EPSG:...' in project.toml, or in the well's row."
        elif crs_of(name) is None:
            found, remedy = f"crs {name!r}", "Write it as an EPSG code, such as 'EPSG:23031'."
        elif target is None:
            found, remedy = "a project without crs", "Write crs = 'EPSG:...' at the top of project.toml."
        else:
            groups.setdefault(name, []).append(row)
            continue
        row["crs_confidence"] = "none"
        detail = f"{must}; was {found}. {remedy}"
        problems.add("crs_problem", detail, well_id=well_id, source_id=row["source_id"])
    for name, members in sorted(groups.items()):
        source = crs_of(name)
        assert source is not None
        assert target is not None
        x, y = (np.array([row[axis] for row in members], np.float64) for axis in "xy")
        moved = move(x, y, source, target)
        latitude, longitude, centred = on_earth(x, y, source)
        placed = (moved.x, moved.y, latitude, longitude, *centred)
        for place, row in enumerate(members):
            _place(row, tuple(values[place] for values in placed), moved.chain, moved.weak, problems)


def _place(row: dict[str, Any], numbers: tuple[Any, ...], chain: str, weak: str | None, problems: Problems) -> None:
    well_id = row["well_id"]
    if not all(map(math.isfinite, numbers)) or not is_used_at(numbers[2], numbers[3], row["crs"]):
        row["crs_confidence"] = "none"
        must, remedy = f"well {well_id!r}: x, y must lie where {row['crs']} is used", "Are x and y exchanged?"
        detail = f"{must}; was {row['x']}, {row['y']}. {remedy}"
        problems.add("crs_problem", detail, well_id=well_id, source_id=row["source_id"])
        return
    row |= dict(zip(LOCATED, map(float, numbers), strict=False))
    stated = row["transform_chain"]
    row["transform_chain"] = f"stated: {stated}; used: {chain}" if stated else chain
    if weak is not None:
        row["crs_confidence"] = "unverified" if row["crs_confidence"] == "documented" else row["crs_confidence"]
        must = f"well {well_id!r}: the transformation must be of known accuracy"
        detail = f"{must}; was {chain}: {weak}. Install the grid, or state the well in the project's crs."
        problems.add("transform_chain_problem", detail, well_id=well_id, source_id=row["source_id"])


def _compare_rows(first: dict[str, Any], other: dict[str, Any], problems: Problems) -> None:
    """Note what a second row of a well means: two wells of one id, a location in dispute, or the same again."""
    well_id, source_id = first["well_id"], other["source_id"]
    apart = 0.0
    if first["x_m"] is not None and other["x_m"] is not None:
        apart = math.hypot(first["x_m"] - other["x_m"], first["y_m"] - other["y_m"])
    must = f"well {well_id!r} must be one well, at one place"
    same = first["location_source"] == other["location_source"]
    _note_apart(first, "identity_m" if same else "sources_m", apart)
    if apart <= APART_M:
        detail = f"{must}, on one row; was on another one too. One counts; remove the others."
        problems.add("row_fault", detail, well_id=well_id, source_id=source_id)
    elif not same:
        first["crs_confidence"] = "conflict"
        sources = f"{first['location_source']!r} and {other['location_source']!r}"
        detail = f"{must}; was {apart:.1f} m apart by {sources}. Which datum and zone is each in?"
        problems.add("crs_conflict", detail, well_id=well_id, source_id=source_id)
    else:
        detail = f"{must}; was on two rows, {apart:.1f} m apart. Give each well an id of its own."
        problems.add("identity_problem", detail, well_id=well_id, source_id=source_id)


def _compare(row: dict[str, Any], header: SurveyHeader | None, project_crs: str | None, problems: Problems) -> None:
    """Note where the survey's header places the wellhead elsewhere: by its map, or by its latitude and longitude."""
    if header is None or header.facts.x is None or header.facts.y is None or row["x_m"] is None:
        return
    facts = header.facts
    x, y = header.facts.x, header.facts.y
    source, target = crs_of(facts.crs or row["crs"]), crs_of(project_crs or "")
    if source is None or target is None:
        return
    moved = move(_one(x), _one(y), source, target)
    apart = math.hypot(float(moved.x[0]) - row["x_m"], float(moved.y[0]) - row["y_m"])
    remedy = "Which datum and zone is each in?"
    _note_apart(row, "sources_m", apart)
    if not apart <= APART_M:
        _note_conflict(row, header, f"{apart:.1f} m from the surface location of {header.path}. {remedy}", problems)
    on_datum = geodetic(x, y, source)
    if facts.latitude_deg is None or facts.longitude_deg is None or on_datum is None:
        return
    north = (facts.latitude_deg - on_datum[0]) * _DEGREE_M
    east = (facts.longitude_deg - on_datum[1]) * _DEGREE_M * math.cos(math.radians(on_datum[0]))
    _note_apart(row, "sources_m", math.hypot(north, east))
    if not math.hypot(north, east) <= APART_M:
        found = f"{math.hypot(north, east):.1f} m apart by the map and the degrees of {header.path}. {remedy}"
        _note_conflict(row, header, found, problems)


def _note_conflict(row: dict[str, Any], header: SurveyHeader, found: str, problems: Problems) -> None:
    row["crs_confidence"] = "conflict"
    detail = f"well {row['well_id']!r}: its location's sources must agree within {APART_M:g} m; was {found}"
    problems.add("crs_conflict", detail, well_id=row["well_id"], source_id=header.source_id)


def _note_apart(row: dict[str, Any], column: str, apart: float) -> None:
    if math.isfinite(apart):
        row[column] = max(apart, row[column] or 0.0)


def _one(value: float) -> Floats:
    return np.array([value], np.float64)
