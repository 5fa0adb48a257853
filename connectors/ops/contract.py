"""Frames as the JSON of the contracts, a slice at a time: a document of any length, and memory that stays flat."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any, Final

import polars as pl

from connectors.ops.copying import ROWS_AT_ONCE
from connectors.ops.gaps import keyed_gaps
from connectors.ops.rows import COMPONENTS, assumptions, column, contributions, cutoffs_text, score_inputs
from connectors.ops.runs import Discovery, Ranking, Snapshot, Written, summary_of
from schemas.bypassed_pay import EVENT_TYPE as BYPASSED_PAY
from schemas.contract_rules import SW_TOLERANCE
from schemas.reopening_target import EVENT_TYPE as REOPENING_TARGETS
from schemas.times import format_time, time_us

Json = dict[str, Any]

_GAP: Final = ("gap_code", "gap_domain", "severity", "promotion_action", "input", "detail")
_TEXTS: Final = (
    *("classification", "historic_payload_class", "remaining_payload_class", "depletion_risk", "operability_status"),
    "data_confidence",
)


def write_targets(file: IO[bytes], snapshot: Snapshot, ranking: Ranking, written: Written) -> None:
    """Write a ranking as `well-reopening-target-ranked` version 1, a target a line."""
    _write(file, targets_head(snapshot, ranking, written), target_lines(ranking, written))


def write_candidates(file: IO[bytes], snapshot: Snapshot, discovery: Discovery) -> None:
    """Write what discovery found as `well-bypassed-pay-ranked` version 2, a candidate a line."""
    _write(file, candidates_head(snapshot, discovery), candidate_lines(discovery))


def targets_head(snapshot: Snapshot, ranking: Ranking, written: Written) -> Json:
    """Return all of the document but its candidates."""
    return {
        "event_type": REOPENING_TARGETS,
        **_head(snapshot, ranking, written.targets.height),
        "scoring_version": ranking.scoring_version,
        "run_id": str(written.run_id),
        "weights": {name: ranking.weights[name] for name in COMPONENTS},
        "summary": summary_of(written.targets),
    }


def candidates_head(snapshot: Snapshot, discovery: Discovery) -> Json:
    """Return all of the document but its candidates."""
    return {
        "event_type": BYPASSED_PAY,
        "contract_version": 2,
        **_head(snapshot, discovery, discovery.candidates.height),
        "discovery_id": str(discovery.id(snapshot)),
    }


def target_lines(ranking: Ranking, written: Written) -> Iterator[tuple[str, str]]:
    """Yield well and JSON of each target, by rank."""
    gaps = keyed_gaps(ranking.gaps, written.targets).with_columns(
        pl.when(pl.col("input") != "").then("input").alias("input")
    )
    listed = gaps.group_by("target_key").agg(
        pl.struct(_GAP).sort_by("gap_code", "input", nulls_last=True).alias("gaps")
    )
    nothing = pl.lit([], dtype=listed.schema["gaps"])
    for part in written.targets.iter_slices(ROWS_AT_ONCE):
        rows = part.join(listed, on="target_key", how="left", maintain_order="left").with_columns(
            pl.col("gaps").fill_null(nothing)
        )
        yield from _encoded(rows, _target(rows))


def candidate_lines(discovery: Discovery) -> Iterator[tuple[str, str]]:
    """Yield well and JSON of each candidate, by hydrocarbon pore thickness."""
    ranked = discovery.candidates.sort(
        [column(discovery.candidates, "hcpt_m", pl.Float64), "well_id", "event_no"],
        descending=[True, False, False],
        nulls_last=True,
    ).with_columns(pl.int_range(1, pl.len() + 1).alias("rank"))
    for part in ranked.iter_slices(ROWS_AT_ONCE):
        yield from _encoded(part, _candidate(part))


def sw_conflict(part: pl.DataFrame) -> pl.Expr:
    """Return what was found between a stated Sw and the recomputed one; else how the interval's means differ, or null.

    Sw of an interval is a mean over samples; Archie on its mean PHIE and median Rt need not give the same.
    """
    sw, phie, rt, rw, a, m, n = (
        column(part, name, pl.Float64)
        for name in ("sw", "phie", "rt", "rw_ohmm", "a_factor", "m_exponent", "n_exponent")
    )
    of_means = pl.min_horizontal(pl.lit(1.0), ((a * rw) / (phie**m * rt)) ** (1 / n))
    sentence = pl.format(
        "{} is the mean over samples of pay; Archie on the interval's own phie and rt gives {}.",
        sw.round(3),
        of_means.round(3),
    )
    apart = (column(part, "sw_model", pl.String) == "archie") & ((sw - of_means).abs() > SW_TOLERANCE)
    return pl.coalesce(column(part, "sw_conflict", pl.String), pl.when(apart).then(sentence))


def _head(snapshot: Snapshot, found: Ranking | Discovery, count: int) -> Json:
    return {
        "project_id": snapshot.project_id,
        "scoring_profile_key": found.profile_key,
        "generated_at": format_time(time_us(found.generated_at.isoformat())),
        "candidate_count": count,
        "profile_sha256": found.profile_sha256,
        "input_sha256": snapshot.input_sha256,
        "code_version": found.code_version,
        "as_of": snapshot.as_of.isoformat(),
    }


def _target(rows: pl.DataFrame) -> Json:
    """Return the fields of a target, in the order of its model."""

    def text(name: str) -> pl.Expr:
        return column(rows, name, pl.String)

    def number(name: str) -> pl.Expr:
        return column(rows, name, pl.Float64).fill_nan(None)

    def by_component(what: str) -> pl.Expr:
        return pl.struct(number(f"{name}_{what}").alias(name) for name in COMPONENTS)

    return {
        "target_id": text("reopening_target_id"),
        "rank": pl.col("target_rank"),
        "well_id": text("well_id"),
        "source_candidate_id": text("candidate_id"),
        **{name: text(name) for name in _TEXTS},
        **{f"{name}_score": number(f"{name}_score") for name in (*COMPONENTS, "total")},
        "blocking_reason": text("blocking_reason"),
        "recommended_action": text("recommended_action"),
        "evidence_pack_id": text("evidence_pack_id"),
        "interval": pl.when(pl.col("event_no") > 0).then(_interval(rows)),
        "archie_assumptions": pl.when(pl.col("event_no") > 0).then(_archie(rows)),
        "score_inputs": _struct(score_inputs(rows)),
        "assumptions": _struct(assumptions(rows)),
        "target_key": text("target_key"),
        **{name: text(name) for name in ("well_name", "field", "reservoir", "zone")},
        "source_interpretation_id": text("interpretation_id"),
        "class_rule": text("class_rule"),
        "potentials": by_component("potential"),
        "total_potential": number("total_potential"),
        "coverage": by_component("coverage"),
        "contributions": _struct(contributions(rows)),
        "gaps": pl.col("gaps"),
        "what_would_change": text("would_change"),
        "completion_status": text("completion_status"),
        "position_confidence": text("position_confidence"),
        "cone_radius_top_m": number("cone_radius_top_m"),
        "cone_radius_base_m": number("cone_radius_base_m"),
        "evidence_completeness": number("evidence_completeness"),
    }


def _candidate(rows: pl.DataFrame) -> Json:
    """Return the fields of a candidate, in the order of its model. Its cutoffs are an object already."""

    def text(name: str) -> pl.Expr:
        return column(rows, name, pl.String)

    def number(name: str) -> pl.Expr:
        return column(rows, name, pl.Float64).fill_nan(None)

    return {
        "candidate_id": text("candidate_id"),
        "rank": pl.col("rank"),
        "well_id": text("well_id"),
        "zone": text("zone"),
        "interval": _interval(rows),
        **{
            name: number(name)
            for name in ("vsh", "phie", "sw", "rt", "rt_contrast", "hcpt_m", "permeability_md", "log_quality")
        },
        "archie_assumptions": _archie(rows),
        "recommended_action": text("recommended_action"),
        "completion_status": text("completion_status").fill_null("unknown"),
        "position_confidence": text("position_confidence").fill_null("unknown"),
        "cone_radius_top_m": number("cone_radius_top_m"),
        "cone_radius_base_m": number("cone_radius_base_m"),
        "evidence_pack_id": text("evidence_pack_id"),
        "interpretation_id": text("interpretation_id"),
        "depth_problem": text("depth_problem"),
        "net_md_m": number("net_md_m"),
        "gross_md_m": number("gross_md_m"),
        "source_ids": text("source_ids").str.split(";"),
        "cutoffs_applied": pl.col("cutoffs_applied")
        if isinstance(rows.schema.get("cutoffs_applied"), pl.Struct)
        else cutoffs_text(rows).str.json_decode(_CUTOFFS),
    }


_CUTOFFS: Final = pl.Struct(
    dict.fromkeys(("vsh_max", "phie_min", "sw_max", "rt_min", "min_bed_m", "merge_gap_m", "min_net_m"), pl.Float64)
)


def _interval(rows: pl.DataFrame) -> pl.Expr:
    named = {
        "top_tvdss_m": "top_tvdss_m",
        "base_tvdss_m": "base_tvdss_m",
        "gross_thickness_m": "gross_m",
        "net_thickness_m": "net_pay_m",
        "top_md_m": "top_md_m",
        "base_md_m": "base_md_m",
    }
    numbers = [column(rows, found, pl.Float64).fill_nan(None).alias(name) for name, found in named.items()]
    return pl.struct(pl.col("event_no"), *numbers)


def _archie(rows: pl.DataFrame) -> pl.Expr:
    numbers = {"rw_value": "rw_ohmm"} | {name: name for name in ("a_factor", "m_exponent", "n_exponent")}
    return pl.struct(
        *(column(rows, found, pl.Float64).fill_nan(None).alias(name) for name, found in numbers.items()),
        *(column(rows, name, pl.String) for name in ("rw_source", "sw_model", "sw_confidence")),
        sw_conflict(rows).alias("sw_conflict"),
    )


def _struct(fields: dict[str, pl.Expr]) -> pl.Expr:
    return pl.struct(expression.alias(name) for name, expression in fields.items())


def _encoded(rows: pl.DataFrame, fields: Json) -> Iterator[tuple[str, str]]:
    encoded = rows.select("well_id", _struct(fields).struct.json_encode().alias("json"))
    return encoded.iter_rows()


def _write(file: IO[bytes], head: Json, lines: Iterator[tuple[str, str]]) -> None:
    opening = json.dumps(head, ensure_ascii=False)
    file.write(f'{opening[:-1]}, "candidates": ['.encode())
    between = b"\n"
    for _, line in lines:
        file.write(between)
        file.write(line.encode())
        between = b",\n"
    file.write(b"\n]}\n")
