from __future__ import annotations

import os
from pathlib import Path

import pytest

from connectors.errors import FileFaults
from connectors.rule_files.config import BOUNDS
from connectors.witsml.source import load_tag_map


def test_that_a_tag_map_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "map.yaml"
    for mark in (b"", b"\xef\xbb\xbf"):
        file.write_bytes(mark + "well_id: Bør-1\ntags: {pump_rate: {mnemonic: STRATE2}}\n".encode())
        tag_map = load_tag_map(file)
        assert (tag_map.well_id, tag_map.tags["pump_rate"].mnemonic) == ("Bør-1", "STRATE2")
        assert tag_map.where == str(file)


@pytest.mark.parametrize(
    "content, sentence",
    [
        (
            b"tags: {pump_rate: {mnemonic: STRATE2}}\n# \xe5\n",
            "line 2: a tag map must be UTF-8 text; was the byte 0xE5",
        ),
        (b"#" * (BOUNDS.max_bytes + 1), "no more than 1000000 bytes; was larger"),
        (b"tags: {}\n", "tags"),
    ],
)
def test_that_a_text_that_is_no_tag_map_is_refused(tmp_path: Path, content: bytes, sentence: str) -> None:
    file = tmp_path / "map.yaml"
    file.write_bytes(content)
    with pytest.raises(FileFaults, match=sentence):
        load_tag_map(file)


def test_that_a_tag_map_that_is_not_there_or_a_folder_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(FileFaults, match="not there"):
        load_tag_map(tmp_path / "map.yaml")
    with pytest.raises(FileFaults, match="a folder"):
        load_tag_map(tmp_path)


def test_that_a_pipe_without_a_writer_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "tags.yaml"
    os.mkfifo(pipe)
    with pytest.raises(FileFaults, match="must be a file that can be read; was a pipe or a device"):
        load_tag_map(pipe)
