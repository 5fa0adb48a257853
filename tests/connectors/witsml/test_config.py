"""The tag map: all its faults at once, each with its line."""

from __future__ import annotations

import pytest

from connectors.errors import FileFaults
from connectors.witsml.config import parse_tag_map
from connectors.witsml.source import load_tag_map
from tests.connectors.reading import SAMPLES

LIKE = "Write it like: tags: {pump_rate: {mnemonic: STRATE2}}."

FAULTS = {
    "": ["m.yaml: a tag map must name tags; was empty. " + LIKE],
    "- pump_rate\n": ["m.yaml line 1: a tag map must be a mapping with `tags:`; was ['pump_rate']. " + LIKE],
    "well_id: W-1\n": ["m.yaml line 1: tags must be given; was absent. " + LIKE],
    "tags: {}\n": ["m.yaml line 1: tags must be a mapping of one tag or more; was {}. " + LIKE],
    "tags: STRATE2\n": ["m.yaml line 1: tags must be a mapping of one tag or more; was 'STRATE2'. " + LIKE],
    "tags:\n  a: STRATE2\n  b: {mnemonic: 7}\n  c: {}\n  d: {mnemonic: X, unit: spm}\n": [
        "m.yaml line 2: tags.a must be a mapping with the key mnemonic; was 'STRATE2'. " + LIKE,
        (
            "m.yaml line 3: tags.b.mnemonic must be text of 1 to 200 characters without outer blanks; was 7. "
            "Put it in quotes if YAML takes it for something else."
        ),
        "m.yaml line 4: tags.c.mnemonic must be given; was absent. " + LIKE,
        "m.yaml line 5: tags.d must have the key mnemonic alone; was 'unit'. Remove it.",
    ],
    "wellid: W-1\ntag: {a: {mnemonic: X}}\n": [
        "m.yaml line 1: the keys of a tag map must be among well_id, tags; was 'wellid'. Did you mean 'well_id'?",
        "m.yaml line 2: the keys of a tag map must be among well_id, tags; was 'tag'. Did you mean 'tags'?",
    ],
}


@pytest.mark.parametrize("text", FAULTS)
def test_that_every_fault_of_a_map_is_reported_with_its_line(text: str) -> None:
    with pytest.raises(FileFaults) as raised:
        parse_tag_map(text, "m.yaml")
    assert [str(fault) for fault in raised.value.faults] == FAULTS[text]


@pytest.mark.parametrize(
    "text, line",
    [
        ("tags:\n  a: {mnemonic: X}\n  a: {mnemonic: Y}\n", 3),
        ("tags:\n  a: {mnemonic: X\n", 3),
        ("tags: &t\n  a: *t\n", 1),
    ],
)
def test_that_doubled_keys_broken_yaml_and_aliases_are_faults(text: str, line: int) -> None:
    with pytest.raises(FileFaults) as raised:
        parse_tag_map(text, "m.yaml")
    assert raised.value.faults[0].line == line
    assert "rule file" not in str(raised.value)


def test_that_a_map_keeps_its_order_and_its_lines() -> None:
    tag_map = load_tag_map(SAMPLES / "tags.yaml")
    assert tag_map.well_id == "W-7"
    assert {tag: source.mnemonic for tag, source in tag_map.tags.items()} == {"pump_rate": "SPM"}
    assert tag_map.lines == {"pump_rate": 3}


def test_that_a_map_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(FileFaults, match="a tag map must be a file that can be read; was not there"):
        load_tag_map(SAMPLES / "nothing.yaml")


def test_that_a_map_far_too_long_is_a_fault() -> None:
    with pytest.raises(FileFaults, match="a tag map must have no more than 1000000 bytes"):
        parse_tag_map("#" * 1_000_001, "m.yaml")
