"""docs/scoring.md says what the code does: tables and picture of the profile, constants, worked examples."""

from __future__ import annotations

import re
import tomllib

import polars as pl
import pytest

from schemas.profiles import canonical_profile
from scoring import connectivity, decline, gas, histories, intervals, petrophysics, profile_assessment
from scoring.blend import DECIMALS, total
from scoring.discovery import ACTIONS
from scoring.gaps import OWNERS
from scoring.models import log_models
from scoring.parameters import parse_parameters, settled
from scoring.profile import Profile
from scoring.scores import score
from scoring.vocabulary import COMPONENTS, GATES, INPUT_GAPS, PROMOTION_ACTIONS
from tests.scoring.targets import targets
from tests.welltegra.reopening.scoring_page import PAGE, PICTURE, REPO, names, picture, with_tables
from welltegra.reopening.profile_tables import sections

TEXT = PAGE.read_text("utf-8")
FLAT = " ".join(TEXT.split())  # where its lines are broken says nothing
PROFILE: Profile = canonical_profile().profile
ANEW = "write it anew: python -m tests.welltegra.reopening.scoring_page"


def test_that_the_tables_are_those_of_the_profile() -> None:
    assert with_tables(TEXT) == TEXT, ANEW
    assert sorted(names(TEXT)) == sorted(section.name for section in sections(canonical_profile()))


def test_that_a_changed_number_would_be_found() -> None:
    assert with_tables(TEXT.replace("| vsh | net-", "| vsh | gross-")) == TEXT
    assert with_tables(TEXT.replace("0.15: 1, 0.3: 0.7", "0.15: 1, 0.3: 0.8")) == TEXT


def test_that_the_picture_is_that_of_the_profile() -> None:
    assert PICTURE.read_bytes() == picture(), ANEW


def test_that_every_input_gate_and_gap_is_explained() -> None:
    for name in (*(one.name for one in PROFILE.inputs), *GATES, *INPUT_GAPS, *PROMOTION_ACTIONS):
        assert name in TEXT
    gates = TEXT.split("\n## Gates\n")[1].split("<!-- profile gates -->")[0]
    assert set(re.findall(r"`((?:G\d|COVERAGE)\.\w+)`", gates)) == set(GATES)
    gaps = TEXT.split("\n## Gaps\n")[1].split("<!-- profile gaps -->")[0]
    assert set(re.findall(r"G\d\.\w+", gaps)) <= set(GATES)
    for owner in {gate for gates in OWNERS.values() for gate in gates} - {"G3.COMPLETION", "G3.EVIDENCE"}:
        assert owner in gaps


ASSESSMENT = PROFILE.assessment


@pytest.mark.parametrize(
    "sentence",
    [
        f"are rounded to {DECIMALS} decimals",
        f"fewer than {decline.LEAST_MONTHS} producing months since the peak, r2 < {decline.LEAST_R2:.2f}",
        f"Di < {decline.LEAST_DECLINE_PER_YEAR:.2f} a year",
        f"{decline.LONGEST_FORECAST_YEARS:.0f} years at most",
        f"fewer than {decline.LEAST_PRESSURES} static pressures, r2 < {decline.LEAST_PZ_R2:.2f}",
        f"more than {histories.GAS_WELL_FROM:.0f} Sm3 of gas",
        f"0 <= ppr < {gas.PPR_BELOW:.0f}, {gas.TPR_OVER:.0f} < Tpr <= {gas.TPR_UP_TO:.0f}",
        f"gravity {gas.GRAVITY_RANGE[0]} to {gas.GRAVITY_RANGE[1]}",
        f"the median of the last {ASSESSMENT.water_cut_level_months} producing months",
        f"over the last {ASSESSMENT.water_cut_trend_months}, against the calendar",
        f"at least {ASSESSMENT.water_cut_trend_least_months} of them",
        f"gives p >= {ASSESSMENT.water_cut_trend_p:.2f}",
        f"A trend needs {profile_assessment.LEAST_MONTHS_OF_A_TREND} months at the least",
        f"sources are more than {ASSESSMENT.location_agreement_m:g} m (`location_agreement_m`) apart",
        f"stricter than {profile_assessment.LOCATION_AGREEMENT_AT_MOST_M:g} m and not laxer",
        f"(`required_evidence`): {', '.join(ASSESSMENT.required_evidence)}.",
        f"more than {PROFILE.petrophysics.sw_conflict_beyond:g} (`sw_conflict_beyond`) apart",
        f"has {connectivity.CRM_MONTHS} months beside injection",
        f"its {connectivity.CRM_INJECTORS} nearest injectors",
        f"(T1 + {petrophysics.ARPS_DEGC}) / (T2 + {petrophysics.ARPS_DEGC})",
        f"never more than {intervals._LONGEST_OWN_M / 2} m to a side",
        f"has {['no', 'one', 'two', 'three', 'four', 'five', 'six'][len(ACTIONS)]} sentences by completion status",
    ],
)
def test_that_the_page_says_the_numbers_of_the_code(sentence: str) -> None:
    assert sentence in FLAT


