from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.discovery import ACTIONS, CANDIDATE_COLUMNS, Discovery, discover
from scoring.ids import candidate_id
from scoring.parameters import PetrophysicsDefaults, PositionDefaults
from scoring.project import Project, WellLog, Zone
from scoring.well_facts import WellFacts
from tests.scoring.rock_of import PAY, SHALE, WELL, WET, log_of, parameters, project_of

SAND = (Zone("Sand", "Sand Top", "Sand Base"), Zone("Lower"))
SAID = {"Sand": parameters(), "Lower": parameters()}
TOPS = pl.DataFrame(
    [(WELL, "Sand Top", 1002.0, "S2"), (WELL, "Sand Base", 1020.0, "S2"), (WELL, "Lower", 1030.0, "S2")],
    schema=["well_id", "surface", "md_m", "source_id"],
    orient="row",
)
LAYERS = [(5, SHALE), (4, PAY), (6, SHALE), (3, PAY), (14, SHALE), (2, PAY), (4, WET)]
LOG = log_of(*LAYERS)


def discovered(project: Project, *logs: WellLog) -> Discovery:
    return discover(project, logs or [LOG], PetrophysicsDefaults(), PositionDefaults())


def rows(project: Project, *logs: WellLog) -> list[dict[str, Any]]:
    return discovered(project, *logs).candidates.to_dicts()


def test_that_intervals_are_numbered_by_depth_across_zones() -> None:
    found = rows(project_of(zones=SAND, said=SAID, tops=TOPS))
    assert [(one["zone"], one["event_no"]) for one in found] == [("Sand", 1), ("Sand", 2), ("Lower", 3)]
    assert [one["top_md_m"] for one in found] == pytest.approx([1005.0, 1015.0, 1032.0])
    assert [one["top_tvdss_m"] for one in found] == pytest.approx([975.0, 985.0, 1002.0])
    assert {one["source_ids"] for one in found} == {"S1;S2"}
    assert all(one["has_log"] for one in found)


def test_that_candidates_always_have_all_columns_of_one_type() -> None:
    for project in (project_of(), project_of(zones=SAND, said=SAID), project_of(zones=SAND, said={}, tops=TOPS)):
        assert dict(discovered(project).candidates.schema) == CANDIDATE_COLUMNS
    assert (
        dict(discover(project_of(), [], PetrophysicsDefaults(), PositionDefaults()).candidates.schema)
        == CANDIDATE_COLUMNS
    )


def test_that_a_well_without_the_zones_says_so_and_has_no_interval() -> None:
    found = discovered(project_of(zones=SAND, said=SAID))
    assert found.candidates.is_empty()
    assert found.zones.is_empty()
    assert [("no zone to look in" in detail) for detail in found.problems["detail"]] == [True]


def test_that_parameters_of_one_well_replace_those_of_the_zone() -> None:
    project = project_of(zones=SAND, said=SAID, tops=TOPS)
    own = parameters(rw={"value": 0.1, "source": "water_sample"})
    changed = replace(project, well_parameters={("Sand", WELL): own, ("Lower", "W-2"): own})
    assert [one["rw_ohmm"] for one in rows(changed)] == pytest.approx([0.1, 0.1, 0.05])


def test_that_the_only_parameters_of_a_project_without_zones_are_for_the_whole_log() -> None:
    assert len(rows(project_of(said={"anything": parameters()}))) == 3
    assert rows(project_of(said={"one": parameters(), "other": parameters()})) == []


def test_that_completions_tell_status_and_action() -> None:
    completions = pl.DataFrame(
        [(WELL, 1005.0, 1009.0, "perforated_shut_in", date(2010, 1, 1), "S9")],
        schema=["well_id", "top_md_m", "base_md_m", "status", "date", "source_id"],
        orient="row",
    )
    found = rows(project_of(completions=completions))
    assert [one["completion_status"] for one in found] == ["perforated_shut_in", "never_perforated", "never_perforated"]
    assert [one["recommended_action"] for one in found] == [
        ACTIONS["perforated_shut_in"],
        *[ACTIONS["never_perforated"]] * 2,
    ]
    assert {one["source_ids"] for one in found} == {"S1;S9"}
    unknown = rows(project_of())
    assert {(one["completion_status"], one["recommended_action"]) for one in unknown} == {(None, ACTIONS["unknown"])}


@pytest.mark.parametrize(
    ("problems", "confidence"),
    [
        ([], "medium"),  # 3 degrees of 1000 m are 52 m
        ([(WELL, "crs_conflict", "x")], "medium"),
    ],
)
def test_that_a_vertical_well_without_survey_has_a_cone(
    problems: list[tuple[str | None, str, str]], confidence: str
) -> None:
    one = rows(project_of(problems=problems))[0]
    assert one["cone_radius_top_m"] == pytest.approx(1005 * 0.0524078, abs=1e-3)
    assert one["cone_radius_base_m"] == pytest.approx(1009 * 0.0524078, abs=1e-3)
    assert one["position_confidence"] == confidence


@pytest.mark.parametrize(
    ("problems", "confidence"),
    [
        ([], "high"),
        ([(WELL, "crs_conflict", "x")], "medium"),
        ([(None, "transform_chain_problem", "x")], "medium"),
        ([("W-2", "crs_conflict", "x")], "high"),
        ([(WELL, "azimuth_problem", "x")], "high"),
    ],
)
def test_that_high_confidence_needs_the_spatial_gate(
    problems: list[tuple[str | None, str, str]], confidence: str
) -> None:
    surveys = pl.DataFrame(
        [(WELL, md, 0.5, 10.0, "S3") for md in range(0, 1051, 30)],
        schema={
            "well_id": pl.String,
            "md_m": pl.Float64,
            "inc_deg": pl.Float64,
            "azi_deg": pl.Float64,
            "source_id": pl.String,
        },
        orient="row",
    )
    assert rows(project_of(problems=problems, surveys=surveys))[0]["position_confidence"] == confidence


