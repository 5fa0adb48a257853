"""What came out of the well and what is left: rates, water cut with its trend, pressure, offsets and injectors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from markupsafe import Markup

from connectors.ops.shapes import Contribution, Production, TargetDetail
from welltegra.web.drawings.production import Line, Trend, rates, water_cut
from welltegra.web.words import figure, fixed, plain

Values = tuple[float | None, ...]
_DAY_H = 24.0
# As assessment says it: "of the zone; Theil-Sen, Mann-Kendall; 36 months".
_MONTHS = re.compile(r"(\d+) months")
_INJECTORS_NAMED = 3
_MUCH = 0.5


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that has swept the target, or has not. tone: of its mark, `ok`, `gap` or nothing."""

    tone: str
    mark: str
    words: str


@dataclass(frozen=True, slots=True)
class Year:
    """Volumes of a year [sm3]; None where no month of it has one."""

    year: int
    oil: float | None
    water: float | None
    gas: float | None
    injected: float | None


@dataclass(frozen=True, slots=True)
class ProductionTab:
    """series: what the script draws, as JSON. facts: name and words. never: its interval never produced.

    trend: over how many months, of what, in words; None where there is none.
    """

    heading: str
    rates: Markup | None
    series: str
    water_cut: Markup | None
    trend: str | None
    flags: tuple[Flag, ...]
    facts: tuple[tuple[str, str], ...]
    sweep: tuple[tuple[str, str], ...]
    years: tuple[Year, ...]
    never: bool


def production_tab(detail: TargetDetail) -> ProductionTab:
    """Return the tab."""
    facts, found = detail.facts, detail.production
    inputs = {one.input: one for one in detail.contributions}
    bare = detail.interval.top_md_m is None

    def of(name: str) -> str:
        one = inputs.get(name)
        if one is None or one.status == "missing":
            return "not known"
        return (
            "not applicable"
            if one.status == "not_applicable"
            else figure(one.value)
            if isinstance(one.value, int | float)
            else plain(str(one.value))
        )

    return ProductionTab(
        heading="Production of the well" if found is None else _heading(found),
        rates=None if found is None else _rates(detail, found),
        series="{}" if found is None else _series(found),
        water_cut=None if found is None else _water_cut(detail, found),
        trend=_trend_words(detail),
        flags=tuple(_flags(detail)),
        facts=(
            (f"Produced from the {'well' if bare else 'interval'}", _sm3(facts.get("np_sm3"))),
            ("Expected ultimate", _sm3(facts.get("eur_sm3"))),
            ("Decline from", plain(facts.get("eur_method"))),
            ("Depletion ratio", of("depletion_ratio")),
            ("Pressure ratio, p/pi or (p/z)/(pi/zi)", of("pressure_ratio")),
            ("Age of the pressure", _years(facts.get("pressure_age_years"))),
            ("Water cut, level", of("water_cut")),
            ("Water cut, slope", _slope(detail)),
            ("Trend from", facts.get("water_cut_method") or "not known"),
            ("Depletion risk", detail.row.depletion_risk),
        ),
        sweep=(
            ("Offset drained fraction", of("offset_drained_fraction")),
            ("Offsets", facts.get("offsets") or "all that were found count"),
            ("Injected pore volumes", of("injector_mpvi")),
            ("Injectors", facts.get("injectors_method") or "not known"),
            ("Injectors near by", _injectors(detail)),
            ("Unswept hydrocarbon thickness", _with_unit(of("unswept_hcpt_m"), "m")),
            (
                "Unswept pore volume",
                f"not known: {facts.get('unswept_volume_m3_why') or 'this ranking did not compute it'}"
                if detail.row.unswept_volume_m3 is None
                else f"{figure(detail.row.unswept_volume_m3)} m3 at reservoir conditions",
            ),
            ("Remaining", plain(detail.row.remaining_payload_class)),
        ),
        years=() if found is None else _by_year(found),
        never=facts.get("never_produced") is True and not bare,
    )


