"""SVG elements as markup: every name and text escaped, no style attribute, coordinates to a tenth of a pixel."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TypeGuard

from markupsafe import Markup, escape

Number = float | int | None

_NAMES: dict[str, str] = {}


def element(name: str, *children: object, **attributes: object) -> Markup:
    """Return an element. An attribute of None is left out; a `_` in its name is `-`, and one at its end is nothing."""
    said = "".join(
        f' {_NAMES.get(key) or _name(key)}="{_quoted(value)}"' for key, value in attributes.items() if value is not None
    )
    inside = "".join(child if isinstance(child, Markup) else escape(child) for child in children if child is not None)
    # What is put in is escaped, or one of these.
    return Markup(f"<{name}{said}>{inside}</{name}>" if inside else f"<{name}{said}/>")  # noqa: S704


def _name(key: str) -> str:
    return _NAMES.setdefault(key, key.rstrip("_").replace("_", "-"))


def _quoted(value: object) -> str:
    if isinstance(value, float):
        return str(number(value))
    return str(value) if isinstance(value, int) else escape(value)


def picture(width: float, height: float, says: str, *children: object, class_: str = "", role: str = "img") -> Markup:
    """Return an svg that shrinks with its column. says: what it shows, for those who cannot see it.

    role: group for one with links in it, which are read one by one.
    """
    return element(
        "svg",
        *children,
        class_=f"drawing {class_}".strip(),
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        role=role,
        aria_label=says,
    )


def text(x: float, y: float, says: object, *, class_: str = "", anchor: str = "start") -> Markup:
    """Return a text; anchor: start, middle or end."""
    return element("text", says, x=x, y=y, class_=class_ or None, text_anchor=None if anchor == "start" else anchor)


def line(x1: float, y1: float, x2: float, y2: float, class_: str) -> Markup:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_)


def rect(x: float, y: float, width: float, height: float, class_: str, rx: float | None = None) -> Markup:
    return element("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), class_=class_, rx=rx)


def path(d: str, class_: str) -> Markup | None:
    return element("path", d=d, class_=class_) if d else None


def polyline(points: Iterable[tuple[Number, Number]], class_: str) -> Markup | None:
    """Return a line through points, broken where one is not known."""
    pieces: list[str] = []
    pen = "M"
    for x, y in points:
        if not known(x) or not known(y):
            pen = "M"
            continue
        pieces.append(f"{pen}{number(x)} {number(y)}")
        pen = "L"
    return path("".join(pieces), class_)


def area(upper: Sequence[tuple[float, float]], lower: Sequence[tuple[float, float]], class_: str) -> Markup | None:
    """Return the area between two lines."""
    if not upper:
        return None
    along = "L".join(f"{number(x)} {number(y)}" for x, y in (*upper, *reversed(lower)))
    return path(f"M{along}Z", class_)


def known(value: float | None) -> TypeGuard[float]:
    """Return whether it is a number that can be drawn. Zero is one."""
    return value is not None and math.isfinite(value)


def number(value: object) -> object:
    """Return a float to a tenth without needless zeros; anything else as it is."""
    if isinstance(value, float):
        return f"{value:.1f}".rstrip("0").rstrip(".") if math.isfinite(value) else "0"
    return value
