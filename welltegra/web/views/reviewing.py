"""Reviewing: one target in its drawer, many from the list, and who closes a gap."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from connectors.ops import reviews
from connectors.ops import target as targets
from connectors.ops.errors import InputFaults
from connectors.ops.leading import leading_gaps
from connectors.ops.reading import Connection
from connectors.ops.shapes import ReviewOutcome, TargetDetail
from welltegra.api.guard import principal_of
from welltegra.api.problems import Problem, not_found, unprocessable
from welltegra.api.reviewing import closes
from welltegra.auth.browser import local_path
from welltegra.web.asked import Asked
from welltegra.web.pages.target import Draft, target_page
from welltegra.web.pages.worklist import Bulk, reviewed_page
from welltegra.web.views.answers import (
    PAGE,
    ProjectId,
    TargetId,
    Words,
    asked_of,
    list_page,
    ranking_of,
    see,
    shown,
    state_of,
    wants_drawer,
    wants_part,
)
from welltegra.web.words import STATE_WORDS, count_of, person

router = APIRouter()
_MOST = 5000


@router.post("/projects/{project_id}/worklist/review", name="page_review_many", **PAGE)
def review_many(
    request: Request,
    project_id: ProjectId,
    state: Annotated[str, Form(max_length=40)],
    note: Words = "",
    back: Annotated[str, Form(max_length=8000)] = "",
    target: Annotated[list[str] | None, Form(max_length=_MOST)] = None,
) -> Response:
    """Review those that are selected; whoever was first keeps what they said."""
    selected = list(dict.fromkeys(target or []))
    pairs = [_pair(one) for one in selected]
    if not pairs:
        raise unprocessable("target: at least one must be selected; was none. Tick the boxes before the targets.")
    said, bulk = None, None
    try:
        with state_of(request).database.transaction("reviewer") as connection:
            actor = principal_of(request).actor
            outcomes = reviews.review_many(connection, project_id, pairs, state, note.strip() or None, actor)
        said = _said(outcomes, state)
    except InputFaults as error:
        # Nothing was said of any: the ticks and the choice stand as they were.
        bulk = Bulk(tuple(selected), state, note, " ".join(map(str, error.faults)))
    place = urlsplit(local_path(back))
    asked = Asked.from_query(project_id, _pairs_of(place.query))
    with state_of(request).database.transaction("reader") as connection:
        of = ranking_of(connection, asked)
        if of is None:
            raise not_found(f"a ranking of project {project_id!r}")
        page = list_page(request, connection, asked, of, notice=said, bulk=bulk)
    if bulk is None:
        answer = shown(page)
        # The address is that of the list again, also where a drawer was open.
        answer.headers["HX-Push-Url"] = asked.list_href()
        return answer
    if not wants_part(request):
        return shown(page, HTTPStatus.UNPROCESSABLE_ENTITY)
    # The list and its ticks stay as the browser has them, further down as well; the form alone is answered.
    answer = shown(replace(page, beyond=()), HTTPStatus.UNPROCESSABLE_ENTITY)
    answer.headers.update({"HX-Retarget": "#bulk", "HX-Reselect": "#bulk", "HX-Reswap": "outerHTML"})
    return answer


@router.post("/projects/{project_id}/worklist/{target_id}/review", name="page_review", **PAGE)
def review(
    request: Request,
    project_id: ProjectId,
    target_id: TargetId,
    state: Annotated[str, Form(max_length=40)],
    version: Annotated[int, Form(ge=0, le=2**31 - 1)],
    note: Words = "",
) -> Response:
    """Review a target; where another was first, show what they said, and keep what was written."""
    asked = asked_of(request, project_id)
    draft = None
    try:
        with state_of(request).database.transaction("reviewer") as connection:
            outcome = reviews.review(
                connection, project_id, target_id, version, state, note.strip() or None, principal_of(request).actor
            )
        if not outcome.done:
            draft = Draft(note, state, conflict=outcome.conflict)
    except InputFaults as error:
        draft = Draft(note, state, fault=" ".join(map(str, error.faults)))
    if draft is None and not wants_drawer(request):
        return see(asked.target_href(target_id, asked.tab))
    status = (
        HTTPStatus.OK if draft is None else HTTPStatus.CONFLICT if draft.conflict else HTTPStatus.UNPROCESSABLE_ENTITY
    )
    with state_of(request).database.transaction("reader") as connection:
        return _reviewed(request, connection, asked, _detail(connection, project_id, target_id), draft, status)


@router.post("/projects/{project_id}/worklist/{target_id}/gaps/{gap_id}", name="page_gap", **PAGE)
def gap(
    request: Request,
    project_id: ProjectId,
    target_id: TargetId,
    gap_id: Annotated[int, Path(ge=1, le=2**63 - 1)],
    version: Annotated[str, Form(max_length=32)],
    owner: Annotated[str, Form(max_length=200)] = "",
    due: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Say who closes a gap, and by when; where another was first, say what they set, and change nothing."""
    asked = asked_of(request, project_id)
    with state_of(request).database.transaction("reviewer") as connection:
        said = reviews.GapSaid(owner=owner.strip() or None, due_date=_day(due))
        outcome = reviews.set_gap(connection, project_id, gap_id, version, said)
    if outcome is None:
        raise not_found(f"gap {gap_id}")
    if not outcome.done:
        # No conflict as a review has: the form stays as it was written, and the sentence stands beside it.
        first = f"The gap must stand as you read it; somebody else has set it meanwhile. {closes(outcome)}"
        raise Problem(HTTPStatus.PRECONDITION_FAILED, f"{first} Open the target again, and set it if that still holds.")
    if not wants_drawer(request):
        return see(asked.target_href(target_id, "gaps"))
    with state_of(request).database.transaction("reader") as connection:
        return _reviewed(request, connection, asked, _detail(connection, project_id, target_id), None, HTTPStatus.OK)


