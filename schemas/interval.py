"""What both reopening contracts say of an interval: where it lies, and what its water saturation rests on."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Finite = Annotated[float, Field(allow_inf_nan=False)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Length = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Level = Literal["high", "medium", "low"]
CompletionStatus = Literal[
    "perforated_producing", "perforated_shut_in", "squeezed", "isolated_plug", "never_perforated", "unknown"
]
Score = Annotated[float, Field(ge=0, le=1)]


class Part(BaseModel):
    """What every model of these contracts keeps to."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Interval(Part):
    """Where an interval lies, positive down, and how thick it is."""

    event_no: Annotated[int, Field(ge=1, description="Counts the intervals of a well from the top, from 1.")]
    top_tvdss_m: Annotated[Finite | None, Field(description="Top, TVD below sea level [m]; null without a survey.")]
    base_tvdss_m: Annotated[Finite | None, Field(description="Base, TVD below sea level [m]; null without a survey.")]
    gross_thickness_m: Annotated[Length | None, Field(description="True vertical thickness [m].")]
    net_thickness_m: Annotated[Length | None, Field(description="True vertical thickness of pay [m].")]
    top_md_m: Annotated[Finite | None, Field(description="Top along hole [m].")] = None
    base_md_m: Annotated[Finite | None, Field(description="Base along hole [m].")] = None


class ArchieAssumptions(Part):
    """What Sw was worked out from."""

    rw_value: Annotated[Positive | None, Field(description="Water resistivity at formation temperature [ohm.m].")]
    rw_source: Annotated[str | None, Field(description="Where Rw comes from.")]
    a_factor: Annotated[Positive | None, Field(description="Archie's a [-].")]
    m_exponent: Annotated[Positive | None, Field(description="Archie's m [-].")]
    n_exponent: Annotated[Positive | None, Field(description="Archie's n [-].")]
    sw_model: Annotated[str | None, Field(description="archie, simandoux, indonesia, or whose interpretation.")]
    sw_confidence: Annotated[Level | None, Field(description="How far Sw can be trusted.")]
    sw_conflict: Annotated[
        str | None, Field(description="How Sw differs from what these values give, and why; null where it does not.")
    ] = None


class Cutoffs(Part):
    """What makes a sample pay; null is no cutoff."""

    vsh_max: Annotated[Fraction | None, Field(description="Largest shale volume [v/v].")] = None
    phie_min: Annotated[Fraction | None, Field(description="Smallest effective porosity [v/v].")] = None
    sw_max: Annotated[Fraction | None, Field(description="Largest water saturation [v/v].")] = None
    rt_min: Annotated[Length | None, Field(description="Smallest deep resistivity [ohm.m].")] = None
    min_bed_m: Annotated[Length | None, Field(description="Thinnest bed that counts, TVD [m].")] = None
    merge_gap_m: Annotated[Length | None, Field(description="Thickest gap that beds are joined over, TVD [m].")] = None
    min_net_m: Annotated[Length | None, Field(description="Least pay of an interval, TVD [m].")] = None


class PartOf(Part):
    """Which part of a ranking a message holds, where the whole is too large for one."""

    number: Annotated[int, Field(ge=1, description="Counts from 1.")]
    first_rank: Annotated[int, Field(ge=1, description="Rank of its first candidate.")]
    last: Annotated[bool, Field(description="Whether no further part follows.")]


class Found(Part):
    """What every document about candidates begins with."""

    project_id: Annotated[str, Field(min_length=1, description="The project.")]
    scoring_profile_key: Annotated[str, Field(min_length=1, description="The scoring profile.")]
    candidate_count: Annotated[int, Field(ge=0, description="Candidates of the whole ranking.")]
    profile_sha256: Annotated[Sha256 | None, Field(description="Of the profile's canonical JSON.")] = None
    input_sha256: Annotated[Sha256 | None, Field(description="Of everything that was read.")] = None
    code_version: Annotated[str | None, Field(description="Version of WellTegra.")] = None
    as_of: Annotated[
        str | None, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", description="The day that the project calls now.")
    ] = None
    part: Annotated[PartOf | None, Field(description="Which part this is; null for the whole.")] = None
