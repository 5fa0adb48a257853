"""An interval of pay, and what the well's other facts say of it: a candidate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import numpy as np
import polars as pl

from scoring.candidates import MEASURED_COLUMNS
from scoring.completion_overlap import NEVER_PERFORATED, completion_status
from scoring.cone import cone_radius_m, position_confidence
from scoring.evaluation import LoggedWell
from scoring.ids import candidate_id
from scoring.parameters import PositionDefaults
from scoring.project import Project
from scoring.well_facts import WellFacts

_PLACE: Final = ("well_id", "zone", "top_md_m", "base_md_m")
CANDIDATE_COLUMNS: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("candidate_id", "well_id", "zone"), pl.String()),
    "event_no": pl.Int32(),
    **dict.fromkeys(("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m"), pl.Float64()),
    **{name: kind for name, kind in MEASURED_COLUMNS.items() if name not in _PLACE},
    "depth_problem": pl.String(),
    "has_log": pl.Boolean(),
    **dict.fromkeys(("interpretation_id", "completion_status", "position_confidence"), pl.String()),
    **dict.fromkeys(("cone_radius_top_m", "cone_radius_base_m"), pl.Float64()),
    **dict.fromkeys(("recommended_action", "evidence_pack_id", "source_ids"), pl.String()),
}

# What to do about an interval, before it is ranked, by completion status. A profile may say it otherwise.
ACTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        NEVER_PERFORATED: "Review cased-hole logs and plan perforation.",
        "perforated_producing": "Check the contribution of the open perforations.",
        "perforated_shut_in": "Review why the perforations were shut in.",
        "squeezed": "Review why the perforations were squeezed, and the cement.",
        "isolated_plug": "Review why the interval was isolated, and the plug.",
        "unknown": "Find out whether the interval was ever completed.",
    }
)


def with_wells(
    project: Project,
    wells: Sequence[LoggedWell],
    facts: WellFacts,
    found: pl.DataFrame,
    position: PositionDefaults,
    actions: Mapping[str, str] = ACTIONS,
) -> pl.DataFrame:
    """Return intervals with what the other facts of their wells say of them: CANDIDATE_COLUMNS, by well and depth.

    Args:
        project: The project.
        wells: The wells that were searched.
        facts: What the project says of each of them.
        found: Their intervals, MEASURED_COLUMNS.
        position: The profile's cone of uncertainty.
        actions: What to do, by completion status; "unknown" where that is null.
    """
    found = found.sort("well_id", "top_md_m", "base_md_m", "zone")
    of = {well.log.well_id: well for well in wells}
    parts = [
        _of_well(project, of[str(well_id)], facts, its, position)
        for (well_id,), its in found.group_by("well_id", maintain_order=True)
    ]
    ids = [candidate_id(project.project_id, *place) for place in found.select(_PLACE).iter_rows()]
    added = pl.concat([pl.DataFrame(schema=_ADDED), *parts])
    return (
        pl.concat([found, added], how="horizontal")
        .with_columns(
            pl.Series("candidate_id", ids, dtype=pl.String),
            pl.col(pl.Float64).fill_nan(None),
            pl.int_range(1, pl.len() + 1, dtype=pl.Int32).over("well_id").alias("event_no"),
            pl.lit(value=True).alias("has_log"),
            recommended_action=pl.col("completion_status").fill_null("unknown").replace_strict(actions, default=None),
        )
        .with_columns(
            position_confidence=position_confidence(
                pl.max_horizontal("cone_radius_top_m", "cone_radius_base_m"), pl.col("gate_2_holds"), position
            ),
        )
        .select(pl.col(name).cast(kind) for name, kind in CANDIDATE_COLUMNS.items())
    )


_ADDED: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("top_tvdss_m", "base_tvdss_m", "cone_radius_top_m", "cone_radius_base_m"), pl.Float64()),
    **dict.fromkeys(("depth_problem", "interpretation_id", "evidence_pack_id", "source_ids"), pl.String()),
    "completion_status": pl.String(),
    "gate_2_holds": pl.Boolean(),
}


def _of_well(
    project: Project, well: LoggedWell, facts: WellFacts, found: pl.DataFrame, position: PositionDefaults
) -> pl.DataFrame:
    """Return _ADDED, one row for each interval of a well."""
    log, hole = well.log, well.hole
    top, base = found["top_md_m"], found["base_md_m"]
    ends = np.append(top.to_numpy(), base.to_numpy())
    depths, radii = hole.tvdss_m(ends), cone_radius_m(hole, ends, position)
    sources = facts.source_ids(log)
    depth_problems = sorted({detail for kind, detail in log.problems if kind == "depth_problem"})
    columns = {
        "top_tvdss_m": depths[: len(top)],
        "base_tvdss_m": depths[len(top) :],
        "cone_radius_top_m": radii[: len(top)],
        "cone_radius_base_m": radii[len(top) :],
        "depth_problem": ["; ".join(depth_problems) or None] * len(top),
        "interpretation_id": [log.interpretation_id] * len(top),
        "evidence_pack_id": [facts.evidence_pack_id(log.well_id, sources)] * len(top),
        "source_ids": [";".join(sources)] * len(top),
        "completion_status": completion_status(
            facts.rows("completions", log.well_id), log.well_id, top, base, project.as_of
        ),
        "gate_2_holds": [facts.gate_2_holds(log.well_id, hole)] * len(top),
    }
    return pl.DataFrame(columns, schema=_ADDED)
