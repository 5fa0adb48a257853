from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from scoring.hole import Hole, hole_of
from scoring.parameters import PositionDefaults
from tests.scoring.rock_of import WELL

SETTINGS = PositionDefaults()


def wells(*rows: tuple[float | None, float | None]) -> pl.DataFrame:
    kinds = {"well_id": pl.String, "kb_elevation_m": pl.Float64, "max_inc_deg": pl.Float64}
    return pl.DataFrame([(WELL, *row) for row in rows], schema=kinds, orient="row")


def survey(*rows: tuple[float, float]) -> pl.DataFrame:
    frame = pl.DataFrame(rows, schema={"md_m": pl.Float64, "inc_deg": pl.Float64}, orient="row")
    return frame.with_columns(well_id=pl.lit(WELL), azi_deg=pl.lit(0.0))


def test_that_tvdss_is_tvd_below_the_sea_and_unknown_without_the_depth_reference() -> None:
    assert Hole(None, True, 30.0, 100.0).tvdss_m([1000.0]).tolist() == [970.0]
    assert np.isnan(Hole(None, True, None, 100.0).tvdss_m([1000.0])).all()
    assert np.isnan(Hole(None, False, 30.0, 100.0).tvdss_m([1000.0])).all()


@pytest.mark.parametrize(("max_inc_deg", "vertical"), [(None, False), (0.0, True), (5.0, True), (5.1, False)])
def test_that_a_well_without_survey_is_vertical_only_where_that_is_known(
    max_inc_deg: float | None, vertical: bool
) -> None:
    hole, fault = hole_of(wells((30.0, max_inc_deg)), None, SETTINGS)
    assert (hole.path, hole.vertical, hole.kb_elevation_m, fault) == (None, vertical, 30.0, None)


def test_that_a_survey_decides_and_one_without_stations_is_none() -> None:
    its = survey((0.0, 0.0), (1000.0, 60.0))
    hole, fault = hole_of(wells((30.0, 60.0)), its, SETTINGS)
    assert fault is None
    assert hole.tvd_m([1000.0])[0] < 900
    assert hole_of(None, its.clear(), SETTINGS)[0].path is None


@pytest.mark.parametrize(("max_inc_deg", "vertical"), [(None, False), (3.0, True), (30.0, False)])
def test_that_a_survey_that_cannot_be_used_is_as_none_but_for_its_fault(
    max_inc_deg: float | None, vertical: bool
) -> None:
    hole, fault = hole_of(wells((30.0, max_inc_deg)), survey((2000.0, 40.0)), SETTINGS)
    assert (hole.path, hole.vertical) == (None, vertical)
    assert fault is not None


def test_that_a_well_of_several_rows_keeps_what_any_of_them_knows() -> None:
    hole, _ = hole_of(wells((None, 2.0), (30.0, 20.0)), None, SETTINGS)
    assert (hole.kb_elevation_m, hole.vertical) == (30.0, False)
