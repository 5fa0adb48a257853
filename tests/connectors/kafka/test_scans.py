"""From rows to messages: read back, they are the samples of the rows, in whatever batches these came."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.delivery import Delivery
from connectors.errors import Fault
from connectors.kafka.partition import partition_of
from connectors.kafka.scans import Outgoing, ScanMaker, StreamMaker, encode_scan
from connectors.replay.parse import open_samples
from connectors.tables.config import TableSettings
from connectors.witsml.config import TagMap, parse_tag_map
from flows.decode import Decoder
from rules.conditions import Conditions
from rules.rule_set import Constraint, RuleSet, Tag
from schemas.columns import SAMPLE_COLUMNS, read_stream
from schemas.scan import Scan, ScanStruct
from schemas.times import time_us
from tests.connectors.reading import SAMPLES
from tests.test_layers import REPO

START = 1_767_225_600_000_000
WELLS = ("W-1", "W-2", "15/9-F-7", "Ærø")
TAGS = {"pump_rate": "spm", "pressure": "psi", "SPM": "spm"}

Maker = Callable[[], ScanMaker | StreamMaker]
MAKERS: dict[str, Maker] = {
    "scans": lambda: ScanMaker(1),
    "streams": lambda: StreamMaker(1),
    "streams of 3 rows": lambda: StreamMaker(1, rows=3),
}

Row = tuple[str, str, int, float | None, str | None, str | None, bool | None]


def batch_of(rows: Sequence[Row]) -> pa.RecordBatch:
    columns = dict(
        zip(("well_id", "tag", "time", "value", "unit", "quality", "backfill"), zip(*rows, strict=True), strict=True)
    )
    arrays = []
    for field in SAMPLE_COLUMNS:
        plain = pa.string() if pa.types.is_dictionary(field.type) else field.type
        column = pa.array(columns.get(field.name, [None] * len(rows)), plain)
        arrays.append(column.dictionary_encode() if pa.types.is_dictionary(field.type) else column)
    return pa.RecordBatch.from_arrays(arrays, schema=SAMPLE_COLUMNS)


def decoder() -> Decoder:
    tags = tuple(Tag(name, unit) for name, unit in TAGS.items())
    constraints = tuple(Constraint(name, name, unit, high=120.0) for name, unit in TAGS.items())
    conditions = Conditions([RuleSet(well_id, 1, tags, constraints) for well_id in (*WELLS, "W-7")])
    return Decoder(conditions.tags, conditions.unit)


def judged(deliveries: Iterable[Delivery]) -> list[tuple[int, ...]]:
    """Return each sample as the kernel gets it: tag, time, value as bits, flags. What is no reading is one NaN."""
    rows: list[tuple[int, ...]] = []
    by = decoder()
    for delivery in deliveries:
        for samples, _ in by.decode(delivery):
            values = np.where(np.isfinite(samples.values), samples.values, math.nan) + 0.0  # no -0.0
            rows += zip(
                samples.tags.tolist(),
                samples.times.tolist(),
                values.view(np.int64).tolist(),
                samples.flags.tolist(),
                strict=True,
            )
    return rows


def of_rows(batches: Sequence[pa.RecordBatch]) -> list[tuple[int, ...]]:
    return judged([Delivery(0, "columns", batches)])


def of_messages(messages: Sequence[Outgoing]) -> list[tuple[int, ...]]:
    return judged(Delivery(0, "arrow" if each.arrow else "json", [each.value]) for each in messages)


def made(maker: ScanMaker | StreamMaker, batches: Iterable[pa.RecordBatch]) -> list[Outgoing]:
    found = [message for batch in batches for message in maker.add(batch)]
    return [*found, *maker.rest()]


def cut(batch: pa.RecordBatch, size: int) -> list[pa.RecordBatch]:
    return [batch.slice(at, size) for at in range(0, batch.num_rows, size)]


def read_back(messages: Sequence[Outgoing]) -> list[object]:
    """Return JSON as it is, and of a stream its rows: the same rows may be other bytes to Arrow."""
    return [
        (message.partition, read_stream(message.value)[0].to_pylist()) if message.arrow else message
        for message in messages
    ]


rows = st.lists(
    st.tuples(
        st.sampled_from(WELLS),
        st.sampled_from([*TAGS, "unwatched"]),
        st.sampled_from([START, START + 1, START + 1000, START + 1_000_000]),
        st.none() | st.floats() | st.sampled_from([0.0, -0.0, 0.1 + 0.2, 1e308, 5e-324]),
        st.sampled_from([None, "spm", "Hz", "psi", "kPa", "furlong"]),
        st.sampled_from([None, "good", "uncertain", "bad"]),
        st.sampled_from([None, False, True]),
    ),
    min_size=1,
    max_size=20,
)


@given(rows, st.integers(1, 7))
@pytest.mark.parametrize("maker", MAKERS)
def test_that_messages_say_what_the_rows_say(maker: str, rows: list[Row], size: int) -> None:
    batch = batch_of(rows)
    whole = made(MAKERS[maker](), [batch])
    assert of_messages(whole) == of_rows([batch])
    assert sum(message.samples for message in whole) == len(rows)
    # As text: no NaN equals another.
    assert repr(read_back(made(MAKERS[maker](), cut(batch, size)))) == repr(read_back(whole))


@given(rows)
def test_that_every_scan_is_one_of_the_contract(rows: list[Row]) -> None:
    for message in made(ScanMaker(4), [batch_of(rows)]):
        scan = Scan.model_validate_json(message.value)
        assert message == Outgoing(partition_of(scan.well_id, 4), scan.well_id, message.value, len(scan.values))
        assert encode_scan(scan) == message.value


@given(rows)
def test_that_a_stream_names_only_wells_of_its_partition_and_keeps_their_order(rows: list[Row]) -> None:
    messages = made(StreamMaker(4), [batch_of(rows)])
    assert len({message.partition for message in messages}) == len(messages)
    for message in messages:
        (batch,) = read_stream(message.value)
        assert {partition_of(well_id, 4) for well_id in batch.column("well_id").dictionary.to_pylist()} == {
            message.partition
        }
        own = [row for row in rows if partition_of(row[0], 4) == message.partition]
        assert [(row["well_id"], row["tag"]) for row in batch.to_pylist()] == [row[:2] for row in own]


def test_that_rows_of_a_well_and_a_time_are_one_scan_until_a_tag_comes_again() -> None:
    batch = batch_of(
        [
            ("W-1", "a", START, 0.1, None, None, None),
            ("W-1", "b", START, None, "psi", "uncertain", None),
            ("W-1", "a", START, 3.0, None, "good", None),
            ("W-2", "a", START, 4.0, None, "bad", None),
            ("W-2", "a", START + 1, 5.0, None, None, True),
            ("W-2", "b", START + 1, 6.0, None, None, None),
        ]
    )
    assert [json.loads(message.value) for message in made(ScanMaker(1), [batch])] == [
        {
            "well_id": "W-1",
            "time": "2026-01-01T00:00:00.000Z",
            "values": {"a": 0.1, "b": None},
            "units": {"b": "psi"},
            "quality": {"b": "uncertain"},
        },
        {"well_id": "W-1", "time": "2026-01-01T00:00:00.000Z", "values": {"a": 3.0}},
        {"well_id": "W-2", "time": "2026-01-01T00:00:00.000Z", "values": {"a": 4.0}, "quality": {"a": "bad"}},
        {"well_id": "W-2", "time": "2026-01-01T00:00:00.000001Z", "values": {"a": 5.0}, "backfill": True},
        {"well_id": "W-2", "time": "2026-01-01T00:00:00.000001Z", "values": {"b": 6.0}},
    ]


def test_that_source_and_number_of_a_scan_are_sent_along() -> None:
    scan = ScanStruct("W-1", "2026-01-01T00:00:00Z", {"a": 1.0}, source="rig", seq=0)
    assert json.loads(encode_scan(scan)) == {
        "well_id": "W-1",
        "time": "2026-01-01T00:00:00Z",
        "values": {"a": 1.0},
        "source": "rig",
        "seq": 0,
    }


# Files, as a dry run reads them.

FILES = (
    *("plain.csv", "backfill.csv", "received_at.csv", "quality_is_unknown.csv", "value_empty_null_or_nan.csv"),
    *("time_finer_than_a_microsecond.csv", "value_is_infinite.csv", "scans.ndjson"),
    *("witsml_1_3_1_1.xml", "witsml_1_4_1_1.xml", "witsml_2_0.xml", "witsml_2_0_quality.xml"),
)


def read(paths: Sequence[Path], tag_map: TagMap | None, size: int = 65_536) -> list[pa.RecordBatch]:
    faults: list[Fault] = []
    settings = TableSettings(batch_rows=size)
    return [batch for _, batch in open_samples(paths, tag_map, faults.append, settings)]


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize("name", FILES)
def test_that_a_file_says_on_kafka_what_it_says_in_a_dry_run(name: str, maker: str) -> None:
    path = SAMPLES / name
    tag_map = parse_tag_map((SAMPLES / "tags.yaml").read_text("utf-8"), "tags.yaml") if path.suffix == ".xml" else None
    expected = of_rows(read([path], tag_map))
    assert expected
    messages = made(MAKERS[maker](), read([path], tag_map))
    assert of_messages(messages) == expected
    for size in (1, 2, 3):
        assert read_back(made(MAKERS[maker](), read([path], tag_map, size))) == read_back(messages)


@pytest.mark.realdata
@pytest.mark.parametrize("maker", MAKERS)
def test_that_a_recording_says_on_kafka_what_it_says_in_a_dry_run(maker: str, shared_data: Path) -> None:
    tag_map = parse_tag_map((REPO / "docs/examples/tags-15-9-F-7.yaml").read_text("utf-8"), "tags.yaml")
    paths = sorted((shared_data / "volve_witsml" / "logs").glob("F-7_*.xml.gz"))[:2]
    batches = read(paths, tag_map)
    expected = of_rows(batches)
    assert len(expected) > 10_000
    assert of_messages(made(MAKERS[maker](), batches)) == expected
    assert time_us("2000-01-01T00:00:00Z") < expected[0][1]
