"""The list: its header, a page of it in any order, and what rankings there are; in a transaction of the caller's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final
from uuid import UUID

from psycopg import sql as pgsql

from connectors.errors import Fault
from connectors.ops import asking
from connectors.ops.facets import count
from connectors.ops.filters import Cursor, Filters, QueryFaults, Sort
from connectors.ops.reading import Connection, all_of, found_by, one_of, scalar
from connectors.ops.shapes_of_lists import Header, Page, ProjectRow, RunRow
from connectors.ops.shapes_of_targets import TargetRow
from scoring.vocabulary import CLASSES

MOST_ROWS: Final = 500
_BY_RANK: Final = Sort()


def header(
    connection: Connection, project_id: str, run_id: UUID | None = None, profile_key: str | None = None
) -> Header | None:
    """Return the header of a run, or of the project's current one; None where there is no such ranking.

    profile_key: of the current one; None for the one that became current last.
    """
    asked = {"project_id": project_id, "run_id": run_id, "profile_key": profile_key}
    found = found_by(connection, "select_header", asked)
    if found is None:
        return None
    newer = _newer(found.pop("newer_overrides"), found.pop("newer_snapshot"), found.pop("newer_profile"))
    summary = found.pop("summary")
    return Header(
        **found,
        class_counts=_all_classes(summary["class_counts"]),
        blocked_count=summary["blocked_count"],
        review_ready_count=summary["review_ready_count"],
        inputs_newer=newer,
    )


def page(
    connection: Connection,
    of: Header,
    filters: Filters,
    sort: Sort = _BY_RANK,
    cursor: Cursor | None = None,
    most: int = 50,
) -> Page:
    """Return a part of the list: at most `most` targets of a ranking, from the first or from after a cursor.

    Raises:
        QueryFaults: The cursor is of another ranking or another order.
    """
    most = max(1, min(most, MOST_ROWS))
    if cursor is not None and (cursor.run_id, cursor.sort) != (of.run_id, sort):
        must, remedy = "cursor must be of the same ranking and order", "Begin with the first page."
        raise QueryFaults([Fault("query: cursor", None, must, "of another", remedy)])
    wanted, values = asking.where(filters)
    further: list[pgsql.Composable] = [wanted]
    if cursor is not None:
        beyond, places = asking.after(cursor)
        further.append(beyond)
        values |= places
    statement = pgsql.SQL("SELECT row.reopening_target_id, {} {} WHERE {} {} LIMIT %(most)s").format(
        pgsql.SQL(", ").join(asking.keys(sort)), asking.FROM, pgsql.SQL(" AND ").join(further), asking.order(sort)
    )
    found = connection.execute(statement, values | {"run_id": of.run_id, "most": most + 1}).fetchall()
    shown = found[:most]
    more = Cursor(of.run_id, sort, tuple(shown[-1][1:])) if len(found) > most else None
    return Page(
        rows=tuple(rows(connection, of.run_id, [each[0] for each in shown])),
        total=count(connection, of, filters),
        next_cursor=None if more is None else str(more),
    )


def rows(connection: Connection, run_id: UUID, ids: Sequence[UUID]) -> list[TargetRow]:
    """Return the rows of these targets, in their order; one that is not there is left out."""
    if not ids:
        return []
    before = scalar(connection, "select_run_before", {"run_id": run_id})
    return all_of(connection, TargetRow, "select_target_rows", {"ids": list(ids), "previous_run_id": before})


def ids(connection: Connection, of: Header, filters: Filters, sort: Sort = _BY_RANK) -> list[UUID]:
    """Return the ids of all targets that the filters leave, in order."""
    wanted, values = asking.where(filters)
    statement = pgsql.SQL("SELECT row.reopening_target_id {} WHERE {} {}").format(
        asking.FROM, wanted, asking.order(sort)
    )
    return [row[0] for row in connection.execute(statement, values | {"run_id": of.run_id})]


def list_runs(connection: Connection, project_id: str, most: int = 100, before: UUID | None = None) -> list[RunRow]:
    """Return the ranking runs of a project, the newest first, also those that failed. before: only older than it."""
    asked = {"project_id": project_id, "run_id": None, "most": most, "before": before}
    found = all_of(connection, RunRow, "select_runs", asked)
    return [_as_ranked(one) for one in found]


def run(connection: Connection, project_id: str, run_id: UUID) -> RunRow | None:
    """Return a ranking run of a project; None where it has no such run."""
    asked = {"project_id": project_id, "run_id": run_id, "most": 1, "before": None}
    found = one_of(connection, RunRow, "select_runs", asked)
    return None if found is None else _as_ranked(found)


def list_projects(connection: Connection) -> list[ProjectRow]:
    """Return every project that was ranked, or is to be."""
    return all_of(connection, ProjectRow, "select_projects", {})


def _as_ranked(one: RunRow) -> RunRow:
    """Return a run as the header has it: ranked when it became current again, where the same input came back to it."""
    return replace(one, generated_at=one.became_current_at or one.generated_at)


def _all_classes(counts: Mapping[str, int]) -> dict[str, int]:
    return {name: counts.get(name, 0) for name in CLASSES}


def _newer(overrides: int, snapshot: bool, profile: bool | None) -> str | None:
    """Return what came after a ranking, in a sentence; None for nothing."""
    return " ".join(_news(overrides, snapshot, profile)) or None


def _news(overrides: int, snapshot: bool, profile: bool | None) -> Iterator[str]:
    if snapshot:
        yield "The project's files were read again since, and were not the same."
    if overrides:
        what = "1 input was" if overrides == 1 else f"{overrides} inputs were"
        yield f"{what} stated or withdrawn after this ranking."
    if profile:
        yield "Another version of the profile is active now."
