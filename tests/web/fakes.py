"""Rankings made up for the pages: the shapes of connectors.ops, filled by a seed, every oddity somewhere in them."""

from __future__ import annotations

import math
import random
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from connectors.ops.shapes import (
    Contribution,
    Curve,
    Facets,
    GapRow,
    Header,
    Interval,
    Neighbour,
    Page,
    Production,
    ReviewEvent,
    RunRow,
    SourceRow,
    Spatial,
    Strip,
    TargetDetail,
    TargetRow,
)
from schemas.profiles import default_profile
from scoring.profile import Input
from scoring.vocabulary import COMPONENTS, GATES, LABELS
from welltegra.auth.principal import Principal

NS = UUID("4f9b1c6e-7a53-5d1e-9a40-2f3b6c7d8e90")
PROJECT = "kern <reopen> demo"
RUN = uuid5(NS, "run")
RANKED = datetime(2026, 3, 23, 17, 0, tzinfo=UTC)
AS_OF = date(2026, 3, 1)
HOSTILE = "<img src=x onerror=alert(1)>\"'&"

ENGINEER = Principal("sub-ann", "Ann Reed", {PROJECT: "operator"}, "session", csrf="token-of-ann")
ADMIN = Principal("sub-ada", "Ada Holt", {PROJECT: "project_admin"}, "session", csrf="token-of-ada")
VIEWER = Principal("sub-vic", "Vic Stone", {PROJECT: "viewer"}, "session", csrf="token-of-vic")

WEIGHTS = {"static": 0.35, "dynamic": 0.30, "operability": 0.20, "confidence": 0.15}
_RESERVOIRS = ("Kern River A1", "Kern River C", "Chanac", HOSTILE)
_ACTIONS = {
    "A": "Prioritize cased-hole review and recompletion planning.",
    "B": "Confirm the contact with a saturation log, then put the target to technical review.",
    "C": "Get production, pressure and injection data first: they decide whether anything remains.",
    "D": None,
    "Q": "Resolve the location: compare its sources with the survey plat, and withdraw the wrong one.",
}
_GAPS = {
    "A": (),
    "B": ("G1.PARAMS", "INPUT.PRESSURE_RATIO"),
    "C": ("G3.DEPLETION", "INPUT.WATER_CUT", "INPUT.PRESSURE_RATIO"),
    "D": (),
    "Q": ("G2.CRS_CONFLICT", "INPUT.OFFSET_DRAINED_FRACTION"),
}
_RULES = {"A": "R4", "B": "R5", "C": "R3", "D": "R2", "Q": "R1"}
_STATES = ("unreviewed", "unreviewed", "unreviewed", "accepted", "in_review", "needs_data", "rejected", "deferred")


def rows(count: int = 48) -> list[TargetRow]:
    """Return targets by rank, every class, label and state among them."""
    return [_row(k, count) for k in range(count)]


