"""Rows of the list by the ids of their targets, as they are now: also those that a filter has let go since."""

from __future__ import annotations

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

import sql
from connectors.ops import worklist as reading
from connectors.ops.leading import leading_gaps
from welltegra.api.guard import principal_of
from welltegra.api.worklist import ranking_of
from welltegra.web.pages.worklist import rows_page
from welltegra.web.views.answers import PAGE, ProjectId, asked_of, shown, state_of

router = APIRouter()
# An address of so many ids stays under 4 kB.
MOST: Final = 80


@router.get("/projects/{project_id}/worklist/rows", name="page_rows", **PAGE)
def rows(
    request: Request,
    project_id: ProjectId,
    of: Annotated[UUID, Query()],
    id: Annotated[list[UUID], Query(max_length=MOST)],  # noqa: A002 - what they are
) -> Response:
    """Return these targets of a ranking as rows, with the columns of the list; one that is not of it is left out."""
    asked = asked_of(request, project_id)
    with state_of(request).database.transaction("reader") as connection:
        ranking = ranking_of(connection, project_id, of)
        asked_for = {"run_id": ranking.run_id, "ids": id}
        ids = [one for (one,) in connection.execute(sql.query("select_ids_of_run"), asked_for)]
        found = reading.rows(connection, ranking.run_id, ids)
        page = rows_page(asked, principal_of(request), found, leading_gaps(connection, ids))
    return shown(page)
