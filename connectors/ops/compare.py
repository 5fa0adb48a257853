"""Two rankings of a project side by side: who moved, and which input moved them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from psycopg.rows import dict_row

import sql
from connectors.ops.contributions import in_order, profile_of
from connectors.ops.reading import Connection, found_by
from connectors.ops.shapes_of_lists import Comparison, Move, MovedInput
from connectors.ops.worklist import run
from scoring.profile import Profile

MOST_MOVES: Final = 200
# What an input must move a total by to be named [-]: contributions have six decimals.
_LEAST: Final = 5e-6

Json = Mapping[str, Any]


def compare_runs(
    connection: Connection, project_id: str, before: UUID, after: UUID, most: int = MOST_MOVES
) -> Comparison | None:
    """Return how a project's targets differ between two of its runs, also of different profiles.

    Those that differ most come first, at most `most`: of another class, new or gone, then by ranks. None where the
    project has not both runs, or one failed.
    """
    of_before, of_after = run(connection, project_id, before), run(connection, project_id, after)
    if of_before is None or of_after is None or "failed" in (of_before.status, of_after.status):
        return None
    of = {"before": before, "after": after}
    contents = dict(
        connection.execute(
            sql.query("select_run_profiles"), {"project_id": project_id, "runs": [before, after]}
        ).fetchall()
    )
    profiles = profile_of(contents[before]), profile_of(contents[after])
    counts = found_by(connection, "count_moves", of)
    assert counts is not None
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(sql.query("select_moves"), of | {"most": max(0, min(most, MOST_MOVES))}).fetchall()
    return Comparison(
        before=of_before,
        after=of_after,
        moves=tuple(_move(row, *profiles) for row in found),
        moved=counts["moved"],
        entered=counts["entered"],
        left=counts["left_out"],
    )


def _move(row: dict[str, Any], before: Profile, after: Profile) -> Move:
    was, now = row.pop("contributions_before"), row.pop("contributions_after")
    both = was is not None and now is not None
    return Move(**row, moved_by=moved_inputs(was, now, before, after) if both else ())


def moved_inputs(was: Json, now: Json, before: Profile, after: Profile) -> tuple[MovedInput, ...]:
    """Return the inputs that add something else to the total than before, the largest move first."""
    added = _added(was, before), _added(now, after)
    names = [(component.name, one.name) for component in after.components for one in in_order(component)]
    names += [name for name in added[0] if name not in names]
    moved = [
        MovedInput(
            component=component,
            input=name,
            before=(was.get(name) or {}).get("value"),
            after=(now.get(name) or {}).get("value"),
            moved=round(added[1].get((component, name), 0.0) - added[0].get((component, name), 0.0), 6),
        )
        for component, name in names
    ]
    return tuple(sorted((one for one in moved if abs(one.moved) > _LEAST), key=lambda one: -abs(one.moved)))


def _added(stored: Json, profile: Profile) -> dict[tuple[str, str], float]:
    """Return what each input adds to the total [-]."""
    return {
        (component.name, one.name): component.weight * ((stored.get(one.name) or {}).get("contribution") or 0.0)
        for component in profile.components
        for one in component.inputs
    }
