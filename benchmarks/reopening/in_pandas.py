"""The same scoring in pandas: components, gates, classes and ranks over whole columns, as pandas is best written.

It leaves out what the product makes besides: contributions, gap codes, labels, reasons, actions.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd  # type: ignore[import-untyped,unused-ignore]
import polars as pl

from scoring.profile import Curve, Input, Profile
from scoring.vocabulary import BLOCK, COMPONENTS, HOLD, SPATIAL

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]

_CRS = ("offset_drained_fraction", "injector_mpvi", "unswept_hcpt_m")


def as_pandas(targets: pl.DataFrame) -> pd.DataFrame:
    """Return the targets as pandas likes them best: truths that may be unknown as `boolean`, text as `str`."""
    truths = [name for name, kind in targets.schema.items() if kind == pl.Boolean]
    return targets.to_pandas().astype(dict.fromkeys(truths, "boolean"))


def ranked(targets: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    """Return the targets by rank, with scores, potentials, coverages, class_rule, classification and target_rank."""
    given = _without_unplaced(targets, profile)
    made = _scores(given, profile)
    fails, holds = _gates(given, made, profile)
    rule = _rules(given, made, fails, holds, profile)
    place = np.array([4, 3, 2, 0, 1])[rule]  # of R1 to R5 among A, B, C, D, Q
    made["class_rule"] = np.array(["R1", "R2", "R3", "R4", "R5"], object)[rule]
    made["classification"] = np.array(["A", "B", "C", "D", "Q"], object)[place]
    order = _order(targets, place, made)
    found = pd.concat([targets, pd.DataFrame(made, index=targets.index)], axis="columns").iloc[order]
    found["target_rank"] = np.arange(1, len(found) + 1)
    return found


def _without_unplaced(targets: pd.DataFrame, profile: Profile) -> pd.DataFrame:
    given = targets.copy(deep=False)
    crs = _crs_fails(given, profile) | _said(given, "crs_conflict")
    derived = (given["unswept_hcpt_m_status"] == "derived").to_numpy(bool, na_value=False)
    for name in _CRS:
        masked = crs & derived if name == "unswept_hcpt_m" else crs
        given[name] = np.where(masked, np.nan, _floats(given, name))
    given["injector_mpvi_status"] = given["injector_mpvi_status"].mask(crs)
    given["height_above_contact_m"] = np.where(
        _datum_fails(given, profile), np.nan, _floats(given, "height_above_contact_m")
    )
    return given


def _scores(given: pd.DataFrame, profile: Profile) -> dict[str, Any]:
    made: dict[str, Any] = {}
    moved = (given["water_cut_status"] == "not_applicable").to_numpy(bool, na_value=False)
    moved = moved & np.isnan(_floats(given, "water_cut_level"))
    for component in profile.components:
        sums = np.zeros((3, len(given)))
        for one in component.inputs:
            low, high, known = _utility(given, one)
            weight: Floats | float = one.weight
            if one.weight_to is not None:
                weight = np.where(moved, 0.0, one.weight)
            for giver in component.inputs:
                if giver.weight_to == one.name:
                    weight = np.where(moved, one.weight + giver.weight, one.weight)
            for at, value in enumerate((low, high, known)):
                sums[at] += weight * value
        for of, values in zip(("score", "potential", "coverage"), np.round(sums, 6), strict=True):
            made[f"{component.name}_{of}"] = values
    for of in ("score", "potential"):
        total = sum(component.weight * made[f"{component.name}_{of}"] for component in profile.components)
        made[f"total_{of}"] = np.round(total, 6)
    return made


def _utility(given: pd.DataFrame, one: Input) -> tuple[Floats, Floats, Floats]:
    """Return the utility of what is known of an input, that at best, and which share of it is known."""
    if one.items:
        items = [given[item] for item in one.items]
        known = sum(item.notna().to_numpy(np.float64) for item in items)
        good = sum(item.to_numpy(np.float64, na_value=0.0) for item in items)
        count = len(items)
        return good / count, (good + (count - known)) / count, known / count
    if one.water_cut is not None:
        cut = one.water_cut
        level = _on_curve(_floats(given, cut.level_input), cut.level)
        trend = _on_curve(_floats(given, cut.trend_input), cut.trend)
        share = cut.trend_share
        low = np.nan_to_num(level, nan=0.0) * ((1 - share) + share * np.nan_to_num(trend, nan=0.0))
        high = np.nan_to_num(level, nan=1.0) * ((1 - share) + share * np.nan_to_num(trend, nan=1.0))
        return low, high, (~np.isnan(level)).astype(np.float64)
    if one.table is not None:
        utility = _by_category(given[one.name], one.table)
    else:
        assert one.curve is not None
        x = _floats(given, one.name)
        if one.not_applicable_x is not None:
            absent = (given[f"{one.name}_status"] == "not_applicable").to_numpy(bool, na_value=False) & np.isnan(x)
            x = np.where(absent, one.not_applicable_x, x)
        utility = _on_curve(x, one.curve)
    if one.absent_is_zero:
        utility = np.nan_to_num(utility, nan=0.0)
    return np.nan_to_num(utility, nan=0.0), np.nan_to_num(utility, nan=1.0), (~np.isnan(utility)).astype(np.float64)


def _on_curve(x: Floats, curve: Curve) -> Floats:
    xs = np.array([at for at, _ in curve.points])
    us = np.array([worth for _, worth in curve.points])
    if curve.axis == "log2":
        x, xs = np.log(np.maximum(x, xs[0])) / np.log(2.0), np.log2(xs)
    found: Floats = np.interp(x, xs, us)
    return found


def _by_category(words: pd.Series[str], table: Mapping[str, float]) -> Floats:
    codes, categories = pd.factorize(words)
    # The last is what a null, of code -1, gets.
    worth: Floats = np.array([*(table.get(word, np.nan) for word in categories), np.nan])
    found: Floats = worth[codes]
    return found


def _gates(
    given: pd.DataFrame, made: Mapping[str, Any], profile: Profile
) -> tuple[dict[str, Truths], dict[str, Truths]]:
    """Return where each gate fails, and where it fails narrowly."""
    limits = {code: gate.limits for code, gate in profile.gates.items()}
    nothing = (given["event_no"].to_numpy() == 0) & np.isnan(_floats(given, "top_md_m"))
    here = ~nothing
    sampled, step = _floats(given, "sampled_fraction"), _floats(given, "max_step_m")
    track = limits["G1.DEPTH_TRACK"]
    sampled_holds = (sampled >= track["sampled_fraction_min"]) | (nothing & np.isnan(sampled))
    step_holds = (step <= track["step_max_m"] + 1e-9) | (nothing & np.isnan(step))
    coverages = ("vsh_coverage", "porosity_coverage", "resistivity_coverage")
    logged = np.logical_and.reduce([_at_least(given, name, limits["G1.CURVES"]["coverage_min"]) for name in coverages])
    interpreted = np.logical_and.reduce([_said(given, name) for name in ("interpretation_id", "vsh", "phie", "sw")])
    params = limits["G1.PARAMS"]
    numbers = ("rw_ohmm", "a_factor", "m_exponent", "n_exponent")
    positive = np.logical_and.reduce([_floats(given, name) > 0 for name in numbers])
    no_params = here & ~(positive & _said(given, "rw_source"))
    weak = _in(given, "rw_source", params["weak_rw_sources"])
    unsure = ~_said(given, "sw_confidence") | _in(given, "sw_confidence", params["weak_sw_confidence"])
    completion, evidence, depletion = limits["G3.COMPLETION"], limits["G3.EVIDENCE"], limits["G3.DEPLETION"]
    no_completion = ~_said(given, "completion_status")
    no_completion |= ~_at_least(given, "completion_completeness", completion["completeness_hold_min"])
    no_evidence = ~_at_least(given, "evidence_completeness", evidence["completeness_hold_min"])
    proven = _true(given, "never_produced") | (_floats(given, "series_months") >= depletion["series_months_min"])
    witnesses = proven.astype(np.int8) + _said(given, "offset_drained_fraction")
    witnesses += _floats(given, "pressure_age_years") < depletion["pressure_age_max_years"]
    witnesses += _floats(given, "saturation_age_years") < depletion["saturation_age_max_years"]
    abandoned_known = _in(given, "abandoned", limits["G3.OPERABILITY"]["abandoned_known"])
    integrity_known = ~np.isnan(_by_category(given["integrity"], profile.input("integrity").table or {}))
    access_known = ~np.isnan(_by_category(given["access"], profile.input("access").table or {}))
    fails = {
        "G1.IDENTITY": _said(given, "identity_problem") | ~_said(given, "well_id"),
        "G1.DEPTH_TRACK": _said(given, "depth_problem") | ~sampled_holds | ~step_holds,
        "G1.UNIT_CONFLICT": _said(given, "unit_conflict"),
        "G1.UNIT_ALIAS": _said(given, "unit_alias"),
        "G1.CURVES": ~(here & (logged | interpreted)),
        "G1.PARAMS": no_params,
        "G1.LOG_QUALITY": here & ~(_floats(given, "bad_hole_fraction") <= limits["G1.LOG_QUALITY"]["bad_hole_max"]),
        "G2.CRS": _crs_fails(given, profile),
        "G2.CRS_CONFLICT": _said(given, "crs_conflict"),
        "G2.VERTICAL_DATUM": _datum_fails(given, profile),
        "G2.TRANSFORM_CHAIN": _said(given, "transform_chain_problem"),
        "G2.AZIMUTH_REFERENCE": _said(given, "azimuth_problem"),
        "G3.COMPLETION": no_completion,
        "G3.DEPLETION": ~_true(given, "cumulative_known") | (witnesses < depletion["sources_min"]),
        "G3.OPERABILITY": ~abandoned_known | ~integrity_known | ~access_known | _blocked(given, profile),
        "G3.EVIDENCE": no_evidence,
        **{
            f"COVERAGE.{name.upper()}": made[f"{name}_coverage"] < limits[f"COVERAGE.{name.upper()}"]["coverage_min"]
            for name in ("static", "dynamic", "operability")
        },
    }
    holds = {
        "G1.PARAMS": here & (weak | unsure) & ~no_params,
        "G3.COMPLETION": ~_at_least(given, "completion_completeness", completion["completeness_min"]) & ~no_completion,
        "G3.EVIDENCE": ~_at_least(given, "evidence_completeness", evidence["completeness_min"]) & ~no_evidence,
    }
    return fails, holds


def _rules(
    given: pd.DataFrame,
    made: Mapping[str, Any],
    fails: Mapping[str, Truths],
    holds: Mapping[str, Truths],
    profile: Profile,
) -> npt.NDArray[np.int64]:
    """Return the rule that fires first, 0 for R1."""
    critical, major, held = (np.zeros(len(given), bool) for _ in range(3))
    for code, where in fails.items():
        effect = profile.gates[code].effect
        if effect.promotion_action == BLOCK:
            (critical if effect.severity == "critical" else major)[where] = True
        elif effect.promotion_action in {HOLD, SPATIAL}:
            held |= where
    for code, where in holds.items():
        assert (hold := profile.gates[code].hold) is not None
        assert hold.promotion_action == HOLD
        held |= where
    d, c, a = (profile.classes[name] for name in ("D", "C", "A"))
    hopeless = np.logical_or.reduce([made[name] < least for name, least in d.items()]) | _blocked(given, profile)
    weak = np.logical_or.reduce([made[_score(name)] < least for name, least in c.items()]) | major
    strong = np.logical_and.reduce([made[_score(name)] >= least for name, least in a.items()]) & ~held
    quarantined = critical | _said(given, "quarantine_reason")
    return np.select([quarantined, hopeless, weak, strong], [0, 1, 2, 3], 4)


def _order(targets: pd.DataFrame, place: npt.NDArray[np.int64], made: Mapping[str, Any]) -> npt.NDArray[np.int64]:
    """Return the places of the targets by rank. Names, which are slow to compare, only where numbers tie."""
    net = _floats(targets, "net_pay_m")
    keys = (np.where(np.isnan(net), np.inf, -net), -made["total_potential"], -made["total_score"], place)
    order = np.lexsort(keys)
    same = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys])
    if not same.any():
        return order
    tied = np.append(same, False) | np.insert(same, 0, False)
    rows = order[tied]
    names = ["well_id", "event_no", "candidate_id"]
    few = pd.DataFrame(
        {str(at): key[rows] for at, key in enumerate(keys[::-1])} | {n: targets[n].array[rows] for n in names}
    )
    order[tied] = rows[few.sort_values(list(few.columns), na_position="last").index]
    return order


def _blocked(given: pd.DataFrame, profile: Profile) -> Truths:
    ways = [_in(given, one.name, one.blocking) for one in profile.inputs if one.blocking]
    ways.append(_in(given, "abandoned", profile.gates["G3.OPERABILITY"].limits["abandoned_blocking"]))
    found: Truths = np.logical_or.reduce(ways)
    return found


def _crs_fails(given: pd.DataFrame, profile: Profile) -> Truths:
    unresolved = profile.gates["G2.CRS"].limits["unresolved"]
    return _said(given, "crs_problem") | ~_said(given, "crs_confidence") | _in(given, "crs_confidence", unresolved)


def _datum_fails(given: pd.DataFrame, profile: Profile) -> Truths:
    unresolved = profile.gates["G2.VERTICAL_DATUM"].limits["unresolved"]
    said = _said(given, "vertical_datum_problem")
    return said | ~_said(given, "depth_reference") | _in(given, "depth_reference", unresolved)


def _floats(given: pd.DataFrame, name: str) -> Floats:
    found: Floats = given[name].to_numpy(np.float64, na_value=np.nan)
    return found


def _said(given: pd.DataFrame, name: str) -> Truths:
    found: Truths = given[name].notna().to_numpy()
    return found


def _true(given: pd.DataFrame, name: str) -> Truths:
    found: Truths = given[name].to_numpy(bool, na_value=False)
    return found


def _in(given: pd.DataFrame, name: str, words: tuple[str, ...]) -> Truths:
    found: Truths = given[name].isin(list(words)).to_numpy(bool)
    return found


def _at_least(given: pd.DataFrame, name: str, least: float) -> Truths:
    return _floats(given, name) >= least - 1e-9


def _score(name: str) -> str:
    return f"{name}_score" if name in COMPONENTS else "total_score"
