"""What the pipeline finds in a field whose truth is known: nothing more, nothing less, and within these tolerances."""

from __future__ import annotations

import gzip
import math
import re
from pathlib import Path

import polars as pl
import pytest

from scoring.unswept_volume import with_unswept_volume
from tests.system.synthetic_field import Ranked, ranked
from welltegra.simulator.field.plan import FieldOptions

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def exact(tmp_path_factory: pytest.TempPathFactory) -> Ranked:
    """Every well has all, and tools do not scatter."""
    return ranked(tmp_path_factory.mktemp("exact"), FieldOptions(wells=30, seed=11, noise=0.0, gaps=False))


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Ranked:
    """Every well has all, and tools scatter as good tools do."""
    return ranked(tmp_path_factory.mktemp("noisy"), FieldOptions(wells=30, seed=11, gaps=False))


@pytest.fixture(scope="module")
def lacking(tmp_path_factory: pytest.TempPathFactory) -> Ranked:
    """With every kind of gap."""
    return ranked(tmp_path_factory.mktemp("lacking"), FieldOptions(wells=60, seed=7))


def largest(frame: pl.DataFrame, one: str, other: str) -> float:
    """Return the largest difference of two columns; neither may hold a null."""
    assert frame.height
    assert frame.select(one, other).null_count().row(0) == (0, 0)
    difference = frame.select((pl.col(one) - pl.col(other)).abs().max()).item()
    assert isinstance(difference, float)
    return difference


# A log file holds four decimals: 0.0001 g/cm3 is 0.00003 of porosity, and relatively three times that of Sw in shale.
@pytest.mark.parametrize(("curve", "tolerance"), [("vsh", 1e-5), ("phie", 1e-4), ("sw", 1e-3)])
def test_that_a_clean_log_gives_the_true_rock_at_every_sample(exact: Ranked, curve: str, tolerance: float) -> None:
    samples = exact.samples()
    assert samples["zone"].n_unique() == 6  # every method of Vsh, porosity and Sw
    assert samples.height > 0.99 * exact.truth("samples").drop_nulls("zone").height
    assert largest(samples, curve, f"{curve}_true") < tolerance
    assert samples.filter(pl.col("pay") != pl.col("pay_true")).is_empty()


# Three and more standard deviations of the tools: 1 gAPI of 105, 0.004 g/cm3 of 1.65 and 0.004 v/v, 1.5 % of Rt.
@pytest.mark.parametrize(("curve", "tolerance"), [("vsh", 0.05), ("phie", 0.012), ("sw", 0.04)])
def test_that_a_noisy_log_gives_the_true_pay(noisy: Ranked, curve: str, tolerance: float) -> None:
    samples = noisy.samples()
    assert samples.filter(pl.col("pay") != pl.col("pay_true")).is_empty()
    assert largest(samples.filter("pay_true"), curve, f"{curve}_true") < tolerance


@pytest.mark.parametrize("which", ["exact", "noisy"])
def test_that_the_true_intervals_are_found_and_no_others(which: str, request: pytest.FixtureRequest) -> None:
    field: Ranked = request.getfixturevalue(which)
    both, true = field.intervals(), field.truth("intervals")
    assert both.height == true.height == field.scored.targets.height
    # An edge lies somewhere between two samples, 0.2 m apart at most.
    for edge in ("top_md_m", "base_md_m", "top_tvdss_m", "base_tvdss_m", "height_above_contact_m"):
        assert largest(both, edge, f"{edge}_found") < 0.101, edge
    assert largest(both, "gross_m", "gross_m_found") < 0.21
    assert largest(both, "net_pay_m", "net_pay_m_found") < 0.41  # with a parting, four edges
    for mean, tolerance in (("vsh", 0.01), ("phie", 0.004), ("sw", 0.01)):
        assert largest(both, mean, f"{mean}_found") < tolerance, mean


def test_that_the_water_cut_trend_is_the_true_one(exact: Ranked, noisy: Ranked) -> None:
    for field, tolerance in ((exact, 0.001), (noisy, 0.008)):
        both = field.producing()
        assert both.height == field.truth("production").height
        assert largest(both, "water_cut_slope_per_year", "water_cut_slope") < tolerance
        rising = both.filter(pl.col("water_cut_slope_per_year") > 0.0)
        assert rising.filter(pl.col("water_cut_p") >= 0.01).is_empty()


