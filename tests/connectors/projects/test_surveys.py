"""Text surveys: header block, units, azimuths; one small file for each oddity."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.projects.config import SurveyEntry
from connectors.projects.surveys import Survey, SurveyFacts, parse_survey
from scoring.project import Project
from tests.connectors.projects.helpers import DATA, TOML, read, told

FOLDER = DATA / "surveys"


def parsed(name: str, encoding: str = "utf-8", **said: object) -> Survey:
    entry = SurveyEntry.model_validate({"file": name, **said})
    return parse_survey((FOLDER / name).read_text(encoding), name, entry)


def project_with(folder: Path, name: str, mapping: str = "", wells: str | None = None) -> Project:
    toml = f"{TOML}crs = 'EPSG:23031'\n[[surveys]]\nfile = '{name}'\nwell_id = 'A-1'\n{mapping}"
    files: dict[str, str | bytes] = {name: (FOLDER / name).read_bytes()}
    return read(folder, files, toml) if wells is None else read(folder, files, toml, wells)


def test_that_a_header_block_is_read_with_the_stations() -> None:
    survey = parsed("header_block_in_latin_1.txt", "latin-1")
    assert survey.stations == ((100.0, 0.0, 0.0), (200.0, 5.0, 90.0), (300.0, 10.0, 90.0))
    assert survey.faults == ()
    facts = survey.facts
    assert facts.latitude_deg == pytest.approx(58.436546, abs=1e-6)
    assert facts.longitude_deg == pytest.approx(1.886781, abs=1e-6)
    assert facts == SurveyFacts(
        *("A-1", 25.0, "MSL", "grid", "EPSG:23031", 435000.0, 6478000.0, facts.latitude_deg, facts.longitude_deg)
    )


@pytest.mark.parametrize("name", ["feet.txt", "units_in_brackets.txt", "ruled_off.txt"])
def test_that_feet_become_metres(name: str) -> None:
    survey = parsed(name)
    assert survey.faults == ()
    assert survey.stations == ((0.0, 0.0, 0.0), (304.8, 10.0, 45.0))


def test_that_a_line_of_units_may_leave_some_out() -> None:
    entry = SurveyEntry.model_validate({"file": "s.csv", "delimiter": ","})
    survey = parse_survey("MD,Inc,Azi\n(ft),,\n0,0,0\n1000,10,45\n", "s.csv", entry)
    assert survey.stations == ((0.0, 0.0, 0.0), (304.8, 10.0, 45.0))


def test_that_commas_divide_where_the_project_says_so() -> None:
    assert parsed("comma.csv", delimiter=",").stations == ((0.0, 0.0, 0.0), (500.0, 10.0, 45.0))


def test_that_a_unit_is_never_assumed() -> None:
    survey = parsed("unit_not_stated.txt")
    assert survey.stations == ()
    assert [str(fault) for fault in survey.faults] == [
        (
            "unit_not_stated.txt line 1: the unit of measured depth must be stated; was absent."
            ' Write units = {md_m = "m"}, or "ft".'
        )
    ]
    assert len(parsed("unit_not_stated.txt", units={"md_m": "m"}).stations) == 2


def test_that_a_file_without_the_columns_is_told() -> None:
    [fault] = parsed("no_columns.txt").faults
    assert "must have a line of column names with measured depth, inclination and azimuth" in str(fault)


def test_that_stations_that_cannot_be_read_are_left_out_and_told(tmp_path: Path) -> None:
    project = project_with(tmp_path, "station_unreadable.txt")
    assert project.tables["surveys"]["md_m"].to_list() == [0.0, 500.0]
    unread, twice = sorted(told(project))
    assert "lines 3, 6: a station must be numbers" in unread
    assert "each station must have a depth of its own; was 500.0 m more than once" in twice


def test_that_a_survey_that_cannot_be_read_is_a_problem_of_its_well(tmp_path: Path) -> None:
    project = project_with(tmp_path, "unit_not_stated.txt")
    assert project.tables["surveys"].height == 0
    assert len(told(project, "vertical_datum_problem")) == 1


def test_that_an_encoding_that_does_not_fit_is_told(tmp_path: Path) -> None:
    [sentence] = told(project_with(tmp_path, "header_block_in_latin_1.txt"), "vertical_datum_problem")
    assert sentence.startswith("header_block_in_latin_1.txt line 6: a survey must be in the encoding")
    project = project_with(tmp_path, "header_block_in_latin_1.txt", "encoding = 'latin-1'")
    assert project.tables["surveys"].height == 3


def test_that_true_azimuths_are_turned_to_the_grid(tmp_path: Path) -> None:
    project = project_with(tmp_path, "azimuths_true.txt")
    frame = project.tables["surveys"]
    # West of its meridian a map is turned: the convergence is -0.95 deg here.
    assert frame["azi_deg"].to_list() == pytest.approx([0.9488, 90.9488, 90.9488], abs=1e-3)
    assert frame["azimuth_reference"].unique().to_list() == ["grid"]
    assert told(project, "azimuth_problem") == []


@pytest.mark.parametrize(("name", "found"), [("azimuths_magnetic.txt", "'magnetic'"), ("feet.txt", "not stated")])
def test_that_other_azimuths_are_a_problem(tmp_path: Path, name: str, found: str) -> None:
    project = project_with(tmp_path, name)
    assert project.tables["surveys"]["azi_deg"].to_list() == [0.0, 45.0]
    [sentence] = told(project, "azimuth_problem")
    assert f"must be from grid north, or true at a known place; was {found}" in sentence


def test_that_the_project_may_state_the_reference(tmp_path: Path) -> None:
    project = project_with(tmp_path, "feet.txt", "azimuth_reference = 'grid'")
    assert told(project, "azimuth_problem") == []


def test_that_a_well_in_the_table_and_in_a_text_has_one_survey_the_text(tmp_path: Path) -> None:
    toml = f"{TOML}crs = 'EPSG:23031'\n[[surveys]]\nfile = 'feet.txt'\nwell_id = 'A-1'\nazimuth_reference = 'grid'\n"
    table = "well_id,md_m,inc_deg,azi_deg\nA-1,0,0,0\nA-1,304.8,12,45\nA-1,600,12,45\n"
    files: dict[str, str | bytes] = {"feet.txt": (FOLDER / "feet.txt").read_bytes(), "surveys.csv": table}
    project = read(tmp_path, files, toml)
    assert project.tables["surveys"].select("md_m", "inc_deg").rows() == [(0.0, 0.0), (304.8, 10.0)]
    [sentence] = told(project)
    assert sentence == (
        "surveys: well 'A-1' must have one survey; was in the table and in feet.txt. "
        "Only that file is used; remove one of them."
    )


def test_that_every_file_of_an_oddity_is_read_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8") + Path(__file__).with_name("test_wells.py").read_text("utf-8")
    assert [path.name for path in FOLDER.iterdir() if path.name not in text] == []
