"""Reads, discovers, assesses and scores a synthetic field, and lays what is true beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from connectors.projects import read_project, read_well_log
from schemas.profiles import default_profile
from scoring.assessment import assess
from scoring.discovery import discover, logged_wells
from scoring.evaluation import evaluate
from scoring.project import Project, WellLog
from scoring.scores import Scored, score
from welltegra.simulator.field.making import make_field
from welltegra.simulator.field.plan import FieldOptions


@dataclass(frozen=True)
class Ranked:
    """A field that went through the whole pipeline. logs: None where candidates were given in their place."""

    folder: Path
    project: Project
    logs: tuple[WellLog, ...]
    scored: Scored

    def truth(self, name: str) -> pl.DataFrame:
        """Return one of the tables of the truth."""
        return pl.read_parquet(self.folder / "truth" / f"{name}.parquet")

    def samples(self) -> pl.DataFrame:
        """Return the judged samples within zones, each beside the true ones at its depth, suffix _true."""
        profile = default_profile()
        wells, _ = logged_wells(self.project, self.logs, profile.position)
        found = evaluate(wells, profile.petrophysics).filter("in_zone")
        # A sample of the log next to a pick owns a little of the next zone; there only its own zone is compared.
        depth = (pl.col("md_m") * 100.0).round(0).cast(pl.Int64).alias("cm")
        true = self.truth("samples").drop_nulls("zone").with_columns(depth)
        judged = found.with_columns(depth)
        return judged.join(true, on=["well_id", "zone", "cm"], suffix="_true")

    def intervals(self) -> pl.DataFrame:
        """Return the true intervals, each beside the target within 2 m of its top, suffix _found."""
        found = self.scored.targets.drop_nulls("top_md_m")
        both = self.truth("intervals").join(found, on=["well_id", "zone"], suffix="_found")
        return both.filter((pl.col("top_md_m") - pl.col("top_md_m_found")).abs() < 2.0)

    def producing(self) -> pl.DataFrame:
        """Return true production, each beside the target that the well is completed in, suffix _found."""
        open_ones = self.scored.targets.filter(pl.col("completion_status").str.starts_with("perforated"))
        return self.truth("production").join(open_ones, on="well_id", suffix="_found")

    def gaps(self) -> set[tuple[str, str]]:
        """Return well and code of each gate that failed, for whichever of its targets."""
        gaps = self.scored.gaps.with_columns(pl.col("gap_code").cast(pl.String))
        gates = gaps.filter(~pl.col("gap_code").str.starts_with("INPUT."))
        return set(gates.select("well_id", "gap_code").unique().rows())


def ranked(folder: Path, options: FieldOptions) -> Ranked:
    """Return the field of these options, made in a folder and judged by the default profile."""
    make_field(options, folder)
    profile = default_profile()
    project = read_project(folder)
    if not options.logs:
        return Ranked(folder, project, (), score(assess(project, project.tables["candidates"], profile), profile))
    logs = [log for well in sorted({log.well_id for log in project.logs}) if (log := read_well_log(project, well))]
    told = [(log.well_id, kind, detail, None) for log in logs for kind, detail in log.problems]
    found = pl.DataFrame(told, schema=project.problems.schema, orient="row")
    project = replace(project, problems=pl.concat([project.problems, found]))
    candidates = discover(project, logs, profile.petrophysics, profile.position).candidates
    targets = assess(project, candidates, profile, {log.well_id for log in logs})
    return Ranked(folder, project, tuple(logs), score(targets, profile))
