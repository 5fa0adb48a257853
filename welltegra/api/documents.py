"""The models that the API answers with: the frozen rows of the worklist, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from connectors.ops.shapes import Header, ReviewOutcome, TargetRow

Text = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True, pattern=r"^[^\x00]*$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True, pattern=r"^[^\x00]*$")]
ReviewState = Literal["unreviewed", "in_review", "accepted", "deferred", "rejected", "needs_data"]
MemberRole = Literal["viewer", "operator", "project_admin"]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PortfolioBody(Body):
    """The summary of a ranking, and a page of its targets by rank."""

    summary: Header
    targets: list[TargetRow]
    matching: int = Field(description="How many targets the filters leave.")
    next_cursor: str | None = Field(description="What to ask for next; null at the end.")


class ReviewAsked(Body):
    """What is said of a target. A state, a note, or both."""

    state: ReviewState | None = Field(default=None, description="From now on; null leaves it.")
    note: Text | None = Field(default=None, description="Needed to reject, to defer and to ask for data.")

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"state": "deferred", "note": "After the survey in May."}]}
    )


class OneOfMany(Body):
    """A target to review, and the version of its review that was read."""

    target_id: UUID
    version: int = Field(ge=0, le=2_147_483_647, description="0 while there is no review.")


class ReviewsAsked(Body):
    """What is said of several targets at once."""

    targets: list[OneOfMany] = Field(min_length=1, max_length=1_000)
    state: ReviewState | None = None
    note: Text | None = None


class ReviewedBody(Body):
    """What became of each review. done counts those that were stored; the others say who was first."""

    done: int
    outcomes: list[ReviewOutcome]


class GapAsked(Body):
    """Who closes a gap, by when, or both. What is left out stays; null for nobody, and for no day."""

    owner: Short | None = None
    due_date: date | None = None


class RankingAsked(Body):
    """A ranking to be made. profile_key: null for the one that the project names."""

    project_id: Short
    profile_key: Short | None = None
    reason: Text | None = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"project_id": "kern_reopen_demo", "reason": "New logs."}]}
    )


class OverrideAsked(Body):
    """An input that somebody states. zone: null for every interval of the well."""

    well_id: Short
    zone: Short | None = None
    input: Short
    value: Short
    reason: Text

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "well_id": "0423000123",
                    "input": "access",
                    "value": "road_and_permit",
                    "reason": "The road was mended.",
                }
            ]
        }
    )


class ProfileAsked(Body):
    """A version of a profile. profile: the whole of it, as `welltegra profile show` prints it."""

    profile: dict[str, Any]
    reason: Text


class PreviewAsked(Body):
    """A profile to try: nothing is kept."""

    profile: dict[str, Any]


class ActivationAsked(Body):
    reason: Text


class ProfileVersionBody(Body):
    """A version of a scoring profile, without what it says. project_id: null for a canonical one."""

    scoring_profile_id: UUID
    project_id: str | None
    profile_key: str
    display_name: str
    scoring_version: str
    is_active: bool
    sha256: str
    parent_id: UUID | None
    change_reason: str
    author: str
    created_at: datetime


class ProfileBody(ProfileVersionBody):
    """A version of a scoring profile. profile: the whole of it. project_id: null for a canonical one."""

    profile: dict[str, Any]


class PreviewedTarget(Body):
    """A target as it would be ranked, null where it would be gone; and as it is, null where it would be new."""

    well_id: str
    zone: str | None
    event_no: int
    rank: int | None
    classification: str | None
    total_score: float | None
    rank_now: int | None
    classification_now: str | None
    total_score_now: float | None


class PreviewBody(Body):
    """The ranking that a profile would give, beside the current one."""

    run_id: UUID | None = Field(
        description="The current ranking: by the profile's own key, else the one made last; null where there is none."
    )
    counts: Mapping[str, int]
    counts_now: Mapping[str, int]
    changed: int = Field(description="How many targets would have another rank, class or score, be new, or be gone.")
    entered: int = Field(description="How many of these would be new.")
    left: int = Field(description="How many of these would be gone.")
    targets: list[PreviewedTarget] = Field(
        description="Those that would change, of another class, new and gone first, then by rank; 200 at most."
    )


class MeBody(Body):
    """Who you are here, and what you may."""

    subject: str
    name: str
    how: str
    roles: Mapping[str, str]
    scopes: list[str] | None
