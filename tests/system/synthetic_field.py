"""Reads, discovers, assesses and scores a synthetic field, and lays what is true beside it."""

from __future__ import annotations

from collections.abc import Callable
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

# Well, number of the interval in it (0 for a well without), code.
GapOf = tuple[str, int, str]
# One well that is silent about what it drained leaves them unknown in others; tests of their values hold them.
_OF_NEIGHBOURS = ("INPUT.OFFSET_DRAINED_FRACTION", "INPUT.UNSWEPT_HCPT_M", "INPUT.INJECTOR_MPVI")


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

    def gaps(self) -> set[GapOf]:
        """Return what is missing: gates that failed and inputs, but for those that hang on neighbours."""
        codes = self.scored.gaps.select("well_id", "event_no", pl.col("gap_code").cast(pl.String))
        return set(codes.filter(~pl.col("gap_code").is_in(_OF_NEIGHBOURS)).rows())

    def true_gaps(self) -> set[GapOf]:
        """Return what was taken away: each code of each target that it is of."""
        targets = self.scored.targets.select("well_id", "event_no", "zone", "top_md_m", "base_md_m")
        true = self.truth("intervals").filter("completed").select("well_id", "zone", "top_md_m", "base_md_m")
        both = targets.join(true, on=["well_id", "zone"], suffix="_true")
        same = (pl.col("top_md_m") < pl.col("base_md_m_true")) & (pl.col("base_md_m") > pl.col("top_md_m_true"))
        completed = both.filter(same).select("well_id", "event_no", completed=pl.lit(value=True))
        targets = targets.join(completed, on=["well_id", "event_no"], how="left")
        is_of = pl.when(pl.col("completed")).then(pl.lit("completed")).otherwise(pl.lit("others"))
        lacking = self.truth("gaps").join(targets.with_columns(is_of=is_of), on="well_id")
        found = lacking.filter((pl.col("of") == "all") | (pl.col("of") == pl.col("is_of")))
        return set(found.select("well_id", "event_no", "gap_code").rows())


def ranked(folder: Path, options: FieldOptions, spoil: Callable[[], None] = lambda: None) -> Ranked:
    """Return the field of these options, made in a folder, spoilt, and judged by the default profile."""
    make_field(options, folder)
    spoil()
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
