"""The constraints flow on recordings in memory, file to file: what tests of the whole flow share."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from zlib import crc32

import pyarrow as pa
from bytewax.dataflow import Dataflow

from connectors.delivery import DeadLetter
from connectors.replay.sink import CallSink, NdjsonSink
from connectors.replay.source import Batches, FileSource, Recording
from flows.constraints import ConstraintsFlow, get_flow
from flows.placement import part_name, part_of_key, shard_key
from flows.summary import Summary
from rules.conditions import Conditions
from rules.rule_set import RuleSet
from schemas.columns import SAMPLE_COLUMNS
from tests.oracle import Row


def to_batch(rows: Sequence[Row]) -> pa.RecordBatch:
    """Return rows as columns; a NaN as no reading."""
    columns = {
        "well_id": [row.well_id for row in rows],
        "tag": [row.tag for row in rows],
        "time": [row.time for row in rows],
        "value": [None if math.isnan(row.value) else row.value for row in rows],
        "unit": [row.unit for row in rows],
        "quality": [None if row.quality == "good" else row.quality for row in rows],
        "received_at": [row.received_at for row in rows],
        "backfill": [row.backfill or None for row in rows],
        "line": list(range(2, len(rows) + 2)),
    }
    arrays = []
    for field in SAMPLE_COLUMNS:
        if pa.types.is_dictionary(field.type):
            arrays.append(pa.array(columns[field.name], pa.string()).dictionary_encode())
        else:
            arrays.append(pa.array(columns[field.name], field.type))
    return pa.RecordBatch.from_arrays(arrays, schema=SAMPLE_COLUMNS)


def shard_of(well_id: str, shards: int) -> int:
    """Return the shard of a well."""
    return crc32(well_id.encode()) % shards


def build_flow(
    rules: Sequence[RuleSet],
    open_shard: Mapping[int, Callable[[], Batches]],
    folder: Path,
    *,
    rows: int = 10_000,
    summaries: list[Summary] | None = None,
    dead_letters: list[DeadLetter] | None = None,
) -> Dataflow:
    """Return the dry-run flow over some shards, with a pair of files for each in `folder`."""
    shards = len(open_shard)
    recordings = {part_name(p): Recording(p, shard_key(p), batches) for p, batches in open_shard.items()}

    def paths(kind: str) -> dict[str, Path]:
        return {name: folder / f"{kind}.{name}.ndjson" for name in recordings}

    return get_flow(
        ConstraintsFlow(
            FileSource(recordings, rows=rows),
            NdjsonSink(paths("alerts"), part_of_key),
            NdjsonSink(paths("violations"), part_of_key),
            CallSink((dead_letters if dead_letters is not None else []).append),
            CallSink((summaries if summaries is not None else []).append),
            conditions_of=lambda shard, _versions: Conditions(
                rule for rule in rules if shard_of(rule.well_id, shards) == shard
            ),
            dry_run=True,
        )
    )


def whole(rows: Sequence[Row]) -> Callable[[], Batches]:
    """Return what opens `rows` as one recording of one batch."""
    batch = to_batch(rows)
    return lambda: iter([(Path("rows.csv"), batch)] if rows else [])


def stopping(rows: Sequence[Row], stop_at: int, error: BaseException) -> Callable[[], Batches]:
    """Return what opens `rows` and raises `error` once `stop_at` of them have been taken."""
    before, after = to_batch(rows[:stop_at]), to_batch(rows[stop_at:])

    def batches() -> Iterator[tuple[Path, pa.RecordBatch]]:
        yield Path("rows.csv"), before
        raise error
        yield Path("rows.csv"), after

    return batches


def outputs(folder: Path) -> dict[str, bytes]:
    """Return every file of a run by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.ndjson"))}
