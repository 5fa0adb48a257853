from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.candidates import MEASURED_COLUMNS, candidates
from scoring.evaluation import LoggedWell, evaluate
from scoring.hole import Hole
from scoring.parameters import PetrophysicsDefaults, ZoneParameters
from scoring.project import WellLog
from scoring.trajectory import trajectory
from scoring.zone_summary import zone_summary
from tests.scoring.rock_of import NOTHING, PAY, SHALE, WELL, WET, ZONE, log_of, parameters

VERTICAL = Hole(None, True, 30.0, 100.0)
DEFAULTS = PetrophysicsDefaults()
Stretch = tuple[float | None, float | None]


def samples_of(
    log: WellLog,
    said: ZoneParameters | None = None,
    *stretches: Stretch,
    hole: Hole = VERTICAL,
    defaults: PetrophysicsDefaults = DEFAULTS,
    reservoir_degc: float | None = None,
) -> pl.DataFrame:
    places = pl.DataFrame(
        [(ZONE, number, top, base) for number, (top, base) in enumerate(stretches or [(None, None)], start=1)],
        schema={"zone": pl.String, "stretch": pl.Int32, "top_md_m": pl.Float64, "base_md_m": pl.Float64},
        orient="row",
    )
    return evaluate([LoggedWell(log, places, hole, {ZONE: said or parameters()}, reservoir_degc)], defaults)


def found(log: WellLog, *args: Any, **kwargs: Any) -> list[dict[str, Any]]:
    return candidates(samples_of(log, *args, **kwargs), kwargs.get("defaults", DEFAULTS)).to_dicts()


def test_that_a_pay_layer_between_shales_is_one_interval_with_its_own_numbers() -> None:
    (one,) = found(log_of((5, SHALE), (8, PAY), (5, SHALE)))
    assert (one["top_md_m"], one["base_md_m"]) == pytest.approx((1005.0, 1013.0))
    assert (one["net_pay_m"], one["gross_m"], one["net_md_m"], one["gross_md_m"]) == pytest.approx((8, 8, 8, 8))
    assert (one["vsh"], one["phie"], one["sw"], one["rt"]) == pytest.approx((0.0, 0.2, 0.25, 20.0))
    assert one["hcpt_m"] == pytest.approx(8 * 0.2 * 0.75)
    assert (one["rw_ohmm"], one["a_factor"], one["m_exponent"], one["n_exponent"]) == pytest.approx((0.05, 1, 2, 2))
    texts = ("rw_source", "sw_model", "porosity_method", "vsh_method", "sw_confidence", "sw_conflict")
    assert [one[name] for name in texts] == ["water_sample", "archie", "density", "linear", "medium", None]
    assert one["cutoffs_applied"] == {
        "vsh_max": 0.4,
        "phie_min": 0.08,
        "sw_max": 0.6,
        "rt_min": None,
        "min_bed_m": 0.5,
        "merge_gap_m": 1.0,
        "min_net_m": 1.0,
    }


def test_that_means_are_weighted_as_the_design_says() -> None:
    richer = {"gr": 40.0, "rhob": 2.485, "rt": 80.0}  # Vsh 0.2, porosity 0.1
    (one,) = found(log_of((6, PAY), (2, richer)))
    sw = (0.05 / (0.1**2 * 80.0)) ** 0.5
    assert one["vsh"] == pytest.approx((6 * 0 + 2 * 0.2) / 8)
    assert one["phie"] == pytest.approx((6 * 0.2 + 2 * 0.1) / 8)
    assert one["sw"] == pytest.approx((6 * 0.2 * 0.25 + 2 * 0.1 * sw) / (6 * 0.2 + 2 * 0.1))
    assert one["rt"] == 20.0


def test_that_rt_stands_against_wet_sand_and_else_against_shale_nearby() -> None:
    (wet,) = found(log_of((5, PAY), (3, WET), (5, SHALE)))
    (shale,) = found(log_of((5, PAY), (1.5, WET), (5, SHALE)))
    (outside,) = found(log_of((5, PAY), (15, NOTHING), (5, SHALE)), None, (1000.0, 1005.0))
    (far,) = found(log_of((5, PAY), (21, NOTHING), (5, SHALE)), None, (1000.0, 1005.0))
    assert [wet["rt_contrast"], shale["rt_contrast"], outside["rt_contrast"]] == pytest.approx([16.0, 10.0, 10.0])
    assert far["rt_contrast"] is None


