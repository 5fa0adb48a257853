"""Logs: one small file for each oddity, to our curves, in our units, on one ascending depth."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from connectors.projects import read_well_log
from connectors.projects.mnemonics import OURS
from scoring.parameters import PetrophysicsDefaults, Porosity, ZoneParameters
from scoring.project import Exclude, Zone
from tests.connectors.projects.helpers import DATA, columns, log_reference, project_of, read_log

MD = [1000.0, 1000.5, 1001.0, 1001.5]
GR = [40.0, 50.0, 60.0, 70.0]
RHOB = [2.30, 2.35, 2.40, 2.45]
PLAIN: dict[str, list[Any]] = {"md_m": MD, "gr": GR, "rhob": RHOB}
NO_SECOND: dict[str, list[Any]] = {"md_m": MD, "gr": [40.0, None, 60.0, 70.0], "rhob": [2.30, None, 2.40, 2.45]}
FT = 0.3048
THOUSAND_FT = [1000 * FT, 1000.5 * FT, 1001 * FT]

# file: what is read, the kinds of problems
READ: dict[str, tuple[dict[str, list[Any]], list[str]]] = {
    "plain.las": (PLAIN, []),
    "version_1_2.las": (PLAIN, []),
    "wrapped.las": (PLAIN | {"nphi": [0.2] * 4, "rt": [10.0] * 4}, []),
    "gzipped.las.gz": (PLAIN, []),
    "latin_1.las": (PLAIN, []),
    "null_is_minus_9999.las": (NO_SECOND, []),
    "null_not_declared.las": (NO_SECOND, ["row_fault", "row_fault"]),
    "null_blended.las": (
        {"md_m": MD, "rhob": [None, None, 2.40, 2.45], "rt": [None, None, 12.0, 13.0]},
        ["row_fault", "row_fault"],
    ),
    "feet.las": ({"md_m": THOUSAND_FT, "gr": GR[:3]}, ["unit_alias"]),
    "tenths_of_inches.las": ({"md_m": [304.8, 304.9524, 305.1048], "gr": GR[:3]}, ["unit_alias"]),
    "descending.las": (PLAIN, []),
    "depth_repeated_alike.las": (PLAIN, ["row_fault"]),
    "depth_repeated_with_another_reading.las": (PLAIN, ["depth_problem"]),
    "depth_jumps_back.las": (
        {"md_m": [1000.0, 1000.25, *MD[1:]], "gr": [40.0, 45.0, *GR[1:]], "rhob": [2.30, 2.32, *RHOB[1:]]},
        ["depth_problem"],
    ),
    "depth_missing.las": (
        {"md_m": MD[:1] + MD[2:], "gr": GR[:1] + GR[2:], "rhob": RHOB[:1] + RHOB[2:]},
        ["depth_problem"],
    ),
    "stray_depth_in_tenths_of_inches.las": ({"md_m": THOUSAND_FT, "gr": GR[:3]}, ["unit_alias"]),
    "stray_depth_disagrees.las": ({"md_m": MD[:3], "gr": GR[:3]}, ["unit_conflict"]),
    "header_in_feet_samples_in_metres.las": (PLAIN, ["unit_conflict"]),
    "header_span_of_another_file.las": (PLAIN, ["row_fault"]),
    "depth_without_unit.las": ({"md_m": []}, ["unit_conflict"]),
    "unit_kg_per_m3.las": ({"md_m": MD[:3], "rhob": RHOB[:3], "drho": [0.01, 0.02, 0.03]}, ["unit_alias"]),
    "unit_percent.las": ({"md_m": MD[:3], "nphi": [0.2, 0.25, 0.3], "sw": [0.4, 0.5, 0.6]}, ["unit_alias"]),
    "unit_us_per_metre.las": ({"md_m": MD[:3], "dt": [76.2, 79.248, 82.296]}, []),
    "unit_millimetres.las": ({"md_m": MD[:3], "caliper": [8.5, 10.0, 217 / 25.4], "bit_size": [8.5] * 3}, []),
    "unit_unknown.las": ({"md_m": MD, "gr": GR}, ["unit_conflict"]),
    "unit_of_a_fraction_absent.las": (
        {"md_m": MD[:3], "nphi": [0.2, 0.25, 0.3], "vsh": [0.1, 0.2, 0.3]},
        ["unit_alias", "unit_alias"],
    ),
    "unit_contradicts_readings.las": ({"md_m": MD[:3]}, ["unit_conflict"]),
    "unit_of_unused_curves_absent.las": (PLAIN | {"nphi": [0.2] * 4, "rt": [10.0] * 4}, ["row_fault"] * 4),
    "names_of_other_curves.las": ({"md_m": MD[:2], "caliper": [8.6, 8.7]}, []),
    "mnemonics_of_vendors.las": (
        {
            "md_m": MD[:2],
            "gr": [40.0, 50.0],
            "rhob": [2.3, 2.35],
            "nphi": [0.2, 0.21],
            "dt": [80.0, 81.0],
            "rt": [10.0, 11.0],
            "caliper": [8.6, 8.7],
            "bit_size": [8.5, 8.5],
            "drho": [0.01, 0.02],
        },
        [],
    ),
    "second_choice_has_the_unit.las": ({"md_m": MD[:2], "rt": [10.0, 11.0]}, []),
    "words_among_numbers.las": (PLAIN | {"gr": [40.0, None, 60.0, 70.0]}, []),
    "cut_short.las": ({"md_m": []}, ["row_fault"]),
    "no_samples.las": ({"md_m": []}, ["row_fault"]),
    "no_las.las": ({"md_m": []}, ["row_fault"]),
    "gzip_cut_short.las.gz": ({"md_m": []}, ["row_fault"]),
}


@pytest.mark.parametrize("name", READ)
def test_that_a_file_is_read_as_its_name_says(name: str) -> None:
    log = read_log(name)
    expected, kinds = READ[name]
    found = columns(log)
    assert sorted(found) == sorted(expected)
    for curve, values in expected.items():
        assert found[curve] == pytest.approx(values, abs=1e-9), curve
    assert [kind for kind, _ in log.problems] == kinds


def test_that_every_file_of_an_oddity_is_read_here() -> None:
    of_other_tests = {
        "flag_to_exclude.las",
        "run_above.las",
        "run_below.las",
        "other_sampling.las",
        "well_in_header.las",
    }
    assert {path.name for path in (DATA / "las").iterdir()} - of_other_tests == set(READ)


def test_that_a_null_blended_with_its_neighbour_is_told_with_its_value() -> None:
    [(_, rhob), _] = read_log("null_blended.las").problems
    assert rhob == (
        "null_blended.las: readings of RHOB must lie from 0.5 to 4.5 as rhob; was -4636.33, 1 sample."
        " They count as no reading; nulls were blended in, or the tool failed."
    )


def test_that_a_unit_that_contradicts_the_readings_says_which_it_may_be() -> None:
    [(_, detail)] = read_log("unit_contradicts_readings.las").problems
    assert "must read as rhob in 'G/C3' does; was 2350 in the middle" in detail
    assert "is it 'kg/m3'?" in detail


def test_that_a_unit_stated_in_the_project_beats_the_header() -> None:
    log = read_log("unit_contradicts_readings.las", units={"rhob": "kg/m3"})
    assert columns(log)["rhob"] == pytest.approx(RHOB[:3])
    assert log.problems == ()


def test_that_a_depth_unit_stated_in_the_project_beats_the_header() -> None:
    log = read_log("depth_without_unit.las", units={"md": "ft"})
    assert columns(log)["md_m"] == pytest.approx([depth * FT for depth in MD])
    assert log.problems == ()


def test_that_a_blank_unit_is_a_conflict_only_where_a_zone_s_models_use_the_curve() -> None:
    absent = {"dt": "", "caliper": "", "bit_size": "", "permeability": ""}
    log = read_log("unit_of_unused_curves_absent.las")
    assert not absent.keys() & set(log.frame.columns)
    assert "curve BS must be in a unit that is known for bit_size; was ''. It is left out" in str(log.problems)
    reference = log_reference("unit_of_unused_curves_absent.las")
    sonic = ZoneParameters(porosity=Porosity("sonic"))
    for said, kinds in (({"Sand": sonic}, {"DT": "unit_conflict"}), ({"Shale": sonic}, {"DT": "row_fault"})):
        project = replace(project_of(reference), zones=(Zone("Sand"),), parameters=said)
        log_of_zone = read_well_log(project, "A-1")
        assert log_of_zone is not None
        told = {detail.split("curve ")[1].split()[0]: kind for kind, detail in log_of_zone.problems}
        assert told == {"DT": "row_fault", "CALI": "row_fault", "BS": "row_fault", "PERM": "row_fault"} | kinds
    by_profile = read_well_log(project_of(reference), "A-1", PetrophysicsDefaults(porosity_method="sonic"))
    assert by_profile is not None
    assert sorted(kind for kind, _ in by_profile.problems) == ["row_fault"] * 3 + ["unit_conflict"]


def test_that_total_saturation_is_taken_only_where_the_project_says_so() -> None:
    assert "sw" not in read_log("names_of_other_curves.las").frame.columns
    assert columns(read_log("names_of_other_curves.las", curves={"sw": "SWT"}))["sw"] == [0.4, 0.5]


def test_that_a_mapped_curve_beats_the_alias_table() -> None:
    assert columns(read_log("mnemonics_of_vendors.las", curves={"rt": "ECGR"}, units={"rt": "ohm.m"}))["rt"] == [
        40.0,
        50.0,
    ]


def test_that_a_mapped_curve_that_is_not_there_is_told_and_not_replaced() -> None:
    log = read_log("mnemonics_of_vendors.las", curves={"gr": "EGR"})
    assert "gr" not in log.frame.columns
    [(kind, detail)] = log.problems
    assert kind == "row_fault"
    assert "curves.gr of its [[logs]] must be a curve of it; was 'EGR'. Did you mean 'ECGR'?" in detail


def test_that_null_values_of_the_project_are_nulls_too() -> None:
    assert columns(read_log("plain.las", null_values=(50.0, 2.4)))["gr"] == [40.0, None, 60.0, 70.0]


def test_that_excluded_samples_are_marked_and_the_others_are_not() -> None:
    log = read_log("flag_to_exclude.las", exclude=Exclude("CARB_FLAG", 1.0))
    assert columns(log) == {"md_m": MD, "gr": GR, "excluded": [False, True, False, True]}


def test_that_an_exclude_on_a_curve_that_is_not_there_is_told() -> None:
    log = read_log("plain.las", exclude=Exclude("CARB_FLAG", 1.0))
    assert "excluded" not in log.frame.columns
    assert [kind for kind, _ in log.problems] == ["row_fault"]


def test_that_an_interpretation_is_named_where_there_is_an_interpreted_curve() -> None:
    assert read_log("unit_percent.las", interpretation_id="CPI-1").interpretation_id == "CPI-1"
    assert read_log("plain.las", interpretation_id="CPI-1").interpretation_id is None


def test_that_runs_of_one_well_are_joined_and_the_first_wins_where_they_overlap() -> None:
    project = project_of(log_reference("run_above.las"), log_reference("run_below.las", "S2"))
    log = read_well_log(project, "A-1")
    assert log is not None
    assert columns(log) == {"md_m": [*MD, 1002.0, 1002.5], "gr": [*GR, 80.0, 90.0], "rhob": [*RHOB, 2.5, 2.55]}
    assert log.source_ids == ("S1", "S2")


def test_that_readings_at_other_depths_are_interpolated_but_not_over_a_gap() -> None:
    project = project_of(log_reference("plain.las"), log_reference("other_sampling.las", "S2"))
    log = read_well_log(project, "A-1")
    assert log is not None
    found = columns(log)
    assert found["md_m"] == [*MD, 1002.75, 1003.25]
    assert found["nphi"] == pytest.approx([None, 0.25, None, None, 0.5, 0.6])
    assert found["gr"] == [*GR, None, None]


def test_that_a_well_without_files_has_no_log() -> None:
    assert read_well_log(project_of(log_reference("plain.las")), "B-2") is None


def test_that_a_file_that_went_away_is_a_problem_and_no_error() -> None:
    log = read_log("gone.las")
    assert [kind for kind, _ in log.problems] == ["row_fault"]
    assert log.frame.height == 0


def test_that_no_mnemonic_stands_for_two_curves() -> None:
    names = [name for line in OURS.values() for name in line.split()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_that_nothing_of_a_library_s_log_reaches_the_terminal(caplog: pytest.LogCaptureFixture) -> None:
    read_log("header_in_feet_samples_in_metres.las")
    assert caplog.records == []
