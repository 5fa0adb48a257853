"""Interval discovery: from the logs of a project to its bypassed-pay candidates. Nothing is scored here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final
from uuid import NAMESPACE_DNS, uuid5

import numpy as np
import polars as pl

from scoring.candidates import MEASURED_COLUMNS, SUMMARY_COLUMNS, candidates, zone_summary
from scoring.completion_overlap import NEVER_PERFORATED, completion_status
from scoring.cone import cone_radius_m, position_confidence
from scoring.evaluation import evaluate
from scoring.hole import Hole, hole_of
from scoring.parameters import PetrophysicsDefaults, PositionDefaults, ZoneParameters
from scoring.project import Project, WellLog
from scoring.strips import STRIP_COLUMNS, strips
from scoring.zones import WHOLE_LOG, stretches

_NAMESPACE: Final = uuid5(NAMESPACE_DNS, "welltegra")  # as of all ids of ours: `schemas.ids`

CANDIDATE_COLUMNS: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(("candidate_id", "well_id", "zone"), pl.String()),
    "event_no": pl.Int32(),
    **dict.fromkeys(("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m"), pl.Float64()),
    **{name: kind for name, kind in MEASURED_COLUMNS.items() if name not in {"zone", "top_md_m", "base_md_m"}},
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

_GATE_2: Final = ("crs_problem", "crs_conflict", "vertical_datum_problem", "transform_chain_problem")
_CRS_RESOLVED: Final = ("documented", "unverified", "inferred")


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """What the logs hold: candidates (CANDIDATE_COLUMNS), one row a well and zone, and why a well gave nothing.

    problems: well_id, detail, one row for each. strips: the log around each candidate, STRIP_COLUMNS.
    """

    candidates: pl.DataFrame
    zones: pl.DataFrame
    problems: pl.DataFrame
    strips: pl.DataFrame


def discover(
    project: Project,
    logs: Iterable[WellLog],
    petrophysics: PetrophysicsDefaults,
    position: PositionDefaults,
    actions: Mapping[str, str] = ACTIONS,
) -> Discovery:
    """Return what the logs of a project hold, by well_id and depth, in whatever order the logs come.

    Args:
        project: The project.
        logs: At most one for each well; read one by one.
        petrophysics: The profile's petrophysics.
        position: The profile's cone of uncertainty.
        actions: What to do, by completion status; "unknown" where that is null.
    """
    wells = [discover_well(project, log, petrophysics, position, actions) for log in logs]
    return Discovery(
        _joined([well.candidates for well in wells], CANDIDATE_COLUMNS, "event_no"),
        _joined([well.zones for well in wells], SUMMARY_COLUMNS, "zone"),
        _joined([well.problems for well in wells], _PROBLEM_COLUMNS, "detail"),
        pl.concat([pl.DataFrame(schema=STRIP_COLUMNS), *(well.strips for well in wells)]).sort("candidate_id", "md_m"),
    )


_PROBLEM_COLUMNS: Final[dict[str, pl.DataType]] = {"well_id": pl.String(), "detail": pl.String()}


def discover_well(
    project: Project,
    log: WellLog,
    petrophysics: PetrophysicsDefaults,
    position: PositionDefaults,
    actions: Mapping[str, str] = ACTIONS,
) -> Discovery:
    """Return what the log of one well holds. Arguments as for `discover`."""
    hole, survey_fault = hole_of(project, log.well_id, position)
    picks = _of_well(project, "tops", log.well_id)
    places, unpaired = stretches(_NO_PICKS if picks is None else picks, project.zones)
    parameters = zone_parameters(project, log.well_id)
    samples = evaluate(log, places, hole, parameters, petrophysics, _reservoir_degc(project, log.well_id))
    found = candidates(samples, petrophysics)
    problems = [*unpaired, *([survey_fault] if survey_fault else [])]
    if places.is_empty():
        problems.append("the log has no zone to look in: none of the project's zones is picked in this well")
    whole = _with_well(project, log, hole, found, position, actions)
    return Discovery(
        whole,
        zone_summary(samples),
        pl.DataFrame([(log.well_id, detail) for detail in problems], schema=_PROBLEM_COLUMNS, orient="row"),
        strips(samples, whole),
    )


_NO_PICKS: Final = pl.DataFrame(schema={"surface": pl.String, "md_m": pl.Float64})


def zone_parameters(project: Project, well_id: str) -> dict[str, ZoneParameters]:
    """Return the parameters by zone that hold in a well: its own, else the zone's.

    A project without zones has one, the whole log; where it gives parameters under one name, they are meant for it.
    """
    merged = dict(project.parameters)
    merged.update({zone: said for (zone, well), said in project.well_parameters.items() if well == well_id})
    if not project.zones and WHOLE_LOG not in merged and len(merged) == 1:
        merged[WHOLE_LOG] = next(iter(merged.values()))
    return merged


def evidence_pack_id(project: Project, well_id: str, source_ids: Iterable[str]) -> str | None:
    """Return the id of what an interval rests on: the well's evidence and the files it was found in; None for nothing.

    The same files give the same id, wherever they lie.
    """
    used = set(source_ids)
    pack = {f"{source.kind}|{source.sha256}" for source in project.sources if source.source_id in used}
    evidence = _of_well(project, "evidence", well_id)
    if evidence is not None:
        pack |= {
            f"{kind}|{digest or path}" for kind, path, digest in evidence.select("kind", "path", "sha256").iter_rows()
        }
    return str(uuid5(_NAMESPACE, "|".join(["evidence_pack", well_id, *sorted(pack)]))) if pack else None


def candidate_id(project_id: str, well_id: str, zone: str, top_md_m: float, base_md_m: float) -> str:
    """Return the id of an interval, the same for the same place to a centimetre."""
    parts = ("candidate", project_id, well_id, zone, f"{top_md_m:.2f}", f"{base_md_m:.2f}")
    return str(uuid5(_NAMESPACE, "|".join(parts)))


def _with_well(
    project: Project,
    log: WellLog,
    hole: Hole,
    found: pl.DataFrame,
    position: PositionDefaults,
    actions: Mapping[str, str],
) -> pl.DataFrame:
    """Return the intervals with what the well's other facts say of them: CANDIDATE_COLUMNS."""
    found = found.sort("top_md_m", "base_md_m", "zone")
    top, base = found["top_md_m"], found["base_md_m"]
    radii = cone_radius_m(hole, np.append(top.to_numpy(), base.to_numpy()), position)
    sources = _source_ids(project, log)
    status = completion_status(project.tables.get("completions"), log.well_id, top, base, project.as_of)
    depth_problems = sorted({detail for kind, detail in log.problems if kind == "depth_problem"})
    ids = [
        candidate_id(project.project_id, log.well_id, zone, upper, lower)
        for zone, upper, lower in found.select("zone", "top_md_m", "base_md_m").iter_rows()
    ]
    return (
        found.with_columns(
            pl.Series("candidate_id", ids, dtype=pl.String),
            pl.lit(log.well_id).alias("well_id"),
            pl.int_range(1, pl.len() + 1, dtype=pl.Int32).alias("event_no"),
            pl.Series("top_tvdss_m", hole.tvdss_m(top.to_numpy())).fill_nan(None),
            pl.Series("base_tvdss_m", hole.tvdss_m(base.to_numpy())).fill_nan(None),
            pl.Series("cone_radius_top_m", radii[: len(top)]).fill_nan(None),
            pl.Series("cone_radius_base_m", radii[len(top) :]).fill_nan(None),
            pl.lit("; ".join(depth_problems) or None, pl.String).alias("depth_problem"),
            pl.lit(value=True).alias("has_log"),
            pl.lit(log.interpretation_id, pl.String).alias("interpretation_id"),
            pl.lit(evidence_pack_id(project, log.well_id, sources), pl.String).alias("evidence_pack_id"),
            pl.lit(";".join(sources), pl.String).alias("source_ids"),
            status.alias("completion_status"),
        )
        .with_columns(
            recommended_action=pl.col("completion_status").fill_null("unknown").replace_strict(actions, default=None),
            position_confidence=position_confidence(
                pl.max_horizontal("cone_radius_top_m", "cone_radius_base_m"),
                pl.lit(_gate_2_holds(project, log.well_id, hole)),
                position,
            ),
        )
        .select(pl.col(name).cast(kind) for name, kind in CANDIDATE_COLUMNS.items())
    )


