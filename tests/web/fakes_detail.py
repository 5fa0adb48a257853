"""All there is to a made-up target: logs, production, gaps and a place, by a seed, every oddity somewhere in them."""

from __future__ import annotations

import math
import random
from datetime import date, timedelta
from typing import Any
from uuid import uuid5

from connectors.ops.shapes import (
    Contribution,
    Curve,
    GapRow,
    Interval,
    Neighbour,
    Production,
    ReviewEvent,
    SourceRow,
    Spatial,
    Strip,
    TargetDetail,
    TargetRow,
)
from schemas.profiles import default_profile
from scoring.profile import Input
from scoring.vocabulary import GATES
from tests.web.fakes import AS_OF, HOSTILE, NS, PROJECT, RANKED, RUN, WEIGHTS


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
        "offsets": f"{well(0)} at 260 m drained 140 m; {well(1)} at 300 m drained unknown; 2 left out",
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
        version=f"{k:032x}",
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


def well(k: int) -> str:
    """Return the id of a neighbour; 0 is the nearest."""
    return f"0423000{500 + k}"


def _spatial(row: TargetRow, chance: random.Random) -> Spatial:
    x, y = 361_500.0, 6_200_570.0
    around = [(chance.uniform(120, 900), chance.uniform(0, math.tau)) for _ in range(14)]
    neighbours = [
        Neighbour(
            well_id=well(k),
            well_name=None,
            status=("producer", "shut_in", "abandoned", "producer")[k % 4],
            x_m=x + away * math.cos(angle),
            y_m=y + away * math.sin(angle),
            distance_m=away,
            place_at="interval",
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
        place_at="interval" if known else None,
        head_x_m=x - 300.0 if known else None,
        head_y_m=y + 120.0 if known else None,
        path_x_m=(x - 300.0, x - 120.0, x) if known else (),
        path_y_m=(y + 120.0, y + 90.0, y) if known else (),
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
