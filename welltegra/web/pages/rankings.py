"""Rankings of a project: one that runs with how far it is, those that were asked for, and what they came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from connectors.ops.shapes import Job, RunRow
from welltegra.auth.principal import Principal
from welltegra.web.pages.shell import Shell, shell

ACTIVE = ("queued", "running")


@dataclass(frozen=True, slots=True)
class RankingsPage:
    """active: the job that waits or runs; None for none. folder: whether this server knows where the project lies."""

    template: ClassVar[str] = "rankings.html"
    shell: Shell
    base: str
    active: Job | None
    jobs: tuple[Job, ...]
    runs: tuple[RunRow, ...]
    may_rank: bool
    folder: bool


def rankings_page(
    project_id: str, principal: Principal, jobs: Sequence[Job], runs: Sequence[RunRow], *, folder: bool
) -> RankingsPage:
    """Return the page."""
    return RankingsPage(
        shell=shell(f"{project_id} · Rankings", principal, project_id, "Rankings"),
        base=f"/projects/{quote(project_id, safe='')}",
        active=next((job for job in jobs if job.state in ACTIVE), None),
        jobs=tuple(jobs),
        runs=tuple(runs),
        may_rank=principal.may(project_id, "project_admin"),
        folder=folder,
    )
