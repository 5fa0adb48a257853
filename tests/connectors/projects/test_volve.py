"""The public Volve and Troll files, read where they lie, by the project of examples/volve."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from connectors.projects import read_project, read_well_log
from connectors.projects.config import SurveyEntry, TableEntry
from connectors.projects.mapping import to_columns
from connectors.projects.parse import parse_config
from connectors.projects.surveys import parse_survey
from connectors.projects.tables import read_cells
from scoring.project import Project
from tests.connectors.projects.helpers import TOML, folder_with, told

pytestmark = pytest.mark.realdata

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "volve" / "project.toml"


@pytest.fixture(scope="module")
def volve(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return the example, with its paths to where the recorded data lies here."""
    folder = tmp_path_factory.mktemp("volve")
    toml = EXAMPLE.read_text(encoding="utf-8").replace("../../../shared/data", shared_data.as_posix())
    (folder / "project.toml").write_text(toml, encoding="utf-8")
    return read_project(folder)


def test_that_f_15c_reads_in_metres_and_f_4_in_feet(volve: Project) -> None:
    metres, feet = read_well_log(volve, "15/9-F-15 C"), read_well_log(volve, "15/9-F-4")
    assert metres is not None
    assert feet is not None
    assert (metres.frame["md_m"][0], metres.frame["md_m"][-1]) == pytest.approx((2560.0152, 3222.1932), abs=1e-6)
    assert (feet.frame["md_m"][0], feet.frame["md_m"][-1]) == pytest.approx((657 * 0.3048, 11567.5 * 0.3048), abs=1e-9)
    for log in (metres, feet):
        assert not {kind for kind, _ in log.problems} & {"unit_conflict", "depth_problem"}
        assert log.frame["md_m"].is_sorted()
        assert {"gr", "rhob", "nphi", "rt"} <= set(log.frame.columns)


def test_that_nulls_blended_into_f_4_are_nulls_and_a_hot_shale_of_f_15c_is_not(volve: Project) -> None:
    f_4, f_15c = read_well_log(volve, "15/9-F-4"), read_well_log(volve, "15/9-F-15 C")
    assert f_4 is not None
    assert f_15c is not None
    told_of = [detail for kind, detail in f_4.problems if kind == "row_fault"]
    for reading in (
        "RHOB must lie from 0.5 to 4.5 as rhob; was -4636.33",
        "RT must lie from 0.001 to 1e+06 as rt; was -9471.09",
    ):
        assert any(reading in detail for detail in told_of)
    lowest = f_4.frame.select(pl.col("rhob", "rt", "nphi").min()).row(0)
    assert lowest == pytest.approx((1.3341, 0.1, 0.0457), abs=1e-4)
    assert f_15c.frame["gr"].max() == pytest.approx(1067.135, abs=1e-3)


def test_that_the_interpreted_log_has_its_curves_its_flag_and_its_name(volve: Project) -> None:
    log = read_well_log(volve, "15/9-F-11 A")
    assert log is not None
    assert log.frame.columns == ["md_m", "permeability", "vsh", "phie", "sw", "excluded"]
    assert log.interpretation_id == "CPI_WLC_PETRO_COMPUTED_OUTPUT_1"
    assert 0 < log.frame["excluded"].sum() < log.frame.height


def test_that_the_four_surveys_and_their_headers_are_read(shared_data: Path, volve: Project) -> None:
    surveys = volve.tables["surveys"]
    assert dict(surveys.group_by("well_id").len().sort("well_id").rows()) == {
        "15/9-F-12": 211,
        "15/9-F-15 C": 79,
        "15/9-F-4": 86,
        "15/9-F-9 A": 24,
    }
    assert surveys["azimuth_reference"].unique().to_list() == ["grid"]
    for path in sorted((shared_data / "volve_trajectory").iterdir()):
        survey = parse_survey(path.read_text("latin-1"), path.name, SurveyEntry(file=(path.name,)))
        assert survey.faults == ()
        assert (survey.facts.crs, survey.facts.kb_elevation_m, survey.facts.vertical_datum) == (
            "EPSG:23031",
            54.9,
            "MSL",
        )


