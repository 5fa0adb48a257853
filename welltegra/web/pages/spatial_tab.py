"""Where the well is, how far that can be trusted, and what lies around it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from connectors.ops.shapes import Neighbour, Spatial, TargetDetail
from welltegra.web.drawings.field_map import Offset, Place, Well, field_map
from welltegra.web.drawings.section import Interval, section
from welltegra.web.pages.contacts import contact_tvdss_m
from welltegra.web.words import figure, fixed, plain

Fact = tuple[str, str]
_ONE_PLACE_M = 30.0
_ANCHORS = {
    "anchored": "anchored: horizontal and vertical place are known",
    "horizontal only": "horizontal only",
    "unanchored": "unanchored: it cannot be placed on the earth",
}
_INTERVAL = "interval"
# What the place is of, in the words of the table and of the sentence under the heading.
_OF = {_INTERVAL: "middle of the interval", "survey_end": "end of the survey", "wellhead": "wellhead"}
_DOUBT = {
    _INTERVAL: "The middle of the interval has its place on the map; its depth or its vertical datum is not known.",
    "survey_end": "The horizontal place is that of the end of the survey: it reaches no interval of this target.",
    "wellhead": (
        "The horizontal place is the wellhead's. Where the interval lies is not known: there is no survey that says it,"
        " nor is the well stated to be vertical."
    ),
}
_NO_INTERVAL = "The horizontal place is the wellhead's: the well has no interval here, and no survey."


@dataclass(frozen=True, slots=True)
class Near:
    """A neighbour in the table under the map. href: of its target."""

    well_id: str
    what: str
    distance: str
    classification: str | None
    href: str | None


@dataclass(frozen=True, slots=True)
class SpatialTab:
    """map: None where the well has no place. section: None where the interval has no depth.

    doubt: what the place is not, in a sentence; None where it is anchored. place_of: what it is of, in words.

    geo: address for other programs; None likewise. undirected: neighbours that drained, and whose way is not known.
    """

    map: Markup | None
    section: Markup | None
    drained: bool
    undirected: str
    anchor: str
    anchored: bool
    doubt: str | None
    place_of: str
    place: tuple[Fact, ...]
    trust: tuple[Fact, ...]
    geo: str | None
    near: tuple[Near, ...]
    blocked: bool


def spatial_tab(detail: TargetDetail, href: Callable[[UUID], str]) -> SpatialTab:
    """Return the tab. href: the address of a target's own tab."""
    spatial = detail.spatial
    known = spatial.latitude_deg is not None and spatial.longitude_deg is not None
    offsets = offsets_of(detail)
    drawn = offsets if spatial.place_at == _INTERVAL else ()
    return SpatialTab(
        map=_map(detail, drawn, href),
        section=_section(detail, offsets),
        drained=bool(drawn),
        undirected=", ".join(one.well_id for one in drawn if one.way is None),
        anchor=_ANCHORS.get(spatial.anchor, spatial.anchor),
        anchored=spatial.anchor == "anchored",
        doubt=_doubt(detail),
        place_of=_OF.get(spatial.place_at or "", "not known"),
        place=(
            ("Place of the", _OF.get(spatial.place_at or "", "not known")),
            ("Easting, northing", _pair(spatial.x_m, spatial.y_m, 1, "m")),
            ("Latitude, longitude", _pair(spatial.latitude_deg, spatial.longitude_deg, 5, "deg")),
            ("ECEF X, Y, Z", _ecef(spatial.ecef_x_m, spatial.ecef_y_m, spatial.ecef_z_m)),
            ("Wellhead", _head(spatial)),
            ("CRS of the well", spatial.crs or "not known"),
            ("CRS of the project", spatial.project_crs or "not named"),
            ("Vertical datum", spatial.vertical_datum or "not known"),
            ("KB elevation", fixed(spatial.kb_elevation_m, 2, "m")),
            ("Largest inclination", fixed(spatial.max_inc_deg, 1, "deg")),
        ),
        trust=(
            ("Location confidence", plain(spatial.crs_confidence)),
            ("Position of the interval", plain(spatial.position_confidence)),
            ("Cone radius, top", fixed(spatial.cone_radius_top_m, 1, "m")),
            ("Cone radius, base", fixed(spatial.cone_radius_base_m, 1, "m")),
            ("Location from", plain(spatial.location_source)),
            ("Transform chain", spatial.transform_chain or "not recorded"),
        ),
        geo=f"geo:{spatial.latitude_deg:.6f},{spatial.longitude_deg:.6f}" if known else None,
        near=tuple(_near(one, href) for one in spatial.neighbours[:12]),
        blocked=detail.row.has_spatial_gap,
    )


# As offset drainage says it of each: "W-010 at 390 m drained 329 m".
_OFFSET = re.compile(r"(?P<well_id>.+) at (?P<distance>\d+) m drained (?:(?P<radius>\d+) m|unknown)")


