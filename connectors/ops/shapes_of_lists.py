"""What the worklist answers with as a list: its header, its rows, its counts, and two runs side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from connectors.ops.shapes_of_targets import ReviewEvent, TargetRow


@dataclass(frozen=True, slots=True)
class Header:
    """A ranking in short. inputs_newer: a sentence when something came after it, else None.

    blocked_count: classes C and Q. review_ready_count: A and B. class_counts: every class, also with 0.
    """

    project_id: str
    run_id: UUID
    is_current: bool
    generated_at: datetime
    as_of: date
    profile_key: str
    profile_name: str
    scoring_version: str
    profile_id: UUID
    profile_sha256: str
    weights: Mapping[str, float]
    class_counts: Mapping[str, int]
    total: int
    blocked_count: int
    review_ready_count: int
    stated_count: int
    inputs_newer: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list. total: how many the filters leave. next_cursor: for the part after it; None at the end."""

    rows: tuple[TargetRow, ...]
    total: int
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Facets:
    """How many targets each value of a filter would leave, given the other filters.

    Of the named ones value -> count, most first for field and reservoir, in the order of the vocabulary for the rest.
    min_total, evidence_min: at least 0.0, 0.05, ... 1.0 -> count. max_depletion_risk: counts of low, moderate, high,
    severe, each with those below it and without unknown; depletion_unknown: how many more ticking it brings.
    """

    field: Mapping[str, int]
    reservoir: Mapping[str, int]
    classification: Mapping[str, int]
    min_total: Mapping[float, int]
    max_depletion_risk: Mapping[str, int]
    depletion_unknown: int
    operability_status: Mapping[str, int]
    data_confidence: Mapping[str, int]
    evidence_min: Mapping[float, int]
    no_spatial_gap: int
    has_action: int
    review_state: Mapping[str, int]
    total: int


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What became of a review. version, state: as they stand now. conflict: what another said meanwhile, if so."""

    reopening_target_id: UUID
    done: bool
    version: int
    state: str
    conflict: ReviewEvent | None = None


@dataclass(frozen=True, slots=True)
class RunRow:
    """A ranking run. error: why it failed; None where it succeeded."""

    run_id: UUID
    project_id: str
    profile_key: str
    scoring_profile_id: UUID
    scoring_version: str
    as_of: date
    status: str
    is_current: bool
    became_current_at: datetime | None
    generated_at: datetime
    requested_by: str
    candidate_count: int | None
    class_counts: Mapping[str, int]
    stated_count: int
    error: str | None


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project with its current ranking, if it has one; run_id and what follows are None or 0 without."""

    project_id: str
    runs: int
    run_id: UUID | None
    profile_key: str | None
    generated_at: datetime | None
    total: int
    class_counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MovedInput:
    """An input that two rankings count differently. moved: what it adds to the total, after - before.

    before, after: its value. utility: None where it is not known. curve_changed: whether another curve, or table, gives
    it. weight: in its component, for this target; component_weight: of the component in the total.
    """

    component: str
    input: str
    before: Any
    after: Any
    utility_before: float | None
    utility_after: float | None
    curve_changed: bool
    weight_before: float
    weight_after: float
    component_weight_before: float
    component_weight_after: float
    moved: float


@dataclass(frozen=True, slots=True)
class Move:
    """A target in two runs; None where a run has it not. risen_by: ranks. moved_by: inputs, the largest move first."""

    target_key: UUID
    well_id: str
    well_name: str | None
    event_no: int
    rank_before: int | None
    rank_after: int | None
    risen_by: int | None
    classification_before: str | None
    classification_after: str | None
    total_before: float | None
    total_after: float | None
    target_id_before: UUID | None
    target_id_after: UUID | None
    moved_by: tuple[MovedInput, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side. moves: those of another class first, then the largest change of rank, 200 at most.

    How many in all: moved in rank, entered, left, changed in score or class; differing: in any of these.
    """

    before: RunRow
    after: RunRow
    moves: tuple[Move, ...]
    moved: int
    entered: int
    left: int
    changed: int
    differing: int
