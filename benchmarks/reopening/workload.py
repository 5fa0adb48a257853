"""A field's targets before they are scored, as assessment makes them: random, seeded, with gaps of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from connectors.ops.ids import ids_of
from scoring.facts import PROBLEMS, columns
from scoring.profile import Profile

GAPS: Final = 0.25  # share of the inputs that is missing where nothing else is said
_FEW: Final = 0.02
_ITEMS: Final = ("tubing_access", "single_casing", "cement_bond", "tree_serviceable")
_NUMBERS: Final[Mapping[str, tuple[float, float, float]]] = {
    # lowest, highest, share missing
    "vsh": (0.05, 0.45, _FEW),
    "phie": (0.08, 0.28, _FEW),
    "rt_contrast": (0.5, 12, GAPS),
    "sw": (0.1, 0.6, _FEW),
    "net_pay_m": (1, 14, _FEW),
    "height_above_contact_m": (0, 40, GAPS),
    "depletion_ratio": (0, 0.9, GAPS),
    "water_cut_level": (0, 0.98, GAPS),
    "water_cut_slope": (0, 0.2, GAPS),
    "water_cut_p": (0, 1, GAPS),
    "pressure_ratio": (0.3, 1, GAPS),
    "offset_drained_fraction": (0, 0.9, GAPS),
    "injector_mpvi": (0, 1.3, GAPS),
    "unswept_hcpt_m": (0.1, 2, GAPS),
    "cost_ratio": (0.1, 1.5, GAPS),
    "log_quality": (0.5, 1, _FEW),
    "production_completeness": (0.5, 1, _FEW),
    "sampled_fraction": (0.949, 1, 0),
    "max_step_m": (0.1, 0.61, 0),
    "bad_hole_fraction": (0, 0.35, _FEW),
    "evaluated_fraction": (0.8, 1, 0),
    "vsh_coverage": (0.79, 1, 0.01),
    "porosity_coverage": (0.79, 1, 0.01),
    "resistivity_coverage": (0.79, 1, 0.01),
    "rw_ohmm": (0.02, 0.2, _FEW),
    "a_factor": (0.8, 1.2, 0.01),
    "m_exponent": (1.8, 2.2, 0.01),
    "n_exponent": (1.8, 2.2, 0.01),
    "pressure_age_years": (0, 10, GAPS),
    "saturation_age_years": (0, 10, 0.7),
    "rt": (2, 60, _FEW),
    "hcpt_m": (0.1, 2, _FEW),
    "permeability_md": (1, 900, GAPS),
    "np_sm3": (1e3, 4e5, GAPS),
    "eur_sm3": (4e5, 9e5, GAPS),
    "eur_fit_r2": (0.5, 1, GAPS),
    "unswept_volume_m3": (1e3, 1e5, GAPS),
    "cone_radius_top_m": (1, 120, GAPS),
    "x_m": (430_000, 440_000, _FEW),
    "y_m": (6_470_000, 6_480_000, _FEW),
    "latitude_deg": (58.3, 58.5, _FEW),
    "longitude_deg": (1.8, 2.0, _FEW),
    "ecef_x_m": (3.3e6, 3.4e6, _FEW),
    "ecef_y_m": (1.1e5, 1.2e5, _FEW),
    "ecef_z_m": (5.4e6, 5.5e6, _FEW),
}
_WORDS: Final[Mapping[str, tuple[Mapping[str, float], float]]] = {
    "water_cut_status": ({"measured": 9, "not_applicable": 1}, 0.2),
    "injector_mpvi_status": ({"derived": 3, "not_applicable": 1}, 0.5),
    "unswept_hcpt_m_status": ({"derived": 3, "measured": 1}, 0.2),
    "integrity": ({"green": 5, "yellow": 3, "orange": 1, "red": 0.3}, GAPS / 2),
    "workover_complexity": (
        {"rigless": 2, "coiled_tubing": 3, "workover_rig": 4, "squeeze": 2, "re_entry": 0.5},
        GAPS,
    ),
    "access": ({"road_and_permit": 6, "permit_pending": 2, "restricted": 1, "none": 0.3}, GAPS / 2),
    "crs_confidence": ({"documented": 7, "unverified": 2, "inferred": 1, "conflict": 0.2, "none": 0.2}, _FEW),
    "depth_reference": ({"documented": 7, "kb_inferred": 2, "datum_unknown": 0.3, "no_survey": 0.3}, _FEW),
    "interpretation_id": ({"I-1": 1}, 0.8),
    "rw_source": ({"water_analysis": 5, "offset_analog": 3, "project_default": 2}, _FEW),
    "sw_confidence": ({"high": 5, "medium": 3, "low": 1}, _FEW),
    "sw_model": ({"archie": 3, "simandoux": 1}, 0),
    "porosity_method": ({"density": 3, "neutron_density": 1}, 0),
    "vsh_method": ({"linear": 1}, 0),
    "completion_status": (
        {"never_perforated": 6, "perforated_shut_in": 2, "squeezed": 1, "isolated_plug": 1},
        0.05,
    ),
    "position_confidence": ({"high": 5, "medium": 3, "low": 1, "unknown": 1}, 0),
    "abandoned": ({"none": 9, "temporary": 1, "permanent": 0.3}, GAPS / 3),
    "evidence_missing": ({"survey": 1, "survey, log": 1}, 0.5),
    "eur_method": ({"arps": 3, "p_over_z": 1}, GAPS),
    "injectors_method": ({"capacitance": 1, "inverse_distance": 3}, GAPS),
    "water_cut_method": ({"theil_sen": 1}, GAPS),
    "quarantine_reason": ({"Its logs are those of another well.": 1}, 0.99),
    "zone": ({"Hugin Fm.": 3, "Sleipner Fm.": 1}, 0),
    "reservoir": ({"Hugin": 3, "Sleipner": 1}, 0),
}
_PROBLEM: Final = "wells/well-17.las: what must hold here does not, and this says in some words what was found."
_SOURCED: Final = ("vsh", "phie", "sw", "net_pay_m", "gross_m", "depletion_ratio", "pressure_ratio", "integrity")


_STATUSES: Final = ("water_cut_status", "injector_mpvi_status", "unswept_hcpt_m_status")


def what_scoring_reads(targets: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """Return the columns of the targets that scoring reads; the others are carried along."""
    return targets.select(*(name for name in columns(profile) if name in targets.columns), *_STATUSES)


def random_targets(count: int, seed: int = 7) -> pl.DataFrame:
    """Return so many targets, each a well with an interval; the same seed, the same targets."""
    chance = np.random.default_rng(seed)
    made: dict[str, pl.Series] = {}

    def put(name: str, values: Any, missing: float) -> None:
        series = pl.Series(name, values)
        made[name] = series.set(pl.Series(chance.random(count) < missing), None) if missing else series

    number = np.arange(count)
    made["well_id"] = pl.select(pl.format("NO 15/9-{}", pl.Series(number))).to_series()
    made["well_name"] = pl.select(pl.format("15/9-{}", pl.Series(number))).to_series()
    made["field"] = pl.Series(["Benchmark"]).new_from_index(0, count)
    made["event_no"] = pl.Series(np.ones(count, np.int32))
    made["candidate_id"] = pl.Series(ids_of(("candidate", str(seed)), made["well_id"]))
    made["evidence_pack_id"] = pl.Series(ids_of(("pack", str(seed)), made["well_id"]))
    made["has_log"] = pl.Series([True]).new_from_index(0, count)
    for name, (low, high, missing) in _NUMBERS.items():
        put(name, chance.uniform(low, high, count), missing)
    for name, (odds, missing) in _WORDS.items():
        shares = np.array(list(odds.values())) / sum(odds.values())
        put(name, pl.Series(list(odds)).gather(chance.choice(len(odds), count, p=shares)), missing)
    for name in PROBLEMS:
        share = 0.9 if name in {"unit_alias", "azimuth_problem"} else 0.97
        put(name, pl.Series([_PROBLEM]).new_from_index(0, count), share)
    for name in _ITEMS:
        put(name, chance.random(count) < 0.7, GAPS)
    put("completion_completeness", np.clip(chance.uniform(0.35, 1.1, count), 0, 1), _FEW)
    put("evidence_completeness", chance.choice([0.6, 0.8, 1.0], count, p=[0.1, 0.3, 0.6]), 0)
    put("cumulative_known", chance.random(count) < 0.9, 0)
    put("series_months", chance.integers(0, 60, count, dtype=np.int32), 0)
    put("never_produced", chance.random(count) < 0.15, 0)
    for name in _SOURCED:
        made[f"{name}_source"] = pl.Series(["S1;S12"]).new_from_index(0, count)
    frame = pl.DataFrame(made)
    top = pl.Series("top_md_m", chance.uniform(2000, 3000, count))
    return frame.with_columns(
        top,
        *(pl.Series(name, top + more) for name, more in (("base_md_m", 20.0), ("top_tvdss_m", -25.0))),
        pl.Series("base_tvdss_m", top - 6.0),
        gross_m=pl.col("net_pay_m") + 1,
        gross_md_m=pl.lit(20.0),
        net_md_m=pl.lit(14.0),
        cone_radius_base_m=pl.col("cone_radius_top_m") + 0.4,
        source_ids=pl.lit("S1;S2;S12"),
        water_cut_level=pl.when(pl.col("water_cut_status").ne_missing("not_applicable")).then("water_cut_level"),
        injector_mpvi=pl.when(pl.col("injector_mpvi_status").ne_missing("not_applicable")).then("injector_mpvi"),
    )
