"""The ranking that a profile would give, beside the one that stands."""

from __future__ import annotations

import json
import logging
import math
import threading
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

from connectors.ops import overrides
from connectors.ops import worklist as reading
from connectors.ops.shapes import Cursor, Filters, TargetRow
from welltegra.api.documents import PreviewBody, PreviewedTarget
from welltegra.api.problems import Problem, unprocessable
from welltegra.api.state import State
from welltegra.reopening.stated import stated_of
from welltegra.serving.child import Order
from welltegra.serving.jobs import Child

log = logging.getLogger(__name__)

MOST_SHOWN: Final = 200
# Each is a process that reads a whole project.
_MOST_AT_ONCE: Final = 1
_ROOM: Final = threading.BoundedSemaphore(_MOST_AT_ONCE)
_LONGEST_S: Final = 300.0


def previewed(state: State, project_id: str, profile: Mapping[str, Any], who: str) -> PreviewBody:
    """Return what a profile would change.

    Raises:
        Problem: The project cannot be ranked, or somebody else's preview still runs.
    """
    if not _ROOM.acquire(blocking=False):
        said = "One preview runs at a time, and another one does; try again in a minute."
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, said, headers={"Retry-After": "30"})
    try:
        with state.database.transaction("reader") as connection:
            stated = tuple(stated_of(one) for one in overrides.active(connection, project_id))
            # By its own key; a new one has no ranking yet, and would change the one that people work by.
            of = reading.header(connection, project_id, None, str(profile.get("profile_key"))) or reading.header(
                connection, project_id, None, None
            )
            now = [] if of is None else list(_all(connection, of))
        folder = str(state.settings.projects[project_id])
        order = Order(
            project_id, folder, state.database.as_role("reader").dsn, who, preview=json.dumps(profile), stated=stated
        )
        found = _outcome(order)
    finally:
        _ROOM.release()
    changed = changes(found["targets"], now)
    return PreviewBody(
        run_id=None if of is None else of.run_id,
        counts=found["counts"],
        counts_now={} if of is None else dict(of.class_counts),
        changed=len(changed),
        entered=sum(one.rank_now is None for one in changed),
        left=sum(one.rank is None for one in changed),
        targets=changed[:MOST_SHOWN],
    )


def _outcome(order: Order) -> dict[str, Any]:
    last: dict[str, Any] = {}
    with Child(order) as child:
        timer = threading.Timer(_LONGEST_S, child.end)
        timer.start()
        try:
            for said in child.said():
                last = said
        finally:
            timer.cancel()
    if "outcome" not in last:
        error = last.get("error") or f"A preview must end within {_LONGEST_S:.0f} s; did not. Rank the project instead."
        log.info("preview_refused project=%r reason=%s", order.project_id, error)
        raise unprocessable(error)
    outcome: dict[str, Any] = last["outcome"]
    return outcome


def _all(connection: Any, of: Any) -> Iterable[TargetRow]:
    cursor: Cursor | None = None
    while True:
        page = reading.page(connection, of, Filters(), cursor=cursor, most=reading.MOST_ROWS)
        yield from page.rows
        if page.next_cursor is None:
            return
        cursor = Cursor.parse(page.next_cursor)


def changes(targets: Iterable[Mapping[str, Any]], now: Iterable[TargetRow]) -> list[PreviewedTarget]:
    """Return the targets that would stand elsewhere, be scored otherwise, be new or be gone, as two rankings compare.

    Those of another class, new and gone come first, then those that would move furthest.
    """
    known = {(row.well_id, row.zone, row.event_no): row for row in now}
    found = []
    for target in targets:
        key = target["well_id"], target["zone"], target["event_no"]
        found.append(_beside(key, target, known.pop(key, None)))
    found += [_beside(key, None, row) for key, row in known.items()]
    return sorted(filter(_differs, found), key=_furthest_first)


def _beside(
    key: tuple[str, str | None, int], target: Mapping[str, Any] | None, row: TargetRow | None
) -> PreviewedTarget:
    return PreviewedTarget(
        well_id=key[0],
        zone=key[1],
        event_no=key[2],
        rank=None if target is None else target["target_rank"],
        classification=None if target is None else target["classification"],
        total_score=None if target is None else target["total_score"],
        rank_now=None if row is None else row.target_rank,
        classification_now=None if row is None else row.classification,
        total_score_now=None if row is None else row.total_score,
    )


def _differs(one: PreviewedTarget) -> bool:
    return (one.rank, one.classification, one.total_score) != (
        one.rank_now,
        one.classification_now,
        one.total_score_now,
    )


def _furthest_first(one: PreviewedTarget) -> tuple[bool, float, int]:
    by = math.inf if one.rank is None or one.rank_now is None else abs(one.rank - one.rank_now)
    return one.classification == one.classification_now, -by, one.rank or one.rank_now or 0
