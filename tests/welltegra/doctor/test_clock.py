"""Two clocks: what follows from a reading between two of our own, and nothing more."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from welltegra.doctor.clock import Ahead, judged, look_at_ours
from welltegra.doctor.result import State


@pytest.mark.parametrize(
    "theirs, asked, answered, state",
    [
        (100.0, 99.99, 100.01, State.OK),
        (100.0, 90.0, 110.0, State.OK),  # a slow answer proves nothing
        (100.52, 100.0, 100.04, State.OK),  # may be 0.48 s
        (100.52, 100.0, 100.01, State.WARNING),
        (99.5, 100.0, 100.01, State.WARNING),
        (102.01, 100.0, 100.02, State.WARNING),  # may be 1.99 s
        (102.02, 100.0, 100.01, State.WRONG),
        (97.99, 100.0, 100.01, State.WRONG),
        (97.99, 99.9, 100.01, State.WARNING),
    ],
)
def test_that_a_clock_is_judged_by_what_the_round_trip_leaves_certain(
    theirs: float, asked: float, answered: float, state: State
) -> None:
    result = judged("clock", "its clock", Ahead.of(theirs, asked, answered))
    assert result.state is state
    assert bool(result.remedy) == (state is not State.OK)


def test_that_a_difference_is_told_with_its_doubt() -> None:
    assert str(Ahead.of(102.5, 100.0, 100.2)) == "2.400 s ahead, give or take 0.100 s"
    assert str(Ahead.of(97.5, 100.0, 100.2)) == "2.600 s behind, give or take 0.100 s"
    assert judged("clock", "its clock", Ahead.of(97.5, 100.0, 100.2)).found == (
        "its clock must be within 2 s of this machine's clock; is 2.600 s behind, give or take 0.100 s."
    )


def test_that_two_readings_together_leave_less_doubt() -> None:
    assert Ahead(-0.1, 0.3) & Ahead(0.1, 0.5) == Ahead(0.1, 0.3)


def test_that_a_clock_known_only_from_its_past_is_judged_when_ahead_and_else_not_asked() -> None:
    assert judged("clock", "its clock", Ahead(-4.0, math.inf)).state is State.NOT_ASKED
    ahead = judged("clock", "its clock", Ahead(2.5, math.inf))
    assert (ahead.state, "at least 2.500 s ahead" in ahead.found) == (State.WRONG, True)


@pytest.mark.parametrize("kernel, state", [(0, State.OK), (5, State.WARNING), (None, State.NOT_ASKED)])
def test_that_the_kernel_says_whether_our_clock_is_kept(tmp_path: Path, kernel: int | None, state: State) -> None:
    (result,) = look_at_ours(tmp_path / "synchronized", lambda: kernel)
    assert result.state is state


def test_that_systemd_says_that_our_clock_is_kept(tmp_path: Path) -> None:
    (tmp_path / "synchronized").touch()
    (result,) = look_at_ours(tmp_path / "synchronized", lambda: 5)
    assert result.state is State.OK


def test_that_the_kernel_of_this_machine_can_be_asked() -> None:
    (result,) = look_at_ours(Path("/nowhere"))
    assert result.state is not State.WRONG