def test_that_a_clean_decline_gives_the_true_ultimate_recovery(exact: Ranked) -> None:
    oil = exact.producing().drop_nulls("eur_sm3")
    ratio = oil.with_columns(ratio=pl.col("eur_sm3_found") / pl.col("eur_sm3"), one=1.0)
    assert largest(ratio, "ratio", "one") < 0.01


def test_that_p_over_z_gives_the_true_gas_in_place(exact: Ranked, noisy: Ranked) -> None:
    recovery = 0.70  # of the gas reservoir
    # Two correlations of z, half a per cent apart.
    for field, tolerance in ((exact, 0.02), (noisy, 0.06)):
        gas = field.producing().drop_nulls("ogip_sm3")
        assert set(gas["eur_method"]) == {"p_over_z"}
        ratio = gas.with_columns(ratio=pl.col("eur_sm3_found") / recovery / pl.col("ogip_sm3"), one=1.0)
        assert largest(ratio, "ratio", "one") < tolerance


def test_that_the_drained_share_of_a_circle_is_the_one_counted_by_points(exact: Ranked) -> None:
    both = exact.intervals().drop_nulls("offset_drained_fraction_found")
    assert both["offset_drained_fraction"].max() > 0.2  # type: ignore[operator]  # polars says it may be a date or null
    # Half a per cent of the counting, and what a thickness between samples does to the radius.
    assert largest(both, "offset_drained_fraction", "offset_drained_fraction_found") < 0.02


def test_that_each_interval_lies_where_it_is_at_depth(exact: Ranked) -> None:
    """Hundreds of metres from its wellhead, and within metres of the truth, which knows the way between stations."""
    both = exact.intervals().filter(pl.col("place_at") == "interval")
    assert both.height == exact.intervals().height
    assert largest(both, "x_m", "place_x_m") < 5.0
    assert largest(both, "y_m", "place_y_m") < 5.0
    assert largest(both, "x_m", "x_m_found") > 300.0


def test_that_pay_stands_out_against_water_and_not_against_tight_streaks(noisy: Ranked) -> None:
    contrast = noisy.scored.targets["rt_contrast"].drop_nulls()
    assert contrast.len() > 0.8 * noisy.scored.targets.height
    assert contrast.filter(contrast <= 1.0).is_empty()


def test_that_what_is_left_is_told_wherever_it_can_be(exact: Ranked) -> None:
    """True pore thickness on the circle that the plan spaced wells by, less the share that neighbours drained."""
    told = with_unswept_volume(exact.intervals()).drop_nulls("unswept_volume_m3")
    assert told.height > 0.5 * exact.scored.targets.height
    left = pl.col("hcpt_m") * (1.0 - pl.col("offset_drained_fraction")) * math.pi * (pl.col("spacing_m") / 2.0) ** 2
    off = (pl.col("unswept_volume_m3") / left - 1.0).abs()
    derived = told.filter(pl.col("unswept_hcpt_m_status") == "derived", pl.col("offset_drained_fraction") < 0.5)
    assert derived.height > 10
    assert derived.select(off.max()).item() < 0.1
    without = with_unswept_volume(exact.scored.targets).filter(pl.col("unswept_volume_m3").is_null())
    assert without["unswept_volume_m3_why"].null_count() == 0


def test_that_no_injection_is_known_where_it_was_said(exact: Ranked) -> None:
    styles = exact.truth("wells").select("well_id", "style")
    targets = exact.scored.targets.join(styles, on="well_id")
    assert set(targets.filter(pl.col("style") != "flooded")["injector_mpvi"]) == {0.0}
    flooded = targets.filter(pl.col("style") == "flooded")
    lower = flooded["zone"] == "Birch Sand"
    assert (flooded.filter(lower)["injector_mpvi"] > 0.0).all()
    assert set(flooded.filter(~lower)["injector_mpvi"]) == {0.0}  # they inject into the lower zone


