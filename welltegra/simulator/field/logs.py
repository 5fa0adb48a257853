"""The logs of each well: beds sampled along the hole, read by tools that scatter, with what is planted in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from welltegra.simulator.field.chance import Flags, Floats, Integers, stream
from welltegra.simulator.field.geology import INTERVALS, LOWER, UPPER, ZONE_OF_BED, Beds
from welltegra.simulator.field.las import FOOT_M, VENDORS, LasFile, las_file
from welltegra.simulator.field.plan import Plan
from welltegra.simulator.field.rocks import readings
from welltegra.simulator.field.styles import STYLES

_STEP_M, _FINE_STEP_M, _COARSE_STEP_M = 0.2, 0.1, 1.0
_BIT_IN, _WASHED_OUT_IN = 8.5, 12.5
_LEFT_OUT = 0.38  # share of a sand that is damaged, in two places
# Scatter of good tools, one standard deviation: [gAPI], [g/cm3], [v/v], relative, [in], [g/cm3].
_SCATTER = {"gr": 1.0, "rhob": 0.004, "nphi": 0.004, "rt": 0.015, "caliper": 0.05, "drho": 0.01}
_GAPS_IN_FILES = {
    "depth_unit_conflict": {"header": "FT", "index": "M"},
    "unit_alias": {"gr": "API"},
}


@dataclass(frozen=True, slots=True)
class LoggedWell:
    """One well's file, and the truth at its samples: md_m, zone, vsh, phie, sw, pay."""

    well_id: str
    file: LasFile
    truth: pl.DataFrame


def logged(plan: Plan, beds: Beds, edge_md_m: Floats) -> Iterator[LoggedWell]:
    """Yield every well that has a log, in order; edge_md_m: MD [m] of the beds' edges, shape (wells, beds + 1)."""
    for well, gap in enumerate(plan.gaps):
        name = gap.name if gap else ""
        if name == "no_log":
            continue
        # Where damage, or a conflict of units, is planted, nothing else is out of the ordinary.
        vendor = VENDORS[0] if name in {*_GAPS_IN_FILES, "coarse_log"} else VENDORS[well % len(VENDORS)]
        damaged = name in {"resistivity_drops_out", "washed_out"}
        step_m = _COARSE_STEP_M if name == "coarse_log" else _FINE_STEP_M if damaged else _STEP_M
        if vendor.feet and not damaged:
            step_m = 0.5 * FOOT_M
        md_m = np.arange(np.ceil(edge_md_m[well, 0] / step_m), np.floor((edge_md_m[well, -1] - 5.0) / step_m) + 1)
        md_m = np.round(md_m * step_m, 6)
        bed = np.clip(np.searchsorted(edge_md_m[well], md_m, side="right") - 1, 0, len(ZONE_OF_BED) - 1)
        truth = _truth(plan, well, beds, md_m, bed)
        samples = _samples(plan, well, truth)
        if damaged:
            hurt = _damaged(md_m, edge_md_m[well], beds.pay[well])
            curve, value = ("rt", None) if name == "resistivity_drops_out" else ("caliper", _WASHED_OUT_IN)
            samples = samples.with_columns(pl.when(pl.Series(hurt)).then(value).otherwise(curve).alias(curve))
        yield LoggedWell(
            plan.well_ids[well],
            las_file(plan.well_ids[well], samples, step_m, vendor, _GAPS_IN_FILES.get(name, {})),
            truth.drop("bed"),
        )


def _truth(plan: Plan, well: int, beds: Beds, md_m: Floats, bed: Integers) -> pl.DataFrame:
    rocks = STYLES[plan.reservoir_of[well] % len(STYLES)].rocks
    names = np.array([None, rocks[UPPER].zone, rocks[LOWER].zone, None], dtype=object)[ZONE_OF_BED[bed] + 1]
    return pl.DataFrame(
        {
            "well_id": [plan.well_ids[well]] * len(md_m),
            "md_m": md_m,
            "zone": pl.Series(names.tolist(), dtype=pl.String),
            "vsh": beds.vsh[well, bed],
            "phie": beds.phie[well, bed],
            "sw": beds.sw[well, bed],
            "pay": beds.pay[well, bed],
            "bed": bed,
        }
    )


def _samples(plan: Plan, well: int, truth: pl.DataFrame) -> pl.DataFrame:
    """Return what the tools read."""
    rocks = STYLES[plan.reservoir_of[well] % len(STYLES)].rocks
    vsh, phie, sw = (truth[name].to_numpy() for name in ("vsh", "phie", "sw"))
    # Above and below the zones the tools see the rock of the nearer one.
    upper = ZONE_OF_BED[truth["bed"].to_numpy()] <= UPPER
    of_upper, of_lower = (readings(rock, vsh, phie, sw) for rock in rocks)
    chance, noise = stream(plan.options.seed, "tools", well), plan.options.noise
    scatter = {name: size * noise * chance.standard_normal(len(vsh)) for name, size in _SCATTER.items()}
    clean = {name: np.where(upper, getattr(of_upper, name), getattr(of_lower, name)) for name in _CLEAN}
    return pl.DataFrame(
        {
            "md_m": truth["md_m"],
            "gr": np.maximum(clean["gr"] + scatter["gr"], 0.0),
            "rhob": clean["rhob"] + scatter["rhob"],
            "nphi": clean["nphi"] + scatter["nphi"],
            "rt": clean["rt"] * np.exp(scatter["rt"]),
            "caliper": _BIT_IN + 0.1 + scatter["caliper"],
            "bit_size": np.full(len(vsh), _BIT_IN),
            "drho": 0.01 + scatter["drho"],
        }
    )


_CLEAN = ("gr", "rhob", "nphi", "rt")


def _damaged(md_m: Floats, edge_md_m: Floats, pay: Flags) -> Flags:
    """Return which samples are damaged: two short stretches within each bed of pay, with good ones around them."""
    hurt = np.zeros(len(md_m), dtype=np.bool_)
    for first, last in INTERVALS:
        for bed in range(first, last + 1):
            if pay[bed]:
                top, thickness = edge_md_m[bed], edge_md_m[bed + 1] - edge_md_m[bed]
                good = (1.0 - _LEFT_OUT) / 3.0
                for start in (good, 2.0 * good + _LEFT_OUT / 2.0):
                    part = (md_m - top) / thickness
                    hurt |= (part >= start) & (part < start + _LEFT_OUT / 2.0)
    return hurt
