"""The worklist: header, rail, table, bulk review, and the drawer of a target where one is open."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar
from uuid import UUID

from markupsafe import Markup

from connectors.ops.leading import LeadingGap
from connectors.ops.shapes import Facets, Header, Page, RunRow, Sort, TargetRow
from scoring.vocabulary import BLOCK, WARNING
from welltegra.auth.principal import Principal
from welltegra.web.asked import Asked
from welltegra.web.columns import COLUMNS, TITLES_BY_SORT, USUAL, Column
from welltegra.web.drawings.bars import Score, component_bars, score_bar
from welltegra.web.pages.rail import Rail, rail
from welltegra.web.pages.shell import Shell, shell
from welltegra.web.pages.target import TargetPage
from welltegra.web.words import ACTION_WORDS, CLASS_WORDS, NOTE_NEEDED, gap_words

COMPONENTS = ("static", "dynamic", "operability", "confidence")


@dataclass(frozen=True, slots=True)
class Count:
    """A chip of the header: a class and how many are of it. letter: empty for all."""

    letter: str
    words: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column. order: ascending, descending or none. place: among several keys, from 1; 0 for none."""

    column: Column
    href: str | None
    order: str
    place: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What stands in the way. tone: ok, gap or q; empty for what only warns."""

    tone: str
    words: str
    more: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. change: ranks risen since the run before; None for a new target."""

    target: TargetRow
    href: str
    change: int | None
    total: Markup
    components: Markup
    evidence: Evidence
    open: bool
    selected: bool


@dataclass(frozen=True, slots=True)
class Bulk:
    """What was about to be said of several at once. selected: their ids with versions. fault: why it was not."""

    selected: tuple[str, ...] = ()
    state: str = ""
    note: str = ""
    fault: str | None = None
    needs_note: tuple[str, ...] = NOTE_NEEDED


_NOTHING = Bulk()


@dataclass(frozen=True, slots=True)
class WorklistPage:
    """columns: what can be chosen, and whether it is shown. notice: of what was just done. may_*: of who asks.

    bulk: what was not done yet of several. beyond: those selected that are not on this page.
    """

    template: ClassVar[str] = "worklist.html"
    shell: Shell
    header: Header
    counts: tuple[Count, ...]
    rail: Rail
    heads: tuple[Head, ...]
    choice: tuple[tuple[Column, bool], ...]
    own_columns: bool
    rows: tuple[Row, ...]
    bulk: Bulk
    beyond: tuple[str, ...]
    total: int
    sorted_by: str
    unsorted: str | None
    more: str | None
    compare: str | None
    exports: tuple[tuple[str, str], ...]
    text: str
    here: str
    kept: tuple[tuple[str, str], ...]
    filters: tuple[tuple[str, str], ...]
    old_run: str | None
    may_review: bool
    may_rank: bool
    notice: str | None
    target: TargetPage | None


