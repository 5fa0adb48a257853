"""Two rankings side by side: who moved, and which input moved them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import quote

from markupsafe import Markup

from connectors.ops.shapes import Comparison, Move, MovedInput, RunRow
from welltegra.auth.principal import Principal
from welltegra.web.drawings.moves import moved_bar, rank_lines
from welltegra.web.pages.shell import Shell, shell
from welltegra.web.words import input_words, value_words

_MOST_INPUTS = 4
_MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class MovedRow:
    """An input that moved a target: its values, and what it adds now beyond what it added before."""

    title: str
    component: str
    before: str
    after: str
    moved: float
    bar: Markup


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A target in both rankings. more: how many inputs more there are than are shown."""

    move: Move
    href: str | None
    inputs: tuple[MovedRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class ComparePage:
    """before, after: None until both are chosen. same: whether they were ranked by one version of a profile."""

    template: ClassVar[str] = "compare.html"
    shell: Shell
    action: str
    runs: tuple[RunRow, ...]
    before: RunRow | None
    after: RunRow | None
    same: bool
    moved: int
    entered: int
    left: int
    drawing: Markup | None
    moves: tuple[MoveRow, ...]


def compare_page(
    project_id: str, principal: Principal, runs: Sequence[RunRow], found: Comparison | None
) -> ComparePage:
    """Return the page. found: None until two are chosen."""
    base = f"/projects/{quote(project_id, safe='')}"
    moves = () if found is None else found.moves
    most = max((abs(one.moved) for move in moves for one in move.moved_by), default=0.0)
    both = [
        (move.rank_before, move.rank_after, move.well_id, move.classification_after or "")
        for move in moves[:_MOST_LINES]
        if move.rank_before is not None and move.rank_after is not None
    ]
    return ComparePage(
        shell=shell(f"{project_id} · Compare", principal, project_id, "Compare"),
        action=f"{base}/compare",
        runs=tuple(run for run in runs if run.status == "succeeded"),
        before=None if found is None else found.before,
        after=None if found is None else found.after,
        same=found is None or found.before.scoring_profile_id == found.after.scoring_profile_id,
        moved=0 if found is None else found.moved,
        entered=0 if found is None else found.entered,
        left=0 if found is None else found.left,
        drawing=rank_lines(both) if both else None,
        moves=tuple(_row(move, base, most) for move in moves),
    )


def _row(move: Move, base: str, most: float) -> MoveRow:
    shown = move.moved_by[:_MOST_INPUTS]
    return MoveRow(
        move=move,
        href=None if move.target_id_after is None else f"{base}/worklist/{move.target_id_after}",
        inputs=tuple(_moved(one, most) for one in shown),
        more=len(move.moved_by) - len(shown),
    )


def _moved(one: MovedInput, most: float) -> MovedRow:
    title = input_words(one.input)
    return MovedRow(
        title,
        one.component,
        value_words(one.before),
        value_words(one.after),
        one.moved,
        moved_bar(one.moved, most, title),
    )
