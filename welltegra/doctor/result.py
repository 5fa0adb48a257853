"""What a check returns: sentences, and how bad it is. No check prints."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from connectors.errors import ConnectorError, Fault, FileFaults
from welltegra.describe.many import first_of

# Sentences of ours end with what to do, after the first full stop.
_SENTENCES: Final = re.compile(r"(.+?\.) ([A-Z].*)", re.DOTALL)


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"
    NOT_ASKED = "not asked"


@dataclass(frozen=True, slots=True)
class Result:
    """What one check found, in a sentence, and what to do about it; a check that finds several faults has several."""

    name: str
    state: State
    found: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """Looks at one part of a site. names: of its results, each at least once, in the order in which they come."""

    names: tuple[str, ...]
    look: Callable[[], Iterable[Result]]


def ok(name: str, found: str) -> Result:
    return Result(name, State.OK, found)


def warning(name: str, found: str, remedy: str) -> Result:
    return Result(name, State.WARNING, found, remedy)


def wrong(name: str, found: str, remedy: str) -> Result:
    return Result(name, State.WRONG, found, remedy)


def not_asked(name: str, why: str, remedy: str = "") -> Result:
    return Result(name, State.NOT_ASKED, why, remedy)


def none_asked(names: Iterable[str], why: str) -> Iterator[Result]:
    """Yield that none of them was asked."""
    for name in names:
        yield not_asked(name, why)


def of_fault(name: str, fault: Fault, state: State = State.WRONG) -> Result:
    """Return a fault as a result."""
    place = fault.where if fault.line is None else f"{fault.where} line {fault.line}"
    return Result(name, state, f"{place}: {fault.must}; was {fault.found}.", fault.remedy)


def of_error(name: str, error: ConnectorError) -> Iterator[Result]:
    """Yield what a connector says: the faults of a file one by one, anything else as what is wrong and what to do."""
    if isinstance(error, FileFaults):
        shown, rest = first_of(error.faults)
        for fault in shown:
            yield of_fault(name, fault)
        if rest is not None:
            yield wrong(name, rest, "")
        return
    said = " ".join(str(error).split())
    parts = _SENTENCES.fullmatch(said)
    yield wrong(name, parts[1], parts[2]) if parts else wrong(name, said, "")
