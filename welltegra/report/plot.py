"""One picture of a run: for each condition its value, its limits, its level along the time axis, and its alerts.

Matplotlib's objects alone are used, never pyplot, whose state is shared by the whole process.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from matplotlib import dates
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rules.rule_set import Constraint, RuleSet, Tag
from schemas.alert import Alert
from welltegra.describe.outside import rest
from welltegra.describe.wording import counted, number, when
from welltegra.report.series import Readings, Series
from welltegra.report.spans import spans, time_of
from welltegra.report.thin import thin

_DPI: Final = 150
# All in inches. Agg draws no more than 65,535 pixels a side.
_WIDTH, _LEFT, _RIGHT, _TOP, _BOTTOM = 14.0, 0.95, 1.75, 1.0, 0.35
_VALUE, _STRIP, _APART = 2.2, 0.2, 0.85
_MOST_HEIGHT: Final = 430.0
_COLUMNS: Final = int((_WIDTH - _LEFT - _RIGHT) * _DPI)

# Okabe and Ito's palette: told apart by every kind of colour vision. Each has a shape, a hatch or a word as well.
_BLUE, _RED, _YELLOW, _ORANGE, _PURPLE, _GREEN = "#0072B2", "#D55E00", "#F0E442", "#E69F00", "#CC79A7", "#009E73"
_GREY: Final = "#B8B8B8"


@dataclass(frozen=True, slots=True)
class _Mark:
    """How one kind of alert is drawn, and what the legend calls it."""

    name: str
    shape: str
    colour: str


_MARKS: Final = {
    "raised yellow": _Mark("raised to yellow", "^", _YELLOW),
    "raised red": _Mark("raised to red", "^", _RED),
    "escalated": _Mark("escalated", "s", _RED),
    "deescalated": _Mark("deescalated", "v", _YELLOW),
    "cleared": _Mark("cleared", "o", "white"),
    "monitoring_lost": _Mark("monitoring lost", "X", _GREY),
    "monitoring_restored": _Mark("monitoring restored", "P", "white"),
    "late_breach": _Mark("late breach", "D", _PURPLE),
    "clock_skew": _Mark("clock ahead", ">", _GREEN),
    "clock_reset": _Mark("clock set back", "<", _GREEN),
    "limit_changed": _Mark("limit changed", "d", _ORANGE),
}
_BANDS: Final[dict[str, tuple[str, float, dict[str, Any]]]] = {
    "yellow": ("YELLOW (half height)", 0.5, {"facecolor": _YELLOW, "edgecolor": "black", "hatch": "////"}),
    "red": ("RED (full height)", 1.0, {"facecolor": _RED, "edgecolor": "black", "hatch": "xxx"}),
}
_BEYOND: Final[dict[str, Any]] = {"linestyle": "none", "color": _BLUE, "markeredgecolor": "black", "markersize": 11.0}


def draw(out: Path, samples: Series, rule_sets: Sequence[RuleSet], alerts: Sequence[Alert], title: str) -> None:
    """Write a picture of the run to `out`: PNG, or what its name ends in (.svg, .pdf).

    Args:
        out: Where to write it.
        samples: The readings, collected under the same rule sets.
        rule_sets: What was watched; a panel for each constraint, in their order.
        alerts: What was raised, in the order in which it was.
        title: Stands above it all.

    Raises:
        OSError: The file cannot be written.
        ValueError: Its name ends in what is no kind of picture.
    """
    figure = picture(samples, rule_sets, alerts, title)
    with warnings.catch_warnings():
        # A name in letters that the font has not: boxes stand for them.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure.savefig(out, dpi=_DPI)


def picture(samples: Series, rule_sets: Sequence[RuleSet], alerts: Sequence[Alert], title: str) -> Figure:
    """Return what `draw` writes."""
    panels = [(rule_set, constraint) for rule_set in rule_sets for constraint in rule_set.constraints]
    height = min(_TOP + _BOTTOM + max(len(panels), 1) * (_VALUE + _STRIP + _APART), _MOST_HEIGHT)
    figure = Figure(figsize=(_WIDTH, height), dpi=_DPI)
    by_condition: dict[tuple[str, str, str], list[Alert]] = {}
    for alert in alerts:
        by_condition.setdefault((alert.well_id, alert.constraint_id, alert.tag), []).append(alert)
    windows = {rule_set.well_id: _window(samples, rule_set, alerts) for rule_set in rule_sets}
    each = (height - _TOP - _BOTTOM) / max(len(panels), 1)
    scale = each / (_VALUE + _STRIP + _APART)
    handles: dict[str, Artist] = {}
    for at, (rule_set, constraint) in enumerate(panels):
        bottom = height - _TOP - (at + 1) * each + (_APART - 0.4) * scale
        across = (_LEFT / _WIDTH, (_WIDTH - _LEFT - _RIGHT) / _WIDTH)
        strip = figure.add_axes((across[0], bottom / height, across[1], _STRIP * scale / height))
        value = figure.add_axes((across[0], (bottom + _STRIP * scale) / height, across[1], _VALUE * scale / height))
        own = by_condition.get((rule_set.well_id, constraint.id, constraint.tag), [])
        panel = _Panel(value, strip, rule_set, constraint, windows[rule_set.well_id], handles)
        panel.draw(samples.readings(rule_set.well_id, constraint.tag), own)
    _plain_text(figure.suptitle(title, x=_LEFT / _WIDTH, y=1 - 0.15 / height, ha="left", va="top", fontsize=14))
    if handles:
        ordered = sorted(handles, key=_LEGEND.index)
        figure.legend(
            [handles[name] for name in ordered],
            ordered,
            loc="upper left",
            bbox_to_anchor=(_LEFT / _WIDTH, 1 - 0.42 / height),
            ncols=8,
            fontsize=8,
            frameon=False,
            borderaxespad=0.0,
            borderpad=0.0,
        )
    return figure


_LEGEND: Final = [
    "value",
    "red from here",
    "yellow from here",
    *(name for name, _, _ in _BANDS.values()),
    "not seen (monitoring lost)",
    "not judged (bad or no reading)",
    "beyond the picture",
    *(mark.name for mark in _MARKS.values()),
]


def _window(samples: Series, rule_set: RuleSet, alerts: Sequence[Alert]) -> tuple[int, int] | None:
    """Return the time [us] from the first to the last of a well's readings and alerts; None if there is neither.

    A reading of a clock that once stood at 1970 would make a line of the rest: it is left out, and the panel says so.
    """
    ends = [time_of(alert) for alert in alerts if alert.well_id == rule_set.well_id]
    for tag in dict.fromkeys(constraint.tag for constraint in rule_set.constraints):
        readings = samples.readings(rule_set.well_id, tag)
        times = np.concatenate([readings.times, readings.not_judged])
        if len(times):
            middle = int(np.partition(times, len(times) // 2)[len(times) // 2])
            around = rest((times - middle).astype(np.float64), leap=1000.0)
            assert around is not None, "there are times"
            ends += [middle + int(around[0]), middle + int(around[1])]
    return (min(ends), max(ends)) if ends else None


class _Panel:
    """One condition: its value above, its level in a strip along the time axis below."""

    def __init__(
        self,
        value: Axes,
        strip: Axes,
        rule_set: RuleSet,
        constraint: Constraint,
        window: tuple[int, int] | None,
        handles: dict[str, Artist],
    ) -> None:
        self.value, self.strip = value, strip
        self.rule_set, self.constraint = rule_set, constraint
        self.tag: Tag = rule_set.tag(constraint.tag)
        self.start, self.end = window or (0, 1)
        self.is_empty = window is None
        # What the legend has to explain, of all panels.
        self.handles = handles
        self.beyond: list[str] = []

    def draw(self, readings: Readings, alerts: list[Alert]) -> None:
        constraint = self.constraint
        values = constraint.factor * readings.values + constraint.offset
        inside = (readings.times >= self.start) & (readings.times <= self.end)
        low, high = self._limits_in_view(values[inside])
        self._axes(low, high)
        self._lines()
        self._value(readings.times[inside], values[inside], low, high)
        self._not_judged(readings.not_judged)
        self._spans(alerts)
        self._alerts(alerts, low, high)
        if not len(values):
            self.value.text(
                0.5, 0.5, "no readings", ha="center", va="center", transform=self.value.transAxes, fontsize=9
            )
        elif len(values) > np.count_nonzero(inside):
            elsewhere = readings.times[~inside]
            said = f"{counted(len(elsewhere), 'reading')} at other times, as {when(int(elsewhere[0]))}, not drawn"
            self.beyond.append(said)
        self._titles(alerts)

    def _limits_in_view(self, values: npt.NDArray[np.float64]) -> tuple[float, float]:
        """Return the lowest and highest value to show: the limits, and the readings that leave room for others."""
        shown = [limit for limit, _ in self._thresholds()]
        ends = rest(values)
        if ends is not None:
            near = values[(values >= ends[0]) & (values <= ends[1])]
            usual = np.quantile(near, [0.001, 0.999])
            low, high = min(*shown, float(usual[0])), max(*shown, float(usual[1]))
            # A peak of three times the usual is the very thing to look at; one of a hundred times leaves a flat line.
            room = 2.0 * (high - low)
            low = ends[0] if ends[0] >= low - room else low
            high = ends[1] if ends[1] <= high + room else high
            shown += [low, high]
        else:
            shown.append(0.0)
        low, high = min(shown), max(shown)
        margin = 0.07 * (high - low) or 0.1 * abs(high) or 1.0
        return low - margin, high + margin

    def _thresholds(self) -> list[tuple[float, str]]:
        """Return each threshold with what it is, red before yellow, high before low."""
        c, found = self.constraint, []
        if c.high is not None:
            found += [(c.high, "red high"), (c.yellow_from * c.high, "yellow high")]
        if c.low is not None:
            found += [(c.low, "red low"), ((2.0 - c.yellow_from) * c.low, "yellow low")]
        return found

    def _axes(self, low: float, high: float) -> None:
        value, strip = self.value, self.strip
        start, end = (_days(np.array([self.start, self.end]))).tolist()
        pad = 0.005 * (end - start) or 30.0 / 86_400.0
        for axes in (value, strip):
            axes.set_xlim(start - pad, end + pad)
        value.set_ylim(low, high)
        value.yaxis.set_major_locator(MaxNLocator(6))
        value.yaxis.set_major_formatter(FuncFormatter(lambda y, _: number(y)))
        value.grid(visible=True, color="#E4E4E4", linewidth=0.6)
        value.set_axisbelow(True)
        value.tick_params(axis="x", bottom=False, labelbottom=False)
        value.tick_params(axis="y", labelsize=8)
        for side in ("top", "right"):
            value.spines[side].set_visible(False)
        _plain_text(value.set_ylabel(self.constraint.unit, fontsize=9))
        strip.set_ylim(0, 1)
        strip.set_yticks([])
        strip.set_ylabel("level", rotation=0, ha="right", va="center", fontsize=8)
        if self.is_empty:
            strip.set_xticks([])
            value.set_xticks([])
            return
        for axes in (value, strip):
            locator = dates.AutoDateLocator(tz=UTC, minticks=6, maxticks=14)
            axes.xaxis.set_major_locator(locator)
            axes.xaxis.set_major_formatter(dates.ConciseDateFormatter(locator, tz=UTC, show_offset=False))
        strip.tick_params(axis="x", labelsize=8)
        first, last = when(self.start)[:10], when(self.end)[:10]
        said = f"{first} UTC" if first == last else f"{first} to\n{last} UTC"
        strip.annotate(
            said, (1.0, 0.0), (24, -4), xycoords="axes fraction", textcoords="offset points", va="top", fontsize=8
        )

    def _lines(self) -> None:
        unit = self.constraint.unit
        for at, what in self._thresholds():
            colour, side = what.split()
            red, is_high = colour == "red", side == "high"
            name = f"{colour} from here"
            line = self.value.axhline(
                at, color=_RED if red else _ORANGE, linestyle="-" if red else "--", linewidth=1.3, zorder=3, label=name
            )
            self.handles.setdefault(name, line)
            sign = "\N{GREATER-THAN OR EQUAL TO}" if is_high else "\N{LESS-THAN OR EQUAL TO}"
            text = self.value.annotate(
                f"{colour.upper() if red else colour} {sign} {number(at)} {unit}",
                (1.0, at),
                (6, 0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                # The red label stands on the far side of its line, the yellow one on the near side: they never meet.
                va="bottom" if red == is_high else "top",
                fontsize=8,
                fontweight="bold" if red else "normal",
                annotation_clip=False,
            )
            _plain_text(text)

    def _value(self, times: npt.NDArray[np.int64], values: npt.NDArray[np.float64], low: float, high: float) -> None:
        column_us = max((self.end - self.start) / _COLUMNS, 1.0)
        line = thin(times, values, column_us, self.tag.gap_us)
        days = _days(line.times)
        (drawn,) = self.value.plot(days, line.values, color=_BLUE, linewidth=0.9, zorder=4, label="value")
        self.handles.setdefault("value", drawn)
        if line.alone.any():
            self.value.plot(
                days[line.alone],
                line.values[line.alone],
                color=_BLUE,
                marker=".",
                markersize=3,
                linestyle="none",
                zorder=4,
            )
        unit = self.constraint.unit
        for beyond, edge, shape, up in ((values > high, high, "^", True), (values < low, low, "v", False)):
            if beyond.any():
                count, furthest = int(np.count_nonzero(beyond)), float(values.max() if up else values.min())
                where = _columns(times[beyond], column_us)
                (arrows,) = self.value.plot(
                    _days(where), np.full(len(where), edge), marker=shape, clip_on=False, zorder=6, **_BEYOND
                )
                self.handles.setdefault("beyond the picture", arrows)
                end = f"{'up' if up else 'down'} to {number(furthest)} {unit}"
                self.beyond.append(f"{counted(count, 'reading')} beyond the picture, {end}")

    def _not_judged(self, times: npt.NDArray[np.int64]) -> None:
        inside = times[(times >= self.start) & (times <= self.end)]
        if len(inside):
            where = _columns(inside, max((self.end - self.start) / _COLUMNS, 1.0))
            name = "not judged (bad or no reading)"
            (marks,) = self.value.plot(
                _days(where),
                np.full(len(where), 0.03),
                transform=self.value.get_xaxis_transform(),
                linestyle="none",
                marker="x",
                color="black",
                markersize=4,
                clip_on=False,
                zorder=5,
                label=name,
            )
            self.handles.setdefault(name, marks)

    def _spans(self, alerts: list[Alert]) -> None:
        column_us = max((self.end - self.start) / _COLUMNS, 1.0)
        for span in sorted(spans(alerts, self.end), key=lambda span: ("lost", "yellow", "red").index(span.what)):
            # A level that is held for less than two pixels is seen too; red is drawn over yellow.
            start, end = _days(np.array([span.start, max(span.end, span.start + int(2 * column_us))])).tolist()
            if span.what == "lost":
                name = "not seen (monitoring lost)"
                shade = self.value.axvspan(start, end, color=_GREY, alpha=0.45, linewidth=0, zorder=1, label=name)
                self.handles.setdefault(name, shade)
                continue
            name, tall, look = _BANDS[span.what]
            word = span.what.upper()
            wide = (end - start) * 86_400e6 / column_us / _DPI
            style: dict[str, Any] = {**look, "linewidth": 0.0}
            # The hatch is black and dense: on a sliver, it would hide the colour.
            if wide < 0.1:
                style.pop("hatch")
            band = Rectangle((start, 0.0), end - start, tall, zorder=3, label=name, **style)
            self.strip.add_patch(band)
            self.handles.setdefault(name, Patch(label=name, **look))
            if wide > 0.09 * len(word):
                self.strip.text(
                    (start + end) / 2,
                    0.48,
                    word,
                    ha="center",
                    va="center",
                    fontsize=7,
                    fontweight="bold",
                    zorder=5,
                    clip_on=True,
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
                )

    def _alerts(self, alerts: list[Alert], low: float, high: float) -> None:
        by_mark: dict[str, list[Alert]] = {}
        for alert in alerts:
            kind = f"raised {alert.level}" if alert.transition == "raised" else alert.transition
            by_mark.setdefault(kind, []).append(alert)
        for kind, mark in _MARKS.items():
            some = by_mark.get(kind, [])
            if some:
                (marks,) = self.value.plot(
                    _days(np.array([time_of(alert) for alert in some])),
                    np.clip([alert.value for alert in some], low, high),
                    linestyle="none",
                    marker=mark.shape,
                    color=mark.colour,
                    markeredgecolor="black",
                    markeredgewidth=0.7,
                    markersize=5.5,
                    clip_on=False,
                    zorder=7,
                    label=mark.name,
                )
                self.handles.setdefault(mark.name, marks)

    def _titles(self, alerts: list[Alert]) -> None:
        c = self.constraint
        _plain_text(
            self.value.set_title(
                f"{c.id}: {c.tag} of {self.rule_set.well_id}", loc="left", fontsize=10, fontweight="bold", pad=6
            )
        )
        count = Counter(alert.transition for alert in alerts)
        said = ", ".join(f"{name.replace('_', ' ')} {times:,}" for name, times in count.items())
        lines = [*self.beyond, said or "no alerts"]
        _plain_text(self.value.set_title("\n".join(lines), loc="right", fontsize=8, pad=9))


def _plain_text(text: Any) -> None:
    """Keep a dollar in a name from being read as mathematics."""
    text.set_parse_math(False)


def _columns(times: npt.NDArray[np.int64], column_us: float) -> npt.NDArray[np.int64]:
    """Return the first of the times in each column of pixels: as many marks as can be told apart."""
    _, first = np.unique((times / column_us).astype(np.int64), return_index=True)
    return times[np.sort(first)]


def _days(times: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Return times [us] as matplotlib counts them: days since 1970."""
    days: npt.NDArray[np.float64] = times / 86_400e6
    return days
