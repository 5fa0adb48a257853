from __future__ import annotations

import ast
import gzip
import hashlib
import tomllib
from pathlib import Path

import lasio
import numpy as np
import polars as pl
import pytest

from scoring.vocabulary import GATES
from welltegra.simulator import field as package
from welltegra.simulator.field.gas_law import deviation
from welltegra.simulator.field.las import CURVES, FOOT_M, VENDORS
from welltegra.simulator.field.making import make_field
from welltegra.simulator.field.plan import AS_OF, FieldOptions
from welltegra.simulator.field.styles import STYLES

# The columns of design/project-data.md, word by word.
COLUMNS = {
    "wells": "well_id name field reservoir x y crs kb_elevation_m vertical_datum location_source transform_chain"
    " max_inc_deg status aliases",
    "reservoirs": "reservoir bo recovery_factor sor spacing_m economic_oil_sm3d gas_gravity temperature_degc outline",
    "surveys": "well_id md_m inc_deg azi_deg azimuth_reference",
    "tops": "well_id surface md_m",
    "production": "well_id date oil_sm3 water_sm3 gas_sm3 hours_on zone",
    "injection": "well_id date water_sm3 gas_sm3 zone",
    "pressures": "well_id date pressure_bar kind datum_tvdss_m initial_bar",
    "saturation_logs": "well_id date top_md_m base_md_m sw",
    "overrides": "well_id zone input value reason author date",
    "completions": "well_id top_md_m base_md_m status date",
    "operability": "well_id integrity workover_complexity access cost_ratio tubing_access single_casing cement_bond"
    " tree_serviceable abandoned",
    "contacts": "reservoir kind tvdss_m",
    "evidence": "well_id kind path sha256",
}


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("field")
    make_field(FieldOptions(wells=60, seed=7), folder)
    return folder


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exact")
    make_field(FieldOptions(wells=30, seed=3, noise=0.0, gaps=False), folder)
    return folder


def table(folder: Path, name: str) -> pl.DataFrame:
    parquet = folder / f"{name}.parquet"
    return pl.read_parquet(parquet) if parquet.exists() else pl.read_csv(folder / f"{name}.csv", try_parse_dates=True)


def read(path: Path) -> lasio.LASFile:
    if path.suffix != ".gz":
        return lasio.read(path)
    with gzip.open(path, "rt", encoding="ascii") as text:
        return lasio.read(text)


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("logs", [True, False])
def test_that_the_same_seed_gives_the_same_bytes_and_another_others(tmp_path: Path, *, logs: bool) -> None:
    for name, seed in (("one", 7), ("two", 7), ("other", 8)):
        make_field(FieldOptions(wells=12, seed=seed, logs=logs), tmp_path / name)
    one, two, other = (bytes_of(tmp_path / name) for name in ("one", "two", "other"))
    assert one == two
    assert one.keys() != other.keys() or one["production.parquet"] != other["production.parquet"]
    assert one["truth/intervals.parquet"] != other["truth/intervals.parquet"]


@pytest.mark.parametrize("wells", [1, 2, 5, 7, 19])
def test_that_even_a_small_field_has_all_its_tables(tmp_path: Path, wells: int) -> None:
    make_field(FieldOptions(wells=wells, seed=1), tmp_path)
    assert table(tmp_path, "wells")["well_id"].n_unique() == wells
    for name, columns in COLUMNS.items():
        assert table(tmp_path, name).columns == columns.split(), name


@pytest.mark.parametrize("name", COLUMNS)
def test_that_a_table_has_the_columns_of_the_design(field: Path, name: str) -> None:
    assert table(field, name).columns == COLUMNS[name].split()


def test_that_every_log_reads_and_its_depths_are_those_of_the_truth(field: Path) -> None:
    samples = pl.read_parquet(field / "truth" / "samples.parquet")
    names = {vendor.mnemonics[curve] for vendor in VENDORS for curve in CURVES}
    logs = tomllib.loads((field / "project.toml").read_text())["logs"]
    units, descending, packed = set(), 0, 0
    for log in logs:
        las = read(field / log["file"])
        assert las.well["WELL"].value == log["well_id"]
        assert {curve.mnemonic for curve in las.curves[1:]} <= names
        unit = las.curves[0].unit
        depth = las.index * (FOOT_M if unit == "FT" else 1.0)
        units.add(unit)
        descending += bool(depth[0] > depth[-1])
        packed += log["file"].endswith(".gz")
        expected = samples.filter(pl.col("well_id") == log["well_id"])["md_m"].to_numpy()
        assert np.sort(depth) == pytest.approx(expected, abs=1e-4)
    assert units == {"M", "FT"}
    assert descending
    assert packed


