"""Small projects for tests of assessment, from rows written by hand."""

from __future__ import annotations

import copy
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, Final

import polars as pl

from schemas.profiles import canonical_profile, default_profile
from scoring.assessment import assess
from scoring.profile import Profile
from scoring.project import PROBLEM_COLUMNS, LogReference, Project

AS_OF: Final = date(2020, 1, 1)

_NUMBER, _TEXT, _DATE, _TRUTH = pl.Float64, pl.String, pl.Date, pl.Boolean
TABLES: Final[dict[str, dict[str, Any]]] = {
    "wells": {
        **dict.fromkeys(("well_id", "name", "field", "reservoir", "crs", "vertical_datum"), _TEXT),
        **dict.fromkeys(("location_source", "transform_chain", "status", "aliases", "crs_confidence"), _TEXT),
        **dict.fromkeys(("x", "y", "kb_elevation_m", "max_inc_deg", "x_m", "y_m"), _NUMBER),
        **dict.fromkeys(("latitude_deg", "longitude_deg", "ecef_x_m", "ecef_y_m", "ecef_z_m"), _NUMBER),
        **dict.fromkeys(("identity_m", "sources_m"), _NUMBER),
    },
    "reservoirs": {
        "reservoir": _TEXT,
        "outline": _TEXT,
        **dict.fromkeys(("bo", "recovery_factor", "sor", "spacing_m", "economic_oil_sm3d"), _NUMBER),
        **dict.fromkeys(("gas_gravity", "temperature_degc"), _NUMBER),
    },
    "surveys": {
        "well_id": _TEXT,
        "azimuth_reference": _TEXT,
        **dict.fromkeys(("md_m", "inc_deg", "azi_deg"), _NUMBER),
    },
    "production": {
        "well_id": _TEXT,
        "date": _DATE,
        "zone": _TEXT,
        **dict.fromkeys(("oil_sm3", "water_sm3", "gas_sm3", "hours_on"), _NUMBER),
    },
    "injection": {
        "well_id": _TEXT,
        "date": _DATE,
        "zone": _TEXT,
        **dict.fromkeys(("water_sm3", "gas_sm3"), _NUMBER),
    },
    "pressures": {
        "well_id": _TEXT,
        "date": _DATE,
        "kind": _TEXT,
        **dict.fromkeys(("pressure_bar", "datum_tvdss_m", "initial_bar"), _NUMBER),
    },
    "saturation_logs": {
        "well_id": _TEXT,
        "date": _DATE,
        **dict.fromkeys(("top_md_m", "base_md_m", "sw"), _NUMBER),
    },
    "completions": {
        "well_id": _TEXT,
        "top_md_m": _NUMBER,
        "base_md_m": _NUMBER,
        "status": _TEXT,
        "date": _DATE,
    },
    "operability": {
        **dict.fromkeys(("well_id", "integrity", "workover_complexity", "access", "abandoned"), _TEXT),
        "cost_ratio": _NUMBER,
        **dict.fromkeys(("tubing_access", "single_casing", "cement_bond", "tree_serviceable"), _TRUTH),
    },
    "contacts": {"reservoir": _TEXT, "kind": _TEXT, "tvdss_m": _NUMBER},
    "evidence": dict.fromkeys(("well_id", "kind", "path", "sha256"), _TEXT),
}
CANDIDATES: Final[dict[str, Any]] = {
    **dict.fromkeys(("candidate_id", "well_id", "zone", "completion_status", "depth_problem", "source_ids"), _TEXT),
    "event_no": pl.Int32,
    **dict.fromkeys(("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m", "net_md_m", "net_pay_m"), _NUMBER),
    **dict.fromkeys(("vsh", "phie", "sw", "hcpt_m", "permeability_md"), _NUMBER),
    "has_log": _TRUTH,
}

Row = dict[str, Any]
Rows = Sequence[Row]


def table(name: str, rows: Rows) -> pl.DataFrame:
    """Return a table with every column of its kind; what a row leaves out is null."""
    schema = TABLES[name] | {"source_id": _TEXT}
    full = [
        {column: row.get(column, f"S-{name}" if column == "source_id" else None) for column in schema} for row in rows
    ]
    return pl.DataFrame(full, schema=schema, orient="row")


