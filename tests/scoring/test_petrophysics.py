from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring import petrophysics
from scoring.petrophysics import VSH, with_sw_conflicts

ONE = pl.lit(1.0)
TWO = pl.lit(2.0)


def value_of(expression: pl.Expr, **columns: Any) -> list[float | None]:
    return pl.DataFrame(columns, strict=False).select(expression.alias("value"))["value"].to_list()


def saturation(model: str, rt: float | None, phi: float, rw: float, m: float, n: float, vsh: float) -> float | None:
    rock = (pl.col("rt"), pl.col("phi"), pl.lit(rw), ONE, pl.lit(m), n)
    shaly = {"simandoux": petrophysics.simandoux, "indonesia": petrophysics.indonesia}
    value = petrophysics.archie(*rock) if model == "archie" else shaly[model](*rock, pl.col("vsh"), 4.0)
    columns = {"rt": pl.Series([rt], dtype=pl.Float64), "phi": [phi], "vsh": [vsh]}
    return value_of(value, **columns)[0]


@pytest.mark.parametrize(("rt", "sw"), [(1.25, 1.0), (5.0, 0.5), (13.89, 0.3), (20.0, 0.25), (31.25, 0.2)])
@pytest.mark.parametrize("model", ["archie", "simandoux", "indonesia"])
def test_that_clean_sand_has_the_sw_of_the_design(model: str, rt: float, sw: float) -> None:
    assert saturation(model, rt, 0.2, 0.05, 2.0, 2.0, 0.0) == pytest.approx(sw, abs=1e-4)


def test_that_archie_reads_as_chart_sw_1() -> None:
    # Schlumberger chart Sw-1: F 20, Rw 0.05, Rt 10 -> Sw 0.316.
    assert saturation("archie", 10.0, 20**-0.5, 0.05, 2.0, 2.0, 0.0) == pytest.approx(0.316, abs=5e-4)


@pytest.mark.parametrize(
    ("method", "vsh"),
    [("linear", 0.5), ("larionov_tertiary", 0.2162), ("larionov_older", 0.33), ("steiber", 0.25), ("clavier", 0.3072)],
)
def test_that_vsh_at_half_the_gamma_ray_index_is_that_of_the_design(method: str, vsh: float) -> None:
    index = petrophysics.gamma_ray_index(pl.col("gr"), 20, 120)
    (value,) = value_of(petrophysics.shale_volume(index, method), gr=[70.0])
    assert value == pytest.approx(vsh, abs=5e-5)


@pytest.mark.parametrize("method", VSH)
def test_that_vsh_is_0_at_clean_1_at_shale_and_clamped_beyond(method: str) -> None:
    index = petrophysics.gamma_ray_index(pl.col("gr"), 20, 120)
    below, clean, shale, above, gap = value_of(
        petrophysics.shale_volume(index, method), gr=[-5.0, 20.0, 120.0, 1067.0, None]
    )
    assert gap is None
    assert [below, clean] == pytest.approx([0, 0], abs=1e-12)
    assert shale == above == pytest.approx(1.0, abs=0.011)


@given(st.lists(st.floats(0, 200), min_size=2, max_size=20), st.sampled_from(sorted(VSH)))
def test_that_vsh_rises_with_gamma_ray(readings: list[float], method: str) -> None:
    index = petrophysics.gamma_ray_index(pl.col("gr"), 20, 120)
    values = value_of(petrophysics.shale_volume(index, method), gr=sorted(readings))
    assert values == sorted(values, key=lambda v: v or 0.0)
    assert all(v is not None and 0 <= v <= 1 for v in values)


def test_that_shale_that_reads_as_clean_sand_gives_no_vsh() -> None:
    index = petrophysics.gamma_ray_index(pl.col("gr"), 75, 75)
    frame = pl.DataFrame({"gr": [50.0, 75.0, 100.0]}).with_columns(index.alias("igr"))
    assert frame["igr"].to_list() == [None, None, None]


def test_that_gas_crossover_takes_the_root_of_the_mean_square() -> None:
    mean, crossed = value_of(
        petrophysics.neutron_density_porosity(pl.col("d"), pl.col("n")), d=[0.20, 0.30], n=[0.24, 0.10]
    )
    assert mean == pytest.approx(0.22)
    assert crossed == pytest.approx(math.sqrt((0.30**2 + 0.10**2) / 2))


def test_that_porosities_follow_their_equations() -> None:
    density = petrophysics.density_porosity(pl.col("rhob"), 2.65, 1.0)
    assert value_of(density, rhob=[2.65, 2.32, 1.0]) == pytest.approx([0.0, 0.2, 1.0])
    assert value_of(petrophysics.sonic_porosity(pl.col("dt"), 55.5, 189.0), dt=[55.5, 189.0]) == pytest.approx([0, 1])
    regression = petrophysics.density_neutron_regression(pl.lit(0.20), pl.col("nphi"), 0.4, 0.01)
    assert value_of(regression, nphi=[0.25]) == pytest.approx([0.23])
    assert value_of(petrophysics.without_shale(pl.col("p"), pl.lit(0.5), 0.1), p=[0.2]) == pytest.approx([0.15])
    assert value_of(petrophysics.without_shale(pl.col("p"), pl.lit(0.5), None), p=[0.2]) == [0.2]


