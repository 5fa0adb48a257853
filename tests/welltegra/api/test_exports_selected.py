"""What is ticked on the page, taken out by a form: these targets alone, in the ranking and the order that are shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl  # type: ignore[import-untyped]  # it comes without types
import pytest
from fastapi import FastAPI

from tests.web.site import worsen
from tests.welltegra.api.conftest import As, Site, TestClient
from welltegra.api import exports
from welltegra.serving.child import Order, run
from welltegra.web.views import taking

CSRF = "c" * 43
Post = Callable[..., Any]


@pytest.fixture
def operator(site: Site) -> Mapping[str, str]:
    """The headers of a browser of an operator."""
    return {"cookie": f"welltegra_session={site.session({site.ours: 'operator', site.theirs: 'operator'})}"}


@pytest.fixture
def post(site: Site, server: TestClient, operator: Mapping[str, str]) -> Post:
    """Send the form of what is ticked, as the page does."""

    def sent(what: str, project_id: str = site.ours, **form: Any) -> Any:
        place = f"/projects/{project_id}/worklist/{what}"
        kept = {"csrf_token": CSRF, "state": "rejected", "note": "Nobody's business.", **form}
        return server.post(place, data=kept, headers=operator)

    return sent


def rows_of(site: Site, server: TestClient, headers: Mapping[str, str], project_id: str) -> tuple[str, list[Any]]:
    """Return the current ranking of a project, and its targets."""
    place = f"/projects/{project_id}/portfolio/reopening-targets"
    found = server.get(place, params={"limit": 500}, headers=headers).json()
    return found["summary"]["run_id"], found["targets"]


def ticks(rows: list[Any]) -> list[str]:
    return [f"{row['reopening_target_id']}:{row['review_version']}" for row in rows]


def in_workbook(data: bytes) -> list[str]:
    sheet = openpyxl.load_workbook(BytesIO(data)).worksheets[0]
    head, *lines = sheet.iter_rows(values_only=True)
    at = head.index("reopening_target_id")
    return [str(line[at]) for line in lines]


def noted(site: Site, project_id: str) -> list[tuple[Any, ...]]:
    """Return what was noted of the exports of a project, the newest first."""
    with site.postgres.session("") as connection:
        return connection.execute(
            "SELECT actor, format, query, targets, run_id::text FROM ops.worklist_exports"
            " WHERE project_id = %s ORDER BY export_id DESC",
            [project_id],
        ).fetchall()


def test_that_a_workbook_of_what_is_ticked_has_these_in_the_order_shown_and_is_noted_as_such(
    site: Site, server: TestClient, operator: Mapping[str, str], post: Post
) -> None:
    run_id, rows = rows_of(site, server, operator, site.ours)
    chosen = [rows[k] for k in (4, 1, 3)]
    answer = post("export?format=xlsx", run=run_id, sort="-target_rank", target=ticks(chosen))
    assert answer.status_code == 200, answer.text
    assert in_workbook(answer.content) == [rows[k]["reopening_target_id"] for k in (4, 3, 1)]
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert noted(site, site.ours)[0] == ("Ann (ann)", "xlsx", "selected=3", 3, run_id)


def test_that_it_is_of_the_ranking_that_is_shown_also_once_another_is_current(
    site: Site, server: TestClient, operator: Mapping[str, str], post: Post
) -> None:
    before, rows = rows_of(site, server, operator, site.theirs)
    worsen(site.folders[site.theirs], every=2)
    run(Order(site.theirs, str(site.folders[site.theirs]), site.postgres.dsn, "tests"), lambda **_: None)
    after, _ = rows_of(site, server, operator, site.theirs)
    assert after != before
    form = {"project_id": site.theirs, "target": ticks(rows[1:3])}
    answer = post("export?format=xlsx", run=before, **form)
    assert in_workbook(answer.content) == [row["reopening_target_id"] for row in rows[1:3]]
    assert noted(site, site.theirs)[0][-1] == before
    assert post("text", run=before, **form).text.count("\n") == 3
    # Of the current one they are not, and nothing else is given instead.
    assert {post(what, run=after, **form).status_code for what in ("export", "text")} == {404}


@pytest.mark.parametrize(("what", "count"), [("export", 400), ("text", 400), ("export", 900)])
def test_that_many_can_be_ticked(
    what: str, count: int, site: Site, server: TestClient, operator: Mapping[str, str], post: Post
) -> None:
    run_id, rows = rows_of(site, server, operator, site.ours)
    many = (ticks(rows) * count)[:count]
    answer = post(what, run=run_id, target=many)
    assert answer.status_code == 200, answer.text
    found = len(in_workbook(answer.content)) if what == "export" else len(answer.text.splitlines()) - 1
    assert found == len(set(many)) == min(count, len(rows))


@pytest.mark.parametrize("what", ["export", "text"])
def test_that_what_cannot_be_taken_out_is_refused_and_not_noted(
    what: str, site: Site, server: TestClient, operator: Mapping[str, str], post: Post
) -> None:
    run_id, rows = rows_of(site, server, operator, site.ours)
    _, theirs = rows_of(site, server, operator, site.theirs)
    count = len(noted(site, site.ours))
    good = {"run": run_id, "target": ticks(rows[:2])}
    for form, status, said in (
        ({"target": []}, 422, "at least one must be selected"),
        ({"target": ["nothing:1"]}, 422, "must be the id of a target"),
        ({"sort": "no-such"}, 422, "sort"),
        ({"run": "no-such"}, 422, "run"),
        ({"run": str(uuid4())}, 404, "a ranking of project"),
        ({"target": ticks([rows[0], theirs[0]])}, 404, theirs[0]["reopening_target_id"]),
        ({"csrf_token": "d" * 43}, 403, "csrf_token"),
    ):
        answer = post(what, **{**good, **form})
        assert (answer.status_code, said in answer.text) == (status, True), (form, answer.text)
    assert len(noted(site, site.ours)) == count
    assert post(what, **good).status_code == 200
    # A text is read, as any page is; a file is taken out.
    assert len(noted(site, site.ours)) == count + (what == "export")


def test_that_a_page_has_no_more_exports_at_a_time_than_the_api_and_is_counted_with_it(
    site: Site, app: FastAPI, server: TestClient, operator: Mapping[str, str], post: Post
) -> None:
    def counted() -> float:
        registry = app.state.metrics.registry
        return float(registry.get_sample_value("welltegra_serve_exports_total", {"format": "parquet"}))

    run_id, rows = rows_of(site, server, operator, site.ours)
    form = {"run": run_id, "target": ticks(rows[:1])}
    before = counted()
    # More often than there are rooms: each leaves its own.
    for _ in range(6):
        answer = post("export?format=parquet", **form)
        assert (answer.status_code, answer.content[:4]) == (200, b"PAR1")
    assert counted() == before + 6
    rooms = exports._ROOMS[app.state.shared.database]
    try:
        for _ in range(2):
            rooms.enter("ann")
        assert post("export?format=parquet", **form).status_code == 429
        assert server.get(f"/projects/{site.ours}/reopening-targets/export", headers=operator).status_code == 429
    finally:
        for _ in range(2):
            rooms.made()
            rooms.leave("ann")
    assert counted() == before + 6


def test_that_a_text_has_what_is_ticked_and_says_how_many(
    site: Site, server: TestClient, operator: Mapping[str, str], post: Post
) -> None:
    run_id, rows = rows_of(site, server, operator, site.ours)
    chosen = [rows[k] for k in (0, 3)]
    answer = post("text", run=run_id, sort="-target_rank", target=ticks(chosen))
    ranks = [line.split("\t")[0] for line in answer.text.splitlines()]
    assert ranks == ["target_rank", str(chosen[1]["target_rank"]), str(chosen[0]["target_rank"])]
    assert answer.headers["x-copied"] == "2 targets"
    assert post("text", run=run_id, target=ticks(chosen[:1])).headers["x-copied"] == "1 target"


def test_that_a_longer_list_says_that_it_is_cut(
    site: Site, as_: As, server: TestClient, operator: Mapping[str, str], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "MOST_COPIED", 3)
    run_id, rows = rows_of(site, server, operator, site.ours)
    said = f"the first 3 of {len(rows)} targets"
    for answer in (
        as_("viewer").get(f"/projects/{site.ours}/worklist/text"),
        post("text", run=run_id, target=ticks(rows)),
    ):
        head, *lines, last = answer.text.splitlines()
        assert head.startswith("target_rank\t")
        assert [line.split("\t")[0] for line in lines] == ["1", "2", "3"]
        assert (last, answer.headers["x-copied"]) == (said, said)
