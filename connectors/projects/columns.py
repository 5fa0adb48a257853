"""Which columns each table has: type, unit, bounds, and which must be given. The table of the design page, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import polars as pl

Quantity = Literal["length", "angle", "oil", "water", "gas", "pressure", "temperature", "time", "fraction"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. required: a row without it says nothing. low, high: outside of them a number is no reading.

    quantity: what `units` may convert. choices: the words that are known; words: others too, written in one way.
    """

    dtype: type[pl.DataType] = pl.String
    required: bool = False
    low: float | None = None
    high: float | None = None
    quantity: Quantity | None = None
    choices: tuple[str, ...] = ()
    words: bool = False


_KEY: Final = Column(required=True)
_TEXT: Final = Column()
_WORD: Final = Column(words=True)
_TRUTH: Final = Column(pl.Boolean)
_NUMBER: Final = Column(pl.Float64)
_DATE: Final = Column(pl.Date)
_DAY: Final = Column(pl.Date, required=True)
_POSITIVE: Final = Column(pl.Float64, low=0.0)
_FRACTION: Final = Column(pl.Float64, low=0.0, high=1.0, quantity="fraction")
_LENGTH: Final = Column(pl.Float64, quantity="length")
_MD: Final = Column(pl.Float64, required=True, low=0.0, quantity="length")
# The longest month has 744 hours, and one more where clocks go back; then a day has 25.
_HOURS: Final = Column(pl.Float64, low=0.0, high=745.0, quantity="time")

STATUSES: Final = ("perforated_producing", "perforated_shut_in", "squeezed", "isolated_plug")


def _volume(quantity: Quantity) -> Column:
    return Column(pl.Float64, low=0.0, quantity=quantity)


TABLES: Final[Mapping[str, Mapping[str, Column]]] = {
    "wells": {
        "well_id": _KEY,
        "name": _TEXT,
        "field": _TEXT,
        "reservoir": _TEXT,
        "x": _NUMBER,
        "y": _NUMBER,
        "crs": _TEXT,
        "kb_elevation_m": _LENGTH,
        "vertical_datum": _TEXT,
        "location_source": _TEXT,
        "transform_chain": _TEXT,
        "max_inc_deg": Column(pl.Float64, low=0.0, high=180.0, quantity="angle"),
        "status": _WORD,
        "aliases": _TEXT,
    },
    "reservoirs": {
        "reservoir": _KEY,
        "bo": _POSITIVE,
        "recovery_factor": _FRACTION,
        "sor": _FRACTION,
        "spacing_m": Column(pl.Float64, low=0.0, quantity="length"),
        "economic_oil_sm3d": Column(pl.Float64, low=0.0, quantity="oil"),
        "gas_gravity": _POSITIVE,
        "temperature_degc": Column(pl.Float64, quantity="temperature"),
        "outline": _TEXT,
    },
    "surveys": {
        "well_id": _KEY,
        "md_m": _MD,
        "inc_deg": Column(pl.Float64, required=True, low=0.0, high=180.0, quantity="angle"),
        "azi_deg": Column(pl.Float64, required=True, low=-360.0, high=360.0, quantity="angle"),
        "azimuth_reference": Column(choices=("grid", "true", "magnetic")),
    },
    "tops": {"well_id": _KEY, "surface": _KEY, "md_m": _MD},
    "production": {
        "well_id": _KEY,
        "date": _DAY,
        "oil_sm3": _volume("oil"),
        "water_sm3": _volume("water"),
        "gas_sm3": _volume("gas"),
        "hours_on": _HOURS,
        "zone": _TEXT,
    },
    "injection": {
        "well_id": _KEY,
        "date": _DAY,
        "water_sm3": _volume("water"),
        "gas_sm3": _volume("gas"),
        "zone": _TEXT,
    },
    "pressures": {
        "well_id": _KEY,
        "date": _DAY,
        "pressure_bar": Column(pl.Float64, required=True, low=0.0, quantity="pressure"),
        "kind": Column(choices=("static", "flowing")),
        "datum_tvdss_m": _LENGTH,
        "initial_bar": Column(pl.Float64, low=0.0, quantity="pressure"),
    },
    "saturation_logs": {"well_id": _KEY, "date": _DAY, "top_md_m": _MD, "base_md_m": _MD, "sw": _FRACTION},
    "overrides": {
        "well_id": _KEY,
        "zone": _TEXT,
        "input": _KEY,
        "value": _KEY,
        "reason": _TEXT,
        "author": _TEXT,
        "date": _DATE,
    },
    "completions": {
        "well_id": _KEY,
        "top_md_m": _MD,
        "base_md_m": _MD,
        "status": Column(choices=STATUSES),
        "date": _DATE,
    },
    "operability": {
        "well_id": _KEY,
        "integrity": _WORD,
        "workover_complexity": _WORD,
        "access": _WORD,
        "cost_ratio": _POSITIVE,
        "tubing_access": _TRUTH,
        "single_casing": _TRUTH,
        "cement_bond": _TRUTH,
        "tree_serviceable": _TRUTH,
        "abandoned": Column(choices=("none", "temporary", "permanent")),
    },
    "contacts": {
        "reservoir": _KEY,
        "kind": Column(required=True, choices=("owc", "goc", "lko")),
        "tvdss_m": Column(pl.Float64, required=True, quantity="length"),
    },
    "evidence": {"well_id": _KEY, "kind": Column(required=True, words=True), "path": _TEXT, "sha256": _TEXT},
    "candidates": {
        "candidate_id": _TEXT,
        "well_id": _KEY,
        "zone": _TEXT,
        "event_no": Column(pl.Int32, low=0.0),
        "top_md_m": _MD,
        "base_md_m": _MD,
        "top_tvdss_m": _LENGTH,
        "base_tvdss_m": _LENGTH,
        "gross_md_m": _POSITIVE,
        "net_md_m": _POSITIVE,
        "vsh": _FRACTION,
        "phie": _FRACTION,
        "sw": _FRACTION,
        "rt": _POSITIVE,
        "rt_contrast": _POSITIVE,
        "net_pay_m": _POSITIVE,
        "gross_m": _POSITIVE,
        "hcpt_m": _POSITIVE,
        "permeability_md": _POSITIVE,
        "log_quality": _FRACTION,
        "bad_hole_fraction": _FRACTION,
        "evaluated_fraction": _FRACTION,
        "sampled_fraction": _FRACTION,
        "max_step_m": _POSITIVE,
        "vsh_coverage": _FRACTION,
        "porosity_coverage": _FRACTION,
        "resistivity_coverage": _FRACTION,
        "depth_problem": _TEXT,
        "has_log": _TRUTH,
        "interpretation_id": _TEXT,
        "rw_ohmm": _POSITIVE,
        "rw_source": _TEXT,
        "a_factor": _NUMBER,
        "m_exponent": _NUMBER,
        "n_exponent": _NUMBER,
        "sw_model": _TEXT,
        "porosity_method": _TEXT,
        "vsh_method": _TEXT,
        "sw_confidence": Column(choices=("high", "medium", "low")),
        "sw_conflict": _TEXT,
        "completion_status": Column(choices=(*STATUSES, "never_perforated")),
        "position_confidence": Column(choices=("high", "medium", "low", "unknown")),
        "cone_radius_top_m": _POSITIVE,
        "cone_radius_base_m": _POSITIVE,
        "recommended_action": _TEXT,
        "evidence_pack_id": _TEXT,
        "cutoffs_applied": Column(pl.Struct),
        "source_ids": _TEXT,
    },
}
