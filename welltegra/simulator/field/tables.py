"""The tables of a complete field, as design/project-data.md has them, before anything is taken away."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from welltegra.simulator.field.chance import Floats, Integers, stream
from welltegra.simulator.field.geology import LOWER, PICKS, UPPER
from welltegra.simulator.field.intervals import Completed, Intervals
from welltegra.simulator.field.plan import AS_OF, PROJECT_CRS, Plan
from welltegra.simulator.field.production import Life, tests, volumes
from welltegra.simulator.field.styles import STYLES
from welltegra.simulator.field.trajectories import Paths

Tables = dict[str, pl.DataFrame]

_EPOCH = date(1970, 1, 1)
# Every so many wells, production is reported under the well's other name.
_ALIASED_EVERY = 7


def alias(well_id: str) -> str:
    """Return the other name a well goes by."""
    return f"SYN/{well_id}"


def well_tables(plan: Plan, paths: Paths, surface_x_m: Floats, surface_y_m: Floats, edge_md_m: Floats) -> Tables:
    """Return wells, surveys and tops."""
    ids, wells = np.array(plan.well_ids), len(plan.well_ids)
    styles = [reservoir.style for reservoir in plan.reservoirs]
    names = [
        [styles[number].rocks[UPPER].zone for number in plan.reservoir_of],
        [styles[number].rocks[LOWER].zone for number in plan.reservoir_of],
        [f"Base {styles[number].rocks[LOWER].zone}" for number in plan.reservoir_of],
    ]
    stations = paths.md_m.shape[1]
    return {
        "wells": pl.DataFrame(
            {
                "well_id": ids,
                "name": [f"Synthetic {well_id}" for well_id in plan.well_ids],
                "field": ["Synthetic Field"] * wells,
                "reservoir": [plan.reservoirs[number].name for number in plan.reservoir_of],
                "x": np.round(surface_x_m, 2),
                "y": np.round(surface_y_m, 2),
                "crs": [PROJECT_CRS] * wells,
                "kb_elevation_m": plan.kb_elevation_m,
                "vertical_datum": ["MSL"] * wells,
                "location_source": ["as-built survey"] * wells,
                "transform_chain": ["identity"] * wells,
                "max_inc_deg": plan.inclination_deg,
                "status": np.where(plan.injector, "injector", "producer"),
                "aliases": [alias(well_id) for well_id in plan.well_ids],
            }
        ),
        "surveys": pl.DataFrame(
            {
                "well_id": np.repeat(ids, stations),
                "md_m": paths.md_m.ravel(),
                "inc_deg": paths.inc_deg.ravel(),
                "azi_deg": paths.azi_deg.ravel(),
                "azimuth_reference": ["grid"] * (wells * stations),
            }
        ),
        "tops": pl.DataFrame(
            {
                "well_id": np.repeat(ids, len(PICKS)),
                "surface": np.column_stack(names).ravel(),
                "md_m": np.round(edge_md_m[:, list(PICKS)], 3).ravel(),
            }
        ),
    }


def reservoir_tables(plan: Plan) -> Tables:
    """Return reservoirs and contacts."""
    rows = [
        {
            "reservoir": reservoir.name,
            "bo": reservoir.style.bo,
            "recovery_factor": reservoir.style.recovery_factor,
            "sor": reservoir.style.sor,
            "spacing_m": reservoir.style.spacing_m,
            "economic_oil_sm3d": None if reservoir.style.gas else reservoir.style.economic_oil_sm3d,
            "gas_gravity": reservoir.style.gas_gravity if reservoir.style.gas else None,
            "temperature_degc": reservoir.style.temperature_degc,
            "outline": reservoir.outline,
        }
        for reservoir in plan.reservoirs
    ]
    contacts = [
        {"reservoir": reservoir.name, "kind": "owc", "tvdss_m": reservoir.style.contact_tvdss_m}
        for reservoir in plan.reservoirs
    ]
    return {"reservoirs": pl.DataFrame(rows, infer_schema_length=None), "contacts": pl.DataFrame(contacts)}


def production_tables(plan: Plan, intervals: Intervals, completion: Completed, life: Life) -> Tables:
    """Return production, injection, pressures and saturation_logs."""
    ids = np.array(plan.well_ids)
    metered = volumes(plan, life)
    reported = np.where(
        np.arange(len(ids)) % _ALIASED_EVERY == 3, np.array([alias(well_id) for well_id in plan.well_ids]), ids
    )
    tested = tests(plan, life)
    contact = plan.of_style(tuple(style.contact_tvdss_m for style in STYLES))
    initial = plan.of_style(tuple(style.initial_bar for style in STYLES))
    rows, place = np.flatnonzero(plan.watered_out & life.producer), completion.place
    return {
        "production": pl.DataFrame(
            {
                "well_id": reported[metered.well],
                "date": _dates(metered.month),
                "oil_sm3": metered.oil_sm3,
                "water_sm3": metered.water_sm3,
                "gas_sm3": metered.gas_sm3,
                "hours_on": metered.hours_on,
                "zone": _completed_zone(plan)[metered.well],
            }
        ),
        "injection": _injection(plan),
        "pressures": _pressures(ids, tested.well, tested.day, tested.pressure_bar, contact, initial),
        "saturation_logs": pl.DataFrame(
            {
                "well_id": ids[rows],
                "date": [date(AS_OF.year - 2, 5, 17)] * len(rows),
                "top_md_m": np.round(intervals.top_md_m[rows, place[rows]], 2),
                "base_md_m": np.round(intervals.base_md_m[rows, place[rows]], 2),
                "sw": np.round(0.72 + 0.08 * plan.operable[rows], 3),
            }
        ),
    }


def _pressures(
    ids: npt.NDArray[np.str_], well: Integers, day: Integers, bar: Floats, contact: Floats, initial: Floats
) -> pl.DataFrame:
    static = pl.DataFrame(
        {
            "well_id": ids[well],
            "date": _dates(day),
            "pressure_bar": bar,
            "kind": ["static"] * len(well),
            "datum_tvdss_m": contact[well],
            "initial_bar": initial[well],
        }
    )
    # A flowing pressure a month later, of which nobody may make a reservoir pressure.
    flowing = static.with_columns(
        pl.col("date") + timedelta(days=31),
        (pl.col("pressure_bar") * 0.6).round(2),
        kind=pl.lit("flowing"),
        initial_bar=pl.lit(None, dtype=pl.Float64),
    )
    return pl.concat([static, flowing]).sort("well_id", "date")


def _injection(plan: Plan) -> pl.DataFrame:
    """Return what was injected, by month; of the first flooded reservoir, and every other, for a year and a half."""
    chance = stream(plan.options.seed, "injection")
    months = (np.datetime64(AS_OF, "M") - np.arange(60, 0, -1)).astype("datetime64[D]").astype(np.int64)
    injectors = np.flatnonzero(plan.injector)
    daily = np.round(chance.uniform(60.0, 180.0, len(injectors)), 1)
    ups_and_downs = 1.0 + 0.25 * chance.standard_normal((len(injectors), len(months)))
    late = plan.reservoir_of[injectors] // len(STYLES) % 2 == 0
    well, month = np.nonzero((np.arange(60) >= 42) | ~late[:, None])
    injected = pl.DataFrame(
        {
            "well_id": np.array(plan.well_ids)[injectors[well]],
            "date": _dates(months[month]),
            "water_sm3": np.round(30.0 * daily[well] * np.maximum(ups_and_downs[well, month], 0.2), 1),
            "gas_sm3": np.zeros(len(well)),
            "zone": _completed_zone(plan)[injectors[well]],
        }
    )
    return pl.concat([injected, _none_injected(plan)], how="vertical_relaxed")


def _none_injected(plan: Plan) -> pl.DataFrame:
    """Return a zero for one well of each reservoir without injectors: that there was none is said, not left out."""
    idle = [
        next((well for well in range(r.first, r.last) if plan.gaps[well] is None), r.first)
        for r in plan.reservoirs
        if not plan.injector[r.first : r.last].any()
    ]
    return pl.DataFrame(
        {
            "well_id": [plan.well_ids[well] for well in idle],
            "date": [date(AS_OF.year - 1, 12, 1)] * len(idle),
            "water_sm3": [0.0] * len(idle),
            "gas_sm3": [0.0] * len(idle),
            "zone": [None] * len(idle),
        },
        schema_overrides={"well_id": pl.String, "zone": pl.String, "date": pl.Date},
    )


def work_tables(plan: Plan, intervals: Intervals, completion: Completed, life: Life) -> Tables:
    """Return completions and operability."""
    ids = np.array(plan.well_ids)
    rows = np.flatnonzero(life.producer)
    place = completion.place[rows]
    opened = pl.DataFrame(
        {
            "well_id": ids[rows],
            "top_md_m": np.round(intervals.top_md_m[rows, place], 2),
            "base_md_m": np.round(intervals.base_md_m[rows, place], 2),
            "status": ["perforated_producing"] * len(rows),
            "date": _dates(_months_before(life.start[rows])),
        }
    )
    closed = opened.with_columns(
        date=_dates(_months_before(life.shut_in[rows])), status=pl.lit("perforated_shut_in")
    ).filter(pl.Series(life.shut_in[rows] > 0))
    good = plan.operable
    return {
        "completions": pl.concat([opened, closed]).sort("well_id", "date"),
        "operability": pl.DataFrame(
            {
                "well_id": ids,
                "integrity": np.select([good > 0.45, good > 0.2], ["green", "yellow"], "orange"),
                "workover_complexity": np.select(
                    [good > 0.75, good > 0.5, good > 0.25], ["rigless", "through_tubing", "workover_rig"], "sidetrack"
                ),
                "access": np.where(good > 0.3, "road_and_permit", "permit_pending"),
                "cost_ratio": np.round(1.2 - 0.9 * good, 2),
                "tubing_access": good > 0.1,
                "single_casing": good > 0.15,
                "cement_bond": good > 0.35,
                "tree_serviceable": good > 0.05,
                "abandoned": ["none"] * len(ids),
            }
        ),
    }


def _completed_zone(plan: Plan) -> npt.NDArray[np.str_]:
    zones = [
        plan.reservoirs[number].style.rocks[LOWER if lower else UPPER].zone
        for number, lower in zip(plan.reservoir_of.tolist(), plan.lower.tolist(), strict=True)
    ]
    return np.array(zones)


def _months_before(months: Integers) -> Integers:
    return (np.datetime64(AS_OF, "M") - months).astype("datetime64[D]").astype(np.int64)


def _dates(days: Integers) -> pl.Series:
    return pl.Series(days, dtype=pl.Int32).cast(pl.Date)
