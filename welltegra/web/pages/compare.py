"""Two rankings side by side: who moved, and which input moved them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from markupsafe import Markup

from connectors.ops.shapes import Comparison, RunRow
from welltegra.auth.principal import Principal
from welltegra.web.pages.moves import MoveRow, lines_of, move_rows
from welltegra.web.pages.shell import Shell, shell


@dataclass(frozen=True, slots=True)
class ComparePage:
    """before, after: None until both are chosen. same: whether they were ranked by one version of a profile.

    of_profiles: where their two versions stand side by side; None where they are one. profiles: where any two do.
    """

    template: ClassVar[str] = "compare.html"
    shell: Shell
    action: str
    runs: tuple[RunRow, ...]
    before: RunRow | None
    after: RunRow | None
    same: bool
    profiles: str
    of_profiles: str | None
    moved: int
    entered: int
    left: int
    changed: int
    differing: int
    drawing: Markup | None
    moves: tuple[MoveRow, ...]


def compare_page(
    project_id: str, principal: Principal, runs: Sequence[RunRow], found: Comparison | None
) -> ComparePage:
    """Return the page. found: None until two are chosen."""
    base = f"/projects/{quote(project_id, safe='')}"
    moves = () if found is None else found.moves
    versions = None if found is None else (found.before.scoring_profile_id, found.after.scoring_profile_id)
    same = versions is None or versions[0] == versions[1]
    profiles = f"{base}/compare?of=profiles"
    return ComparePage(
        shell=shell(f"{project_id} · Compare", principal, project_id, "Compare"),
        action=f"{base}/compare",
        runs=tuple(run for run in runs if run.status == "succeeded"),
        before=None if found is None else found.before,
        after=None if found is None else found.after,
        same=same,
        profiles=profiles,
        of_profiles=None if same or versions is None else f"{profiles}&before={versions[0]}&after={versions[1]}",
        moved=0 if found is None else found.moved,
        entered=0 if found is None else found.entered,
        left=0 if found is None else found.left,
        changed=0 if found is None else found.changed,
        differing=0 if found is None else found.differing,
        drawing=lines_of(moves),
        moves=move_rows(moves, base),
    )
