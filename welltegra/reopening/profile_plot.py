"""The utility curves of a profile as one picture, drawn from the profile itself: what a value is worth, input by input.

Matplotlib's objects alone are used, never pyplot, whose state is shared by the whole process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from schemas.scoring_profile import ProfileDocument
from scoring.profile import Component, Curve, Input
from welltegra.reopening.profile_tables import number

KINDS: Final = ("svg", "png", "pdf")
_COLUMNS: Final = 4
# All in inches: of the picture, of a row of panels, of what stands above all and above a component.
_WIDTH, _ROW, _TITLE, _HEADING = 11.0, 1.95, 0.55, 0.35
# Around the axes of a panel; the words of a table need more room than numbers.
_LEFT, _WORDS, _RIGHT, _BELOW, _ABOVE = 0.55, 1.15, 0.12, 0.5, 0.3
_DPI: Final = 120
# Of Okabe and Ito's palette, told apart by every kind of colour vision.
_BLUE, _ORANGE = "#0072B2", "#E69F00"
# The same profile gives the same bytes: no date, and ids that are made of content and not of chance.
_SAME: Final[dict[Any, Any]] = {"svg.hashsalt": "welltegra", "svg.fonttype": "none", "font.family": "DejaVu Sans"}


@dataclass(frozen=True, slots=True)
class Panel:
    """What draws one input, and the room that it needs at its left [in]."""

    draw: Callable[[Axes], None]
    left: float = _LEFT


def draw(file: IO[bytes], kind: str, document: ProfileDocument) -> None:
    """Write the picture to `file`. kind: one of KINDS."""
    metadata: dict[str, Any] = {"Date": None} if kind == "svg" else {"CreationDate": None} if kind == "pdf" else {}
    with rc_context(_SAME):
        picture(document).savefig(file, format=kind, dpi=_DPI, metadata=metadata)


def picture(document: ProfileDocument) -> Figure:
    """Return the figure: a block for each component, a panel for each input; two for water cut, its level and trend."""
    profile = document.profile
    blocks = [list(_panels(component)) for component in profile.components]
    rows = [-(-len(panels) // _COLUMNS) for panels in blocks]
    height = _TITLE + sum(rows) * _ROW + len(rows) * _HEADING
    # Everything is placed by hand: matplotlib's layouts are solved in an order of chance, and differ in the last digit.
    figure = Figure(figsize=(_WIDTH, height))
    title = f"{profile.display_name}: what each input is worth"
    figure.text(0.01, 1 - 0.22 / height, title, fontsize=11, parse_math=False)
    figure.text(
        0.01, 1 - 0.42 / height, f"{profile.profile_key}, sha256 {document.sha256[:12]}", fontsize=8, parse_math=False
    )
    top = height - _TITLE
    for component, panels, count in zip(profile.components, blocks, rows, strict=True):
        said = f"{component.name}: {number(component.weight)} of the total"
        figure.text(0.01, (top - 0.22) / height, said, fontsize=10, fontweight="bold")
        top -= _HEADING
        for place, panel in enumerate(panels):
            row, column = divmod(place, _COLUMNS)
            panel.draw(figure.add_axes(_place(height, top - row * _ROW, column, panel.left)))
        top -= count * _ROW
    return figure


def _place(height: float, top: float, column: int, left: float) -> tuple[float, float, float, float]:
    """Return where axes lie, as shares of the picture: left, bottom, width, height. top, left: [in]."""
    wide, tall = _WIDTH / _COLUMNS, _ROW - _BELOW - _ABOVE
    bottom = top - _ROW + _BELOW
    return (column * wide + left) / _WIDTH, bottom / height, (wide - left - _RIGHT) / _WIDTH, tall / height


def _panels(component: Component) -> Iterator[Panel]:
    for one in component.inputs:
        title = f"{one.name}  w {number(one.weight)}"
        if one.water_cut is not None:
            cut = one.water_cut
            yield _curve(title, f"{cut.level_input} [{one.unit}]", cut.level)
            trend = f"{one.name}: trend, share {number(cut.trend_share)}"
            yield _curve(trend, f"{cut.trend_input} [1/year]", cut.trend)
        elif one.table is not None:
            yield _table(title, one.table)
        elif one.items:
            steps = tuple((count / len(one.items), count / len(one.items)) for count in range(len(one.items) + 1))
            yield _curve(title, f"share of {len(one.items)} items [{one.unit}]", Curve(steps))
        else:
            yield _curve(title, f"{one.name} [{one.unit}]", _of(one))


def _of(one: Input) -> Curve:
    assert one.curve is not None
    return one.curve


def _curve(title: str, unit: str, curve: Curve) -> Panel:
    def panel(axes: Axes) -> None:
        xs, us = (list(values) for values in zip(*curve.points, strict=True))
        if curve.axis == "log2":
            axes.set_xscale("log", base=2)
            before, after = xs[0] / 2**0.5, xs[-1] * 2**0.5
        else:
            margin = 0.08 * (xs[-1] - xs[0])
            before, after = xs[0] - margin, xs[-1] + margin
        # Beyond both ends a utility stays what it is there.
        axes.plot([before, xs[0]], [us[0], us[0]], color=_BLUE, linewidth=1.2, linestyle=":")
        axes.plot([xs[-1], after], [us[-1], us[-1]], color=_BLUE, linewidth=1.2, linestyle=":")
        axes.plot(xs, us, color=_BLUE, linewidth=1.5, marker="o", markersize=3.5, label="utility")
        axes.set_xlim(before, after)
        axes.set_ylim(-0.05, 1.05)
        axes.xaxis.set_major_locator(FixedLocator(_apart(xs, after - before, curve.axis)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: number(round(x, 6))))
        axes.yaxis.set_major_locator(FixedLocator([0.0, 0.5, 1.0]))
        axes.set_xlabel(unit, fontsize=7, parse_math=False)
        axes.set_ylabel("utility [-]", fontsize=7)
        _dress(axes, title)

    return Panel(panel)


def _table(title: str, table: Mapping[str, float]) -> Panel:
    def panel(axes: Axes) -> None:
        bars = axes.barh(list(table), list(table.values()), color=_ORANGE, edgecolor="black", linewidth=0.5)
        axes.bar_label(bars, [number(u) for u in table.values()], fontsize=6, padding=2)
        axes.invert_yaxis()
        axes.set_xlim(0.0, 1.2)
        axes.xaxis.set_major_locator(FixedLocator([0.0, 0.5, 1.0]))
        axes.set_xlabel("utility [-], by category", fontsize=7)
        _dress(axes, title)

    return Panel(panel, _WORDS)


def _dress(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=8, loc="left", parse_math=False)
    axes.tick_params(labelsize=6)
    axes.grid(visible=True, linewidth=0.3)
    axes.set_axisbelow(True)


def _apart(xs: list[float], span: float, axis: str) -> list[float]:
    """Return the points' places that can be told apart as labels."""
    kept: list[float] = []
    for x in xs:
        if not kept or axis == "log2" or x - kept[-1] >= 0.12 * span:
            kept.append(x)
    return kept
