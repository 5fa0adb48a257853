"""A slow, plain scorer of one target, written from design section 1, 3 and 4 alone: no Polars, no profile."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

Row = dict[str, Any]

CURVES: dict[str, list[tuple[float, float]]] = {
    "vsh": [(0.15, 1), (0.30, 0.7), (0.40, 0.4), (0.50, 0.1), (0.60, 0)],
    "phie": [(0.05, 0), (0.08, 0.3), (0.12, 0.65), (0.16, 0.9), (0.20, 1)],
    "sw": [(0.30, 1), (0.45, 0.8), (0.55, 0.5), (0.65, 0.2), (0.75, 0)],
    "net_pay_m": [(1, 0), (2, 0.3), (5, 0.8), (10, 1)],
    "gross_m": [(2, 0), (5, 0.6), (10, 1)],
    "height_above_contact_m": [(0, 0), (5, 0.4), (15, 0.8), (30, 1)],
    "depletion_ratio": [(0, 1), (0.3, 0.8), (0.6, 0.5), (0.85, 0.15), (1, 0)],
    "pressure_ratio": [(0.2, 0), (0.4, 0.3), (0.6, 0.6), (0.8, 0.9), (0.9, 1)],
    "offset_drained_fraction": [(0, 1), (0.25, 0.8), (0.5, 0.45), (0.75, 0.15), (1, 0)],
    "injector_mpvi": [(0, 0.4), (0.15, 1), (0.6, 1), (1, 0.4), (1.5, 0)],
    "unswept_hcpt_m": [(0.1, 0), (0.3, 0.4), (0.6, 0.7), (1.2, 1)],
    "cost_ratio": [(0.25, 1), (0.5, 0.8), (1, 0.4), (1.5, 0)],
    "log_quality": [(0, 0), (1, 1)],
    "completion_completeness": [(0, 0), (1, 1)],
    "production_completeness": [(0, 0), (1, 1)],
    "evidence_completeness": [(0, 0), (1, 1)],
}
LEVEL: list[tuple[float, float]] = [(0, 1), (0.5, 0.7), (0.8, 0.35), (0.95, 0.1), (0.98, 0)]
TREND: list[tuple[float, float]] = [(0, 1), (0.05, 0.7), (0.15, 0.3), (0.30, 0)]
TABLES: dict[str, dict[str, float]] = {
    "integrity": {"green": 1, "yellow": 0.75, "orange": 0.35, "red": 0},
    "workover_complexity": {
        "rigless": 1,
        "through_tubing": 0.8,
        "coiled_tubing": 0.8,
        "workover_rig": 0.55,
        "squeeze": 0.25,
        "fish": 0.25,
        "sidetrack": 0.25,
        "re_entry": 0.05,
    },
    "access": {"road_and_permit": 1, "permit_pending": 0.7, "restricted": 0.4, "none": 0},
    "crs_confidence": {"documented": 1, "unverified": 0.7, "inferred": 0.4, "conflict": 0.1, "none": 0},
    "depth_reference": {"documented": 1, "kb_inferred": 0.6, "datum_unknown": 0.2, "no_survey": 0},
}
ITEMS = ("tubing_access", "single_casing", "cement_bond", "tree_serviceable")
WEIGHTS: dict[str, dict[str, float]] = {
    "static": {
        "vsh": 0.15,
        "phie": 0.20,
        "rt_contrast": 0.05,
        "sw": 0.25,
        "net_pay_m": 0.20,
        "gross_m": 0.05,
        "height_above_contact_m": 0.10,
    },
    "dynamic": {
        "depletion_ratio": 0.15,
        "water_cut": 0.20,
        "pressure_ratio": 0.20,
        "offset_drained_fraction": 0.20,
        "injector_mpvi": 0.10,
        "unswept_hcpt_m": 0.15,
    },
    "operability": {
        "integrity": 0.30,
        "workover_complexity": 0.25,
        "completion_readiness": 0.15,
        "access": 0.10,
        "cost_ratio": 0.20,
    },
    "confidence": {
        "log_quality": 0.25,
        "crs_confidence": 0.15,
        "depth_reference": 0.15,
        "completion_completeness": 0.15,
        "production_completeness": 0.15,
        "evidence_completeness": 0.15,
    },
}
TOTAL = {"static": 0.35, "dynamic": 0.30, "operability": 0.20, "confidence": 0.15}


def interpolate(x: float, points: list[tuple[float, float]]) -> float:
    if x <= points[0][0]:
        return points[0][1]
    for (x0, u0), (x1, u1) in pairwise(points):
        if x <= x1:
            return u0 + (u1 - u0) * (x - x0) / (x1 - x0)
    return points[-1][1]


def utility_range(name: str, row: Row) -> tuple[float, float, float]:
    """Return the utility of what is known of an input, of it at best, and which share of it is known."""
    if name == "completion_readiness":
        known = [row[item] for item in ITEMS if row[item] is not None]
        good = sum(known)
        return good / 4, (good + 4 - len(known)) / 4, len(known) / 4
    if name == "water_cut":
        level, slope = row["water_cut_level"], row["water_cut_slope"]
        low = 0.0 if level is None else interpolate(level, LEVEL)
        high = 1.0 if level is None else low
        down = 0.0 if slope is None else interpolate(slope, TREND)
        up = 1.0 if slope is None else down
        return low * (0.6 + 0.4 * down), high * (0.6 + 0.4 * up), 0.0 if level is None else 1.0
    value = row[name]
    if name in WEIGHTS["confidence"] and value is None:
        return 0.0, 0.0, 1.0
    if name == "injector_mpvi" and value is None and row.get("injector_mpvi_status") == "not_applicable":
        value = 0.0
    if name in TABLES and value not in TABLES[name]:
        value = None
    if value is None:
        return 0.0, 1.0, 0.0
    if name in TABLES:
        u = float(TABLES[name][value])
    elif name == "rt_contrast":
        u = interpolate(-math.inf if value <= 0 else math.log2(value), [(0, 0), (1, 0.3), (2, 0.7), (3, 1)])
    else:
        u = interpolate(value, CURVES[name])
    return u, u, 1.0


def masked(row: Row) -> Row:
    row = dict(row)
    placed = row["crs_problem"] is None and row["crs_conflict"] is None and row["crs_confidence"] not in {None, "none"}
    if not placed:
        row["offset_drained_fraction"] = row["injector_mpvi"] = None
        row["injector_mpvi_status"] = None
        if row.get("unswept_hcpt_m_status") == "derived":
            row["unswept_hcpt_m"] = None
    if "G2.VERTICAL_DATUM" in spatial(row):
        row["height_above_contact_m"] = None
    return row


def spatial(row: Row) -> set[str]:
    found = set()
    if row["crs_problem"] is not None or row["crs_confidence"] in {None, "none"}:
        found.add("G2.CRS")
    if row["vertical_datum_problem"] is not None or row["depth_reference"] in {None, "datum_unknown", "no_survey"}:
        found.add("G2.VERTICAL_DATUM")
    if row["transform_chain_problem"] is not None:
        found.add("G2.TRANSFORM_CHAIN")
    return found


def scores(row: Row) -> dict[str, float]:
    """Return scores, potentials, coverages and totals. row: as the rules see it, after `masked`."""
    found: dict[str, float] = {}
    moved = row["water_cut_level"] is None and row["water_cut_status"] == "not_applicable"
    for component, weights in WEIGHTS.items():
        score = potential = coverage = 0.0
        for name, own in weights.items():
            weight = own
            if moved and name == "water_cut":
                continue
            if moved and name == "offset_drained_fraction":
                weight = 0.40
            low, high, known = utility_range(name, row)
            score += weight * low
            potential += weight * high
            coverage += weight * known
        found[f"{component}_score"] = round(score, 6)
        found[f"{component}_potential"] = round(potential, 6)
        found[f"{component}_coverage"] = round(coverage, 6)
    for of in ("score", "potential"):
        found[f"total_{of}"] = round(sum(TOTAL[name] * found[f"{name}_{of}"] for name in TOTAL), 6)
    return found


def at_least(value: float | None, least: float) -> bool:
    return value is not None and value >= least - 1e-9


def below(value: float | None, limit: float) -> bool:
    return value is not None and value < limit


def is_blocked(row: Row) -> bool:
    return bool(row["integrity"] == "red" or row["access"] == "none" or row["abandoned"] == "permanent")


def gates(row: Row, found: dict[str, float]) -> dict[str, tuple[str, str]]:
    """Return severity and promotion action of each gate that fails."""
    block, hold, quarantine, warning = (
        "decision_grade_block",
        "review_hold",
        "spatial_only_quarantine",
        "non_blocking_warning",
    )
    out: dict[str, tuple[str, str]] = {}
    no_interval = row["event_no"] == 0 and row["top_md_m"] is None
    if row["identity_problem"] is not None:
        out["G1.IDENTITY"] = ("critical", block)
    sampled = (no_interval and row["sampled_fraction"] is None) or at_least(row["sampled_fraction"], 0.95)
    step = (no_interval and row["max_step_m"] is None) or (
        row["max_step_m"] is not None and row["max_step_m"] <= 0.6 + 1e-9
    )
    if row["depth_problem"] is not None or not sampled or not step:
        out["G1.DEPTH_TRACK"] = ("critical", block)
    if row["unit_conflict"] is not None:
        out["G1.UNIT_CONFLICT"] = ("critical", block)
    if row["unit_alias"] is not None:
        out["G1.UNIT_ALIAS"] = ("info", warning)
    logged = all(at_least(row[name], 0.8) for name in ("vsh_coverage", "porosity_coverage", "resistivity_coverage"))
    interpreted = all(row[name] is not None for name in ("interpretation_id", "vsh", "phie", "sw"))
    if no_interval or not (logged or interpreted):
        out["G1.CURVES"] = ("major", block)
    positive = all(row[n] is not None and row[n] > 0 for n in ("rw_ohmm", "a_factor", "m_exponent", "n_exponent"))
    if not no_interval:
        if not positive or row["rw_source"] is None:
            out["G1.PARAMS"] = ("major", block)
        elif row["rw_source"] == "project_default" or row["sw_confidence"] in {None, "low"}:
            out["G1.PARAMS"] = ("major", hold)
        if row["bad_hole_fraction"] is None or row["bad_hole_fraction"] > 0.30:
            out["G1.LOG_QUALITY"] = ("minor", hold)
    for code in sorted(spatial(row)):
        out[code] = ("minor" if code == "G2.TRANSFORM_CHAIN" else "major", quarantine)
    if row["crs_conflict"] is not None:
        out["G2.CRS_CONFLICT"] = ("critical", block)
    if row["azimuth_problem"] is not None:
        out["G2.AZIMUTH_REFERENCE"] = ("minor", warning)
    complete = row["completion_completeness"]
    if row["completion_status"] is None or not at_least(complete, 0.40):
        out["G3.COMPLETION"] = ("major", block)
    elif not at_least(complete, 0.60):
        out["G3.COMPLETION"] = ("minor", hold)
    witnesses = [
        at_least(row["series_months"], 12) or bool(row["never_produced"]),
        below(row["pressure_age_years"], 5),
        row["offset_drained_fraction"] is not None,
        below(row["saturation_age_years"], 5),
    ]
    if not row["cumulative_known"] or sum(witnesses) < 2:
        out["G3.DEPLETION"] = ("major", block)
    unknown = row["integrity"] is None or row["access"] is None or row["abandoned"] is None
    if unknown or is_blocked(row):
        out["G3.OPERABILITY"] = ("major", block)
    if not at_least(row["evidence_completeness"], 0.80):
        out["G3.EVIDENCE"] = ("major", block)
    elif not at_least(row["evidence_completeness"], 1.0):
        out["G3.EVIDENCE"] = ("minor", hold)
    for name, least in (("static", 0.60), ("dynamic", 0.40), ("operability", 0.40)):
        if found[f"{name}_coverage"] < least:
            out[f"COVERAGE.{name.upper()}"] = ("major", block)
    return out


def rule(row: Row, found: dict[str, float], failed: dict[str, tuple[str, str]]) -> str:
    """Return the first rule that matches."""
    static, dynamic, operability, confidence = (found[f"{name}_score"] for name in TOTAL)
    total = found["total_score"]
    actions = set(failed.values())
    if ("critical", "decision_grade_block") in actions or row["quarantine_reason"] is not None:
        return "R1"
    weak = (found["dynamic_potential"] < 0.35, found["operability_potential"] < 0.35, found["total_potential"] < 0.45)
    if is_blocked(row) or any(weak):
        return "R2"
    if ("major", "decision_grade_block") in actions or confidence < 0.40 or total < 0.45:
        return "R3"
    if dynamic < 0.35 or operability < 0.35:
        return "R3"
    held = any(action in {"review_hold", "spatial_only_quarantine"} for _, action in actions)
    if not held and total >= 0.65 and confidence >= 0.75 and operability >= 0.50 and dynamic >= 0.45 and static >= 0.50:
        return "R4"
    return "R5"


def label(score: float, potential: float, steps: list[tuple[float, str]], weak: str) -> str:
    for least, word in steps:
        if score >= least:
            return word
    return weak if potential < steps[-1][0] else "unknown"


def labels(row: Row, found: dict[str, float]) -> dict[str, str]:
    names = ("pressure_ratio", "depletion_ratio", "offset_drained_fraction")
    ranges = [utility_range(name, row) for name in names]
    mean = round(sum(low for low, _, _ in ranges) / 3, 6)
    risk = label(mean, mean, [(0.75, "low"), (0.5, "moderate"), (0.25, "high")], "severe")
    if sum(known for _, _, known in ranges) < 2:
        risk = "unknown"
    feasible = label(
        found["operability_score"],
        found["operability_potential"],
        [(0.75, "ready"), (0.5, "workover_feasible")],
        "difficult",
    )
    confidence = found["confidence_score"]
    return {
        "historic_payload_class": label(
            found["static_score"],
            found["static_potential"],
            [(0.70, "strong_bypassed_pay"), (0.50, "moderate_bypassed_pay")],
            "weak_bypassed_pay",
        ),
        "remaining_payload_class": label(
            found["dynamic_score"],
            found["dynamic_potential"],
            [
                (0.70, "high_remaining_potential"),
                (0.50, "moderate_remaining_potential"),
                (0.35, "low_remaining_potential"),
            ],
            "depleted",
        ),
        "depletion_risk": risk,
        "operability_status": "blocked" if is_blocked(row) else feasible,
        "data_confidence": label(confidence, confidence, [(0.75, "high"), (0.50, "medium")], "low"),
    }


def rank_key(target: Row) -> tuple[Any, ...]:
    net = target["net_pay_m"]
    return (
        "ABCDQ".index(target["classification"]),
        -target["total_score"],
        -target["total_potential"],
        (net is None, 0 if net is None else -net),
        target["well_id"].encode(),
        target["event_no"],
        (target["candidate_id"] is None, (target["candidate_id"] or "").encode()),
    )
