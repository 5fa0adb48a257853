"""Where a target and its neighbours stand in its drawer: at depth as far as it is known, and else so said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

import sql
from connectors.ops import target
from connectors.ops.profiles import StoredProfile
from connectors.ops.reading import Connection
from connectors.ops.shapes import Spatial
from connectors.ops.writer import write_ranking
from connectors.postgres.config import Postgres
from tests.connectors.ops.frames import candidate, discovery, gaps, ranking, scored, snapshot, targets
from tests.connectors.ops.ranked import PROJECT

# All of one platform, at 0, 0; their ways lead to the sides. C has two intervals, D none, E no survey.
HEAD = {"x_m": 0.0, "y_m": 0.0, "latitude_deg": 58.0, "vertical_datum": "MSL"}
WAYS: Mapping[str, list[tuple[float, float, float]]] = {
    "A": [(0.0, 0.0, 0.0), (1000.0, 0.0, 0.0), (2000.0, 600.0, 0.0), (3000.0, 1600.0, 0.0)],
    "C": [(0.0, 0.0, 0.0), (3000.0, 0.0, 900.0)],
    "D": [(0.0, 0.0, 0.0), (3000.0, 500.0, 0.0)],
}
AT = {"place_at": "interval"}
TOPS = {"A": 2500.0, "B": 2500.0, "C": 2400.0, "C deeper": 2900.0, "E": 2500.0}


@pytest.fixture
def connection(database: Postgres) -> Iterator[Connection]:
    with database.connect() as found:
        yield found


def spatial(database: Postgres, connection: Connection, profile: StoredProfile, **change: Any) -> Spatial:
    """Return where target A is said to be; `change`: of its row."""
    found = {name: candidate(name.split()[0], 1 + ("deeper" in name), top) for name, top in TOPS.items()}
    found["C deeper"]["zone"] = found["B"]["zone"] = "Draupne Fm."
    rows = [
        scored(found["A"], "A", **{"x_m": 1100.0, "y_m": 0.0} | AT | change),
        scored(found["B"], "B", x_m=1100.0, y_m=700.0, **AT),
        scored(found["C deeper"], "A", x_m=0.0, y_m=870.0, **AT),
        scored(found["C"], "B", x_m=0.0, y_m=720.0, **AT),
        scored(found["E"], "C", x_m=0.0, y_m=0.0, place_at="wellhead"),
    ]
    made = snapshot()
    ways = {
        well_id: dict(zip(("path_md_m", "path_x_m", "path_y_m"), map(list, zip(*way, strict=True)), strict=True))
        for well_id, way in WAYS.items()
    }
    none = dict.fromkeys(("path_md_m", "path_x_m", "path_y_m"))
    wells = [{"well_id": name, "name": name} | HEAD | ways.get(name, none) for name in "ABCDE"]
    numbers = dict.fromkeys(none, pl.List(pl.Float64))
    made = replace(made, wells=pl.DataFrame(wells, schema_overrides=numbers))
    run = write_ranking(
        database,
        made,
        discovery(list(found.values())),
        ranking(profile.scoring_profile_id, targets(*rows), gaps(), profile_sha256=profile.sha256),
    )
    (own,) = run.targets.filter(pl.col("well_id") == "A")["reopening_target_id"]
    detail = target.detail(connection, PROJECT, own)
    assert detail is not None
    return detail.spatial


def test_that_a_target_stands_at_depth_with_its_head_and_the_way(
    database: Postgres, connection: Connection, profile: StoredProfile
) -> None:
    found = spatial(database, connection, profile)
    assert (found.x_m, found.y_m, found.place_at, found.anchor) == (1100.0, 0.0, "interval", "anchored")
    assert (found.head_x_m, found.head_y_m) == (0.0, 0.0)
    # Down to its middle, 2505 m MD, and no farther.
    assert (found.path_x_m, found.path_y_m) == ((0.0, 0.0, 600.0, 1100.0), (0.0, 0.0, 0.0, 0.0))


def test_that_neighbours_stand_where_they_are_at_its_depth(
    database: Postgres, connection: Connection, profile: StoredProfile
) -> None:
    near = spatial(database, connection, profile).neighbours
    # C by the interval in A's zone, not by its best; D, which has none, where its survey ends; E has no survey.
    assert [(one.well_id, one.place_at) for one in near] == [
        ("D", "survey_end"),
        ("B", "interval"),
        ("E", "wellhead"),
        ("C", "interval"),
    ]
    assert [one.distance_m for one in near] == pytest.approx([600.0, 700.0, 1100.0, (1100.0**2 + 720.0**2) ** 0.5])


@pytest.mark.parametrize(
    ("change", "place_at", "anchor"),
    [
        ({"place_at": None}, "wellhead", "horizontal only"),  # as rankings from before kept it
        ({"place_at": "wellhead"}, "wellhead", "horizontal only"),
        ({"place_at": "survey_end"}, "survey_end", "horizontal only"),
        ({"ecef_z_m": None}, "interval", "horizontal only"),
    ],
)
def test_that_only_an_interval_of_known_place_and_depth_is_anchored(
    database: Postgres,
    connection: Connection,
    profile: StoredProfile,
    change: dict[str, Any],
    place_at: str,
    anchor: str,
) -> None:
    found = spatial(database, connection, profile, **change)
    assert (found.place_at, found.anchor) == (place_at, anchor)
    assert (found.path_x_m == ()) == (place_at == "wellhead")


def test_that_neighbours_are_found_by_an_index(
    database: Postgres, connection: Connection, profile: StoredProfile
) -> None:
    spatial(database, connection, profile)
    names = ("project_id", "input_sha256", "well_id", "zone")
    asked = dict.fromkeys(names, "") | {"run_id": None, "x_m": 0.0, "y_m": 0.0, "tvdss_m": None, "most": 40}
    with connection.transaction():
        # Five wells are read whole; which index could serve many is the question.
        for way in ("seqscan", "sort", "bitmapscan"):
            connection.execute(f"SET LOCAL enable_{way} = off".encode())
        plan = connection.execute(b"EXPLAIN " + sql.query("select_neighbours").encode(), asked).fetchall()
    assert any("input_wells_foot" in line for (line,) in plan)