def _lines(found: Production) -> list[Line]:
    """Return the daily rates of what the well has produced and injected. Gas stands in thousands, to share decades."""
    thousands = tuple(None if volume is None else volume / 1000.0 for volume in found.gas_sm3)
    injected = tuple(None if volume is None else volume / 1000.0 for volume in found.gas_injected_sm3)
    lines = (
        Line("oil", _daily(found, found.oil_sm3), "oil"),
        Line("water", _daily(found, found.water_sm3), "water"),
        Line("gas, thousands", _daily(found, thousands), "gas"),
        Line("water injected", _daily(found, found.water_injected_sm3), "injected"),
        Line("gas injected, thousands", _daily(found, injected), "gas-injected"),
    )
    return [one for one in lines if any(one.values)]


def _heading(found: Production) -> str:
    """Return what the months are of; a well with months at 0 alone is a producer that stood still."""
    injected = any(map(any, (found.water_injected_sm3, found.gas_injected_sm3)))
    produced = any(map(any, (found.oil_sm3, found.water_sm3, found.gas_sm3)))
    said = ["Production"] * (produced or not injected) + ["injection"] * injected
    return f"{' and '.join(said).capitalize()} of the well"


def _cumulative(found: Production) -> Line:
    """Return the cumulative of what the well is there for: oil, else gas, else what it injects."""
    for name, of in (
        ("cumulative oil", found.oil_sm3),
        ("cumulative gas", found.gas_sm3),
        ("cumulative water injected", found.water_injected_sm3),
        ("cumulative gas injected", found.gas_injected_sm3),
    ):
        if any(of):
            return Line(name, tuple(accumulate((value or 0.0) for value in of)), "cumulative")
    return Line("cumulative oil", tuple(0.0 for _ in found.months), "cumulative")


def _rates(detail: TargetDetail, found: Production) -> Markup:
    cumulative = _cumulative(found)
    span = f"{found.months[0]:%b %Y} to {found.months[-1]:%b %Y}"
    says = f"Monthly rates of {detail.row.well_id}, {span}, {figure(cumulative.values[-1])} sm3 in all"
    return rates(found.months, _lines(found), cumulative, says)


def _series(found: Production) -> str:
    """Return what uPlot draws: times [s since epoch], daily rates, and a cumulative on an axis of its own."""
    cumulative = _cumulative(found)
    drawn = {
        "time": [(month - date(1970, 1, 1)).days * 86_400 for month in found.months],
        "rates": [{"name": one.name, "class": one.class_, "values": _rounded(one.values)} for one in _lines(found)],
        "cumulative": {"name": cumulative.name, "values": _rounded(cumulative.values)},
    }
    return json.dumps(drawn, separators=(",", ":"))


def _water_cut(detail: TargetDetail, found: Production) -> Markup | None:
    values = tuple(_cut(oil, water) for oil, water in zip(found.oil_sm3, found.water_sm3, strict=True))
    if not any(value is not None for value in values):
        return None
    facts = detail.facts
    level, slope, p = (facts.get(name) for name in ("water_cut_level", "water_cut_slope", "water_cut_p"))
    trend = None
    if isinstance(level, int | float) and isinstance(slope, int | float):
        months = _MONTHS.search(str(facts.get("water_cut_method")))
        of = len(found.months) if months is None else int(months[1])
        trend = Trend(float(level), float(slope), p if isinstance(p, int | float) else None, of)
    said = "trend not known" if trend is None else f"trend {trend.slope:+.3f} a year"
    return water_cut(found.months, values, trend, f"Water cut of {detail.row.well_id}, {said}")


def _trend_words(detail: TargetDetail) -> str | None:
    """Return over how many months the slope of the water cut was taken, and of what, as assessment has kept it."""
    said = detail.facts.get("water_cut_method")
    months = _MONTHS.search(said) if isinstance(said, str) else None
    if months is None or not isinstance(detail.facts.get("water_cut_slope"), int | float):
        return None
    return f"{said.partition(';')[0]}, over its last {months[1]} producing months" if isinstance(said, str) else None