def _gate_2_holds(project: Project, well_id: str, hole: Hole) -> bool:
    """Return whether the well's place is known well enough to be called so: CRS, datum and transforms."""
    concerned = pl.col("well_id").is_null() | (pl.col("well_id") == well_id)
    if not project.problems.filter(concerned & pl.col("kind").is_in(_GATE_2)).is_empty():
        return False
    well = _of_well(project, "wells", well_id)
    resolved = well is not None and not well.filter(pl.col("crs_confidence").is_in(_CRS_RESOLVED)).is_empty()
    return resolved and hole.kb_elevation_m is not None and (hole.path is not None or hole.vertical)


def _reservoir_degc(project: Project, well_id: str) -> float | None:
    well, reservoirs = _of_well(project, "wells", well_id), project.tables.get("reservoirs")
    if well is None or reservoirs is None:
        return None
    own = reservoirs.filter(pl.col("reservoir").is_in(well["reservoir"].drop_nulls().to_list()))
    known = own.sort("reservoir")["temperature_degc"].drop_nulls()
    return None if known.is_empty() else float(known[0])


def _source_ids(project: Project, log: WellLog) -> list[str]:
    """Return the sources that the well's intervals come from, S2 before S10."""
    used = set(log.source_ids)
    for table in ("surveys", "tops", "completions"):
        rows = _of_well(project, table, log.well_id)
        if rows is not None and "source_id" in rows.columns:
            used |= set(rows["source_id"].drop_nulls())
    return sorted(used, key=lambda source: (len(source), source))


def _of_well(project: Project, table: str, well_id: str) -> pl.DataFrame | None:
    rows = project.tables.get(table)
    return None if rows is None else rows.filter(pl.col("well_id") == well_id)


def _joined(frames: list[pl.DataFrame], columns: dict[str, pl.DataType], then_by: str) -> pl.DataFrame:
    return pl.concat([pl.DataFrame(schema=columns), *frames]).sort("well_id", then_by)
