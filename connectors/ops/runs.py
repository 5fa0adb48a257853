"""What is written: a snapshot of what was read, what discovery found in it, and how that was ranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import polars as pl

from connectors.ops import ids
from scoring.project import Source


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What was read. input_sha256: over the content of all of it, 64 hexadecimal digits. read_at: when, aware.

    wells: table `wells` of the project. production: a row a well and month, with well_id, month (Date) and those of
    oil_sm3, water_sm3, gas_sm3, hours_on, water_injected_sm3, gas_injected_sm3 that there are. None for none.
    """

    project_id: str
    input_sha256: str
    as_of: date
    crs: str | None
    read_at: datetime
    sources: tuple[Source, ...] = ()
    wells: pl.DataFrame | None = None
    production: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Discovery:
    """What was found under a profile. candidates: as scoring.discovery makes them, without rows of no interval.

    strips: a row a sample to draw, with candidate_id, md_m and those of gr, rt, vsh, phie, sw that there are; thinned
    to what a strip can show. None where there are no logs.
    """

    profile_key: str
    profile_sha256: str
    code_version: str
    generated_at: datetime
    candidates: pl.DataFrame
    strips: pl.DataFrame | None = None

    def id(self, snapshot: Snapshot) -> UUID:
        """Return the id of this search in `snapshot`."""
        return ids.discovery_id(
            snapshot.project_id, snapshot.input_sha256, self.profile_key, self.profile_sha256, self.code_version
        )


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """How it was ranked. targets: scored and ranked, with would_change. gaps: long, as scoring makes them.

    scoring_profile_id: of the stored profile; weights: its component weights. stated_inputs: overrides that were used.
    """

    scoring_profile_id: UUID
    profile_key: str
    profile_sha256: str
    scoring_version: str
    code_version: str
    weights: Mapping[str, float]
    generated_at: datetime
    requested_by: str
    targets: pl.DataFrame
    gaps: pl.DataFrame
    stated_inputs: tuple[Mapping[str, Any], ...] = ()

    def id(self, snapshot: Snapshot) -> UUID:
        """Return the id of this run over `snapshot`."""
        return ids.run_id(
            snapshot.project_id, snapshot.input_sha256, self.profile_key, self.profile_sha256, self.code_version
        )


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A run as it stands in the database.

    new: its rows were written now; else they were there. targets: those of the ranking by rank, with target_key and
    reopening_target_id. gaps_opened counts new and reopened ones.
    """

    run_id: UUID
    discovery_id: UUID
    new: bool
    targets: pl.DataFrame
    gaps_opened: int = 0
    gaps_resolved: int = 0


def summary_of(targets: pl.DataFrame) -> dict[str, Any]:
    """Return the counts of a ranking as the contract has them: per class that occurs, blocked, ready for review."""
    counted = targets.group_by("classification").len().sort("classification")
    counts: dict[str, int] = dict(counted.iter_rows())
    return {
        "class_counts": counts,
        "blocked_count": counts.get("C", 0) + counts.get("Q", 0),
        "review_ready_count": counts.get("A", 0) + counts.get("B", 0),
    }