def well(well_id: str, x: float = 1000.0, y: float = 1000.0, **more: Any) -> dict[str, Any]:
    """Return a row of wells: vertical, documented, in reservoir R."""
    usual = {
        "well_id": well_id,
        "name": well_id,
        "field": "F",
        "reservoir": "R",
        "x": x,
        "y": y,
        "x_m": x,
        "y_m": y,
        "crs": "EPSG:23031",
        "crs_confidence": "documented",
        "transform_chain": "identity",
        "kb_elevation_m": 25.0,
        "vertical_datum": "MSL",
        "max_inc_deg": 1.0,
    }
    return usual | more


RESERVOIR: Final[dict[str, Any]] = {
    "reservoir": "R",
    "bo": 1.2,
    "recovery_factor": 0.4,
    "sor": 0.25,
    "spacing_m": 400.0,
    "economic_oil_sm3d": 2.0,
    "gas_gravity": 0.7,
    "temperature_degc": 90.0,
}


def candidate(well_id: str, zone: str = "Z", top: float = 2000.0, base: float = 2010.0, **more: Any) -> dict[str, Any]:
    """Return a candidate of 10 m, porosity .2, Sw .3: hydrocarbon pore thickness 1.4 m."""
    thickness = base - top
    usual: dict[str, Any] = {
        "candidate_id": f"{well_id}/{zone}/{top:.2f}",
        "well_id": well_id,
        "zone": zone,
        "event_no": 1,
        "top_md_m": top,
        "base_md_m": base,
        "top_tvdss_m": top - 25.0,
        "base_tvdss_m": base - 25.0,
        "net_md_m": thickness,
        "net_pay_m": thickness,
        "vsh": 0.1,
        "phie": 0.2,
        "sw": 0.3,
        "has_log": True,
    }
    made = usual | more
    made.setdefault("hcpt_m", made["net_pay_m"] * made["phie"] * (1.0 - made["sw"]))
    return made


def candidates(*rows: Row) -> pl.DataFrame:
    full = [{column: row.get(column) for column in CANDIDATES} for row in rows]
    return pl.DataFrame(full, schema=CANDIDATES, orient="row")


def project(*, as_of: date = AS_OF, logs: Sequence[str] = (), problems: Rows = (), **tables: Rows) -> Project:
    """Return a project of these tables' rows; a table that is not named is not given."""
    return Project(
        project_id="test",
        as_of=as_of,
        profile="earthbond_reopen_v1",
        crs="EPSG:23031",
        zones=(),
        parameters={},
        well_parameters={},
        tables={name: table(name, rows) for name, rows in tables.items()},
        logs=tuple(LogReference(well_id, "a.las", "S-log", "a.las", "las") for well_id in logs),
        sources=(),
        problems=pl.DataFrame(
            [{column: row.get(column) for column in PROBLEM_COLUMNS} for row in problems],
            schema=PROBLEM_COLUMNS,
            orient="row",
        ),
    )


def assessed(
    made: Project,
    found: pl.DataFrame,
    evaluated: Collection[str] | None = None,
    profile: Profile | None = None,
) -> pl.DataFrame:
    """Return what `assess` gives by a profile; by the one that comes with WellTegra where none is given."""
    return assess(made, found, profile or default_profile(), evaluated)


def profile_with(**assessment: Any) -> Profile:
    """Return the profile that comes with WellTegra, with other values of assessment."""
    raw = copy.deepcopy(dict(canonical_profile().raw))
    raw["assessment"] |= assessment
    return Profile.from_json(raw)


def monthly_rows(well_id: str, oil: Sequence[float | None], start: date = date(2010, 1, 1), **more: Any) -> list[Row]:
    """Return a row of production for each month from `start`. A list in `more` gives a value a month."""
    rows: list[Row] = []
    for i, volume in enumerate(oil):
        months = start.year * 12 + start.month - 1 + i
        row: dict[str, Any] = {"well_id": well_id, "date": date(months // 12, months % 12 + 1, 1), "oil_sm3": volume}
        rows.append(row | {key: value[i] if isinstance(value, list) else value for key, value in more.items()})
    return rows
