"""A small ranking in a database: of every class, with gaps, and scores that differ."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from connectors.ops.profiles import StoredProfile
from connectors.ops.runs import Written
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from tests.connectors.ops.frames import READ_AT, candidate, discovery, gap, gaps, ranking, scored, snapshot, targets

PROJECT = "kern_reopen_demo"
CLASSES = "AABBBCCCDQ"
RISKS = ("low", "moderate", "high", "severe", "unknown")
ACTIONS = {"A": "Plan the recompletion.", "B": "Review.", "C": "Take a static pressure."}
BLOCK = "decision_grade_block"


def written(
    database: Postgres,
    profile: StoredProfile,
    content: str = "a",
    project: str = PROJECT,
    change: Mapping[int, Mapping[str, Any]] | None = None,
    classes: str = CLASSES,
) -> Written:
    """Write a ranking of ten targets, W-1 to W-10 by rank; `change` replaces columns of some, by number."""
    wells = [f"W-{number}" for number in range(1, len(classes) + 1)]
    found = [candidate(well, 1, 2000.0 + 20 * number) for number, well in enumerate(wells, 1)]
    rows = []
    for number, (letter, one) in enumerate(zip(classes, found, strict=True), 1):
        own = {
            "well_name": f"100%_{number}" if number == 3 else f"Kern {number}",
            "field": "Kern" if number % 2 else "Chanac",
            "reservoir": f"R{number % 3}",
            "depletion_risk": RISKS[number % 5],
            "evidence_completeness": None if number == 4 else number / 10,
            "recommended_action": ACTIONS.get(letter),
            "unswept_volume_m3": None if number % 4 == 0 else 1000.0 * number,
            "data_confidence": "high" if number < 6 else "low",
            "scores": {"static": round(0.9 - number / 20, 6)},
        }
        rows.append(scored(one, letter, **own | dict((change or {}).get(number, {}))))
    missing = gaps(
        gap(found[5], "G3.DEPLETION", gap_domain="production", severity="major", promotion_action=BLOCK),
        gap(found[3], "G2.CRS", gap_domain="spatial", severity="major", promotion_action="spatial_only_quarantine"),
        gap(found[3]),
    )
    # A rerun comes later: an hour for each letter.
    at = READ_AT + timedelta(hours=ord(content) - ord("a"))
    made = ranking(profile.scoring_profile_id, targets(*rows), missing, profile_sha256=profile.sha256, generated_at=at)
    return write_ranking(database, snapshot(content, project), discovery(found), made)


def id_of(run: Written, number: int) -> UUID:
    """Return the id of the target of this rank."""
    return UUID(run.targets["reopening_target_id"][number - 1])
