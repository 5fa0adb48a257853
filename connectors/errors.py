"""What can be wrong with something that comes from outside."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong at one place: where, what must hold, what was found, what to do."""

    where: str
    line: int | None
    must: str
    found: str
    remedy: str

    def __str__(self) -> str:
        place = self.where if self.line is None else f"{self.where} line {self.line}"
        return f"{place}: {self.must}; was {self.found}. {self.remedy}"


class ConnectorError(Exception):
    """Something outside is not as it must be."""


class FileFaults(ConnectorError):
    """A file cannot be used; every fault found in it, in the order of its lines."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class UnknownUnit(ConnectorError):
    """A unit is spelled in a way that is not in the closed table, or that stands for more than one unit."""

    def __init__(self, unit: str, suggestions: Sequence[str] = (), ambiguity: str | None = None) -> None:
        self.unit = unit
        self.suggestions = tuple(suggestions)
        if ambiguity is not None:
            self.must = "unit must have one meaning"
            self.remedy = ambiguity
        else:
            self.must = "unit must be a spelling of the closed unit table"
            self.remedy = did_you_mean(self.suggestions) or "Write it as WITSML does, for example 'spm' or 'psi'."
        super().__init__(f"{self.must}; was {unit!r}. {self.remedy}")


class IncompatibleUnits(ConnectorError):
    """Two units measure different things, so no number turns one into the other."""

    def __init__(self, source: str, target: str, source_is: str, target_is: str, remedy: str) -> None:
        self.source, self.target = source, target
        self.source_is, self.target_is = source_is, target_is
        self.remedy = remedy
        super().__init__(f"{target!r} ({target_is}) must measure the same as {source!r}; was {source_is}. {remedy}")


def nearest(word: str, known: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Return the known words most like `word`: those that differ in case alone, or else in few letters."""
    folded: dict[str, list[str]] = {}
    for candidate in known:
        folded.setdefault(candidate.casefold(), []).append(candidate)
    key = word.casefold()
    keys = [key] if key in folded else difflib.get_close_matches(key, folded, n=most, cutoff=0.6)
    return tuple(candidate for near in keys for candidate in folded[near])[:most]


def did_you_mean(suggestions: Sequence[str]) -> str:
    """Return the question to ask about a word that is not known; empty when nothing is near."""
    if not suggestions:
        return ""
    return f"Did you mean {' or '.join(repr(word) for word in suggestions)}?"