def _row(k: int, count: int) -> TargetRow:
    chance = random.Random(k)
    letter = "ABCDQ"[min(int(5 * (k / count) ** 0.8), 4)]
    scores = {name: round(min(max(chance.gauss(0.85 - 0.5 * k / count, 0.08), 0.02), 1.0), 6) for name in COMPONENTS}
    width = 0.0 if letter in "AD" else chance.uniform(0.02, 0.3)
    potentials = {
        name: round(min(scores[name] + width * (name in ("dynamic", "static")), 1.0), 6) for name in COMPONENTS
    }
    state = "unreviewed" if letter in "DQ" else _STATES[k % len(_STATES)]
    reviewed = state != "unreviewed"
    return TargetRow(
        reopening_target_id=uuid5(NS, f"target {k}"),
        target_key=uuid5(NS, f"key {k}"),
        target_rank=k + 1,
        previous_rank=None if k == 7 else max(k + 1 + chance.choice((0, 0, 2, -2, 5)), 1),
        well_id=f"0423000{100 + k * 7}",
        well_name=HOSTILE if k == 4 else f"KR-{'AC'[k % 2]} {20 + k}",
        field="Kern River",
        reservoir=_RESERVOIRS[k % 4 if k % 11 else 3],
        zone="Kern River A1 lower",
        event_no=0 if k == 44 else 1 + k % 4,
        classification=letter,
        class_rule=_RULES[letter],
        total_score=round(sum(WEIGHTS[name] * scores[name] for name in COMPONENTS), 6),
        **{f"{name}_score": scores[name] for name in COMPONENTS},
        total_potential=round(sum(WEIGHTS[name] * potentials[name] for name in COMPONENTS), 6),
        **{f"{name}_potential": potentials[name] for name in COMPONENTS},
        remaining_payload_class=LABELS["remaining_payload_class"]["ABCDQ".index(letter)],
        unswept_volume_m3=None if letter == "Q" else chance.uniform(4e3, 4e5),
        depletion_risk=LABELS["depletion_risk"]["ABCDQ".index(letter)],
        operability_status=LABELS["operability_status"][k % 4],
        data_confidence=LABELS["data_confidence"][k % 3],
        recommended_action=_ACTIONS[letter],
        blocking_reason="Sources put the well at two places, 180 m apart. Compare them." if letter in "CQ" else None,
        evidence_completeness=1.0 if letter in "AD" else 0.8,
        gap_codes=_GAPS[letter],
        has_spatial_gap=letter == "Q",
        review_state=state,
        review_version=1 if reviewed else 0,
        reviewed_by="Ben Cole" if reviewed else None,
        reviewed_at=RANKED + timedelta(hours=3) if reviewed else None,
        changed_since_review=k % 9 == 0 if reviewed else None,
    )


def header(of: list[TargetRow], *, newer: str | None = None) -> Header:
    """Return the header of a ranking of these rows."""
    counts = {letter: sum(row.classification == letter for row in of) for letter in "ABCDQ"}
    return Header(
        project_id=PROJECT,
        run_id=RUN,
        is_current=True,
        generated_at=RANKED,
        as_of=AS_OF,
        profile_key="earthbond_reopen_v1",
        profile_name="Earthbond reopening",
        scoring_version="earthbond.reopen.v1",
        profile_id=uuid5(NS, "profile"),
        profile_sha256="92e3c388d46d8e55df21d2fa082a72f35a5e1db5feac4ad1605f347c6c10a486",
        weights=WEIGHTS,
        class_counts=counts,
        total=len(of),
        blocked_count=counts["C"] + counts["Q"],
        review_ready_count=counts["A"] + counts["B"],
        stated_count=0,
        inputs_newer=newer,
    )


def facets(of: list[TargetRow]) -> Facets:
    """Return how many of these rows each value of each filter would leave."""

    def by(name: str, values: tuple[str, ...]) -> dict[str, int]:
        return {value: sum(getattr(row, name) == value for row in of) for value in values}

    risks = LABELS["depletion_risk"][:4]
    steps = [round(0.05 * k, 2) for k in range(21)]
    return Facets(
        field=by("field", ("Kern River",)),
        reservoir=by("reservoir", _RESERVOIRS),
        classification=by("classification", ("A", "B", "C", "D", "Q")),
        min_total={step: sum(row.total_score >= step for row in of) for step in steps},
        max_depletion_risk={
            risk: sum(row.depletion_risk in risks[: k + 1] for row in of) for k, risk in enumerate(risks)
        },
        depletion_unknown=sum(row.depletion_risk == "unknown" for row in of),
        operability_status=by("operability_status", LABELS["operability_status"]),
        data_confidence=by("data_confidence", LABELS["data_confidence"]),
        evidence_min={step: sum((row.evidence_completeness or 0) >= step for row in of) for step in steps},
        no_spatial_gap=sum(not row.has_spatial_gap for row in of),
        has_action=sum(row.recommended_action is not None for row in of),
        review_state=by("review_state", ("unreviewed", "in_review", "accepted", "deferred", "rejected", "needs_data")),
        total=len(of),
    )


