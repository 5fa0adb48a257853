"""The same scoring in SQL inside PostgreSQL: one statement over a table of inputs, made from the profile.

It leaves out what the product makes besides: contributions, gap codes, labels, reasons, actions.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from typing import Any, Final

import polars as pl
import psycopg

from benchmarks.reopening.answers import COLUMNS
from connectors.ops.copying import copy_frame
from scoring.facts import columns
from scoring.profile import Curve, Input, Profile
from scoring.vocabulary import BLOCK, COMPONENTS, HOLD, SPATIAL

_TYPES: Final[dict[Any, str]] = {
    pl.String(): "text",
    pl.Float64(): "double precision",
    pl.Int32(): "integer",
    pl.Boolean(): "boolean",
}
_AS_GIVEN: Final = ("unswept_hcpt_m", "offset_drained_fraction", "injector_mpvi", "height_above_contact_m")


def load(connection: psycopg.Connection[Any], targets: pl.DataFrame) -> None:
    """Lay the targets into the table `inputs`, and let the planner know it."""
    listed = ", ".join(f"{name} {_TYPES[kind]}" for name, kind in targets.schema.items())
    connection.execute(f"CREATE TABLE inputs ({listed})")
    with connection.transaction():
        copy_frame(connection, ("inputs",), targets, lambda part: part)
    connection.execute("VACUUM ANALYZE inputs")


def statement(profile: Profile) -> str:
    """Return the statement that makes the table `ranked` of the table `inputs`."""
    inputs = [one for component in profile.components for one in component.inputs]
    utilities = ",\n".join(map(_utility_columns, inputs))
    # Names and numbers are the profile's, which was checked; nobody else's words come into it.
    return f"""
CREATE TABLE ranked AS
WITH placed AS (
    SELECT *, {_crs_fails(profile)} AS crs_fails, {_datum_fails(profile)} AS datum_fails FROM inputs
), given AS (
    SELECT
        {", ".join(name for name in _kept(profile))},
        crs_fails,
        datum_fails,
        CASE WHEN NOT (crs_fails OR crs_conflict IS NOT NULL) THEN offset_drained_fraction END
            AS offset_drained_fraction,
        CASE WHEN NOT (crs_fails OR crs_conflict IS NOT NULL) THEN injector_mpvi END AS injector_mpvi,
        CASE WHEN NOT (crs_fails OR crs_conflict IS NOT NULL) THEN injector_mpvi_status END AS injector_mpvi_status,
        CASE WHEN NOT ((crs_fails OR crs_conflict IS NOT NULL) AND unswept_hcpt_m_status IS NOT DISTINCT FROM 'derived')
            THEN unswept_hcpt_m END AS unswept_hcpt_m,
        CASE WHEN NOT datum_fails THEN height_above_contact_m END AS height_above_contact_m,
        water_cut_level IS NULL AND water_cut_status IS NOT DISTINCT FROM 'not_applicable' AS moved
    FROM placed
), worth AS (
    SELECT *,
{utilities}
    FROM given
), scored AS (
    SELECT *, {", ".join(_sums(profile))} FROM worth
), summed AS (
    SELECT *, {_total(profile, "score")} AS total_score, {_total(profile, "potential")} AS total_potential FROM scored
    -- A fence: without it the scores are worked out again wherever they are named, which takes twice as long.
    OFFSET 0
), gated AS (
    SELECT *, {_gates(profile)} FROM summed
), classed AS (
    SELECT *, {_rule(profile)} AS class_rule FROM gated
)
SELECT
    well_id, event_no, candidate_id,
    {", ".join(f"{name}_{of}" for name in COMPONENTS for of in ("score", "potential", "coverage"))},
    total_score, total_potential, class_rule,
    (CASE class_rule WHEN 'R1' THEN 'Q' WHEN 'R2' THEN 'D' WHEN 'R3' THEN 'C' WHEN 'R4' THEN 'A' ELSE 'B' END)
        AS classification,
    row_number() OVER (
        ORDER BY
            (CASE class_rule WHEN 'R4' THEN 1 WHEN 'R5' THEN 2 WHEN 'R3' THEN 3 WHEN 'R2' THEN 4 ELSE 5 END),
            total_score DESC, total_potential DESC, net_pay_m DESC NULLS LAST,
            well_id COLLATE "C", event_no, candidate_id COLLATE "C"
    ) AS target_rank
