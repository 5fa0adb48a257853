"""A ranking: the steps of the flow from what wells hold to targets by rank, and the writing of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import polars as pl

from connectors.ops import contract
from connectors.ops.runs import Ranking, summary_of
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from connectors.projects.places_at_depth import at_depth
from schemas.scoring_profile import ProfileDocument
from schemas.topics import REOPENING_TARGETS
from scoring.assessment import assess_reservoir
from scoring.explain import what_would_change
from scoring.overrides import override_faults, with_overrides
from scoring.project import Project
from scoring.rank import rank
from scoring.scores import score
from scoring.unswept_volume import with_unswept_volume
from welltegra.reopening.code_version import code_version
from welltegra.reopening.contracts import publish_whole, write_whole
from welltegra.reopening.job import Job, Ranked
from welltegra.reopening.search import Found, merged
from welltegra.reopening.snapshots import barren, discovery_of, remarks, snapshot_of

_SHOWN: Final = 20
_HEAD: Final = (
    *("target_rank", "well_id", "event_no", "zone", "classification", "total_score", "total_potential"),
    "recommended_action",
)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """Scored targets of one reservoir or of all, their gaps, and what they were found by."""

    found: Found
    targets: pl.DataFrame
    gaps: pl.DataFrame


def assess_and_score(project: Project, reservoir: str, found: Found, document: ProfileDocument) -> Portfolio:
    """Return the scored targets of a reservoir ("": of wells that name none)."""
    profile = document.profile
    project = replace(project, problems=pl.concat([project.problems, found.problems]))
    targets = assess_reservoir(project, found.discovery.candidates, reservoir or None, profile, found.evaluated)
    targets = at_depth(targets, project.crs)
    if "overrides" in project.tables:
        targets = with_overrides(targets, project.tables["overrides"], profile)
    scored = score(with_unswept_volume(targets), profile)
    return Portfolio(found, scored.targets, scored.gaps)


def ranked(reservoirs: Sequence[Portfolio], document: ProfileDocument) -> Portfolio:
    """Return all reservoirs as one ranking, each target with what would change its class."""
    targets = rank(pl.concat([one.targets for one in reservoirs], how="diagonal"))
    explained = targets.hstack(what_would_change(targets, document.profile))
    gaps = pl.concat([one.gaps for one in reservoirs])
    return Portfolio(merged([one.found for one in reservoirs]), explained, gaps)


def write(job: Job, project: Project, document: ProfileDocument, portfolio: Portfolio) -> Ranked:
    """Write a ranking wherever it was asked for, the database first; return what to say of it."""
    profile = document.profile
    snapshot, discovery = snapshot_of(job, project), discovery_of(job, document, portfolio.found)
    stated, refused = _stated(project, portfolio.targets, document)
    ranking = Ranking(
        scoring_profile_id=job.scoring_profile_id,
        profile_key=profile.profile_key,
        profile_sha256=document.sha256,
        scoring_version=profile.scoring_version,
        code_version=code_version(),
        weights={component.name: component.weight for component in profile.components},
        generated_at=job.read_at,
        requested_by=job.requested_by,
        targets=portfolio.targets,
        gaps=portfolio.gaps,
        stated_inputs=stated,
    )
    written = write_ranking(Postgres(job.dsn), snapshot, discovery, ranking)
    write_whole(job.json, lambda file: contract.write_targets(file, snapshot, ranking, written))
    head, lines = contract.targets_head(snapshot, ranking, written), contract.target_lines(ranking, written)
    return Ranked(
        run_id=written.run_id,
        new=written.new,
        counts=summary_of(portfolio.targets)["class_counts"],
        head=tuple(portfolio.targets.head(_SHOWN).select(_HEAD).iter_rows(named=True)),
        gaps=portfolio.gaps.height,
        gaps_opened=written.gaps_opened,
        gaps_resolved=written.gaps_resolved,
        barren=barren(portfolio.found),
        stated=len(stated),
        remarks=(*remarks(portfolio.found), *refused),
        published=publish_whole(job.kafka, REOPENING_TARGETS, head, lines),
    )


def _stated(
    project: Project, targets: pl.DataFrame, document: ProfileDocument
) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Return the overrides that the ranking used, and what is wrong with those that were left out."""
    overrides = project.tables.get("overrides")
    if overrides is None:
        return (), ()
    sound = overrides.filter(
        pl.Series([not override_faults(one, document.profile) for one in overrides.iter_slices(1)], dtype=pl.Boolean)
    ).with_row_index("row")
    places = targets.select("well_id", pl.col("zone").cast(pl.String).alias("zone_there")).unique()
    there = sound.join(places, on="well_id").filter(pl.col("zone").is_null() | (pl.col("zone") == pl.col("zone_there")))
    used = sound.filter(pl.col("row").is_in(there["row"].to_list()))
    idle = [
        f"override of {name!r} for well {well_id!r}{'' if zone is None else f', zone {zone!r}'}: must be of a target;"
        " the ranking has none there. It is not used; correct the well or the zone."
        for well_id, zone, name in sound.join(used, on="row", how="anti").select("well_id", "zone", "input").iter_rows()
    ]
    # Of one input stated twice the later holds.
    holding = used.sort("well_id", "zone", "input", "date", "author", "value", "reason", nulls_last=True).unique(
        ["well_id", "zone", "input"], keep="last", maintain_order=True
    )
    said = holding.select(
        *("well_id", "zone", "input", "value", "reason", "author"), pl.col("date").dt.to_string("%Y-%m-%d")
    )
    return tuple(said.iter_rows(named=True)), (*override_faults(overrides, document.profile), *idle)