def test_that_rw_falls_with_heat_as_arps_says() -> None:
    # 0.07 ohm.m at 20 degC, at 111 degC: 0.07 * 41.5 / 132.5.
    assert value_of(petrophysics.water_resistivity(0.07, 20, pl.col("t")), t=[20.0, 111.0]) == pytest.approx(
        [0.07, 0.021925], abs=1e-6
    )


ROCK = {
    "rt": st.floats(0.05, 5000),
    "phi": st.floats(0, 0.5),
    "rw": st.floats(0.005, 2),
    "m": st.floats(1.3, 3),
    "n": st.floats(1, 4),
    "vsh": st.floats(0, 1),
}
MODELS = st.sampled_from(["archie", "simandoux", "indonesia"])


@given(MODELS, st.fixed_dictionaries(ROCK))
def test_that_sw_lies_between_0_and_1(model: str, rock: dict[str, float]) -> None:
    sw = saturation(model, **rock)
    assert sw is not None
    assert 0 <= sw <= 1


@given(MODELS, st.fixed_dictionaries(ROCK), st.floats(1.01, 10))
def test_that_sw_never_rises_with_resistivity(model: str, rock: dict[str, float], factor: float) -> None:
    sw, resistive = saturation(model, **rock), saturation(model, **{**rock, "rt": rock["rt"] * factor})
    assert sw is not None
    assert resistive is not None
    assert resistive <= sw + 1e-12


@given(st.sampled_from(["simandoux", "indonesia"]), st.fixed_dictionaries(ROCK))
def test_that_without_shale_every_model_is_archie(model: str, rock: dict[str, float]) -> None:
    clean = {**rock, "vsh": 0.0}
    assert saturation(model, **clean) == pytest.approx(saturation("archie", **clean), rel=1e-9)


@given(st.fixed_dictionaries({**ROCK, "phi": st.floats(0.01, 0.5)}))
def test_that_simandoux_solves_its_own_equation(rock: dict[str, float]) -> None:
    sw = saturation("simandoux", **rock)
    assert sw is not None
    conducts = rock["phi"] ** rock["m"] * sw ** rock["n"] / rock["rw"] + rock["vsh"] * sw / 4.0
    assert conducts == pytest.approx(1 / rock["rt"], rel=1e-6) or (sw == 1 and conducts < 1 / rock["rt"])


def test_that_shale_conducts_and_so_lowers_sw() -> None:
    shaly = [saturation(model, 10.0, 0.2, 0.05, 2.0, 2.0, 0.3) for model in ("archie", "simandoux", "indonesia")]
    # By hand: Simandoux is the root of 0.8 s^2 + 0.075 s = 0.1, Indonesia of (0.3^0.85/2 + sqrt(0.8)) s = sqrt(0.1).
    root = (-0.075 + math.sqrt(0.075**2 + 4 * 0.8 * 0.1)) / 1.6
    assert shaly == pytest.approx([0.353553, root, math.sqrt(0.1) / (0.3**0.85 / 2 + math.sqrt(0.8))], abs=1e-6)


@pytest.mark.parametrize("model", ["archie", "simandoux", "indonesia"])
def test_that_rock_without_pores_is_wet_and_a_missing_reading_is_no_sw(model: str) -> None:
    assert saturation(model, 100.0, 0.0, 0.05, 2.0, 2.0, 0.0) == 1.0
    assert saturation(model, None, 0.2, 0.05, 2.0, 2.0, 0.1) is None


def conflict(sw: float | None = 0.43, told: str | None = None, model: str | None = None, **other: Any) -> str | None:
    """Return what is told of the specification's example: Archie gives 0.505."""
    stated = {"sw": sw, "rt": 18.4, "phie": 0.16, "rw_ohmm": 0.12, "a_factor": 1.0, "m_exponent": 2.0}
    numbers = pl.DataFrame([stated | {"n_exponent": 2.0} | other]).cast(pl.Float64)
    words = pl.DataFrame(
        {"sw_model": [model], "sw_conflict": [told]}, {"sw_model": pl.String, "sw_conflict": pl.String}
    )
    said: str | None = with_sw_conflicts(numbers.hstack(words), 0.05)["sw_conflict"].item()
    return said


def test_that_the_sources_sw_is_found_to_contradict_its_inputs() -> None:
    said = conflict()
    assert said is not None
    assert "0.505; was 0.43" in said
    assert conflict(model="archie") == said


def test_that_an_sw_that_agrees_or_cannot_be_recomputed_is_no_conflict() -> None:
    assert conflict(0.50) is None
    assert conflict(None) is None
    assert conflict(rt=None) is None
    assert conflict(phie=0.0) is None
    assert conflict(model="indonesia") is None
    assert conflict(told="The operator knows.") == "The operator knows."
