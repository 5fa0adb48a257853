"""The ranked reopening targets of a project: the decision, with why, and what it lacks.

What the source names is required; what we add to it may be absent, so that a document of the source's own shape passes.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from schemas.interval import ArchieAssumptions, CompletionStatus, Finite, Found, Interval, Length, Level, Part, Score
from schemas.times import UtcTime

EVENT_TYPE = "welllog.reopening_target_ranked"

Class = Literal["A", "B", "C", "D", "Q"]
# A value as it is: a number, a category, a yes or no, or not known.
Plain = Finite | str | bool | None


class Contribution(Part):
    """What one input adds to its component, and where it comes from."""

    value: Annotated[Plain, Field(description="As measured, in the unit of the profile; null where missing.")]
    status: Annotated[
        Literal["measured", "derived", "categorical", "missing", "not_applicable", "stated"] | None,
        Field(description="How it is known."),
    ]
    utility: Annotated[Score | None, Field(description="On its curve [-]; null where missing.")]
    contribution: Annotated[Score | None, Field(description="Weight times utility: what it adds to the score [-].")]
    gap: Annotated[str | None, Field(description="Code of the gap that keeps it unknown; null for none.")]
    source: Annotated[str | None, Field(description="Ids of its sources, joined by ;.")]


class Gap(Part):
    """A named missing thing."""

    gap_code: Annotated[str, Field(min_length=1, description="Of the gate or input, such as G2.CRS.")]
    gap_domain: Annotated[str, Field(min_length=1, description="What it is about, such as spatial.")]
    severity: Annotated[Literal["info", "minor", "major", "critical"], Field(description="How bad it is.")]
    promotion_action: Annotated[
        Literal["non_blocking_warning", "review_hold", "spatial_only_quarantine", "decision_grade_block"],
        Field(description="What it holds up."),
    ]
    input: Annotated[str | None, Field(description="The input that it leaves unknown; null for none.")]
    detail: Annotated[str | None, Field(description="What is missing, in a sentence.")]


class Review(Part):
    """What people decided of the target, as it stands."""

    state: Annotated[
        Literal["unreviewed", "in_review", "accepted", "deferred", "rejected", "needs_data"],
        Field(description="The decision."),
    ]
    version: Annotated[int, Field(ge=0, description="Counts its events; 0 for none.")]
    note: Annotated[str | None, Field(description="The last note.")] = None
    actor: Annotated[str | None, Field(description="Who decided last.")] = None
    at: Annotated[UtcTime | None, Field(description="When.")] = None
    changed_since_review: Annotated[
        bool | None, Field(description="Class changed since, or total by .05 or more; null if unreviewed.")
    ] = None


class Components(Part):
    """A number of each component."""

    static: Annotated[Score, Field(description="Of static [-].")]
    dynamic: Annotated[Score, Field(description="Of dynamic [-].")]
    operability: Annotated[Score, Field(description="Of operability [-].")]
    confidence: Annotated[Score, Field(description="Of confidence [-].")]


class ReopeningTarget(Part):
    """One target: a well, and an interval if it has one, proposed for reopening."""

    target_id: Annotated[UUID, Field(description="reopening_target_id: the target in this run.")]
    rank: Annotated[int, Field(ge=1, description="target_rank, from 1 without a hole; with holes in a selection.")]
    well_id: Annotated[str, Field(min_length=1, description="The well.")]
    source_candidate_id: Annotated[UUID | None, Field(description="Its bypassed-pay candidate; null for none.")]
    classification: Annotated[Class, Field(description="A to D, Q quarantined.")]
    historic_payload_class: Annotated[
        Literal["strong_bypassed_pay", "moderate_bypassed_pay", "weak_bypassed_pay", "unknown"],
        Field(description="What the rock held."),
    ]
    remaining_payload_class: Annotated[
        Literal[
            "high_remaining_potential", "moderate_remaining_potential", "low_remaining_potential", "depleted", "unknown"
        ],
        Field(description="What is likely left."),
    ]
    depletion_risk: Annotated[
        Literal["low", "moderate", "high", "severe", "unknown"], Field(description="From pressure, depletion, offsets.")
    ]
    operability_status: Annotated[
        Literal["ready", "workover_feasible", "difficult", "blocked", "unknown"],
        Field(description="Whether it can be reopened."),
    ]
    data_confidence: Annotated[Level, Field(description="Whether the data can be trusted.")]
    static_score: Annotated[Score, Field(description="Original subsurface quality [-].")]
    dynamic_score: Annotated[Score, Field(description="Remaining payload now [-].")]
    operability_score: Annotated[Score, Field(description="How practical it is [-].")]
    confidence_score: Annotated[Score, Field(description="How good the data are [-].")]
    total_score: Annotated[Score, Field(description="Weighted sum of the four [-].")]
    blocking_reason: Annotated[str | None, Field(description="What a person must do first; null where nothing.")]
    recommended_action: Annotated[str | None, Field(description="What to do next; null for nothing.")]
    evidence_pack_id: Annotated[UUID | None, Field(description="The files that it rests on.")]
    interval: Annotated[Interval | None, Field(description="Where it lies; null for a well without a candidate.")]
    archie_assumptions: Annotated[ArchieAssumptions | None, Field(description="What its Sw rests on.")]
    score_inputs: Annotated[dict[str, Plain], Field(description="Each input's value, by name.")]
    assumptions: Annotated[dict[str, Plain], Field(description="assumptions_json: what was assumed, by name.")]

    target_key: Annotated[UUID | None, Field(description="The same target in every run.")] = None
    well_name: Annotated[str | None, Field(description="Its name.")] = None
    field: Annotated[str | None, Field(description="Its field.")] = None
    reservoir: Annotated[str | None, Field(description="Its reservoir.")] = None
    zone: Annotated[str | None, Field(description="Its zone.")] = None
    source_interpretation_id: Annotated[str | None, Field(description="Whose curves; null for our own.")] = None
    class_rule: Annotated[
        Literal["R1", "R2", "R3", "R4", "R5"] | None, Field(description="The rule that gave the class.")
    ] = None
    potentials: Annotated[Components | None, Field(description="Scores if every unknown turned out perfect.")] = None
    total_potential: Annotated[Score | None, Field(description="Weighted sum of the potentials [-].")] = None
    coverage: Annotated[Components | None, Field(description="Weight of what is known.")] = None
    contributions: Annotated[dict[str, Contribution] | None, Field(description="By input.")] = None
    gaps: Annotated[list[Gap] | None, Field(description="What is missing, by code.")] = None
    what_would_change: Annotated[
        str | None, Field(description="Smallest closing of gaps that lifts its class; null for A.")
    ] = None
    completion_status: Annotated[CompletionStatus | None, Field(description="Of the interval.")] = None
    position_confidence: Annotated[
        Literal["high", "medium", "low", "unknown"] | None, Field(description="How sure its place is.")
    ] = None
    cone_radius_top_m: Annotated[Length | None, Field(description="Horizontal 95 % radius at the top [m].")] = None
    cone_radius_base_m: Annotated[Length | None, Field(description="Horizontal 95 % radius at the base [m].")] = None
    evidence_completeness: Annotated[Score | None, Field(description="Share of the evidence that is there [-].")] = None
    review: Annotated[Review | None, Field(description="Its review when this was made; null where not asked.")] = None


class Summary(Part):
    """Counts of the whole ranking; of a selection, of what it holds."""

    class_counts: Annotated[
        dict[Class, Annotated[int, Field(ge=0)]], Field(description="Targets of each class; absent is none.")
    ]
    blocked_count: Annotated[int, Field(ge=0, description="Classes C and Q.")]
    review_ready_count: Annotated[int, Field(ge=0, description="Classes A and B.")]


class Selection(Part):
    """Which targets of a ranking a document holds, where it holds not all of them; each keeps its rank."""

    of: Annotated[int, Field(ge=0, description="Candidates of the whole ranking.")]
    by: Annotated[
        Literal["filters", "ids"], Field(description="Whether filters left them, or they were named one by one.")
    ]
    filters: Annotated[str, Field(description="The filters as a query string; empty where they were named.")]


class ReopeningTargetRanked(Found):
    """A ranking, on `welllog.reopening-target-ranked.v1` and from `welltegra rank --json`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="welllog.reopening-target-ranked.v1")

    event_type: Annotated[Literal["welllog.reopening_target_ranked"], Field(description="What this is.")]
    scoring_version: Annotated[str, Field(min_length=1, description="Of the profile.")]
    generated_at: Annotated[UtcTime, Field(description="When it was made.")]
    summary: Annotated[Summary, Field(description="Counts.")]
    run_id: Annotated[UUID | None, Field(description="The ranking run.")] = None
    weights: Annotated[Components | None, Field(description="Of the components in the total.")] = None
    selection: Annotated[
        Selection | None, Field(description="Which of the ranking these are; null for all. Counts are then of these.")
    ] = None
    candidates: Annotated[list[ReopeningTarget], Field(description="By rank.")]