def test_that_wells_lie_where_pick_and_survey_say_on_ed50(volve: Project) -> None:
    wells = {row["well_id"]: row for row in volve.tables["wells"].iter_rows(named=True)}
    assert (wells["15/9-F-4"]["x_m"], wells["15/9-F-4"]["y_m"]) == (435049.8, 6478560.8)
    assert (wells["15/9-F-9 A"]["x_m"], wells["15/9-F-9 A"]["y_m"]) == (435051.135, 6478561.568)
    assert {row["crs_confidence"] for row in wells.values()} == {"documented"}
    assert wells["15/9-F-4"]["latitude_deg"] == pytest.approx(58.440974, abs=2e-5)
    assert wells["15/9-F-4"]["longitude_deg"] == pytest.approx(1.885896, abs=2e-5)
    assert not set(volve.problems["kind"]) - {"row_fault", "vertical_datum_problem"}
    # Their picks show them inclined, and no survey of them is public.
    unsurveyed = volve.problems.filter(pl.col("kind") == "vertical_datum_problem")["well_id"]
    assert set(unsurveyed) == {"15/9-F-1 C", "15/9-F-5", "15/9-F-11 A", "15/9-F-14", "15/9-F-15 D"}


def test_that_production_is_kept_but_for_what_no_well_can_do(volve: Project) -> None:
    production, injection = volve.tables["production"], volve.tables["injection"]
    assert production["well_id"].unique().sort().to_list() == [
        *("15/9-F-1 C", "15/9-F-11", "15/9-F-12", "15/9-F-14", "15/9-F-15 D", "15/9-F-5")
    ]
    assert injection["well_id"].unique().sort().to_list() == ["15/9-F-4", "15/9-F-5"]
    assert production.height == 9161
    assert production["hours_on"].max() == 25.0
    assert production["water_sm3"].min() == 0.0
    assert production["water_sm3"].null_count() == 4
    # Converted from injector to producer in 2016.
    assert production.filter(pl.col("well_id") == "15/9-F-5")["date"].min() == date(2016, 4, 11)
    assert any("rows 1984, 3504, 5352 and 1 more: water_sm3 must be a number >= 0" in line for line in told(volve))


def test_that_the_monthly_sheet_says_its_units_in_a_row(shared_data: Path) -> None:
    raw = (shared_data / "volve_production" / "Volve production data.xlsx").read_bytes()
    columns = {"well_id": "Wellbore name", "oil_sm3": "Oil", "water_sm3": "Water", "hours_on": "On Stream"}
    mapping = {"sheet": "Monthly Production Data", "columns": columns, "constants": {"date": "2016-01-01"}}
    entry = TableEntry.model_validate(mapping)
    cells = read_cells(raw, "p.xlsx", "production", entry)
    mapped = to_columns(cells, "production", entry, parse_config(TOML, "project.toml"))
    assert cells.frame.height == mapped.frame.height + 1
    assert mapped.frame.row(0, named=True)["oil_sm3"] == pytest.approx(11142.47, abs=0.01)
    assert mapped.told == []


def test_that_picks_repeat_in_horizontal_wells_and_say_each_thing_once(volve: Project) -> None:
    tops = volve.tables["tops"]
    hugin = tops.filter((pl.col("well_id") == "15/9-F-4") & pl.col("surface").str.starts_with("Hugin"))
    assert hugin["surface"].to_list() == ["Hugin Fm. VOLVE Base", "Hugin Fm. VOLVE Top"]
    assert tops.filter(pl.col("surface") == "Hugin Fm. VOLVE Top").group_by("well_id").len()["len"].max() == 3


def test_that_exploration_logs_are_read_though_half_of_a_curve_is_missing(shared_data: Path, tmp_path: Path) -> None:
    files = (shared_data / "force2020_troll").as_posix()
    toml = f"project_id = 't'\nas_of = 2020-01-01\n[[logs]]\nfile = '{files}/*.las.gz'\n"
    project = read_project(folder_with(tmp_path, {}, toml, "well_id\n31/2-1\n31/3-1\n"))
    for well_id, rows, densities in (("31/2-1", 16035, 11172), ("31/3-1", 13361, 10015)):
        log = read_well_log(project, well_id)
        assert log is not None
        assert log.frame.height == rows
        assert log.frame["rhob"].count() == densities
        assert {"gr", "nphi", "rt", "dt", "caliper", "bit_size", "drho"} <= set(log.frame.columns)
        assert not {kind for kind, _ in log.problems} & {"unit_conflict", "depth_problem"}