def test_that_depth_problems_of_the_log_stay_with_its_intervals() -> None:
    log = WellLog(
        WELL, LOG.frame, (("depth_problem", "twice at 1001 m"), ("unit_alias", "M for m")), ("S1",), "interp-7"
    )
    one = rows(project_of(), log)[0]
    assert (one["depth_problem"], one["interpretation_id"]) == ("twice at 1001 m", "interp-7")


def test_that_an_interval_s_id_is_its_place_to_a_centimetre() -> None:
    same = [candidate_id("p", "w", "z", top, 20.0) for top in (10.0, 10.004, 10.006)]
    assert same[0] == same[1] != same[2]
    assert rows(project_of())[0]["candidate_id"] == candidate_id("p", WELL, "whole_log", 1005.0, 1009.0)


def test_that_an_evidence_pack_is_known_by_the_content_of_its_files() -> None:
    evidence = pl.DataFrame(
        [(WELL, "report", "a.pdf", "cd" * 32)], schema=["well_id", "kind", "path", "sha256"], orient="row"
    )
    plain, more = project_of(), project_of(evidence=evidence)
    moved = project_of(evidence=evidence.with_columns(path=pl.lit("elsewhere/a.pdf")))
    packs = [WellFacts(project, [WELL]).evidence_pack_id(WELL, ["S1"]) for project in (plain, more, moved)]
    assert packs[0] != packs[1] == packs[2]
    assert WellFacts(plain, [WELL]).evidence_pack_id(WELL, []) is None
    assert rows(more)[0]["evidence_pack_id"] == packs[1]


@settings(max_examples=10)
@given(st.permutations([0, 1, 2]), st.randoms())
def test_that_wells_and_rows_in_any_order_give_the_same_bytes(order: list[int], chance: Any) -> None:
    logs = [log_of(*LAYERS, well=well) for well in ("W-1", "W-2", "W-3")]
    tables: dict[str, Any] = {
        "tops": pl.concat([TOPS.with_columns(well_id=pl.lit(log.well_id)) for log in logs]),
        "surveys": pl.DataFrame(
            [(well, md, md / 100, 10.0) for well in ("W-1", "W-3") for md in (0.0, 500.0, 900.0, 1100.0)],
            schema=["well_id", "md_m", "inc_deg", "azi_deg"],
            orient="row",
        ),
    }
    shuffled: dict[str, Any] = {}
    for name, table in tables.items():
        rank = list(range(len(table)))
        chance.shuffle(rank)
        shuffled[name] = table[rank]
    first = discovered(project_of(zones=SAND, said=SAID, **tables), *logs)
    other = discovered(project_of(zones=SAND, said=SAID, **shuffled), *[logs[number] for number in order])
    assert first.candidates["well_id"].unique().sort().to_list() == ["W-1", "W-2", "W-3"]
    assert first.candidates.equals(other.candidates)
    assert first.zones.equals(other.zones)
    assert first.problems.equals(other.problems)


def test_that_a_well_gives_the_same_whichever_wells_it_is_judged_with(monkeypatch: pytest.MonkeyPatch) -> None:
    names = ("A", "B", "C", "D")
    wells = pl.DataFrame(
        [("A", "north", 30.0, 1.0), ("B", "north", 30.0, 1.0), ("C", "south", None, 60.0), ("D", "south", 30.0, 1.0)],
        schema=["well_id", "reservoir", "kb_elevation_m", "max_inc_deg"],
        orient="row",
    ).with_columns(latitude_deg=60.0, crs_confidence=pl.lit("documented"))
    tops = pl.concat([TOPS.with_columns(well_id=pl.lit(name)) for name in names])
    made = project_of(
        zones=SAND,
        said=SAID | {"Lower": parameters(cutoffs={"vsh_max": 0.5})},
        wells=wells,
        tops=tops,
        reservoirs=pl.DataFrame({"reservoir": ["north", "south"], "temperature_degc": [60.0, 110.0]}),
        completions=pl.DataFrame(
            {"well_id": ["B"], "top_md_m": [1005.0], "base_md_m": [1009.0], "status": ["squeezed"]}
        ).with_columns(date=pl.lit(date(2001, 1, 1)), source_id=pl.lit("S9")),
    )
    # D takes all it has from an interpretation, B a part; C has no TVD.
    made = replace(made, well_parameters={("Sand", "B"): parameters(rw={"value": 0.09, "at_degc": 20})})
    logs = [log_of(*LAYERS, well=name) for name in names]
    stated = {"vsh": 0.1, "phie": 0.2, "sw": 0.3}
    logs[3] = WellLog("D", logs[3].frame.select("md_m", **{name: pl.lit(of) for name, of in stated.items()}), (), ())
    together = discovered(made, *logs)
    assert together.candidates["well_id"].unique(maintain_order=True).to_list() == list(names)
    assert together.candidates["net_pay_m"].is_null().to_list() == [
        name == "C" for name in together.candidates["well_id"]
    ]
    monkeypatch.setattr("scoring.discovery._SAMPLES_TOGETHER", 1)
    alone = discovered(made, *reversed(logs))
    for frame in ("candidates", "zones", "problems", "strips"):
        assert getattr(together, frame).equals(getattr(alone, frame)), frame
