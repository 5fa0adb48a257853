"""Candidates that a project brings: taken as they are stated, and what contradicts itself is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from flows.reopening import Part
from schemas.profiles import default_profile
from scoring.assessment import assess
from scoring.scores import score
from tests.connectors.projects.helpers import DATA, TOML, read
from welltegra.reopening.progress import Tally
from welltegra.reopening.search import search

HEAD = "well_id,zone,top_md_m,base_md_m,sw,rt,phie,rw_ohmm,a_factor,m_exponent,n_exponent,sw_conflict\n"
ROWS = (
    "A-1,Hugin,3000,3010,0.43,18.4,0.16,0.12,1,2,2,\n"  # Archie gives 0.505
    "A-1,Hugin,3020,3030,0.50,18.4,0.16,0.12,1,2,2,\n"
    "A-1,Hugin,3040,3050,0.43,18.4,0.16,,1,2,2,\n"
    "A-1,Hugin,3060,3070,0.43,18.4,0.16,0.12,1,2,2,Of a core.\n"
)


def test_that_a_stated_sw_that_its_own_inputs_do_not_give_is_told_and_stands(tmp_path: Path) -> None:
    project = read(tmp_path, {"candidates.csv": HEAD + ROWS})
    found = search(project, Part("", ("A-1",)), default_profile(), Tally(tmp_path / "tally"))
    candidates = found.discovery.candidates.sort("top_md_m")
    assert candidates["sw"].to_list() == [0.43, 0.50, 0.43, 0.43]
    first, *others = candidates["sw_conflict"].to_list()
    assert "Rt 18.4 ohm.m, PHIE 0.16, Rw 0.12 ohm.m" in first
    assert "0.505; was 0.43" in first
    assert others == [None, None, "Of a core."]


LOGGED = TOML + '[[logs]]\nfile = "a.las"\nwell_id = "A-1"\n'


@pytest.mark.parametrize(("name", "classes"), [("unit_unknown.las", ["Q"]), ("plain.las", [])])
def test_that_a_well_without_pay_for_want_of_a_unit_stays_on_the_list(
    tmp_path: Path, name: str, classes: list[str]
) -> None:
    profile = default_profile()
    project = read(tmp_path, {"a.las": (DATA / "las" / name).read_bytes()}, LOGGED)
    found = search(project, Part("", ("A-1",)), profile, Tally(tmp_path / "tally"))
    assert found.discovery.candidates.is_empty()
    project = replace(project, problems=pl.concat([project.problems, found.problems]))
    targets = score(assess(project, found.discovery.candidates, profile, found.evaluated), profile).targets
    assert targets["classification"].cast(pl.String).to_list() == classes
