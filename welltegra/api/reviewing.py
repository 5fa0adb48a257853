"""Reviewing targets: one against the version that was read, or many at once; nothing of two people is lost."""

from __future__ import annotations

from datetime import UTC
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse, Response

from connectors.ops import reviews
from connectors.ops.shapes import GapOutcome, ReviewOutcome
from welltegra.api.caching import gap_asked, version_asked
from welltegra.api.documents import GapAsked, ReviewAsked, ReviewedBody, ReviewsAsked
from welltegra.api.guard import principal_of
from welltegra.api.problems import Problem, documented, not_found
from welltegra.api.state import State
from welltegra.api.worklist import ProjectId, TargetId

router = APIRouter(tags=["review"])
_QUOTED: Final[dict[str, Any]] = {"name": "If-Match", "in": "header", "required": True}
_OF_REVIEW: Final[dict[str, Any]] = {
    "parameters": [
        {
            **_QUOTED,
            "description": "row.review_version of the target that was read, in quotes; not the ETag of that answer, "
            'which is of all of it. "0" while nobody has reviewed it. The ETag of a review, or of a 412, is the next.',
            "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$', "examples": ['"0"']},
        }
    ]
}
_OF_GAP: Final[dict[str, Any]] = {
    "parameters": [
        {
            **_QUOTED,
            "description": "gaps[].version of the target that was read, in quotes; not the ETag of that answer. "
            "The ETag of a 204, or of a 412, is the next.",
            "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
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
    openapi_extra=_OF_REVIEW,
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
    """Return the problem of a review that somebody else was ahead of: what they said, and when."""
    return Problem(
        HTTPStatus.PRECONDITION_FAILED,
        f"If-Match: must be the version of the review as it stands, which is {outcome.version}; was another."
        f" {_theirs(outcome)} Read it, and review again.",
        headers={"ETag": f'"{outcome.version}"'},
    )


def _theirs(outcome: ReviewOutcome) -> str:
    event = outcome.conflict
    if event is None:
        return f"It is {outcome.state}; nobody has said so yet."
    noted = "without a note" if event.note is None else f"with the note {event.note!r}"
    return f"It is {event.state} since {event.at.astimezone(UTC):%Y-%m-%d %H:%M} UTC: {event.actor} said so {noted}."


@router.patch(
    "/projects/{project_id}/gaps/{gap_id}",
    name="set_gap",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses={
        **documented(412, 428),
        204: {"headers": {"ETag": {"description": "The version of the gap.", "schema": {"type": "string"}}}},
    },
    openapi_extra=_OF_GAP,
)
def set_gap(
    request: Request, project_id: ProjectId, gap_id: Annotated[int, Path(ge=1, le=2**63 - 1)], asked: GapAsked
) -> Response:
    """Say who closes a gap, by when, or both; what is left out stays. If-Match names the version that was read."""
    state: State = request.state.shared
    version = gap_asked(request)
    said = reviews.GapSaid(**asked.model_dump(include=asked.model_fields_set))  # type: ignore[typeddict-item]
    with state.database.transaction("reviewer") as connection:
        outcome = reviews.set_gap(connection, project_id, gap_id, version, said)
    if outcome is None:
        raise not_found(f"gap {gap_id}")
    if not outcome.done:
        raise Problem(
            HTTPStatus.PRECONDITION_FAILED,
            f"If-Match: must be the version of the gap as it stands, which is {outcome.version}; was another."
            f" {closes(outcome)} Read it, and set it again.",
            headers={"ETag": f'"{outcome.version}"'},
        )
    return Response(status_code=HTTPStatus.NO_CONTENT, headers={"ETag": f'"{outcome.version}"'})


def closes(outcome: GapOutcome) -> str:
    """Return a sentence of who closes a gap now, and by when."""
    who = "Nobody closes it" if outcome.owner is None else f"{outcome.owner!r} closes it"
    return f"{who} now, {'by no day' if outcome.due_date is None else f'by {outcome.due_date}'}."
