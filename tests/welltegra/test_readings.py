from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from tests.welltegra.samples import START_US, batch
from welltegra.readings import Growing, by_tag, join, joined, readable


def test_that_a_view_keeps_what_it_showed_while_the_array_grows() -> None:
    growing = Growing(np.int64)
    growing.extend(np.arange(3))
    view = growing.values
    growing.extend(np.arange(1000))
    assert view.tolist() == [0, 1, 2]
    assert growing.values.tolist() == [0, 1, 2, *range(1000)]


def test_that_rows_of_each_well_tag_and_unit_come_apart_in_their_order() -> None:
    mixed = join(
        [
            batch([0, 1], [1.0, 2.0]),
            batch([0], [3.0], tag="pressure", unit="psi"),
            batch([2], [4.0], unit="Hz"),
            batch([3], [5.0], well_id="W-2"),
            batch([4, 3], [6.0, None], quality=["bad", None]),
        ]
    )
    found = {(rows.well_id, rows.tag, rows.unit): rows for rows in by_tag(mixed)}
    assert list(found) == [
        ("W-1", "pump_rate", "spm"),
        ("W-1", "pressure", "psi"),
        ("W-1", "pump_rate", "Hz"),
        ("W-2", "pump_rate", "spm"),
    ]
    spm = found["W-1", "pump_rate", "spm"]
    assert ((spm.times - START_US) // 1_000_000).tolist() == [0, 1, 4, 3]
    assert readable(spm).tolist() == [True, True, False, False]


def test_that_a_unit_not_stated_is_none() -> None:
    [rows] = by_tag(batch([0], [1.0], unit=None))
    assert rows.unit is None


def test_that_a_word_standing_twice_in_a_dictionary_is_one_tag_in_its_order() -> None:
    samples = batch([0, 1, 2], [1.0, 2.0, 3.0])
    twice = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0], pa.int32()), pa.array(["pump_rate", "pump_rate"]))
    [rows] = by_tag(samples.set_column(1, samples.schema.field("tag"), twice))
    assert rows.values.tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 100])
def test_that_joining_keeps_every_row_in_order(rows: int) -> None:
    pieces = [batch([n], [float(n)], tag=f"tag {n % 3}", unit=None if n % 2 else "spm") for n in range(20)]
    found = list(joined(pieces, rows))
    assert pa.Table.from_batches(found).column("value").to_pylist() == [float(n) for n in range(20)]
    assert pa.Table.from_batches(found).column("unit").to_pylist() == [None if n % 2 else "spm" for n in range(20)]
    assert all(piece.num_rows >= rows for piece in found[:-1])


def test_that_a_batch_without_rows_has_no_tags() -> None:
    assert list(by_tag(batch([], []))) == []
    assert list(joined([batch([], [])])) == []
