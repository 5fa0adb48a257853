"""The request tag, against what a PLC's manual would say of it."""

from __future__ import annotations

import math

import pytest

from welltegra.simulator.rig.request import Envelope, Request

ENVELOPE = Envelope(low_spm=20.0, high_spm=110.0, ramp_spm_per_s=2.0, watchdog_s=30.0)
DRILLER_SPM = 100.0


def follow(request: Request, first: int, last: int, driller_spm: float = DRILLER_SPM) -> list[float]:
    """Return the set points of seconds first to last; the pump is where it was told to be."""
    found, rate = [], driller_spm
    for second in range(first, last + 1):
        rate = request.set_point_spm(second, driller_spm, rate)
        found.append(rate)
    return found


def test_that_without_a_request_the_driller_s_set_point_holds() -> None:
    request = Request(ENVELOPE)
    assert follow(request, 0, 2) == [100.0] * 3
    assert request.shown() == (0.0, "none", False)


def test_that_the_set_point_ramps_to_the_request_and_holds_there() -> None:
    request = Request(ENVELOPE)
    assert request.write(93.0, 5) == "Good"
    assert request.shown().status == "ramping"
    assert follow(request, 5, 9) == [98.0, 96.0, 94.0, 93.0, 93.0]
    assert request.shown() == (93.0, "holding", False)


def test_that_a_second_request_goes_on_from_where_the_first_has_come() -> None:
    request = Request(ENVELOPE)
    request.write(90.0, 0)
    assert follow(request, 0, 1) == [98.0, 96.0]
    request.write(99.0, 2)
    assert [request.set_point_spm(second, DRILLER_SPM, 96.0) for second in (2, 3)] == [98.0, 99.0]


@pytest.mark.parametrize(("value", "kept"), [(500.0, 110.0), (0.0, 20.0), (-1e308, 20.0)])
def test_that_a_request_outside_the_clamp_is_cut_and_said_to_be(value: float, kept: float) -> None:
    request = Request(ENVELOPE)
    assert request.write(value, 0) == "GoodClamped"
    assert request.shown().value_spm == kept


@pytest.mark.parametrize("value", [20.0, 110.0])
def test_that_the_ends_of_the_clamp_are_inside_it(value: float) -> None:
    assert Request(ENVELOPE).write(value, 0) == "Good"


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        (math.nan, "BadOutOfRange"),
        (math.inf, "BadOutOfRange"),
        (-math.inf, "BadOutOfRange"),
        (90, "BadTypeMismatch"),
        (True, "BadTypeMismatch"),
        ("90", "BadTypeMismatch"),
        ([90.0], "BadTypeMismatch"),
        (None, "BadTypeMismatch"),
    ],
)
def test_that_what_is_no_rate_is_refused_and_changes_nothing(value: object, answer: str) -> None:
    request = Request(ENVELOPE)
    request.write(90.0, 0)
    assert request.write(value, 1) == answer
    assert request.shown().value_spm == 90.0


def test_that_a_request_that_is_not_written_again_is_released_by_the_watchdog() -> None:
    request = Request(ENVELOPE)
    request.write(96.0, 10)
    assert follow(request, 10, 40)[-2:] == [96.0, 100.0]
    assert request.shown() == (96.0, "released", False)


def test_that_the_same_value_written_again_feeds_the_watchdog() -> None:
    request = Request(ENVELOPE)
    request.write(96.0, 0)
    follow(request, 0, 20)
    request.write(96.0, 20)
    assert follow(request, 21, 49)[-1] == 96.0
    assert follow(request, 50, 50) == [100.0]


def test_that_a_refused_write_does_not_feed_the_watchdog() -> None:
    request = Request(ENVELOPE)
    request.write(96.0, 0)
    request.write(math.nan, 20)
    assert follow(request, 0, 30)[-1] == 100.0


def test_that_in_local_a_request_is_refused_and_one_in_force_is_released_at_once() -> None:
    request = Request(ENVELOPE)
    request.write(96.0, 0)
    request.put(local=True)
    assert request.shown() == (96.0, "local", True)
    assert request.write(90.0, 1) == "BadUserAccessDenied"
    assert follow(request, 1, 2) == [100.0, 100.0]
    request.put(local=False)
    assert request.shown() == (96.0, "released", False)
    assert request.write(90.0, 3) == "Good"


def test_that_a_request_does_not_start_a_pump_that_the_driller_stopped() -> None:
    request = Request(ENVELOPE)
    request.write(90.0, 0)
    assert follow(request, 0, 3, driller_spm=0.0) == [0.0] * 4
    assert request.shown().status == "interlocked"
    # Started again, it ramps from the rate that it has.
    assert request.set_point_spm(4, DRILLER_SPM, 10.0) == 12.0
