"""All there is to one target, as its drawer shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One row of the table. previous_rank: in the run before; None for a new target.

    remaining_payload_class, depletion_risk, operability_status, data_confidence: words of scoring.vocabulary.LABELS.
    changed_since_review: None while unreviewed. review_version: 0 while there is no review.
    """

    reopening_target_id: UUID
    target_key: UUID
    target_rank: int
    previous_rank: int | None
    well_id: str
    well_name: str | None
    field: str | None
    reservoir: str | None
    zone: str | None
    event_no: int
    classification: str
    class_rule: str
    total_score: float
    static_score: float
    dynamic_score: float
    operability_score: float
    confidence_score: float
    total_potential: float
    static_potential: float
    dynamic_potential: float
    operability_potential: float
    confidence_potential: float
    remaining_payload_class: str
    unswept_volume_m3: float | None
    depletion_risk: str
    operability_status: str
    data_confidence: str
    recommended_action: str | None
    blocking_reason: str | None
    evidence_completeness: float | None
    gap_codes: tuple[str, ...]
    has_spatial_gap: bool
    review_state: str
    review_version: int
    reviewed_by: str | None
    reviewed_at: datetime | None
    changed_since_review: bool | None


@dataclass(frozen=True, slots=True)
class Curve:
    """How a value becomes a utility: points (x, u), or a table by category; axis: linear or log2 in x."""

    points: tuple[tuple[float, float], ...] = ()
    axis: str = "linear"
    table: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one input adds to its component. weight: in the component. contribution: weight times utility.

    label: what the input is, in a sentence. gap: code, where it is missing. source: ids joined by `;`.
    curve: None where it is made of several; then `parts` has theirs by name.
    """

    component: str
    input: str
    label: str
    value: Any
    unit: str
    status: str | None
    utility: float | None
    weight: float
    contribution: float | None
    gap: str | None
    source: str | None
    remedy: str
    curve: Curve | None
    parts: Mapping[str, Curve]


@dataclass(frozen=True, slots=True)
class GapRow:
    """A named missing thing. blocks: `nothing`, `class A`, `spatial publication` or `the reopening decision`.

    version: of owner and due_date; who changes them names it.
    """

    gap_id: int
    gap_code: str
    input: str | None
    gap_domain: str
    severity: str
    promotion_action: str
    blocks: str
    detail: str | None
    owner: str | None
    due_date: date | None
    first_seen_at: datetime
    resolved_at: datetime | None
    version: str


@dataclass(frozen=True, slots=True)
class GapOutcome:
    """What became of who closes a gap: as it stands now. done: whether this is what was asked for."""

    done: bool
    owner: str | None
    due_date: date | None
    version: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A file that was read."""

    source_id: str
    kind: str
    path: str
    sha256: str
    well_id: str | None


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a target lies and what the rock is [m, v/v, ohm.m, mD]; None where unknown, and all for a bare well."""

    top_md_m: float | None
    base_md_m: float | None
    top_tvdss_m: float | None
    base_tvdss_m: float | None
    gross_md_m: float | None
    net_md_m: float | None
    gross_m: float | None
    net_pay_m: float | None
    vsh: float | None
    phie: float | None
    sw: float | None
    rt: float | None
    rt_contrast: float | None
    permeability_md: float | None
    hcpt_m: float | None
    log_quality: float | None
    bad_hole_fraction: float | None
    rw_value: float | None
    rw_source: str | None
    a_factor: float | None
    m_exponent: float | None
    n_exponent: float | None
    sw_model: str | None
    sw_confidence: str | None
    sw_conflict: str | None
    porosity_method: str | None
    vsh_method: str | None
    depth_problem: str | None
    completion_status: str | None
    cutoffs: Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Strip:
    """The log in and around an interval, by md_m [m]; None where there is no reading. gr [gAPI], rt [ohm.m]."""

    md_m: tuple[float, ...]
    gr: tuple[float | None, ...]
    rt: tuple[float | None, ...]
    vsh: tuple[float | None, ...]
    phie: tuple[float | None, ...]
    sw: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Production:
    """Monthly volumes of the well [sm3], and hours on; None where a month has none."""

    months: tuple[date, ...]
    oil_sm3: tuple[float | None, ...]
    water_sm3: tuple[float | None, ...]
    gas_sm3: tuple[float | None, ...]
    hours_on: tuple[float | None, ...]
    water_injected_sm3: tuple[float | None, ...]
    gas_injected_sm3: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A well near by, for the map. classification, reopening_target_id: of its best target; None where it is none.

    x_m, y_m, distance_m: of place_at: its interval nearest to the target's depth, where its survey ends, or its head.
    """

    well_id: str
    well_name: str | None
    status: str | None
    x_m: float
    y_m: float
    distance_m: float
    place_at: str
    injects: bool
    classification: str | None
    reopening_target_id: UUID | None


@dataclass(frozen=True, slots=True)
class Spatial:
    """Where the target is, how far that is sure, and what is near. anchor: anchored, horizontal only, unanchored.

    x_m, y_m, degrees: of place_at: the middle of the interval at depth, where the survey ends, or the wellhead. ecef:
    of the middle of the interval, EPSG:4978 [m]; None unless its place and depth are known. head: the wellhead, and
    path the way from there to the place, both on the project's map [m].
    """

    x_m: float | None
    y_m: float | None
    latitude_deg: float | None
    longitude_deg: float | None
    ecef_x_m: float | None
    ecef_y_m: float | None
    ecef_z_m: float | None
    place_at: str | None
    head_x_m: float | None
    head_y_m: float | None
    path_x_m: tuple[float, ...]
    path_y_m: tuple[float, ...]
    anchor: str
    crs: str | None
    project_crs: str | None
    crs_confidence: str | None
    vertical_datum: str | None
    kb_elevation_m: float | None
    max_inc_deg: float | None
    location_source: str | None
    transform_chain: str | None
    position_confidence: str | None
    cone_radius_top_m: float | None
    cone_radius_base_m: float | None
    neighbours: tuple[Neighbour, ...]


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One decision or note. classification, total_score: what the reviewer saw."""

    event_id: int
    at: datetime
    version: int
    previous_state: str
    state: str
    note: str | None
    actor: str
    classification: str
    total_score: float


@dataclass(frozen=True, slots=True)
class TargetDetail:
    """All there is to one target. facts: what inputs were formed from, such as np_sm3, offsets, water_cut_slope.

    stated: overrides that its run used. contributions: in the order of the components and their inputs.
    """

    row: TargetRow
    run_id: UUID
    project_id: str
    is_current: bool
    profile_key: str
    profile_id: UUID
    scoring_version: str
    generated_at: datetime
    as_of: date
    weights: Mapping[str, float]
    coverage: Mapping[str, float]
    contributions: tuple[Contribution, ...]
    blocking_reason: str | None
    what_would_change: str | None
    historic_payload_class: str
    assumptions: Mapping[str, Any]
    facts: Mapping[str, Any]
    interval: Interval
    strip: Strip | None
    gaps: tuple[GapRow, ...]
    evidence_pack_id: UUID | None
    sources: tuple[SourceRow, ...]
    production: Production | None
    spatial: Spatial
    reviews: tuple[ReviewEvent, ...]
    stated: tuple[Mapping[str, Any], ...]
