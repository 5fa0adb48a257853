"""Pure: frames of scoring to the rows of the tables. Columns that a frame has not are null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

import polars as pl

from connectors.ops.copying import array_text
from connectors.ops.runs import Discovery, Ranking, Snapshot

COMPONENTS: Final = ("static", "dynamic", "operability", "confidence")

# What an input that is made of others has for a value.
_VALUE_OF: Final = {"water_cut": "water_cut_level", "completion_readiness": "completion_readiness_utility"}
# What inputs were formed from, as far as the frame has it.
FACTS: Final = (
    *("np_sm3", "eur_sm3", "eur_method", "eur_fit_r2", "offsets", "injectors_method"),
    *("water_cut_level", "water_cut_slope", "water_cut_p", "water_cut_method", "series_months", "never_produced"),
    *("cumulative_known", "pressure_age_years", "saturation_age_years", "sampled_fraction", "max_step_m"),
    *("vsh_coverage", "porosity_coverage", "resistivity_coverage", "bad_hole_fraction", "evaluated_fraction", "rt"),
    *("hcpt_m", "permeability_md", "abandoned", "evidence_missing", "quarantine_reason", "source_ids"),
    *("crs_problem", "crs_conflict", "vertical_datum_problem", "transform_chain_problem", "azimuth_problem"),
    *("target_radius_m", "drainage_radius_m", "transform_chain", "vertical_datum"),
    *("closures", "best_class", "worst_class", "unswept_volume_m3_why"),
)
ASSUMPTIONS: Final = {
    "sw_model": "sw_model",
    "porosity_method": "porosity_method",
    "vsh_method": "vsh_method",
    "rw_source": "rw_source",
    "depth_reference": "depth_reference",
    "completion_context": "completion_status",
    "decline": "eur_method",
    "injectors": "injectors_method",
    "water_cut": "water_cut_method",
}

_FLOATS: Final = (
    *(f"{name}_score" for name in (*COMPONENTS, "total")),
    *(f"{name}_potential" for name in (*COMPONENTS, "total")),
    *(f"{name}_coverage" for name in COMPONENTS),
    *("a_factor", "m_exponent", "n_exponent", "evidence_completeness", "unswept_volume_m3"),
    *("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m", "gross_md_m", "net_md_m", "gross_m", "net_pay_m"),
    *("cone_radius_top_m", "cone_radius_base_m", "x_m", "y_m", "latitude_deg", "longitude_deg"),
    *("ecef_x_m", "ecef_y_m", "ecef_z_m"),
)
_TEXTS: Final = (
    *("reopening_target_id", "target_key", "well_id", "well_name", "field", "reservoir", "zone"),
    *("classification", "class_rule", "blocking_reason", "recommended_action"),
    *("historic_payload_class", "remaining_payload_class", "depletion_risk", "operability_status", "data_confidence"),
    *("rw_source", "sw_model", "sw_confidence", "evidence_pack_id", "completion_status", "position_confidence"),
    *("crs_confidence", "place_at"),
)
_CANDIDATE_TEXTS: Final = (
    *("candidate_id", "well_id", "zone", "interpretation_id", "rw_source", "sw_model", "sw_confidence", "sw_conflict"),
    *("porosity_method", "vsh_method", "depth_problem", "recommended_action", "evidence_pack_id", "source_ids"),
)
_CANDIDATE_FLOATS: Final = (
    *("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m", "gross_md_m", "net_md_m", "gross_m", "net_pay_m"),
    *("hcpt_m", "vsh", "phie", "sw", "rt", "rt_contrast", "permeability_md", "log_quality", "bad_hole_fraction"),
    *("evaluated_fraction", "a_factor", "m_exponent", "n_exponent", "cone_radius_top_m", "cone_radius_base_m"),
)
_VOLUMES: Final = ("oil_sm3", "water_sm3", "gas_sm3", "hours_on", "water_injected_sm3", "gas_injected_sm3")
_CURVES: Final = ("gr", "rt", "vsh", "phie", "sw")
_WELL_TEXTS: Final = (
    *("well_id", "field", "reservoir", "status", "crs", "crs_confidence", "vertical_datum", "location_source"),
    "transform_chain",
)
_WELL_WAY: Final = ("path_md_m", "path_x_m", "path_y_m")
_WELL_FLOATS: Final = (
    *("x_m", "y_m", "latitude_deg", "longitude_deg", "ecef_x_m", "ecef_y_m", "ecef_z_m", "kb_elevation_m"),
    "max_inc_deg",
)


def inputs_of(columns: Iterable[str]) -> tuple[str, ...]:
    """Return the inputs of a scored frame, in its order: what has a contribution."""
    return tuple(name.removesuffix("_contribution") for name in columns if name.endswith("_contribution"))


def rows_of_targets(part: pl.DataFrame, snapshot: Snapshot, ranking: Ranking) -> pl.DataFrame:
    """Return rows of ops.well_reopening_targets.

    part: of the ranking's targets, with reopening_target_id, target_key, gap_codes (text of an array), has_spatial_gap.
    """
    return part.select(
        pl.lit(str(ranking.id(snapshot))).alias("run_id"),
        pl.lit(snapshot.project_id).alias("project_id"),
        pl.lit(str(ranking.scoring_profile_id)).alias("scoring_profile_id"),
        pl.lit(ranking.scoring_version).alias("scoring_version"),
        pl.col("target_rank"),
        pl.col("event_no"),
        pl.col("gap_codes"),
        pl.col("has_spatial_gap"),
        *_texts(part, _TEXTS),
        column(part, "would_change", pl.String).alias("what_would_change"),
        column(part, "candidate_id", pl.String).alias("source_candidate_id"),
        column(part, "interpretation_id", pl.String).alias("source_interpretation_id"),
        column(part, "rw_ohmm", pl.Float64).alias("rw_value"),
        *_floats(part, _FLOATS),
        json_text(score_inputs(part)).alias("score_inputs"),
        json_text(assumptions(part)).alias("assumptions_json"),
        json_text(contributions(part)).alias("contributions"),
        json_text(facts(part)).alias("facts"),
    )


def rows_of_candidates(part: pl.DataFrame, snapshot: Snapshot, discovery: Discovery) -> pl.DataFrame:
    """Return rows of ops.well_bypassed_candidates."""
    return part.select(
        pl.lit(str(discovery.id(snapshot))).alias("discovery_id"),
        pl.lit(snapshot.project_id).alias("project_id"),
        pl.col("event_no"),
        *_texts(part, _CANDIDATE_TEXTS),
        column(part, "completion_status", pl.String).fill_null("unknown"),
        column(part, "position_confidence", pl.String).fill_null("unknown"),
        column(part, "rw_ohmm", pl.Float64).alias("rw_value"),
        *_floats(part, _CANDIDATE_FLOATS),
        cutoffs_text(part).alias("cutoffs_applied"),
    )


def rows_of_wells(part: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Return rows of ops.input_wells."""
    return part.select(
        *_of(snapshot),
        *_texts(part, _WELL_TEXTS),
        column(part, "name", pl.String).alias("well_name"),
        *_floats(part, _WELL_FLOATS),
        *(array_text(name) if name in part.columns else column(part, name, pl.String) for name in _WELL_WAY),
    )