def page_of(of: list[TargetRow], *, more: bool = False) -> Page:
    """Return these rows as a page of the list."""
    return Page(tuple(of), len(of), "bW9yZQ" if more else None)


def run(number: int = 0) -> RunRow:
    """Return a run; 0 is the current one."""
    return RunRow(
        run_id=RUN if number == 0 else uuid5(NS, f"run {number}"),
        project_id=PROJECT,
        profile_key="earthbond_reopen_v1",
        scoring_profile_id=uuid5(NS, "profile"),
        scoring_version="earthbond.reopen.v1",
        as_of=AS_OF,
        status="succeeded",
        is_current=number == 0,
        became_current_at=RANKED - timedelta(days=30 * number),
        generated_at=RANKED - timedelta(days=30 * number),
        requested_by="Ada Holt",
        candidate_count=148,
        class_counts={"A": 6, "B": 37, "C": 81, "D": 19, "Q": 5},
        stated_count=0,
        error=None,
    )


def detail(row: TargetRow) -> TargetDetail:
    """Return all there is to a target."""
    chance = random.Random(row.target_rank)
    bare = row.event_no == 0
    profile = default_profile()
    missing = {code.removeprefix("INPUT.").lower() for code in row.gap_codes if code.startswith("INPUT.")}
    top = 1840.0 + 3 * row.target_rank
    return TargetDetail(
        row=row,
        run_id=RUN,
        project_id=PROJECT,
        is_current=True,
        profile_key="earthbond_reopen_v1",
        profile_id=uuid5(NS, "profile"),
        scoring_version="earthbond.reopen.v1",
        generated_at=RANKED,
        as_of=AS_OF,
        weights=WEIGHTS,
        coverage={"static": 1.0, "dynamic": 0.6, "operability": 1.0, "confidence": 1.0},
        contributions=tuple(_contribution(one, chance, one.name in missing) for one in profile.inputs),
        blocking_reason=row.blocking_reason,
        what_would_change=None if row.classification == "A" else "Closing G1.PARAMS would lift it from B to A.",
        historic_payload_class="strong_bypassed_pay",
        assumptions={
            "sw_model": "archie",
            "rw_source": "water_sample",
            "decline": "arps_exponential",
            "injectors": None,
        },
        facts=_facts(row),
        interval=_interval(top, bare),
        strip=None if bare else _strip(top, chance),
        gaps=tuple(_gap(k, code) for k, code in enumerate(row.gap_codes)),
        evidence_pack_id=None if bare else uuid5(NS, "pack"),
        sources=tuple(_source(k, *one) for k, one in enumerate(_SOURCES)),
        production=None if bare else _production(chance),
        spatial=_spatial(row, chance),
        reviews=_reviews(row),
        stated=(),
    )


_SOURCES = (
    ("wells", "wells.csv"),
    ("log", "logs/0423000100.las"),
    ("survey", "surveys.parquet"),
    ("completions", "completions.csv"),
    ("production", "production.parquet"),
    ("evidence", f"evidence {HOSTILE}.csv"),
)


def _source(k: int, kind: str, path: str) -> SourceRow:
    return SourceRow(f"S{k + 1}", kind, path, f"{k:x}" * 64, None)


