from __future__ import annotations

import numpy as np
import pytest

from tests.welltegra.samples import batch
from welltegra.periods import PeriodMeter


def meter_of(seconds: list[float], cut: int | None = None) -> PeriodMeter:
    meter = PeriodMeter()
    for some in [seconds] if cut is None else [seconds[:cut], seconds[cut:]]:
        meter.add(batch(some, [1.0] * len(some)))
    return meter


@pytest.mark.parametrize(
    ("seconds", "median"),
    [
        ([0, 1, 2, 3], 1.0),
        ([0, 0.25, 0.5], 0.25),
        ([0, 10, 20, 30, 31], 10.0),
        ([0, 1, 1, 1, 2], 1.0),  # a repeat is no step
        ([0, 5, 3, 8], 5.0),  # nor is a step back
        ([0, 12.345, 24.69], 12.35),  # four digits from ten seconds on
        ([0], None),
        ([3, 3], None),
    ],
)
def test_that_the_median_is_of_the_steps_forward(seconds: list[float], median: float | None) -> None:
    assert meter_of(seconds).median_s("W-1", "pump_rate") == median


@pytest.mark.parametrize("cut", range(1, 5))
def test_that_steps_are_counted_across_batches(cut: int) -> None:
    seconds = [0.0, 2.0, 4.0, 6.0, 7.0]
    assert meter_of(seconds, cut).median_s("W-1", "pump_rate") == meter_of(seconds).median_s("W-1", "pump_rate") == 2.0


def test_that_the_usual_longest_step_leaves_out_one_in_twenty() -> None:
    steps = [1.0] * 30 + [10.0] * 8 + [900.0] * 2
    meter = meter_of([0.0, *np.cumsum(steps).tolist()])
    assert meter.usual_longest_s("W-1", "pump_rate") == 10.0


def test_that_of_a_few_steps_none_is_called_usual() -> None:
    meter = meter_of([float(second) for second in range(20)])
    assert meter.median_s("W-1", "pump_rate") == 1.0
    assert meter.usual_longest_s("W-1", "pump_rate") is None


def test_that_tags_are_told_apart_and_seen_in_order() -> None:
    meter = PeriodMeter()
    meter.add(batch([0, 1], [1.0, 1.0]))
    meter.add(batch([0, 5], [1.0, 1.0], tag="pressure", unit="psi"))
    meter.add(batch([0, 2], [1.0, 1.0], well_id="W-2"))
    assert meter.seen() == [("W-1", "pump_rate"), ("W-1", "pressure"), ("W-2", "pump_rate")]
    assert [meter.median_s(*name) for name in meter.seen()] == [1.0, 5.0, 2.0]
    assert meter.median_s("W-1", "bit_depth") is None


def test_that_steps_of_any_length_are_few_different_ones() -> None:
    rng = np.random.default_rng(1)
    meter = PeriodMeter()
    meter.add(batch(np.cumsum(rng.uniform(100, 100_000, 5_000)).tolist(), [1.0] * 5_000))
    assert meter.median_s("W-1", "pump_rate") == pytest.approx(50_000, rel=0.1)
    meter.add(batch(np.cumsum(rng.uniform(100, 100_000, 70_000)).tolist(), [1.0] * 70_000))
    assert len(meter._steps["W-1", "pump_rate"]) < 30_000
