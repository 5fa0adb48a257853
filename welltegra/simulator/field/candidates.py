"""The true intervals as a table of candidates, in place of logs: for fields too large to log."""

from __future__ import annotations

import uuid
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from welltegra.simulator.field.chance import Flags, Floats, Integers
from welltegra.simulator.field.geology import INTERVALS, ZONE_OF_INTERVAL, Beds
from welltegra.simulator.field.intervals import Completed, Intervals
from welltegra.simulator.field.plan import Plan
from welltegra.simulator.field.production import Life
from welltegra.simulator.field.rocks import SHALE_RT_OHMM, true_resistivity
from welltegra.simulator.field.styles import STYLES

Anything = npt.NDArray[Any]

_WET = 12
_OF_ROCK = (
    *("saturation_method", "porosity_method", "vsh_method"),
    *("rw_ohmm", "a_factor", "m_exponent", "n_exponent"),
)
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:welltegra:synthetic-field")
_DAMAGED_FRACTION = 0.34


def candidates(plan: Plan, beds: Beds, intervals: Intervals, completion: Completed, life: Life) -> pl.DataFrame:
    """Return a row for each interval that a log would have shown, with what discovery would say of it."""
    present = intervals.present & ~plan.has_gap("no_log")[:, None]
    well, place = np.nonzero(present)
    ids = np.array(plan.well_ids)[well]
    zones = _of_rock(plan, "zone", well, place)
    event = (np.cumsum(present, axis=1))[well, place]
    coarse, dropped, washed, weak = (
        plan.has_gap(kind)[well] for kind in ("coarse_log", "resistivity_drops_out", "washed_out", "weak_rw")
    )
    no_vertical = plan.has_gap("no_kb", "no_survey")[well]
    lost = plan.has_gap("no_survey")[well]
    rt, wet_rt = _resistivities(plan, beds, well, place)
    top, base = intervals.top_md_m[well, place], intervals.base_md_m[well, place]
    net_share = intervals.net_pay_m[well, place] / intervals.gross_m[well, place]
    completed = place == completion.place[well]
    status = np.where(completed, np.where(life.shut_in[well] > 0, "perforated_shut_in", "perforated_producing"), "")
    unknown = plan.has_gap("no_completion_status")[well]
    rock = {name: _of_rock(plan, name, well, place) for name in _OF_ROCK}
    frame = pl.DataFrame(
        {
            "candidate_id": _ids(ids, zones, top, base),
            "well_id": ids,
            "zone": zones,
            "event_no": event.astype(np.int32),
            "top_md_m": top,
            "base_md_m": base,
            "top_tvdss_m": _unless(no_vertical, intervals.top_tvdss_m[well, place]),
            "base_tvdss_m": _unless(no_vertical, intervals.base_tvdss_m[well, place]),
            "gross_md_m": base - top,
            "net_md_m": (base - top) * net_share,
            "vsh": intervals.vsh[well, place],
            "phie": intervals.phie[well, place],
            "sw": intervals.sw[well, place],
            "rt": rt,
            "rt_contrast": rt / wet_rt,
            "net_pay_m": _unless(lost, intervals.net_pay_m[well, place]),
            "gross_m": _unless(lost, intervals.gross_m[well, place]),
            "hcpt_m": _unless(lost, intervals.hcpt_m[well, place]),
            "permeability_md": np.full(len(well), np.nan),
            "log_quality": np.where(dropped | washed, 1.0 - _DAMAGED_FRACTION, 1.0),
            "bad_hole_fraction": np.where(washed, _DAMAGED_FRACTION, 0.0),
            "evaluated_fraction": np.where(dropped | washed, 1.0 - _DAMAGED_FRACTION, 1.0),
            "sampled_fraction": np.ones(len(well)),
            "max_step_m": np.where(coarse, 1.0, 0.2),
            "vsh_coverage": np.ones(len(well)),
            "porosity_coverage": np.ones(len(well)),
            "resistivity_coverage": np.where(dropped, 1.0 - _DAMAGED_FRACTION, 1.0),
            "has_log": np.ones(len(well), dtype=np.bool_),
            **{name: rock[name] for name in ("rw_ohmm", "a_factor", "m_exponent", "n_exponent")},
            "rw_source": np.where(weak, "project_default", "water_sample"),
            "sw_model": rock["saturation_method"],
            "porosity_method": rock["porosity_method"],
            "vsh_method": rock["vsh_method"],
            "sw_confidence": np.where(weak, "low", "high"),
            "completion_status": np.where(unknown, "", np.where(completed, status, "never_perforated")),
        }
    )
    numbers = pl.col(pl.Float64).fill_nan(None).round(6)
    return frame.with_columns(numbers, pl.col("completion_status").replace("", None)).with_columns(
        position_confidence=pl.lit("unknown"),
        cutoffs_applied=pl.struct(vsh_max=0.40, phie_min=0.08, sw_max=0.60, rt_min=pl.lit(None, dtype=pl.Float64)),
    )


def _resistivities(plan: Plan, beds: Beds, well: Integers, place: Integers) -> tuple[Floats, Floats]:
    """Return Rt [ohm.m] of each interval's first sand, and of what it is held against: wet sand below, or shale."""
    first = np.array([bed for bed, _ in INTERVALS])[place]
    rt, wet = np.empty(len(well)), np.full(len(well), SHALE_RT_OHMM)
    style = plan.reservoir_of[well] % len(STYLES)
    for number, of in enumerate(STYLES):
        for zone, rock in enumerate(of.rocks):
            among = (style == number) & (ZONE_OF_INTERVAL[place] == zone)
            its, bed = well[among], first[among]
            rt[among] = true_resistivity(rock, beds.vsh[its, bed], beds.phie[its, bed], beds.sw[its, bed])
            if zone == ZONE_OF_INTERVAL[-1]:
                wet[among] = true_resistivity(rock, beds.vsh[its, _WET], beds.phie[its, _WET], beds.sw[its, _WET])
    return rt, wet


def _of_rock(plan: Plan, name: str, well: Integers, place: Integers) -> Anything:
    """Return what an attribute of the rock is in each interval."""
    table = np.array([[getattr(style.rocks[zone], name) for zone in ZONE_OF_INTERVAL] for style in STYLES])
    found: Anything = table[plan.reservoir_of[well] % len(STYLES), place]
    return found


def _unless(unknown: Flags, values: Floats) -> Floats:
    return np.where(unknown, np.nan, values)


def _ids(ids: Anything, zones: Anything, top: Floats, base: Floats) -> list[str]:
    rows = zip(ids.tolist(), zones.tolist(), top.tolist(), base.tolist(), strict=True)
    return [str(uuid.uuid5(_NAMESPACE, f"{well}|{zone}|{a:.2f}|{b:.2f}")) for well, zone, a, b in rows]
