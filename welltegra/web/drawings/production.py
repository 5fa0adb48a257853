"""Production over time: rates on decades with what came in all, and the water cut with its trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from welltegra.web.drawings.scales import Linear, Log, decades_around, label, steps
from welltegra.web.drawings.svg import known, line, picture, polyline, rect, text

Values = Sequence[float | None]

WIDTH = 468.0
_LEFT, _RIGHT = 40.0, 424.0


@dataclass(frozen=True, slots=True)
class Line:
    """A curve over the months. class_: of its colour, dash and legend."""

    name: str
    values: Values
    class_: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A water cut's level and slope per year over the last months that they are of; p: of Mann-Kendall."""

    level: float
    slope: float
    p: float | None
    months: int


def rates(months: Sequence[date], lines: Sequence[Line], cumulative: Line, says: str) -> Markup:
    """Return rates [sm3/d] on decades, and a cumulative volume on a linear scale of its own at the right."""
    top, bottom = 26.0, 220.0
    x = _time(months)
    low, high = decades_around((v for one in lines for v in one.values if known(v)), 0.01, 1e6)
    rate = Log(low, high, bottom, top)
    most = max((value for value in cumulative.values if known(value)), default=0.0)
    total = Linear(0.0, most or 1.0, bottom, top)
    drawn: list[Markup | None] = [
        rect(_LEFT, top, _RIGHT - _LEFT, bottom - top, "frame"),
        *_years(months, x, top, bottom),
    ]
    for at in rate.decades():
        drawn += [
            line(_LEFT, rate.at(at), _RIGHT, rate.at(at), "grid"),
            text(_LEFT - 4, rate.at(at) + 3.5, label(at), anchor="end"),
        ]
    for at in steps(0.0, most, 4) if most else []:
        drawn.append(text(_RIGHT + 4.0, total.at(at) + 3.5, label(at), class_="soft"))
    drawn += [
        polyline(
            zip(x, (total.at(v) if known(v) else None for v in cumulative.values), strict=True),
            f"line {cumulative.class_}",
        )
    ]
    for one in lines:
        # Nothing produced has no place on decades: the line stops there.
        drawn.append(
            polyline(
                zip(x, (rate.at(v) if known(v) and v > 0 else None for v in one.values), strict=True),
                f"line {one.class_}",
            )
        )
    drawn += [
        line(_RIGHT, top, _RIGHT, bottom, "tick"),
        text(0.0, 11.0, "rate [sm3/d], on decades", class_="name"),
        text(WIDTH, 11.0, f"{cumulative.name} [sm3]", class_="name", anchor="end"),
    ]
    drawn += _legend([*lines, cumulative], bottom + 36.0)
    return picture(WIDTH, bottom + 44.0, says, *drawn, class_="rates")


def water_cut(months: Sequence[date], values: Values, trend: Trend | None, says: str) -> Markup:
    """Return the water cut of each producing month, and its trend through the last ones where it is known."""
    top, bottom = 26.0, 150.0
    x, y = _time(months), Linear(0.0, 1.0, bottom, top)
    drawn: list[Markup | None] = [
        rect(_LEFT, top, _RIGHT - _LEFT, bottom - top, "frame"),
        *_years(months, x, top, bottom),
    ]
    for at in (0.0, 0.25, 0.5, 0.75, 1.0):
        drawn += [
            line(_LEFT, y.at(at), _RIGHT, y.at(at), "grid"),
            text(_LEFT - 4.0, y.at(at) + 3.5, f"{at:g}", anchor="end"),
        ]
    pairs = [(at, y.at(value) if known(value) else None) for at, value in zip(x, values, strict=True)]
    drawn += [text(0.0, 11.0, "water cut [v/v]", class_="name"), polyline(pairs, "line water")]
    producing = [k for k, value in enumerate(values) if known(value)]
    if trend is not None and producing:
        drawn += _trend_line(months, values, trend, producing, x, y)
    return picture(WIDTH, bottom + 22.0, says, *drawn, class_="water-cut")


def _trend_line(
    months: Sequence[date], values: Values, trend: Trend, producing: Sequence[int], x: Sequence[float], y: Linear
) -> list[Markup | None]:
    """Return the slope drawn through the middle of the months that it is of: Theil-Sen goes through the medians."""
    of = producing[-trend.months :]
    shade = rect(x[of[0]], y.end, x[of[-1]] - x[of[0]], y.start - y.end, "window")
    found = sorted(value for k in of if known(value := values[k]))
    middle, at = found[len(found) // 2], of[len(of) // 2]

    def on(k: int) -> float:
        return middle + trend.slope * (months[k] - months[at]).days / 365.25

    sign = "rising" if trend.slope > 0 else "falling" if trend.slope < 0 else "no trend"
    p = "" if trend.p is None else ", p < 0.001" if trend.p < 0.001 else f", p {trend.p:.3f}"
    said = f"{sign} {trend.slope:+.3f} a year{p}" if trend.slope else f"no trend{p}"
    return [
        shade,
        polyline([(x[k], y.at(on(k))) for k in (of[0], of[-1])], "trend"),
        text(_RIGHT, 11.0, said, class_="here", anchor="end"),
    ]


def _time(months: Sequence[date]) -> list[float]:
    first, last = months[0].toordinal(), months[-1].toordinal()
    scale = Linear(first, max(last, first + 31), _LEFT, _RIGHT)
    return [scale.at(month.toordinal()) for month in months]


def _years(months: Sequence[date], x: Sequence[float], top: float, bottom: float) -> list[Markup | None]:
    drawn: list[Markup | None] = []
    last = -100.0
    for month, at in zip(months, x, strict=True):
        if month.month == 1:
            drawn.append(line(at, top, at, bottom, "grid"))
            if at - last >= 34.0:
                drawn.append(text(at, bottom + 14.0, month.year, anchor="middle"))
                last = at
    if last < 0:
        drawn.append(text(x[0], bottom + 14.0, f"{months[0]:%b %Y}"))
    return drawn


def _legend(lines: Sequence[Line], y: float) -> list[Markup | None]:
    drawn: list[Markup | None] = []
    at = _LEFT
    for one in lines:
        drawn += [line(at, y - 4.0, at + 18.0, y - 4.0, f"line {one.class_}"), text(at + 22.0, y, one.name)]
        at += 34.0 + 6.4 * len(one.name)
    return drawn
