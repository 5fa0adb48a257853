"""Scored targets, candidates and gaps by hand, with the columns that scoring gives them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import polars as pl

from connectors.ops.ids import id_of
from connectors.ops.runs import Discovery, Ranking, Snapshot
from scoring.project import Source
from scoring.vocabulary import COMPONENTS, INPUTS

READ_AT = datetime(2026, 3, 23, 17, 0, tzinfo=UTC)
WEIGHTS = {"static": 0.35, "dynamic": 0.30, "operability": 0.20, "confidence": 0.15}
ALL_INPUTS = [name for names in INPUTS.values() for name in names]
RULES = {"A": "R4", "B": "R5", "C": "R3", "D": "R2", "Q": "R1"}


def sha(letter: str) -> str:
    return 64 * letter


def candidate(well: str, number: int, top_md_m: float, **other: Any) -> dict[str, Any]:
    """Return a candidate of 10 m from `top_md_m`."""
    base = other.pop("base_md_m", top_md_m + 10.0)
    own = {
        "candidate_id": str(id_of("candidate", well, f"{top_md_m:.2f}", f"{base:.2f}")),
        "well_id": well,
        "zone": "Hugin Fm.",
        "event_no": number,
        "top_md_m": top_md_m,
        "base_md_m": base,
        "top_tvdss_m": top_md_m - 25.0,
        "base_tvdss_m": base - 25.0,
        "gross_md_m": base - top_md_m,
        "net_md_m": (base - top_md_m) * 0.8,
        "gross_m": base - top_md_m,
        "net_pay_m": (base - top_md_m) * 0.8,
        "hcpt_m": 0.7,
        "vsh": 0.21,
        "phie": 0.16,
        "sw": 0.505,
        "rt": 18.4,
        "rt_contrast": 4.0,
        "permeability_md": 120.0,
        "log_quality": 0.95,
        "bad_hole_fraction": 0.0,
        "evaluated_fraction": 1.0,
        "interpretation_id": None,
        "rw_ohmm": 0.12,
        "rw_source": "offset_analog",
        "a_factor": 1.0,
        "m_exponent": 2.0,
        "n_exponent": 2.0,
        "sw_model": "archie",
        "sw_confidence": "medium",
        "sw_conflict": None,
        "porosity_method": "density",
        "vsh_method": "linear",
        "depth_problem": None,
        "recommended_action": "Prioritize cased-hole review and recompletion planning.",
        "completion_status": "never_perforated",
        "position_confidence": "high",
        "cone_radius_top_m": 4.0,
        "cone_radius_base_m": 4.1,
        "evidence_pack_id": str(id_of("pack", well)),
        "cutoffs_applied": {"vsh_max": 0.4, "phie_min": 0.08, "sw_max": 0.6},
        "source_ids": "S1;S2",
    }
    return own | other


def no_candidate(well: str, **other: Any) -> dict[str, Any]:
    """Return a well that has neither candidate nor log."""
    empty = dict.fromkeys(candidate(well, 1, 0.0))
    return empty | {"well_id": well, "event_no": 0, "completion_status": "unknown"} | other


def scored(row: dict[str, Any], classification: str, **other: Any) -> dict[str, Any]:
    """Return a candidate as a target, scored as in the source's example; its rank comes by `targets`."""
    scores = {"static": 0.82, "dynamic": 0.73, "operability": 0.68, "confidence": 0.88} | other.pop("scores", {})
    total = round(sum(WEIGHTS[name] * scores[name] for name in COMPONENTS), 6)
    found: dict[str, Any] = dict(row)
    found |= {
        "well_name": f"Well {row['well_id']}",
        "field": "Kern",
        "reservoir": "Vedder",
        **{f"{name}_score": scores[name] for name in COMPONENTS},
        **{f"{name}_potential": min(1.0, scores[name] + 0.05) for name in COMPONENTS},
        **{f"{name}_coverage": 0.95 for name in COMPONENTS},
        "total_score": total,
        "total_potential": round(total + 0.05, 6),
        "classification": classification,
        "class_rule": RULES[classification],
        "blocking_reason": "Its logs are missing: run them." if classification in "CQ" else None,
        "historic_payload_class": "strong_bypassed_pay",
        "remaining_payload_class": "high_remaining_potential",
        "depletion_risk": "moderate",
        "operability_status": "workover_feasible",
        "data_confidence": "high",
        "would_change": None if classification == "A" else "Measure the pressure.",
        "evidence_completeness": 1.0,
        "x_m": 435_000.0,
        "y_m": 6_478_000.0,
        "latitude_deg": 58.44,
        "longitude_deg": 1.89,
        "ecef_x_m": 3_344_000.0,
        "ecef_y_m": 110_000.0,
        "ecef_z_m": 5_411_000.0,
        "crs_confidence": "documented",
        "depth_reference": "documented",
        "np_sm3": 12_000.0,
        "water_cut_level": 0.4,
        "water_cut_slope": 0.02,
        "integrity": "green",
    }
    for name in ALL_INPUTS:
        found.setdefault(name, None if name in ("water_cut", "completion_readiness", "pressure_ratio") else 0.5)
        missing = name == "pressure_ratio"
        found |= {
            f"{name}_utility": None if missing else 0.8,
            f"{name}_contribution": 0.0 if missing else 0.1,
            f"{name}_status": "missing" if missing else "measured",
            f"{name}_gap": "INPUT.PRESSURE_RATIO" if missing else None,
            f"{name}_source": None if missing else "S1",
        }
    return found | other


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(rows, infer_schema_length=None)