def rows_of_sources(snapshot: Snapshot) -> pl.DataFrame:
    """Return rows of ops.input_sources."""
    names = ("source_id", "kind", "path", "sha256", "well_id")
    said = {name: [getattr(source, name) for source in snapshot.sources] for name in names}
    return pl.DataFrame(said, schema=dict.fromkeys(names, pl.String)).select(*_of(snapshot), *names)


def rows_of_production(production: pl.DataFrame, snapshot: Snapshot) -> pl.DataFrame:
    """Return rows of ops.input_production: a well in each."""
    by_well = _gathered(production, ("well_id",), "month", pl.Date, _VOLUMES)
    return by_well.select(
        *_of(snapshot), "well_id", array_text("month").alias("months"), *(array_text(name) for name in _VOLUMES)
    )


def rows_of_strips(strips: pl.DataFrame, discovery_id: UUID) -> pl.DataFrame:
    """Return rows of ops.interval_log_strips: a candidate in each."""
    by_candidate = _gathered(strips, ("candidate_id",), "md_m", pl.Float32, _CURVES)
    return by_candidate.select(
        pl.lit(str(discovery_id)).alias("discovery_id"),
        "candidate_id",
        *(array_text(name) for name in ("md_m", *_CURVES)),
    )


def score_inputs(part: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return the value of each input, flat, and Rt, which the source counts among them."""
    values = {name: _value(part, name) for name in inputs_of(part.columns)}
    return values | {"rt": _finite(part, "rt")}


def assumptions(part: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return what was assumed, by name."""
    return {name: pl.col(found) for name, found in ASSUMPTIONS.items() if found in part.columns}


def facts(part: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return what the inputs were formed from, by name."""
    return {name: _finite(part, name) for name in FACTS if name in part.columns}


def contributions(part: pl.DataFrame) -> dict[str, pl.Expr]:
    """Return of each input its value, status, utility, contribution, gap and source."""
    return {
        name: pl.struct(
            _value(part, name).alias("value"),
            column(part, f"{name}_status", pl.String).alias("status"),
            column(part, f"{name}_utility", pl.Float64).fill_nan(None).round(6).alias("utility"),
            column(part, f"{name}_contribution", pl.Float64).fill_nan(None).round(6).alias("contribution"),
            column(part, f"{name}_gap", pl.String).alias("gap"),
            column(part, f"{name}_source", pl.String).alias("source"),
        )
        for name in inputs_of(part.columns)
    }


def json_text(fields: Mapping[str, pl.Expr]) -> pl.Expr:
    """Return a JSON object of these fields."""
    if not fields:
        return pl.lit("{}")
    return pl.struct(expression.alias(name) for name, expression in fields.items()).struct.json_encode()


def cutoffs_text(part: pl.DataFrame) -> pl.Expr:
    """Return the cutoffs that were applied as a JSON object."""
    if isinstance(part.schema.get("cutoffs_applied"), pl.Struct):
        return pl.col("cutoffs_applied").struct.json_encode().fill_null("{}")
    return column(part, "cutoffs_applied", pl.String).fill_null("{}")


def column(part: pl.DataFrame, name: str, dtype: type[pl.DataType]) -> pl.Expr:
    """Return a column as of a type, null where the frame has it not."""
    return (pl.col(name) if name in part.columns else pl.lit(None)).cast(dtype).alias(name)


def _value(part: pl.DataFrame, name: str) -> pl.Expr:
    return _finite(part, _VALUE_OF.get(name, name))


def _finite(part: pl.DataFrame, name: str) -> pl.Expr:
    if name not in part.columns:
        return pl.lit(None)
    dtype = part.schema[name]
    if dtype.is_float():
        return pl.col(name).fill_nan(None)
    return pl.col(name) if dtype.is_numeric() or dtype in (pl.Boolean, pl.List) else pl.col(name).cast(pl.String)


def _texts(part: pl.DataFrame, names: Iterable[str]) -> list[pl.Expr]:
    return [column(part, name, pl.String) for name in names]


def _floats(part: pl.DataFrame, names: Iterable[str]) -> list[pl.Expr]:
    return [column(part, name, pl.Float64) for name in names]


def _of(snapshot: Snapshot) -> list[pl.Expr]:
    return [pl.lit(snapshot.project_id).alias("project_id"), pl.lit(snapshot.input_sha256).alias("input_sha256")]


def _gathered(
    frame: pl.DataFrame, by: tuple[str, ...], along: str, dtype: type[pl.DataType], names: tuple[str, ...]
) -> pl.DataFrame:
    """Return a row for each of `by`, with lists along `along`, ascending."""
    values = pl.Float32 if dtype == pl.Float32 else pl.Float64
    return (
        frame.select(*by, pl.col(along).cast(dtype), *(column(frame, name, values).fill_nan(None) for name in names))
        .sort(*by, along)
        .group_by(*by, maintain_order=True)
        .agg(pl.all())
    )