# Worked examples


def test_that_the_example_of_the_total_is_right() -> None:
    scores = {"static": 0.82, "dynamic": 0.73, "operability": 0.68, "confidence": 0.88}
    weights = {component.name: component.weight for component in PROFILE.components}
    said = " + ".join(f"{weights[name]:.2f} x {scores[name]:.2f}" for name in COMPONENTS)
    worth = (
        pl.DataFrame({f"{name}_score": value for name, value in scores.items()}).select(total(PROFILE, "score")).item()
    )
    assert f"give {said} = **{worth}**" in FLAT


def test_that_the_example_of_a_missing_pressure_is_right() -> None:
    one = score(targets({"pressure_ratio": None}), PROFILE).targets.row(0, named=True)
    dynamic = f"{one['dynamic_score']:.2f}, potential {one['dynamic_potential']:.2f}"
    assert f"has dynamic {dynamic}, coverage {one['dynamic_coverage']:.2f}" in FLAT
    assert f"total {one['total_score']:.2f} with potential {one['total_potential']:.2f}" in FLAT


def test_that_the_worked_sample_is_what_the_code_gives() -> None:
    example = tomllib.loads((REPO / "examples" / "volve" / "project.toml").read_text("utf-8"))
    parameters, faults = parse_parameters(example["parameters"]["Hugin Fm."])
    assert not faults
    said = settled(parameters, PROFILE.petrophysics)
    readings = {"tvdss_m": [2981.0], "gr": [25.0], "rhob": [2.25], "nphi": [0.20], "rt": [4.0]}
    one = log_models(pl.DataFrame(readings).with_columns(part=0), said, said.temperature).row(0, named=True)
    shown = dict(re.findall(r"^(\w+) += .* = ([\d.]+)(?: \S+)?$", TEXT.split("**A worked sample**")[1], re.MULTILINE))
    assert f"{one['vsh']:.3f}" == shown["Vsh"]
    assert f"{one['phie']:.4f}" == shown["phif"]
    assert f"{one['klogh_md']:.0f}" == shown["klogh"]
    assert f"{one['m_exponent']:.3f}" == shown["m"]
    assert f"{one['rw_ohmm']:.5f}" == shown["Rw"]
    assert f"{one['sw']:.3f}" == shown["Sw"]


def test_that_the_known_answers_of_vsh_are_right() -> None:
    half = pl.DataFrame({"igr": [0.5]})
    spoken = {
        "linear": "linear",
        "larionov_tertiary": "Larionov Tertiary",
        "larionov_older": "older",
        "steiber": "Steiber",
        "clavier": "Clavier",
    }
    said = [
        f"{spoken[method]} {half.select(petrophysics.shale_volume(pl.col('igr'), method)).item():.4f}".rstrip("0")
        for method in petrophysics.VSH
    ]
    assert f"Vsh at IGR 0.5: {', '.join(said)}." in FLAT


def test_that_the_conflict_of_the_specification_s_example_is_told() -> None:
    stated = {"sw": 0.43, "rt": 18.4, "phie": 0.16, "rw_ohmm": 0.12, "a_factor": 1.0, "m_exponent": 2.0}
    example = pl.DataFrame([stated | {"n_exponent": 2.0, "sw_model": "archie", "sw_conflict": None}])
    beyond = PROFILE.petrophysics.sw_conflict_beyond
    told = petrophysics.with_sw_conflicts(example.cast({"sw_conflict": pl.String}), beyond)["sw_conflict"].item()
    recomputed = re.findall(r"\d\.\d{3}", told)[0]
    assert f"Rt 18.4 ohm.m, PHIE 0.16, Rw 0.12 ohm.m, a 1, m 2, n 2 is told that Archie gives {recomputed}" in FLAT
