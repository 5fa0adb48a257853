"""How much of one circle others cover: exact, from the arcs of their outline."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def union_area(x: Floats, y: Floats, radius: Floats) -> float:
    """Return the area that circles cover together, whatever their overlaps.

    By Green's theorem: the outline of a union of circles is made of the arcs that lie in no other circle, and the area
    is half the integral of x dy - y dx along them. No polygon stands in for a circle, so nothing depends on segments.
    """
    circles = np.unique(np.column_stack([x, y, radius])[radius > 0.0], axis=0)  # sorted, and no twins
    return sum(_outline(circles, i) for i in range(len(circles)))


def _outline(circles: Floats, i: int) -> float:
    x, y, r = circles[i]
    others = np.delete(circles, i, axis=0)
    dx, dy, other = others[:, 0] - x, others[:, 1] - y, others[:, 2]
    distance = np.hypot(dx, dy)
    if bool(np.any(distance <= other - r)):
        return 0.0  # it lies inside another
    cuts = (distance < r + other) & (distance > r - other)
    dx, dy, other, distance = dx[cuts], dy[cuts], other[cuts], distance[cuts]
    middle = np.arctan2(dy, dx)
    half = np.arccos(np.clip((r * r + distance * distance - other * other) / (2.0 * r * distance), -1.0, 1.0))
    hidden = sorted(_arcs(middle - half, middle + half))
    area, at = 0.0, 0.0
    for start, end in [*hidden, (2.0 * math.pi, 2.0 * math.pi)]:
        if start > at:
            area += _swept(x, y, r, at, start)
        at = max(at, end)
    return area


def _arcs(start: Floats, end: Floats) -> list[tuple[float, float]]:
    """Return the arcs within [0, 2 pi], one that passes 0 as two."""
    turn = 2.0 * math.pi
    arcs = []
    for a, b in zip(start % turn, end - start, strict=True):
        arcs.append((float(a), float(min(a + b, turn))))
        if a + b > turn:
            arcs.append((0.0, float(a + b - turn)))
    return arcs


def _swept(x: float, y: float, r: float, a: float, b: float) -> float:
    return 0.5 * r * (x * (math.sin(b) - math.sin(a)) - y * (math.cos(b) - math.cos(a)) + r * (b - a))


def covered_fraction(x: float, y: float, radius: float, xs: Floats, ys: Floats, radii: Floats) -> float:
    """Return the share of one circle that the union of others covers [-], in [0, 1].

    The part in common is what the others and the circle have apart less what they have together. All lengths [m].
    """
    # About the circle's own centre and in its radius: no large coordinates to lose digits to.
    u, v, s = (xs - x) / radius, (ys - y) / radius, radii / radius
    near = (s > 0.0) & (np.hypot(u, v) < 1.0 + s)
    if not bool(near.any()):
        return 0.0
    u, v, s = u[near], v[near], s[near]
    if bool(np.any(np.hypot(u, v) <= s - 1.0)):
        return 1.0
    both = union_area(np.append(u, 0.0), np.append(v, 0.0), np.append(s, 1.0))
    common = math.pi + union_area(u, v, s) - both
    return min(max(common / math.pi, 0.0), 1.0)
