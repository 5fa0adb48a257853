from __future__ import annotations

import numpy as np
import pytest

from rules.rule_set import Constraint, RuleSet, Tag
from tests.welltegra.samples import START_US, batch
from welltegra.report.series import Series

RULES = RuleSet(
    "W-1",
    1,
    (Tag("pump_rate", "spm"), Tag("pressure", "psi"), Tag("idle", "m")),
    (
        Constraint("pump-rate", "pump_rate", "spm", high=120.0),
        Constraint("pressure", "pressure", "bar", high=300.0),
    ),
)


def seconds(times: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[float]:
    return ((times - START_US) / 1e6).tolist()  # type: ignore[no-any-return]


def test_that_readings_are_kept_by_time_in_the_tags_unit() -> None:
    series = Series([RULES])
    series.add(batch([0, 2], [100.0, 102.0]))
    series.add(batch([1], [1.0], unit="Hz"))
    series.add(batch([3], [90.0], unit=None))
    readings = series.readings("W-1", "pump_rate")
    assert seconds(readings.times) == [0, 1, 2, 3]
    assert readings.values.tolist() == [100.0, 60.0, 102.0, 90.0]


def test_that_what_cannot_be_judged_is_kept_apart() -> None:
    series = Series([RULES])
    series.add(batch([0, 1, 2, 3], [1.0, None, float("nan"), 5.0], quality=["bad", None, None, "uncertain"]))
    series.add(batch([4], [1.0], unit="psi"))
    series.add(batch([5], [1.0], unit="strokes/fortnight"))
    readings = series.readings("W-1", "pump_rate")
    assert seconds(readings.times) == [3]
    assert seconds(readings.not_judged) == [0, 1, 2, 4, 5]


def test_that_tags_and_wells_that_nobody_watches_are_passed_over() -> None:
    series = Series([RULES])
    series.add(batch([0], [1.0], tag="idle", unit="m"))
    series.add(batch([0], [1.0], well_id="W-2"))
    assert len(series.readings("W-1", "pump_rate").times) == 0
    for well, tag in (("W-1", "idle"), ("W-2", "pump_rate")):
        with pytest.raises(KeyError):
            series.readings(well, tag)


def test_that_a_clock_ahead_is_shown_at_its_arrival() -> None:
    series = Series([RULES])
    series.add(batch([0, 2.5, 40], [1.0, 2.0, 3.0], received=[0.1, 0.5, 1.0]))
    assert seconds(series.readings("W-1", "pump_rate").times) == [0, 1, 2.5]


def test_that_samples_after_a_look_are_seen_by_the_next() -> None:
    series = Series([RULES])
    series.add(batch([0], [1.0]))
    before = series.readings("W-1", "pump_rate")
    series.add(batch([1], [2.0]))
    assert len(before.times) == 1
    assert series.readings("W-1", "pump_rate").values.tolist() == [1.0, 2.0]


def test_that_many_small_batches_are_as_one_big_one() -> None:
    whole = batch([float(n % 70) for n in range(200)], [float(n) for n in range(200)])
    big, small = Series([RULES]), Series([RULES])
    big.add(whole)
    for at in range(200):
        small.add(whole.slice(at, 1))
    a, b = big.readings("W-1", "pump_rate"), small.readings("W-1", "pump_rate")
    assert a.times.tolist() == b.times.tolist()
    assert a.values.tolist() == b.values.tolist()
