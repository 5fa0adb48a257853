"""A document of the reopening contracts is refused for what is wrong with it, each with its place, and no more."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from schemas.contract_check import check
from schemas.generate import json_schema

SOURCE = Path(__file__).parent / "source_reopening_target_ranked.json"
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
TARGETS = json.loads((EXAMPLES / "reopening-target-ranked.json").read_text())
PAY = json.loads((EXAMPLES / "bypassed-pay-ranked.json").read_text())
FIRST = "$.candidates[0]"


def faults(document: Any) -> list[str]:
    return [str(fault) for fault in check(json.dumps(document).encode()).faults]


def changed(document: Any, path: str, value: Any) -> Any:
    """Return a document with another value at a dotted path; ... removes it."""
    new = copy.deepcopy(document)
    *steps, last = (int(step) if step.isdigit() else step for step in path.split("."))
    at = new
    for step in steps:
        at = at[step]
    if value is ...:
        del at[last]
    else:
        at[last] = value
    return new


def ranked(*targets: dict[str, Any]) -> Any:
    """Return the example with several targets, that differ from its own as each says, and counts that suit them."""
    one = TARGETS["candidates"][0]
    letters = [target.get("classification", "A") for target in targets]
    counts = {letter: letters.count(letter) for letter in letters}
    return TARGETS | {
        "candidate_count": len(targets),
        "summary": {
            "class_counts": counts,
            "blocked_count": counts.get("C", 0) + counts.get("Q", 0),
            "review_ready_count": counts.get("A", 0) + counts.get("B", 0),
        },
        "candidates": [
            one | {"rank": number, "target_id": f"00000000-0000-5000-8000-{number:012}"} | target
            for number, target in enumerate(targets, 1)
        ],
    }


def test_that_the_example_of_the_source_is_refused_for_its_count_its_ids_and_its_sw() -> None:
    found = check(SOURCE.read_bytes())
    assert found.kind == "welllog.reopening_target_ranked"
    assert [str(fault) for fault in found.faults] == [
        f'{FIRST}.target_id: must be a UUID; was "9a7e...". Write the whole id.',
        f'{FIRST}.source_candidate_id: must be a UUID; was "dc91...". Write the whole id.',
        f'{FIRST}.evidence_pack_id: must be a UUID; was "a2c1...". Write the whole id.',
        "$.candidate_count: must be the number of candidates, 1; was 2. Correct the count, or add what is missing.",
        "$.summary.class_counts.B: must be the number of candidates of class B, 0; was 1. Correct it.",
        "$.summary.review_ready_count: must be the number of candidates of classes A and B, 1; was 2. Correct it.",
        (
            f"{FIRST}.score_inputs.sw: must be 0.505 within 0.05, as Archie gives from phie 0.16, rt 18.4 ohm.m,"
            " rw 0.12 ohm.m, a 1, m 2 and n 2; was 0.43. Correct the one that is wrong, or say in"
            " archie_assumptions.sw_conflict why they differ."
        ),
    ]


@pytest.mark.parametrize(
    "name, document", [("well-reopening-target-ranked", TARGETS), ("well-bypassed-pay-ranked", PAY)]
)
def test_that_the_examples_pass_by_schema_and_by_check(name: str, document: Any) -> None:
    assert faults(document) == []
    Draft202012Validator(json.loads(json_schema(name)), format_checker=FormatChecker()).validate(document)


def test_that_the_corrected_example_is_the_source_but_for_what_was_wrong() -> None:
    source, one = json.loads(SOURCE.read_bytes()), TARGETS["candidates"][0]
    wrong = ("target_id", "source_candidate_id", "evidence_pack_id")
    corrected = source["candidates"][0] | {name: one[name] for name in wrong}
    corrected["score_inputs"] = corrected["score_inputs"] | {"sw": 0.5}
    assert one == corrected
    summary = {"class_counts": {"A": 1}, "blocked_count": 0, "review_ready_count": 1}
    whole = source | {"candidate_count": 1, "summary": summary, "candidates": [corrected]}
    assert whole == TARGETS


@pytest.mark.parametrize(
    "path, value, said",
    [
        ("candidate_count", ..., "$.candidate_count: must be there; was absent. Add it."),
        ("colour", "red", "$.colour: must not be there: the contract does not name it; was there. Remove it."),
        ("candidates.0.colour", 1, f"{FIRST}.colour: must not be there"),
        ("candidates.0.classification", "E", f"{FIRST}.classification: must be 'A', 'B', 'C', 'D' or 'Q'; was \"E\""),
        ("candidates.0.depletion_risk", "none", f"{FIRST}.depletion_risk: must be 'low', 'moderate', 'high', 'severe'"),
        ("candidates.0.static_score", 1.2, f"{FIRST}.static_score: must be at most 1.0; was 1.2"),
        ("candidates.0.static_score", "0.82", f'{FIRST}.static_score: must be a number; was "0.82"'),
        ("candidates.0.rank", 1.5, f"{FIRST}.rank: must be a whole number; was 1.5"),
        ("candidates.0.well_id", "", f'{FIRST}.well_id: must not be empty; was ""'),
        ("candidates.0.interval", [], f"{FIRST}.interval: must be an object; was []"),
        ("candidates.0.interval.event_no", 0, f"{FIRST}.interval.event_no: must be at least 1; was 0"),
        ("candidates.0.score_inputs.vsh", [1], f"{FIRST}.score_inputs.vsh: must be"),
        ("candidates", {}, "$.candidates: must be a list; was {}"),
        ("generated_at", "noon", "$.generated_at: value error, time must be RFC 3339"),
        ("profile_sha256", "x", "$.profile_sha256: must match ^[0-9a-f]{64}$"),
        ("event_type", "welllog.other", "$.event_type: must be 'welllog.reopening_target_ranked' or"),
    ],
)
def test_that_a_fault_of_shape_is_told_in_words(path: str, value: Any, said: str) -> None:
    found = faults(changed(TARGETS, path, value))
    assert found[0].startswith(said)
    assert len({fault.partition(": ")[0] for fault in found}) == len(found)


@pytest.mark.parametrize(
    "path, value, said",
    [
        ("candidates.0.rank", 2, f"{FIRST}.rank: must be 1: ranks count from 1 without a hole"),
        ("candidates.0.total_score", 0.78, f"{FIRST}.total_score: must be the weighted sum at 2 decimals, 0.35 x 0.82"),
        ("candidates.0.total_score", 0.773, f"{FIRST}.total_score: must be the weighted sum at 3 decimals"),
        ("candidates.0.static_score", 0.9, f"{FIRST}.total_score: must be the weighted sum"),
        ("candidates.0.interval.net_thickness_m", 8.7, f"{FIRST}.interval.net_thickness_m: must not be above gross"),
        ("candidates.0.interval.base_tvdss_m", 2134.2, f"{FIRST}.interval.base_tvdss_m: must be below top_tvdss_m"),
        ("candidates.0.blocking_reason", "x", f"{FIRST}.blocking_reason: must be null for class A"),
        ("candidates.0.class_rule", "R5", f"{FIRST}.classification: must be B, the class that rule R5 gives"),
        ("candidates.0.total_potential", 0.7, f"{FIRST}.total_potential: must not be below total_score, 0.77"),
        ("candidates.0.score_inputs.sw", 0.56, f"{FIRST}.score_inputs.sw: must be 0.505 within 0.05"),
        ("summary.blocked_count", 1, "$.summary.blocked_count: must be the number of candidates of classes C and Q, 0"),
        ("summary.class_counts.A", 0, "$.summary.class_counts.A: must be the number of candidates of class A, 1"),
        ("candidate_count", 0, "$.candidate_count: must be the number of candidates, 1; was 0"),
    ],
)
def test_that_what_json_schema_cannot_say_is_found(path: str, value: Any, said: str) -> None:
    document = changed(TARGETS, path, value)
    Draft202012Validator(json.loads(json_schema("well-reopening-target-ranked"))).validate(document)
    [found] = faults(document)
    assert found.startswith(said)


@pytest.mark.parametrize(
    "path, value",
    [
        ("candidates.0.total_score", 0.774),
        ("candidates.0.interval", None),
        ("candidates.0.archie_assumptions", None),
        ("candidates.0.archie_assumptions.sw_conflict", "A core says otherwise."),
        ("candidates.0.score_inputs.sw", 0.55),
        ("candidates.0.score_inputs.rt", 0),
        ("candidates.0.score_inputs.phie", None),
        ("candidates.0.archie_assumptions.sw_model", "simandoux"),
    ],
)
def test_that_what_holds_passes(path: str, value: Any) -> None:
    assert faults(changed(TARGETS, path, value)) == []


def test_that_weights_of_the_document_hold() -> None:
    weights = {"static": 1.0, "dynamic": 0, "operability": 0, "confidence": 0}
    document = changed(TARGETS, "candidates.0.total_score", 0.82) | {"weights": weights}
    assert faults(document) == []
    assert len(faults(document | {"weights": None})) == 1


def test_that_a_saturation_of_another_conflict_is_let_through_when_said() -> None:
    document = changed(TARGETS, "candidates.0.score_inputs.sw", 0.43)
    assert len(faults(document)) == 1
    assert faults(changed(document, "candidates.0.archie_assumptions.sw_conflict", "Stated by the operator.")) == []


def test_that_order_and_ids_of_several_are_checked() -> None:
    blocked = {"classification": "C", "blocking_reason": "Run a log."}
    assert faults(ranked({}, {}, blocked)) == []
    [found] = faults(ranked(blocked, {}))
    assert found.startswith("$.candidates[1].rank: must not come after a lower class or a smaller total: A, B, C, D, Q")
    twice = ranked({}, {"target_id": "00000000-0000-5000-8000-000000000001"})
    assert [fault.partition(";")[0] for fault in faults(twice)] == [
        "$.candidates[1].target_id: must be of one candidate alone"
    ]
    assert len(faults(ranked({"classification": "C"}))) == 1


INTERVAL = TARGETS["candidates"][0]["interval"]
ONE = "10000000-0000-5000-8000-000000000000"
OTHER = "20000000-0000-5000-8000-000000000000"


@pytest.mark.parametrize(
    ("first", "then", "by"),
    [
        ({"total_potential": 0.9}, {"total_potential": 0.8}, "potential"),
        ({"interval": INTERVAL | {"net_thickness_m": 4.2}}, {"interval": INTERVAL | {"net_thickness_m": 4.1}}, "net"),
        ({"interval": INTERVAL}, {"interval": INTERVAL | {"net_thickness_m": None}}, "net"),
        ({"interval": INTERVAL}, {"interval": None}, "net"),
        ({"well_id": "W-1"}, {"well_id": "W-2"}, "well_id"),
        ({"well_id": "Z"}, {"well_id": "a"}, "well_id"),  # by bytes
        ({"interval": INTERVAL | {"event_no": 2}}, {"interval": INTERVAL | {"event_no": 10}}, "event_no"),
        ({"source_candidate_id": ONE}, {"source_candidate_id": OTHER}, "source_candidate_id"),
        ({"source_candidate_id": ONE}, {"source_candidate_id": None}, "source_candidate_id"),
    ],
)
def test_that_what_parts_equal_totals_is_checked(first: dict[str, Any], then: dict[str, Any], by: str) -> None:
    exact = {"static_score": 0.820001, "total_score": 0.774, "total_potential": 0.9}
    assert faults(ranked(exact | first, exact | then)) == []
    [found] = faults(ranked(exact | then, exact | first))
    assert found.startswith("$.candidates[1].rank: must be in the order that parts equal totals: the larger potential")
    assert f"was the lower by {by}" in found


def test_that_scores_cut_for_people_or_without_potential_say_nothing_of_what_parts_them() -> None:
    cut = {"total_potential": 0.9}
    assert faults(ranked(cut | {"well_id": "W-2"}, cut | {"well_id": "W-1"})) == []
    older = {"static_score": 0.820001, "total_score": 0.774, "total_potential": None}
    assert faults(ranked(older | {"well_id": "W-2"}, older | {"well_id": "W-1"})) == []


def test_that_a_part_counts_from_its_first_rank() -> None:
    document = changed(TARGETS, "candidates.0.rank", 5) | {
        "candidate_count": 5,
        "part": {"number": 2, "first_rank": 5, "last": True},
    }
    assert faults(document) == []
    [found] = faults(document | {"candidate_count": 4})
    assert found.startswith("$.candidate_count: must not be below the last rank of this part, 5")


SELECTION = {"of": 7, "by": "filters", "filters": "classification=A"}


def test_that_a_selection_keeps_the_ranks_of_its_ranking() -> None:
    document = ranked({"rank": 3}, {"rank": 7}) | {"selection": SELECTION}
    assert faults(document) == []
    Draft202012Validator(json.loads(json_schema("well-reopening-target-ranked"))).validate(document)
    # Without saying so, the same ranks are holes in a whole ranking.
    assert [fault.partition(":")[0] for fault in faults(document | {"selection": None})] == [
        f"{FIRST}.rank",
        "$.candidates[1].rank",
    ]


@pytest.mark.parametrize(
    "ranks, change, said",
    [
        ((7, 3), {}, "$.candidates[1].rank: must be above the one before it, 7: a selection keeps the order"),
        ((3, 3), {}, "$.candidates[1].rank: must be above the one before it, 3"),
        ((3, 8), {}, "$.candidates[1].rank: must be at most selection.of, 7"),
        ((1, 2), {"selection": SELECTION | {"of": -1}}, "$.selection.of: must be at least 0"),
        ((1, 2), {"selection": SELECTION | {"by": "chance"}}, "$.selection.by: must be 'filters' or 'ids'"),
        ((1, 2), {"candidate_count": 7}, "$.candidate_count: must be the number of candidates, 2"),
        ((1, 2), {"part": {"number": 2, "first_rank": 1, "last": True}}, "$.part: must not be there beside selection"),
    ],
)
def test_that_a_selection_that_cannot_be_is_found(ranks: tuple[int, int], change: dict[str, Any], said: str) -> None:
    found = faults(ranked(*({"rank": rank} for rank in ranks)) | {"selection": SELECTION} | change)
    assert found[0].startswith(said)


def test_that_a_selection_is_not_of_fewer_than_it_holds() -> None:
    found = faults(ranked({}, {}) | {"selection": SELECTION | {"of": 1}})
    assert found[0].startswith("$.selection.of: must not be below the number of candidates, 2; was 1")
    assert found[1].startswith("$.candidates[1].rank: must be at most selection.of, 1")


@pytest.mark.parametrize(
    "path, value, said",
    [
        ("candidates.0.interval.net_thickness_m", 99.0, f"{FIRST}.interval.net_thickness_m: must not be above"),
        ("candidates.0.interval.base_md_m", 0.0, f"{FIRST}.interval.base_md_m: must be below top_md_m"),
        ("candidates.0.sw", 0.2, f"{FIRST}.sw: must be 0.505 within 0.05"),
        ("candidates.0.rank", 3, f"{FIRST}.rank: must be 1"),
        ("candidate_count", 7, "$.candidate_count: must be the number of candidates, 1"),
        ("candidates.0.cone_radius_top_m", -1, f"{FIRST}.cone_radius_top_m: must be at least 0"),
        ("candidates.0.completion_status", "open", f"{FIRST}.completion_status: must be 'perforated_producing'"),
        ("candidates.0.cutoffs_applied", ..., f"{FIRST}.cutoffs_applied: must be there"),
        ("contract_version", 1, "$.contract_version: must be 2; was 1"),
    ],
)
def test_that_bypassed_pay_is_checked_too(path: str, value: Any, said: str) -> None:
    [found] = faults(changed(PAY, path, value))
    assert found.startswith(said)


@pytest.mark.parametrize(
    "text, said",
    [
        (b"{", "$: must be JSON; was Expecting"),
        (b"\xff", "$: must be JSON; was 'utf-8'"),
        (b"[]", "$: must be an object; was []"),
        (b"[" * 100_000, "$: must be JSON"),
        (b'{"a": NaN}', "$: must be JSON; was NaN is no JSON number"),
        (b'{"a": 1, "a": 2}', "$: must be JSON; was key 'a' stands twice in one object"),
        (b'{"event_type": ["x"]}', "$.event_type: must be"),
    ],
)
def test_that_what_is_no_document_is_told(text: bytes, said: str) -> None:
    [found] = check(text).faults
    assert str(found).startswith(said)


@pytest.mark.parametrize("value", [None, [], {}, "x", 1, 1.5, True, [None], {"a": None}])
def test_that_a_document_of_any_shape_ends_in_sentences(value: Any) -> None:
    for name in TARGETS:
        assert all(faults(TARGETS | {name: value}) or [True])
    for name in TARGETS["candidates"][0]:
        for document in (changed(TARGETS, f"candidates.0.{name}", value), changed(PAY, f"candidates.0.{name}", value)):
            for fault in faults(document):
                assert fault.startswith("$")
