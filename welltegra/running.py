"""Running a dataflow in this process, as a command does: quiet, and with the error that happened, not its wrappings."""

from __future__ import annotations

import logging
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType
from typing import Any, TextIO

from bytewax._bytewax import cli_main
from bytewax.dataflow import Dataflow
from bytewax.errors import BytewaxRuntimeError

from connectors.errors import ConnectorError
from rules.errors import RulesError

# What a sentence is said about, by whoever called us.
_EXPECTED = (KeyboardInterrupt, OSError, ConnectorError, RulesError)


class Stopped(KeyboardInterrupt):
    """A run was stopped by its user; says how far it came."""


def run(flow: Dataflow, **cluster: Any) -> None:
    """Run `flow` to its end. An error of ours comes out as it went in; KeyboardInterrupt as itself.

    cluster: process_id, addresses, epoch_interval and recovery_config as bytewax.run has them.
    """
    with _engine_noise_kept():
        try:
            cli_main(flow, **cluster)
        except BytewaxRuntimeError as error:
            raise _root(error) from None


def _root(error: BaseException) -> BaseException:
    while isinstance(error, BytewaxRuntimeError) and error.__cause__ is not None:
        error = error.__cause__
    return error


@contextmanager
def _engine_noise_kept() -> Iterator[None]:
    # The engine writes a stack trace of its own to file descriptor 2 whenever a step raises, also for a full disk,
    # where a sentence is what helps. It is held back, and let out only behind an error that nobody expected.
    kept = os.dup(2)
    noise = _scratch()
    try:
        with _python_writes_to(kept):
            os.dup2(noise, 2)
            try:
                yield
            except _EXPECTED:
                raise
            except BaseException:
                os.lseek(noise, 0, os.SEEK_SET)
                while said := os.read(noise, 65_536):
                    os.write(kept, said)
                raise
            finally:
                os.dup2(kept, 2)
    finally:
        os.close(noise)
        os.close(kept)


def _scratch() -> int:
    """Return a descriptor of a file that nobody else sees: in memory where that can be, as the disk may be full."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("engine-noise")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


@contextmanager
def _python_writes_to(descriptor: int) -> Iterator[None]:
    """Let what Python says to standard error, log lines too, go to `descriptor` whatever becomes of number 2."""
    stream = sys.stderr
    if stream is None or not _is_number_two(stream):
        yield
        return
    with open(descriptor, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False) as ours:
        handlers = [
            handler
            for handler in logging.getLogger().handlers
            if isinstance(handler, logging.StreamHandler) and handler.stream is stream
        ]
        stream.flush()
        try:
            sys.stderr = ours
            for handler in handlers:
                handler.setStream(ours)
            yield
        finally:
            sys.stderr = stream
            for handler in handlers:
                handler.setStream(stream)


def _is_number_two(stream: TextIO) -> bool:
    try:
        return stream.fileno() == 2
    except (OSError, ValueError):
        return False


@contextmanager
def stopping(stop: Event) -> Iterator[None]:
    """Have SIGINT, SIGTERM and a closed terminal set `stop`, and nothing else: what has begun is brought to its end."""

    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # which is nohup's: it is to outlive its terminal
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, ask) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
