"""Rankings of a project: one that runs with how far it is, those that were asked for, and what they came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import ClassVar, Final
from urllib.parse import quote

from connectors.ops.shapes import Job, RunRow
from welltegra.auth.principal import Principal
from welltegra.web.pages.shell import Shell, shell

ACTIVE: Final = ("queued", "running")
# Of a page.
RUNS: Final = 50


@dataclass(frozen=True, slots=True)
class RankingsPage:
    """active: the job that waits or runs; None for none. folder: whether this server knows where the project lies.

    runs: each with the one before it, None for the first of all. older: address of those before; None at the end.
    newest: whether it begins with the newest, so that the current one is among them.
    """

    template: ClassVar[str] = "rankings.html"
    shell: Shell
    base: str
    active: Job | None
    jobs: tuple[Job, ...]
    runs: tuple[tuple[RunRow, RunRow | None], ...]
    older: str | None
    newest: bool
    may_rank: bool
    folder: bool


def rankings_page(
    project_id: str, principal: Principal, jobs: Sequence[Job], runs: Sequence[RunRow], *, newest: bool, folder: bool
) -> RankingsPage:
    """Return the page of the first RUNS of `runs`, the newest first."""
    base = f"/projects/{quote(project_id, safe='')}"
    pairs = tuple(zip_longest(runs, runs[1:]))
    return RankingsPage(
        shell=shell(f"{project_id} · Rankings", principal, project_id, "Rankings"),
        base=base,
        active=next((job for job in jobs if job.state in ACTIVE), None),
        jobs=tuple(jobs),
        runs=pairs[:RUNS],
        older=f"{base}/rankings?before={runs[RUNS - 1].run_id}" if len(runs) > RUNS else None,
        newest=newest,
        may_rank=principal.may(project_id, "project_admin"),
        folder=folder,
    )
