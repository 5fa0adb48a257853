"""A map of what is around a target: wells by what they do, the drainage circle, cone, grid, scale bar and north."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from welltegra.web.drawings.scales import label, round_step, steps
from welltegra.web.drawings.svg import element, line, path, picture, rect, text

WIDTH, HEIGHT = 468.0, 400.0
_LEFT, _TOP, _RIGHT, _BOTTOM = 8.0, 8.0, 460.0, 356.0


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
class Place:
    """The target. drainage_m, cone_m: radii, None where unknown."""

    well_id: str
    x_m: float
    y_m: float
    classification: str
    drainage_m: float | None
    cone_m: float | None


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
    drawn: list[Markup | None] = [rect(_LEFT, _TOP, _RIGHT - _LEFT, _BOTTOM - _TOP, "frame"), *_grid(view)]
    x, y = view.x(place.x_m), view.y(place.y_m)
    if place.drainage_m:
        drawn.append(element("circle", cx=x, cy=y, r=place.drainage_m * view.scale, class_="drainage"))
        at = y - place.drainage_m * view.scale - 4.0
        drawn.append(
            text(x, max(at, _TOP + 10.0), f"drainage r {place.drainage_m:.0f} m", class_="soft", anchor="middle")
        )
    if place.cone_m:
        drawn.append(element("circle", cx=x, cy=y, r=max(place.cone_m * view.scale, 2.0), class_="cone"))
    drawn += [_well(well, view, named=named) for well, named in _named(place, shown, view)]
    drawn += [
        element("circle", cx=x, cy=y, r=9.0, class_=f"target ring {place.classification}"),
        element("circle", cx=x, cy=y, r=4.5, class_=f"target {place.classification}"),
        text(x + 12.0, y + 4.0, place.well_id, class_="name"),
    ]
    drawn += [*_scale_bar(view), *_north(), *_legend()]
    return picture(WIDTH, HEIGHT, says, *drawn, class_="map", role="group")


def _view(place: Place, wells: Sequence[Well]) -> _View:
    # The eight nearest decide how far one sees; a lone well still gets its surroundings.
    away = sorted(math.hypot(well.x_m - place.x_m, well.y_m - place.y_m) for well in wells)[:8]
    reach = max((away[-1] if away else 0.0) * 1.1, (place.drainage_m or 0.0) * 1.6, (place.cone_m or 0.0) * 1.6, 250.0)
    return _View(place.x_m, place.y_m, (_BOTTOM - _TOP) / 2 / reach)


def _grid(view: _View) -> list[Markup | None]:
    half_x, half_y = (_RIGHT - _LEFT) / 2 / view.scale, (_BOTTOM - _TOP) / 2 / view.scale
    drawn: list[Markup | None] = []
    for east in steps(view.x0 - half_x, view.x0 + half_x, 4):
        if _LEFT + 24.0 < view.x(east) < _RIGHT - 24.0:
            drawn += [
                line(view.x(east), _TOP, view.x(east), _BOTTOM, "grid"),
                text(view.x(east), _BOTTOM - 4.0, f"{east:.0f} E", class_="soft", anchor="middle"),
            ]
    for north in steps(view.y0 - half_y, view.y0 + half_y, 4):
        if _TOP + 12.0 < view.y(north) < _BOTTOM - 24.0:
            drawn += [
                line(_LEFT, view.y(north), _RIGHT, view.y(north), "grid"),
                text(_LEFT + 4.0, view.y(north) - 3.0, f"{north:.0f} N", class_="soft"),
            ]
    return drawn


def _named(place: Place, wells: Sequence[Well], view: _View) -> list[tuple[Well, bool]]:
    """Return wells with whether there is room for their name: the target's comes first, then the nearer ones'."""
    taken = [(view.x(place.x_m) + 6.0, view.y(place.y_m), 7.0 * len(place.well_id) + 10.0)]
    found: list[tuple[Well, bool]] = []
    for well in wells:
        x, y, width = view.x(well.x_m), view.y(well.y_m), 6.2 * len(well.well_id) + 12.0
        left = x - width if x > _RIGHT - width else x
        # Along the lower edge stand the eastings.
        free = y < _BOTTOM - 16.0 and all(
            abs(y - other) > 11.0 or left > at + wide or left + width < at for at, other, wide in taken
        )
        if free:
            taken.append((left, y, width))
        found.append((well, free))
    return found


def _well(well: Well, view: _View, *, named: bool) -> Markup:
    x, y = view.x(well.x_m), view.y(well.y_m)
    known = well.classification or ""
    near_right = x > _RIGHT - 6.2 * len(well.well_id) - 12.0
    name = (
        None
        if not named
        else text(x - 8.0 if near_right else x + 8.0, y + 3.5, well.well_id, anchor="end" if near_right else "start")
    )
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


def _legend() -> list[Markup | None]:
    y, drawn = HEIGHT - 26.0, list[Markup | None]()
    for at, says, injects, shut in (
        (196.0, "producer", False, False),
        (268.0, "injector", True, False),
        (340.0, "shut or abandoned", False, True),
    ):
        drawn += [symbol(at, y, injects=injects, shut=shut, class_="well"), text(at + 9.0, y + 4.0, says)]
    drawn += [
        element("circle", cx=196.0, cy=y + 16.0, r=5.0, class_="drainage"),
        text(205.0, y + 20.0, "drainage"),
        element("circle", cx=268.0, cy=y + 16.0, r=4.0, class_="cone"),
        text(277.0, y + 20.0, "position, 95 %"),
    ]
    return drawn
