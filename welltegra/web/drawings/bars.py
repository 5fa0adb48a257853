"""Scores as bars: the score filled, what closing the gaps could add hatched after it, with a cap at its end.

A page of the table has hundreds. They are written straight as text: it is all numbers and names of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

_HATCH_PX: Final = 3.0


@dataclass(frozen=True, slots=True)
class Score:
    """A score and its potential, both from 0 to 1. name: static, dynamic, operability, confidence or total."""

    name: str
    score: float
    potential: float

    @property
    def said(self) -> str:
        """The two in words."""
        least = f"{self.name} {self.score:.2f}"
        return f"{least}, up to {self.potential:.2f}" if self.open else least

    @property
    def open(self) -> bool:
        """Whether closing gaps could add what shows at the decimals printed."""
        return self.potential - self.score >= 0.005


def score_bar(score: Score, width: float = 118.0, height: float = 10.0) -> Markup:
    """Return one bar."""
    return _drawing("score", width, height + 2, score.said, _bar(score, 0.0, 1.0, width, height))


def component_bars(scores: Sequence[Score], width: float = 92.0) -> Markup:
    """Return the four components under each other: letter, bar, number."""
    row = 11.0
    drawn = [
        f'<text x="0" y="{k * row + 8.5:g}" class="mini">{one.name[:1].upper()}</text>'
        f"{_bar(one, 12.0, k * row + 3.0, width - 38.0, 5.0)}"
        f'<text x="{width:g}" y="{k * row + 8.5:g}" class="mini end">{one.score:.2f}</text>'
        for k, one in enumerate(scores)
    ]
    return _drawing("minis", width, row * len(scores), "; ".join(one.said for one in scores), "".join(drawn))


def remaining_bars(counts: Mapping[float, int], chosen: float | None, says: str) -> Markup:
    """Return how many would remain for each lowest value, as bars; those that are left out are pale."""
    width, height = 176.0, 34.0
    most = max(counts.values(), default=0) or 1
    step = width / max(len(counts), 1)
    least = 0.0 if chosen is None else chosen - 1e-9
    bars = [
        f'<rect x="{k * step + 0.5:.1f}" y="{height * (1 - count / most):.1f}" width="{step - 1:.1f}"'
        f' height="{height * count / most:.1f}" class="{"out" if value < least else "in"}"/>'
        for k, (value, count) in enumerate(sorted(counts.items()))
    ]
    return _drawing("remaining", width, height, says, "".join(bars))


def _drawing(class_: str, width: float, height: float, says: str, drawn: str) -> Markup:
    return Markup(  # noqa: S704 - numbers and names of ours; what it says is escaped
        f'<svg class="drawing {class_}" viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
        f' role="img" aria-label="{escape(says)}">{drawn}</svg>'
    )


def _bar(score: Score, x: float, y: float, width: float, height: float) -> str:
    filled, reached = score.score * width, score.potential * width
    drawn = [f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="2" class="track"/>']
    if reached - filled >= 0.5:
        at, hatch = filled + 1.5, list[str]()
        while at < reached - 0.5:
            hatch.append(f"M{x + at:.1f} {y:g}v{height:g}")
            at += _HATCH_PX
        drawn.append(f'<path d="{"".join(hatch)}M{x + reached:.1f} {y - 1:g}v{height + 2:g}" class="hatch"/>')
    drawn.append(
        f'<rect x="{x:g}" y="{y:g}" width="{filled:.1f}" height="{height:g}" rx="2" class="fill {score.name}"/>'
    )
    return "".join(drawn)
