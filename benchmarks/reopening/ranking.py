"""A ranking as the product makes and writes it, from targets as assessment leaves them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Final
from uuid import UUID

import polars as pl

from connectors.ops.runs import Discovery, Ranking, Snapshot
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from schemas.profiles import canonical_profile
from schemas.scoring_profile import ProfileDocument
from scoring.discovery import CANDIDATE_COLUMNS
from scoring.explain import what_would_change
from scoring.rank import rank
from scoring.scores import score

_AT: Final = datetime(2026, 3, 1, tzinfo=UTC)
_SHA: Final = 64 * "a"


@dataclass(frozen=True)
class Took:
    """The parts of one ranking [s]."""

    score: float
    rank: float
    explain: float
    gaps: float
    write: float

    @property
    def whole(self) -> float:
        return self.score + self.rank + self.explain + self.gaps + self.write


def rank_and_write(dsn: str, targets: pl.DataFrame, profile_id: UUID) -> Took:
    """Score, rank, explain and write the targets as `welltegra rank` does; return what took how long."""
    document = canonical_profile()
    profile = document.profile
    marks = [perf_counter()]
    scored = score(targets, profile)
    marks.append(perf_counter())
    ranked = rank(scored.targets)
    marks.append(perf_counter())
    ranked = ranked.hstack(what_would_change(ranked, profile))
    marks.append(perf_counter())
    gaps = scored.gaps
    del scored
    marks.append(perf_counter())
    write_ranking(Postgres(dsn), _SNAPSHOT, _discovery(targets, document), _ranking(ranked, gaps, profile_id, document))
    marks.append(perf_counter())
    return Took(*(after - before for before, after in itertools.pairwise(marks)))


_SNAPSHOT: Final = Snapshot("benchmark", _SHA, _AT.date(), "EPSG:23031", _AT)


def _discovery(targets: pl.DataFrame, document: ProfileDocument) -> Discovery:
    candidates = targets.select(name for name in CANDIDATE_COLUMNS if name in targets.columns)
    return Discovery(document.profile.profile_key, document.sha256, "benchmark", _AT, candidates)


def _ranking(targets: pl.DataFrame, gaps: pl.DataFrame, profile_id: UUID, document: ProfileDocument) -> Ranking:
    profile = document.profile
    return Ranking(
        scoring_profile_id=profile_id,
        profile_key=profile.profile_key,
        profile_sha256=document.sha256,
        scoring_version=profile.scoring_version,
        code_version="benchmark",
        weights={component.name: component.weight for component in profile.components},
        generated_at=_AT,
        requested_by="benchmark",
        targets=targets,
        gaps=gaps,
    )