def _reviewed(
    request: Request,
    connection: Connection,
    asked: Asked,
    detail: TargetDetail,
    draft: Draft | None,
    status: HTTPStatus,
) -> Response:
    """Return the drawer with the row of the list beside it for htmx, else the whole page."""
    principal = principal_of(request)
    drawer = target_page(asked, principal, detail, draft)
    if wants_drawer(request):
        leading = leading_gaps(connection, [drawer.row.reopening_target_id])
        row = reviewed_page(asked, principal, drawer, leading.get(drawer.row.reopening_target_id))
        return shown(row, status)
    of = ranking_of(connection, asked)
    if of is None:
        raise not_found(f"a ranking of project {asked.project_id!r}")
    return shown(list_page(request, connection, asked, of, drawer), status)


def _detail(connection: Connection, project_id: str, target_id: UUID) -> TargetDetail:
    found = targets.detail(connection, project_id, target_id)
    if found is None:
        raise not_found(f"target {str(target_id)!r}")
    return found


def _said(outcomes: list[ReviewOutcome], state: str) -> str:
    done = sum(one.done for one in outcomes)
    said = f"{count_of(done, 'target')} {STATE_WORDS.get(state, state)}."
    others = [one for one in outcomes if not one.done]
    if not others:
        return said
    names = sorted({person(one.conflict.actor) for one in others if one.conflict is not None})
    who = ", ".join(names) or "somebody else"
    return (
        f"{said} {count_of(len(others), 'other')} {who} reviewed first; nothing of that was changed: look at it again."
    )


def _pair(text: str) -> tuple[UUID, int]:
    target_id, _, version = text.partition(":")
    try:
        return UUID(target_id), int(version)
    except ValueError:
        said = f"target: must be the id of a target and its version; was {text[:80]!r}. Reload the list."
        raise unprocessable(said) from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise unprocessable(f"due: must be a day; was {text!r}. Write it like 2026-05-01.") from None


def _pairs_of(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, max_num_fields=1000)
