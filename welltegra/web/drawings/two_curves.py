"""A utility curve over the one that it would replace: the earlier dashed, the later drawn out, on axes of both."""

from __future__ import annotations

from markupsafe import Markup

from welltegra.web.drawings.curve import BOTTOM, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Points, axes, through
from welltegra.web.drawings.scales import Linear, Log
from welltegra.web.drawings.svg import line, picture, text


def two_curves(before: Points, after: Points, axis: str, name: str, unit: str, says: str) -> Markup:
    """Return both curves; the breakpoints under the axis are the later one's. axis: of the later one, too."""
    low, high = min(before[0][0], after[0][0]), max(before[-1][0], after[-1][0])
    # A little beyond either end, so that one sees which is clamped where.
    log = axis == "log2" and low > 0
    beyond = 0.04 * (high - low)
    x: Linear | Log = Log(low, high, LEFT, RIGHT) if log else Linear(low - beyond, high + beyond, LEFT, RIGHT)
    y = Linear(0.0, 1.0, BOTTOM, TOP)
    return picture(
        WIDTH,
        HEIGHT,
        says,
        text(0.0, 11.0, name, class_="name"),
        line(0.0, 21.5, 18.0, 21.5, "line was"),
        text(22.0, 25.0, "before"),
        line(66.0, 21.5, 84.0, 21.5, "line"),
        text(88.0, 25.0, "after"),
        *axes(after, x, y, axis, unit),
        *through(before, x, y, "was"),
        *through(after, x, y),
        class_="curve",
    )
