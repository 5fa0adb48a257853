"""Targets to score: one in which all is known and well, and random ones with gaps of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

PROBLEMS = (
    *("identity_problem", "depth_problem", "unit_conflict", "unit_alias", "crs_problem", "crs_conflict"),
    *("vertical_datum_problem", "transform_chain_problem", "azimuth_problem"),
)
PERFECT: dict[str, Any] = {
    "well_id": "W-1",
    "event_no": 1,
    "candidate_id": "c-1",
    "zone": "Hugin",
    "top_md_m": 3000.0,
    "base_md_m": 3020.0,
    "has_log": True,
    "vsh": 0.1,
    "phie": 0.25,
    "rt_contrast": 10.0,
    "sw": 0.2,
    "net_pay_m": 12.0,
    "gross_m": 15.0,
    "height_above_contact_m": 40.0,
    "depletion_ratio": 0.0,
    "water_cut_level": 0.0,
    "water_cut_slope": 0.0,
    "pressure_ratio": 1.0,
    "offset_drained_fraction": 0.0,
    "injector_mpvi": 0.3,
    "unswept_hcpt_m": 2.0,
    "integrity": "green",
    "workover_complexity": "rigless",
    "access": "road_and_permit",
    "cost_ratio": 0.1,
    "tubing_access": True,
    "single_casing": True,
    "cement_bond": True,
    "tree_serviceable": True,
    "log_quality": 1.0,
    "crs_confidence": "documented",
    "depth_reference": "documented",
    "completion_completeness": 1.0,
    "production_completeness": 1.0,
    "evidence_completeness": 1.0,
    **dict.fromkeys(PROBLEMS),
    "sampled_fraction": 1.0,
    "max_step_m": 0.1524,
    "bad_hole_fraction": 0.0,
    "interpretation_id": None,
    "vsh_coverage": 1.0,
    "porosity_coverage": 1.0,
    "resistivity_coverage": 1.0,
    "rw_ohmm": 0.07,
    "a_factor": 1.0,
    "m_exponent": 2.0,
    "n_exponent": 2.0,
    "rw_source": "water_analysis",
    "sw_confidence": "high",
    "completion_status": "never_perforated",
    "cumulative_known": True,
    "series_months": 60,
    "never_produced": False,
    "pressure_age_years": 1.0,
    "saturation_age_years": None,
    "abandoned": "none",
    "evidence_missing": None,
    "quarantine_reason": None,
    "water_cut_status": None,
    "injector_mpvi_status": None,
    "unswept_hcpt_m_status": None,
}
TRUTHS = ("has_log", "tubing_access", "single_casing", "cement_bond", "tree_serviceable", "cumulative_known")
WHOLE = ("event_no", "series_months")
TEXTS = tuple(name for name, value in PERFECT.items() if value is None or isinstance(value, str))
SCHEMA: dict[str, Any] = {
    name: pl.Boolean
    if name in {*TRUTHS, "never_produced"}
    else pl.Int32
    if name in WHOLE
    else pl.String
    if name in TEXTS and name != "saturation_age_years"
    else pl.Float64
    for name in PERFECT
}


def targets(*rows: dict[str, Any]) -> pl.DataFrame:
    """Return targets that are perfect but for what each row says; with wells numbered where it does not say."""
    made = [{**PERFECT, "well_id": f"W-{index}", **row} for index, row in enumerate(rows, 1)]
    return pl.DataFrame(made, schema=SCHEMA)


def random_targets(count: int, seed: int, gaps: float = 0.25) -> pl.DataFrame:
    """Return random targets. gaps: the share of inputs that is missing."""
    chance = np.random.default_rng(seed)
    made: dict[str, pl.Series] = {}

    def put(name: str, values: Any, missing: float) -> None:
        series = pl.Series(values.tolist(), dtype=SCHEMA[name])
        made[name] = series.set(pl.Series(chance.random(count) < missing), None)

    def number(name: str, low: float, high: float, missing: float = gaps) -> None:
        put(name, chance.uniform(low, high, count), missing)

    def word(name: str, odds: dict[str, float], missing: float = gaps) -> None:
        shares = np.array(list(odds.values())) / sum(odds.values())
        put(name, np.array(list(odds))[chance.choice(len(odds), count, p=shares)], missing)

    made["well_id"] = pl.Series([f"W-{index // 3:06d}" for index in range(count)])
    made["event_no"] = pl.Series([index % 3 + 1 for index in range(count)], dtype=pl.Int32)
    made["candidate_id"] = pl.Series([f"c-{index:07d}" for index in range(count)])
    made["zone"] = pl.Series(["Hugin"] * count)
    number("top_md_m", 2000, 3000, 0)
    made["base_md_m"] = made["top_md_m"] + 10
    made["has_log"] = pl.Series([True] * count)
    number("vsh", 0.05, 0.45, 0.02)
    number("phie", 0.08, 0.28, 0.02)
    number("rt_contrast", 0.5, 12, gaps)
    number("sw", 0.1, 0.6, 0.02)
    number("net_pay_m", 1, 14, 0.02)
    number("gross_m", 2, 16, 0.02)
    number("height_above_contact_m", 0, 40)
    number("depletion_ratio", 0, 0.9)
    number("water_cut_level", 0, 0.98)
    number("water_cut_slope", 0, 0.2)
    number("pressure_ratio", 0.3, 1)
    number("offset_drained_fraction", 0, 0.9)
    number("injector_mpvi", 0, 1.3)
    number("unswept_hcpt_m", 0.1, 2)
    word("water_cut_status", {"measured": 9, "not_applicable": 1}, 0.2)
    word("injector_mpvi_status", {"derived": 3, "not_applicable": 1}, 0.5)
    word("unswept_hcpt_m_status", {"derived": 3, "measured": 1}, 0.2)
    made["water_cut_level"] = made["water_cut_level"].set(made["water_cut_status"].eq_missing("not_applicable"), None)
    made["injector_mpvi"] = made["injector_mpvi"].set(made["injector_mpvi_status"].eq_missing("not_applicable"), None)
    word("integrity", {"green": 5, "yellow": 3, "orange": 1, "red": 0.3}, gaps / 2)
    word("workover_complexity", {"rigless": 2, "coiled_tubing": 3, "workover_rig": 4, "squeeze": 2, "re_entry": 0.5})
    word("access", {"road_and_permit": 6, "permit_pending": 2, "restricted": 1, "none": 0.3}, gaps / 2)
    number("cost_ratio", 0.1, 1.5)
    for name in ("tubing_access", "single_casing", "cement_bond", "tree_serviceable"):
        put(name, chance.random(count) < 0.7, gaps)
    number("log_quality", 0.5, 1, 0.02)
    word("crs_confidence", {"documented": 7, "unverified": 2, "inferred": 1, "conflict": 0.2, "none": 0.2}, 0.02)
    word("depth_reference", {"documented": 7, "kb_inferred": 2, "datum_unknown": 0.3, "no_survey": 0.3}, 0.02)
    number("completion_completeness", 0.35, 1.1, 0.02)
    made["completion_completeness"] = made["completion_completeness"].clip(0, 1)
    number("production_completeness", 0.5, 1, 0.02)
    made["evidence_completeness"] = pl.Series(chance.choice([0.6, 0.8, 1.0], count, p=[0.1, 0.3, 0.6]))
    for name in PROBLEMS:
        word(name, {f"a planted {name}": 1}, 0.9 if name in {"unit_alias", "azimuth_problem"} else 0.97)
    number("sampled_fraction", 0.949, 1, 0)
    number("max_step_m", 0.1, 0.61, 0)
    number("bad_hole_fraction", 0, 0.35, 0.02)
    word("interpretation_id", {"I-1": 1}, 0.8)
    for name in ("vsh_coverage", "porosity_coverage", "resistivity_coverage"):
        number(name, 0.79, 1, 0.01)
    number("rw_ohmm", 0.02, 0.2, 0.02)
    number("a_factor", 0.8, 1.2, 0.01)
    number("m_exponent", 1.8, 2.2, 0.01)
    number("n_exponent", 1.8, 2.2, 0.01)
    word("rw_source", {"water_analysis": 5, "offset_analog": 3, "project_default": 2}, 0.02)
    word("sw_confidence", {"high": 5, "medium": 3, "low": 1}, 0.02)
    word("completion_status", {"never_perforated": 6, "perforated_shut_in": 2, "squeezed": 1, "isolated_plug": 1}, 0.05)
    made["cumulative_known"] = pl.Series(chance.random(count) < 0.9)
    made["series_months"] = pl.Series(chance.integers(0, 60, count), dtype=pl.Int32)
    made["never_produced"] = pl.Series(chance.random(count) < 0.15)
    number("pressure_age_years", 0, 10)
    number("saturation_age_years", 0, 10, 0.7)
    word("abandoned", {"none": 9, "temporary": 1, "permanent": 0.3}, gaps / 3)
    word("evidence_missing", {"survey": 1}, 0.5)
    word("quarantine_reason", {"disputed": 1}, 0.99)
    return pl.DataFrame(made).select(list(SCHEMA))