@dataclass(frozen=True, slots=True)
class ReviewedPage:
    """The drawer again, and its row in the list, after a review."""

    template: ClassVar[str] = "reviewed.html"
    target: TargetPage
    heads: tuple[Head, ...]
    row: Row
    may_review: bool


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Some rows of a list, as they are now."""

    template: ClassVar[str] = "rows.html"
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    may_review: bool


@dataclass(frozen=True, slots=True)
class EmptyWorklistPage:
    """A project that was never ranked. folder: whether this server knows where it lies."""

    template: ClassVar[str] = "worklist_empty.html"
    shell: Shell
    may_rank: bool
    rankings: str
    folder: bool


def worklist_page(
    asked: Asked,
    principal: Principal,
    header: Header,
    page: Page,
    facets: Facets,
    runs: Sequence[RunRow] = (),
    target: TargetPage | None = None,
    notice: str | None = None,
    leading: Mapping[UUID, LeadingGap] | None = None,
    projects: Sequence[str] = (),
    bulk: Bulk = _NOTHING,
    *,
    folder: bool,
) -> WorklistPage:
    """Return the page of a list, with the drawer of a target over it where one is open.

    leading: the gap to see to first, by target. projects: the ids of those that one may go to. folder: whether this
    server knows where the project lies, without which nobody ranks here.
    """
    shown = asked.columns or USUAL
    selected, first = {one.partition(":")[0] for one in bulk.selected}, leading or {}
    open_id = None if target is None else str(target.row.reopening_target_id)
    before = next(
        (
            run
            for run in runs
            if run.status == "succeeded"
            and run.generated_at < header.generated_at
            and run.profile_key == header.profile_key
        ),
        None,
    )
    return WorklistPage(
        shell=shell(f"{header.project_id} · Worklist", principal, header.project_id, "Worklist"),
        header=header,
        counts=_counts(asked, header),
        rail=rail(asked, facets, projects),
        heads=tuple(_head(asked, COLUMNS[key]) for key in COLUMNS if key in shown),
        choice=tuple((column, column.key in shown) for column in COLUMNS.values()),
        own_columns=bool(asked.columns),
        rows=tuple(_row(asked, row, open_id, first.get(row.reopening_target_id), selected) for row in page.rows),
        bulk=bulk,
        beyond=_beyond(bulk, page.rows),
        total=page.total,
        sorted_by=_sorted_by(asked.sort),
        unsorted=replace(asked, sort=Sort(), after=None).list_href() if asked.sort != Sort() else None,
        more=None if page.next_cursor is None else asked.list_href(page.next_cursor),
        compare=None if before is None else f"{asked.base}/compare?before={before.run_id}&after={header.run_id}",
        exports=tuple((kind, asked.export_href(kind)) for kind in ("xlsx", "csv", "parquet", "json")),
        text=asked.text_href(),
        here=asked.list_href(),
        kept=tuple(asked.kept()),
        filters=tuple(asked.filters.to_query()),
        old_run=None if header.is_current else f"{asked.base}/worklist",
        may_review=principal.may(header.project_id, "operator"),
        may_rank=folder and principal.may(header.project_id, "project_admin"),
        notice=notice,
        target=target,
    )


def empty_worklist_page(project_id: str, principal: Principal, *, folder: bool) -> EmptyWorklistPage:
    """Return the page of a project without a ranking."""
    around = shell(f"{project_id} · Worklist", principal, project_id, "Worklist")
    base = around.places[0].href.removesuffix("/worklist")
    return EmptyWorklistPage(around, principal.may(project_id, "project_admin"), f"{base}/rankings", folder)


def reviewed_page(
    asked: Asked, principal: Principal, target: TargetPage, leading: LeadingGap | None = None
) -> ReviewedPage:
    """Return the drawer with the row of its target, for the list beside it."""
    shown = asked.columns or USUAL
    heads = tuple(_head(asked, COLUMNS[key]) for key in COLUMNS if key in shown)
    row = _row(asked, target.row, str(target.row.reopening_target_id), leading)
    return ReviewedPage(target, heads, row, principal.may(asked.project_id, "operator"))


def rows_page(
    asked: Asked, principal: Principal, rows: Sequence[TargetRow], leading: Mapping[UUID, LeadingGap]
) -> RowsPage:
    """Return some rows of the list. leading: the gap to see to first, by target."""
    shown = asked.columns or USUAL
    heads = tuple(_head(asked, COLUMNS[key]) for key in COLUMNS if key in shown)
    found = tuple(_row(asked, row, None, leading.get(row.reopening_target_id)) for row in rows)
    return RowsPage(heads, found, principal.may(asked.project_id, "operator"))


def evidence_of(row: TargetRow, leading: LeadingGap | None) -> Evidence:
    """Return what stands in the way of a target: its leading gap, by what that one does."""
    if leading is None:
        part = row.evidence_completeness
        if part is None or part >= 1:
            return Evidence("ok", "complete", 0)
        return Evidence("gap", f"evidence {part:.0%}", 0)
    said, more = f": {gap_words(leading.code)}", len(row.gap_codes) - 1
    if row.classification == "Q" and leading.action == BLOCK:
        return Evidence("q", f"quarantined{said}", more)
    return Evidence("" if leading.action == WARNING else "gap", f"{ACTION_WORDS[leading.action]}{said}", more)


def _beyond(bulk: Bulk, rows: Sequence[TargetRow]) -> tuple[str, ...]:
    shown = {str(row.reopening_target_id) for row in rows}
    return tuple(one for one in bulk.selected if one.partition(":")[0] not in shown)


def _row(
    asked: Asked, row: TargetRow, open_id: str | None, leading: LeadingGap | None, selected: Container[str] = ()
) -> Row:
    scores = [Score(name, getattr(row, f"{name}_score"), getattr(row, f"{name}_potential")) for name in COMPONENTS]
    return Row(
        target=row,
        href=asked.target_href(row.reopening_target_id),
        change=None if row.previous_rank is None else row.previous_rank - row.target_rank,
        total=score_bar(Score("total", row.total_score, row.total_potential)),
        components=component_bars(scores),
        evidence=evidence_of(row, leading),
        open=str(row.reopening_target_id) == open_id,
        selected=str(row.reopening_target_id) in selected,
    )


def _counts(asked: Asked, header: Header) -> tuple[Count, ...]:
    chosen = asked.filters.classification
    every = Count("", "targets", header.total, asked.with_class(None).list_href(), not chosen)
    return (
        every,
        *(
            Count(
                letter,
                words,
                header.class_counts.get(letter, 0),
                asked.with_class(letter).list_href(),
                chosen == (letter,),
            )
            for letter, words in CLASS_WORDS.items()
        ),
    )


def _head(asked: Asked, column: Column) -> Head:
    names = [name for name, _ in asked.sort.keys]
    if column.sort is None:
        return Head(column, None, "none", 0)
    place = names.index(column.sort) + 1 if column.sort in names else 0
    order = "none" if not place else "descending" if asked.sort.keys[place - 1][1] else "ascending"
    return Head(column, asked.sorted_by(column.sort).list_href(), order, place if len(names) > 1 else 0)


def _sorted_by(sort: Sort) -> str:
    said = [f"{TITLES_BY_SORT.get(name, name).lower()}{' ↓' if down else ''}" for name, down in sort.keys]
    return ", then ".join(said)