def test_that_neither_a_tight_streak_nor_shaly_rock_is_wet_sand() -> None:
    """Porosity 0.05 at 10 ohm.m: Sw 1.0 by Archie, and no water that pay could stand against."""
    tight = {"gr": 20.0, "rhob": 2.5675, "rt": 10.0}
    shaly = WET | {"gr": 70.0}  # Vsh 0.5
    samples = samples_of(log_of((1, tight))).head(1).to_dicts()[0]
    assert (samples["phie"], samples["sw"]) == pytest.approx((0.05, 1.0))
    (streaked,) = found(log_of((5, PAY), (3, tight), (5, SHALE)))
    (both,) = found(log_of((5, PAY), (4, tight), (2.5, WET), (5, SHALE)))
    (dirty,) = found(log_of((5, PAY), (3, shaly), (5, SHALE)))
    (free,) = found(log_of((5, PAY), (3, tight), (5, SHALE)), parameters(cutoffs={"sw_max": 0.6}))
    # Against shale 10, against wet sand 16, against the streak 2.
    contrasts = [one["rt_contrast"] for one in (streaked, both, dirty, free)]
    assert contrasts == pytest.approx([10.0, 16.0, 10.0, 2.0])


def test_that_a_gap_adds_gross_not_net_and_counts_as_not_evaluated() -> None:
    (one,) = found(log_of((3, PAY), (0.8, NOTHING), (3, PAY)))
    assert (one["net_pay_m"], one["gross_m"]) == pytest.approx((6.0, 6.8))
    share = 6.0 / 6.8
    assert (one["evaluated_fraction"], one["vsh_coverage"], one["sampled_fraction"]) == pytest.approx((share, share, 1))
    assert one["log_quality"] == pytest.approx(share * 0.8)


def test_that_a_hole_in_the_log_lowers_the_sampled_fraction() -> None:
    log = log_of((3, PAY), (0.8, NOTHING), (3, PAY))
    holed = WellLog(WELL, log.frame.filter(pl.col("rt").is_not_null()), (), ())
    (one,) = found(holed)
    assert (one["net_pay_m"], one["gross_m"]) == pytest.approx((6.5, 6.8))  # each side reaches 0.3 m in, not 0.45
    assert one["sampled_fraction"] == pytest.approx(6.5 / 6.8)
    assert one["max_step_m"] == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("reads", "quality", "bad"),
    [
        ({"caliper": 9.0, "bit_size": 8.5}, 1.0, 0.0),
        ({"caliper": 10.5, "bit_size": 8.5}, 1.0, 0.0),
        ({"drho": 0.15}, 0.8, 0.0),
        ({}, 0.8, 0.0),
    ],
)
def test_that_log_quality_knows_whether_a_caliper_was_run(reads: dict[str, float], quality: float, bad: float) -> None:
    (one,) = found(log_of((5, {**PAY, **reads})))
    assert (one["log_quality"], one["bad_hole_fraction"]) == pytest.approx((quality, bad))


@pytest.mark.parametrize("reads", [{"caliper": 10.6, "bit_size": 8.5}, {"drho": 0.16}, {"drho": -0.16}])
def test_that_bad_hole_is_never_pay(reads: dict[str, float]) -> None:
    sound = {"caliper": 8.5, "bit_size": 8.5, "drho": 0.0}
    (one,) = found(log_of((4, {**PAY, **sound}), (0.5, {**PAY, **sound, **reads}), (4, {**PAY, **sound})))
    assert one["net_pay_m"] == pytest.approx(8.0)
    assert one["bad_hole_fraction"] == pytest.approx(0.5 / 8.5)


