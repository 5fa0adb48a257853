"""Reviews: said of the version that the reviewer saw, so that nobody overwrites what they have not read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, Literal, TypedDict, get_args
from uuid import UUID

from psycopg.rows import dict_row

import sql
from connectors.ops.errors import TargetMissing
from connectors.ops.reading import Connection, found_by, one_of
from connectors.ops.said import LONGEST_NAME, LONGEST_NOTE, fault, refuse, says_something, text_faults
from connectors.ops.shapes_of_lists import ReviewOutcome
from connectors.ops.shapes_of_targets import GapOutcome, ReviewEvent

State = Literal["unreviewed", "in_review", "accepted", "deferred", "rejected", "needs_data"]

STATES: Final[tuple[State, ...]] = get_args(State)
NOTE_NEEDED: Final = ("deferred", "rejected", "needs_data")
MOST_AT_ONCE: Final = 5000


class GapSaid(TypedDict, total=False):
    """What is said of who closes a gap; what is absent stays, None is nobody and no day."""

    owner: str | None
    due_date: date | None


def review(
    connection: Connection,
    project_id: str,
    target_id: UUID,
    expected: int,
    state: str | None,
    note: str | None,
    actor: str,
) -> ReviewOutcome:
    """Review a target: a new state, a note, or both; return what became of it.

    expected: the version that the reviewer saw. Where another came first nothing is written, and `conflict` is theirs.

    Raises:
        InputFaults: The state or the note cannot be.
        TargetMissing: The project has no such target.
    """
    return review_many(connection, project_id, [(target_id, expected)], state, note, actor)[0]


def review_many(
    connection: Connection,
    project_id: str,
    targets: Sequence[tuple[UUID, int]],
    state: str | None,
    note: str | None,
    actor: str,
) -> list[ReviewOutcome]:
    """Review several targets alike, each of the version that was seen; return what became of each, in order.

    In one transaction of the caller's. Those that another has reviewed meanwhile are conflicts, the others are done;
    one that is in the state already, and gets no note, stays as it is.

    Raises:
        As `review`; then nothing is written.
    """
    note = None if note is None or not says_something(note) else note.strip()
    _check(targets, state, note, actor)
    ids = [target_id for target_id, _ in targets]
    known = _known(connection, project_id, ids)
    if missing := [target_id for target_id in ids if target_id not in known]:
        raise TargetMissing(project_id, missing)
    given = {
        "project_id": project_id,
        "ids": ids,
        "expected": [version for _, version in targets],
        "state": state,
        "note": note,
        "actor": actor,
    }
    done = {row[0]: row[1:] for row in connection.execute(sql.query("insert_review_events"), given)}
    seen = dict(targets)
    # After the writing: one who came first may have been committed while we waited for them.
    known = _known(connection, project_id, [target_id for target_id in ids if target_id not in done])
    outcomes = []
    for target_id in ids:
        if target_id in done:
            version, now = done[target_id]
            outcomes.append(ReviewOutcome(target_id, done=True, version=version, state=now))
        else:
            stands = known[target_id]
            as_seen = stands["version"] == seen[target_id]
            event = {"event_id": stands["event_id"]}
            theirs = None if as_seen else one_of(connection, ReviewEvent, "select_review_event", event)
            outcomes.append(ReviewOutcome(target_id, as_seen, stands["version"], stands["state"], theirs))
    return outcomes


def set_gap(connection: Connection, project_id: str, gap_id: int, expected: str, said: GapSaid) -> GapOutcome | None:
    """Say who closes a gap, by when, or both; return what stands then, None where the project has no such gap.

    expected: the version that was read. Where another came first nothing is written, and what stands is theirs.

    Raises:
        InputFaults: The name cannot be, or nothing is said.
    """
    owner = said.get("owner")
    owner = None if owner is None or not says_something(owner) else owner.strip()
    faults = text_faults("owner", owner, LONGEST_NAME, needed=False)
    if not said:
        faults.append(fault("owner", "an owner or a due_date must be given", None, "Give one of them."))
    refuse(faults)
    of = {"project_id": project_id, "gap_id": gap_id}
    asked = {"expected": expected, "given": list(said), "owner": owner, "due_date": said.get("due_date")}
    done = found_by(connection, "update_gap", of | asked)
    stands = found_by(connection, "select_gap", of) if done is None else done
    return None if stands is None else GapOutcome(done=done is not None, **stands)


def _check(targets: Sequence[tuple[UUID, int]], state: str | None, note: str | None, actor: str) -> None:
    faults = text_faults("note", note, LONGEST_NOTE, needed=False) + text_faults("actor", actor, LONGEST_NAME)
    if state is not None and state not in STATES:
        faults.append(fault("state", f"must be one of {', '.join(STATES)}", state, "Choose one."))
    if note is None and state in NOTE_NEEDED:
        remedy = "Say why: who comes after will want to know."
        faults.append(fault("note", f"must be given to say {state.replace('_', ' ')}", None, remedy))
    if note is None and state is None:
        faults.append(fault("state", "a state or a note must be given", None, "Give one of them."))
    if not 1 <= len(targets) <= MOST_AT_ONCE:
        must = f"1 to {MOST_AT_ONCE} targets must be reviewed at once"
        faults.append(fault("targets", must, len(targets), "Select some of them."))
    if len({target_id for target_id, _ in targets}) < len(targets):
        faults.append(fault("targets", "a target must stand once", len(targets), "Leave the second out."))
    faults += [
        fault("version", "must be what the list gave, from 0", version, "Read the target again.")
        for _, version in targets
        if not 0 <= version < 2**31 - 1
    ]
    refuse(faults)


def _known(connection: Connection, project_id: str, ids: list[UUID]) -> dict[UUID, dict[str, Any]]:
    if not ids:
        return {}
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(sql.query("select_known_targets"), {"project_id": project_id, "ids": ids})
        return {row["reopening_target_id"]: row for row in found}
