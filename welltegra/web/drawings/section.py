"""A vertical section through a target: interval, cone of its position, its drainage and that of its neighbours.

A ranking keeps no survey: the hole is drawn vertical, and neighbours at their distance, whatever the direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from welltegra.web.drawings.field_map import Offset
from welltegra.web.drawings.scales import Linear, label, steps
from welltegra.web.drawings.svg import area, line, picture, rect, text

WIDTH, HEIGHT = 468.0, 236.0
_LEFT, _TOP, _RIGHT, _BOTTOM = 52.0, 26.0, 458.0, 196.0
# A contact further off than so many times the interval's thickness would leave nothing of the interval to be seen.
_FAR = 25.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a target lies. Depths [m TVDSS], radii [m]; None where unknown. contact_m: or the lowest known oil."""

    well_id: str
    classification: str
    top_m: float
    base_m: float
    cone_top_m: float | None
    cone_base_m: float | None
    drainage_m: float | None
    contact_m: float | None


def section(interval: Interval, offsets: Sequence[Offset], says: str) -> Markup:
    """Return the section, the target's well at 0 m."""
    x, y = _across(interval, offsets), _down(interval)
    top, base = y.at(interval.top_m), y.at(interval.base_m)
    drawn: list[Markup | None] = [rect(_LEFT, _TOP, _RIGHT - _LEFT, _BOTTOM - _TOP, "frame"), *_axes(x, y)]
    own, free = interval.drainage_m or 0.0, x.at(0.0) + 3.6 * len(interval.well_id)
    for one in sorted(offsets, key=lambda one: one.distance_m):
        if one.radius_m is not None:
            left, right = x.at(one.distance_m - one.radius_m), x.at(one.distance_m + one.radius_m)
            drawn.append(rect(left, top, right - left, base - top, "drained"))
            if (edge := x.at(own)) > left:
                drawn.append(
                    rect(max(left, x.at(-own)), top, min(edge, right) - max(left, x.at(-own)), base - top, "shared")
                )
        at, half = x.at(one.distance_m), 3.1 * len(one.well_id)
        drawn.append(line(at, _TOP, at, base, "hole"))
        # The title at the right, and the name before, need their room.
        if at - half >= free and at + half <= _RIGHT - 120.0:
            drawn.append(text(at, _TOP - 5.0, one.well_id, anchor="middle"))
            free = at + half + 4.0
        else:
            late = at + 2.0 * half + 8.0 > _RIGHT
            drawn.append(
                text(at + (-4.0 if late else 4.0), _TOP + 11.0, one.well_id, anchor="end" if late else "start")
            )
    if own:
        drawn.append(rect(x.at(-own), top, x.at(own) - x.at(-own), base - top, "drainage"))
    if interval.cone_top_m is not None and interval.cone_base_m is not None:
        right_side = [(x.at(interval.cone_top_m), top), (x.at(interval.cone_base_m), base)]
        left_side = [(x.at(-interval.cone_top_m), top), (x.at(-interval.cone_base_m), base)]
        drawn.append(area(right_side, left_side, "cone"))
    middle = x.at(0.0)
    drawn += [
        line(middle, _TOP, middle, base, "hole"),
        line(middle, top, middle, base, f"perforated {interval.classification}"),
        text(middle, _TOP - 5.0, interval.well_id, class_="name", anchor="middle"),
        *_contact(interval, y),
        text(0.0, 12.0, "TVDSS [m]", class_="name"),
        text(_RIGHT, 12.0, _exaggeration(x, y), anchor="end"),
    ]
    return picture(WIDTH, HEIGHT, says, *drawn, class_="section")


def _across(interval: Interval, offsets: Sequence[Offset]) -> Linear:
    own = max(interval.drainage_m or 0.0, interval.cone_top_m or 0.0, interval.cone_base_m or 0.0, 50.0)
    far = max((one.distance_m + (one.radius_m or 0.0) for one in offsets), default=own)
    return Linear(-1.15 * own, 1.08 * max(far, 1.07 * own), _LEFT, _RIGHT)


def _down(interval: Interval) -> Linear:
    thick = max(interval.base_m - interval.top_m, 1.0)
    above, below = interval.top_m - 1.5 * thick, interval.base_m + 1.5 * thick
    contact = interval.contact_m
    if contact is not None and abs(contact - interval.base_m) <= _FAR * thick:
        above, below = min(above, contact - 0.6 * thick), max(below, contact + 0.6 * thick)
    return Linear(above, below, _TOP, _BOTTOM)


def _axes(x: Linear, y: Linear) -> list[Markup | None]:
    drawn: list[Markup | None] = []
    for depth in steps(y.low, y.high, 6):
        if _TOP + 3.0 <= y.at(depth) <= _BOTTOM - 3.0:
            drawn += [
                line(_LEFT, y.at(depth), _RIGHT, y.at(depth), "grid"),
                text(_LEFT - 4.0, y.at(depth) + 3.5, f"{depth:g}", anchor="end"),
            ]
    for away in steps(x.low, x.high, 7):
        if _LEFT + 4.0 <= x.at(away) <= _RIGHT - 4.0:
            drawn += [
                line(x.at(away), _BOTTOM, x.at(away), _BOTTOM + 4.0, "tick"),
                text(x.at(away), _BOTTOM + 15.0, label(abs(away)), anchor="middle"),
            ]
    return [
        *drawn,
        text((_LEFT + _RIGHT) / 2, _BOTTOM + 30.0, "distance from the well at the interval [m]", anchor="middle"),
    ]


def _contact(interval: Interval, y: Linear) -> list[Markup | None]:
    contact = interval.contact_m
    if contact is None:
        return []
    if not y.low < contact < y.high:
        where = "below" if contact > interval.base_m else "above"
        said = f"contact or lowest known oil {contact:.0f} m, {where} what is drawn"
        return [text(_RIGHT - 4.0, _BOTTOM - 5.0, said, class_="contact", anchor="end")]
    at = y.at(contact)
    said = f"contact or lowest known oil {contact:.1f} m"
    base = at - 4.0 if at > (_TOP + _BOTTOM) / 2 else at + 12.0
    return [
        line(_LEFT, at, _RIGHT, at, "contact"),
        text(_RIGHT - 4.0, base, said, class_="contact", anchor="end"),
    ]


def _exaggeration(x: Linear, y: Linear) -> str:
    across = (x.end - x.start) / (x.high - x.low)
    down = (y.end - y.start) / (y.high - y.low)
    return f"vertical exaggeration {down / across:.{0 if down / across >= 10 else 1}f}"
