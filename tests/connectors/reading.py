"""Reading sample files in tests: rows as short tuples, faults as they are printed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import chdir
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.errors import Fault, FileFaults
from connectors.replay.parse import open_samples
from connectors.tables.config import USUAL, TableSettings
from connectors.witsml.config import TagMap, parse_tag_map
from schemas.columns import SAMPLE_COLUMNS

SAMPLES = Path(__file__).parents[1] / "data" / "samples"


def read(
    *names: str | os.PathLike[str], tags: str | None = None, settings: TableSettings = USUAL
) -> tuple[list[dict[str, Any]], list[str]]:
    """Return all rows and all faults of files in tests/data/samples (or of other paths)."""
    faults: list[Fault] = []
    with chdir(SAMPLES):
        rows = [row for batch in batches(names, tags, faults, settings) for row in batch.to_pylist()]
    return rows, [str(fault) for fault in faults]


def batches(
    names: Sequence[str | os.PathLike[str]], tags: str | None, faults: list[Fault], settings: TableSettings = USUAL
) -> Iterator[pa.RecordBatch]:
    tag_map: TagMap | None = None if tags is None else parse_tag_map(tags, "map.yaml")
    for _, batch in open_samples(names, tag_map, faults.append, settings):
        assert batch.schema.equals(SAMPLE_COLUMNS)
        assert 0 < batch.num_rows <= settings.batch_rows
        batch.validate(full=True)
        yield batch


def refusals(*names: str | os.PathLike[str], tags: str | None = None) -> list[str]:
    """Return the faults for which files are not read at all."""
    try:
        read(*names, tags=tags)
    except FileFaults as error:
        return [str(fault) for fault in error.faults]
    return []


def short(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Return line, tag, second of the minute, value and quality of each row."""
    return [
        (row["line"], row["tag"], row["time"].second + row["time"].microsecond / 1e6, row["value"], row["quality"])
        for row in rows
    ]
