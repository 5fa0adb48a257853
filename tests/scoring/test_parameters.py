from __future__ import annotations

from typing import Any

import pytest

from scoring.expressions import Expression
from scoring.parameters import PetrophysicsDefaults, ZoneParameters, parse_parameters, settled
from scoring.rock import Archie, Cutoffs, Porosity, Saturation, Temperature, WaterResistivity

# The field report of the worked answer F-4, as design/project-data.md writes it.
REPORT: dict[str, Any] = {
    "gr_clean": 9,
    "gr_shale": 135,
    "porosity": {"method": "density_neutron_regression", "rho_matrix": 2.65, "rho_fluid": 0.9, "a": 0.4, "b": 0.01},
    "archie": {"a": 1.0, "m": "1.865 * klogh ** -0.0083", "n": 2.45},
    "klogh": "10 ** (8 * phif - 9 * vsh + 2)",
    "rw": {"value": 0.07, "at_degc": 20, "source": "field_report"},
    "temperature": {"degc": 111, "at_tvdss_m": 2800, "gradient_degc_per_100m": 2.6},
    "cutoffs": {"vsh_max": 0.50, "phie_min": 0.10},
}


def faults_of(raw: dict[str, Any]) -> list[tuple[str, str]]:
    made, faults = parse_parameters(raw)
    assert (made is None) == bool(faults)
    return [(".".join(fault.path), fault.must) for fault in faults]


def test_that_a_field_report_can_be_said_whole() -> None:
    made, faults = parse_parameters(REPORT)
    assert made is not None, faults
    assert (made.gr_clean, made.gr_shale, made.vsh_method, made.sw_confidence) == (9.0, 135.0, None, None)
    assert made.porosity == Porosity("density_neutron_regression", rho_matrix=2.65, rho_fluid=0.9, a=0.4, b=0.01)
    assert made.archie is not None
    assert isinstance(made.archie.m, Expression)
    assert (made.archie.a, made.archie.m.text, made.archie.n) == (1.0, "1.865 * klogh ** -0.0083", 2.45)
    assert made.klogh is not None
    assert made.klogh.names == {"phif", "vsh"}
    assert made.rw == WaterResistivity(0.07, 20.0, "field_report")
    assert made.temperature == Temperature(111.0, 2800.0, 2.6)
    assert made.cutoffs == Cutoffs(vsh_max=0.5, phie_min=0.1)


def test_that_an_empty_table_says_nothing_and_is_no_fault() -> None:
    assert parse_parameters({}) == (ZoneParameters(), ())


def test_that_a_bare_rw_is_the_projects_own_default() -> None:
    made, _ = parse_parameters({"rw": 0.07})
    assert made is not None
    assert made.rw == WaterResistivity(0.07, None, "project_default")


@pytest.mark.parametrize(
    ("raw", "path", "said"),
    [
        ({"gr_clean": "9"}, "gr_clean", "finite number"),
        ({"gr_clean": True}, "gr_clean", "finite number"),
        ({"gr_clean": float("nan")}, "gr_clean", "finite number"),
        ({"gr_clean": 135, "gr_shale": 9}, "gr_shale", "not be below"),
        ({"vsh": {"method": "Larionov"}}, "vsh.method", "one of linear, larionov_tertiary"),
        ({"vsh": {}}, "vsh.method", "must be given"),
        ({"vsh": "linear"}, "vsh", "must be a table"),
        ({"porosity": {"method": "density", "rho_matrix": 2650}}, "porosity.rho_matrix", "g/cm3"),
        ({"porosity": {"method": "density", "rho_matrix": 1, "rho_fluid": 1}}, "porosity.rho_fluid", "below"),
        ({"porosity": {"method": "density_neutron_regression", "b": 0}}, "porosity.a", "must be given"),
        ({"porosity": {"method": "sonic", "dt_matrix": 182}, "x": 1}, "x", "a key must be one of"),
        ({"porosity": {"method": "sonic", "dtmatrix": 55}}, "porosity.dtmatrix", "a key must be one of method"),
        ({"archie": {"n": 0.5}}, "archie.n", "1 or more"),
        ({"archie": {"m": 0}}, "archie.m", "above 0"),
        ({"archie": {"m": "2 * phi"}}, "archie.m", "a name must be one of"),
        ({"archie": {"m": "1.8 * klogh"}}, "archie.m", "klogh must be given"),
        ({"klogh": "klogh + 1"}, "klogh", "a name must be one of"),
        ({"klogh": 3}, "klogh", "expression in quotes"),
        ({"saturation": {"method": "simandoux"}}, "saturation.rsh", "must be given"),
        ({"rw": 0}, "rw", "above 0"),
        ({"rw": {"at_degc": 20}}, "rw.value", "must be given"),
        ({"rw": {"value": 0.07, "source": " "}}, "rw.source", "a text"),
        ({"temperature": {"degc": 111, "gradient_degc_per_100m": 2.6}}, "temperature.gradient_degc_per_100m", "depth"),
        ({"cutoffs": {"vsh_max": 40}}, "cutoffs.vsh_max", "fraction"),
        ({"cutoffs": {"phi_min": 0.1}}, "cutoffs.phi_min", "vsh_max, phie_min, sw_max, rt_min"),
        ({"sw_confidence": "good"}, "sw_confidence", "high, medium, low"),
    ],
)
def test_that_a_mistake_is_said_with_its_path(raw: dict[str, Any], path: str, said: str) -> None:
    ((at, must),) = faults_of(raw)
    assert at == path
    assert said in must


def test_that_all_mistakes_are_said_at_once_and_a_bad_expression_with_its_column() -> None:
    _, faults = parse_parameters({**REPORT, "gr_clean": -1, "klogh": "10 ** (8 * phi)", "colour": "red"})
    assert [(fault.path, fault.position) for fault in faults] == [
        (("gr_clean",), None),
        (("klogh",), 12),
        (("colour",), None),
    ]


def test_that_a_profile_fills_in_what_a_zone_does_not_say() -> None:
    defaults = PetrophysicsDefaults(vsh_method="clavier", rho_fluid=1.1)
    said = settled(None, defaults)
    assert said.vsh_method == "clavier"
    assert said.porosity is not None
    assert (said.porosity.method, said.porosity.rho_fluid) == ("neutron_density", 1.1)
    assert (said.archie, said.saturation) == (Archie(1.0, 2.0, 2.0), Saturation("archie"))
    assert said.cutoffs == Cutoffs(0.40, 0.08, 0.60, None)
    assert (said.gr_clean, said.rw, said.temperature, said.klogh) == (None, None, None, None)


def test_that_a_cutoffs_table_replaces_the_profiles_and_an_absent_key_is_no_cutoff() -> None:
    made, _ = parse_parameters({"cutoffs": {"phie_min": 0.1}})
    assert settled(made, PetrophysicsDefaults()).cutoffs == Cutoffs(None, 0.1, None, None)


@pytest.mark.parametrize(
    ("raw", "confidence"),
    [
        ({}, "low"),
        ({"rw": 0.07}, "low"),
        ({"rw": {"value": 0.07, "source": "offset_analog"}}, "medium"),
        ({"rw": {"value": 0.07, "source": "offset_analog"}, "sw_confidence": "high"}, "high"),
    ],
)
def test_that_sw_is_trusted_no_more_than_its_rw_has_a_source(raw: dict[str, Any], confidence: str) -> None:
    made, _ = parse_parameters(raw)
    assert settled(made, PetrophysicsDefaults()).sw_confidence == confidence
