"""What moved between two rankings: ranks as lines from one side to the other, and an input's part as a bar."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from welltegra.web.drawings.svg import line, picture, rect, text

_WIDTH, _HEIGHT = 420.0, 300.0


def rank_lines(moves: Sequence[tuple[int, int, str, str]]) -> Markup:
    """Return a line for each (rank before, rank after, well, class): up is better."""
    ranks = [rank for before, after, _, _ in moves for rank in (before, after)]
    first, last = min(ranks), max(ranks)
    top, bottom, left, right = 26.0, _HEIGHT - 10.0, 60.0, _WIDTH - 130.0

    def y(rank: int) -> float:
        return top + (bottom - top) * (rank - first) / max(last - first, 1)

    drawn: list[Markup | None] = [
        text(left, 12.0, "rank before", class_="name", anchor="middle"),
        text(right, 12.0, "rank after", class_="name", anchor="middle"),
    ]
    taken: list[float] = []
    for before, after, well, letter in moves:
        way = "up" if after < before else "down" if after > before else "same"
        drawn.append(line(left, y(before), right, y(after), f"moved {way} {letter}".strip()))
        # A name where there is room for one; the table has them all.
        if all(abs(y(after) - other) >= 11.0 for other in taken):
            taken.append(y(after))
            drawn.append(text(right + 6.0, y(after) + 3.5, f"{after} {well}"))
    drawn += [text(left - 6.0, y(rank) + 3.5, rank, anchor="end") for rank in {first, last}]
    return picture(
        _WIDTH, _HEIGHT, f"Ranks before and after of {len(moves)} targets that moved", *drawn, class_="moves"
    )


def moved_bar(moved: float, most: float, title: str) -> Markup:
    """Return what an input adds more or less, about a middle line; most: the largest of all."""
    width, height = 72.0, 10.0
    middle = width / 2
    share = 0.0 if most == 0 else min(abs(moved) / most, 1.0) * (middle - 2)
    bar = rect(middle if moved >= 0 else middle - share, 1.0, share, height - 2, "more" if moved >= 0 else "less")
    says = f"{title} moves the total by {moved:+.3f}"
    return picture(width, height, says, bar, line(middle, 0.0, middle, height, "axis"), class_="moved-by")
