from __future__ import annotations

import errno
import logging
import os
import signal
import sys
from collections.abc import Callable
from threading import Event

import bytewax.operators as op
import pytest
from bytewax.dataflow import Dataflow
from bytewax.testing import TestingSink, TestingSource

from welltegra.running import run, stopping


def flow_of(step: Callable[[int], int]) -> tuple[Dataflow, list[int]]:
    found: list[int] = []
    flow = Dataflow("numbers")
    numbers = op.input("in", flow, TestingSource([1, 2, 3]))
    op.output("out", op.map("step", numbers, step), TestingSink(found))
    return flow, found


def failing(error: BaseException) -> Dataflow:
    def fail(_number: int) -> int:
        raise error

    return flow_of(fail)[0]


def test_that_a_flow_runs_to_its_end() -> None:
    flow, found = flow_of(lambda number: 10 * number)
    run(flow)
    assert found == [10, 20, 30]


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt("enough")])
def test_that_an_expected_error_comes_out_as_it_is_without_the_noise_of_the_engine(
    error: BaseException, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(type(error)) as raised:
        run(failing(error))
    assert raised.value is error
    assert capfd.readouterr() == ("", "")


def test_that_behind_an_error_nobody_expected_the_engine_may_be_heard(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        run(failing(ZeroDivisionError("a bug")))
    assert "panicked" in capfd.readouterr().err


def test_that_what_python_says_meanwhile_is_heard_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    # As it stands in a process of its own: standard error and the log go to descriptor 2.
    stream = os.fdopen(os.dup(2), "w", buffering=1)
    os.dup2(stream.fileno(), 2)
    handler = logging.StreamHandler(sys.__stderr__)
    logging.getLogger().addHandler(handler)
    heard: list[str] = []

    def speak(number: int) -> int:
        logging.getLogger("flow").warning("at %d", number)
        os.write(2, b"engine\n")
        heard.append(capfd.readouterr().err)
        return number

    before, sys.stderr = sys.stderr, sys.__stderr__
    try:
        run(flow_of(speak)[0])
    finally:
        sys.stderr = before
        logging.getLogger().removeHandler(handler)
        stream.close()
    assert heard == ["at 1\n", "at 2\n", "at 3\n"]
    assert handler.stream is sys.__stderr__


def test_that_descriptor_2_is_as_it_was_after_a_run(capfd: pytest.CaptureFixture[str]) -> None:
    run(flow_of(abs)[0])
    os.write(2, b"still here\n")
    assert capfd.readouterr().err == "still here\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_that_a_signal_asks_for_a_stop_and_has_its_old_meaning_afterwards(number: signal.Signals) -> None:
    before, stop = signal.getsignal(number), Event()
    with stopping(stop):
        signal.raise_signal(number)
        assert stop.is_set()
    assert signal.getsignal(number) is before


def test_that_what_is_to_outlive_its_terminal_does() -> None:
    before, stop = signal.signal(signal.SIGHUP, signal.SIG_IGN), Event()
    try:
        with stopping(stop):
            signal.raise_signal(signal.SIGHUP)
            assert not stop.is_set()
    finally:
        signal.signal(signal.SIGHUP, before)
