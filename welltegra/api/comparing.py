"""Two versions of a profile side by side: what they say differently, and who would move if each ranked the same inputs.

Both score the inputs of the current ranking as it has stored them, so it reads, keeps nothing, and needs no files; what
a version would make of the files themselves, a preview says.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Final
from uuid import UUID

import polars as pl
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field, TypeAdapter

from connectors.ops import profile_versions as stored
from connectors.ops import worklist as reading
from connectors.ops.compare import compare_scored
from connectors.ops.contributions import profile_of
from connectors.ops.profile_versions import StoredProfile
from connectors.ops.profiles import differences
from connectors.ops.rescoring import made_by, scored_targets
from connectors.ops.shapes import Header, Move
from scoring.profile import Profile
from scoring.rank import rank
from scoring.scores import score
from scoring.vocabulary import CLASSES
from welltegra.api.caching import answered
from welltegra.api.documents import Body
from welltegra.api.problems import Problem, documented, not_found
from welltegra.api.state import State
from welltegra.api.worklist import ProjectId

router = APIRouter(tags=["profiles"])

# Of a large field it takes some seconds of every core.
_ROOM: Final = threading.BoundedSemaphore(1)
_WAITS_S: Final = 20.0
# By ranking and versions; what was compared last.
_KEPT: Final[dict[tuple[UUID, str, str], _Ranked]] = {}
_MOST_KEPT: Final = 16
_EXAMPLE: Final[dict[str, Any]] = {
    "before": {
        "scoring_profile_id": "6a0c2f0e-7a53-5d1e-9a40-2f3b6c7d8e90",
        "project_id": None,
        "profile_key": "earthbond_reopen_v1",
        "display_name": "Earthbond reopening",
        "sha256": "92e3c388d46d8e55df21d2fa082a72f35a5e1db5feac4ad1605f347c6c10a486",
        "is_active": True,
    },
    "after": {
        "scoring_profile_id": "0d9e8b1c-1f5e-5b8e-8f0a-6f0f7f1f2a11",
        "project_id": "kern_reopen_demo",
        "profile_key": "earthbond_reopen_v1",
        "display_name": "Earthbond reopening",
        "sha256": "1b4f0e9851971998e732078544c96b36c3d01cedf7caa332359d6f1d83567014",
        "is_active": False,
    },
    "differences": [{"path": "$.components.static.sw.weight", "before": 0.25, "after": 0.2}],
    "made_by": [],
    "run_id": "4f9b1c6e-7a53-5d1e-9a40-2f3b6c7d8e90",
    "counts_before": {"A": 6, "B": 37, "C": 81, "D": 19, "Q": 5},
    "counts_after": {"A": 5, "B": 38, "C": 81, "D": 19, "Q": 5},
    "moved": 1,
    "moves": [
        {
            "target_key": "3c1d2b7e-0a53-5d1e-9a40-2f3b6c7d8e90",
            "well_id": "042300010079",
            "well_name": "KR-A 79",
            "event_no": 2,
            "rank_before": 6,
            "rank_after": 14,
            "risen_by": -8,
            "classification_before": "A",
            "classification_after": "B",
            "total_before": 0.667,
            "total_after": 0.6495,
            "target_id_before": "9a1d2b7e-0a53-5d1e-9a40-2f3b6c7d8e90",
            "target_id_after": "9a1d2b7e-0a53-5d1e-9a40-2f3b6c7d8e90",
            "moved_by": [
                {
                    "component": "static",
                    "input": "sw",
                    "before": 0.3,
                    "after": 0.3,
                    "utility_before": 1.0,
                    "utility_after": 1.0,
                    "curve_changed": False,
                    "weight_before": 0.25,
                    "weight_after": 0.2,
                    "component_weight_before": 0.35,
                    "component_weight_after": 0.35,
                    "moved": -0.0175,
                }
            ],
        }
    ],
}


class VersionBody(Body):
    """A version of a scoring profile, without what it says. project_id: null for a canonical one."""

    scoring_profile_id: UUID
    project_id: str | None
    profile_key: str
    display_name: str
    sha256: str
    is_active: bool


class DifferenceBody(Body):
    """A value that two versions have differently, at its JSON path; null where one has none. A list is one value."""

    path: str
    before: Any
    after: Any


class ProfileComparisonBody(Body):
    """Two versions side by side. moves: who would move, those of another class first, 200 at most."""

    before: VersionBody
    after: VersionBody
    differences: list[DifferenceBody]
    made_by: list[str] = Field(
        description="Sections that differ, from each other or from the ranking's own profile, and by which inputs are "
        "made from files: what they would change is not among the moves. A preview says it."
    )
    run_id: UUID | None = Field(description="The current ranking, whose inputs both scored; null where there is none.")
    counts_before: Mapping[str, int]
    counts_after: Mapping[str, int]
    moved: int = Field(description="How many targets would have another rank or class.")
    moves: list[Move]

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})


_COMPARISON: Final = TypeAdapter(ProfileComparisonBody)


@router.get(
    "/projects/{project_id}/scoring-profiles/compare",
    name="compare_profiles",
    responses=documented(),
    response_model=ProfileComparisonBody,
)
def compare_profiles(
    request: Request,
    project_id: ProjectId,
    before: Annotated[UUID, Query(description="The version to compare with.")],
    after: Annotated[UUID, Query(description="The version that is compared.")],
) -> Response:
    """Return what two versions of a profile say differently, and who would move if each ranked the same inputs."""
    state: State = request.state.shared
    return answered(request, compared(state, project_id, before, after), _COMPARISON)


def compared(state: State, project_id: str, before: UUID, after: UUID) -> ProfileComparisonBody:
    """Return two versions side by side.

    Raises:
        ProfileMissing: There is no such version.
        Problem: One is another project's, or others are being compared all the while.
    """
    versions = [_version(state, project_id, one) for one in (before, after)]
    with state.database.transaction("reader") as connection:
        of = reading.header(connection, project_id, None, versions[1].profile_key)
        own = versions if of is None else [*versions, stored.version(connection, of.profile_id)]
    ranked = None if of is None else _ranked(state, of, *versions)
    raws = [one.raw for one in own]
    unlike = dict.fromkeys(name for other in raws[1:] for name in made_by(raws[0], other))
    return ProfileComparisonBody(
        before=_body(versions[0]),
        after=_body(versions[1]),
        differences=[
            DifferenceBody(path=one.path, before=one.before, after=one.after) for one in differences(raws[0], raws[1])
        ],
        made_by=list(unlike),
        run_id=None if of is None else of.run_id,
        counts_before={} if ranked is None else ranked.counts[0],
        counts_after={} if ranked is None else ranked.counts[1],
        moved=0 if ranked is None else ranked.moved,
        moves=[] if ranked is None else list(ranked.moves),
    )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """What two profiles make of the same inputs."""

    counts: tuple[dict[str, int], dict[str, int]]
    moved: int
    moves: tuple[Move, ...]


def _ranked(state: State, of: Header, before: StoredProfile, after: StoredProfile) -> _Ranked:
    """Return the targets of a ranking scored by both: once, for neither the ranking nor a version ever changes."""
    key = (of.run_id, before.sha256, after.sha256)
    if not _ROOM.acquire(timeout=_WAITS_S):
        said = "Two versions are compared at a time, and others are; try again in a minute."
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, said, headers={"Retry-After": "30"})
    try:
        if key not in _KEPT:
            with state.database.transaction("reader") as connection:
                own = stored.version(connection, of.profile_id)
                targets = scored_targets(connection, of.run_id, profile_of(own.content))
            while len(_KEPT) >= _MOST_KEPT:
                del _KEPT[next(iter(_KEPT))]
            _KEPT[key] = _scored(targets, profile_of(before.content), profile_of(after.content))
        return _KEPT[key]
    finally:
        _ROOM.release()


def _scored(targets: pl.DataFrame, before: Profile, after: Profile) -> _Ranked:
    first, second = (rank(score(targets, profile).targets) for profile in (before, after))
    moved, moves = compare_scored(first, second, (before, after))
    return _Ranked((_counts(first), _counts(second)), moved, moves)


def _counts(targets: pl.DataFrame) -> dict[str, int]:
    found = dict(targets["classification"].cast(pl.String).value_counts().iter_rows())
    return {name: found.get(name, 0) for name in CLASSES}


def _version(state: State, project_id: str, profile_id: UUID) -> StoredProfile:
    with state.database.transaction("reader") as connection:
        found = stored.version(connection, profile_id)
    # Another project's is not found, as if it were not there.
    if found.project_id not in (None, project_id):
        raise not_found(f"profile {str(profile_id)!r}")
    return found


def _body(one: StoredProfile) -> VersionBody:
    return VersionBody(**{name: getattr(one, name) for name in VersionBody.model_fields})
