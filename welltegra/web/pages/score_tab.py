"""Why a target scores as it does: components, every input on its utility curve, and what would change its class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Any

from markupsafe import Markup

from connectors.ops.shapes import Contribution, Curve, TargetDetail
from welltegra.web.drawings.bars import Score, score_bar
from welltegra.web.drawings.curve import curve, spark
from welltegra.web.words import figure, in_words, input_words, plain, value_words


@dataclass(frozen=True, slots=True)
class ComponentBar:
    """A component: its score, potential, weight in the total, and what it adds to it."""

    name: str
    score: float
    potential: float
    open: bool
    weight: float
    adds: float
    bar: Markup


@dataclass(frozen=True, slots=True)
class CategoryUtility:
    """A category of a table and its utility; here: whether the target's is it."""

    name: str
    utility: float
    here: bool


@dataclass(frozen=True, slots=True)
class InputRow:
    """One input. value: in words. worth: what it would add were it known and perfect; None where it is known."""

    name: str
    title: str
    label: str
    value: str
    status: str
    utility: float | None
    weight: float
    adds: float | None
    missing: bool
    worth: float | None
    gap: str | None
    source: str | None
    remedy: str
    spark: Markup | None
    curves: tuple[Markup, ...]
    table: tuple[CategoryUtility, ...]


@dataclass(frozen=True, slots=True)
class ComponentInputs:
    """The inputs of a component, with their sum."""

    name: str
    score: float
    coverage: float
    rows: tuple[InputRow, ...]


@dataclass(frozen=True, slots=True)
class ScoreTab:
    """equation: the total as a sum. stated: what people stated, that this run used. assumptions: name and words."""

    bars: tuple[ComponentBar, ...]
    total: float
    potential: float
    open: bool
    total_bar: Markup
    equation: str
    formula: str
    profile: str
    components: tuple[ComponentInputs, ...]
    blocking_reason: str | None
    what_would_change: str | None
    action: str | None
    assumptions: tuple[tuple[str, str], ...]
    stated: tuple[str, ...]


def score_tab(detail: TargetDetail) -> ScoreTab:
    """Return the tab."""
    row = detail.row
    bars = tuple(_bar(detail, name) for name in detail.weights)
    whole = Score("total", row.total_score, row.total_potential)
    return ScoreTab(
        bars=bars,
        total=row.total_score,
        potential=row.total_potential,
        open=whole.open,
        total_bar=score_bar(whole, 180.0, 12.0),
        equation=" + ".join(f"{bar.weight:.2f} \u00d7 {bar.score:.2f}" for bar in bars) + f" = {row.total_score:.3f}",
        formula=detail.scoring_version,
        profile=detail.profile_key,
        components=tuple(
            ComponentInputs(
                name,
                getattr(row, f"{name}_score"),
                detail.coverage.get(name, 0.0),
                tuple(_row(one, detail) for one in group),
            )
            for name, group in groupby(detail.contributions, key=lambda one: one.component)
        ),
        blocking_reason=in_words(detail.blocking_reason),
        what_would_change=in_words(detail.what_would_change),
        action=row.recommended_action,
        assumptions=tuple(
            (plain(name), value_words(value)) for name, value in detail.assumptions.items() if value is not None
        ),
        stated=tuple(_stated(one) for one in detail.stated),
    )


def _bar(detail: TargetDetail, name: str) -> ComponentBar:
    row, weight = detail.row, detail.weights[name]
    score = Score(name, getattr(row, f"{name}_score"), getattr(row, f"{name}_potential"))
    return ComponentBar(
        name, score.score, score.potential, score.open, weight, weight * score.score, score_bar(score, 180.0, 12.0)
    )


def _row(one: Contribution, detail: TargetDetail) -> InputRow:
    missing = one.status == "missing"
    value = "not applicable" if one.status == "not_applicable" else value_words(one.value, one.unit)
    value = "missing" if missing else value
    title = input_words(one.input)
    return InputRow(
        name=one.input,
        title=title,
        label=one.label,
        value=value,
        status=plain(one.status),
        utility=one.utility,
        weight=one.weight,
        adds=one.contribution,
        missing=missing,
        worth=one.weight - (one.contribution or 0.0) if missing else None,
        gap=one.gap,
        source=None if one.source is None else one.source.replace(";", " "),
        remedy=one.remedy,
        spark=_spark(one, title),
        curves=_curves(one, title, detail),
        table=_table(one),
    )


def _spark(one: Contribution, title: str) -> Markup | None:
    found = one.curve or next(iter(one.parts.values()), None)
    if found is None or not found.points:
        return None
    # Of an input that is made of several, the first part's utility is not known here; its point lies on its curve.
    utility = one.utility if one.curve is not None else _utility(found, _number(one.value))
    return spark(found.points, found.axis, _number(one.value), utility, _says(title, one.value, utility))


def _curves(one: Contribution, title: str, detail: TargetDetail) -> tuple[Markup, ...]:
    absent = "not applicable" if one.status == "not_applicable" else "not known"
    if one.curve is not None and one.curve.points:
        says = _says(title, one.value, one.utility)
        of = (one.curve.points, one.curve.axis, _number(one.value), one.utility)
        return (curve(*of, title, one.unit, says, absent=absent),)
    drawn = []
    for name, part in one.parts.items():
        value = _number(detail.facts.get(name))
        if value is None and name == next(iter(one.parts)):
            value = _number(one.value)
        utility, words = _utility(part, value), f"{title}, {plain(name).removeprefix('water cut ')}"
        unit = "1/year" if name.endswith("_slope") else "v/v"
        says = _says(words, value, utility)
        drawn.append(curve(part.points, part.axis, value, utility, words, unit, says, absent=absent))
    return tuple(drawn)


def _table(one: Contribution) -> tuple[CategoryUtility, ...]:
    if one.curve is None or one.curve.table is None:
        return ()
    ordered: Sequence[tuple[str, float]] = sorted(one.curve.table.items(), key=lambda pair: -pair[1])
    return tuple(CategoryUtility(plain(name), utility, name == one.value) for name, utility in ordered)


def _utility(found: Curve, value: float | None) -> float | None:
    """Return the utility of a value on a linear curve, as scoring has it; None where it is not known."""
    if value is None or not found.points or found.axis != "linear":
        return None
    points = found.points
    if value <= points[0][0]:
        return points[0][1]
    for (x0, u0), (x1, u1) in pairwise(points):
        if value <= x1:
            return u0 + (value - x0) * (u1 - u0) / (x1 - x0)
    return points[-1][1]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _says(title: str, value: Any, utility: float | None) -> str:
    if value is None or utility is None:
        return f"Utility curve of {title}; the target's value is not known"
    return f"Utility curve of {title}: {figure(value) if isinstance(value, int | float) else value} gives {utility:.2f}"


def _stated(one: Any) -> str:
    said = " ".join(str(one.get(name)) for name in ("well_id", "zone") if one.get(name))
    by = f"{one.get('author', 'someone')}, {one.get('date', one.get('stated_at', 'no date'))}"
    what = f"{input_words(str(one.get('input', '')))} is {one.get('value')}"
    return f"{said}: {what}, stated by {by}: {one.get('reason', '')}"
