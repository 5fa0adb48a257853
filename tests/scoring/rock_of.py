"""Small logs and projects for tests of discovery, from numbers written by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import numpy as np
import polars as pl

from scoring.parameters import ZoneParameters, parse_parameters
from scoring.project import PROBLEM_COLUMNS, Project, Source, WellLog, Zone

WELL: Final = "W-1"
ZONE: Final = "Sand"
AS_OF: Final = date(2020, 1, 1)

# Rhob 2.32 g/cm3 is 0.2 of porosity; with that, Rw 0.05 and m = n = 2, Rt 20 ohm.m is Sw 0.25 and Rt 1.25 is Sw 1.
PAY: Final = {"gr": 20.0, "rhob": 2.32, "rt": 20.0}
WET: Final = {"gr": 20.0, "rhob": 2.32, "rt": 1.25}
SHALE: Final = {"gr": 120.0, "rhob": 2.5, "rt": 2.0}
NOTHING: Final[dict[str, float | None]] = {"gr": None, "rhob": None, "rt": None}
RAW_PARAMETERS: Final[dict[str, Any]] = {
    "gr_clean": 20,
    "gr_shale": 120,
    "porosity": {"method": "density", "rho_matrix": 2.65, "rho_fluid": 1.0},
    "archie": {"a": 1, "m": 2, "n": 2},
    "rw": {"value": 0.05, "source": "water_sample"},
}


def parameters(**changed: Any) -> ZoneParameters:
    """Return the usual parameters, with some of their tables replaced; None leaves one out."""
    raw = {key: value for key, value in {**RAW_PARAMETERS, **changed}.items() if value is not None}
    made, faults = parse_parameters(raw)
    assert made is not None, faults
    return made


def log_of(
    *layers: tuple[float, Mapping[str, float | None]], top: float = 1000.0, step: float = 0.1, well: str = WELL
) -> WellLog:
    """Return a log of layers from above: thickness [m] and what each of its samples reads, in the middle of a step."""
    rows = []
    for thickness, reads in layers:
        rows += [dict(reads)] * round(thickness / step)
    names = sorted({name for _, reads in layers for name in reads})
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Float64))
    depth = top + step * (np.arange(len(rows)) + 0.5)
    return WellLog(well, frame.with_columns(pl.Series("md_m", depth)), (), ("S1",))


def project_of(
    *,
    zones: tuple[Zone, ...] = (),
    said: Mapping[str, ZoneParameters] | None = None,
    problems: list[tuple[str | None, str, str]] | None = None,
    **tables: pl.DataFrame,
) -> Project:
    """Return a project of one vertical well with its depth reference 30 m above the sea, and whatever else is given."""
    wells = pl.DataFrame(
        [(WELL, "north", 30.0, 1.0, 60.0, "documented")],
        schema=["well_id", "reservoir", "kb_elevation_m", "max_inc_deg", "latitude_deg", "crs_confidence"],
        orient="row",
    )
    rows = [(*problem, None) for problem in problems or []]
    return Project(
        project_id="p",
        as_of=AS_OF,
        profile="earthbond_reopen_v1",
        crs="EPSG:23031",
        zones=zones,
        parameters={"whole_log": parameters()} if said is None else said,
        well_parameters={},
        tables={"wells": wells, **tables},
        logs=(),
        sources=(Source("S1", "log", "w-1.las", "ab" * 32, WELL),),
        problems=pl.DataFrame(rows, schema=PROBLEM_COLUMNS, orient="row"),
    )
