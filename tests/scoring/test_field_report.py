"""The operator's report of 15/9-F-4, Hugin, recomputed from its raw log: the worked answer of the recorded data."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from connectors.projects import read_project, read_well_log
from scoring.discovery import Discovery, discover
from scoring.parameters import PetrophysicsDefaults, PositionDefaults

WELL: Final = "15/9-F-4"
PROJECT: Final = """
project_id = "volve"
as_of = 2016-12-01
profile = "earthbond_reopen_v1"
crs = "EPSG:23031"
zones = [{name = "Hugin Fm.", top = "Hugin Fm. VOLVE Top", base = "Hugin Fm. VOLVE Base"}]

[tables.wells]
rows = [{well_id = "15/9-F-4", reservoir = "Hugin", kb_elevation_m = 54.9, crs = "EPSG:23031"}]

[tables.tops]
file = "SHARED/volve_logs/Volve_well_picks_modified.csv"
where = {WELL = "NO 15/9-F-4"}
columns = {well_id = "WELL", surface = "PICKS", md_m = "DEPTH"}

[[surveys]]
file = "SHARED/volve_trajectory/Volve_F_F-4_F-4_F-4_ACTUAL.txt"
well_id = "15/9-F-4"
encoding = "latin-1"

[[logs]]
file = "SHARED/volve_logs/15_9-F-4_INPUT.las.gz"
well_id = "15/9-F-4"
curves = {gr = "GR", rhob = "RHOB", nphi = "NPHI", rt = "RT"}

[parameters."Hugin Fm."]
gr_clean = 9
gr_shale = 135
porosity = {method = "density_neutron_regression", rho_matrix = 2.65, rho_fluid = 0.9, a = 0.4, b = 0.01}
archie = {a = 1.0, m = "1.865 * klogh ** -0.0083", n = 2.45}
klogh = "10 ** (8 * phif - 9 * vsh + 2)"
rw = {value = 0.07, at_degc = 20, source = "field_report"}
temperature = {degc = 111, at_tvdss_m = 2800, gradient_degc_per_100m = 2.6}
cutoffs = {vsh_max = 0.50, phie_min = 0.10}
"""


@pytest.fixture(scope="module")
def report(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Discovery:
    folder = tmp_path_factory.mktemp("volve")
    (folder / "project.toml").write_text(PROJECT.replace("SHARED", shared_data.as_posix()), encoding="utf-8")
    project = read_project(folder)
    log = read_well_log(project, WELL)
    assert log is not None
    return discover(project, [log], PetrophysicsDefaults(), PositionDefaults())


@pytest.mark.realdata
def test_that_the_report_s_porosity_and_sw_come_out_of_the_raw_log(report: Discovery) -> None:
    (zone,) = report.zones.to_dicts()
    assert zone["phie"] == pytest.approx(0.235, abs=0.005)
    assert zone["sw"] == pytest.approx(0.230, abs=0.005)
    assert zone["net_to_gross"] == pytest.approx(0.970, abs=0.005)
    assert zone["evaluated_fraction"] == pytest.approx(1.0)
    assert zone["gross_m"] == pytest.approx(3033.32 - 2931.04, abs=0.15)


@pytest.mark.realdata
def test_that_the_interval_lies_where_the_report_has_it(report: Discovery) -> None:
    (one,) = report.candidates.to_dicts()
    assert (one["top_tvdss_m"], one["base_tvdss_m"]) == pytest.approx((2931.04, 3033.32), abs=0.15)
    assert one["porosity_method"] == "density_neutron_regression"
    assert one["rw_ohmm"] == pytest.approx(0.0212, abs=0.0005)  # 0.07 ohm.m at 20 degC, at some 116 degC
    assert 1.7 < one["m_exponent"] < 1.9
    assert 25 < one["cone_radius_base_m"] < 40
    assert one["position_confidence"] == "medium"