def _contribution(one: Input, chance: random.Random, missing: bool) -> Contribution:
    value: Any = None
    utility: float | None = 0.0
    curve, parts = None, {}
    if one.curve is not None:
        curve = Curve(one.curve.points, one.curve.axis)
        k = chance.randrange(len(one.curve.points))
        value, utility = one.curve.points[k]
    elif one.table is not None:
        curve = Curve(table=one.table)
        value = chance.choice(list(one.table))
        utility = one.table[value]
    elif one.water_cut is not None:
        parts = {
            one.water_cut.level_input: Curve(one.water_cut.level.points),
            one.water_cut.trend_input: Curve(one.water_cut.trend.points),
        }
        value, utility = 0.35, 0.74
    else:
        value, utility = 0.75, 0.75
    status = (
        "missing" if missing else "categorical" if one.table else "derived" if chance.random() < 0.3 else "measured"
    )
    return Contribution(
        component=one.component,
        input=one.name,
        label=one.definition,
        value=None if missing else value,
        unit=one.unit,
        status=status,
        utility=None if missing else utility,
        weight=one.weight,
        contribution=0.0 if missing else round(one.weight * (utility or 0.0), 6),
        gap=one.gap_code if missing else None,
        source=None if missing else "S1;S2",
        remedy=one.remedy,
        curve=curve,
        parts=parts,
    )


def _facts(row: TargetRow) -> dict[str, Any]:
    return {
        "np_sm3": 19604.9,
        "eur_sm3": 33479.3,
        "eur_method": "arps_exponential",
        "pressure_age_years": 0.5,
        "water_cut_level": 0.44,
        "water_cut_slope": 0.031,
        "water_cut_p": 0.012,
        "water_cut_method": "of the zone; Theil-Sen, Mann-Kendall; 36 months",
        "offsets": "2 left out, their place not known",
        "injectors_method": "inverse distance over 5 injectors",
        "target_radius_m": 200.0,
        "never_produced": False,
        "evidence_missing": None if row.classification in "AD" else "location",
    }


def _interval(top: float, bare: bool) -> Interval:
    if bare:
        nothing: dict[str, Any] = {**dict.fromkeys(Interval.__dataclass_fields__), "cutoffs": {}}
        return Interval(**nothing)
    return Interval(
        top_md_m=top,
        base_md_m=top + 11.4,
        top_tvdss_m=top - 240.0,
        base_tvdss_m=top - 230.0,
        gross_md_m=11.4,
        net_md_m=11.0,
        gross_m=10.0,
        net_pay_m=9.6,
        vsh=0.12,
        phie=0.212,
        sw=0.31,
        rt=12.49,
        rt_contrast=4.5,
        permeability_md=None,
        hcpt_m=1.41,
        log_quality=1.0,
        bad_hole_fraction=0.0,
        rw_value=0.05,
        rw_source="water_sample",
        a_factor=1.0,
        m_exponent=2.0,
        n_exponent=2.0,
        sw_model="archie",
        sw_confidence="high",
        sw_conflict="0.43 was stated; Archie on the interval's own phie and rt gives 0.505.",
        porosity_method="neutron_density",
        vsh_method="larionov_tertiary",
        depth_problem=None,
        completion_status="never_perforated",
        cutoffs={"vsh_max": 0.4, "phie_min": 0.08, "sw_max": 0.6, "rt_min": None, "min_bed_m": 0.5},
    )


def _strip(top: float, chance: random.Random) -> Strip:
    md = [top - 14 + 0.2 * k for k in range(198)]

    def sand(depth: float) -> float:
        return 1 / (1 + math.exp(-3 * (depth - top))) - 1 / (1 + math.exp(-3 * (depth - top - 11.4)))

    clean = [sand(depth) * (0.35 if 4 < depth - top < 5 else 1) for depth in md]
    gr = [125 - 85 * s + chance.gauss(0, 3) for s in clean]
    vsh = [min(max((value - 30) / 95, 0), 1) for value in gr]
    phie = [max(0.02 + 0.21 * s + chance.gauss(0, 0.006), 0) for s in clean]
    sw = [min(max(1.02 - 0.74 * s + chance.gauss(0, 0.02), 0), 1) for s in clean]
    rt = [1.6 + 22 * s**3 + chance.gauss(0, 0.08) for s in clean]
    return Strip(
        tuple(md),
        tuple(gr),
        tuple(rt),
        tuple(vsh),
        tuple(phie),
        tuple(None if 20 < k < 26 else v for k, v in enumerate(sw)),
    )


