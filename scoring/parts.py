"""A project cut into its reservoirs, which share no wells, offsets or injectors."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from scoring.locations import one_row_a_well
from scoring.project import Project


def of_reservoir(project: Project, reservoir: str | None) -> Project:
    """Return the project with the wells of one reservoir; a table of which nothing is left is given still.

    With them stand the wells that produced or injected and of which no reservoir is stated: they may be of this one.
    """
    wells = project.tables["wells"]
    # One well may stand in rows of two reservoirs; one_row_a_well says which holds, and need not see all wells for it.
    named = pl.col("reservoir") == reservoir if reservoir is not None else pl.col("reservoir").is_null()
    near = wells.join(wells.filter(named).select("well_id"), on="well_id", how="semi", maintain_order="left")
    same = pl.col("reservoir").eq_missing(pl.lit(reservoir, dtype=pl.String))
    chosen = one_row_a_well(near).filter(same).select("well_id")
    if reservoir is not None:
        active = [
            project.tables[name].select("well_id") for name in ("production", "injection") if name in project.tables
        ]
        stated = wells.drop_nulls("reservoir").select("well_id")
        unstated = wells.select("well_id").unique().join(stated, on="well_id", how="anti")
        strays = [unstated.join(frame, on="well_id", how="semi") for frame in active]
        chosen = pl.concat([chosen, *strays]).unique().sort("well_id")
    tables = {
        name: frame.join(chosen, on="well_id", how="semi", maintain_order="left")
        if "well_id" in frame.columns
        else frame
        for name, frame in project.tables.items()
    }
    problems = pl.concat(
        [
            project.problems.filter(pl.col("well_id").is_null()),
            project.problems.join(chosen, on="well_id", how="semi", maintain_order="left"),
        ]
    )
    return replace(project, tables=tables, problems=problems)


def reservoirs_of(project: Project) -> list[str | None]:
    """Return the reservoirs of the project's wells, sorted, None last."""
    found = set(one_row_a_well(project.tables["wells"])["reservoir"])
    return [*sorted(r for r in found if r is not None), *([None] if None in found else [])]
