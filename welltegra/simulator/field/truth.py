"""The truth of a field, as tables: what it was made from, and what was taken away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from welltegra.simulator.field.chance import Floats
from welltegra.simulator.field.geology import ZONE_OF_INTERVAL
from welltegra.simulator.field.intervals import Completed, Intervals
from welltegra.simulator.field.plan import Plan
from welltegra.simulator.field.production import Life
from welltegra.simulator.field.styles import STYLES

Truth = dict[str, pl.DataFrame]


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Where intervals are and what their neighbours did, shape (wells, places). drained: None where not counted."""

    x_m: Floats
    y_m: Floats
    drained: Floats | None
    swept: Floats


_OF_AN_INJECTOR = (
    *("G1.CURVES", "G3.COMPLETION", "G3.DEPLETION", "COVERAGE.STATIC", "COVERAGE.DYNAMIC"),
    *("INPUT.HEIGHT_ABOVE_CONTACT_M", "INPUT.DEPLETION_RATIO", "INPUT.WATER_CUT", "INPUT.PRESSURE_RATIO"),
)


def truth(
    plan: Plan,
    intervals: Intervals,
    completion: Completed,
    life: Life,
    around: Surroundings,
) -> Truth:
    """Return wells, intervals, production and gaps."""
    return {
        "wells": _wells(plan),
        "intervals": _intervals(plan, intervals, completion, around),
        "production": _production(plan, life),
        "gaps": _gaps(plan),
    }


def _wells(plan: Plan) -> pl.DataFrame:
    roles = np.select([plan.injector, plan.watered_out], ["injector", "watered_out"], "producer")
    return pl.DataFrame(
        {
            "well_id": plan.well_ids,
            "role": roles,
            "style": [plan.reservoirs[number].style.name for number in plan.reservoir_of],
            "quality": plan.quality,
            "operable": plan.operable,
            "lacks": pl.Series([gap.name if gap else None for gap in plan.gaps], dtype=pl.String),
        }
    )


def _intervals(plan: Plan, intervals: Intervals, completion: Completed, around: Surroundings) -> pl.DataFrame:
    well, place = np.nonzero(intervals.present)
    zones = np.array([[style.rocks[zone].zone for zone in ZONE_OF_INTERVAL] for style in STYLES])
    contact = plan.of_style(tuple(style.contact_tvdss_m for style in STYLES))
    middle = 0.5 * (intervals.top_tvdss_m + intervals.base_tvdss_m)
    columns = {
        name: getattr(intervals, name)[well, place]
        for name in (
            *("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m", "gross_m", "net_pay_m"),
            *("vsh", "phie", "sw", "hcpt_m"),
        )
    }
    return pl.DataFrame(
        {
            "well_id": np.array(plan.well_ids)[well],
            "zone": zones[plan.reservoir_of[well] % len(STYLES), place],
            **columns,
            "height_above_contact_m": contact[well] - middle[well, place],
            "completed": place == completion.place[well],
            "x_m": around.x_m[well, place],
            "y_m": around.y_m[well, place],
            "offset_drained_fraction": np.full(len(well), np.nan)
            if around.drained is None
            else around.drained[well, place],
            "injector_mpvi_by_distance": around.swept[well, place],
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _production(plan: Plan, life: Life) -> pl.DataFrame:
    rows = np.flatnonzero(life.producer)
    names = (
        *("qi_sm3d", "di_per_year", "b", "np_sm3", "eur_sm3", "ogip_sm3", "drained_radius_m"),
        *("water_cut_end", "water_cut_slope_per_year", "pressure_ratio"),
    )
    return pl.DataFrame(
        {
            "well_id": np.array(plan.well_ids)[rows],
            "producing_days": life.producing_days[rows],
            "shut_in_months": life.shut_in[rows],
            **{name: getattr(life, name)[rows] for name in names},
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def _gaps(plan: Plan) -> pl.DataFrame:
    rows = [
        (well_id, code, gap.name, code == gap.code, gap.of(code), gap.what)
        for well_id, gap in zip(plan.well_ids, plan.gaps, strict=True)
        if gap is not None
        for code in gap.codes
    ]
    if not plan.options.logs:  # that their sands were logged and are wet, no table says
        rows += [
            (well_id, code, "injector_not_logged", False, "all", "it injects, and no candidate tells of its log")
            for well_id, injects in zip(plan.well_ids, plan.injector.tolist(), strict=True)
            if injects
            for code in _OF_AN_INJECTOR
        ]
    schema = {
        "well_id": pl.String,
        "gap_code": pl.String,
        "kind": pl.String,
        "planted": pl.Boolean,
        "of": pl.String,
        "what": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row").sort("well_id", "gap_code")