def _gap(k: int, code: str) -> GapRow:
    gate = code in GATES
    action = {
        "G1.PARAMS": "review_hold",
        "G3.DEPLETION": "decision_grade_block",
        "G2.CRS_CONFLICT": "decision_grade_block",
    }
    blocks = {"review_hold": "class A", "decision_grade_block": "the reopening decision"}
    promotion = action.get(code, "non_blocking_warning")
    return GapRow(
        gap_id=k,
        gap_code=code,
        input=None if gate else code.removeprefix("INPUT.").lower(),
        gap_domain="petrophysics",
        severity="critical" if code == "G2.CRS_CONFLICT" else "major" if gate else "minor",
        promotion_action=promotion,
        blocks=blocks.get(promotion, "nothing"),
        detail=f"Rw must be sourced; was 0.05 ohm.m from project_default {HOSTILE}. Supply a water analysis.",
        owner="Ann Reed" if k == 0 else None,
        due_date=date(2026, 5, 1) if k == 0 else None,
        first_seen_at=RANKED,
        resolved_at=None,
    )


def _production(chance: random.Random) -> Production:
    months = tuple(date(2015 + k // 12, 1 + k % 12, 1) for k in range(130))
    oil = tuple(0.0 if k > 120 else max(2400 * math.exp(-k / 42) * chance.uniform(0.93, 1.07), 0) for k in range(130))
    cut = [0.15 + 0.004 * k for k in range(130)]
    water = tuple(
        volume * share / (1 - share) * chance.uniform(0.95, 1.05) for volume, share in zip(oil, cut, strict=True)
    )
    nothing = (None,) * 130
    return Production(months, oil, water, tuple(85 * one for one in oil), (720.0,) * 130, nothing, nothing)


def _spatial(row: TargetRow, chance: random.Random) -> Spatial:
    x, y = 361_500.0, 6_200_570.0
    around = [(chance.uniform(120, 900), chance.uniform(0, math.tau)) for _ in range(14)]
    neighbours = [
        Neighbour(
            well_id=f"0423000{500 + k}",
            well_name=None,
            status=("producer", "shut_in", "abandoned", "producer")[k % 4],
            x_m=x + away * math.cos(angle),
            y_m=y + away * math.sin(angle),
            distance_m=away,
            injects=k % 5 == 2,
            classification=("A", "B", None, "C", "Q")[k % 5],
            reopening_target_id=None if k % 5 == 2 else uuid5(NS, f"target {k}"),
        )
        for k, (away, angle) in enumerate(sorted(around))
    ]
    known = not row.has_spatial_gap
    return Spatial(
        x_m=x if known else None,
        y_m=y if known else None,
        latitude_deg=55.93057 if known else None,
        longitude_deg=0.78302 if known else None,
        ecef_x_m=3_580_913.97 if known else None,
        ecef_y_m=48_941.03 if known else None,
        ecef_z_m=5_260_115.74 if known else None,
        anchor="anchored" if known else "unanchored",
        crs="EPSG:32631",
        project_crs="EPSG:32631",
        crs_confidence="documented" if known else "conflict",
        vertical_datum="MSL",
        kb_elevation_m=31.62,
        max_inc_deg=29.1,
        location_source="as-built survey",
        transform_chain="stated: identity; used: identity",
        position_confidence="medium",
        cone_radius_top_m=54.5,
        cone_radius_base_m=54.6,
        neighbours=tuple(neighbours) if known else (),
    )


def _reviews(row: TargetRow) -> tuple[ReviewEvent, ...]:
    if not row.review_version:
        return ()
    note = f"Looks good on the log; check the cement {HOSTILE}."
    at = RANKED + timedelta(hours=3)
    return (
        ReviewEvent(1, at, 1, "unreviewed", row.review_state, note, "Ben Cole", row.classification, row.total_score),
    )
