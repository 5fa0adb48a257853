"""Checks side by side: in their order, and none holds another up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from tests.system.site import wait_until
from welltegra.doctor import runner
from welltegra.doctor.result import Check, Result, State, ok
from welltegra.doctor.runner import run

AT_ONCE = 0.3


@pytest.fixture
def never() -> Iterator[threading.Event]:
    """Yield what does not come before the test ends."""
    event = threading.Event()
    yield event
    event.set()


def saying(*names: str, then: Callable[[], object] = lambda: None) -> Check:
    def look() -> Iterator[Result]:
        for name in names[:1]:
            yield ok(name, "fine.")
        then()
        for name in names[1:]:
            yield ok(name, "fine, too.")

    return Check(names, look)


def test_that_results_come_in_the_order_of_the_checks() -> None:
    second_has_looked = threading.Event()
    slow = saying("a", "b", then=second_has_looked.wait)
    quick = saying("c", then=second_has_looked.set)
    assert [result.name for result in run([slow, quick], 30)] == ["a", "b", "c"]


def test_that_a_check_that_hangs_is_wrong_and_holds_no_other_up(
    never: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    hangs = threading.Event()
    begun: list[bool] = []

    def hang() -> None:
        hangs.set()
        never.wait()

    def clock() -> float:
        # Once it runs, the time is not over before the others have come to their end, however slow the machine.
        if begun:
            wait_until(lambda: hangs.is_set() and "doctor-d" not in names_of_threads(), "only one must hang")
        begun.append(True)
        return 0.0

    monkeypatch.setattr(runner, "time", SimpleNamespace(monotonic=clock))
    hanging = saying("a", "b", "c", then=hang)
    results = run([hanging, saying("d")], AT_ONCE)
    assert [(result.name, result.state) for result in results] == [
        ("a", State.OK),
        ("b", State.WRONG),
        ("c", State.NOT_ASKED),
        ("d", State.OK),
    ]
    assert results[1].found == "must answer within 0.3 s; did not."


def names_of_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


def test_that_a_check_that_fails_is_wrong_and_shows_no_secret() -> None:
    def fail() -> None:
        raise ValueError("password=hush-hush")

    results = run([saying("a", "b", "c", then=fail), saying("d")], 30)
    assert [result.state for result in results] == [State.OK, State.WRONG, State.NOT_ASKED, State.OK]
    assert "ended with ValueError" in results[1].found
    assert "hush" not in str(results)


def test_that_what_a_check_did_not_come_to_was_not_asked() -> None:
    check = Check(("a", "b"), lambda: [Result("a", State.WRONG, "gone.", "Start it.")])
    assert [result.state for result in run([check], 30)] == [State.WRONG, State.NOT_ASKED]
