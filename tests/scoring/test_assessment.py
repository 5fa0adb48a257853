"""The wide frame: its rows, its columns, and that it does not depend on order or on how it is split."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from schemas.profiles import default_profile
from scoring.assessment import assess_reservoir
from scoring.locations import PROBLEM_FACTS
from scoring.parts import reservoirs_of
from tests.scoring.project_of import RESERVOIR, assessed, candidate, candidates, monthly_rows, project, well

INPUTS = (
    *("height_above_contact_m", "depletion_ratio", "pressure_ratio", "offset_drained_fraction", "injector_mpvi"),
    *(
        "unswept_hcpt_m",
        "integrity",
        "workover_complexity",
        "access",
        "cost_ratio",
        "crs_confidence",
        "depth_reference",
    ),
    *("completion_completeness", "production_completeness", "evidence_completeness"),
)
ALWAYS = {
    **dict.fromkeys((*PROBLEM_FACTS, "abandoned", "evidence_missing", "quarantine_reason"), pl.String),
    **dict.fromkeys(("well_name", "field", "reservoir", "offsets", "injectors_method", "eur_method"), pl.String),
    **dict.fromkeys(("water_cut_status", "water_cut_source", "water_cut_why", "water_cut_method"), pl.String),
    **dict.fromkeys((f"{name}_{kind}" for name in INPUTS for kind in ("status", "source")), pl.String),
    **dict.fromkeys((f"{name}_why" for name in INPUTS[:-5]), pl.String),
    **dict.fromkeys(("water_cut_level", "water_cut_slope", "water_cut_p", "np_sm3", "eur_sm3"), pl.Float64),
    **dict.fromkeys(("eur_fit_r2", "target_radius_m", "pressure_age_years", "saturation_age_years"), pl.Float64),
    **dict.fromkeys((n for n in INPUTS if n not in {"integrity", "workover_complexity", "access"}), pl.Float64),
    **dict.fromkeys(("integrity", "workover_complexity", "access", "crs_confidence", "depth_reference"), pl.String),
    **dict.fromkeys(("tubing_access", "single_casing", "cement_bond", "tree_serviceable"), pl.Boolean),
    **dict.fromkeys(("has_log", "cumulative_known", "never_produced"), pl.Boolean),
    **dict.fromkeys(("series_months", "event_no"), pl.Int32),
}


def a_field(seed: int = 0) -> tuple[Any, pl.DataFrame]:
    """Return a project of two reservoirs with production, injection, pressures, and its candidates."""
    rng = np.random.default_rng(seed)
    names = [f"W{i}" for i in range(8)]
    wells = [
        well(n, x=float(rng.uniform(0, 900)), y=float(rng.uniform(0, 900)), reservoir="RS"[i % 2])
        for i, n in enumerate(names)
    ]
    production = [
        row
        for name in names[:5]
        for row in monthly_rows(
            name,
            [float(v) for v in 3000.0 * np.exp(-0.02 * np.arange(40)) * rng.uniform(0.9, 1.1, 40)],
            water_sm3=[float(v) for v in rng.uniform(100.0, 900.0, 40)],
        )
    ]
    injection = [
        {k: v for k, v in row.items() if k != "oil_sm3"} | {"water_sm3": row["oil_sm3"]}
        for name in names[5:7]
        for row in monthly_rows(name, [float(v) for v in rng.uniform(1e3, 9e3, 40)])
    ]
    perforated = {"top_md_m": 2000.0, "base_md_m": 2010.0, "status": "perforated_producing"}
    made = project(
        wells=wells,
        reservoirs=[RESERVOIR, RESERVOIR | {"reservoir": "S"}],
        production=production,
        injection=injection,
        completions=[{"well_id": n} | perforated for n in names],
        pressures=[
            {"well_id": n, "kind": "static", "date": date(2018, 1, 1), "pressure_bar": 170.0, "initial_bar": 240.0}
            for n in names[:3]
        ],
        contacts=[{"reservoir": "R", "kind": "owc", "tvdss_m": 2050.0}],
        problems=[{"well_id": "W1", "kind": "unit_alias", "detail": "FT for ft."}],
    )
    its = [candidate(n) for n in names[:6]] + [candidate(n, top=2100.0, base=2104.0, event_no=2) for n in names[:6]]
    return made, candidates(*its)


def shuffled(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    return frame.sample(fraction=1.0, shuffle=True, seed=seed)


def test_that_every_column_is_there_in_its_type_whatever_was_given() -> None:
    bare = assessed(project(wells=[well("A")]), candidates(candidate("A")))
    full = assessed(*a_field())
    assert {name: bare.schema.get(name) for name in ALWAYS} == ALWAYS
    assert bare.schema == full.schema


def test_that_an_absent_table_is_missing_and_never_zero() -> None:
    (row,) = assessed(project(wells=[well("A")]), candidates(candidate("A"))).to_dicts()
    for name in INPUTS[:-5]:
        assert (row[name], row[f"{name}_status"]) == (None, "missing"), name
        assert row[f"{name}_why"], name
    assert (row["water_cut_status"], row["never_produced"], row["cumulative_known"]) == ("missing", None, False)
    # Of confidence, absence is known.
    assert [row[name] for name in INPUTS[-3:]] == [0.0, 0.0, pytest.approx(0.4)]


def test_that_a_status_agrees_with_its_value() -> None:
    for row in assessed(*a_field()).to_dicts():
        for name in INPUTS:
            missing = row[f"{name}_status"] == "missing"
            assert (row[name] is None) == missing, name
            assert (row.get(f"{name}_why") is not None) == (missing and name in INPUTS[:-5]), name


def test_that_a_well_with_neither_candidate_nor_log_has_a_row() -> None:
    wells = [well("A"), well("B"), well("C")]
    frame = assessed(project(wells=wells, logs=["A", "B"]), candidates(candidate("A")))
    assert frame.select("well_id", "event_no", "candidate_id", "has_log").rows() == [
        ("A", 1, "A/Z/2000.00", True),
        ("C", 0, None, False),
    ]
    # B's log turned out to be of no use.
    unusable = assessed(project(wells=wells, logs=["A", "B"]), candidates(candidate("A")), evaluated={"A"})
    assert unusable["well_id"].to_list() == ["A", "B", "C"]


def test_that_a_well_with_a_log_and_no_find_still_drains_its_neighbours() -> None:
    wells = [well("A"), well("B", x=1100.0)]
    tables: dict[str, Any] = {"reservoirs": [RESERVOIR], "production": monthly_rows("B", [1e5])}
    frame = assessed(project(wells=wells, logs=["B"], **tables), candidates(candidate("A")))
    assert frame["well_id"].to_list() == ["A"]
    assert frame["offsets"].to_list() == ["B at 100 m drained 261 m"]


def test_that_the_order_of_rows_changes_nothing() -> None:
    made, its = a_field()
    first = assessed(made, its)
    for seed in range(3):
        tables = {name: shuffled(frame, seed) for name, frame in made.tables.items()}
        other = assessed(replace(made, tables=tables, problems=shuffled(made.problems, seed)), shuffled(its, seed))
        assert_frame_equal(other, first, check_exact=True)


def test_that_reservoirs_assessed_apart_are_those_assessed_together() -> None:
    made, its = a_field()
    assert reservoirs_of(made) == ["R", "S"]
    parts = [assess_reservoir(made, its, reservoir, default_profile()) for reservoir in reservoirs_of(made)]
    assert_frame_equal(pl.concat(parts).sort("well_id", "event_no"), assessed(made, its), check_exact=True)


def test_that_wells_without_a_reservoir_are_a_part_of_their_own() -> None:
    made = project(wells=[well("A"), well("B", reservoir=None)])
    assert reservoirs_of(made) == ["R", None]
    assert assess_reservoir(made, candidates(), None, default_profile())["well_id"].to_list() == ["B"]


def test_that_a_producer_of_unstated_reservoir_stands_beside_each_part_and_in_none() -> None:
    tables: dict[str, Any] = {"production": monthly_rows("B", [5.0]), "reservoirs": [RESERVOIR]}
    made = project(wells=[well("A"), well("B", x=1200.0, reservoir=None)], **tables)
    part = assess_reservoir(made, candidates(candidate("A")), "R", default_profile())
    assert part["well_id"].to_list() == ["A"]
    assert "what B (200 m away) produced" in part["offset_drained_fraction_why"][0]
    assert_frame_equal(part, assessed(made, candidates(candidate("A"))).filter(pl.col("well_id") == "A"))


def test_that_depth_problems_of_log_and_reader_stand_together() -> None:
    said = [{"well_id": "A", "kind": "depth_problem", "detail": "Two depth units."}]
    frame = assessed(
        project(wells=[well("A")], problems=said), candidates(candidate("A", depth_problem="Steps of 2 m."))
    )
    assert frame["depth_problem"].to_list() == ["Steps of 2 m. Two depth units."]


def test_that_what_happens_after_the_date_of_the_ranking_is_not_known() -> None:
    late = {"top_md_m": 2000.0, "base_md_m": 2010.0, "status": "perforated_producing", "date": date(2020, 1, 2)}
    tables: dict[str, Any] = {"production": monthly_rows("A", [5.0]), "completions": [{"well_id": "A"} | late]}
    (row,) = assessed(project(wells=[well("A")], **tables), candidates(candidate("A"))).to_dicts()
    assert (row["np_sm3"], row["completion_completeness"]) == (None, 0.0)