def test_that_excluded_samples_are_evaluated_but_no_pay() -> None:
    log = log_of((5, PAY), (0.5, PAY), (5, PAY))
    depth = pl.col("md_m")
    excluded = log.frame.with_columns(excluded=(depth > 1005) & (depth < 1005.5))
    (one,) = found(WellLog(WELL, excluded, (), ()))
    assert (one["net_pay_m"], one["gross_m"], one["evaluated_fraction"]) == pytest.approx((10.0, 10.5, 1.0))


def test_that_shale_that_reads_as_clean_sand_leaves_nothing_evaluated() -> None:
    samples = samples_of(log_of((5, PAY)), parameters(gr_clean=20, gr_shale=20))
    assert samples["vsh"].null_count() == len(samples)
    assert not samples["evaluated"].any()
    assert candidates(samples, DEFAULTS).is_empty()


def test_that_without_rw_there_is_no_sw_and_no_pay() -> None:
    samples = samples_of(log_of((5, PAY)), parameters(rw=None))
    assert samples["sw"].null_count() == len(samples)
    assert not samples["pay"].any()


def test_that_rw_measured_elsewhere_needs_the_heat_of_the_formation() -> None:
    cold = parameters(rw={"value": 0.05, "at_degc": 20, "source": "x"})
    assert samples_of(log_of((5, PAY)), cold)["rw_ohmm"].null_count() == 50
    assert samples_of(log_of((5, PAY)), cold, reservoir_degc=61.5)["rw_ohmm"].unique().to_list() == [0.025]
    gradient = parameters(
        rw={"value": 0.05, "at_degc": 20, "source": "x"},
        temperature={"degc": 60, "at_tvdss_m": 970.0, "gradient_degc_per_100m": 3},
    )
    samples = samples_of(log_of((5, PAY)), gradient)
    at = 60 + (samples["md_m"].to_numpy() - 30 - 970) * 0.03
    assert samples["rw_ohmm"].to_numpy() == pytest.approx(0.05 * 41.5 / (at + 21.5))


def test_that_sonic_stands_in_under_its_own_name() -> None:
    no_density = {"gr": 20.0, "rhob": None, "dt": 82.2, "rt": 20.0}
    (one,) = found(log_of((5, {**PAY, "dt": 82.2}), (2, no_density)))
    assert one["porosity_method"] == "density+sonic"
    assert one["phie"] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("nphi", "method", "phie"),
    [
        (0.24, "neutron_density", (0.2 + 0.24) / 2),
        (0.1, "neutron_density", ((0.04 + 0.01) / 2) ** 0.5),
        (None, "density", 0.2),
    ],
)
def test_that_neutron_density_knows_gas_and_falls_back_to_density(nphi: float, method: str, phie: float) -> None:
    (one,) = found(log_of((5, {**PAY, "nphi": nphi})), parameters(porosity={"method": "neutron_density"}))
    assert (one["porosity_method"], one["phie"]) == (method, pytest.approx(phie))


def test_that_neutron_and_density_are_corrected_for_shale() -> None:
    shaly = {"gr": 40.0, "rhob": 2.35, "nphi": 0.27, "rt": 20.0}  # Vsh 0.2
    said = parameters(porosity={"method": "neutron_density", "rho_shale": 2.485, "nphi_shale": 0.4})
    (one,) = found(log_of((5, shaly)), said)
    phid, phin = (2.65 - 2.35) / 1.65 - 0.2 * 0.1, 0.27 - 0.2 * 0.4
    assert one["phie"] == pytest.approx((phid + phin) / 2)


def test_that_interpreted_curves_serve_where_nothing_can_be_computed() -> None:
    reads = {"vsh": 0.1, "phie": 0.22, "sw": 0.3}
    (one,) = found(log_of((5, reads)), ZoneParameters())
    assert [one[name] for name in ("vsh", "phie", "sw")] == pytest.approx([0.1, 0.22, 0.3])
    assert [one[f"{name}"] for name in ("vsh_method", "porosity_method", "sw_model")] == ["interpreted"] * 3
    assert (one["resistivity_coverage"], one["rw_ohmm"], one["sw_conflict"]) == (0.0, None, None)


