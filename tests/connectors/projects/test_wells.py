"""Wells: one well of many spellings, where it is, how deep its depths begin, and whether its sources agree."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from connectors.projects.crs import IDENTITY, crs_in_words, crs_of, degrees_in, move, on_earth
from connectors.projects.well_ids import key
from scoring.project import PROBLEM_COLUMNS, Project
from tests.connectors.projects.helpers import A1, DATA, TOML, WELLS, read, told

CRS = TOML + "crs = 'EPSG:23031'\n"


def wells_of(folder: Path, rows: str, toml: str = CRS) -> Project:
    return read(folder, {}, toml, WELLS + rows)


def with_survey(folder: Path, rows: str, name: str = "header_block_in_latin_1.txt") -> Project:
    toml = f"{CRS}[[surveys]]\nfile = '{name}'\nwell_id = 'A-1'\nencoding = 'latin-1'\n"
    return read(folder, {name: (DATA / "surveys" / name).read_bytes()}, toml, WELLS + rows)


@pytest.mark.parametrize("spelling", ["15/9-F-15C", "NO 15/9-F-15 C", "no  15/9-f-15 c", " 15/9-F-15 C "])
def test_that_spaces_case_and_the_country_do_not_tell_wells_apart(spelling: str) -> None:
    assert key(spelling) == "15/9-f-15c"


@pytest.mark.parametrize("spelling", ["NOR-1", "15/9-F-15", "N0 15/9-F-15 C"])
def test_that_other_spellings_do(spelling: str) -> None:
    assert key(spelling) not in {"15/9-f-15c", "r-1"}


def test_that_tables_carry_the_canonical_id_of_any_alias(tmp_path: Path) -> None:
    text = "well_id,surface,md_m\nno a-1,T,1\nSlot 4,T,2\nalpha,T,3\nA- 1,T,4\n"
    project = read(tmp_path, {"tops.csv": text}, wells=WELLS + "A-1,,,,,,,Alpha; slot4\n")
    assert project.tables["tops"]["well_id"].to_list() == ["A-1"] * 4


def test_that_an_alias_of_two_wells_is_of_none_and_a_problem_of_both(tmp_path: Path) -> None:
    wells = WELLS + "A-1,,,,,,,Slot 4\nB-2,,,,,,,slot4\n"
    project = read(tmp_path, {"tops.csv": "well_id,surface,md_m\nSlot 4,T,2\n"}, wells=wells)
    assert project.tables["tops"].height == 0
    assert [sentence.partition(";")[0] for sentence in told(project, "identity_problem")] == [
        "alias 'slot4' must be of one well",
        "alias 'slot4' must be of one well",
    ]


def test_that_an_id_at_two_places_is_an_identity_problem(tmp_path: Path) -> None:
    project = wells_of(tmp_path, A1 + A1.replace("435000", "436000"))
    assert project.tables["wells"].height == 1
    assert "was on two rows, 1000.0 m apart" in told(project, "identity_problem")[0]


def test_that_two_sources_of_one_location_far_apart_are_a_conflict(tmp_path: Path) -> None:
    project = wells_of(tmp_path, A1 + A1.replace("435000", "435060").replace("survey", "licence"))
    assert project.tables["wells"]["crs_confidence"].to_list() == ["conflict"]
    assert "was 60.0 m apart by 'survey' and 'licence'" in told(project, "crs_conflict")[0]


@pytest.mark.parametrize(("east", "kind"), [(435049, "row_fault"), (435051, "identity_problem")])
def test_that_fifty_metres_divide_the_same_from_another_place(tmp_path: Path, east: int, kind: str) -> None:
    project = wells_of(tmp_path, A1 + A1.replace("435000", str(east)))
    assert project.problems["kind"].to_list() == [kind]


def test_that_how_far_sources_are_apart_is_kept_for_whoever_is_stricter(tmp_path: Path) -> None:
    same = A1.replace("435000", "435030")
    project = wells_of(tmp_path, A1 + same + same.replace("survey", "licence").replace("435030", "435010"))
    assert project.tables["wells"].select("identity_m", "sources_m").rows() == [(30.0, 10.0)]


# A row of wells; crs_confidence; the kinds of problems.
CONFIDENCE = {
    "documented": (A1, "documented", []),
    "the project's crs, and a source": (A1.replace("EPSG:23031", ""), "documented", []),
    "no source of the location": (A1.replace("survey", ""), "unverified", []),
    "no location": ("A-1,,,,25,MSL,,\n", "none", ["crs_problem"]),
    "a crs that is none": (A1.replace("EPSG:23031", "Mars"), "none", ["crs_problem"]),
    "x and y exchanged": ("A-1,6478000,435000,EPSG:23031,25,MSL,survey,\n", "none", ["crs_problem"]),
    "no elevation": (A1.replace(",25,", ",,"), "documented", ["vertical_datum_problem"]),
    "no datum": (A1.replace("MSL", ""), "documented", ["vertical_datum_problem"]),
}


@pytest.mark.parametrize("name", CONFIDENCE)
def test_that_a_location_is_as_sure_as_what_is_stated(tmp_path: Path, name: str) -> None:
    row, confidence, kinds = CONFIDENCE[name]
    project = wells_of(tmp_path, row)
    assert project.tables["wells"]["crs_confidence"].to_list() == [confidence]
    assert project.problems["kind"].to_list() == kinds


def test_that_a_project_without_crs_has_no_places(tmp_path: Path) -> None:
    project = wells_of(tmp_path, A1, TOML)
    assert project.tables["wells"]["x_m"].to_list() == [None]
    assert "was a project without crs" in told(project, "crs_problem")[0]


def test_that_a_deviated_well_must_have_a_survey(tmp_path: Path) -> None:
    wells = "well_id,kb_elevation_m,vertical_datum,max_inc_deg\nA-1,25,MSL,45\nB-2,25,MSL,3\n"
    project = read(tmp_path, {}, wells=wells)
    [sentence] = told(project, "vertical_datum_problem")
    assert sentence.startswith("well 'A-1': a well deviated beyond 5 deg must have a survey; was none, at 45.0 deg.")


def test_that_a_survey_s_header_fills_what_wells_do_not_say(tmp_path: Path) -> None:
    project = with_survey(tmp_path, "A-1,,,,,,,\n")
    [row] = project.tables["wells"].rows(named=True)
    assert (row["x_m"], row["y_m"], row["crs"]) == (435000.0, 6478000.0, "EPSG:23031")
    assert (row["kb_elevation_m"], row["vertical_datum"], row["crs_confidence"]) == (25.0, "MSL", "documented")
    assert row["location_source"] == "survey header, header_block_in_latin_1.txt"
    assert project.problems.height == 0


def test_that_a_header_never_overrules_wells(tmp_path: Path) -> None:
    project = with_survey(tmp_path, A1.replace(",25,", ",31,").replace("435000", "435100"))
    [row] = project.tables["wells"].rows(named=True)
    assert (row["x_m"], row["kb_elevation_m"], row["crs_confidence"]) == (435100.0, 31.0, "conflict")
    assert "100.0 m from the surface location of header_block_in_latin_1.txt" in told(project, "crs_conflict")[0]
    assert (
        "must agree with the header of header_block_in_latin_1.txt, 25.0 m; was 31.0 m"
        in (told(project, "vertical_datum_problem")[0])
    )


def test_that_a_header_of_another_datum_is_a_conflict(tmp_path: Path) -> None:
    project = with_survey(tmp_path, A1, "place_of_another_datum.txt")
    assert project.tables["wells"]["crs_confidence"].to_list() == ["conflict"]
    assert len(told(project, "crs_conflict")) >= 1


def test_that_a_well_on_another_map_is_moved_and_the_chain_is_told(tmp_path: Path) -> None:
    ed50, wgs84 = crs_of("EPSG:23031"), crs_of("EPSG:32631")
    assert ed50 is not None
    assert wgs84 is not None
    moved = move(np.array([435000.0]), np.array([6478000.0]), ed50, wgs84)
    row = A1.replace("435000", str(moved.x[0])).replace("6478000", str(moved.y[0])).replace("23031", "32631")
    [well] = wells_of(tmp_path, row).tables["wells"].rows(named=True)
    assert (well["x_m"], well["y_m"]) == pytest.approx((435000.0, 6478000.0), abs=0.001)
    assert well["transform_chain"].startswith("EPSG:32631 -> EPSG:23031: ")
    assert "accuracy 1 m (pyproj " in well["transform_chain"]


def test_that_a_chain_that_was_stated_stays_beside_the_one_used(tmp_path: Path) -> None:
    wells = "well_id,x,y,kb_elevation_m,vertical_datum,transform_chain\nA-1,435000,6478000,25,MSL,as surveyed\n"
    [well] = read(tmp_path, {}, CRS, wells).tables["wells"].rows(named=True)
    assert well["transform_chain"] == f"stated: as surveyed; used: {IDENTITY}"


def test_that_a_chain_of_unknown_accuracy_is_a_problem(tmp_path: Path) -> None:
    # An ellipsoid without a datum: there is nothing but a ballpark.
    # pyproj finds it like EPSG:23031, which it is not.
    project = wells_of(tmp_path, A1.replace("EPSG:23031", "+proj=utm +zone=31 +ellps=intl +units=m"))
    [sentence] = told(project, "transform_chain_problem")
    assert "was +proj=utm +zone=31 +ellps=intl +units=m" in sentence
    assert "no transformation of known accuracy between the two is installed" in sentence
    assert project.tables["wells"]["crs_confidence"].to_list() == ["unverified"]


@pytest.mark.parametrize(
    ("datum", "zone", "code"),
    [
        ("European 1950 - Mean", "Zone 31N (0 E to 6 E)", "EPSG:23031"),
        ("ED50", "UTM zone 32", "EPSG:23032"),
        ("WGS 1984", "Zone 31N", "EPSG:32631"),
        ("WGS 1984", "Zone 31S", None),
        ("European 1950", "Zone 60N", None),
        ("Clarke 1866", "Zone 31N", None),
        (None, "Zone 31N", None),
    ],
)
def test_that_a_datum_and_a_zone_in_words_are_a_map(datum: str | None, zone: str, code: str | None) -> None:
    assert crs_in_words(datum, zone) == code


def test_that_degrees_minutes_and_seconds_are_degrees() -> None:
    assert degrees_in("58\N{DEGREE SIGN} 26' 29.7195 N") == pytest.approx(58.44158875)
    assert degrees_in("001 53' 14.9196\" W") == pytest.approx(-1.88747767)
    assert degrees_in("unknown") is None


def test_that_ed50_is_honoured_on_earth() -> None:
    # The wellhead of 15/9-F-4 by its survey, and the degrees that its header gives on ED50: read as WGS 84 they would
    # be off by this much.
    ed50 = crs_of("EPSG:23031")
    assert ed50 is not None
    latitude, longitude, (x_m, y_m, z_m) = on_earth(np.array([435049.831]), np.array([6478560.825]), ed50)
    north = (58.44158875 - latitude[0]) * 111_400
    east = (1.88747767 - longitude[0]) * 111_400 * math.cos(math.radians(58.44))
    assert (east, north) == pytest.approx((96.0, 67.0), abs=5.0)
    assert math.sqrt(x_m[0] ** 2 + y_m[0] ** 2 + z_m[0] ** 2) == pytest.approx(6_362_600, abs=500)


def test_that_problems_are_each_there_once_and_sorted(tmp_path: Path) -> None:
    project = wells_of(tmp_path, "B-2,,,,,,,\nA-1,,,,,,,\n")
    assert project.problems.schema == pl.Schema(PROBLEM_COLUMNS)
    assert project.problems["well_id"].to_list() == ["A-1"] * 3 + ["B-2"] * 3
    assert project.tables["wells"]["well_id"].to_list() == ["A-1", "B-2"]
