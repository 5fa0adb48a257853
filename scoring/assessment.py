"""The wide frame of targets: what discovery found, and beside it all that is known of what is left and of the well.

Every input stands in its own column, null where it is not known, with `<input>_status`, `<input>_source` and
`<input>_why`. Nothing is scored here. x_m, y_m are the wellhead; place_x_m, place_y_m where the interval lies at depth,
as far as place_at says that this is known.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import polars as pl
import polars.selectors as cs

from scoring.completeness import completion_completeness, evidence, production_completeness
from scoring.contacts import height_above_contact
from scoring.depletion import with_production
from scoring.drainage import offset_drainage
from scoring.histories import fluids
from scoring.injectors import injector_influence, monthly_injection
from scoring.locations import location_facts, one_row_a_well
from scoring.operability import operability
from scoring.own_injection import own_injection
from scoring.parts import of_reservoir
from scoring.places import deepest, placed, positions
from scoring.pressure import pressure_ratios
from scoring.production import monthly
from scoring.profile import Profile
from scoring.profile_assessment import Assessment
from scoring.project import Project
from scoring.source_lists import each_once
from scoring.unswept import unswept

# Of a candidate, what assessment reads; a frame of rows without candidates still has them.
CANDIDATE: Final = {
    "candidate_id": pl.String,
    "well_id": pl.String,
    "zone": pl.String,
    "event_no": pl.Int32,
    "top_md_m": pl.Float64,
    "base_md_m": pl.Float64,
    "top_tvdss_m": pl.Float64,
    "base_tvdss_m": pl.Float64,
    "net_md_m": pl.Float64,
    "net_pay_m": pl.Float64,
    "phie": pl.Float64,
    "sw": pl.Float64,
    "hcpt_m": pl.Float64,
    "permeability_md": pl.Float64,
    "completion_status": pl.String,
    "depth_problem": pl.String,
    "has_log": pl.Boolean,
    "source_ids": pl.String,
}
RESERVOIR: Final = (
    *("bo", "recovery_factor", "sor", "spacing_m", "economic_oil_sm3d", "gas_gravity", "temperature_degc"),
)
PLACE: Final = (
    *("x_m", "y_m", "latitude_deg", "longitude_deg", "ecef_x_m", "ecef_y_m", "ecef_z_m"),
    *("transform_chain", "vertical_datum", "kb_elevation_m", "location_source"),
)
ORDER: Final = ("well_id", "event_no", "top_md_m", "base_md_m", "zone", "candidate_id")
CONFIDENCE: Final = (
    *("crs_confidence", "depth_reference"),
    *("completion_completeness", "production_completeness", "evidence_completeness"),
)


# Inputs drawn from many wells at once, or from all that is there: the tables whose files they come from.
FROM_TABLES: Final = {
    "offset_drained_fraction": ("completions", "production", "reservoirs", "surveys", "wells"),
    "injector_mpvi": ("injection", "production", "reservoirs", "surveys", "wells"),
    "crs_confidence": ("wells",),
    "depth_reference": ("surveys", "wells"),
    "completion_completeness": ("completions", "operability"),
    "production_completeness": ("injection", "production"),
    "evidence_completeness": ("evidence",),
}
NAMED_SOURCES: Final = 8  # files; a project with one survey a well has thousands


def assess(
    project: Project, candidates: pl.DataFrame, profile: Profile, evaluated: Collection[str] | None = None
) -> pl.DataFrame:
    """Return the wide frame: each candidate, and one row (event_no 0) for each well without candidate and usable log.

    The order of rows is that of well_id, event_no, depth, and depends on nothing else.

    Args:
        project: Tables, problems and date.
        candidates: What discovery found, or the project's own table of candidates.
        profile: Its `assessment`: months of the water cut, what is required, how far locations may lie apart.
        evaluated: Wells whose log could be used, with or without a find; None: those for which the project has a log.
    """
    rules = profile.assessment
    if evaluated is None:
        evaluated = {log.well_id for log in project.logs}
    tables = dict(project.tables)
    if "completions" in tables:
        # What came later is not known yet.
        dated = pl.col("date").is_null() | (pl.col("date") <= project.as_of)
        tables["completions"] = tables["completions"].filter(dated)
    wells = _wells(project, tables, rules)
    rows = _rows(candidates, wells, evaluated)
    months = monthly(tables["production"], project.as_of) if "production" in tables else None
    injection = monthly_injection(tables["injection"], project.as_of) if "injection" in tables else None
    wells = _well_facts(project, tables, wells, candidates, months, injection, rules)
    targets = rows.join(wells, on="well_id", how="left", maintain_order="left")
    targets = _with_problems(targets)
    targets = _with_reservoir(targets, tables.get("reservoirs"), wells, months)
    targets = with_production(targets, tables, months, project.as_of, rules)
    targets = _with_pressure(targets, project, tables)
    targets = height_above_contact(targets, tables.get("contacts"))
    targets = _with_neighbours(targets, tables, months, injection, profile.position.beyond_survey_m)
    targets = unswept(targets, tables.get("saturation_logs"), project.as_of)
    required = rules.required_completion_fields
    complete = completion_completeness(targets, tables.get("completions"), wells, required)
    targets = targets.join(complete, on="row", how="left", maintain_order="left")
    targets = targets.with_columns(
        *(pl.lit("categorical").alias(f"{name}_status") for name in CONFIDENCE[:2]),
        *(pl.lit("measured").alias(f"{name}_status") for name in CONFIDENCE[2:]),
        *_table_sources(tables),
        quarantine_reason=pl.lit(None, dtype=pl.String),
    )
    hidden = ("row", "silent", "injects_only", "own_injection", "well_status", "spatial_problem", "x_at_m", "y_at_m")
    return targets.filter(~pl.col("silent")).drop(hidden)


def assess_reservoir(
    project: Project,
    candidates: pl.DataFrame,
    reservoir: str | None,
    profile: Profile,
    evaluated: Collection[str] | None = None,
) -> pl.DataFrame:
    """Return the rows of `assess` that are of one reservoir (None: of wells whose reservoir is not stated).

    Offsets and injectors are those of the same reservoir, so that each may be assessed apart from the others; beside
    them stand those of which the reservoir is not stated.
    """
    part = of_reservoir(project, reservoir)
    wells = part.tables["wells"].select("well_id").unique()
    rows = assess(part, candidates.join(wells, on="well_id", how="semi"), profile, evaluated)
    return rows.filter(pl.col("reservoir").eq_missing(pl.lit(reservoir, dtype=pl.String)))


def _wells(project: Project, tables: Mapping[str, pl.DataFrame], rules: Assessment) -> pl.DataFrame:
    """Return one row a well: what the table wells says, and what is said of it as a place."""
    wells = one_row_a_well(tables["wells"])
    place = location_facts(
        tables["wells"],
        wells,
        tables.get("reservoirs"),
        tables.get("surveys"),
        project.problems,
        rules.location_agreement_m,
    )
    place = place.join(
        wells.select("well_id", "reservoir", "field", *PLACE, well_name="name", well_status="status"),
        on="well_id",
        how="left",
    )
    return place.sort("well_id")


def _rows(candidates: pl.DataFrame, wells: pl.DataFrame, evaluated: Collection[str]) -> pl.DataFrame:
    """Return candidates and a row for each other well, numbered in ORDER; `silent`: needed by its neighbours alone."""
    absent = [
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in CANDIDATE.items() if name not in candidates.columns
    ]
    candidates = candidates.with_columns(absent).with_columns(pl.lit(value=False).alias("silent"))
    bare = wells.select("well_id").join(candidates, on="well_id", how="anti")
    usable = pl.Series("usable", sorted(evaluated), dtype=pl.String)
    bare = bare.with_columns(silent=pl.col("well_id").is_in(usable.implode()))
    blank = [
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in candidates.schema.items()
        if name not in {"well_id", "event_no", "has_log", "silent"}
    ]
    bare = bare.with_columns(
        *blank, event_no=pl.lit(0, dtype=candidates.schema["event_no"]), has_log=pl.lit(value=False)
    )
    rows = pl.concat([candidates, bare.select(candidates.columns)])
    rows = rows.with_columns(
        hcpt_m=pl.coalesce("hcpt_m", pl.col("net_pay_m") * pl.col("phie") * (1.0 - pl.col("sw"))),
        thickness_m=pl.coalesce("net_md_m", "net_pay_m", pl.col("base_md_m") - pl.col("top_md_m")),
    )
    return rows.sort(ORDER).with_row_index("row")


def _well_facts(
    project: Project,
    tables: Mapping[str, pl.DataFrame],
    wells: pl.DataFrame,
    candidates: pl.DataFrame,
    months: pl.DataFrame | None,
    injection: pl.DataFrame | None,
    rules: Assessment,
) -> pl.DataFrame:
    """Return `wells` with operability, completeness of production and evidence, and whether a well only injects."""
    made = wells.join(operability(wells, tables.get("operability")), on="well_id", how="left", maintain_order="left")
    counted = production_completeness(made, months, injection, project.as_of)
    made = made.join(counted, on="well_id", how="left", maintain_order="left")
    logged = pl.Series(sorted({log.well_id for log in project.logs} | set(candidates["well_id"])), dtype=pl.String)
    known = pl.col("well_id")
    made = made.with_columns(
        has_evidence_log=known.is_in(logged.implode()),
        has_evidence_location=pl.col("x_m").is_not_null() & pl.col("y_m").is_not_null(),
        has_evidence_survey=pl.col("has_survey"),
        has_evidence_completion=known.is_in(_ids(tables, "completions").implode()),
        has_evidence_production=known.is_in(_ids(tables, "production", "injection").implode()),
        injects_only=known.is_in(_ids(tables, "injection").implode())
        & ~known.is_in(_ids(tables, "production").implode()),
    )
    found = evidence(made, tables.get("evidence"), rules.required_evidence)
    made = made.join(found, on="well_id", how="left", maintain_order="left")
    return made.drop(cs.starts_with("has_evidence_"), "has_survey")


def _ids(tables: Mapping[str, pl.DataFrame], *names: str) -> pl.Series:
    found = [tables[name].select("well_id") for name in names if name in tables]
    return pl.concat(found)["well_id"].unique().sort() if found else pl.Series("well_id", [], dtype=pl.String)


def _with_problems(targets: pl.DataFrame) -> pl.DataFrame:
    """Return targets with depth_problem of log and reader in one, and spatial_problem, for which G2.CRS* fails."""
    both = pl.concat_str(["depth_problem", "depth_problem_right"], separator=" ", ignore_nulls=True)
    return targets.with_columns(
        depth_problem=pl.when(both != "").then(both),
        spatial_problem=pl.coalesce("crs_problem", "crs_conflict"),
    ).drop("depth_problem_right")


def _with_reservoir(
    targets: pl.DataFrame, reservoirs: pl.DataFrame | None, wells: pl.DataFrame, months: pl.DataFrame | None
) -> pl.DataFrame:
    kinds = fluids(wells, months, reservoirs)
    targets = targets.join(kinds, on="reservoir", how="left", maintain_order="left")
    if reservoirs is None:
        return targets.with_columns(pl.lit(None, dtype=pl.Float64).alias(name) for name in RESERVOIR)
    stated = reservoirs.sort(pl.all()).group_by("reservoir", maintain_order=True)
    values = stated.agg(pl.col(*RESERVOIR).drop_nulls().first()).drop_nulls("reservoir")
    return targets.join(values, on="reservoir", how="left", maintain_order="left")


def _with_pressure(targets: pl.DataFrame, project: Project, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    wells = targets.select("well_id", "reservoir", "fluid", "gas_gravity", "temperature_degc")
    wells = wells.unique("well_id").sort("well_id")
    ratios = pressure_ratios(tables.get("pressures"), wells, project.as_of)
    return targets.join(ratios, on="well_id", how="left", maintain_order="left")


def _with_neighbours(
    targets: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    months: pl.DataFrame | None,
    injection: pl.DataFrame | None,
    beyond_survey_m: float,
) -> pl.DataFrame:
    """Return targets with their place at depth, offset drainage and injector influence."""
    places = positions(targets, targets.unique("well_id", keep="first"), tables.get("surveys"), beyond_survey_m)
    unsure = pl.col("spatial_problem").is_not_null() | ~placed()
    targets = targets.join(places, on="row", how="left", maintain_order="left").with_columns(
        *(pl.when(~unsure).then(name).alias(name) for name in ("x_at_m", "y_at_m")),
        place_x_m=pl.coalesce("x_at_m", "x_m"),
        place_y_m=pl.coalesce("y_at_m", "y_m"),
    )
    reach = deepest(targets.drop_nulls("base_md_m"), tables.get("completions"))
    reached = targets.join(reach, on="well_id", how="left", maintain_order="left")
    drained = offset_drainage(reached, production_given=months is not None)
    targets = targets.join(drained, on="row", how="left", maintain_order="left")
    wells = targets.unique("well_id", keep="first", maintain_order=True)
    wells = wells.select("well_id", "reservoir", "spatial_problem", x_m="x_at_m", y_m="y_at_m")
    flooded = injector_influence(targets, injection, months, wells)
    statuses = targets.select("well_id", status="well_status").unique(keep="first", maintain_order=True)
    own = own_injection(targets, injection, statuses)
    targets = targets.join(flooded, on="row", how="left", maintain_order="left")
    targets = targets.join(own, on="row", how="left", maintain_order="left")
    # Where the influence of injectors is told, a person must read that the well was one.
    both = pl.concat_str(["injectors_method", "own_injection"], separator="; ", ignore_nulls=True)
    return targets.with_columns(injectors_method=pl.when(both != "").then(both))


def _table_sources(tables: Mapping[str, pl.DataFrame]) -> list[pl.Expr]:
    """Return `<input>_source` of what is drawn from many wells at once, or from all files of some tables."""
    made = []
    for name, given in FROM_TABLES.items():
        ids = each_once(one for table in given if table in tables for one in tables[table]["source_id"].unique())
        more = [f"{len(ids) - NAMED_SOURCES} more"] if len(ids) > NAMED_SOURCES else []
        said = pl.lit(";".join(ids[:NAMED_SOURCES] + more) if ids else None, dtype=pl.String)
        made.append(pl.when(pl.col(name).is_not_null()).then(said).alias(f"{name}_source"))
    derived = pl.col("unswept_hcpt_m_status") == "derived"
    made.append(pl.when(derived).then(made[0]).otherwise("unswept_hcpt_m_source").alias("unswept_hcpt_m_source"))
    return made