def test_that_a_log_without_noise_reads_what_the_rock_says(exact: Path) -> None:
    samples = pl.read_parquet(exact / "truth" / "samples.parquet")
    style = {name: style for style in STYLES for name in (style.name,)}
    wells = pl.read_parquet(exact / "truth" / "wells.parquet")
    for log in tomllib.loads((exact / "project.toml").read_text())["logs"]:
        las = read(exact / log["file"])
        vendor = next(v for v in VENDORS if set(v.mnemonics.values()) == {c.mnemonic for c in las.curves[1:]})
        (of,) = wells.filter(pl.col("well_id") == log["well_id"])["style"].to_list()
        mine = samples.filter(pl.col("well_id") == log["well_id"])
        order = slice(None, None, -1) if vendor.descending else slice(None)
        rt, rhob = (las[vendor.mnemonics[curve]][order] for curve in ("rt", "rhob"))
        for rock in style[of].rocks:
            here = (mine["zone"] == rock.zone).fill_null(False).to_numpy() & mine["pay"].to_numpy()
            if rock.saturation_method == "archie" and here.any():
                phie, sw = mine["phie"].to_numpy()[here], mine["sw"].to_numpy()[here]
                back = (rock.a_factor * rock.rw_ohmm / (phie**rock.m_exponent * rt[here])) ** (1.0 / rock.n_exponent)
                assert back == pytest.approx(sw, abs=1e-4)
            if rock.porosity_method == "density" and here.any():
                apparent = (rock.rho_matrix_g_cm3 - rhob[here]) / (rock.rho_matrix_g_cm3 - rock.rho_fluid_g_cm3)
                assert apparent == pytest.approx(mine["phie"].to_numpy()[here], abs=1e-4)


def test_that_the_planted_gaps_cover_every_gate_one_kind_a_well(field: Path) -> None:
    gaps = pl.read_parquet(field / "truth" / "gaps.parquet")
    assert set(gaps.filter("planted")["gap_code"]) == set(GATES)
    assert gaps.group_by("well_id").agg(pl.col("kind").n_unique())["kind"].to_list() == [1] * gaps["well_id"].n_unique()
    assert gaps["well_id"].n_unique() < 40  # of 60


def test_that_evidence_names_files_by_what_is_in_them(field: Path) -> None:
    evidence = table(field, "evidence")
    assert evidence.null_count().row(0) == (0, 0, 0, 0)
    for path, sha256 in evidence.select("path", "sha256").unique().rows():
        assert hashlib.sha256((field / path).read_bytes()).hexdigest() == sha256


def test_that_months_sum_to_the_true_cumulative_up_to_as_of(exact: Path) -> None:
    truth = pl.read_parquet(exact / "truth" / "production.parquet")
    rows = table(exact, "production").with_columns(pl.col("well_id").str.strip_prefix("SYN/"))
    assert rows["date"].max() < AS_OF  # type: ignore[operator]  # polars says it may be a date or null
    metered = rows.group_by("well_id").agg(pl.col("oil_sm3", "gas_sm3").sum())
    both = truth.join(metered, on="well_id")
    oil, gas = both.filter(pl.col("ogip_sm3").is_null()), both.filter(pl.col("ogip_sm3").is_not_null())
    assert oil["oil_sm3"].to_numpy() == pytest.approx(oil["np_sm3"].to_numpy(), rel=1e-5)
    assert gas["gas_sm3"].to_numpy() == pytest.approx(gas["np_sm3"].to_numpy(), rel=1e-5)
    assert (oil["np_sm3"] <= oil["eur_sm3"] * (1 + 1e-12)).all()


def test_that_the_water_cut_rises_by_the_true_slope(exact: Path) -> None:
    truth = pl.read_parquet(exact / "truth" / "production.parquet")
    rows = table(exact, "production").with_columns(pl.col("well_id").str.strip_prefix("SYN/")).sort("well_id", "date")
    for well_id, slope in truth.select("well_id", "water_cut_slope_per_year").rows():
        series = rows.filter((pl.col("well_id") == well_id) & (pl.col("oil_sm3") > 0.0)).tail(36)
        cut = (series["water_sm3"] / (series["oil_sm3"] + series["water_sm3"])).to_numpy()
        # Condensate is little, and three decimals of it are a coarse measure.
        assert np.polyfit(np.arange(36) / 12.0, cut, 1)[0] == pytest.approx(slope, abs=1e-3), well_id


