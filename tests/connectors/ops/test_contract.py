"""What is written of a ranking keeps to its contract, in one document or in parts."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import polars as pl
import pytest
from jsonschema import Draft202012Validator

from connectors.kafka.rankings import documents
from connectors.ops import contract
from connectors.ops.contract import candidate_lines, candidates_head, target_lines, targets_head
from connectors.ops.runs import Discovery, Ranking, Written
from schemas.contract_check import check
from schemas.generate import json_schema
from tests.connectors.ops.frames import (
    candidate,
    discovery,
    frame,
    gap,
    gaps,
    no_candidate,
    ranking,
    scored,
    snapshot,
    targets,
)

FIRST = candidate("W-1", 1, 2134.0)
SECOND = candidate("W-2", 1, 2500.0, hcpt_m=0.9, top_tvdss_m=None, base_tvdss_m=None)
PROFILE = UUID(int=1)


def ranked(*rows: dict[str, Any], missing: pl.DataFrame | None = None) -> tuple[Ranking, Written]:
    found = ranking(PROFILE, targets(*rows), missing)
    ids = [str(UUID(int=number)) for number in range(found.targets.height)]
    identified = found.targets.with_columns(
        pl.Series("target_key", ids, pl.String), pl.Series("reopening_target_id", ids, pl.String)
    )
    return found, Written(UUID(int=2), UUID(int=3), True, identified)


def written(found: Ranking, as_it_stands: Written) -> bytes:
    file = BytesIO()
    contract.write_targets(file, snapshot(), found, as_it_stands)
    return file.getvalue()


def discovered(found: Discovery) -> bytes:
    file = BytesIO()
    contract.write_candidates(file, snapshot(), found)
    return file.getvalue()


def faults(text: bytes) -> list[str]:
    return [str(fault) for fault in check(text).faults]


def test_that_a_ranking_keeps_to_its_contract() -> None:
    text = written(
        *ranked(
            scored(FIRST, "A"),
            scored(SECOND, "C"),
            scored(no_candidate("W-3"), "Q"),
            missing=gaps(gap(SECOND), gap(SECOND, "INPUT.PRESSURE_RATIO", input="pressure_ratio")),
        )
    )
    assert faults(text) == []
    document = json.loads(text)
    Draft202012Validator(json.loads(json_schema("well-reopening-target-ranked"))).validate(document)
    assert document["summary"] == {
        "class_counts": {"A": 1, "C": 1, "Q": 1},
        "blocked_count": 2,
        "review_ready_count": 1,
    }
    first, second, third = document["candidates"]
    assert first["gaps"] == []
    assert [(one["gap_code"], one["input"]) for one in second["gaps"]] == [
        ("G3.EVIDENCE", None),
        ("INPUT.PRESSURE_RATIO", "pressure_ratio"),
    ]
    assert (second["interval"]["top_tvdss_m"], second["interval"]["net_thickness_m"]) == (None, 8.0)
    assert (third["interval"], third["archie_assumptions"], third["source_candidate_id"]) == (None, None, None)
    assert first["contributions"]["vsh"]["contribution"] == 0.1


def test_that_a_saturation_that_its_means_do_not_give_says_so() -> None:
    text = written(*ranked(scored(candidate("W-1", 1, 2134.0, sw=0.43), "A")))
    assert faults(text) == []
    [one] = json.loads(text)["candidates"]
    assert one["archie_assumptions"]["sw_conflict"] == (
        "0.43 is the mean over samples of pay; Archie on the interval's own phie and rt gives 0.505."
    )


def test_that_what_discovery_found_keeps_to_its_contract() -> None:
    text = discovered(discovery([FIRST, SECOND]))
    assert faults(text) == []
    document = json.loads(text)
    Draft202012Validator(json.loads(json_schema("well-bypassed-pay-ranked"))).validate(document)
    assert [(one["rank"], one["well_id"]) for one in document["candidates"]] == [(1, "W-2"), (2, "W-1")]
    assert document["candidates"][0]["cutoffs_applied"] == {"vsh_max": 0.4, "phie_min": 0.08, "sw_max": 0.6}
    assert document["candidates"][0]["source_ids"] == ["S1", "S2"]


def test_that_nothing_found_is_a_document_too() -> None:
    empty = discovery([FIRST])
    nothing = Discovery(
        "earthbond_reopen_v1", empty.profile_sha256, "0.1.0", empty.generated_at, frame([FIRST]).head(0)
    )
    assert faults(discovered(nothing)) == []
    found, as_it_stands = ranked(scored(FIRST, "A"))
    none = Written(as_it_stands.run_id, as_it_stands.discovery_id, True, as_it_stands.targets.head(0))
    assert faults(written(found, none)) == []


@pytest.mark.parametrize("most_bytes", [1, 20_000, 10_000_000])
def test_that_parts_are_documents_that_make_the_whole(most_bytes: int) -> None:
    rows = [scored(candidate(f"W-{number}", 1, 2134.0), "A") for number in range(1, 8)]
    found, as_it_stands = ranked(*rows)
    head = targets_head(snapshot(), found, as_it_stands)
    parts = list(documents(head, target_lines(found, as_it_stands), most_bytes))
    assert [faults(part) for part in parts] == [[]] * len(parts)
    read = [json.loads(part) for part in parts]
    assert len(parts) == {1: 7, 20_000: 3, 10_000_000: 1}[most_bytes] or max(map(len, parts)) <= most_bytes
    assert [one["rank"] for part in read for one in part["candidates"]] == list(range(1, 8))
    assert ["part" in part for part in read] == [len(parts) > 1] * len(parts)
    if len(parts) > 1:
        assert [part["part"]["number"] for part in read] == list(range(1, len(parts) + 1))
        assert [part["part"]["last"] for part in read] == [False] * (len(parts) - 1) + [True]


def test_that_parts_of_what_discovery_found_are_documents() -> None:
    found = discovery([FIRST, SECOND])
    parts = list(documents(candidates_head(snapshot(), found), candidate_lines(found), 1))
    assert [faults(part) for part in parts] == [[], []]


EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*-ranked.json")), ids=lambda path: path.name)
def test_that_the_examples_of_the_docs_keep_to_their_contract(path: Path) -> None:
    assert faults(path.read_bytes()) == []