def offsets_of(detail: TargetDetail) -> tuple[Offset, ...]:
    """Return what neighbours have drained of the target's zone, the nearest first.

    A ranking keeps how far they are at the depth of the interval, and not where; the way there is that from place to
    place, and not known where the two are one.
    """
    said = detail.facts.get("offsets")
    found = [_OFFSET.fullmatch(part) for part in said.split("; ")] if isinstance(said, str) else []
    return tuple(
        Offset(
            one["well_id"],
            float(one["distance"]),
            None if one["radius"] is None else float(one["radius"]),
            _way(detail, one["well_id"]),
        )
        for one in found
        if one is not None
    )


def _way(detail: TargetDetail, well_id: str) -> tuple[float, float] | None:
    spatial = detail.spatial
    there = next((one for one in spatial.neighbours if one.well_id == well_id), None)
    if there is None or spatial.x_m is None or spatial.y_m is None:
        return None
    east, north = there.x_m - spatial.x_m, there.y_m - spatial.y_m
    away = math.hypot(east, north)
    # Heads of one platform say nothing of the way.
    return None if away < _ONE_PLACE_M else (east / away, north / away)


def _map(detail: TargetDetail, offsets: tuple[Offset, ...], href: Callable[[UUID], str]) -> Markup | None:
    spatial, row = detail.spatial, detail.row
    if spatial.x_m is None or spatial.y_m is None:
        return None
    # Around another place than the interval's neither circle means anything.
    sure = spatial.place_at == _INTERVAL
    cones = [one for one in (spatial.cone_radius_top_m, spatial.cone_radius_base_m) if one is not None]
    place = Place(
        row.well_id,
        spatial.x_m,
        spatial.y_m,
        row.classification,
        _radius(detail) if sure else None,
        max(cones, default=None) if sure else None,
        offsets,
        tuple(zip(spatial.path_x_m, spatial.path_y_m, strict=True)),
    )
    wells = [_well(one, href) for one in spatial.neighbours]
    says = (
        f"Map around {row.well_id}: {len(wells)} wells near by, {sum(one.injects for one in wells)} of them injectors,"
        f" {sum(one.radius_m is not None for one in offsets)} that drained its zone within reach"
    )
    return field_map(place, wells, says)


def _section(detail: TargetDetail, offsets: tuple[Offset, ...]) -> Markup | None:
    interval, spatial = detail.interval, detail.spatial
    top, base = interval.top_tvdss_m, interval.base_tvdss_m
    if top is None or base is None:
        return None
    drawn = Interval(
        detail.row.well_id,
        detail.row.classification,
        top,
        base,
        spatial.cone_radius_top_m,
        spatial.cone_radius_base_m,
        _radius(detail),
        contact_tvdss_m(detail),
    )
    says = f"Section through {detail.row.well_id}: the interval from {top:.1f} to {base:.1f} m TVDSS"
    return section(drawn, offsets, says)


def _radius(detail: TargetDetail) -> float | None:
    radius = detail.facts.get("target_radius_m")
    return float(radius) if isinstance(radius, int | float) else None


def _well(one: Neighbour, href: Callable[[UUID], str]) -> Well:
    target = one.reopening_target_id
    shut = one.status is not None and any(word in one.status.lower() for word in ("shut", "abandon", "plug"))
    return Well(
        one.well_id, one.x_m, one.y_m, one.injects, shut, one.classification, None if target is None else href(target)
    )


def _near(one: Neighbour, href: Callable[[UUID], str]) -> Near:
    what = "injector" if one.injects else plain(one.status)
    if one.place_at != _INTERVAL:
        what = f"{what}, at its {_OF.get(one.place_at, one.place_at)}"
    target = one.reopening_target_id
    return Near(
        one.well_id, what, f"{figure(one.distance_m)} m", one.classification, None if target is None else href(target)
    )


def _doubt(detail: TargetDetail) -> str | None:
    """Return what is not known of the place; None where it is anchored, or nothing is known of it at all."""
    spatial = detail.spatial
    if spatial.anchor == "anchored" or spatial.place_at is None:
        return None
    if spatial.place_at == "wellhead" and detail.interval.top_md_m is None:
        return _NO_INTERVAL
    return _DOUBT.get(spatial.place_at)


def _head(spatial: Spatial) -> str:
    """Return the wellhead, and how far the place is from it on the map."""
    said = _pair(spatial.head_x_m, spatial.head_y_m, 1, "m")
    if None in (spatial.head_x_m, spatial.head_y_m, spatial.x_m, spatial.y_m) or spatial.place_at == "wellhead":
        return said
    away = math.hypot(
        (spatial.x_m or 0.0) - (spatial.head_x_m or 0.0), (spatial.y_m or 0.0) - (spatial.head_y_m or 0.0)
    )
    return f"{said}; {away:.0f} m away"


def _pair(first: float | None, second: float | None, decimals: int, unit: str) -> str:
    if first is None or second is None:
        return "not known"
    return f"{fixed(first, decimals)}, {fixed(second, decimals)} {unit}"


def _ecef(*found: float | None) -> str:
    return "not known" if None in found else ", ".join(fixed(one, 1) for one in found) + " m"
