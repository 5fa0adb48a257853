"""Rows of the list by their ids: those of the ranking that is named, whatever the filters leave, and of no other."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from tests.welltegra.api.conftest import As, Site
from welltegra.web.views.rows import MOST


def portfolio(as_: As, who: str, project_id: str) -> Any:
    return as_(who).get(f"/projects/{project_id}/portfolio/reopening-targets", params={"limit": 500}).json()


def rows(as_: As, who: str, project_id: str, **query: Any) -> Any:
    return as_(who).get(f"/projects/{project_id}/worklist/rows", params=query, headers={"Accept": "text/html"})


def test_that_rows_are_those_asked_for_whatever_the_filters_leave(site: Site, as_: As) -> None:
    ours = portfolio(as_, "viewer", site.ours)
    ids = [row["reopening_target_id"] for row in ours["targets"]][1:4]
    query = {"of": ours["summary"]["run_id"], "id": ids, "text": "no-such-well", "column": ["well", "review"]}
    answer = rows(as_, "operator", site.ours, **query)
    assert answer.status_code == 200, answer.text
    assert re.findall(r'<tr id="t-([^"]+)"', answer.text) == ids
    assert answer.text.count('class="col-review"') == len(ids)
    assert answer.text.count('type="checkbox"') == len(ids)
    # Who may not review has no box to tick, as in the list; and a link leads back to the list that it stands in.
    assert 'type="checkbox"' not in rows(as_, "viewer", site.ours, **query).text
    assert answer.text.count("text=no-such-well") == 2 * len(ids)


def test_that_a_target_of_another_project_is_left_out_and_a_ranking_of_one_not_found(site: Site, as_: As) -> None:
    ours, theirs = portfolio(as_, "viewer", site.ours), portfolio(as_, "stranger", site.theirs)
    mine, other = (one["targets"][0]["reopening_target_id"] for one in (ours, theirs))
    asked = {"of": ours["summary"]["run_id"], "id": [other, mine, str(uuid4())]}
    answer = rows(as_, "viewer", site.ours, **asked)
    assert re.findall(r'<tr id="t-([^"]+)"', answer.text) == [mine]
    assert rows(as_, "viewer", site.ours, of=theirs["summary"]["run_id"], id=[other]).status_code == 404
    assert rows(as_, "stranger", site.ours, **asked).status_code == 404


def test_that_no_more_rows_are_asked_for_than_an_address_takes(site: Site, as_: As) -> None:
    run_id = portfolio(as_, "viewer", site.ours)["summary"]["run_id"]
    for count, status in ((MOST, 200), (MOST + 1, 422)):
        asked = [str(uuid4()) for _ in range(count)]
        assert rows(as_, "viewer", site.ours, of=run_id, id=asked).status_code == status
