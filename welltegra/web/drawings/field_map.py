"""A map of what is around a target: wells by what they do, drained circles, cone, grid, scale bar and north."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from welltegra.web.drawings.labels import Box, Labels, around
from welltegra.web.drawings.lens import lens
from welltegra.web.drawings.scales import label, round_step, steps
from welltegra.web.drawings.svg import element, line, path, picture, polyline, rect, text

WIDTH, HEIGHT = 468.0, 400.0
_LEFT, _TOP, _RIGHT, _BOTTOM = 8.0, 8.0, 460.0, 356.0
# How many of its drainage radii one sees around a target, where that leaves wells to be seen.
_RADII, _FEWEST = 7.0, 3


@dataclass(frozen=True, slots=True)
class Well:
    """A well near by, at x, y [m]. href: of its target, where it is one."""

    well_id: str
    x_m: float
    y_m: float
    injects: bool
    shut: bool
    classification: str | None
    href: str | None


@dataclass(frozen=True, slots=True)
class Offset:
    """What a neighbour has drained of the target's zone. distance_m: from the target, at the depth of the interval.

    east, north: the way to it, of length 1; None where it is not known. radius_m: None where that is not known.
    """

    well_id: str
    distance_m: float
    radius_m: float | None
    way: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The target. drainage_m, cone_m: radii, None where unknown.

    way: from its wellhead to it, x and y [m]; empty where that is not known, and where they are one.
    """

    well_id: str
    x_m: float
    y_m: float
    classification: str
    drainage_m: float | None
    cone_m: float | None
    offsets: tuple[Offset, ...] = ()
    way: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class _View:
    """Metres to pixels: the same both ways, north up."""

    x0: float
    y0: float
    scale: float

    def x(self, x_m: float) -> float:
        return (_LEFT + _RIGHT) / 2 + (x_m - self.x0) * self.scale

    def y(self, y_m: float) -> float:
        return (_TOP + _BOTTOM) / 2 - (y_m - self.y0) * self.scale

    def shows(self, x_m: float, y_m: float) -> bool:
        return _LEFT <= self.x(x_m) <= _RIGHT and _TOP <= self.y(y_m) <= _BOTTOM


def field_map(place: Place, wells: Sequence[Well], says: str) -> Markup:
    """Return the map, the target in its middle."""
    view = _view(place, wells)
    shown = [well for well in wells if view.shows(well.x_m, well.y_m)]
    x, y = view.x(place.x_m), view.y(place.y_m)
    marks = [around(view.x(one.x_m), view.y(one.y_m), 6.5) for one in shown]
    # Along the edges stand the grid's numbers, in a corner north.
    edges = [
        Box(_LEFT, _BOTTOM - 15.0, _RIGHT, _BOTTOM),
        Box(_RIGHT - 28.0, _TOP, _RIGHT, _TOP + 42.0),
        *(Box(_LEFT, view.y(north) - 13.0, _LEFT + 58.0, view.y(north)) for north in _northings(view)),
    ]
    names = Labels(Box(_LEFT, _TOP, _RIGHT, _BOTTOM), [*marks, *edges, around(x, y, 9.5)])
    own = names.placed(x, y, place.well_id, "name", 12.0)
    circle = names.placed(x, y - (place.drainage_m or 0.0) * view.scale, _radius_of(place), "soft", 2.0)
    drawn: list[Markup | None] = [
        rect(_LEFT, _TOP, _RIGHT - _LEFT, _BOTTOM - _TOP, "frame"),
        *_grid(view),
        *_drained(place, view),
        circle,
        _way(place, view),
    ]
    if place.cone_m:
        drawn.append(element("circle", cx=x, cy=y, r=max(place.cone_m * view.scale, 2.0), class_="cone"))
    drawn += [_well(well, view, names.placed(view.x(well.x_m), view.y(well.y_m), well.well_id)) for well in shown]
    drawn += [
        element("circle", cx=x, cy=y, r=9.0, class_=f"target ring {place.classification}"),
        element("circle", cx=x, cy=y, r=4.5, class_=f"target {place.classification}"),
        own,
    ]
    drawn += [*_scale_bar(view), *_north(), *_legend(drained=bool(place.offsets), head=bool(place.way))]
    return picture(WIDTH, HEIGHT, says, *drawn, class_="map", role="group")


def _view(place: Place, wells: Sequence[Well]) -> _View:
    # The eight nearest decide how far one sees; a lone well still gets its surroundings.
    away = sorted(math.hypot(well.x_m - place.x_m, well.y_m - place.y_m) for well in wells)
    least = max((place.drainage_m or 0.0) * 1.6, (place.cone_m or 0.0) * 1.6, 250.0)
    least = max(least, *(one.distance_m + (one.radius_m or 0.0) for one in place.offsets), 0.0)
    reach = max((away[:8] or [0.0])[-1] * 1.1, least)
    near = max(_RADII * (place.drainage_m or 0.0), least)
    if place.drainage_m and sum(one <= near for one in away) >= _FEWEST:
        reach = min(reach, near)
    return _View(place.x_m, place.y_m, (_BOTTOM - _TOP) / 2 / reach)


def _radius_of(place: Place) -> str:
    return f"drainage r {place.drainage_m:.0f} m" if place.drainage_m else ""


