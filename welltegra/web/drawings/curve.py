"""A utility curve with the target's point on it: small in a row of the table, larger with axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from welltegra.web.drawings.scales import Linear, Log, label
from welltegra.web.drawings.svg import area, element, known, line, picture, polyline, text
from welltegra.web.words import figure

Points = Sequence[tuple[float, float]]

WIDTH, HEIGHT = 224.0, 142.0
LEFT, RIGHT, TOP, BOTTOM = 26.0, 214.0, 36.0, 108.0


def spark(points: Points, axis: str, value: float | None, utility: float | None, says: str) -> Markup:
    """Return the curve at the size of a line of text, the target's point on it where both are known."""
    x, y = _scale(points, axis, value, 2.0, 62.0), Linear(0.0, 1.0, 20.0, 3.0)
    return picture(64.0, 22.0, says, *_drawn(points, x, y, value, utility, 2.6), class_="spark")


def curve(
    points: Points,
    axis: str,
    value: float | None,
    utility: float | None,
    name: str,
    unit: str,
    says: str,
    *,
    here: bool = True,
    absent: str = "not known",
) -> Markup:
    """Return the curve with its breakpoints, both axes, and dropped lines from the target's point.

    here: whether it is of a target at all. absent: what is said of a target whose value is not known.
    """
    x, y = _scale(points, axis, value, LEFT, RIGHT), Linear(0.0, 1.0, BOTTOM, TOP)
    drawn: list[Markup | None] = [text(0.0, 11.0, name, class_="name"), *axes(points, x, y, axis, unit)]
    if known(value) and known(utility):
        drawn += [
            line(x.at(value), y.at(utility), x.at(value), y.at(0.0), "drop"),
            line(LEFT, y.at(utility), x.at(value), y.at(utility), "drop"),
            text(0.0, 25.0, f"{figure(value)}{'' if unit == '-' else f' {unit}'} gives {utility:.2f}", class_="here"),
        ]
    elif here:
        drawn.append(text(0.0, 25.0, absent, class_="here"))
    drawn += through(points, x, y)
    if known(value) and known(utility):
        drawn.append(element("circle", cx=x.at(value), cy=y.at(utility), r=4.0, class_="point"))
    return picture(WIDTH, HEIGHT, says, *drawn, class_="curve")


def axes(points: Points, x: Linear | Log, y: Linear, axis: str, unit: str) -> list[Markup | None]:
    """Return utilities at the left, and under the axis the breakpoints that there is room for, with the unit."""
    drawn: list[Markup | None] = []
    for u in (0.0, 0.5, 1.0):
        drawn += [line(LEFT, y.at(u), RIGHT, y.at(u), "grid"), text(LEFT - 4.0, y.at(u) + 3.5, f"{u:g}", anchor="end")]
    free = -math.inf
    for at, _ in points:
        said = label(at)
        half = 3.1 * len(said)
        drawn.append(line(x.at(at), BOTTOM, x.at(at), BOTTOM + 3.0, "tick"))
        if x.at(at) - half >= free + 4.0:
            drawn.append(text(x.at(at), BOTTOM + 14.0, said, anchor="middle"))
            free = x.at(at) + half
    said = " · ".join(one for one in (f"[{unit}]" if unit else "", "log2 axis" if axis == "log2" else "") if one)
    return [*drawn, text((LEFT + RIGHT) / 2, HEIGHT - 3.0, said, anchor="middle")]


def through(points: Points, x: Linear | Log, y: Linear, class_: str = "") -> list[Markup | None]:
    """Return the line through the points, which are marked; clamped at both ends, it goes on level to the edges."""
    along = [(x.start, y.at(points[0][1])), *((x.at(a), y.at(b)) for a, b in points), (x.end, y.at(points[-1][1]))]
    dots = [element("circle", cx=x.at(a), cy=y.at(b), r=1.7, class_=f"break {class_}".strip()) for a, b in points]
    under = area(along, [(x.start, y.at(0.0)), (x.end, y.at(0.0))], "under") if not class_ else None
    return [under, polyline(along, f"line {class_}".strip()), *dots]


def _scale(points: Points, axis: str, value: float | None, start: float, end: float) -> Linear | Log:
    low, high = points[0][0], points[-1][0]
    if known(value):
        low, high = min(low, value), max(high, value)
    # A value far out would press the curve together; its point stays at the edge.
    spread = points[-1][0] - points[0][0]
    low, high = max(low, points[0][0] - 0.6 * spread), min(high, points[-1][0] + 0.6 * spread)
    if axis == "log2" and points[0][0] > 0:
        return Log(max(low, points[0][0] / 2), high, start, end)
    return Linear(low, high, start, end)


def _drawn(
    points: Points, x: Linear | Log, y: Linear, value: float | None, utility: float | None, radius: float
) -> list[Markup | None]:
    under, along, *_ = through(points, x, y)
    if not known(value) or not known(utility):
        return [under, along]
    return [under, along, element("circle", cx=x.at(value), cy=y.at(utility), r=radius, class_="point")]
