"""Where the well is, how far that can be trusted, and what lies around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from connectors.ops.shapes import Neighbour, TargetDetail
from welltegra.web.drawings.field_map import Place, Well, field_map
from welltegra.web.words import figure, fixed, plain

Fact = tuple[str, str]
_ANCHORS = {
    "anchored": "anchored: horizontal and vertical place are known",
    "horizontal only": "horizontal only: the height is not known",
    "unanchored": "unanchored: it cannot be placed on the earth",
}


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
    """map: None where the well has no place. geo: address for other programs; None likewise. three_d: a sentence."""

    map: Markup | None
    anchor: str
    anchored: bool
    place: tuple[Fact, ...]
    trust: tuple[Fact, ...]
    geo: str | None
    near: tuple[Near, ...]
    blocked: bool


def spatial_tab(detail: TargetDetail, href: Callable[[UUID], str]) -> SpatialTab:
    """Return the tab. href: the address of a target's own tab."""
    spatial = detail.spatial
    known = spatial.latitude_deg is not None and spatial.longitude_deg is not None
    return SpatialTab(
        map=_map(detail, href),
        anchor=_ANCHORS.get(spatial.anchor, spatial.anchor),
        anchored=spatial.anchor == "anchored",
        place=(
            ("Easting, northing", _pair(spatial.x_m, spatial.y_m, 1, "m")),
            ("Latitude, longitude", _pair(spatial.latitude_deg, spatial.longitude_deg, 5, "deg")),
            ("ECEF X, Y, Z", _ecef(spatial.ecef_x_m, spatial.ecef_y_m, spatial.ecef_z_m)),
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


def _map(detail: TargetDetail, href: Callable[[UUID], str]) -> Markup | None:
    spatial, row = detail.spatial, detail.row
    if spatial.x_m is None or spatial.y_m is None:
        return None
    radius = detail.facts.get("target_radius_m")
    cones = [one for one in (spatial.cone_radius_top_m, spatial.cone_radius_base_m) if one is not None]
    place = Place(
        row.well_id,
        spatial.x_m,
        spatial.y_m,
        row.classification,
        float(radius) if isinstance(radius, int | float) else None,
        max(cones, default=None),
    )
    wells = [_well(one, href) for one in spatial.neighbours]
    says = (
        f"Map around {row.well_id}: {len(wells)} wells near by, {sum(one.injects for one in wells)} of them injectors"
    )
    return field_map(place, wells, says)


def _well(one: Neighbour, href: Callable[[UUID], str]) -> Well:
    target = one.reopening_target_id
    shut = one.status is not None and any(word in one.status.lower() for word in ("shut", "abandon", "plug"))
    return Well(
        one.well_id, one.x_m, one.y_m, one.injects, shut, one.classification, None if target is None else href(target)
    )


def _near(one: Neighbour, href: Callable[[UUID], str]) -> Near:
    what = "injector" if one.injects else plain(one.status)
    target = one.reopening_target_id
    return Near(
        one.well_id, what, f"{figure(one.distance_m)} m", one.classification, None if target is None else href(target)
    )


def _pair(first: float | None, second: float | None, decimals: int, unit: str) -> str:
    if first is None or second is None:
        return "not known"
    return f"{fixed(first, decimals)}, {fixed(second, decimals)} {unit}"


def _ecef(*found: float | None) -> str:
    return "not known" if None in found else ", ".join(fixed(one, 1) for one in found) + " m"
