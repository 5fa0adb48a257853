"""Which stretches of a well lie in a zone, from the picks of its surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from scoring.project import Zone

WHOLE_LOG: Final = "whole_log"  # the zone of a project that names none
STRETCH_COLUMNS: Final = {"zone": pl.String, "stretch": pl.Int32, "top_md_m": pl.Float64, "base_md_m": pl.Float64}

Pick = tuple[float, str]


def stretches(tops: pl.DataFrame, zones: Sequence[Zone]) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Return the stretches of one well in each zone, in the order of `zones` and by depth, and what pairs with nothing.

    A stretch: zone, stretch (1.. by depth), top_md_m, base_md_m [m]; base null where the zone goes on to the end of the
    log. A bare zone goes from each pick of its name to the next deeper pick. A zone of `top` and `base` goes from
    crossing to crossing: a horizontal well may leave it as it came, so its picks pair in order of depth, whichever they
    are. Without zones, the whole log is one.

    Args:
        tops: Picks of the well: surface, md_m [m]; rows in any order.
        zones: As the project names them.
    """
    if not zones:
        whole = {"zone": [WHOLE_LOG], "stretch": [1], "top_md_m": [None], "base_md_m": [None]}
        return pl.DataFrame(whole, schema=STRETCH_COLUMNS), ()
    picks = sorted(
        (depth, surface.strip().casefold())
        for surface, depth in tops.select("surface", "md_m").drop_nulls().iter_rows()
    )
    found: list[tuple[str, int, float, float | None]] = []
    problems: list[str] = []
    for zone in zones:
        pairs, lone = _of_zone(zone, picks)
        found += [(zone.name, number, top, base) for number, (top, base) in enumerate(pairs, start=1)]
        problems += [f"zone {zone.name!r}: the pick at {depth:g} m MD has no other to pair with" for depth in lone]
    return pl.DataFrame(found, schema=STRETCH_COLUMNS, orient="row"), tuple(problems)


def _of_zone(zone: Zone, picks: Sequence[Pick]) -> tuple[list[tuple[float, float | None]], list[float]]:
    """Return the stretches of one zone by depth, and the depths of picks that pair with none."""
    if zone.top is None or zone.base is None:
        name = (zone.top or zone.name).strip().casefold()
        tops = sorted({depth for depth, surface in picks if surface == name})
        return [(top, _next_deeper(top, picks)) for top in tops], []
    top, base = zone.top.strip().casefold(), zone.base.strip().casefold()
    return _paired([pick for pick in picks if pick[1] in {top, base}], top, picks)


def _paired(
    crossings: list[Pick], top: str, picks: Sequence[Pick]
) -> tuple[list[tuple[float, float | None]], list[float]]:
    """Return what lies between the first and second crossing, the third and fourth, and so on; empty ones dropped.

    Of an odd number one pick is missing. Where two surfaces lie at one depth outside the zone, it is the partner of the
    first of them: between them is nothing, and the well goes on from the second. A last top goes on to the next pick.
    """
    odd = len(crossings) % 2 == 1
    pairs: list[tuple[float, float | None]] = []
    lone: list[float] = []
    waiting: Pick | None = None
    for crossing in crossings:
        if waiting is None:
            waiting = crossing
        elif crossing[0] > waiting[0]:
            pairs.append((waiting[0], crossing[0]))
            waiting = None
        elif odd and crossing[1] != waiting[1]:
            lone.append(waiting[0])
            waiting, odd = (crossing[0], top), False
        else:
            waiting = None
    if waiting is not None and waiting[1] == top:
        pairs.append((waiting[0], _next_deeper(waiting[0], picks)))
    elif waiting is not None:
        lone.append(waiting[0])
    return pairs, lone


def _next_deeper(depth: float, picks: Sequence[Pick]) -> float | None:
    return min((below for below, _ in picks if below > depth), default=None)