def test_that_static_pressures_of_gas_lie_on_the_line_to_the_gas_in_place(exact: Path) -> None:
    truth = pl.read_parquet(exact / "truth" / "production.parquet").drop_nulls("ogip_sm3")
    assert truth.height
    gas = next(style for style in STYLES if style.gas)
    rows = table(exact, "production").with_columns(pl.col("well_id").str.strip_prefix("SYN/"))
    static = table(exact, "pressures").filter(pl.col("kind") == "static")
    for well_id, ogip in truth.select("well_id", "ogip_sm3").rows():
        for day, pressure, initial in (
            static.filter(pl.col("well_id") == well_id).select("date", "pressure_bar", "initial_bar").rows()
        ):
            given = rows.filter((pl.col("well_id") == well_id) & (pl.col("date") < day))["gas_sm3"].sum()
            z, zi = deviation(np.array([pressure, initial]), gas.temperature_degc, gas.gas_gravity)
            assert given == pytest.approx(ogip * (1.0 - (pressure / z) / (initial / zi)), rel=2e-3), (well_id, day)


def test_that_intervals_agree_with_the_samples_of_their_logs(exact: Path) -> None:
    intervals = pl.read_parquet(exact / "truth" / "intervals.parquet")
    samples = pl.read_parquet(exact / "truth" / "samples.parquet")
    assert intervals.height
    inside = intervals.join(samples.filter("pay"), on=["well_id", "zone"], suffix="_sample").filter(
        pl.col("md_m").is_between("top_md_m", "base_md_m")
    )
    means = inside.group_by("well_id", "zone", "top_md_m").agg(
        pl.col("vsh", "phie").first(), pl.col("vsh_sample", "phie_sample").mean()
    )
    assert means.height == intervals.height
    off = means.select(
        vsh=(pl.col("vsh") - pl.col("vsh_sample")).abs(), phie=(pl.col("phie") - pl.col("phie_sample")).abs()
    )
    assert off.filter((pl.col("vsh") >= 0.01) | (pl.col("phie") >= 0.005)).is_empty()
    assert inside.height == samples["pay"].sum()


def test_that_candidates_stand_for_logs_where_asked(tmp_path: Path) -> None:
    made = make_field(FieldOptions(wells=200, seed=7, logs=False), tmp_path)
    candidates = table(tmp_path, "candidates")
    assert made.logs == 0
    assert not (tmp_path / "logs").exists()
    assert candidates["candidate_id"].n_unique() == candidates.height > 300
    unknown = set(candidates.columns) - set(CANDIDATE_COLUMNS)
    assert not unknown
    truth = pl.read_parquet(tmp_path / "truth" / "intervals.parquet")
    assert candidates.height < truth.height  # of a well without a log there is none


CANDIDATE_COLUMNS = (
    "candidate_id well_id zone event_no top_md_m base_md_m top_tvdss_m base_tvdss_m gross_md_m net_md_m vsh phie sw rt"
    " rt_contrast net_pay_m gross_m hcpt_m permeability_md log_quality bad_hole_fraction evaluated_fraction"
    " sampled_fraction max_step_m vsh_coverage porosity_coverage resistivity_coverage depth_problem has_log"
    " interpretation_id rw_ohmm rw_source a_factor m_exponent n_exponent sw_model porosity_method vsh_method"
    " sw_confidence sw_conflict completion_status position_confidence cone_radius_top_m cone_radius_base_m"
    " recommended_action evidence_pack_id cutoffs_applied source_ids"
).split()


def test_that_what_judges_a_field_has_no_part_in_making_it() -> None:
    imported = {
        name
        for path in Path(package.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names])
    }
    assert "numpy" in imported
    assert not {name for name in imported if name.split(".")[0] in {"scoring", "connectors", "flows", "schemas"}}


def test_that_a_complete_field_lacks_nothing(exact: Path) -> None:
    assert pl.read_parquet(exact / "truth" / "gaps.parquet").is_empty()
    wells = table(exact, "wells")
    assert wells["well_id"].is_unique().all()
    assert wells.null_count().sum_horizontal()[0] == 0


def test_that_no_injection_is_said_where_there_is_none(field: Path) -> None:
    wells, injected = table(field, "wells"), table(field, "injection")
    by_reservoir = (
        injected.join(wells.unique("well_id"), on="well_id").group_by("reservoir").agg(pl.col("water_sm3").sum())
    )
    assert set(by_reservoir["reservoir"]) == set(wells["reservoir"])
    assert by_reservoir["water_sm3"].to_list().count(0.0) == 2
