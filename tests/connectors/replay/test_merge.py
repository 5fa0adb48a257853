"""Merging series by arrival, against a merge that is slow and plain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from connectors.replay.merge import merge
from schemas.columns import SAMPLE_COLUMNS

# One sample: its time and its received_at, if any. A series: its samples and the sizes of its batches.
SAMPLE = st.tuples(st.integers(1, 12), st.none() | st.integers(1, 12))
SERIES = st.tuples(st.lists(SAMPLE, max_size=8), st.lists(st.integers(0, 3), min_size=1, max_size=8))


def to_batch(samples: list[tuple[int, int | None]], first: int) -> pa.RecordBatch:
    number = len(samples)
    columns: dict[str, Any] = {name: [None] * number for name in SAMPLE_COLUMNS.names}
    columns |= {"well_id": ["W-1"] * number, "tag": ["t"] * number, "line": list(range(first, first + number))}
    columns |= {"time": [time for time, _ in samples], "received_at": [received for _, received in samples]}
    arrays = [
        pa.array(columns[field.name], pa.string()).dictionary_encode().cast(field.type)
        if pa.types.is_dictionary(field.type)
        else pa.array(columns[field.name], field.type)
        for field in SAMPLE_COLUMNS
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=SAMPLE_COLUMNS)


def pieces(file: int, samples: list[tuple[int, int | None]], sizes: list[int]) -> Iterator[tuple[int, pa.RecordBatch]]:
    at = 0
    for size in [*sizes, len(samples)]:
        yield file, to_batch(samples[at : at + size], at)
        at = min(len(samples), at + size)


def plainly(all_series: list[list[tuple[int, int | None]]]) -> list[tuple[int, int]]:
    """Return (series, place) of every sample, sorted by the latest arrival so far in its series."""
    keyed = []
    for number, samples in enumerate(all_series):
        latest = 0
        for place, (time, received) in enumerate(samples):
            latest = max(latest, time if received is None else received)
            keyed.append((latest, number, place))
    return [(number, place) for _, number, place in sorted(keyed)]


@given(st.lists(SERIES, min_size=1, max_size=4))
def test_that_samples_come_by_arrival_however_the_series_are_cut(all_series: list[Any]) -> None:
    iterators = [pieces(number, samples, sizes) for number, (samples, sizes) in enumerate(all_series)]
    merged = [(file, row["line"]) for file, batch in merge(iterators) for row in batch.to_pylist()]
    assert merged == plainly([samples for samples, _ in all_series])


def test_that_one_series_keeps_its_order_whatever_its_times() -> None:
    samples: list[tuple[int, int | None]] = [(5, None), (1, None), (9, 2), (3, None)]
    assert [row["line"] for _, batch in merge([pieces(0, samples, [2])]) for row in batch.to_pylist()] == [0, 1, 2, 3]


def test_that_no_more_than_one_batch_of_each_series_is_held() -> None:
    drawn = [0, 0]

    def endless(number: int) -> Iterator[tuple[int, pa.RecordBatch]]:
        while True:
            drawn[number] += 1
            yield number, to_batch([(drawn[number], None)], drawn[number])

    merged = merge([endless(0), endless(1)])
    for taken in range(1, 20):
        next(merged)
        assert max(drawn) <= taken // 2 + 2


def test_that_neighbouring_batches_of_different_words_share_their_dictionaries() -> None:
    def of(file: int, well_id: str) -> Iterator[tuple[int, pa.RecordBatch]]:
        for at in range(1, 9, 2):
            batch = to_batch([(at, None), (at + 1, None)], at)
            words = pa.array([well_id] * 2).dictionary_encode()
            yield file, batch.set_column(0, SAMPLE_COLUMNS.field(0), words.cast(SAMPLE_COLUMNS.field(0).type))

    merged = [batch for _, batch in merge([of(0, "W-1"), of(1, "W-2")])]
    assert len(merged) > 2
    assert all(batch.column("well_id").dictionary.to_pylist() == ["W-1", "W-2"] for batch in merged)
    wells = [row["well_id"] for batch in merged for row in batch.to_pylist()]
    assert wells == ["W-1", "W-2"] * 8
