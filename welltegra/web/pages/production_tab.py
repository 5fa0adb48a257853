"""What came out of the well and what is left: rates, water cut with its trend, pressure, offsets and injectors."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from markupsafe import Markup

from connectors.ops.shapes import Production, TargetDetail
from welltegra.web.drawings.production import Line, Trend, rates, water_cut
from welltegra.web.words import figure, fixed, plain

Values = tuple[float | None, ...]
_DAY_H = 24.0


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
    """series: what the script draws, as JSON. facts: name and words. never: it is stated never to have produced."""

    rates: Markup | None
    series: str
    water_cut: Markup | None
    facts: tuple[tuple[str, str], ...]
    sweep: tuple[tuple[str, str], ...]
    years: tuple[Year, ...]
    never: bool


def production_tab(detail: TargetDetail) -> ProductionTab:
    """Return the tab."""
    facts, found = detail.facts, detail.production
    inputs = {one.input: one for one in detail.contributions}

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
        rates=None if found is None else _rates(detail, found),
        series="{}" if found is None else _series(found),
        water_cut=None if found is None else _water_cut(detail, found),
        facts=(
            ("Produced from the interval", _sm3(facts.get("np_sm3"))),
            ("Expected ultimate", _sm3(facts.get("eur_sm3"))),
            ("Decline from", plain(facts.get("eur_method"))),
            ("Depletion ratio", of("depletion_ratio")),
            ("Pressure ratio", of("pressure_ratio")),
            ("Age of the pressure", _years(facts.get("pressure_age_years"))),
            ("Water cut", of("water_cut")),
            ("Trend from", facts.get("water_cut_method") or "not known"),
            ("Depletion risk", detail.row.depletion_risk),
        ),
        sweep=(
            ("Offset drained fraction", of("offset_drained_fraction")),
            ("Offsets", facts.get("offsets") or "all that were found count"),
            ("Injected pore volumes", of("injector_mpvi")),
            ("Injectors", facts.get("injectors_method") or "not known"),
            ("Unswept thickness", of("unswept_hcpt_m")),
            (
                "Unswept pore volume",
                "not known" if detail.row.unswept_volume_m3 is None else f"{figure(detail.row.unswept_volume_m3)} m3",
            ),
            ("Remaining", plain(detail.row.remaining_payload_class)),
        ),
        years=() if found is None else _by_year(found),
        never=facts.get("never_produced") is True,
    )


def _rates(detail: TargetDetail, found: Production) -> Markup:
    lines = [
        Line(name, daily, class_)
        for name, daily, class_ in (
            ("oil", _daily(found, found.oil_sm3), "oil"),
            ("water", _daily(found, found.water_sm3), "water"),
            ("water injected", _daily(found, found.water_injected_sm3), "injected"),
        )
        if any(value for value in daily)
    ]
    injects = not any(found.oil_sm3) and any(found.water_injected_sm3)
    name, of = ("cumulative injected", found.water_injected_sm3) if injects else ("cumulative oil", found.oil_sm3)
    cumulative = Line(name, tuple(accumulate((value or 0.0) for value in of)), "cumulative")
    last = f", {figure(cumulative.values[-1])} sm3 in all" if cumulative.values else ""
    span = f"{found.months[0]:%b %Y} to {found.months[-1]:%b %Y}"
    return rates(found.months, lines, cumulative, f"Monthly rates of {detail.row.well_id}, {span}{last}")


def _series(found: Production) -> str:
    """Return what uPlot draws: times [s since epoch], daily rates, cumulative oil, water cut."""
    noon = [(month - date(1970, 1, 1)).days * 86_400 for month in found.months]
    columns: dict[str, Sequence[float | None]] = {
        "time": noon,
        "oil": _rounded(_daily(found, found.oil_sm3)),
        "water": _rounded(_daily(found, found.water_sm3)),
        "injected": _rounded(_daily(found, found.water_injected_sm3)),
        "cumulative": _rounded(tuple(accumulate((value or 0.0) for value in found.oil_sm3))),
    }
    return json.dumps(columns, separators=(",", ":"))


def _water_cut(detail: TargetDetail, found: Production) -> Markup | None:
    values = tuple(_cut(oil, water) for oil, water in zip(found.oil_sm3, found.water_sm3, strict=True))
    if not any(value is not None for value in values):
        return None
    facts = detail.facts
    level, slope, p = (facts.get(name) for name in ("water_cut_level", "water_cut_slope", "water_cut_p"))
    trend = None
    if isinstance(level, int | float) and isinstance(slope, int | float):
        trend = Trend(float(level), float(slope), p if isinstance(p, int | float) else None, 36)
    said = "trend not known" if trend is None else f"trend {trend.slope:+.3f} a year"
    return water_cut(found.months, values, trend, f"Water cut of {detail.row.well_id}, {said}")


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


def _rounded(values: Values) -> list[float | None]:
    return [None if value is None else round(value, 2) for value in values]


def _sm3(value: Any) -> str:
    return f"{figure(value)} sm3" if isinstance(value, int | float) else "not known"


def _years(value: Any) -> str:
    return fixed(float(value), 1, "years") if isinstance(value, int | float) else "not known"