@pytest.mark.parametrize(("stated", "conflict"), [(0.29, False), (0.31, True), (0.43, True), (0.19, True)])
def test_that_an_interpreted_sw_that_contradicts_the_computed_is_said(stated: float, conflict: bool) -> None:
    (one,) = found(log_of((5, {**PAY, "sw": stated})))
    assert one["sw"] == pytest.approx(0.25)
    assert (one["sw_conflict"] is not None) == conflict
    assert not conflict or f"0.25; was {stated}" in one["sw_conflict"]


def test_that_permeability_and_m_follow_the_rock() -> None:
    said = parameters(klogh="10 ** (8 * phif - 9 * vsh + 2)", archie={"m": "1.865 * klogh ** -0.0083", "n": 2})
    (one,) = found(log_of((5, PAY)), said)
    k = 10 ** (8 * 0.2 + 2)
    m = 1.865 * k**-0.0083
    assert (one["permeability_md"], one["m_exponent"]) == pytest.approx((k, m))
    assert one["sw"] == pytest.approx((0.05 / (0.2**m * 20)) ** 0.5)


@pytest.mark.parametrize("method", ["simandoux", "indonesia"])
def test_that_shaly_models_are_archie_in_clean_sand_and_below_it_in_shaly(method: str) -> None:
    shaly = {**PAY, "gr": 50.0}
    said = parameters(saturation={"method": method, "rsh": 2})
    (clean,), (with_shale,) = found(log_of((5, PAY)), said), found(log_of((5, shaly)), said)
    assert clean["sw"] == pytest.approx(0.25)
    assert with_shale["sw"] < 0.24
    assert clean["sw_model"] == ("simandoux_bardon_pied" if method == "simandoux" else method)


def test_that_an_inclined_well_is_measured_true_vertical() -> None:
    survey = pl.DataFrame({"md_m": [0.0, 500.0, 2000.0], "inc_deg": [0.0, 60.0, 60.0], "azi_deg": [0.0, 0.0, 0.0]})
    path, _ = trajectory(survey, 5.0)
    (one,) = found(log_of((8, PAY)), hole=Hole(path, False, 30.0, 100.0))
    assert (one["net_pay_m"], one["net_md_m"]) == pytest.approx((4.0, 8.0))
    assert one["hcpt_m"] == pytest.approx(4 * 0.2 * 0.75)


def test_that_a_deviated_well_without_survey_has_intervals_but_no_true_thickness() -> None:
    samples = samples_of(log_of((8, PAY)), hole=Hole(None, False, 30.0, 100.0))
    (one,) = candidates(samples, DEFAULTS).to_dicts()
    assert [one[name] for name in ("net_pay_m", "gross_m", "hcpt_m")] == [None, None, None]
    assert (one["net_md_m"], one["phie"]) == pytest.approx((8.0, 0.2))
    assert samples["tvdss_m"].null_count() == len(samples)


def test_that_touching_stretches_hold_one_interval_and_separate_ones_two() -> None:
    log = log_of((20, PAY))
    assert len(found(log, None, (1000.0, 1010.03), (1010.03, 1020.0))) == 1
    assert len(found(log, None, (1000.0, 1010.0), (1010.5, 1020.0))) == 2


def test_that_stretch_edges_cut_what_a_sample_owns() -> None:
    (one,) = found(log_of((20, PAY)), None, (1003.03, 1007.77))
    assert (one["top_md_m"], one["base_md_m"], one["net_pay_m"]) == pytest.approx((1003.03, 1007.77, 4.74))


def test_that_a_stretch_that_the_log_does_not_reach_has_no_samples() -> None:
    assert samples_of(log_of((5, PAY)), None, (2000.0, 2010.0)).filter("in_zone").is_empty()
    assert samples_of(log_of(), None).is_empty()


