"""What stands in the way of targets most: of each the gap to see to first, and what that one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sql
from connectors.ops.reading import Connection
from scoring.vocabulary import GATES


@dataclass(frozen=True, slots=True)
class LeadingGap:
    """The gap of a target that does most. action: its promotion action, a word of the vocabulary."""

    code: str
    action: str


def leading_gaps(connection: Connection, ids: Sequence[UUID]) -> dict[UUID, LeadingGap]:
    """Return the leading gap of each of these targets that has one."""
    if not ids:
        return {}
    rows = connection.execute(sql.query("select_leading_gaps"), {"ids": list(ids), "gates": list(GATES)})
    return {target_id: LeadingGap(code, action) for target_id, code, action in rows}