def _slope(detail: TargetDetail) -> str:
    slope, p = detail.facts.get("water_cut_slope"), detail.facts.get("water_cut_p")
    if not isinstance(slope, int | float):
        return "not known"
    said = f"{slope:+.3f} a year" if slope else "no trend"
    return said if not isinstance(p, int | float) else f"{said}, p {'< 0.001' if p < 0.001 else f'{p:.3f}'}"


def _injectors(detail: TargetDetail) -> str:
    near = [one for one in detail.spatial.neighbours if one.injects]
    named = ", ".join(f"{one.well_id} at {figure(one.distance_m)} m" for one in near[:_INJECTORS_NAMED])
    more = f" and {len(near) - _INJECTORS_NAMED} more" if len(near) > _INJECTORS_NAMED else ""
    return f"{named}{more}" or "none among the nearest wells"


def _flags(detail: TargetDetail) -> Iterator[Flag]:
    """Yield what the sweep of the target looks like: drained by neighbours, flushed by injectors, watering out."""
    inputs = {one.input: one for one in detail.contributions}
    drained, injected = inputs.get("offset_drained_fraction"), inputs.get("injector_mpvi")
    if drained is not None:
        share = drained.value
        if not isinstance(share, int | float):
            yield Flag("gap", "unknown", "what neighbours have drained of its circle")
        elif share == 0:
            yield Flag("ok", "not drained", "no neighbour has drained of its circle")
        else:
            much = share >= _MUCH
            yield Flag("gap" if much else "ok", "drained", f"{100 * share:.0f} % of its circle, by neighbours")
    if injected is not None:
        yield _injection_flag(injected)
    slope = detail.facts.get("water_cut_slope")
    if isinstance(slope, int | float) and slope > 0:
        yield Flag("gap", "watering out", f"the water cut rises by {slope:.3f} a year")


def _injection_flag(one: Contribution) -> Flag:
    """Return how the injected pore volumes stand to the best stretch of their curve."""
    if one.status == "not_applicable":
        return Flag("", "no injection", "in the reservoir")
    if not isinstance(one.value, int | float) or one.curve is None or not one.curve.points:
        return Flag("gap", "unknown", "what injectors have swept")
    most = max(u for _, u in one.curve.points)
    best = [x for x, u in one.curve.points if u == most]
    said = f"{figure(one.value)} movable pore volumes have come from injectors"
    if one.value < best[0]:
        return Flag("", "little support", said)
    return Flag("gap", "swept through", said) if one.value > best[-1] else Flag("ok", "supported", said)


def _with_unit(said: str, unit: str) -> str:
    return f"{said} {unit}" if said[:1].isdigit() else said


def _daily(found: Production, volumes: Values) -> Values:
    """Return rates on the days that it was on; of calendar days where hours are not known."""
    return tuple(
        None if volume is None else volume / days if (days := (hours / _DAY_H if hours else 365.25 / 12)) else 0.0
        for volume, hours in zip(volumes, found.hours_on, strict=True)
    )


def _cut(oil: float | None, water: float | None) -> float | None:
    return water / (oil + water) if oil is not None and water is not None and oil + water > 0 else None


def _by_year(found: Production) -> tuple[Year, ...]:
    years: dict[int, dict[str, float | None]] = {}
    columns = {
        "oil": found.oil_sm3,
        "water": found.water_sm3,
        "gas": found.gas_sm3,
        "injected": found.water_injected_sm3,
    }
    for k, month in enumerate(found.months):
        year = years.setdefault(month.year, dict.fromkeys(columns))
        for name, values in columns.items():
            if (value := values[k]) is not None:
                year[name] = (year[name] or 0.0) + value
    return tuple(Year(year, **volumes) for year, volumes in sorted(years.items(), reverse=True))


def _rounded(values: Sequence[float | None]) -> list[float | None]:
    return [None if value is None else round(value, 2) for value in values]


def _sm3(value: Any) -> str:
    return f"{figure(value)} sm3" if isinstance(value, int | float) else "not known"


def _years(value: Any) -> str:
    return fixed(float(value), 1, "years") if isinstance(value, int | float) else "not known"
