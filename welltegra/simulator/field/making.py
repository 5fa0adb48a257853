"""Makes a synthetic field and writes it as a project folder, with its truth beside it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl

from welltegra.simulator.field.candidates import candidates
from welltegra.simulator.field.chance import Floats, stream
from welltegra.simulator.field.drainage import drained_fractions, injected_pore_volumes
from welltegra.simulator.field.geology import lay
from welltegra.simulator.field.intervals import completed, places, true_intervals
from welltegra.simulator.field.logs import logged
from welltegra.simulator.field.plan import AS_OF, FieldOptions, Plan, make_plan
from welltegra.simulator.field.planting import plant
from welltegra.simulator.field.production import live
from welltegra.simulator.field.project_file import project_file
from welltegra.simulator.field.tables import production_tables, reservoir_tables, well_tables, work_tables
from welltegra.simulator.field.trajectories import Paths, drilled
from welltegra.simulator.field.truth import Surroundings, truth
from welltegra.simulator.field.writing import ABOUT, clear, evidence, with_files, write_logs, write_tables

_OVERRIDES: Final = ("well_id", "zone", "input", "value", "reason", "author", "date")
_MOST_WELLS_COUNTED: Final = 2_000  # counting points takes its time


@dataclass(frozen=True, slots=True)
class Made:
    """What was written."""

    wells: int
    reservoirs: int
    intervals: int
    logs: int
    with_gaps: int


def make_field(options: FieldOptions, folder: Path) -> Made:
    """Write the field of these options into a folder, which it makes where there is none; an earlier field goes."""
    plan = make_plan(options)
    beds = lay(plan)
    paths = _drilled(plan, beds.edge_tvdss_m)
    edge_md_m = paths.md_at(beds.edge_tvdss_m + plan.kb_elevation_m[:, None])
    intervals = true_intervals(plan, beds, edge_md_m)
    wellheads = _wellheads(plan, paths, edge_md_m)
    located = places(paths, intervals, *wellheads)
    completion = completed(plan, intervals, *located)
    life = live(plan, completion)
    tables = {
        **well_tables(plan, paths, *wellheads, edge_md_m),
        **reservoir_tables(plan),
        **production_tables(plan, intervals, completion, life),
        **work_tables(plan, intervals, completion, life),
        "overrides": pl.DataFrame(schema=dict.fromkeys(_OVERRIDES, pl.String)),
        "evidence": evidence(plan.well_ids),
    }
    plant(plan, tables)
    counted = options.wells <= _MOST_WELLS_COUNTED
    drained = drained_fractions(plan, intervals, completion, life, *located) if counted else None
    swept = injected_pore_volumes(plan, intervals, life, completion, *located, _injected(plan, tables["injection"]))
    known = truth(plan, intervals, completion, life, Surroundings(*located, drained, swept))
    clear(folder)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    logs: dict[str, tuple[str, str]] = {}
    if options.logs:
        logs, known["samples"] = write_logs(logged(plan, beds, edge_md_m), folder)
    else:
        tables["candidates"] = candidates(plan, beds, intervals, completion, life)
    items = tables.pop("evidence")
    files = write_tables(tables, folder)
    write_tables({"evidence": with_files(items, files, logs)}, folder)
    for name, frame in known.items():
        frame.write_parquet(folder / "truth" / f"{name}.parquet")
    about = {**asdict(options), "as_of": AS_OF.isoformat()}
    (folder / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    paths_of_logs = {well_id: path for well_id, (path, _) in logs.items()}
    (folder / "project.toml").write_text(project_file(plan, paths_of_logs), encoding="utf-8")
    with_gaps = sum(gap is not None for gap in plan.gaps)
    return Made(options.wells, len(plan.reservoirs), int(intervals.present.sum()), len(logs), with_gaps)


def _injected(plan: Plan, injection: pl.DataFrame) -> Floats:
    """Return the water that each well injected [sm3]."""
    sums = dict(injection.group_by("well_id").agg(pl.col("water_sm3").sum().round(1)).rows())
    return np.array([sums.get(well_id, 0.0) for well_id in plan.well_ids])


def _drilled(plan: Plan, edge_tvdss_m: Floats) -> Paths:
    chance = stream(plan.options.seed, "drilling")
    kick_off_m = np.round(chance.uniform(350.0, 600.0, len(plan.well_ids)), 0)
    deepest_m = edge_tvdss_m[:, -1] + plan.kb_elevation_m
    return drilled(deepest_m, plan.inclination_deg, plan.azimuth_deg, kick_off_m)


def _wellheads(plan: Plan, paths: Paths, edge_md_m: Floats) -> tuple[Floats, Floats]:
    """Return x and y [m] of the wellheads: so far back that the wells meet their targets where planned."""
    middle = edge_md_m[:, [edge_md_m.shape[1] // 2]]
    north, east, _ = paths.position_at(middle)
    return np.round(plan.x_m - east[:, 0], 2), np.round(plan.y_m - north[:, 0], 2)
