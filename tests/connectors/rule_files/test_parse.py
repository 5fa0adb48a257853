"""Rule files: one small file for each oddity, and what is said of it. The files lie in tests/data/rules."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from connectors.errors import FileFaults
from connectors.rule_files.config import BOUNDS, Bounds
from connectors.rule_files.describe import HEADINGS, describe
from connectors.rule_files.parse import parse_rules
from connectors.rule_files.source import load_rule_sets, load_rules
from rules.rule_set import Constraint, RuleSet, Tag

FILES = Path(__file__).parents[2] / "data" / "rules"
GOOD = (FILES / "defaults.yaml").read_text()

# file, then each fault in order: line, a phrase of what must hold, of what was found, of what to do.
FAULTS: dict[str, list[tuple[int | None, str, str, str]]] = {
    # YAML
    "empty": [(None, "must name a well", "empty", "Write `well:`")],
    "list_at_the_top": [(1, "a mapping that begins with `well:`", "a list of 1", "left edge")],
    "text_at_the_top": [(1, "a mapping that begins with `well:`", "'well 15/9-F-7'", "left edge")],
    "tab_for_indentation": [(3, "must be YAML", "a tab", "Indent with spaces.")],
    "bracket_not_closed": [(3, "must be YAML", "expected ',' or ']'", "bracket not closed")],
    "colon_in_a_name": [(1, "must be YAML", "mapping values are not allowed", "in quotes")],
    "percent_not_quoted": [(3, "must be YAML", "'%'", "Put the value in quotes.")],
    "key_twice": [
        (8, "constraints: item 1: each key must stand once", "'tag' again, first on line 6", "Remove one"),
        (9, "each key must stand once", "'well' again, first on line 1", "Remove one"),
    ],
    "alias": [(7, "written out", "the anchor &limit", "where *limit stands")],
    "alias_bomb": [(1, "written out", "&a", "Remove &a"), (2, "written out", "&b", "Remove &b")],
    "python_object": [(1, "plain text and numbers", "python/object/apply:os.getcwd", "Remove the tag.")],
    "tag_of_a_type": [(7, "plain text and numbers", "the YAML tag", "Remove the tag.")],
    "merge_key": [(8, "keys must be among id, tag, limit", "'<<'", "Remove it.")],
    "two_documents": [(8, "one document", "a second one after ---", "a file of their own")],
    "nested_too_deep": [(1, "no more than 12 deep", "deeper", "not closed?")],
    # values
    "well_no": [(1, "well must be the name", "NO, which YAML reads as false", "Put it in quotes: 'NO'.")],
    "well_a_number": [(1, "well must be the name", "15", "Put it in quotes: '15'.")],
    "well_a_date": [(1, "well: ", "2016-07-28, which YAML reads as a date", "Put it in quotes: '2016-07-28'.")],
    "well_with_outer_blanks": [(1, "without outer blanks", "' F-7'", "Write it like")],
    "tag_name_a_number": [(3, "tags: keys must be text", "'15', which YAML reads as a number", "in quotes: '15'.")],
    "id_a_number": [(5, "constraint 1: id must be", "7", "Put it in quotes: '7'.")],
    "id_empty": [(5, "constraint 1: id must be", "''", "id: pump-rate")],
    "value_missing": [(7, "limit: low: a key must have a value", "nothing", "or remove the key")],
    "octal_number": [(7, "plain decimals", "0120", "leading zeros")],
    "sexagesimal_number": [(3, "plain decimals", "1:30", "colons")],
    "exponent_without_point": [(7, "limit high must be a finite number above 0", "'1e2'", "a plain number")],
    "decimal_comma": [(8, "yellow_from must be", "'0,9'", "a plain number")],
    "number_in_quotes": [(7, "limit high must be a finite number above 0", "'120'", "without quotes")],
    "limit_true": [(7, "limit high must be a finite number above 0", "yes, which YAML reads as true", "high: 120")],
    "limit_zero": [(7, "constraint 'pump-rate': limit high must be a finite number above 0", "0", "high: 120")],
    "limit_negative": [(7, "limit high must be a finite number above 0", "-120", "high: 120")],
    "limit_nan": [(7, "limit high must be a finite number above 0", ".nan", "high: 120")],
    "limit_infinite": [(7, "limit high must be a finite number above 0", ".inf", "high: 120")],
    "limit_a_number_alone": [(7, "limit must be a mapping", "120", "limit: {high: 120, unit: spm}")],
    "limit_without_sides": [(7, "a high side, a low side, or both", "neither", "{high: 120, unit: spm}")],
    "limit_without_unit": [(7, "limit unit must be given", "absent", "unit: spm")],
    "period_zero": [(3, "tag 'pump_rate': period must be", "0", "period: 1")],
    "range_of_three": [(3, "range must be the ends", "a list of 3", "range: [0, 300]")],
    "range_upside_down": [(3, "the lowest first", "[300, 0] spm", "in that order")],
    "delays_negative": [
        (8, "yellow_on_delay must be", "-1", "yellow_on_delay: 2"),
        (9, "off_delay must be", ".inf", "off_delay: 10"),
    ],
    "version_zero": [(1, "version must be a whole number from 1", "0", "version: 1")],
    "version_a_fraction": [(1, "version must be a whole number from 1", "1.5", "version: 1")],
    "unknown_keys": [
        (2, "keys must be among well, version, tags, constraints", "'tagz'", "Did you mean 'tags'?"),
        (4, "tag 'pump_rate': keys must be among unit, range, period", "'periode'", "Did you mean 'period'?"),
        (8, "limit keys must be among high, low, unit", "'hihg'", "Did you mean 'high'?"),
        (9, "constraint 'pump-rate': keys must be among", "'yelow_from'", "Did you mean 'yellow_from'?"),
        (10, "constraint 'pump-rate': keys must be among", "'colour'", "Remove it."),
    ],
    "limit_by_state": [(8, "operating states are not read yet", "given", "the strictest")],
    "mode_enforce": [(8, "two signatures and the actuator gate", "'enforce'", "'shadow' to record only")],
    "mode_confirm": [(8, "two signatures and the actuator gate", "'confirm'", "'advisory' to tell people")],
    "mode_misspelled": [(8, "mode must be disabled, shadow or advisory", "'shadwo'", "Did you mean 'shadow'?")],
    "mode_off": [(8, "mode must be disabled, shadow or advisory", "off, which YAML reads as false", "mode: shadow")],
    "action_unknown": [(8, "on_red item 2 must be one of", "'throtle_pump'", "Did you mean 'throttle_pump'?")],
    "action_not_in_a_list": [(8, "on_red must be a list", "'notify'", "on_red: [notify, escalate]")],
    "action_twice": [(8, "on_yellow must name each action once", "'notify' twice", "Remove one.")],
    "no_constraints": [(4, "constraints must be a list", "an empty list", "id: pump-rate")],
    "no_tags": [(2, "tags must be a mapping", "an empty mapping", "pump_rate: {unit: spm")],
    "keys_missing": [
        (1, "tags must be given", "absent", "tags: {pump_rate"),
        (3, "constraint 1: id must be given", "absent", "id: pump-rate"),
        (3, "constraint 1: tag must be given", "absent", "tag: pump_rate"),
        (3, "constraint 1: limit must be given", "absent", "limit: {high: 120"),
    ],
    # units
    "unit_unknown": [
        (3, "tag 'pump_rate': unit must be", "'strokes per minute'", "Did you mean 'strokes/min'?"),
        (7, "constraint 'pump-rate': limit unit must be", "'spn'", "Did you mean 'spm'?"),
    ],
    "unit_ambiguous": [(7, "limit unit must have one meaning", "'c/min'", "'rpm' for turns, 'spm'")],
    "unit_in_the_wrong_case": [
        (3, "closed unit table", "'KPa'", "Did you mean 'kPa'?"),
        (7, "one meaning", "'MPA'", "'MPa' for megapascal"),
    ],
    "rotation_against_strokes": [(7, "tag 'pump_rate' measures in 'rpm', rotation", "'spm', frequency", "A turn is")],
    "gauge_against_absolute": [(7, "'psig', gauge pressure", "'psia', absolute pressure", "never mix")],
    "gauge_against_unstated": [(7, "'bar', pressure without stated reference", "'barg', gauge", "never mix")],
    "unitless_against_percent": [(7, "'unitless', value without a unit", "'%', fraction", "states no unit")],
    # between fields
    "tag_misspelled": [(6, "tag must be one of the tags, pump_rate", "'pump_rte'", "Did you mean 'pump_rate'?")],
    "ids_alike": [(8, "an id of its own", "'pump-rate' again, first on line 5", "another id")],
    "limit_outside_the_range": [(7, "limit high must lie inside the range", "320 spm", "Correct the limit")],
    "limit_outside_the_range_in_another_unit": [(7, "0 to 5 Hz", "5.1 Hz", "its unit")],
    "low_limit_below_the_range": [(7, "limit low must lie inside the range", "9 spm", "Correct")],
    "band_upside_down": [(7, "low side below its high side", "low 120, high 20 spm", "Exchange them")],
    "band_without_a_normal_region": [(7, "values at which yellow clears", "above 107.67", "further apart")],
    "low_limit_that_never_clears": [(7, "values at which yellow clears", "below 300 spm", "the range wider")],
    "yellow_from_one": [(8, "above 0 and below 1", "1", "yellow_from: 0.9")],
    "deadband_as_wide_as_the_tier": [(5, "less than 1 - yellow_from", "0.01, with yellow_from 0.99", "below 0.01")],
    "deadband_below_zero": [(8, "deadband must be", "-0.01", "deadband: 0.01")],
    "deadband_above_yellow_from": [(9, "less than yellow_from", "0.1, with yellow_from 0.1", "below 0.1")],
    "throttle_on_a_low_limit": [(8, "on_red of a low limit must not throttle", "'throttle_pump'", "Use 'notify'")],
}
READ = {"pilot", "defaults", "block_style_and_quotes", "many_faults"}


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_that_each_oddity_is_reported_with_line_and_remedy(name: str) -> None:
    path = FILES / f"{name}.yaml"
    with pytest.raises(FileFaults) as refusal:
        load_rules(path)
    faults = refusal.value.faults
    assert [fault.line for fault in faults] == [line for line, *_ in FAULTS[name]]
    for fault, (_, must, found, remedy) in zip(faults, FAULTS[name], strict=True):
        assert must in fault.must
        assert found in fault.found
        assert remedy in fault.remedy
        assert fault.where == str(path)


def test_that_every_file_beside_the_tests_is_tested() -> None:
    assert {path.stem for path in FILES.iterdir()} == set(FAULTS) | READ


def test_that_all_faults_of_a_file_are_reported_at_once_and_in_order() -> None:
    with pytest.raises(FileFaults) as refusal:
        load_rules(FILES / "many_faults.yaml")
    lines = [fault.line for fault in refusal.value.faults]
    # What is found in one field never hides what is wrong in another.
    assert lines == [
        *(1, 2, 3, 6, 6, 6, 10, 10, 13, 15, 16, 17, 18, 19, 20, 22, 22, 23, 24, 26, 26, 27),
        *(28, 29, 30, 31, 33, 35, 38, 39, 43, 43, 46),
    ]
    assert str(refusal.value).count("\n") == len(lines) - 1


def test_that_defaults_are_those_of_the_design() -> None:
    assert parse_rules(GOOD, "rules.yaml") == RuleSet(
        "15/9-F-7",
        1,
        (Tag("pump_rate", "spm", 0.0, 300.0, 1.0),),
        (
            Constraint(
                "pump-rate",
                "pump_rate",
                "spm",
                high=120.0,
                yellow_from=0.90,
                deadband=0.01,
                yellow_on_delay_s=2.0,
                off_delay_s=10.0,
                on_yellow=("notify",),
                on_red=("notify",),
                mode="shadow",
                factor=1.0,
                offset=0.0,
            ),
        ),
    )


def test_that_every_key_is_read_and_the_factor_is_from_the_tags_unit() -> None:
    rules = load_rules(FILES / "pilot.yaml")
    pump, pressure = rules.constraints
    assert (rules.version, [tag.period_s for tag in rules.tags]) == (3, [1.0, 10.0])
    assert (pump.factor, pump.offset, pump.mode) == (60.0, 0.0, "advisory")
    assert pump.on_red == ("notify", "throttle_pump", "escalate")
    assert pressure.factor * 34_473_786.4658418 + pressure.offset == pytest.approx(5000, rel=1e-12)
    assert (pressure.high, pressure.low, pressure.on_red) == (5000.0, 100.0, ("log", "request_shut_in"))


def test_that_quoted_names_may_look_like_anything() -> None:
    rules = load_rules(FILES / "block_style_and_quotes.yaml")
    assert (rules.well_id, rules.tags[0].name, rules.constraints[0].id) == ("NO", "15", "7")
    assert (rules.constraints[0].low, rules.constraints[0].factor) == (0.05, 0.01)


@pytest.mark.parametrize(
    "content",
    [b"\xef\xbb\xbf" + GOOD.encode(), GOOD.replace("\n", "\r\n").encode(), GOOD.replace("15/9-F-7", "Ås-1").encode()],
    ids=["byte order mark", "Windows line ends", "not ASCII"],
)
def test_that_text_of_any_editor_is_read(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "rules.yaml"
    path.write_bytes(content)
    assert load_rules(path).constraints == parse_rules(GOOD, "rules.yaml").constraints


@pytest.mark.parametrize(
    "content, line, found",
    [
        (GOOD.replace("15/9-F-7", "Ås-1").encode("latin-1"), 1, "the byte 0xC5"),
        (GOOD.encode("utf-16"), 1, "the byte 0xFF"),
        (GOOD.replace("pump-rate", "pump\x07rate").encode(), 5, "the character U+0007"),
        (b"#" * (BOUNDS.max_bytes + 1), None, "larger"),
    ],
    ids=["Latin-1", "UTF-16", "control character", "too large"],
)
def test_that_what_is_no_text_is_refused_with_its_line(
    tmp_path: Path, content: bytes, line: int | None, found: str
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_bytes(content)
    with pytest.raises(FileFaults) as refusal:
        load_rules(path)
    (fault,) = refusal.value.faults
    assert (fault.line, fault.found) == (line, found)


def test_that_faults_of_all_files_come_together(tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir()
    paths = [tmp_path / "absent.yaml", tmp_path / "closed", FILES / "limit_zero.yaml", FILES / "pilot.yaml"]
    with pytest.raises(FileFaults) as refusal:
        load_rule_sets(paths)
    assert [(fault.where, fault.line) for fault in refusal.value.faults] == [
        (str(paths[0]), None),
        (str(paths[1]), None),
        (str(paths[2]), 7),
        (str(paths[3]), 2),  # the same well as the file before it
    ]
    assert "not there" in str(refusal.value)
    assert "a folder" in str(refusal.value)
    assert f"'15/9-F-7' again, first in {paths[2]}" in str(refusal.value)


def test_that_files_of_different_wells_are_read_in_their_order(tmp_path: Path) -> None:
    other = tmp_path / "F-4.yaml"
    other.write_text(GOOD.replace("F-7", "F-4"))
    wells = [rules.well_id for rules in load_rule_sets([other, FILES / "defaults.yaml"])]
    assert wells == ["15/9-F-4", "15/9-F-7"]


def test_that_a_description_shows_the_numbers_that_will_be_used() -> None:
    rows = describe(load_rules(FILES / "pilot.yaml"))
    assert [(row.constraint_id, row.side) for row in rows] == [
        ("pump-rate", "high"),
        ("wellhead-pressure", "high"),
        ("wellhead-pressure", "low"),
    ]
    assert rows[0].cells() == (
        "pump-rate",
        "pump_rate [Hz]",
        "high",
        ">= 120 spm",
        ">= 108 spm",
        "< 118.8 spm",
        "< 106.8 spm",
        "2 s",
        "10 s",
        "5 s",
        "advisory",
        "notify",
        "notify, throttle_pump, escalate",
    )
    assert rows[2].cells()[2:10] == (
        *("low", "<= 100 psi", "<= 110 psi", "> 101 psi", "> 111 psi"),
        *("2 s", "10 s", "50 s"),
    )
    assert all(len(row.cells()) == len(HEADINGS) for row in rows)


@pytest.mark.parametrize("name", ["max_bytes", "max_depth"])
def test_that_bounds_that_let_nothing_through_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Bounds(**{name: 0})


@given(st.text(max_size=200))
def test_that_any_text_is_rules_or_faults(text: str) -> None:
    with pytest.raises(FileFaults) as refusal:
        parse_rules(text, "rules.yaml")
    assert refusal.value.faults


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["spm", "Hz", "rpm", "psig", "notify", "shadow", "confirm", "pump_rate", "?", "", "15/9-F-7"])
)
KEYS = st.sampled_from(
    [
        "well",
        "version",
        "tags",
        "constraints",
        "unit",
        "range",
        "period",
        "id",
        "tag",
        "limit",
        "high",
        "low",
        "yellow_from",
        "deadband",
        "on_red",
        "mode",
        "limit_by_state",
        "pump_rate",
        "?",
    ]
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=6)


@given(st.data())
def test_that_a_good_file_with_anything_in_one_place_is_rules_or_faults(data: st.DataObject) -> None:
    content = yaml.safe_load((FILES / "pilot.yaml").read_text())
    place = content
    while True:
        key = data.draw(st.sampled_from(list(place) if isinstance(place, dict) else list(range(len(place)))))
        if not isinstance(place[key], dict | list) or not place[key] or data.draw(st.booleans()):
            break
        place = place[key]
    place[key] = data.draw(VALUES)
    try:
        rules = parse_rules(yaml.safe_dump(content), "rules.yaml")
    except FileFaults as refusal:
        assert all(fault.line is not None and fault.remedy for fault in refusal.faults)  # noqa: PT017 - either outcome is right
    else:
        assert describe(rules)
