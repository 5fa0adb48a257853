"""Targets on Earth at depth: known answers by hand and by PROJ, and nothing where it is not known."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pyproj
import pytest

from connectors.projects.places_at_depth import at_depth

UTM = "EPSG:32631"
# On the central meridian and the equator: easting 500 km is 3 deg east, latitude 0.
TARGET: dict[str, Any] = {
    "x_m": 500_900.0,
    "y_m": 900.0,
    "latitude_deg": 0.008,
    "longitude_deg": 3.008,
    "ecef_x_m": 1.0,
    "ecef_y_m": 2.0,
    "ecef_z_m": 3.0,
    "place_x_m": 500_000.0,
    "place_y_m": 0.0,
    "place_at": "interval",
    "top_tvdss_m": 2_990.0,
    "base_tvdss_m": 3_010.0,
}
NUMBERS = {name: pl.Float64 for name in TARGET if name != "place_at"} | {"place_at": pl.String}


def placed(crs: str | None = UTM, **change: Any) -> dict[str, Any]:
    return at_depth(pl.DataFrame([TARGET | change], schema=NUMBERS), crs).to_dicts()[0]


def test_that_a_target_is_where_its_interval_is() -> None:
    found = placed()
    assert (found["x_m"], found["y_m"]) == (500_000.0, 0.0)
    assert (found["latitude_deg"], found["longitude_deg"]) == pytest.approx((0.0, 3.0), abs=1e-9)
    # On the equator a geocentric radius is the semi-major axis, 6 378 137 m; 3000 m below it.
    radius = 6_378_137.0 - 3_000.0
    ecef = radius * math.cos(math.radians(3.0)), radius * math.sin(math.radians(3.0)), 0.0
    assert (found["ecef_x_m"], found["ecef_y_m"], found["ecef_z_m"]) == pytest.approx(ecef, abs=1e-3)
    assert {"place_x_m", "place_y_m"}.isdisjoint(found)


def test_that_its_degrees_are_those_of_proj_on_another_datum() -> None:
    # Volve, on ED50: 435 716.5 E, 6 477 883.5 N.
    found = placed("EPSG:23031", place_x_m=435_716.5, place_y_m=6_477_883.5)
    x, y = pyproj.Transformer.from_crs("EPSG:4326", "EPSG:32631", always_xy=True).transform(
        found["longitude_deg"], found["latitude_deg"]
    )
    # From ED50 to WGS 84 the North Sea moves some 80 m west and 200 m south on the map.
    assert 50.0 < 435_716.5 - x < 110.0
    assert 170.0 < 6_477_883.5 - y < 240.0


@pytest.mark.parametrize(
    "change",
    [{"place_at": "wellhead"}, {"place_at": "survey_end"}, {"place_at": None}, {"top_tvdss_m": None}],
)
def test_that_only_an_interval_of_known_place_and_depth_has_one_in_space(change: dict[str, Any]) -> None:
    found = placed(**change)
    assert [found[name] for name in ("ecef_x_m", "ecef_y_m", "ecef_z_m")] == [None, None, None]
    assert found["latitude_deg"] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(
    ("crs", "change"), [(None, {}), (UTM, {"latitude_deg": None}), (UTM, {"place_x_m": None, "place_y_m": None})]
)
def test_that_without_a_reference_system_or_place_there_are_no_degrees(crs: str | None, change: dict[str, Any]) -> None:
    found = placed(crs, **change)
    assert [found[name] for name in ("latitude_deg", "longitude_deg", "ecef_x_m")] == [None, None, None]
