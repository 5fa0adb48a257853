from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from scoring.project import PROBLEM_COLUMNS, Project
from welltegra.reopening.monthly import monthly_volumes

PRODUCTION = pl.DataFrame(
    [
        ("W-1", date(2020, 1, 1), 10.0, 0.0, None, 24.0, "Upper"),
        ("W-1", date(2020, 1, 2), 5.0, 1.5, None, 12.0, "Upper"),
        ("W-1", date(2020, 1, 1), 2.0, None, None, 24.0, "Lower"),
        ("W-1", date(2020, 2, 1), 0.0, 0.0, None, 0.0, "Upper"),
    ],
    {
        "well_id": pl.String,
        "date": pl.Date,
        **dict.fromkeys(("oil_sm3", "water_sm3", "gas_sm3", "hours_on"), pl.Float64),
        "zone": pl.String,
    },
    orient="row",
)
INJECTION = pl.DataFrame(
    [("W-2", date(2020, 1, 1), 100.0, None, None), ("W-1", date(2020, 3, 1), 7.0, None, None)],
    {
        "well_id": pl.String,
        "date": pl.Date,
        **dict.fromkeys(("water_sm3", "gas_sm3"), pl.Float64),
        "zone": pl.String,
    },
    orient="row",
)
BARE = Project("kern", date(2021, 1, 1), "p", None, (), {}, {}, {}, (), (), pl.DataFrame(schema=PROBLEM_COLUMNS))


def project(**tables: pl.DataFrame) -> Project:
    return replace(BARE, tables=tables)


def month(found: pl.DataFrame, well_id: str, number: int) -> dict[str, object]:
    [row] = found.filter((pl.col("well_id") == well_id) & (pl.col("month").dt.month() == number)).rows(named=True)
    return {name: value for name, value in row.items() if name not in ("well_id", "month")}


def test_that_zones_are_summed_and_a_volume_that_nobody_reported_is_unknown() -> None:
    found = monthly_volumes(project(production=PRODUCTION, injection=INJECTION))
    assert found is not None
    january = month(found, "W-1", 1)
    assert january["oil_sm3"] == 17.0
    assert january["water_sm3"] == 1.5
    assert january["gas_sm3"] is None  # no report is not a volume of zero
    assert month(found, "W-1", 2)["oil_sm3"] == 0.0  # a stopped well is
    assert month(found, "W-2", 1) == {
        **dict.fromkeys(("oil_sm3", "water_sm3", "gas_sm3", "hours_on", "gas_injected_sm3")),
        "water_injected_sm3": 100.0,
    }
    assert month(found, "W-1", 3)["water_injected_sm3"] == 7.0


@pytest.mark.parametrize("seed", range(5))
def test_that_the_order_of_rows_does_not_change_a_bit(seed: int) -> None:
    thirds = PRODUCTION.with_columns(pl.col("oil_sm3") / 3.0 + 0.1)
    one = monthly_volumes(project(production=thirds, injection=INJECTION))
    other = monthly_volumes(
        project(
            production=thirds.sample(fraction=1.0, shuffle=True, seed=seed),
            injection=INJECTION.sample(fraction=1.0, shuffle=True, seed=seed),
        )
    )
    assert one is not None
    assert other is not None
    assert one.equals(other)


def test_that_either_table_may_be_absent() -> None:
    assert monthly_volumes(project()) is None
    only = monthly_volumes(project(injection=INJECTION))
    assert only is not None
    assert only.columns == ["well_id", "month", "water_injected_sm3", "gas_injected_sm3"]
    produced = monthly_volumes(project(production=PRODUCTION))
    assert produced is not None
    assert "water_injected_sm3" not in produced.columns
