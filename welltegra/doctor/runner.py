"""Checks side by side, each in a thread of its own, so that whatever does not answer holds nothing else up."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Final

from welltegra.doctor.result import Check, Result, not_asked, wrong

log = logging.getLogger(__name__)

# The parts themselves are given 5 s to answer; this is for those that begin to, and then fall silent.
DEADLINE_S: Final = 12.0


def run(checks: Sequence[Check], deadline_s: float = DEADLINE_S) -> list[Result]:
    """Return what the checks found, in their order, within `deadline_s`; what has not come by then is wrong."""
    until = time.monotonic() + deadline_s
    runs = [_Run(check) for check in checks]
    for each in runs:
        each.thread.start()
    for each in runs:
        each.thread.join(max(0.0, until - time.monotonic()))
    return [result for each in runs for result in each.results(deadline_s)]


class _Run:
    def __init__(self, check: Check) -> None:
        self._check = check
        self._found: list[Result] = []
        self._failure = ""
        # A thread that hangs in a library cannot be ended, so it must not keep the program either.
        self.thread = threading.Thread(target=self._look, name=f"doctor-{check.names[0]}", daemon=True)

    def _look(self) -> None:
        try:
            for result in self._check.look():
                self._found.append(result)
        except Exception as error:  # the other checks are to be told all the same
            self._failure = type(error).__name__  # what it says may hold a password
            log.debug("check_failed names=%s", self._check.names, exc_info=True)

    def results(self, deadline_s: float) -> Iterator[Result]:
        """Yield what it found, and what is missing of it."""
        is_late, found = self.thread.is_alive(), list(self._found)
        yield from found
        told = {result.name for result in found}
        missing = [name for name in self._check.names if name not in told]
        for name in missing:
            if name != missing[0] or not (is_late or self._failure):
                yield not_asked(name, "what comes before it did not come to an end.")
            elif is_late:
                yield wrong(
                    name,
                    f"must answer within {deadline_s:g} s; did not.",
                    "Is it there, and does the network between swallow what is sent? Look at firewalls and disks.",
                )
            else:
                yield wrong(
                    name,
                    f"the check must come to an end; ended with {self._failure}.",
                    "Run it again with WELLTEGRA_LOG__LEVEL=debug, and report what it says: this is a fault of ours.",
                )
