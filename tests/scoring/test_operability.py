"""Operability facts as they were stated."""

from __future__ import annotations

import polars as pl

from scoring.operability import operability
from tests.scoring.project_of import table

WELLS = pl.DataFrame({"well_id": ["A", "B"]})


def test_that_facts_are_kept_with_their_status_and_source() -> None:
    rows = [{"well_id": "A", "integrity": " Green", "cost_ratio": 0.4, "tubing_access": False, "abandoned": "none"}]
    well, other = operability(WELLS, table("operability", rows)).to_dicts()
    assert (well["integrity"], well["integrity_status"], well["integrity_source"]) == (
        "green",
        "categorical",
        "S-operability",
    )
    assert (well["cost_ratio"], well["cost_ratio_status"]) == (0.4, "measured")
    assert (well["access"], well["access_status"]) == (None, "missing")
    assert well["access_why"] == "not stated in the operability table"
    # False is a fact; the three other items are not known.
    assert (well["tubing_access"], well["completion_readiness_status"]) == (False, "categorical")
    assert (other["completion_readiness_status"], other["integrity_why"]) == (
        "missing",
        "the well is not in the operability table",
    )


def test_that_two_rows_of_a_well_make_one_whatever_their_order() -> None:
    rows = [{"well_id": "A", "integrity": "red"}, {"well_id": "A", "integrity": "green", "access": "none"}]
    one, other = (operability(WELLS, table("operability", its)) for its in (rows, rows[::-1]))
    assert one.equals(other)
    assert one.height == 2


def test_that_an_absent_table_is_missing() -> None:
    found = operability(WELLS, None)
    assert found["integrity"].to_list() == [None, None]
    assert set(found["integrity_why"]) == {"no operability table"}
    assert found.schema["tubing_access"] == pl.Boolean