def test_that_a_zone_is_summed_up_before_bed_rules() -> None:
    (zone,) = zone_summary(samples_of(log_of((0.3, PAY), (5, SHALE), (0.5, NOTHING), (3, PAY)))).to_dicts()
    assert (zone["well_id"], zone["zone"]) == (WELL, ZONE)
    assert (zone["gross_m"], zone["net_m"]) == pytest.approx((8.8, 3.3))
    assert zone["net_to_gross"] == pytest.approx(3.3 / 8.8)
    assert (zone["phie"], zone["sw"], zone["vsh"]) == pytest.approx((0.2, 0.25, 0.0))
    assert zone["evaluated_fraction"] == pytest.approx(8.3 / 8.8)


def test_that_a_zone_without_pay_has_no_averages() -> None:
    (zone,) = zone_summary(samples_of(log_of((5, SHALE)))).to_dicts()
    assert (zone["net_m"], zone["net_to_gross"], zone["phie"], zone["sw"]) == (0.0, 0.0, None, None)


READING = {
    "gr": st.one_of(st.none(), st.floats(0, 200)),
    "rhob": st.one_of(st.none(), st.floats(1.8, 2.9)),
    "nphi": st.one_of(st.none(), st.floats(-0.05, 0.6)),
    "rt": st.one_of(st.none(), st.floats(-10, 500)),
    "caliper": st.one_of(st.none(), st.floats(8, 14)),
}
LAYERS = st.lists(st.tuples(st.integers(1, 12), st.fixed_dictionaries(READING)), max_size=12)
WAYS = st.sampled_from(["archie", "simandoux", "indonesia"])


def random_log(layers: list[tuple[int, dict[str, float | None]]]) -> WellLog:
    return log_of(*[(count * 0.1, {**reads, "bit_size": 8.5}) for count, reads in layers])


@given(LAYERS, WAYS)
def test_that_pay_is_never_made_of_a_missing_reading_and_net_never_exceeds_gross(
    layers: list[tuple[int, dict[str, float | None]]], method: str
) -> None:
    said = parameters(porosity={"method": "neutron_density"}, saturation={"method": method, "rsh": 2})
    samples = samples_of(random_log(layers), said)
    pay = samples.filter("pay") if not samples.is_empty() else samples
    if not pay.is_empty():
        assert pay.select(pl.col("vsh", "phie", "sw", "gr", "rt").null_count()).row(0) == (0, 0, 0, 0, 0)
        assert not pay["bad_hole"].any()
        assert pay["rt"].min() > 0  # type: ignore[operator]  # polars says it may be a date or null
    for one in candidates(samples, DEFAULTS).to_dicts():
        assert 1.0 - 1e-6 <= one["net_pay_m"] <= one["gross_m"]
        assert all(0 <= one[name] <= 1 for name in ("vsh", "phie", "sw", "log_quality", "evaluated_fraction"))
    for zone in zone_summary(samples).to_dicts():
        assert zone["net_m"] <= zone["gross_m"]


@given(LAYERS, st.randoms())
def test_that_rows_in_any_order_give_the_same_bytes(
    layers: list[tuple[int, dict[str, float | None]]], chance: Any
) -> None:
    log = random_log(layers)
    order = list(range(len(log.frame)))
    chance.shuffle(order)
    first = candidates(samples_of(log), DEFAULTS)
    assert list(first.schema.items()) == list(MEASURED_COLUMNS.items())
    for frame in (log.frame.reverse(), log.frame[order]):
        assert candidates(samples_of(WellLog(WELL, frame, (), ())), DEFAULTS).equals(first)


@given(LAYERS, st.data())
def test_that_losing_readings_never_adds_pay(
    layers: list[tuple[int, dict[str, float | None]]], data: st.DataObject
) -> None:
    log = random_log(layers)
    lost = data.draw(st.sampled_from(["gr", "rhob", "rt"]))
    keep = np.array(data.draw(st.lists(st.booleans(), min_size=len(log.frame), max_size=len(log.frame))), dtype=bool)
    if log.frame.is_empty():
        return
    holed = log.frame.with_columns(pl.when(pl.Series(keep)).then(pl.col(lost)).alias(lost))
    before = samples_of(log)["pay"].to_numpy()
    after = samples_of(WellLog(WELL, holed, (), ()))["pay"].to_numpy()
    assert not (after & ~before).any()
