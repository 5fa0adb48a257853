"""The public production sheets of Volve: days add up to the months that the operator printed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from scoring.decline import Arps, fit_arps
from scoring.injectors import monthly_injection
from scoring.production import monthly
from scoring.project import Project
from tests.scoring.project_of import RESERVOIR, TABLES, assessed, candidate, candidates, project, table, well

pytestmark = pytest.mark.realdata

AS_OF = date(2016, 12, 1)
BOOK = Path("volve_production") / "Volve production data.xlsx"
VOLUMES = {
    "oil_sm3": "BORE_OIL_VOL",
    "water_sm3": "BORE_WAT_VOL",
    "gas_sm3": "BORE_GAS_VOL",
    "hours_on": "ON_STREAM_HRS",
}


@pytest.fixture(scope="module")
def sheets(shared_data: Path) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the daily and the monthly sheet."""
    names = ("Daily Production Data", "Monthly Production Data")
    days, months = (pl.read_excel(shared_data / BOOK, sheet_name=n, infer_schema_length=None) for n in names)
    return days, months


@pytest.fixture(scope="module")
def production(sheets: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    days = sheets[0].filter(pl.col("FLOW_KIND") == "production")
    numbers = [pl.col(theirs).cast(pl.Float64, strict=False).alias(ours) for ours, theirs in VOLUMES.items()]
    rows = days.select(pl.col("NPD_WELL_BORE_NAME").alias("well_id"), pl.col("DATEPRD").alias("date"), *numbers)
    return rows.with_columns(zone=pl.lit(None, dtype=pl.String), source_id=pl.lit("S1"))


@pytest.fixture(scope="module")
def printed(sheets: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """Return the operator's months: well_id, month, oil, water, gas."""
    rows = sheets[1].filter(pl.col("NPDCode").is_not_null())  # the first row holds units
    names = {"printed_oil": "Oil", "printed_water": "Water", "printed_gas": "Gas"}
    return rows.select(
        pl.col("Wellbore name").alias("well_id"),
        pl.date("Year", "Month", 1).alias("month"),
        *(pl.col(theirs).cast(pl.Float64, strict=False).alias(ours) for ours, theirs in names.items()),
    )


def test_that_days_add_up_to_the_printed_months(production: pl.DataFrame, printed: pl.DataFrame) -> None:
    both = monthly(production, AS_OF).join(printed, on=["well_id", "month"])
    assert both.height > 300
    for ours, theirs in (("oil_sm3", "printed_oil"), ("water_sm3", "printed_water"), ("gas_sm3", "printed_gas")):
        apart = both.select((pl.col(ours).fill_null(0.0) - pl.col(theirs).fill_null(0.0)).abs().max()).item()
        assert apart <= 1.0, ours


def test_that_cumulative_oil_is_the_printed_one(production: pl.DataFrame, printed: pl.DataFrame) -> None:
    names = production["well_id"].unique().sort()
    made = assessed(volve(production, names.to_list()), candidates())
    total = printed.group_by("well_id").agg(pl.col("printed_oil").sum())
    both = made.join(total, on="well_id").select("well_id", "np_sm3", "printed_oil")
    assert both.height == 6
    assert both.filter((pl.col("np_sm3") / pl.col("printed_oil") - 1.0).abs() > 1e-4).is_empty()
    by_well = dict(both.select("well_id", "np_sm3").iter_rows())
    assert by_well["15/9-F-12"] == pytest.approx(4_579_610, abs=10)
    assert by_well["15/9-F-14"] == pytest.approx(3_942_233, abs=10)


def test_that_f_12_is_known_as_the_watered_out_producer_it_is(production: pl.DataFrame, printed: pl.DataFrame) -> None:
    (row,) = assessed(volve(production, ["15/9-F-12"]), candidates()).to_dicts()
    assert (row["series_months"], row["never_produced"], row["cumulative_known"]) == (104, False, True)
    its = printed.filter((pl.col("well_id") == "15/9-F-12") & (pl.col("printed_oil") > 0.0)).sort("month")
    cut = its.select(pl.col("printed_water") / (pl.col("printed_oil") + pl.col("printed_water"))).to_series()
    assert row["water_cut_level"] == pytest.approx(cut.tail(6).median(), abs=1e-4)
    assert row["water_cut_level"] > 0.85
    assert -0.2 < row["water_cut_slope"] < 0.2
    assert row["production_completeness"] == 1.0
    assert row["depletion_ratio"] is None or row["depletion_ratio"] > 0.8


def test_that_the_decline_of_f_12_is_one_of_oil_wells(production: pl.DataFrame) -> None:
    its = monthly(production.filter(pl.col("well_id") == "15/9-F-12"), AS_OF)
    fit = fit_arps(its["days_on"].to_numpy(), its["oil_sm3"].fill_null(0.0).to_numpy())
    assert isinstance(fit, Arps)
    assert 0.2 < fit.di_per_year < 1.5
    assert 3000.0 < fit.qi_sm3d < 8000.0


@pytest.fixture(scope="module")
def injection(sheets: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    days = sheets[0].filter(pl.col("FLOW_KIND") == "injection")
    return days.select(
        pl.col("NPD_WELL_BORE_NAME").alias("well_id"),
        pl.col("DATEPRD").alias("date"),
        pl.col("BORE_WI_VOL").cast(pl.Float64, strict=False).alias("water_sm3"),
    ).with_columns(gas_sm3=pl.lit(None, pl.Float64), zone=pl.lit(None, pl.String), source_id=pl.lit("S1"))


def test_that_injected_water_is_the_printed_one(
    sheets: tuple[pl.DataFrame, pl.DataFrame], injection: pl.DataFrame
) -> None:
    ours = monthly_injection(injection, AS_OF).group_by("well_id").agg(pl.col("water_sm3").sum())
    theirs = sheets[1].filter(pl.col("NPDCode").is_not_null()).group_by(pl.col("Wellbore name").alias("well_id"))
    printed = theirs.agg(pl.col("WI").cast(pl.Float64, strict=False).sum())
    both = ours.join(printed, on="well_id").sort("well_id")
    assert both["well_id"].to_list() == ["15/9-F-4", "15/9-F-5"]
    assert both.filter((pl.col("water_sm3") / pl.col("WI") - 1.0).abs() > 1e-3).is_empty()


def test_that_f_4_is_told_as_the_injector_it_was(
    sheets: tuple[pl.DataFrame, pl.DataFrame], injection: pl.DataFrame
) -> None:
    made = volve(injection.clear().select(oil_sm3="water_sm3", hours_on="water_sm3", **_AS_IS), ["15/9-F-4"])
    made = replace(made, tables={**made.tables, "injection": injection.filter(pl.col("well_id") == "15/9-F-4")})
    (row,) = assessed(made, candidates(candidate("15/9-F-4"))).to_dicts()
    water = sheets[1].filter(pl.col("Wellbore name") == "15/9-F-4")["WI"].cast(pl.Float64, strict=False)
    printed = float(water.fill_null(0.0).to_numpy().sum())
    told = re.search(r"injected ([\d.]+) thousand Sm3 of water from 2008-04 to 2016-09: ", row["injectors_method"])
    assert told is not None
    assert float(told[1]) == pytest.approx(printed / 1e3, rel=1e-3)
    # 16 million Sm3 through the circle of one interval: more pore volumes than leave anything to find.
    assert row["injector_mpvi"] > 1.5
    assert (row["unswept_hcpt_m"], row["unswept_hcpt_m_status"]) == (None, "missing")


_AS_IS = {name: name for name in ("well_id", "date", "water_sm3", "gas_sm3", "zone", "source_id")}


def volve(production: pl.DataFrame, wells: list[str]) -> Project:
    """Return a project of these wells with the field's production alone."""
    bare = project(
        as_of=AS_OF, wells=[well(name) for name in wells], reservoirs=[RESERVOIR | {"economic_oil_sm3d": 20.0}]
    )
    columns = [*TABLES["production"], "source_id"]
    tables = {**bare.tables, "production": production.filter(pl.col("well_id").is_in(wells)).select(columns)}
    return Project(
        project_id="volve", as_of=AS_OF, profile="p", crs=None, zones=(), parameters={}, well_parameters={},
        tables=tables, logs=(), sources=(), problems=bare.problems,
    )  # fmt: skip


def test_that_the_sheet_has_its_known_traps(production: pl.DataFrame) -> None:
    assert production["hours_on"].max() == 25.0
    assert (production["water_sm3"] < 0.0).any()
    assert table("production", []).columns == production.select([*TABLES["production"], "source_id"]).columns
    days = monthly(production, AS_OF)["days_on"]
    assert days.max() == 31.0
