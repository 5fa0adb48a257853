"""The default profile says what the design says, and a profile that does not hold is refused with every fault."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from polars.testing import assert_frame_equal

from schemas.profiles import canonical_profile, default_profile
from schemas.scoring_profile import canonical, document, parse_profile
from scoring.explain import what_would_change
from scoring.parameters import PetrophysicsDefaults, PositionDefaults
from scoring.profile import Profile
from scoring.profile_checks import ProfileFaults, profile_faults
from scoring.rank import rank
from scoring.scores import score
from scoring.vocabulary import COMPONENTS, GAPS, GATES, INPUT_GAPS
from tests.scoring import oracle
from tests.scoring.targets import random_targets


def raw() -> dict[str, Any]:
    return copy.deepcopy(dict(canonical_profile().raw))


def test_that_the_default_profile_has_the_weights_curves_and_tables_of_the_design() -> None:
    profile = default_profile()
    assert {one.name: one.weight for one in profile.components} == oracle.TOTAL
    for component in profile.components:
        assert {one.name: one.weight for one in component.inputs} == oracle.WEIGHTS[component.name]
        for one in component.inputs:
            if one.curve is not None and one.name in oracle.CURVES:
                assert list(one.curve.points) == oracle.CURVES[one.name]
            if one.table is not None:
                assert dict(one.table) == oracle.TABLES[one.name]
    water_cut = profile.input("water_cut").water_cut
    assert water_cut is not None
    assert (list(water_cut.level.points), list(water_cut.trend.points)) == (oracle.LEVEL, oracle.TREND)


def test_that_the_default_profile_has_the_petrophysics_of_the_design() -> None:
    profile = default_profile()
    assert profile.petrophysics == PetrophysicsDefaults()
    assert profile.position == PositionDefaults()
    assert dict(profile.archie_defaults) == {"a": 1.0, "m": 2.0, "n": 2.0}


def test_that_the_names_of_the_source_are_those_of_the_profile() -> None:
    profile = default_profile()
    assert (profile.profile_key, profile.scoring_version) == ("earthbond_reopen_v1", "earthbond.reopen.v1")
    assert {"weights", "archie_defaults", "gating_rules", "scoring_version"} <= set(raw())


def test_that_codes_and_order_are_those_the_profile_is_checked_against() -> None:
    profile = default_profile()
    assert tuple(one.gap_code for one in profile.inputs) == INPUT_GAPS
    assert set(profile.gates) == set(GATES) < set(GAPS)
    assert tuple(one.name for one in profile.components) == COMPONENTS


def test_that_the_same_content_is_the_same_profile_however_it_is_written() -> None:
    turned = json.dumps(dict(reversed(list(raw().items()))), indent=7)
    assert parse_profile(turned).sha256 == canonical_profile().sha256
    changed = raw()
    changed["display_name"] = "Another"
    assert document(changed).sha256 != canonical_profile().sha256
    assert json.loads(canonical(raw())) == raw()


def test_that_a_profile_cannot_be_changed() -> None:
    profile = default_profile()
    with pytest.raises(TypeError):
        profile.classes["A"]["total"] = 0.1  # type: ignore[index]  # what is frozen refuses
    with pytest.raises(AttributeError):
        profile.profile_key = "other"  # type: ignore[misc]  # what is frozen refuses


def put(*path: Any, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(profile: dict[str, Any]) -> None:
        at: Any = profile
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value

    return change


def without(*path: Any) -> Callable[[dict[str, Any]], None]:
    def change(profile: dict[str, Any]) -> None:
        at: Any = profile
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]

    return change


VSH = ("components", "static", "vsh")
FAULTS = [
    (put("weights", "static", value=0.4), "$.weights: weights must sum to 1; was 1.05."),
    (put("weights", "static", value="much"), "$.weights.static: must be a number from 0 to 1; was 'much'."),
    (put("weights", "static", value=True), "$.weights.static: must be a number from 0 to 1; was True."),
    (put("weights", value=[]), "$.weights: must be an object; was []."),
    (without("weights", "static"), "$.weights: must hold 'static'; was absent."),
    (put(*VSH, "weight", value=0.2), "$.components.static: weights must sum to 1; was 1.05."),
    (without("components", "static", "vsh"), "$.components.static: must hold 'vsh'; was absent."),
    (put("components", "static", "vcl", value={}), "$.components.static.vcl: must be a known key; was 'vcl'."),
    (put(*VSH, "curve", 1, 0, value=0.15), "$.components.static.vsh.curve[1][0]: must be above the x before it, 0.15"),
    (
        put(*VSH, "curve", 1, 1, value=1.2),
        "$.components.static.vsh.curve[1][1]: must be a number from 0 to 1; was 1.2.",
    ),
    (put(*VSH, "curve", 1, 1, value=float("nan")), "$.components.static.vsh.curve[1]: must be [x, u]"),
    (put(*VSH, "curve", value=[[0, 1]]), "$.components.static.vsh.curve: must be two or more points"),
    (
        put(*VSH, "table", value={"a": 1}),
        "$.components.static.vsh: must say its utility by curve alone; was curve, table.",
    ),
    (
        put(*VSH, "absent_is_zero", value=True),
        "$.components.static.vsh.absent_is_zero: must be true for an input of conf",
    ),
    (put(*VSH, "gap_domain", value="rock"), "$.components.static.vsh.gap_domain: must be one of identity"),
    (put(*VSH, "not_applicable", value={"x": "0"}), "$.components.static.vsh.not_applicable: must be {'x': number}"),
    (
        put("components", "static", "rt_contrast", "curve", 0, 0, value=0),
        "$.components.static.rt_contrast.curve[0][0]: must be above 0 on a log2 axis",
    ),
    (
        put("components", "operability", "integrity", "blocking", value=["mauve"]),
        "$.components.operability.integrity.blocking[0]: must be one of green, yellow, orange, red; was 'mauve'.",
    ),
    (
        put("components", "operability", "completion_readiness", "items", value=["tree"]),
        "$.components.operability.completion_readiness.items: must be tubing_access",
    ),
    (
        put("components", "dynamic", "water_cut", "water_cut", "trend_share", value=2),
        "$.components.dynamic.water_cut.water_cut.trend_share: must be a number from 0 to 1; was 2.",
    ),
    (put("archie_defaults", "m", value=0), "$.archie_defaults.m: must be a number above 0; was 0."),
    (put("petrophysics", "vsh_method", value="gut"), "$.petrophysics.vsh_method: must be one of linear"),
    (without("petrophysics", "min_bed_m"), "$.petrophysics: must hold 'min_bed_m'; was absent."),
    (put("petrophysics", "cutoffs", "gr_max", value=1), "$.petrophysics.cutoffs.gr_max: must be a known key"),
    (put("position", "high_within_m", value=200), "$.position.high_within_m: must be below medium_within_m, 100.0"),
    (put(*VSH, "not_applicable", value=None), "$.components.static.vsh.not_applicable: must be {'x': number}"),
    (put(*VSH, "blocking", value=["a"]), "$.components.static.vsh.blocking: must stand beside a table"),
    (
        put("components", "operability", "integrity", "blocking", value=5),
        "$.components.operability.integrity.blocking: must be a list of words of the table; was 5.",
    ),
    (
        put("components", "operability", "completion_readiness", "items", value=[1, "x"]),
        "$.components.operability.completion_readiness.items: must be tubing_access",
    ),
    (put("petrophysics", "saturation", "method", value="indonesia"), "$.petrophysics.saturation.rsh: must be a number"),
    (
        put("petrophysics", "saturation", value={"method": "simandoux", "rsh": 0}),
        "$.petrophysics.saturation.rsh: must be a number above 0 for simandoux; was 0.",
    ),
    (put("labels", "depletion_risk", "known_min", value=[]), "$.labels.depletion_risk.known_min: must be 1, 2 or 3"),
    (put("assessment", "water_cut_trend_p", value=0), "$.assessment.water_cut_trend_p: must be a number above 0"),
    (put("assessment", "water_cut_level_months", value=1.5), "$.assessment.water_cut_level_months: must be a whole"),
    (
        put("assessment", "water_cut_trend_least_months", value=37),
        "$.assessment.water_cut_trend_least_months: must not be above water_cut_trend_months, 36; was 37.",
    ),
    (
        put("assessment", "location_agreement_m", value=51),
        "$.assessment.location_agreement_m: must be a number above 0, at most 50; was 51.",
    ),
    (
        put("assessment", "required_completion_fields", value=["top", "size"]),
        "$.assessment.required_completion_fields[1]: must be one of top, base, status, date, tubing_access",
    ),
    (
        put("assessment", "required_evidence", value=["Log"]),
        "$.assessment.required_evidence[0]: must be a word in",
    ),
    (put("assessment", "required_evidence", value=["log", "log"]), "$.assessment.required_evidence[1]: must be listed"),
    (without("gating_rules", "G2.CRS"), "$.gating_rules: must hold 'G2.CRS'; was absent."),
    (put("gating_rules", "G2.CRS", "severity", value="dire"), "$.gating_rules['G2.CRS'].severity: must be one of info"),
    (without("gating_rules", "G1.PARAMS", "hold"), "$.gating_rules['G1.PARAMS']: must hold 'hold'; was absent."),
    (
        put("gating_rules", "G3.EVIDENCE", "limits", "completeness_min", value=0.5),
        "$.gating_rules['G3.EVIDENCE'].limits.completeness_hold_min: must not be above completeness_min, 0.5; was 0.8.",
    ),
    (
        put("class_rules", "A", "total", value=0.3),
        "$.class_rules.C.total: must not be above $.class_rules.A.total, 0.3",
    ),
    (put("class_rules", "D", "total_potential", value=0.5), "$.class_rules.D.total_potential: must not be above"),
    (put("labels", "data_confidence", "high", value=0.4), "$.labels.data_confidence: must fall strictly"),
    (put("recommended_actions", 0, "gap", value=["G9"]), "$.recommended_actions[0].gap: must be one of G1.IDENTITY"),
    (put("recommended_actions", -1, "class", value="A"), "$.recommended_actions: must hold a line for class D"),
    (put("owner", value="me"), "$.owner: must be a known key; was 'owner'."),
    (put("display_name", value=" "), "$.display_name: must be text; was ' '."),
]


@pytest.mark.parametrize("change, says", FAULTS)
def test_that_what_does_not_hold_is_said_with_its_path(change: Callable[[dict[str, Any]], None], says: str) -> None:
    changed = raw()
    change(changed)
    said = [str(fault) for fault in profile_faults(changed)]
    assert any(fault.startswith(says) for fault in said), said


def test_that_all_faults_are_said_together() -> None:
    changed = raw()
    said = {says: change for change, says in FAULTS}
    wanted = ("$.weights: weights", "$.components.static.vsh.curve[1][0]", "$.archie_defaults.m", "$.display_name")
    changes = [change for says, change in said.items() if says.startswith(wanted)]
    assert len(changes) == len(wanted)
    for change in changes:
        change(changed)
    with pytest.raises(ProfileFaults) as caught:
        Profile.from_json(changed)
    assert len(caught.value.faults) == len(changes)


@pytest.mark.parametrize("value", [None, [], "text", 3])
def test_that_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(ProfileFaults, match=r"^\$: must be an object"):
        Profile.from_json(value)


@pytest.mark.parametrize("text", ['{"a": 1, "a": 2}', '{"a": NaN}', "{", "[" * 100_000])
def test_that_text_that_is_not_plain_json_is_refused(text: str) -> None:
    with pytest.raises(ProfileFaults, match=r"^\$: must be JSON; was "):
        parse_profile(text)


STORABLE = [
    (put("display_name", value="a\ud800"), "$.display_name: must be text that can be stored"),
    (put("display_name", value="a\0"), "$.display_name: must be text that can be stored"),
    (
        put("components", "operability", "access", "table", "\udfff", value=0.5),
        r"$.components.operability.access.table.\udfff: must be text that can be stored",
    ),
    (put("petrophysics", "min_bed_m", value=2**53), "$.petrophysics.min_bed_m: must be at most 9007199254740991"),
]


@pytest.mark.parametrize(("change", "says"), STORABLE)
def test_that_what_canonical_json_cannot_hold_is_a_fault_with_its_path(
    change: Callable[[dict[str, Any]], None], says: str
) -> None:
    changed = raw()
    change(changed)
    for read in (document, lambda given: parse_profile(json.dumps(given))):
        with pytest.raises(ProfileFaults) as caught:
            read(changed)
        assert [str(fault)[: len(says)] for fault in caught.value.faults] == [says]
        assert str(caught.value).encode()


BOUNDS = [
    (
        put("components", "static", "vsh", "curve", value=[[x, 0.5] for x in range(60_000)]),
        "$.components.static.vsh.curve: must be at most 200 points; was 60000.",
    ),
    (
        put("components", "dynamic", "water_cut", "water_cut", "level", value=[[x, 0.5] for x in range(201)]),
        "$.components.dynamic.water_cut.water_cut.level: must be at most 200 points; was 201.",
    ),
    (put("display_name", value="x" * 201), "$.display_name: must be of at most 200 characters; was 201."),
    (put("profile_key", value="x" * 500_000), "$.profile_key: must be of at most 200 characters; was 500000."),
    (
        put("components", "static", "vsh", "definition", value="x" * 1_001),
        "$.components.static.vsh.definition: must be of at most 1000 characters; was 1001.",
    ),
    (
        lambda profile: profile["components"]["operability"]["access"]["table"].update(
            {f"w {k}": 0 for k in range(9_000)}
        ),
        "$: must be at most 64000 bytes in canonical form; was ",
    ),
]


@pytest.mark.parametrize(("change", "says"), BOUNDS, ids=[says[:50] for _, says in BOUNDS])
def test_that_a_profile_is_no_longer_than_a_person_reads(change: Callable[[dict[str, Any]], None], says: str) -> None:
    changed = raw()
    change(changed)
    with pytest.raises(ProfileFaults) as caught:
        document(changed)
    assert says in [str(fault)[: len(says)] for fault in caught.value.faults]


def test_that_the_longest_curve_and_name_are_taken() -> None:
    changed = raw()
    put("components", "static", "vsh", "curve", value=[[x / 200, 0.5] for x in range(200)])(changed)
    put("display_name", value="x" * 200)(changed)
    assert len(document(changed).profile.display_name) == 200


def test_that_the_order_of_its_keys_changes_no_score() -> None:
    read, stored = default_profile(), Profile.from_json(json.loads(canonical(canonical_profile().raw)))
    rows = random_targets(400, seed=11, gaps=0.2)
    first, other = (score(rows, profile) for profile in (read, stored))
    assert_frame_equal(other.targets, first.targets, check_exact=True)
    assert_frame_equal(other.gaps, first.gaps, check_exact=True)
    assert first.targets["blocking_reason"].drop_nulls().len() > 0
    ranked = [rank(scored.targets) for scored in (first, other)]
    told = [what_would_change(frame, profile) for frame, profile in zip(ranked, (read, stored), strict=True)]
    assert_frame_equal(*told, check_exact=True)
    assert stored == read


@pytest.mark.parametrize("at", [*raw()])
@pytest.mark.parametrize("junk", [None, 0, "x", [], [0], {}, {"x": None}])
def test_that_junk_is_a_fault_and_never_a_crash(at: str, junk: object) -> None:
    changed = raw()
    changed[at] = junk
    if not (at in {"profile_key", "display_name", "scoring_version"} and junk == "x"):
        assert profile_faults(changed)
