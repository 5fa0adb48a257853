"""What a profile would change beside the ranking that stands: those that change, those gone, and nothing else."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

from connectors.ops.shapes import TargetRow
from schemas.profiles import DEFAULT, canonical_profile
from tests.web import fakes
from tests.welltegra.api.conftest import As, Site
from welltegra.api.previewing import changes


def ranked(row: TargetRow, **other: Any) -> dict[str, Any]:
    """Return a target of the preview that stands as a row does, but for what is other."""
    names = ("well_id", "zone", "event_no", "target_rank", "classification", "total_score")
    return {**{name: getattr(row, name) for name in names}, **other}


def rows() -> list[TargetRow]:
    one = fakes.rows(1)[0]
    return [
        replace(one, well_id=f"W-{k}", target_rank=k, classification="B", total_score=0.7 - k / 100)
        for k in range(1, 7)
    ]


def test_that_only_what_would_change_is_told_those_of_another_class_new_and_gone_first() -> None:
    now = rows()
    would = [
        ranked(now[0]),
        ranked(now[1], target_rank=5),
        ranked(now[2], total_score=0.1),
        ranked(now[3], classification="A"),
        ranked(now[4], well_id="W-new", target_rank=2),
        ranked(now[5], target_rank=5),
    ]
    found = changes(would, now)
    assert [one.well_id for one in found] == ["W-new", "W-5", "W-4", "W-2", "W-6", "W-3"]
    gone = found[1]
    assert (gone.rank, gone.classification, gone.total_score) == (None, None, None)
    assert (gone.rank_now, gone.classification_now) == (5, "B")
    assert (found[0].rank, found[0].rank_now) == (2, None)
    assert changes([ranked(row) for row in now], now) == []


def test_that_a_preview_of_what_ranks_now_changes_nothing_also_under_a_key_of_its_own(site: Site, as_: As) -> None:
    raw = copy.deepcopy(dict(canonical_profile(DEFAULT).raw))
    for key in (DEFAULT, "another_key_v1"):
        answer = as_("project_admin").post(
            f"/projects/{site.ours}/scoring-profiles/preview", json={"profile": {**raw, "profile_key": key}}
        )
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["run_id"] is not None
        assert (body["changed"], body["entered"], body["left"], body["targets"]) == (0, 0, 0, [])
        assert body["counts"] == {name: count for name, count in body["counts_now"].items() if count}
