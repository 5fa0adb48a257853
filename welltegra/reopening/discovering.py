"""Discovery by itself: intervals of bypassed pay, and averages of the zones, without a score."""

from __future__ import annotations

from typing import Final

import polars as pl

from connectors.ops import contract
from connectors.ops.writer import write_discovery
from connectors.postgres.config import Postgres
from schemas.scoring_profile import ProfileDocument
from schemas.topics import BYPASSED_PAY
from scoring.project import Project
from welltegra.reopening.contracts import publish_whole, write_whole
from welltegra.reopening.job import Discovered, Job
from welltegra.reopening.search import Found
from welltegra.reopening.snapshots import barren, discovery_of, remarks, snapshot_of

_SHOWN: Final = 20
_HEAD: Final = (
    *("well_id", "zone", "top_md_m", "base_md_m", "net_pay_m", "phie", "sw", "hcpt_m", "completion_status"),
    *("position_confidence", "recommended_action"),
)


def write(job: Job, project: Project, document: ProfileDocument, found: Found) -> Discovered:
    """Write what was found wherever it was asked for, the database first; return what to say of it."""
    snapshot, discovery = snapshot_of(job, project), discovery_of(job, document, found)
    discovery_id = write_discovery(Postgres(job.dsn), snapshot, discovery)
    write_whole(job.json, lambda file: contract.write_candidates(file, snapshot, discovery))
    zones = found.discovery.zones
    parquet = job.zones is not None and job.zones.suffix == ".parquet"
    write_whole(job.zones, zones.write_parquet if parquet else zones.write_csv)
    candidates = found.discovery.candidates
    thickest = candidates.sort(["hcpt_m", "well_id", "event_no"], descending=[True, False, False], nulls_last=True)
    return Discovered(
        discovery_id=discovery_id,
        candidates=candidates.height,
        wells=candidates.select(pl.col("well_id").n_unique()).item(),
        head=tuple(thickest.head(_SHOWN).select(_HEAD).iter_rows(named=True)),
        barren=barren(found),
        remarks=remarks(found),
        published=publish_whole(
            job.kafka, BYPASSED_PAY, contract.candidates_head(snapshot, discovery), contract.candidate_lines(discovery)
        ),
    )
