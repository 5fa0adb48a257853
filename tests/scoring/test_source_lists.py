"""Sources by their ids: each once, in order."""

from __future__ import annotations

import polars as pl

from scoring.source_lists import by_id, each_once
from tests.scoring.project_of import assessed, candidate, candidates, monthly_rows, project, well


def test_that_ids_of_several_texts_stand_once_and_s2_before_s10() -> None:
    assert each_once(["S10;S2", None, "S1", "S2", ""]) == ["S1", "S2", "S10"]


def test_that_rows_of_several_sources_are_told_apart() -> None:
    frame = pl.DataFrame({"well_id": ["B", "A", "A"], "source_id": ["S1", "S10;S2", "S2"]})
    assert by_id(frame).rows() == [("A", "S2"), ("A", "S10"), ("B", "S1")]


def test_that_an_input_names_each_of_its_files_once() -> None:
    # A well's row may come from a file and from project.toml, and another table from the same file.
    made = project(
        wells=[well("A", source_id="S1;S2")],
        production=monthly_rows("A", [5.0] * 3, source_id="S2"),
        injection=[],
        completions=[{"well_id": "A", "top_md_m": 2000.0, "base_md_m": 2010.0, "source_id": "S2;S10"}],
    )
    (row,) = assessed(made, candidates(candidate("A"))).to_dicts()
    assert row["depth_reference_source"] == "S1;S2"
    assert row["production_completeness_source"] == "S2"
    assert row["completion_completeness_source"] == "S2;S10"
    assert row["injector_mpvi_source"] == "S1;S2"