def targets(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return targets ranked in their order."""
    return frame(list(rows)).with_columns(pl.int_range(1, pl.len() + 1).alias("target_rank"))


def gap(row: dict[str, Any], code: str = "G3.EVIDENCE", **other: Any) -> dict[str, Any]:
    found = {
        "well_id": row["well_id"],
        "event_no": row["event_no"],
        "candidate_id": row["candidate_id"],
        "gap_code": code,
        "gap_domain": "evidence",
        "severity": "minor",
        "promotion_action": "review_hold",
        "input": None,
        "detail": "The survey is not in the pack.",
    }
    return found | other


def gaps(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = dict.fromkeys(gap(candidate("W-1", 1, 0.0)), pl.String) | {"event_no": pl.Int64}
    return pl.DataFrame(list(rows), schema=schema)


def snapshot(content: str = "a", project_id: str = "kern_reopen_demo") -> Snapshot:
    wells = frame(
        [
            {"well_id": f"W-{i}", "name": f"Well {i}", "x_m": 1.0 * i, "y_m": 2.0, "latitude_deg": 58.0}
            for i in range(1, 5)
        ]
    )
    production = frame(
        [
            {"well_id": "W-1", "month": date(2020, month, 1), "oil_sm3": 100.0 / month, "water_sm3": None}
            for month in (2, 1, 3)
        ]
    )
    sources = (
        Source("S1", "wells", "wells.csv", sha("1")),
        Source("S2", "log", "a folder/W-1\t.las", sha("2"), "W-1"),
    )
    return Snapshot(project_id, sha(content), date(2016, 12, 1), "EPSG:23031", READ_AT, sources, wells, production)


def discovery(candidates: list[dict[str, Any]], strips: pl.DataFrame | None = None) -> Discovery:
    return Discovery("earthbond_reopen_v1", sha("e"), "0.1.0", READ_AT, frame(candidates), strips)


def ranking(profile_id: UUID, found: pl.DataFrame, missing: pl.DataFrame | None = None, **other: Any) -> Ranking:
    given: dict[str, Any] = {
        "scoring_profile_id": profile_id,
        "profile_key": "earthbond_reopen_v1",
        "profile_sha256": sha("e"),
        "scoring_version": "earthbond.reopen.v1",
        "code_version": "0.1.0",
        "weights": WEIGHTS,
        "generated_at": READ_AT,
        "requested_by": "an.engineer",
        "targets": found,
        "gaps": gaps() if missing is None else missing,
    }
    return Ranking(**given | other)