def _drained(place: Place, view: _View) -> list[Markup | None]:
    """Return what neighbours have drained, the target's own circle over it, and what the two share."""
    x, y = view.x(place.x_m), view.y(place.y_m)
    own = (place.drainage_m or 0.0) * view.scale
    under: list[Markup | None] = []
    shared: list[Markup | None] = []
    for one in place.offsets:
        if one.way is None:
            continue
        ox, oy = x + one.way[0] * one.distance_m * view.scale, y - one.way[1] * one.distance_m * view.scale
        under.append(element("circle", cx=ox, cy=oy, r=2.0, class_="bottom"))
        if one.radius_m is None:
            continue
        said = element("title", f"{one.well_id} has drained {one.radius_m:.0f} m around, {one.distance_m:.0f} m away")
        under.append(element("g", said, element("circle", cx=ox, cy=oy, r=one.radius_m * view.scale, class_="drained")))
        shared.append(lens((x, y, own), (ox, oy, one.radius_m * view.scale), "shared"))
    circle = element("circle", cx=x, cy=y, r=own, class_="drainage") if own else None
    return [*under, circle, *shared]


def _way(place: Place, view: _View) -> Markup | None:
    """Return the way of the well from its head, a square; what lies outside the frame is cut off there."""
    if not place.way:
        return None
    x, y = view.x(place.way[0][0]), view.y(place.way[0][1])
    head = element("g", element("title", f"wellhead of {place.well_id}"), _head(x, y))
    drawn = polyline([(view.x(east), view.y(north)) for east, north in place.way], "hole")
    width, height = _RIGHT - _LEFT, _BOTTOM - _TOP
    box = f"{_LEFT:g} {_TOP:g} {width:g} {height:g}"
    return element("svg", drawn, head, x=_LEFT, y=_TOP, width=width, height=height, viewBox=box)


def _head(x: float, y: float) -> Markup:
    return rect(x - 3.5, y - 3.5, 7.0, 7.0, "well shut")


def _grid(view: _View) -> list[Markup | None]:
    half_x = (_RIGHT - _LEFT) / 2 / view.scale
    drawn: list[Markup | None] = []
    for east in steps(view.x0 - half_x, view.x0 + half_x, 4):
        if _LEFT + 24.0 < view.x(east) < _RIGHT - 24.0:
            drawn += [
                line(view.x(east), _TOP, view.x(east), _BOTTOM, "grid"),
                text(view.x(east), _BOTTOM - 4.0, f"{east:.0f} E", class_="soft", anchor="middle"),
            ]
    for north in _northings(view):
        drawn += [
            line(_LEFT, view.y(north), _RIGHT, view.y(north), "grid"),
            text(_LEFT + 4.0, view.y(north) - 3.0, f"{north:.0f} N", class_="soft"),
        ]
    return drawn


def _northings(view: _View) -> list[float]:
    half = (_BOTTOM - _TOP) / 2 / view.scale
    found = steps(view.y0 - half, view.y0 + half, 4)
    return [north for north in found if _TOP + 12.0 < view.y(north) < _BOTTOM - 24.0]


def _well(well: Well, view: _View, name: Markup | None) -> Markup:
    x, y, known = view.x(well.x_m), view.y(well.y_m), well.classification or ""
    said = element(
        "title", f"{well.well_id}{', injector' if well.injects else ''}{f', class {known}' if known else ''}"
    )
    drawn = element("g", said, symbol(x, y, injects=well.injects, shut=well.shut, class_=f"well {known}".strip()), name)
    return drawn if well.href is None else element("a", drawn, href=well.href, data_drawer="")


def symbol(x: float, y: float, *, injects: bool, shut: bool, class_: str) -> Markup:
    """Return the sign of a well: a disc produces, a triangle injects, a ring does neither."""
    if injects:
        return element(
            "path", d=f"M{x:.1f} {y - 6:.1f}L{x + 5.5:.1f} {y + 4:.1f}H{x - 5.5:.1f}Z", class_=f"{class_} injector"
        )
    return element("circle", cx=x, cy=y, r=4.5, class_=f"{class_} shut" if shut else class_)


def _scale_bar(view: _View) -> list[Markup | None]:
    metres = round_step(60.0 / view.scale)
    width, y = metres * view.scale, HEIGHT - 26.0
    ticks = path(
        f"M{_LEFT:.1f} {y - 4:.1f}v8M{_LEFT + width / 2:.1f} {y - 3:.1f}v3M{_LEFT + width:.1f} {y - 4:.1f}v8", "bar"
    )
    return [
        line(_LEFT, y, _LEFT + width, y, "bar"),
        ticks,
        text(_LEFT, y + 18.0, "0"),
        text(
            _LEFT + width, y + 18.0, f"{label(metres)} m" if metres < 1e4 else f"{metres / 1e3:g} km", anchor="middle"
        ),
    ]


def _north() -> list[Markup | None]:
    x, y = _RIGHT - 16.0, _TOP + 32.0
    return [
        path(f"M{x:.1f} {y - 14:.1f}l5 16l-5 -4l-5 4Z", "north"),
        text(x, y - 17.0, "N", class_="name", anchor="middle"),
    ]


def _legend(*, drained: bool, head: bool) -> list[Markup | None]:
    y, drawn = HEIGHT - 26.0, list[Markup | None]()
    for at, says, injects, shut in (
        (136.0, "producer", False, False),
        (212.0, "injector", True, False),
        (288.0, "shut or abandoned", False, True),
    ):
        drawn += [symbol(at, y, injects=injects, shut=shut, class_="well"), text(at + 9.0, y + 4.0, says)]
    drawn += [
        element("circle", cx=136.0, cy=y + 16.0, r=5.0, class_="drainage"),
        text(145.0, y + 20.0, "drainage"),
        element("circle", cx=212.0, cy=y + 16.0, r=4.0, class_="cone"),
        text(221.0, y + 20.0, "position, 95 %"),
    ]
    if head:
        drawn += [_head(404.0, y), text(412.0, y + 4.0, "wellhead")]
    if drained:
        drawn += [
            element("circle", cx=314.0, cy=y + 16.0, r=5.0, class_="drained"),
            text(323.0, y + 20.0, "drained by a neighbour"),
        ]
    return drawn
