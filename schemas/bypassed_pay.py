"""Bypassed pay as discovery found it: intervals, not yet a decision."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field

from schemas.interval import (
    ArchieAssumptions,
    CompletionStatus,
    Cutoffs,
    Finite,
    Found,
    Fraction,
    Interval,
    Length,
    Part,
    Positive,
)
from schemas.times import UtcTime

EVENT_TYPE = "welllog.bypassed_pay_ranked"


class BypassedCandidate(Part):
    """One interval of bypassed pay."""

    candidate_id: Annotated[UUID, Field(description="From content: project, well, zone, top and base.")]
    rank: Annotated[int, Field(ge=1, description="By hydrocarbon pore thickness, from 1.")]
    well_id: Annotated[str, Field(min_length=1, description="The well.")]
    zone: Annotated[str | None, Field(description="The zone; null where the whole log was searched.")]
    interval: Annotated[Interval, Field(description="Where it lies.")]
    vsh: Annotated[Fraction | None, Field(description="Net-thickness-weighted mean shale volume over pay [v/v].")]
    phie: Annotated[Fraction | None, Field(description="Thickness-weighted mean effective porosity over pay [v/v].")]
    sw: Annotated[Fraction | None, Field(description="Pore-volume-weighted mean water saturation over pay [v/v].")]
    rt: Annotated[Positive | None, Field(description="Median deep resistivity over pay [ohm.m].")]
    rt_contrast: Annotated[Length | None, Field(description="Rt over that of wet rock of the zone, or of shale [-].")]
    hcpt_m: Annotated[Length | None, Field(description="Hydrocarbon pore thickness, sum of phi h (1 - Sw) [m].")]
    permeability_md: Annotated[Length | None, Field(description="Mean permeability over pay [mD].")]
    log_quality: Annotated[Fraction | None, Field(description="Share of samples with valid curves, good hole [-].")]
    archie_assumptions: Annotated[ArchieAssumptions, Field(description="What its Sw rests on.")]
    recommended_action: Annotated[str | None, Field(description="What to do next; null for nothing.")]
    completion_status: Annotated[CompletionStatus, Field(description="By overlap with completions.")]
    position_confidence: Annotated[
        Literal["high", "medium", "low", "unknown"], Field(description="high <= 25 m, medium <= 100 m, low above.")
    ]
    cone_radius_top_m: Annotated[Length | None, Field(description="Horizontal 95 % radius at the top [m].")]
    cone_radius_base_m: Annotated[Length | None, Field(description="Horizontal 95 % radius at the base [m].")]
    evidence_pack_id: Annotated[UUID | None, Field(description="The files that it rests on.")]
    cutoffs_applied: Annotated[Cutoffs, Field(description="What made samples pay.")]
    interpretation_id: Annotated[str | None, Field(description="Whose curves; null for our own.")] = None
    depth_problem: Annotated[str | None, Field(description="What is wrong with its depths; null for nothing.")] = None
    net_md_m: Annotated[Finite | None, Field(ge=0, description="Pay along hole [m].")] = None
    gross_md_m: Annotated[Finite | None, Field(ge=0, description="Thickness along hole [m].")] = None
    source_ids: Annotated[list[str] | None, Field(description="Ids of the files it was found in.")] = None


class BypassedPayRanked(Found):
    """What discovery found, on `welllog.bypassed-pay-ranked.v2` and from `welltegra discover --json`."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, title="welllog.bypassed-pay-ranked.v2")

    event_type: Annotated[Literal["welllog.bypassed_pay_ranked"], Field(description="What this is.")]
    contract_version: Annotated[Literal[2], Field(description="Of this contract.")]
    generated_at: Annotated[UtcTime, Field(description="When it was made.")]
    discovery_id: Annotated[UUID | None, Field(description="The search; null where it was not kept.")] = None
    candidates: Annotated[list[BypassedCandidate], Field(description="By rank.")]
