"""What was read, and what was found in it, as the database keeps it."""

from __future__ import annotations

import polars as pl

from connectors.ops.runs import Discovery, Snapshot
from connectors.projects.files import FILE, input_sha256, sha256_of
from schemas.scoring_profile import ProfileDocument
from scoring.places import paths
from scoring.project import Project
from welltegra.reopening.code_version import code_version
from welltegra.reopening.job import Job
from welltegra.reopening.monthly import monthly_volumes
from welltegra.reopening.search import Found


def snapshot_of(job: Job, project: Project) -> Snapshot:
    """Return the project as it was read, each well with its way on the map."""
    wells = project.tables["wells"]
    ways = paths(wells, project.tables.get("surveys"))
    return Snapshot(
        project_id=project.project_id,
        input_sha256=input_sha256(sha256_of((job.folder / FILE).read_bytes()), project.sources),
        as_of=project.as_of,
        crs=project.crs,
        read_at=job.read_at,
        sources=project.sources,
        wells=wells.join(ways, on="well_id", how="left", maintain_order="left"),
        production=monthly_volumes(project),
    )


def discovery_of(job: Job, document: ProfileDocument, found: Found) -> Discovery:
    """Return what was found under a profile."""
    return Discovery(
        profile_key=document.profile.profile_key,
        profile_sha256=document.sha256,
        code_version=code_version(),
        generated_at=job.read_at,
        candidates=found.discovery.candidates,
        strips=found.discovery.strips,
    )


def barren(found: Found) -> int:
    """Return in how many wells the logs were read and hold no pay."""
    return len(found.evaluated - set(found.discovery.candidates["well_id"]))


def remarks(found: Found) -> tuple[str, ...]:
    """Return why wells gave nothing, or less than they might."""
    said = [found.problems.select("well_id", "detail"), found.discovery.problems]
    return tuple(f"{well_id}: {detail}" for well_id, detail in pl.concat(said).unique().sort(pl.all()).iter_rows())
