"""Which second is due: no drift, nothing bunched, and the time of the host."""

from __future__ import annotations

import pytest

from welltegra.simulator.rig.pace import Due, Pace

STARTED_S, WALL_S = 5_000.0, 1_700_000_000.0


def pace(speed: float = 1.0) -> Pace:
    made = Pace(STARTED_S, WALL_S, speed)
    assert made.due(STARTED_S, WALL_S) == Due(0, 0, round(WALL_S * 1e6), 0.0)
    return made


def due(made: Pace, after_s: float, wall_off_s: float = 0.0) -> Due:
    return made.due(STARTED_S + after_s, WALL_S + after_s + wall_off_s)


def test_that_waking_late_every_second_does_not_drift() -> None:
    made = pace()
    for second in range(1, 10_000):
        assert due(made, second + 0.3) == Due(second, 0, round((WALL_S + second) * 1e6), 0.0)
        assert made.wait_s(STARTED_S + second + 0.3) == pytest.approx(0.7)


def test_that_seconds_that_are_over_are_skipped_and_counted_and_only_the_latest_is_served() -> None:
    made = pace()
    assert due(made, 4.2)[:2] == (4, 3)
    assert due(made, 5.0)[:2] == (5, 0)


def test_that_waking_a_hair_early_serves_the_next_second_and_none_twice() -> None:
    made = pace()
    assert [due(made, second - 1e-6).second for second in (1, 2, 3)] == [1, 2, 3]


def test_that_ten_times_the_speed_is_ten_seconds_in_one() -> None:
    made = pace(speed=10.0)
    assert made.wait_s(STARTED_S) == pytest.approx(0.1)
    assert due(made, 0.1) == Due(1, 0, round((WALL_S + 0.1) * 1e6), 0.0)
    assert due(made, 0.5)[:2] == (5, 3)


@pytest.mark.parametrize("off_s", [3_600.0, -90.0])
def test_that_times_follow_a_host_whose_clock_was_set(off_s: float) -> None:
    made = pace()
    followed = due(made, 1.0, off_s)
    assert followed[:2] == (1, 0)
    assert followed.followed_s == pytest.approx(off_s)
    assert followed.time_us == round((WALL_S + 1.0 + off_s) * 1e6)
    assert due(made, 2.0, off_s) == Due(2, 0, round((WALL_S + 2.0 + off_s) * 1e6), 0.0)


def test_that_a_host_s_clock_that_is_slewed_a_little_leaves_the_grid_alone() -> None:
    assert due(pace(), 1.0, 0.2).time_us == round((WALL_S + 1.0) * 1e6)
