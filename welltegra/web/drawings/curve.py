"""A utility curve with the target's point on it: small in a row of the table, larger with axes."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from welltegra.web.drawings.scales import Linear, Log, label
from welltegra.web.drawings.svg import area, element, known, line, picture, polyline, text

Points = Sequence[tuple[float, float]]


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
) -> Markup:
    """Return the curve with its breakpoints, both axes, and dropped lines from the target's point.

    here: whether it is of a target at all.
    """
    width, height = 208.0, 118.0
    x, y = _scale(points, axis, value, 28.0, width - 10.0), Linear(0.0, 1.0, height - 30.0, 20.0)
    drawn: list[Markup | None] = [text(0.0, 11.0, f"{name} [{unit}]" if unit not in ("", "-") else name, class_="name")]
    for u in (0.0, 0.5, 1.0):
        drawn += [line(28.0, y.at(u), width - 10.0, y.at(u), "grid"), text(24.0, y.at(u) + 3.5, f"{u:g}", anchor="end")]
    last = -math.inf
    for at, _ in points:
        if x.at(at) - last >= 26.0:
            drawn.append(text(x.at(at), height - 17.0, label(at), anchor="middle"))
            last = x.at(at)
    if known(value) and known(utility):
        drawn += [
            line(x.at(value), y.at(utility), x.at(value), y.at(0.0), "drop"),
            line(28.0, y.at(utility), x.at(value), y.at(utility), "drop"),
            text(width - 10.0, 11.0, f"{value:.3g} gives {utility:.2f}", class_="here", anchor="end"),
        ]
    elif here:
        drawn.append(text(width - 10.0, 11.0, "not known", class_="here", anchor="end"))
    drawn += _drawn(points, x, y, value, utility, 4.0)
    drawn.append(text((width + 18.0) / 2, height - 3.0, "log2 axis" if axis == "log2" else "", anchor="middle"))
    return picture(width, height, says, *drawn, class_="curve")


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
    # Clamped at both ends: the curve goes on level to the edge.
    through = [(x.start, y.at(points[0][1])), *((x.at(a), y.at(b)) for a, b in points), (x.end, y.at(points[-1][1]))]
    drawn: list[Markup | None] = [
        area(through, [(x.start, y.at(0.0)), (x.end, y.at(0.0))], "under"),
        polyline(through, "line"),
    ]
    if known(value) and known(utility):
        drawn.append(element("circle", cx=x.at(value), cy=y.at(utility), r=radius, class_="point"))
    return drawn