FROM classed
"""  # noqa: S608  # names of ours


def answer() -> str:
    """Return the statement that sends what was found, as CSV."""
    return f"COPY (SELECT {', '.join(COLUMNS)} FROM ranked) TO STDOUT (FORMAT csv)"  # noqa: S608  # names of ours


def _kept(profile: Profile) -> list[str]:
    dropped = {*_AS_GIVEN, "injector_mpvi_status", "water_cut_status", "unswept_hcpt_m_status"}
    unread = {"base_md_m", "zone", "evidence_missing"}
    return [name for name in columns(profile) if name not in dropped | unread]


def _utility_columns(one: Input) -> str:
    """Return the columns of an input: utility of what is known of it, that at best, and which share is known."""
    low, high, known = _utility(one)
    return f"        {low} AS {one.name}_low, {high} AS {one.name}_high, {known} AS {one.name}_known"


def _utility(one: Input) -> tuple[str, str, str]:
    if one.items:
        count = len(one.items)
        known = "(" + " + ".join(f"({item} IS NOT NULL)::integer" for item in one.items) + f") / {_n(count)}"
        low = "(" + " + ".join(f"COALESCE({item}, false)::integer" for item in one.items) + f") / {_n(count)}"
        high = "(" + " + ".join(f"COALESCE({item}, true)::integer" for item in one.items) + f") / {_n(count)}"
        return low, high, known
    if one.water_cut is not None:
        cut, share = one.water_cut, one.water_cut.trend_share
        level, trend = _on_curve(cut.level_input, cut.level), _on_curve(cut.trend_input, cut.trend)
        low, high = (
            f"COALESCE({level}, {_n(missing)}) * ({_n(1 - share)} + {_n(share)} * COALESCE({trend}, {_n(missing)}))"
            for missing in (0, 1)
        )
        return low, high, f"({cut.level_input} IS NOT NULL)::integer"
    if one.table is not None:
        whens = " ".join(f"WHEN '{word}' THEN {_n(worth)}" for word, worth in one.table.items())
        utility = f"CASE {one.name} {whens} END"
    else:
        assert one.curve is not None
        utility = _on_curve(one.name, one.curve)
        if one.not_applicable_x is not None:
            absent = f"{one.name} IS NULL AND {one.name}_status = 'not_applicable'"
            utility = f"CASE WHEN {absent} THEN {_n(_at(one.curve, one.not_applicable_x))} ELSE {utility} END"
    if one.absent_is_zero:
        utility = f"COALESCE({utility}, {_n(0)})"
        return utility, utility, _n(1)
    return f"COALESCE({utility}, {_n(0)})", f"COALESCE({utility}, {_n(1)})", f"({utility} IS NOT NULL)::integer"


def _on_curve(name: str, curve: Curve) -> str:
    points, x = list(curve.points), name
    if curve.axis == "log2":
        x = f"(ln(greatest({name}, {_n(points[0][0])})) / ln({_n(2)}))"
        x = f"CASE WHEN {name} IS NOT NULL THEN {x} END"
        points = [(math.log2(at), worth) for at, worth in points]
        x = f"({x})"
    whens = [f"WHEN {x} >= {_n(points[-1][0])} THEN {_n(points[-1][1])}"]
    for (x0, u0), (x1, u1) in reversed(list(itertools.pairwise(points))):
        whens.append(f"WHEN {x} >= {_n(x0)} THEN {_n(u0)} + ({x} - {_n(x0)}) * {_n((u1 - u0) / (x1 - x0))}")
    return f"CASE {' '.join(whens)} WHEN {name} IS NOT NULL THEN {_n(points[0][1])} END"


def _at(curve: Curve, x: float) -> float:
    for (x0, u0), (x1, u1) in zip(curve.points, curve.points[1:], strict=False):
        if x0 <= x < x1:
            return u0 + (x - x0) * (u1 - u0) / (x1 - x0)
    return curve.points[0][1] if x < curve.points[0][0] else curve.points[-1][1]


def _sums(profile: Profile) -> Iterable[str]:
    for component in profile.components:
        for of, column in (("score", "low"), ("potential", "high"), ("coverage", "known")):
            terms = [f"{_weight(component.inputs, one)} * {one.name}_{column}" for one in component.inputs]
            yield f"{_rounded(' + '.join(terms))} AS {component.name}_{of}"


def _weight(inputs: Iterable[Input], one: Input) -> str:
    if one.weight_to is not None:
        return f"(CASE WHEN moved THEN {_n(0)} ELSE {_n(one.weight)} END)"
    for giver in inputs:
        if giver.weight_to == one.name:
            return f"(CASE WHEN moved THEN {_n(one.weight + giver.weight)} ELSE {_n(one.weight)} END)"
    return _n(one.weight)


def _total(profile: Profile, of: str) -> str:
    return _rounded(" + ".join(f"{_n(part.weight)} * {part.name}_{of}" for part in profile.components))


def _gates(profile: Profile) -> str:
    """Return the columns `critical`, `major`, `held`: where a gate fails so; and `blocked`."""
    limits = {code: gate.limits for code, gate in profile.gates.items()}
    here = "NOT (COALESCE(event_no = 0, false) AND top_md_m IS NULL)"
    track, params, completion = limits["G1.DEPTH_TRACK"], limits["G1.PARAMS"], limits["G3.COMPLETION"]
    evidence, depletion, operability = limits["G3.EVIDENCE"], limits["G3.DEPLETION"], limits["G3.OPERABILITY"]
    coverages = ("vsh_coverage", "porosity_coverage", "resistivity_coverage")
    logged = " AND ".join(_at_least(name, limits["G1.CURVES"]["coverage_min"]) for name in coverages)
    interpreted = " AND ".join(f"{name} IS NOT NULL" for name in ("interpretation_id", "vsh", "phie", "sw"))
    numbers = ("rw_ohmm", "a_factor", "m_exponent", "n_exponent")
    positive = " AND ".join(f"COALESCE({name} > 0, false)" for name in numbers)
    witnesses = (
        f"COALESCE(never_produced, false) OR COALESCE(series_months >= {depletion['series_months_min']}, false)",
        f"COALESCE(pressure_age_years < {_n(depletion['pressure_age_max_years'])}, false)",
        "offset_drained_fraction IS NOT NULL",
        f"COALESCE(saturation_age_years < {_n(depletion['saturation_age_max_years'])}, false)",
    )
    counted = " + ".join(f"({witness})::integer" for witness in witnesses)
    sampled = f"COALESCE(sampled_fraction >= {_n(track['sampled_fraction_min'])}, NOT ({here}))"
    stepped = f"COALESCE(max_step_m <= {_n(track['step_max_m'])} + 1e-9::float8, NOT ({here}))"
    bad_hole = f"COALESCE(bad_hole_fraction <= {_n(limits['G1.LOG_QUALITY']['bad_hole_max'])}, false)"
    blocked = " OR ".join(
        [_in(one.name, one.blocking) for one in profile.inputs if one.blocking]
        + [_in("abandoned", operability["abandoned_blocking"])]
    )
    unknown = " OR ".join(
        [f"NOT {_in('abandoned', operability['abandoned_known'])}", "integrity_known = 0", "access_known = 0"]
    )
    fails = {
        "G1.IDENTITY": "identity_problem IS NOT NULL OR well_id IS NULL",
        "G1.DEPTH_TRACK": f"depth_problem IS NOT NULL OR NOT {sampled} OR NOT {stepped}",
        "G1.UNIT_CONFLICT": "unit_conflict IS NOT NULL",
        "G1.UNIT_ALIAS": "unit_alias IS NOT NULL",
        "G1.CURVES": f"NOT ({here} AND (({logged}) OR ({interpreted})))",
        "G1.PARAMS": f"{here} AND NOT ({positive} AND rw_source IS NOT NULL)",
        "G1.LOG_QUALITY": f"{here} AND NOT {bad_hole}",
        "G2.CRS": "crs_fails",
        "G2.CRS_CONFLICT": "crs_conflict IS NOT NULL",
        "G2.VERTICAL_DATUM": "datum_fails",
        "G2.TRANSFORM_CHAIN": "transform_chain_problem IS NOT NULL",
        "G2.AZIMUTH_REFERENCE": "azimuth_problem IS NOT NULL",
        "G3.COMPLETION": "completion_status IS NULL OR NOT "
        + _at_least("completion_completeness", completion["completeness_hold_min"]),
        "G3.DEPLETION": f"NOT COALESCE(cumulative_known, false) OR {counted} < {depletion['sources_min']}",
        "G3.OPERABILITY": f"{unknown} OR {blocked}",
        "G3.EVIDENCE": f"NOT {_at_least('evidence_completeness', evidence['completeness_hold_min'])}",
        **{
            f"COVERAGE.{name.upper()}": f"{name}_coverage < {_n(limits[f'COVERAGE.{name.upper()}']['coverage_min'])}"
            for name in ("static", "dynamic", "operability")
        },
    }
    weak = f"{_in('rw_source', params['weak_rw_sources'])} OR sw_confidence IS NULL"
    # Where a gate fails outright it is no matter whether it holds back, too: the class is C at best.
    holds = {
        "G1.PARAMS": f"{here} AND ({weak} OR {_in('sw_confidence', params['weak_sw_confidence'])})",
        "G3.COMPLETION": f"NOT {_at_least('completion_completeness', completion['completeness_min'])}",
        "G3.EVIDENCE": f"NOT {_at_least('evidence_completeness', evidence['completeness_min'])}",
    }
    effects = {code: profile.gates[code].effect for code in fails}
    critical = [fails[c] for c, e in effects.items() if e.promotion_action == BLOCK and e.severity == "critical"]
    major = [fails[c] for c, e in effects.items() if e.promotion_action == BLOCK and e.severity != "critical"]
    held = [fails[c] for c, e in effects.items() if e.promotion_action in {HOLD, SPATIAL}] + list(holds.values())
    return ", ".join(
        f"({' OR '.join(f'({where})' for where in found)}) AS {name}"
        for name, found in (("critical", critical), ("major", major), ("held", held), ("blocked", [blocked]))
    )


def _rule(profile: Profile) -> str:
    d, c, a = (profile.classes[name] for name in ("D", "C", "A"))
    hopeless = " OR ".join(f"{name} < {_n(least)}" for name, least in d.items())
    weak = " OR ".join(f"{_score(name)} < {_n(least)}" for name, least in c.items())
    strong = " AND ".join(f"{_score(name)} >= {_n(least)}" for name, least in a.items())
    return (
        "CASE WHEN critical OR quarantine_reason IS NOT NULL THEN 'R1'"
        f" WHEN blocked OR {hopeless} THEN 'R2' WHEN major OR {weak} THEN 'R3'"
        f" WHEN NOT held AND {strong} THEN 'R4' ELSE 'R5' END"
    )


def _crs_fails(profile: Profile) -> str:
    return f"(crs_problem IS NOT NULL OR {_unresolved('crs_confidence', profile.gates['G2.CRS'].limits['unresolved'])})"


def _datum_fails(profile: Profile) -> str:
    unresolved = _unresolved("depth_reference", profile.gates["G2.VERTICAL_DATUM"].limits["unresolved"])
    return f"(vertical_datum_problem IS NOT NULL OR {unresolved})"


def _unresolved(name: str, words: Iterable[str]) -> str:
    return f"{name} IS NULL OR {_in(name, words)}"


def _in(name: str, words: Iterable[str]) -> str:
    listed = ", ".join(f"'{word}'" for word in words)
    return f"COALESCE({name} IN ({listed}), false)" if listed else "false"


def _at_least(name: str, least: float) -> str:
    return f"COALESCE({name} >= {_n(least - 1e-9)}, false)"


def _rounded(what: str) -> str:
    return f"round(({what}) * 1e6::float8) / 1e6::float8"


def _score(name: str) -> str:
    return f"{name}_score" if name in COMPONENTS else "total_score"


def _n(value: float) -> str:
    return f"{float(value)!r}::float8"
