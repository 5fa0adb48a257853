from __future__ import annotations

import os
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from connectors.opcua.node_names import NodeName
from connectors.opcua.tag_map import BOUNDS, MappedTag, load_tag_map, parse_tag_map
from connectors.units import _suggestions
from tests.test_layers import REPO

URI = "urn:welltegra:rig"


def faults(text: str) -> list[str]:
    with pytest.raises(FileFaults) as caught:
        parse_tag_map(text, "tags.yaml")
    return [str(fault) for fault in caught.value.faults]


def test_that_a_map_names_the_node_of_each_tag() -> None:
    read = parse_tag_map(
        f"""namespace: {URI}
tags:
  - {{node: s=W-1/pump_rate, well: W-1, tag: pump_rate, unit: spm}}
  - node: nsu=urn:other;i=7
    well: W-1
    tag: depth
  - {{node: "ns=4;s=a;b=c", well: W-2, tag: depth, unit: m}}
""",
        "tags.yaml",
    )
    assert read.tags == (
        MappedTag(NodeName(URI, "s=W-1/pump_rate"), "W-1", "pump_rate", "spm", 3),
        MappedTag(NodeName("urn:other", "i=7"), "W-1", "depth", None, 4),
        MappedTag(NodeName(4, "s=a;b=c"), "W-2", "depth", "m", 7),
    )
    assert read.place(read.tags[1]) == "tags.yaml line 4: W-1 depth (nsu=urn:other;i=7)"


def test_that_every_fault_is_told_at_once_with_its_line_and_remedy() -> None:
    found = faults(
        """namespac: urn:x
tags:
  - {node: s=a, well: W, tag: a}
  - {node: nsu=urn:x;s=b, well: 7, tag: b, unit: pssi}
  - {node: nsu=urn:x;s=c, well: W, tag: c}
  - {node: nsu=urn:x;s=c, well: W, tag: c, unti: m}
  - five
  - {node: nsu=urn:x;q=1, well: " W", tag: d}
  - {well: W}
"""
    )
    assert [line.partition(": ")[0].removeprefix("tags.yaml line ") for line in found] == list("134466678899")
    for words in (
        "'namespac'. Did you mean 'namespace'?",
        "'s=a': it states no namespace",
        "well must be text; was 7, which YAML reads as another thing. Put it in quotes: '7'.",
        "'pssi'. Did you mean 'psi'",
        "'W c' again, first on line 5",
        "'nsu=urn:x;s=c' again, first on line 5",
        "'unti'. Did you mean 'unit'?",
        "each tag must be a mapping with node, well and tag; was 'five'",
        "without outer blanks; was ' W'",
        "'nsu=urn:x;q=1': it has no identifier",
        "node must be given; was absent",
        "tag must be given; was absent",
    ):
        assert any(words in line for line in found), words


@pytest.mark.parametrize(
    "text, words",
    [
        ("", "a tag map must name tags; was empty"),
        ("- a\n", "a tag map must be a mapping with `tags:`"),
        ("tags: {}\n", "tags must be a list of one tag or more; was {}"),
        ("namespace: urn:x\n", "tags must be a list of one tag or more; was absent"),
        ("tags:\n\t- a\n", "a tag map must be YAML; was text that YAML refuses: a tab"),
        ("tags: [{node: s=1, well: W, tag:}]\n", "line 1: "),
        ("#" * (BOUNDS.max_bytes + 1), "no more than"),
    ],
)
def test_that_what_is_no_tag_map_is_told(text: str, words: str) -> None:
    assert any(words in fault for fault in faults(text))


def test_that_the_tag_map_of_the_page_is_one() -> None:
    page = (REPO / "docs" / "ingest.md").read_text(encoding="utf-8")
    read = parse_tag_map(page.partition("```text\n")[2].partition("```")[0], "docs/ingest.md")
    assert [(tag.well, tag.tag, tag.unit) for tag in read.tags] == [
        ("W-1", "pump_rate", "spm"),
        ("W-1", "depth", None),
        ("W-1", "temperature", None),
    ]


def test_that_an_ambiguous_unit_is_told_with_what_to_write() -> None:
    (fault,) = faults("tags: [{node: ns=1;i=1, well: W, tag: a, unit: gal}]")
    assert "unit must have one meaning; was 'gal'" in fault


@pytest.mark.parametrize("key", ["node", "well", "tag"])
@pytest.mark.parametrize("written", [r"\0", r"\a", r"\x7f", r"\n", r"\ud800"])
def test_that_a_character_that_nobody_sees_or_can_send_is_told(key: str, written: str) -> None:
    entry = {"node": "ns=1;s=ab", "well": "ab", "tag": "ab"}
    entry[key] = entry[key].replace("ab", f"a{written}b")
    told = faults("tags: [{" + ", ".join(f'{name}: "{text}"' for name, text in entry.items()) + "}]")
    assert any(f"{key} must be text of 1 to 200 characters, none a control character, " in each for each in told)


def test_that_a_misspelt_unit_of_ten_thousand_tags_is_looked_up_once() -> None:
    _suggestions.cache_clear()
    faults("tags:\n" + "".join(f"  - {{node: ns=1;i={i}, well: W, tag: t{i}, unit: pssi}}\n" for i in range(100)))
    assert _suggestions.cache_info().misses == 1


def test_that_a_file_is_read_and_one_that_cannot_be_is_told(tmp_path: Path) -> None:
    path = tmp_path / "tags.yaml"
    path.write_bytes(b"\xef\xbb\xbftags: [{node: ns=1;i=1, well: W, tag: a}]\n")
    assert load_tag_map(path).where == str(path)
    path.write_bytes(b"tags:\n# \xff\n")
    for wrong, words in (
        (path, "line 2: a tag map must be UTF-8 text; was the byte 0xFF"),
        (tmp_path / "no.yaml", "not there"),
        (tmp_path, "a folder"),
    ):
        with pytest.raises(FileFaults, match=words):
            load_tag_map(wrong)


def test_that_a_pipe_without_a_writer_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "tags.yaml"
    os.mkfifo(pipe)
    with pytest.raises(FileFaults, match="must be a file that can be read; was a pipe or a device"):
        load_tag_map(pipe)
