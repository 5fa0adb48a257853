"""Files as one stream: which belong together, in what order, and which cannot be read at all."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path

import pytest

from connectors.errors import Fault
from connectors.tables.config import TableSettings
from tests.connectors.reading import SAMPLES, batches, read, refusals

PARTS = ("witsml_1_4_1_1_first_part.xml", "witsml_1_4_1_1_second_part.xml")


@pytest.mark.parametrize("names", list(itertools.permutations(PARTS)))
def test_that_parts_of_a_log_are_one_series_in_the_order_of_their_times(names: tuple[str, ...]) -> None:
    rows, faults = read(*names, tags="tags: {spm: {mnemonic: SPM}}")
    assert [(row["time"].second, row["value"]) for row in rows] == [(0, 1.0), (1, 1.1), (1, 1.1), (2, 1.2)]
    assert not faults


def test_that_several_files_are_merged_by_arrival() -> None:
    rows, _ = read("received_at.csv", "plain.csv", "witsml_1_4_1_1.xml", tags="tags: {spm: {mnemonic: SPM}}")
    # received_at.csv arrives from second 3 on, whatever its times: its series never goes back.
    assert [(row["tag"], row["time"].second, row["value"]) for row in rows] == [
        ("pump_rate", 0, 50.0),
        ("spm", 0, 1.0),
        ("pump_rate", 1, 0.0),
        ("spm", 1, 1.1),
        ("pump_rate", 2, 61.25),
        ("pressure", 2, 1500.0),
        ("pump_rate", 0, 50.0),
        ("pump_rate", 1, 51.0),
        ("pump_rate", 2, 52.0),
    ]


@pytest.mark.parametrize("settings", [TableSettings(batch_rows=1), TableSettings(batch_rows=2, block_bytes=64)])
def test_that_the_size_of_pieces_changes_nothing_in_a_merge(settings: TableSettings) -> None:
    names = ("received_at.csv", "plain.csv", "scans.ndjson", "witsml_1_4_1_1.xml", "witsml_2_0.xml")
    assert read(*names, settings=settings) == read(*names)


def test_that_every_file_that_cannot_be_read_is_named_before_any_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    cut = tmp_path / "cut.xml.gz"
    cut.write_bytes(gzip.compress((SAMPLES / "witsml_1_4_1_1.xml").read_bytes())[:-40])
    plain = tmp_path / "plain.xml.gz"
    plain.write_bytes((SAMPLES / "witsml_1_4_1_1.xml").read_bytes())
    found = refusals("plain.csv", tmp_path / "none.csv", folder, "tags.yaml", cut, plain, "plain.csv", "empty.csv")
    assert [fault.replace(f"{tmp_path}/", "") for fault in found] == [
        "none.csv: samples must be a file that can be read; was nothing there. Is the name right?",
        "folder.csv: samples must be a file that can be read; was a folder. Name the files in it.",
        (
            "tags.yaml: samples must be in one of .csv, .parquet, .ndjson, .xml, .xml.gz; was '.yaml'. "
            "Name it for what it is, or export it as one of them."
        ),
        (
            "cut.xml.gz: a .gz must be whole; was Compressed file ended before the end-of-stream marker was reached. "
            "Copy the file anew."
        ),
        (
            "plain.xml.gz: a .gz must be whole; was Not a gzipped file (b'<?'). "
            "If it is not packed, name it .xml; otherwise copy it anew."
        ),
        "plain.csv: a file must be given once; was given again. Name it once; its samples would all be doubled.",
        "empty.csv: a table must have a header line; was an empty file. Was the export stopped?",
    ]


def test_that_no_file_is_a_fault() -> None:
    assert refusals() == ["samples: must be one file or more; was none. Name the files to read."]


def test_that_each_batch_comes_with_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SAMPLES)
    faults: list[Fault] = []
    assert [batch.num_rows for batch in batches(["plain.csv"], None, faults)] == [4]