def test_that_injected_water_parts_by_distance_where_its_history_is_short(exact: Ranked) -> None:
    both = exact.intervals().filter(pl.col("injectors_method").str.starts_with("inverse distance"))
    both = both.filter(pl.col("injector_mpvi_by_distance") > 0.0)
    ratio = both.with_columns(ratio=pl.col("injector_mpvi") / pl.col("injector_mpvi_by_distance"), one=1.0)
    # Pore volumes as good as thicknesses between samples.
    assert largest(ratio, "ratio", "one") < 0.10


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_that_every_planted_gap_is_found_and_no_other(tmp_path: Path, seed: int) -> None:
    field = ranked(tmp_path, FieldOptions(wells=45, seed=seed))
    assert field.truth("gaps").filter("planted")["gap_code"].n_unique() == 19
    found = field.gaps()
    assert found == field.true_gaps()
    assert len({code for _, _, code in found if code.startswith("INPUT.")}) == 9


def test_that_candidates_in_place_of_logs_have_the_same_gaps(tmp_path: Path) -> None:
    field = ranked(tmp_path, FieldOptions(wells=150, seed=4, logs=False))
    assert field.gaps() == field.true_gaps()


def test_that_a_complete_field_has_no_gap(exact: Ranked) -> None:
    assert exact.gaps() == set()


def test_that_every_class_is_there_and_each_for_its_reason(lacking: Ranked) -> None:
    wells = lacking.truth("wells").select("well_id", "role", "lacks", "operable")
    targets = lacking.scored.targets.with_columns(pl.col("classification").cast(pl.String)).join(wells, on="well_id")
    assert set(targets["classification"]) == {"A", "B", "C", "D", "Q"}

    def of(condition: pl.Expr) -> set[str]:
        return set(targets.filter(condition)["classification"])

    conflicts = ["identity_twice", "coarse_log", "depth_unit_conflict", "outside_field"]
    assert of(pl.col("lacks").is_in(conflicts)) == {"Q"}
    assert of(pl.col("lacks").is_in(["integrity_red", "abandoned"])) == {"D"}
    blocked = ["no_integrity", "no_operability", "no_completion_status", "thin_evidence", "no_log", "no_dynamics"]
    assert of(pl.col("lacks").is_in(blocked)) <= {"C", "D"}
    assert "C" in of(pl.col("lacks").is_in(blocked))
    assert "D" in of((pl.col("role") == "watered_out") & pl.col("completion_status").str.starts_with("perforated"))
    assert "A" in of(pl.col("lacks").is_null() & (pl.col("role") == "producer") & (pl.col("operable") > 0.6))
    assert "Q" not in of(pl.col("lacks").is_null())


def test_that_a_unit_that_nobody_knows_quarantines_only_where_the_curve_is_used(tmp_path: Path) -> None:
    options = FieldOptions(wells=8, seed=11, gaps=False)
    whole = ranked(tmp_path / "whole", options)
    well = whole.scored.targets["well_id"][0]  # the first of the ranking

    def of(field: Ranked) -> pl.DataFrame:
        targets = field.scored.targets.filter(pl.col("well_id") == well).sort("event_no")
        return targets.with_columns(pl.col("classification").cast(pl.String))

    def spoilt(curve: str, unit: str) -> Ranked:
        folder = tmp_path / curve
        field = ranked(folder, options, lambda: spell_unit(folder, well, curve, unit))
        assert f"curve {curve} must be in a unit" in str(field.project.problems["detail"].to_list())
        return field

    assert set(of(whole)["classification"]) <= {"A", "B"}
    unused = spoilt("BS", "")
    assert of(unused)["classification"].to_list() == of(whole)["classification"].to_list()
    assert unused.gaps() == whole.gaps() == set()
    share = of(unused)["log_quality"] / of(whole)["log_quality"]
    assert share.to_list() == pytest.approx([0.8] * len(share)), "as where no caliper was run"
    needed = spoilt("NPHI", "WEBER")
    assert set(of(needed)["classification"]) == {"Q"}
    assert {code for _, _, code in needed.gaps()} == {"G1.UNIT_CONFLICT"}


def spell_unit(folder: Path, well: str, curve: str, unit: str) -> None:
    """Write another unit of a curve into a well's LAS file."""
    path = next(path for path in (folder / "logs").iterdir() if path.name.startswith(f"{well}."))
    packed = path.name.endswith(".gz")
    raw = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
    text, count = re.subn(rf"(?m)^( *{curve} *)\.\S+".encode(), rf"\1.{unit} ".encode(), raw)
    assert count == 1
    path.write_bytes(gzip.compress(text) if packed else text)
