"""Reviewing targets: one against the version that was read, or many at once; nothing of two people is lost."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response

from connectors.ops import reviews
from connectors.ops.shapes import ReviewOutcome
from welltegra.api.caching import version_asked
from welltegra.api.documents import GapAsked, ReviewAsked, ReviewedBody, ReviewsAsked
from welltegra.api.guard import principal_of
from welltegra.api.problems import Problem, documented, not_found
from welltegra.api.state import State
from welltegra.api.worklist import ProjectId, TargetId

router = APIRouter(tags=["review"])
_IF_MATCH: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "description": "row.review_version of the target that was read, in quotes.",
            "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$', "examples": ['"0"']},
        }
    ]
}


@router.patch(
    "/projects/{project_id}/reopening-targets/review",
    name="review_many",
    responses=documented(),
)
def review_many(request: Request, project_id: ProjectId, asked: ReviewsAsked) -> ReviewedBody:
    """Review several targets; one that somebody else has reviewed since is left, and the answer says by whom."""
    state: State = request.state.shared
    with state.database.transaction("reviewer") as connection:
        pairs = [(one.target_id, one.version) for one in asked.targets]
        actor = principal_of(request).actor
        outcomes = reviews.review_many(connection, project_id, pairs, asked.state, asked.note, actor)
    return ReviewedBody(done=sum(one.done for one in outcomes), outcomes=list(outcomes))


@router.patch(
    "/projects/{project_id}/reopening-targets/{target_id}/review",
    name="review",
    response_model=ReviewOutcome,
    responses={
        **documented(412, 428),
        200: {"headers": {"ETag": {"description": "The version of the review.", "schema": {"type": "string"}}}},
    },
    openapi_extra=_IF_MATCH,
)
def review(request: Request, project_id: ProjectId, target_id: TargetId, asked: ReviewAsked) -> Response:
    """Review a target: its state, a note, or both. If-Match names the version of the review that was read."""
    state: State = request.state.shared
    version = version_asked(request)
    with state.database.transaction("reviewer") as connection:
        actor = principal_of(request).actor
        outcome = reviews.review(connection, project_id, target_id, version, asked.state, asked.note, actor)
    if not outcome.done:
        raise conflict(outcome)
    return JSONResponse(jsonable_encoder(outcome), headers={"ETag": f'"{outcome.version}"'})


def conflict(outcome: ReviewOutcome) -> Problem:
    """Return the problem of a review that somebody else was ahead of."""
    who = "nobody" if outcome.conflict is None else f"{outcome.conflict.actor} at {outcome.conflict.at:%H:%M} UTC"
    said = (
        f"If-Match: must be the version of the review as it stands, which is {outcome.version}; was another."
        f" It is {outcome.state} since {who}. Read it, and review again."
    )
    return Problem(HTTPStatus.PRECONDITION_FAILED, said, headers={"ETag": f'"{outcome.version}"'})


@router.patch(
    "/projects/{project_id}/gaps/{gap_id}",
    name="set_gap",
    status_code=HTTPStatus.NO_CONTENT,
    responses=documented(),
)
def set_gap(
    request: Request, project_id: ProjectId, gap_id: Annotated[int, Path(ge=1, le=2**63 - 1)], asked: GapAsked
) -> None:
    """Say who closes a gap, and by when; null for nobody."""
    state: State = request.state.shared
    with state.database.transaction("reviewer") as connection:
        if not reviews.set_gap(connection, project_id, gap_id, asked.owner, asked.due_date):
            raise not_found(f"gap {gap_id}")
