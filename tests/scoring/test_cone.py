from __future__ import annotations

import math

import numpy as np
import polars as pl
import pytest

from scoring.cone import cone_radius_m, iscwsa_radii_m, position_confidence
from scoring.hole import Hole
from scoring.parameters import PositionDefaults
from scoring.trajectory import Trajectory, trajectory

SETTINGS = PositionDefaults()


def path_of(md: list[float], inc: list[float], azi: list[float | None]) -> Trajectory:
    frame = pl.DataFrame({"md_m": md, "inc_deg": inc, "azi_deg": pl.Series(azi, dtype=pl.Float64)})
    path, fault = trajectory(frame, 5.0)
    assert path is not None, fault
    return path


def hole_of(path: Trajectory | None, vertical: bool = False, latitude_deg: float | None = 60.0) -> Hole:
    return Hole(path, vertical, 30.0, 100.0, latitude_deg)


MD = np.arange(0.0, 3001.0, 30.0)
DEVIATED = path_of(MD.tolist(), np.clip((MD - 500) / 30, 0, 50).tolist(), [75.0] * len(MD))


def test_that_a_survey_s_cone_is_the_iscwsa_ellipse_and_the_error_of_the_surface_location() -> None:
    from welleng.survey import Survey, SurveyHeader

    header = SurveyHeader(
        latitude=60.0, longitude=0.0, survey_date="2000-01-01", azi_reference="grid", declination=0.0, convergence=0.0,
        dip=math.degrees(math.atan(2 * math.tan(math.radians(60)))), b_total=30_000 * math.sqrt(1 + 3 * 0.75),
    )  # fmt: skip
    peer = Survey(DEVIATED.md, DEVIATED.inc, DEVIATED.azi, header=header, error_model=SETTINGS.error_model)
    assert peer.cov_nev is not None
    nn, ee, ne = peer.cov_nev[-1][0][0], peer.cov_nev[-1][1][1], peer.cov_nev[-1][0][1]
    longest = (nn + ee) / 2 + math.sqrt(((nn - ee) / 2) ** 2 + ne**2)
    (radius,) = cone_radius_m(hole_of(DEVIATED), [DEVIATED.md[-1]], SETTINGS)
    assert radius == pytest.approx(2.4477 * math.sqrt(longest) + SETTINGS.surface_error_m)
    assert 15 < radius < 100


def test_that_a_cone_widens_with_depth() -> None:
    radii = cone_radius_m(hole_of(DEVIATED), [0.0, 1000.0, 2000.0, 3000.0, 3050.0], SETTINGS)
    assert radii[0] == pytest.approx(SETTINGS.surface_error_m, abs=0.5)
    assert (np.diff(radii) > 0).all()


def test_that_the_profile_s_latitude_stands_in_where_the_well_s_is_not_known() -> None:
    known, unknown, tropic = (
        cone_radius_m(hole_of(DEVIATED, latitude_deg=latitude), [3000.0], SETTINGS)[0]
        for latitude in (60.0, None, 10.0)
    )
    assert known == unknown
    assert tropic < known  # the compass is steadier there


def test_that_inclinations_alone_leave_every_direction_open() -> None:
    path = path_of([0.0, 1000.0, 2000.0], [0.0, 30.0, 30.0], [None, None, None])
    radii = cone_radius_m(hole_of(path), [0.0, 1000.0, 2000.0], SETTINGS)
    assert radii == pytest.approx([0.0, 250.0, 750.0])


def test_that_without_a_survey_the_cone_opens_three_degrees_around_the_vertical() -> None:
    assert cone_radius_m(hole_of(None, vertical=True), [1000.0], SETTINGS) == pytest.approx([52.4078], abs=1e-4)


def test_that_a_deviated_well_without_survey_has_no_cone() -> None:
    assert np.isnan(cone_radius_m(hole_of(None), [1000.0], SETTINGS)).all()


@pytest.mark.parametrize(
    ("md", "inc", "azi"),
    [([0.0], [10.0], [30.0]), ([100.0], [0.0], [None]), ([0.0, 500.0], [0.0, 40.0], [0.0, 0.0])],
)
def test_that_the_shortest_surveys_have_a_cone(md: list[float], inc: list[float], azi: list[float | None]) -> None:
    stations, radii = iscwsa_radii_m(path_of(md, inc, azi), 60.0, SETTINGS.error_model)
    assert np.isfinite(radii).all()
    assert len(stations) == len(radii)


@pytest.mark.parametrize(
    ("radius", "gate", "confidence"),
    [
        (25.0, True, "high"),
        (25.0, False, "medium"),
        (25.0, None, "medium"),
        (25.1, True, "medium"),
        (100.0, True, "medium"),
        (100.1, True, "low"),
        (None, True, "unknown"),
        (math.nan, True, "unknown"),
    ],
)
def test_that_position_confidence_follows_radius_and_gate(
    radius: float | None, gate: bool | None, confidence: str
) -> None:
    frame = pl.DataFrame({"r": [radius], "g": [gate]}, schema={"r": pl.Float64, "g": pl.Boolean})
    said = frame.select(position_confidence(pl.col("r"), pl.col("g"), SETTINGS).alias("said"))["said"][0]
    assert said == confidence
