"""What two circles share."""

from __future__ import annotations

import math

from markupsafe import Markup

from welltegra.web.drawings.svg import element, number, path

Circle = tuple[float, float, float]


def lens(one: Circle, other: Circle, class_: str) -> Markup | None:
    """Return what two circles (x, y, radius) share: a lens, or the one that lies in the other; None where nothing."""
    (x0, y0, r0), (x1, y1, r1) = one, other
    apart = math.hypot(x1 - x0, y1 - y0)
    if min(r0, r1) <= 0 or apart >= r0 + r1:
        return None
    if apart <= abs(r0 - r1):
        x, y, r = one if r0 <= r1 else other
        return element("circle", cx=x, cy=y, r=r, class_=class_)
    along = (apart**2 + r0**2 - r1**2) / (2 * apart)
    half = math.sqrt(max(r0**2 - along**2, 0.0))
    east, north = (x1 - x0) / apart, (y1 - y0) / apart
    x, y = x0 + along * east, y0 + along * north
    first, last = (x - half * north, y + half * east), (x + half * north, y - half * east)
    # The longer way around where a middle lies within the lens.
    arcs = [
        f"A{number(r)} {number(r)} 0 {int(large)} 0 {number(end[0])} {number(end[1])}"
        for r, large, end in ((r0, along < 0, last), (r1, apart - along < 0, first))
    ]
    return path(f"M{number(first[0])} {number(first[1])}{arcs[0]}{arcs[1]}Z", class_)
