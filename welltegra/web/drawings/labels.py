"""Names beside their marks, where there is room: none over another, over a mark, or beyond the frame."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from welltegra.web.drawings.svg import text

_LETTER, _HEIGHT, _AWAY = 6.2, 11.0, 8.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle [px] that is taken, or all that there is."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Return whether the two share any part."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        """Return whether the other lies within."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.top <= other.top
            and other.bottom <= self.bottom
        )


def around(x: float, y: float, radius: float) -> Box:
    """Return the box of a mark."""
    return Box(x - radius, y - radius, x + radius, y + radius)


class Labels:
    """Places names in the order they come: the first has the best place. frame: where names may stand."""

    def __init__(self, frame: Box, taken: list[Box]) -> None:
        self._frame, self._taken = frame, list(taken)

    def placed(self, x: float, y: float, name: str, class_: str = "", away: float = _AWAY) -> Markup | None:
        """Return the name beside the mark at x, y; None where there is no room. away: of the name from its middle."""
        width = (_LETTER + (0.6 if class_ else 0.0)) * len(name)
        ways = (
            (x + away, y + 3.5, "start", x + away),
            (x - away, y + 3.5, "end", x - away - width),
            (x, y - away - 1.0, "middle", x - width / 2),
            (x, y + away + 8.0, "middle", x - width / 2),
            (x + away * 0.7, y - away * 0.9, "start", x + away * 0.7),
            (x + away * 0.7, y + away + 6.0, "start", x + away * 0.7),
            (x - away * 0.7, y - away * 0.9, "end", x - away * 0.7 - width),
            (x - away * 0.7, y + away + 6.0, "end", x - away * 0.7 - width),
        )
        for at, base, anchor, left in ways:
            box = Box(left, base - _HEIGHT + 2.0, left + width, base + 2.0)
            if self._frame.holds(box) and not any(box.meets(one) for one in self._taken):
                self._taken.append(box)
                return text(at, base, name, class_=class_, anchor=anchor)
        return None
