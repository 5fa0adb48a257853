"""Height above the contact, by hand."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from scoring.contacts import height_above_contact
from tests.scoring.project_of import Rows, table


def height(contacts: Rows | None, **target: Any) -> dict[str, Any]:
    row = {"reservoir": "R", "top_tvdss_m": 1990.0, "base_tvdss_m": 2010.0, "vertical_datum_problem": None} | target
    types = {"reservoir": pl.String, "vertical_datum_problem": pl.String}
    frame = pl.DataFrame([row], schema=types | {"top_tvdss_m": pl.Float64, "base_tvdss_m": pl.Float64})
    its = None if contacts is None else table("contacts", [{"reservoir": "R"} | c for c in contacts])
    return height_above_contact(frame, its).to_dicts()[0]


@pytest.mark.parametrize(
    ("contacts", "metres", "kind"),
    [
        ([{"kind": "owc", "tvdss_m": 2030.0}], 30.0, "owc"),
        ([{"kind": "owc", "tvdss_m": 1980.0}], -20.0, "owc"),  # below it, and known to be
        ([{"kind": "owc", "tvdss_m": 2030.0}, {"kind": "owc", "tvdss_m": 2020.0}], 20.0, "owc"),
        ([{"kind": "lko", "tvdss_m": 2005.0}, {"kind": "lko", "tvdss_m": 2015.0}], 15.0, "lko"),
        ([{"kind": "lko", "tvdss_m": 2015.0}, {"kind": "owc", "tvdss_m": 2030.0}], 30.0, "owc"),
    ],
)
def test_that_height_is_from_mid_interval_to_the_contact(contacts: Rows, metres: float, kind: str) -> None:
    found = height(contacts)
    assert (found["height_above_contact_m"], found["contact_kind"]) == (metres, kind)
    assert (found["height_above_contact_m_status"], found["height_above_contact_m_source"]) == ("derived", "S-contacts")


@pytest.mark.parametrize(
    ("contacts", "target", "why"),
    [
        (None, {}, "no contacts table"),
        ([], {}, "no oil-water contact"),
        ([{"kind": "goc", "tvdss_m": 1900.0}], {}, "no oil-water contact"),
        ([{"reservoir": "other", "kind": "owc", "tvdss_m": 2030.0}], {}, "no oil-water contact"),
        ([{"kind": "owc", "tvdss_m": 2030.0}], {"top_tvdss_m": None}, "no TVDSS"),
        ([{"kind": "owc", "tvdss_m": 2030.0}], {"vertical_datum_problem": "KB unknown."}, "in doubt: KB unknown."),
    ],
)
def test_that_a_height_that_is_not_known_says_why(contacts: Rows | None, target: dict[str, Any], why: str) -> None:
    found = height(contacts, **target)
    assert found["height_above_contact_m"] is None
    assert why in found["height_above_contact_m_why"]
