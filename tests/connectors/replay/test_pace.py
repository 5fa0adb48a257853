"""A recording at a multiple of life: what is due when, by a clock of our own, and when to ask again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from connectors.delivery import Delivery
from connectors.replay.source import FilePart, FileSource, Pace, Recording
from tests.flows.recordings import to_batch
from tests.oracle import Row

START = 1_767_225_600_000_000
SECOND = 1_000_000


class Clock:
    """A clock that stands still until it is set [s]."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def paced(clock: Clock, speed: float, unpaced_after_s: float | None = None) -> Pace:
    return Pace(speed, unpaced_after_s, clock)


def is_ahead(awake: datetime | None, seconds: float, since: datetime) -> bool:
    """Say whether `awake` lies so far ahead of a moment between `since` and now."""
    assert awake is not None
    rounding = timedelta(milliseconds=1)
    return since - rounding <= awake - timedelta(seconds=seconds) <= datetime.now(UTC) + rounding


ARRIVALS = START + np.array([0, 0, 1, 2, 2, 10]) * SECOND


@pytest.mark.parametrize("speed, seconds", [(1.0, 1.0), (10.0, 0.1), (0.5, 2.0)])
def test_that_recorded_time_runs_at_a_multiple_of_the_clocks(speed: float, seconds: float) -> None:
    clock = Clock()
    pace = paced(clock, speed)
    due = []
    for recorded in (0, 0.999, 1, 1.5, 2, 9.99, 10, 100):
        clock.now = 1000.0 + recorded * seconds + 1e-9
        due.append(pace.due(ARRIVALS))
    assert due == [2, 2, 3, 3, 5, 5, 6, 6]


def test_that_it_starts_with_the_first_sample_asked_about_not_when_it_is_made() -> None:
    clock = Clock()
    pace = paced(clock, 1.0)
    clock.now += 500
    assert pace.due(ARRIVALS) == 2


def test_that_two_parts_share_one_start() -> None:
    clock = Clock()
    pace = paced(clock, 1.0)
    assert pace.due(ARRIVALS) == 2
    assert pace.due(ARRIVALS + 3 * SECOND) == 0
    clock.now += 3.1
    assert pace.due(ARRIVALS + 3 * SECOND) == 2


def test_that_beyond_a_point_of_the_recording_speed_no_longer_holds() -> None:
    clock = Clock()
    pace = paced(clock, 1.0, unpaced_after_s=2.0)
    assert pace.due(ARRIVALS) == 2
    clock.now += 1.9
    assert pace.due(ARRIVALS) == 3
    clock.now += 0.1
    assert pace.due(ARRIVALS) == 6


@pytest.mark.parametrize("speed, unpaced_after_s, wait", [(1.0, None, 10.0), (4.0, None, 2.5), (1.0, 6.0, 6.0)])
def test_that_it_says_when_a_sample_is_due(speed: float, unpaced_after_s: float | None, wait: float) -> None:
    clock = Clock()
    pace = paced(clock, speed, unpaced_after_s)
    pace.due(ARRIVALS)
    for passed in (0.0, 1.0, wait, wait + 5.0):
        clock.now = 1000.0 + passed
        asked_at = datetime.now(UTC)
        assert is_ahead(pace.when(START + 10 * SECOND), max(0.0, wait - passed), asked_at)


def test_that_a_gap_of_centuries_is_waited_for_by_turns() -> None:
    pace = paced(Clock(), 1e-6)
    pace.due(ARRIVALS)
    assert (pace.when(START + 250_000_000_000 * SECOND) - datetime.now(UTC)).total_seconds() < 2 * 3600


# A paced part


def rows(*seconds: float, received: tuple[float, ...] | None = None) -> list[Row]:
    arrivals = seconds if received is None else received
    return [
        Row("W-1", "t", START + round(at * SECOND), at, received_at=START + round(came * SECOND))
        for at, came in zip(seconds, arrivals, strict=True)
    ]


class Life:
    """A paced part and its clock."""

    def __init__(self, of: list[list[Row]], speed: float = 1.0, most: int = 100) -> None:
        self.clock = Clock()
        self.told: list[tuple[int, int]] = []
        recording = Recording(3, "3.1316", lambda: iter([(Path("a.csv"), to_batch(each)) for each in of]))
        source = FileSource({"0003": recording}, rows=most, speed=speed, on_progress=lambda *at: self.told.append(at))
        source._pace = Pace(speed, None, self.clock)
        self.part: FilePart = source.build_part("samples", "0003", None)

    def at(self, second: float) -> list[Delivery]:
        self.clock.now = 1000.0 + second
        return [delivery for _, delivery in self.part.next_batch()]

    def values(self, second: float) -> list[float]:
        return [value for delivery in self.at(second) for batch in delivery.messages for value in _values(batch)]


def _values(batch: object) -> list[float]:
    found: list[float] = batch.column("value").to_pylist()  # type: ignore[attr-defined]  # Arrow has no types
    return found


def test_that_a_part_delivers_what_is_due_and_asks_to_be_woken_for_the_next() -> None:
    life = Life([rows(0, 1, 2), rows(2, 5)])
    assert life.values(0) == [0]
    assert life.part.next_awake() is None
    asked_at = datetime.now(UTC)
    assert life.values(0.5) == []
    assert is_ahead(life.part.next_awake(), 0.5, asked_at)
    assert life.values(2.0) == [1, 2, 2]
    assert life.values(4.9) == []
    assert life.values(5.0) == [5]
    (end,) = life.at(5.0)
    assert end.ended
    with pytest.raises(StopIteration):
        life.at(6.0)


def test_that_nothing_due_is_no_delivery_but_a_wake_after_a_start_and_a_snapshot() -> None:
    life = Life([rows(0, 60)])
    (first,) = life.at(0)
    assert (first.wake, first.shard) == (True, 3)
    assert life.at(1) == []
    assert life.part.snapshot() == (1, False)
    (woken,) = life.at(2)
    assert (woken.wake, woken.messages, woken.position, woken.next_position, woken.ended) == (True, [], 1, 1, False)
    assert life.at(3) == []


def test_that_a_delivery_is_never_larger_than_asked_for() -> None:
    life = Life([rows(*range(10))], most=3)
    assert [life.values(second) for second in (0, 100, 100, 100)] == [[0], [1, 2, 3], [4, 5, 6], [7, 8, 9]]


def test_that_samples_come_by_arrival_which_never_goes_back() -> None:
    life = Life([rows(0, 9, 1, 2, received=(0, 3, 1, 4))])
    assert [life.values(second) for second in (0, 1, 2, 3, 4)] == [[0], [], [], [9, 1], [2]]


def test_that_progress_says_how_far_the_recording_has_come() -> None:
    life = Life([rows(0, 1), rows(2, 3)])
    for second in (0, 0.5, 1, 3, 3):
        life.at(second)
    assert life.told == [(1, START), (2, START + SECOND), (4, START + 3 * SECOND)]
