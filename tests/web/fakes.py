"""Rankings made up for the pages: the shapes of connectors.ops, filled by a seed, every oddity somewhere in them."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid5

from connectors.ops.shapes import Facets, Header, Page, RunRow, TargetRow
from scoring.vocabulary import COMPONENTS, LABELS
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
